import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { answerBreaches } from '../../../lambdas/http/answers.ts';
import type { Exchange } from '../../../local/actors/api-client.ts';
import { playScenario } from '../../../local/scenario/play.ts';
import { scenarios } from '../../../local/scenario/scenarios.ts';
import { sharedAssembly } from '../../assembly.ts';
import { hasEngine } from '../with-engine.ts';

const folder = await mkdtemp(join(tmpdir(), 'mallway-play-'));
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

/** The rest is `npm run scenario -- --all`. */
const shown = 'three-retailers';

it.skipIf(!hasEngine)(
  `${shown}: the synthesised stacks deliver an order over three stores`,
  { timeout: 180_000 },
  async () => {
    const exchanges: Exchange[] = [];
    const outcome = await playScenario(scenarios.find(({ name }) => name === shown)!, {
      assemblyDirectory: await sharedAssembly(),
      dataDirectory: join(folder, 'data'),
      onExchange: (exchange) => exchanges.push(exchange),
    });
    expect(outcome).toEqual({ name: shown, ok: true, violations: [] });
    const breaches = exchanges.flatMap(({ method, path, status, body }) => answerBreaches(method, path, status, body));
    expect(breaches).toEqual([]);
    const acts = exchanges.filter(({ method, path }) => method === 'POST' && path.endsWith('/complete'));
    expect(acts.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  },
);

it('every scenario has a name of its own', () => {
  expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length);
});
