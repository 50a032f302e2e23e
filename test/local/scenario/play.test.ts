import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { Exchange } from '../../../local/actors/api-client.ts';
import { playScenario } from '../../../local/scenario/play.ts';
import { scenarios } from '../../../local/scenario/scenarios.ts';
import { synthesise } from '../../../local/synthesise.ts';

const folder = await mkdtemp(join(tmpdir(), 'mallway-play-'));
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

/** The rest is `npm run scenario -- --all`. */
const shown = 'three-retailers';

it.skipIf(!hasDynamoDb())(
  `${shown}: the synthesised stacks deliver an order over three stores`,
  { timeout: 180_000 },
  async () => {
    await synthesise(join(folder, 'cdk.out'));
    const exchanges: Exchange[] = [];
    const outcome = await playScenario(scenarios.find(({ name }) => name === shown)!, {
      assemblyDirectory: join(folder, 'cdk.out'),
      dataDirectory: join(folder, 'data'),
      onExchange: (exchange) => exchanges.push(exchange),
    });
    expect(outcome).toEqual({ name: shown, ok: true, violations: [] });
    const acts = exchanges.filter(({ method, path }) => method === 'POST' && path.endsWith('/complete'));
    expect(acts.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  },
);

it('every scenario has a name of its own', () => {
  expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length);
});

/** The engine is an optional package of one platform; elsewhere DYNAMODB_ENDPOINT names another. */
function hasDynamoDb(): boolean {
  if (process.env.DYNAMODB_ENDPOINT) return true;
  try {
    createRequire(import.meta.url).resolve('@dynoxide/linux-x64/package.json');
    return true;
  } catch {
    return false;
  }
}
