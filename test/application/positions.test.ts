import { expect, test } from 'vitest';
import { MemoryDatabase } from '../../lambdas/adapters/memory-database.ts';
import { reportPositions } from '../../lambdas/application/positions.ts';
import { keys } from '../../lambdas/application/records.ts';
import { asId, type DriverId } from '../../lambdas/domain/ids.ts';
import type { Position } from '../../lambdas/domain/position.ts';
import { parseInstant } from '../../lambdas/domain/time.ts';

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

test('the newest of a batch is kept; one of the future, an older one and a repeated one change nothing', async () => {
  const database = new MemoryDatabase();
  expect(await reportPositions(database, driver, [later, future, earlier], now)).toEqual({ accepted: 3 });
  const kept = await database.get(keys.position(driver));
  expect(kept).toMatchObject(later);
  await reportPositions(database, driver, [earlier], now);
  await reportPositions(database, driver, [{ ...later, position: [0, 0] }], now);
  await reportPositions(database, driver, [future], now);
  expect(await database.get(keys.position(driver))).toEqual(kept);
});
