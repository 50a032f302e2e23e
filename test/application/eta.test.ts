import { expect, test } from 'vitest';
import { MemoryRoutes } from '../../lambdas/adapters/memory-routes.ts';
import { dispatchMall } from '../../lambdas/application/dispatch.ts';
import { inspectOrder, listOpenOrders, listWaiting } from '../../lambdas/application/operations.ts';
import { getOrder } from '../../lambdas/application/ordering.ts';
import { getRun } from '../../lambdas/application/run-sheet.ts';
import { track } from '../../lambdas/application/tracking.ts';
import type { Eta } from '../../lambdas/domain/eta/eta.ts';
import { asId, type MallId, type OrderId } from '../../lambdas/domain/ids.ts';
import { plusMinutes } from '../../lambdas/domain/time.ts';
import {
  channelId,
  done,
  driveHome,
  driverActs,
  driverId,
  openMall,
  place,
  ready,
  storeActs,
  storeId,
  takeOffer,
} from '../harness/mall.ts';
import { World } from '../harness/world.ts';

interface Seen {
  trackingUrl?: string;
  eta?: Eta;
}

/** What channel, shopper, driver and operations are told of one order, at one instant. */
async function toldOf(world: World, orderId: OrderId) {
  const now = world.now();
  const ofChannel = (await getOrder(world.ordering, channelId, orderId, now)) as Seen;
  const token = ofChannel.trackingUrl!.split('/').at(-1)!;
  const ofShopper = (await track(world.driving, token, now)) as Seen;
  const sheet = (await getRun(world.driving, driverId(1), now)) as {
    run: null | { stops: { kind: string; orderIds: string[]; eta?: Eta }[] };
  };
  const ofDriver = sheet.run?.stops.find(({ kind, orderIds }) => kind === 'dropoff' && orderIds.includes(orderId));
  const ofOperations = (await inspectOrder({ database: world.database }, orderId, now)) as Seen;
  return { channel: ofChannel.eta, shopper: ofShopper.eta, driver: ofDriver?.eta, operations: ofOperations.eta };
}

test('everybody is told the same, from the click until a driver is at the door, and nothing is written for it', async () => {
  const world = new World();
  await openMall(world);
  const orderId = await place(world);
  const first = await toldOf(world, orderId);
  expect(first.channel).toMatchObject({ promise: 'kept', computedAt: world.now() });
  expect(first.driver).toBeUndefined();
  for (const store of [1, 2, 3]) await storeActs(world, store, orderId, { type: 'accept' });
  await world.advance(1);
  await takeOffer(world);
  const before = JSON.stringify(await world.order(orderId));
  const taken = await toldOf(world, orderId);
  expect(JSON.stringify(await world.order(orderId))).toBe(before);
  expect(taken.channel).toBeDefined();
  expect([taken.shopper, taken.driver, taken.operations]).toEqual([taken.channel, taken.channel, taken.channel]);
  for (const store of [1, 2, 3]) await storeActs(world, store, orderId, ready(store));
  const { data } = (await listOpenOrders({ database: world.database }, undefined, world.now())) as { data: Seen[] };
  expect(data[0]!.eta).toEqual((await toldOf(world, orderId)).channel);
  await driveHome(world);
  expect(await toldOf(world, orderId)).toEqual({});
});

test('a store that needs longer than the promise allows makes the order show up in the list of what waits', async () => {
  const world = new World();
  await openMall(world, { stores: 1 });
  const orderId = await place(world, 1);
  await storeActs(world, 1, orderId, { type: 'accept' });
  await world.advance(1);
  await takeOffer(world);
  const waiting = async () =>
    (
      (await listWaiting({ database: world.database }, undefined, world.now())) as {
        data: (Seen & { reason: string })[];
      }
    ).data;
  expect(await waiting()).toEqual([]);
  done(await storeActs(world, 1, orderId, { type: 'delay', readyAt: plusMinutes(world.now(), 125) }));
  const [row] = await waiting();
  expect(row).toMatchObject({ reason: 'late_expected', eta: { promise: 'late' } });
  const { channel } = await toldOf(world, orderId);
  expect(channel!.causes.find(({ kind }) => kind === 'store_late')).toMatchObject({ storeId: storeId(1) });
});

test('a road that dispatch has asked for is in what is told, before and after a driver takes it, and is paid for once', async () => {
  const world = new World();
  await openMall(world, { stores: 1 });
  world.streamsOn = false;
  const orderId = await place(world, 1);
  await storeActs(world, 1, orderId, { type: 'accept' });
  const secondsOf = ({ causes }: Eta) => causes.find(({ kind }) => kind === 'travel')!.seconds;
  const straight = secondsOf((await toldOf(world, orderId)).channel!);
  const service = new MemoryRoutes(() => ({ metres: 30_000, seconds: 3_600 }));
  const limits = { perSecond: 5, burst: 5, severalCost: 1, atOnce: 10 };
  const ports = { database: world.tables, randomness: world.randomness, routes: { service, limits } };
  await dispatchMall(ports, asId<MallId>('mall-1'), world.now());
  const known = secondsOf((await toldOf(world, orderId)).channel!);
  expect(known - straight).toBeGreaterThan(2_400);
  await takeOffer(world);
  expect((await world.runOf(driverId(1)))!.roads).toEqual({ [orderId]: 3_600 });
  const { channel, driver } = await toldOf(world, orderId);
  expect(secondsOf(channel!)).toBeGreaterThan(straight + 2_400);
  expect(driver).toEqual(channel);
  expect(service.paidFor).toBe(1);
});

test('whoever orders while the only driver has a run to finish is told so', async () => {
  const world = new World();
  await openMall(world, { stores: 1, drivers: 1 });
  const waitOf = ({ causes }: Eta) => causes.find(({ kind }) => kind === 'no_driver_yet')?.seconds ?? 0;
  const first = await place(world, 1);
  await storeActs(world, 1, first, { type: 'accept' });
  await world.advance(1);
  const free = (await toldOf(world, first)).channel!;
  await takeOffer(world);
  const next = await place(world, 1);
  const busy = (await toldOf(world, next)).channel!;
  const { expected } = await world.driver(driverId(1));
  expect(waitOf(busy)).toBeGreaterThan(waitOf(free) + 600);
  expect(Date.parse(busy.p50)).toBeGreaterThan(Date.parse(expected!.freeAt));
});

test('a store of somebody else on the same run has no name for this shopper', async () => {
  const world = new World();
  await openMall(world, { stores: 2 });
  const own = await place(world, 1);
  const pickups = [{ storeId: storeId(2), lines: [{ sku: 's', name: 'S', quantity: 1, unitPriceCents: 100 }] }];
  const other = await place(world, 1, { pickups });
  await storeActs(world, 1, own, { type: 'accept' });
  await storeActs(world, 2, other, { type: 'accept' });
  await world.advance(1);
  await takeOffer(world);
  expect((await world.runOf(driverId(1)))!.orderIds.toSorted()).toEqual([own, other].toSorted());
  await storeActs(world, 1, own, ready(1));
  done(await storeActs(world, 2, other, { type: 'delay', readyAt: plusMinutes(world.now(), 30) }));
  done(await driverActs(world, `pickup-${storeId(1)}`, { type: 'arrive' }));
  const told = await toldOf(world, own);
  expect(told.driver!.causes.find(({ kind }) => kind === 'store_late')).toMatchObject({ storeId: storeId(2) });
  const late = told.shopper!.causes.find(({ kind }) => kind === 'store_late')!;
  expect(late.seconds).toBeGreaterThan(600);
  expect(late.storeId).toBeUndefined();
  expect(told.channel).toEqual(told.shopper);
});
