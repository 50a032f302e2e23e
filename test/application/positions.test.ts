import { expect, test } from 'vitest';
import { MemoryDatabase } from '../../lambdas/adapters/memory-database.ts';
import { findTrail, reportPositions } from '../../lambdas/application/positions.ts';
import { keys } from '../../lambdas/application/records.ts';
import { asId, type DriverId } from '../../lambdas/domain/ids.ts';
import type { Position } from '../../lambdas/domain/position.ts';
import { epochMs, parseInstant, plusMinutes, plusSeconds } from '../../lambdas/domain/time.ts';

const driver = asId<DriverId>('drv_1');
const now = parseInstant('2026-12-01T19:10:00Z');
const earlier = { at: parseInstant('2026-12-01T19:00:00Z'), position: [-111.9, 33.3] as Position };
const later = { at: parseInstant('2026-12-01T19:05:00Z'), position: [-111.8, 33.4] as Position };
const future = { at: parseInstant('2026-12-01T19:11:00Z'), position: [-111.7, 33.5] as Position };

/** Two reports that have both read before either writes; the first named writes first. */
async function together(first: typeof earlier, second: typeof earlier) {
  const database = new MemoryDatabase();
  const waiting = Promise.withResolvers<void>();
  let reads = 0;
  const late = new Proxy(database, {
    get: (target, name) => {
      if (name !== 'commit') {
        const member = Reflect.get(target, name);
        return typeof member === 'function' ? member.bind(target) : member;
      }
      return async (writes: Parameters<MemoryDatabase['commit']>[0]) => {
        reads += 1;
        await waiting.promise;
        return target.commit(writes);
      };
    },
  });
  const slow = reportPositions(late, driver, [second], now);
  while (reads === 0) await Promise.resolve();
  await reportPositions(database, driver, [first], now);
  waiting.resolve();
  await slow;
  return database.get(keys.position(driver));
}

test('of two reports at once the newest position stays, whichever is written last', async () => {
  expect(await together(later, earlier)).toMatchObject(later);
  expect(await together(earlier, later)).toMatchObject(later);
});

test('the newest of a batch is where the driver is; a repeated one changes nothing, one of the future is ignored', async () => {
  const database = new MemoryDatabase();
  expect(await reportPositions(database, driver, [later, future, earlier], now)).toEqual({
    accepted: 3,
    ignored: { known: 0, future: 1, too_old: 0, impossible: 0 },
  });
  const kept = await database.get(keys.position(driver));
  expect(kept).toMatchObject(later);
  await reportPositions(database, driver, [earlier], now);
  await reportPositions(database, driver, [{ ...later, position: [0, 0] }], now);
  await reportPositions(database, driver, [future], now);
  expect(await database.get(keys.position(driver))).toEqual(kept);
});

test('what comes late stays as evidence of where the driver was, and does not move them back', async () => {
  const database = new MemoryDatabase();
  const near = { at: parseInstant('2026-12-01T19:05:00Z'), position: [-111.89, 33.3] as Position };
  await reportPositions(database, driver, [near], now);
  await reportPositions(database, driver, [earlier], now);
  expect(await database.get(keys.position(driver))).toMatchObject(near);
  expect(await findTrail(database, driver, now)).toEqual([earlier, near]);
  expect(await findTrail(database, driver, plusMinutes(now, 7 * 60))).toEqual([]);
});

test('an item that was kept before trails were is read and continued', async () => {
  const database = new MemoryDatabase();
  const { table, ...key } = keys.position(driver);
  const expiresAt = epochMs(plusMinutes(now, 60)) / 1000;
  const item = { ...key, ...earlier, version: epochMs(earlier.at), expiresAt };
  await database.commit([{ kind: 'put', table, item, ifVersion: 'absent' }]);
  const near = { at: parseInstant('2026-12-01T19:08:00Z'), position: [-111.91, 33.3] as Position };
  await reportPositions(database, driver, [near], now);
  expect(await findTrail(database, driver, now)).toEqual([earlier, near]);
});

test('a day of reports stays one item below 1 KB', async () => {
  const database = new MemoryDatabase();
  for (let minute = 0; minute < 180; minute++) {
    const at = plusMinutes(now, minute);
    const position: Position = [-111.8977123 - minute / 2000, 33.3019123];
    await reportPositions(database, driver, [{ at, position, accuracyMetres: 12.5 }], at);
  }
  const item = await database.get(keys.position(driver));
  expect(item!.earlier).toHaveLength(21);
  // Numbers take less room in DynamoDB than their digits here.
  expect(JSON.stringify(item).length).toBeLessThan(1300);
});

test('a driver whose phone reports without end is told to wait; a burst after a time without signal is not', async () => {
  const database = new MemoryDatabase();
  const report = (second: number) => {
    const at = plusSeconds(now, second / 10);
    return reportPositions(database, driver, [{ at, position: [-111.9, 33.3] }], at);
  };
  for (let second = 0; second < 13; second++) expect(await report(second)).toMatchObject({ accepted: 1 });
  expect(await report(13)).toMatchObject({ code: 'too_often', current: { retryAfterSeconds: 4 } });
  expect(await report(70)).toMatchObject({ accepted: 1 });
});
