import { describe, expect, test } from 'vitest';
import { done, driverActs, storeActs } from '../harness/mall.ts';
import {
  account,
  cancel,
  closed,
  finish,
  loseDriver,
  minutes,
  newStory,
  path,
  reach,
  resolve,
  runsOf,
  type Stage,
  stages,
  toCollection,
  toCounter,
  toDoor,
} from './story.ts';

/** How an order ends that is cancelled at each stage: whom its execution waited for, and what that took. */
const ends: Record<Stage, { end: 'cancelled' | 'returned'; waits: string; transitions: number }> = {
  created: { end: 'cancelled', waits: 'Stores confirm', transitions: 4 },
  offered: { end: 'cancelled', waits: toCollection, transitions: 9 },
  assigned: { end: 'cancelled', waits: toCollection, transitions: 9 },
  enroute_to_pickup: { end: 'cancelled', waits: toCollection, transitions: 9 },
  arrived_at_pickup: { end: 'cancelled', waits: toCollection, transitions: 9 },
  collecting: { end: 'returned', waits: `${toCollection} → Return to stores`, transitions: 11 },
  picked_up: { end: 'returned', waits: `${toCollection} → Driver delivers → Return to stores`, transitions: 13 },
  enroute_to_dropoff: {
    end: 'returned',
    waits: `${toCollection} → Driver delivers → Return to stores`,
    transitions: 13,
  },
  arrived_at_dropoff: {
    end: 'returned',
    waits: `${toCollection} → Driver delivers → Return to stores`,
    transitions: 13,
  },
  undeliverable: { end: 'returned', waits: `${toCollection} → Driver delivers → Return to stores`, transitions: 13 },
  enroute_to_return: {
    end: 'returned',
    waits: `${toCollection} → Driver delivers → Return to stores`,
    transitions: 13,
  },
  arrived_at_return: {
    end: 'returned',
    waits: `${toCollection} → Driver delivers → Return to stores`,
    transitions: 13,
  },
};
const money = { cancelled: 'goods 0, refund 6000, fee 0', returned: 'goods 0, refund 6000, fee 799' };

describe.each(['channel', 'operations'] as const)('an order cancelled by the %s', (by) => {
  test.each(stages)('when it is %s ends, and nobody is left waiting', async (stage) => {
    const { world, orderId } = await newStory();
    await reach(world, orderId, stage);
    done(await cancel(world, orderId, by));
    await minutes(world, 1);
    await finish(world);
    const { end, waits, transitions } = ends[stage];
    expect(await account(world, orderId)).toBe(`${end} (cancelled_by_${by}): ${money[end]}`);
    expect(await path(world, orderId)).toBe(`${waits} → ${closed}`);
    expect(world.transitionsOf(orderId)).toBe(transitions);
    // Who was free again, or has brought everything back, may be offered the next order.
    expect(await world.driver('driver-1')).toMatchObject({ openOfferId: null, activeRunId: null });
  });
});

test('a held order that is cancelled waits for operations, who can only send it back', async () => {
  const { world, orderId } = await newStory();
  await reach(world, orderId, 'enroute_to_dropoff');
  await loseDriver(world, orderId);
  done(await cancel(world, orderId));
  await minutes(world, 1);
  expect(await world.order(orderId)).toMatchObject({ status: 'held', endReason: 'cancelled_by_channel' });
  expect(await resolve(world, orderId, 'reattempt')).toMatchObject({ code: 'decision_not_possible' });
  done(await resolve(world, orderId, 'resume'));
  expect((await world.order(orderId)).status).toBe('enroute_to_return');
  await finish(world);
  expect(await account(world, orderId)).toBe(`returned (cancelled_by_channel): ${money.returned}`);
  expect(await path(world, orderId)).toBe(
    `${toCollection} → Driver delivers → Operations decide → Return to stores → ${closed}`,
  );
});

test('a cancelled order refuses what stores and its driver had under way, and the stores see the stop', async () => {
  const { world, orderId } = await newStory();
  await reach(world, orderId, 'arrived_at_pickup');
  done(await cancel(world, orderId));
  expect(await driverActs(world, toCounter(1), { type: 'depart' })).toMatchObject({ code: 'no_active_run' });
  expect(await storeActs(world, 2, orderId, { type: 'delay', readyAt: world.now() })).toMatchObject({
    code: 'order_ended',
    allowedTransitions: [],
  });
  done(await storeActs(world, 2, orderId, { type: 'acknowledge_stop' }));
  await minutes(world, 1);
  const { pickups, parcels } = await world.order(orderId);
  expect(pickups.map(({ status }) => status)).toEqual(['cancelled', 'cancelled', 'cancelled']);
  expect(pickups[1]!.stopAcknowledgedAt).toBeDefined();
  expect(parcels.map(({ state }) => state.at)).toEqual(['not_collected', 'not_collected', 'not_collected']);
  expect(await account(world, orderId)).toContain('cancelled');
});

test('a cancel on the way takes the door out of the run and puts the stores at its end, paid', async () => {
  const { world, orderId } = await newStory();
  await reach(world, orderId, 'arrived_at_dropoff');
  const before = (await world.runOf('driver-1'))!;
  done(await cancel(world, orderId));
  const run = (await world.runOf('driver-1'))!;
  expect(run.stops.filter(({ status }) => status === 'pending').map(({ id }) => id)).toEqual([
    'return-store-1',
    'return-store-2',
    'return-store-3',
  ]);
  expect(run.stops.find(({ id }) => id === toDoor(orderId))?.status).toBe('dropped');
  expect(await driverActs(world, toDoor(orderId), { type: 'arrive' })).toMatchObject({ code: 'stop_done' });
  await finish(world);
  const paid = runsOf(world)[0]!.pay;
  expect(paid.slice(before.pay.length).map(({ kind, amountCents }) => [kind, amountCents])).toEqual([
    ['return', 250],
    ['return', 250],
    ['return', 250],
  ]);
  expect(await account(world, orderId)).toContain('returned');
});
