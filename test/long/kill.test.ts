import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { Dice } from '../../local/actors/dice.ts';
import { demoStart } from '../../local/demo/opening-hours.ts';
import { pilotMalls } from '../../local/pilot/pilot.ts';
import { report, rounds } from '../harness/rounds.ts';
import { test } from '../local/with-engine.ts';
import { gone, HostProcess } from './host-process.ts';
import { MallLife, speeds } from './mall-life.ts';

/** The second is everything at once: the one round of a short run kills that. */
const kinds = ['host', 'group', 'engine'] as const;

/** What is killed, and when: at the n-th POST, or at the n-th change of an order's status that the host tells of. */
interface Point {
  kind: (typeof kinds)[number];
  moment: 'sent' | 'answered' | 'order';
  n: number;
  /** Wall ms after a POST was sent, so that it is found anywhere in its work. */
  afterMs: number;
  mall: number;
  orders: number;
}

function pointOf(seed: number): Point {
  const dice = new Dice(`kill/${seed}`);
  const orders = dice.whole(2, 4);
  const moment = dice.pick(['sent', 'answered', 'order'] as const);
  // An order takes some ten POSTs; of its changes of status the host tells those that it sees when it looks.
  const n = dice.whole(1, orders * (moment === 'order' ? 2 : 7));
  return {
    kind: kinds[seed % kinds.length]!,
    moment,
    n,
    afterMs: moment === 'sent' ? dice.whole(0, 40) : 0,
    mall: dice.whole(0, pilotMalls.length - 1),
    orders,
  };
}

const { seed: firstSeed, rounds: kills } = rounds(1);
const seeds = Array.from({ length: kills }, (_, round) => firstSeed + round);
const malls = pilotMalls.map(({ mall }) => mall);
const dataDirectory = mkdtempSync(join(tmpdir(), 'mallway-kill-'));
let onOrder = () => {};
const host = new HostProcess({
  dataDirectory,
  speed: speeds.slow,
  seed: String(firstSeed),
  startAt: new Date(demoStart(malls, Date.parse('2026-11-30T12:00:00Z'))).toISOString(),
  onOrder: () => onOrder(),
});
const outcomes: object[] = [];

beforeAll(() => host.start(), 120_000);
afterAll(async () => {
  await host.end();
  rmSync(dataDirectory, { recursive: true, force: true, maxRetries: 5 });
}, 60_000);

test.for(seeds)('every order survives kill -9, seed %i', { timeout: 240_000 }, async (seed) => {
  const point = pointOf(seed);
  const again = `SEED=${seed} npx vitest run test/long/kill.test.ts: ${JSON.stringify(point)}`;
  const { promise: atPoint, resolve: reached } = Promise.withResolvers<'point'>();
  let changes = 0;
  onOrder = () => {
    changes += 1;
    if (point.moment === 'order' && changes === point.n) reached('point');
  };
  const life = await MallLife.begin({
    host,
    dataDirectory,
    mall: pilotMalls[point.mall]!,
    dice: new Dice(`life/${seed}`),
    onPost: (moment, n) => {
      if (moment === point.moment && n === point.n) setTimeout(() => reached('point'), point.afterMs);
    },
  });
  try {
    const over = life.shop(point.orders).then(() => life.untilEnded());
    expect(await Promise.race([atPoint, over]), `over before the point was reached; ${again}`).toBe('point');
    if (point.kind === 'engine') await killEngine();
    else await killAndStart(point.kind, life);
    const records = await over;
    expect(await life.check(records), again).toEqual([]);
    expect(
      host.newComplaints().filter((line) => !tellsOfEngine(line) || point.kind !== 'engine'),
      again,
    ).toEqual([]);
    outcomes.push({ ...point, ended: records.length });
  } finally {
    await life.stop();
  }
  const { now } = await host.control<{ now: string }>('GET', '/clock');
  const jumpTo = new Date(demoStart(malls, Date.parse(now))).toISOString();
  await host.control('PUT', '/clock', { jumpTo });
});

test('Ctrl-C, which reaches the whole group, stops it cleanly', async () => {
  const { how, left } = await host.signal('SIGINT');
  expect(how).toBe('exit 0');
  expect(await gone(left)).toEqual([]);
  expect(host.newComplaints()).toEqual([]);
});

test('every point was reached', () => {
  expect(outcomes).toHaveLength(kills);
  report('kill -9 and start again', { seed: firstSeed, rounds: kills }, outcomes);
});

async function killEngine(): Promise<void> {
  expect(await gone([host.killEngine()])).toEqual([]);
}

async function killAndStart(kind: 'host' | 'group', life: MallLife): Promise<void> {
  life.hostDown();
  const left = await host.kill(kind);
  expect(left.length, 'the engine, its guard and functions ran below the host').toBeGreaterThan(2);
  expect(await gone(left), 'processes outlive the host').toEqual([]);
  await host.start();
  await life.hostUp();
}

/** Lines that name the kill of the engine, and that it is mended. */
function tellsOfEngine(line: string): boolean {
  return (
    /The DynamoDB engine (ended \(SIGKILL\); it is started again|is starting again)\./.test(line) ||
    /Expired items could not be deleted \(.*\); it is tried again in a minute\./.test(line)
  );
}
