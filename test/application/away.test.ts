import { expect, test } from 'vitest';
import { inspectOrder } from '../../lambdas/application/operations.ts';
import { getOrder, historyOf } from '../../lambdas/application/ordering.ts';
import { reportPositions } from '../../lambdas/application/positions.ts';
import type { OrderId } from '../../lambdas/domain/ids.ts';
import type { Position } from '../../lambdas/domain/position.ts';
import { plusMinutes } from '../../lambdas/domain/time.ts';
import {
  channelId,
  done,
  driverActs,
  driverId,
  driveStop,
  mallPosition,
  nothingMore,
  openMall,
  photo,
  place,
  ready,
  storeActs,
  storeId,
  takeOffer,
} from '../harness/mall.ts';
import { World } from '../harness/world.ts';

const door: Position = [-111.86, 33.3];
/** About 400 m from the door. */
const beside: Position = [-111.8557, 33.3];
const counter = `pickup-${storeId(1)}`;
const delivered = { ...nothingMore, type: 'complete' as const, labels: ['P1'], proof: photo };

/** A driver on a run with one order of one store, everything ready. */
async function onTheRun() {
  const world = new World();
  await openMall(world, { stores: 1 });
  const orderId = await place(world, 1);
  await storeActs(world, 1, orderId, { type: 'accept' });
  await world.advance(1);
  await takeOffer(world);
  await storeActs(world, 1, orderId, ready(1));
  return { world, orderId };
}

async function awayOf(world: World, orderId: OrderId) {
  const seen = (await inspectOrder({ database: world.database }, orderId, world.now())) as { away: unknown[] };
  return seen.away;
}

test('a proof far from the door is refused without a reason; with one it is flagged for operations and the channel', async () => {
  const { world, orderId } = await onTheRun();
  await driveStop(world, counter);
  const stop = `dropoff-${orderId}`;
  done(await driverActs(world, stop, { type: 'arrive', whereabouts: { position: door, accuracyMetres: 10 } }));
  const far = { ...delivered, whereabouts: { position: beside, accuracyMetres: 20 } };
  const refusal = await driverActs(world, stop, far);
  expect(refusal).toMatchObject({ code: 'too_far', pointer: '/awayReason' });
  expect((await world.order(orderId)).status).toBe('arrived_at_dropoff');
  done(await driverActs(world, stop, { ...far, awayReason: 'met_elsewhere' }));
  const flag = { reason: 'met_elsewhere', metres: expect.closeTo(380, -2) };
  expect(await awayOf(world, orderId)).toEqual([{ act: 'delivered', stop: 'dropoff', at: world.now(), ...flag }]);
  const order = (await getOrder(world.ordering, channelId, orderId, world.now())) as { door: object };
  expect(order.door).toMatchObject({ away: flag });
  const [told] = (await historyOf(world.database, orderId)).filter(({ type }) => type === 'delivery.delivered');
  expect(told!.data).toEqual({ partial: false, away: flag });
});

test('who is near, or whose phone does not know where it is, is asked for nothing, and nothing is flagged', async () => {
  const { world, orderId } = await onTheRun();
  await driveStop(world, counter);
  const stop = `dropoff-${orderId}`;
  done(await driverActs(world, stop, { type: 'arrive', whereabouts: { position: beside, accuracyMetres: 5000 } }));
  done(await driverActs(world, stop, { ...delivered, whereabouts: { position: door }, awayReason: 'other' }));
  expect(await awayOf(world, orderId)).toEqual([]);
  const [told] = (await historyOf(world.database, orderId)).filter(({ type }) => type === 'delivery.delivered');
  expect(told!.data).toEqual({ partial: false });
});

test('without a position in the act, what the phone reported about then counts, late reports included', async () => {
  const { world } = await onTheRun();
  const report = (position: Position, minutes: number) =>
    reportPositions(world.database, driverId(1), [{ at: plusMinutes(world.now(), minutes), position }], world.now());
  await report(door, 0);
  expect(await driverActs(world, counter, { type: 'arrive' })).toMatchObject({ code: 'too_far' });
  // What happened ten minutes ago, when the phone was at the counter, is told now, and so is where it was.
  await report(mallPosition, -10);
  done(await driverActs(world, counter, { type: 'arrive', occurredAt: plusMinutes(world.now(), -10) }));
});

test('an arrival elsewhere keeps its reason where operations see it; a repeat is asked for none', async () => {
  const { world, orderId } = await onTheRun();
  const away = { whereabouts: { position: door }, awayReason: 'position_wrong' } as const;
  done(await driverActs(world, counter, { type: 'arrive', ...away }));
  expect(await awayOf(world, orderId)).toMatchObject([
    { act: 'arrived', stop: 'pickup', storeId: storeId(1), reason: 'position_wrong' },
  ]);
  const once = await world.runOf(driverId(1));
  done(await driverActs(world, counter, { type: 'arrive', whereabouts: { position: door } }));
  expect(await world.runOf(driverId(1))).toEqual(once);
});
