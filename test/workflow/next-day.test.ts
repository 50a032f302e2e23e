import { describe, expect, test } from 'vitest';
import { endShift, startShift } from '../../lambdas/application/driving.ts';
import { listWaiting } from '../../lambdas/application/operations.ts';
import { dataOf } from '../../lambdas/application/records.ts';
import type { Offer, Run } from '../../lambdas/domain/fleet.ts';
import { done, driverId, driveStop, takeOffer } from '../harness/mall.ts';
import type { World } from '../harness/world.ts';
import {
  accept,
  account,
  at,
  closed,
  finish,
  minutes,
  newStory,
  pack,
  path,
  reach,
  toCounter,
  until,
} from './story.ts';

/** An hour before the mall closes at nine, with word that parcels may stay over night. */
const evening = { world: { startAt: at('20:00') }, atClose: 'next_day' } as const;
const tomorrow = '2026-11-24';

async function moved(world: World, orderId: Parameters<World['order']>[0]) {
  const order = await world.order(orderId);
  const { rescheduled, promise, closesAt, status, offerId, carriage } = order;
  expect(rescheduled).toMatchObject({ opensAt: at('10:00', tomorrow), before: { kind: 'two_hour', by: at('22:00') } });
  // The walk out and the drive after the opening; two hours from then.
  expect(promise.from).toBe(new Date(Date.parse(at('10:00', tomorrow)) + order.tripMinutes! * 60_000).toISOString());
  expect(Date.parse(promise.by) - Date.parse(promise.from!)).toBe(120 * 60_000);
  expect({ closesAt, status, offerId, carriage }).toEqual({
    closesAt: at('21:00', tomorrow),
    status: 'created',
    offerId: null,
    carriage: null,
  });
  return order;
}

/** The driver takes the next offer there is, and drives. */
async function driveInTheMorning(world: World): Promise<void> {
  for (let tries = 0; tries < 90 && !(await world.driver('driver-1')).openOfferId; tries++) await minutes(world, 1);
  await takeOffer(world);
  await finish(world);
}

async function waiting(world: World): Promise<unknown[]> {
  const { data } = (await listWaiting({ database: world.database }, undefined, world.now())) as { data: unknown[] };
  return data;
}

describe('when the mall closes on ready parcels that may stay over night', () => {
  test('they are delivered in the morning, and the night costs nobody anything', async () => {
    const { world, orderId } = await newStory(evening);
    done(await endShift(world.driving, driverId(1), world.request('driver-1'), world.now()));
    await accept(world, orderId, 1, 2, 3);
    await pack(world, orderId, 1, 2, 3);
    await until(world, at('21:01'));
    await moved(world, orderId);
    await until(world, at('08:55', tomorrow));
    expect(await waiting(world)).toEqual([]);
    // Since the closing nobody planned.
    expect(world.ticks.filter(({ at: when }) => when > at('21:01'))).toEqual([]);
    done(await startShift(world.driving, driverId(1), world.request('driver-1'), world.now()));
    await driveInTheMorning(world);
    expect(await account(world, orderId)).toBe('delivered: goods 6000, refund 0, fee 799');
    const { door, promise } = await world.order(orderId);
    expect(door!.deliveredAt! <= promise.by).toBe(true);
    expect(await path(world, orderId)).toContain('Time is up: find a driver');
    expect((await path(world, orderId)).endsWith(closed)).toBe(true);
  });

  test('nobody is sent before the mall opens', async () => {
    const { world, orderId } = await newStory({ ...evening, drivers: 1 });
    await accept(world, orderId, 1, 2, 3);
    // The driver lets every offer pass, so the order is moved.
    await pack(world, orderId, 1, 2, 3);
    await until(world, at('21:01'));
    await moved(world, orderId);
    await until(world, at('10:20', tomorrow));
    const offers = world.database.all('fleet').filter(({ sk }) => sk === 'OFFER');
    const [first] = offers.map((item) => dataOf<Offer>(item)).filter(({ madeAt }) => madeAt > at('21:01'));
    expect(first!.madeAt >= at('09:20', tomorrow)).toBe(true);
    await driveInTheMorning(world);
    expect(await account(world, orderId)).toContain('delivered');
  });

  test('an open offer goes, and a driver who never came goes free', async () => {
    const { world, orderId } = await newStory({ ...evening, drivers: 1 });
    await reach(world, orderId, 'assigned');
    await pack(world, orderId, 1, 2, 3);
    await until(world, at('21:14'));
    expect((await world.order(orderId)).status).toBe('assigned');
    await until(world, at('21:16'));
    await moved(world, orderId);
    const runs = world.database.all('fleet').filter(({ sk }) => sk === 'RUN');
    expect(runs.map((item) => dataOf<Run>(item).status)).toEqual(['completed']);
    expect(await world.driver('driver-1')).toMatchObject({ activeRunId: null, openOfferId: null });
    await until(world, at('09:00', tomorrow));
    await driveInTheMorning(world);
    expect(await account(world, orderId)).toBe('delivered: goods 6000, refund 0, fee 799');
  });

  test('once: the second closing ends it', async () => {
    const { world, orderId } = await newStory({ ...evening, drivers: 0 });
    await accept(world, orderId, 1);
    await pack(world, orderId, 1);
    await until(world, at('21:01'));
    await moved(world, orderId);
    await until(world, at('14:00', tomorrow));
    expect(await account(world, orderId)).toBe('cancelled (no_driver): goods 0, refund 6000, fee 0');
  });
});

test('a store that is late at closing has the morning too, while another is ready', async () => {
  const { world, orderId } = await newStory({ ...evening, drivers: 0, promise: { kind: 'same_day' } });
  await accept(world, orderId, 1, 3);
  await accept(world, orderId, 2);
  await pack(world, orderId, 1, 3);
  await until(world, at('20:55'));
  const { pickups } = await world.order(orderId);
  expect(pickups.map(({ status }) => status)).toContain('ready');
  await until(world, at('21:01'));
  const { rescheduled, promise } = await world.order(orderId);
  expect(rescheduled).toBeDefined();
  // It was for the evening, and is for the next.
  expect(promise).toMatchObject({ kind: 'same_day', by: at('22:00', tomorrow) });
});

test('a window keeps its local hours', async () => {
  const window = { kind: 'scheduled', from: at('20:45'), by: at('22:30') } as const;
  const { world, orderId } = await newStory({ ...evening, drivers: 0, promise: window });
  await accept(world, orderId, 1, 2, 3);
  await pack(world, orderId, 1, 2, 3);
  await until(world, at('21:01'));
  expect((await world.order(orderId)).promise).toEqual({
    kind: 'scheduled',
    from: at('20:45', tomorrow),
    by: at('22:30', tomorrow),
  });
});

test('what is on board goes to its door tonight', async () => {
  const { world, orderId } = await newStory({ ...evening, drivers: 1 });
  await reach(world, orderId, 'arrived_at_pickup');
  await driveStop(world, toCounter(1));
  await until(world, at('21:16'));
  const order = await world.order(orderId);
  expect(order.rescheduled).toBeUndefined();
  expect(order.parcels.filter(({ state }) => state.at === 'driver').length).toBe(1);
  await finish(world);
});
