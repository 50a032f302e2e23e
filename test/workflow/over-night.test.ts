import { expect, test } from 'vitest';
import { endShift } from '../../lambdas/application/driving.ts';
import { getRun } from '../../lambdas/application/run-sheet.ts';
import { pickupView } from '../../lambdas/application/views.ts';
import type { Custody } from '../../lambdas/domain/order.ts';
import { done, driverActs, driverId, driveStop, storeId } from '../harness/mall.ts';
import {
  account,
  at,
  backTo,
  closed,
  finish,
  labelOf,
  loseDriver,
  minutes,
  newStory,
  path,
  reach,
  resolve,
  runsOf,
  stopsOf,
  toCollection,
  until,
} from './story.ts';

const morning = '2026-11-24';
const evening = { world: { startAt: at('20:00') } };

/** Nobody was at the door, and at ten past nine in the evening the store is closed. */
async function beforeClosedDoors(stores = 1) {
  const { world, orderId } = await newStory({ ...evening, stores });
  await reach(world, orderId, 'undeliverable');
  await until(world, at('21:10'));
  done(await driverActs(world, backTo(1), { type: 'arrive' }));
  done(await driverActs(world, backTo(1), { type: 'fail', reason: 'store_closed', evidence: {} }));
  return { world, orderId };
}

test('parcels of a store that has closed stay with the driver, with a receipt, and go back when it opens', async () => {
  const { world, orderId } = await beforeClosedDoors();
  const order = await world.order(orderId);
  const receipt: Custody = {
    parcelIds: order.parcels.map(({ id }) => id),
    driverId: driverId(1),
    storeId: storeId(1),
    since: at('21:10'),
    reopensAt: at('10:00', morning),
    until: at('13:00', morning),
  };
  expect(order).toMatchObject({ status: 'held', attention: null, custody: receipt, returnBy: receipt.until });
  const { parcelIds: _, ...shown } = receipt;
  const view = { ...shown, orderId, labels: [labelOf(orderId, 1)] };
  expect(pickupView(order, storeId(1)).custody).toEqual(view);
  const { run } = (await getRun(world.driving, driverId(1), world.now())) as { run: { custody: unknown[] } };
  expect(run.custody).toEqual([view]);
  expect(await stopsOf(world)).toEqual([]);

  await until(world, at('09:59', morning));
  expect((await world.order(orderId)).status).toBe('held');
  await until(world, at('10:01', morning));
  expect(await world.order(orderId)).toMatchObject({ status: 'enroute_to_return' });
  expect((await world.order(orderId)).custody).toBeUndefined();
  expect((await stopsOf(world)).map(({ id }) => id)).toEqual([backTo(1)]);
  await finish(world);
  expect(await account(world, orderId)).toBe('returned (customer_unavailable): goods 0, refund 1000, fee 799');
  // Counter, door, the trip to closed doors and the one in the morning.
  const pay = runsOf(world)[0]!.pay.map(({ key, stopId, amountCents }) => [key, stopId, amountCents]);
  expect(pay.filter(([key]) => String(key).startsWith('return'))).toEqual([
    ['return:1', backTo(1), 250],
    ['return:2', backTo(1), 250],
  ]);
  expect(await path(world, orderId)).toBe(
    `${toCollection} → Driver delivers → Return to stores → Operations decide → Time is up: operations decide → Return to stores → ${closed}`,
  );
});

test('a driver who keeps parcels goes home, and brings them back the next day without another shift', async () => {
  const { world, orderId } = await newStory({ ...evening, stores: 1 });
  await reach(world, orderId, 'undeliverable');
  await until(world, at('21:10'));
  const goHome = () => endShift(world.driving, driverId(1), world.request('home'), world.now());
  done(await driverActs(world, backTo(1), { type: 'arrive' }));
  expect(await goHome()).toMatchObject({ code: 'driver_busy' });
  done(await driverActs(world, backTo(1), { type: 'fail', reason: 'store_closed', evidence: {} }));
  done(await goHome());
  await world.settled();
  const home = await world.driver(driverId(1));
  expect(home).toMatchObject({ shift: null, activeRunId: runsOf(world)[0]!.id });
  await until(world, at('10:01', morning));
  expect((await stopsOf(world)).map(({ id }) => id)).toEqual([backTo(1)]);
  await finish(world);
  expect(await account(world, orderId)).toBe('returned (customer_unavailable): goods 0, refund 1000, fee 799');
  expect(await world.driver(driverId(1))).toMatchObject({ shift: null, activeRunId: null });
});

test('a driver with parcels held for another reason stays on shift', async () => {
  const { world, orderId } = await newStory({ stores: 1 });
  await reach(world, orderId, 'arrived_at_return');
  done(await driverActs(world, backTo(1), { type: 'fail', reason: 'store_closed', evidence: {} }));
  const refused = await endShift(world.driving, driverId(1), world.request('home'), world.now());
  expect(refused).toMatchObject({ code: 'driver_busy' });
  done(await resolve(world, orderId, 'return'));
  await finish(world);
});

test('a store that should be open and is not is for operations to decide', async () => {
  const { world, orderId } = await newStory({ stores: 1 });
  await reach(world, orderId, 'arrived_at_return');
  done(await driverActs(world, backTo(1), { type: 'fail', reason: 'store_closed', evidence: {} }));
  expect(await world.order(orderId)).toMatchObject({ status: 'held', attention: { why: 'return_refused' } });
  done(await resolve(world, orderId, 'return'));
  await finish(world);
  expect(await account(world, orderId)).toContain('returned');
});

test('a driver who is lost over night is for operations to decide, and they may also decide before the morning', async () => {
  const { world, orderId } = await beforeClosedDoors(2);
  await loseDriver(world, orderId);
  await until(world, at('10:05', morning));
  expect(await world.order(orderId)).toMatchObject({ status: 'held', attention: { why: 'driver_lost' } });
  done(await resolve(world, orderId, 'return'));
  expect((await world.order(orderId)).custody).toBeUndefined();
  await driveStop(world, backTo(1));
  await finish(world);
  await minutes(world, 1);
  expect(await account(world, orderId)).toContain('returned');
});

test('at a door nobody says that a store is closed', async () => {
  const { world, orderId } = await newStory({ stores: 1 });
  await reach(world, orderId, 'arrived_at_dropoff');
  const act = { type: 'fail', reason: 'store_closed', evidence: {} } as const;
  expect(await driverActs(world, `dropoff-${orderId}`, act)).toMatchObject({ code: 'reason_not_possible' });
  await finish(world);
});
