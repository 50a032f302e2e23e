import { afterAll, beforeAll, describe, expect } from 'vitest';
import { startTestEngine, type TestEngine } from '../harness/engine.ts';
import { MirroredDatabase } from '../harness/mirrored-database.ts';
import { report, rounds } from '../harness/rounds.ts';
import { hasEngine, test } from '../local/with-engine.ts';
import { breachesOfDay, troubledDay } from './day.ts';

const name = 'a troubled day over the DynamoDB engine';
const ordersInADay = 4;
const patienceMsPerDay = 120_000;
const asked = rounds(1);

describe.skipIf(!hasEngine)('on the engine', () => {
  let engine: TestEngine;

  beforeAll(async () => {
    engine = await startTestEngine();
  });

  afterAll(() => engine.stop());

  // Who is first is up to the engine too: a seed gives the same troubles, not the same run.
  test(name, { timeout: asked.rounds * patienceMsPerDay }, async () => {
    for (let seed = asked.seed; seed < asked.seed + asked.rounds; seed++) {
      const database = new MirroredDatabase(await engine.openTables());
      const day = await troubledDay(seed, ordersInADay, { database });
      expect(breachesOfDay(day), `seed ${seed}`).toEqual([]);
      expect(await database.differences(), `seed ${seed}`).toEqual([]);
      expect(day.world.orders().length).toBeGreaterThan(0);
    }
    report(name, asked, { days: asked.rounds, breaches: 0 });
  });
});
