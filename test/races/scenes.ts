import { actAtStop, type StopAct } from '../../lambdas/application/driving.ts';
import { type Resolution, resolveOrder } from '../../lambdas/application/operations.ts';
import { cancelOrder } from '../../lambdas/application/ordering.ts';
import { actOnPickup, type StoreAct } from '../../lambdas/application/readiness.ts';
import { dataOf, orderItem } from '../../lambdas/application/records.ts';
import type { Offer } from '../../lambdas/domain/fleet.ts';
import { asId, type OrderId, type StopId } from '../../lambdas/domain/ids.ts';
import { plusMinutes } from '../../lambdas/domain/time.ts';
import type { Loop } from '../harness/loop.ts';
import {
  channelId,
  done,
  driverActs,
  driverId,
  nothingMore,
  openMall,
  photo,
  photographedBy,
  place,
  ready,
  storeActs,
  storeId,
  takeOffer,
} from '../harness/mall.ts';
import type { World } from '../harness/world.ts';

/** An order of `stores` stores, each of which has accepted. */
export async function confirmed(world: World, { stores = 1, drivers = 1 } = {}): Promise<OrderId> {
  await openMall(world, { stores, drivers });
  const orderId = await place(world, stores);
  for (let store = 1; store <= stores; store++) done(await storeActs(world, store, orderId, { type: 'accept' }));
  return orderId;
}

/** One confirmed order of one store, in the open offer that is returned. */
export async function offered(world: World, drivers = 1): Promise<Offer> {
  await confirmed(world, { drivers });
  await world.advance(0.2);
  return openOffers(world)[0]!;
}

/** The driver stands at the last counter, and everything is ready. */
export async function atLastCounter(world: World, stores = 1): Promise<OrderId> {
  const orderId = await confirmed(world, { stores });
  await world.advance(0.2);
  await takeOffer(world);
  for (let store = 1; store <= stores; store++) done(await storeActs(world, store, orderId, ready(store)));
  for (let store = 1; store <= stores; store++) {
    done(await driverActs(world, toCounter(store), { type: 'arrive' }));
    if (store < stores) done(await driverActs(world, toCounter(store), collect(store)));
  }
  return orderId;
}

/** One confirmed order of one store, in an open offer to three drivers. */
export async function offeredToThree(world: World): Promise<Offer> {
  const orderId = await confirmed(world, { drivers: 3 });
  await nearPromise(world, orderId);
  await world.advance(0.2);
  return openOffers(world)[0]!;
}

/** As if the order had waited so long that only minutes are left to keep its promise. */
export async function nearPromise(world: Loop, orderId: OrderId): Promise<void> {
  const order = await world.order(orderId);
  const promise = { ...order.promise, by: plusMinutes(world.now(), 20) };
  const item = orderItem({ ...order, promise });
  await world.database.commit([{ kind: 'put', table: 'orders', item, ifVersion: order.version }]);
}

export function openOffers(world: World): Offer[] {
  return world.database
    .all('fleet')
    .filter(({ sk }) => sk === 'OFFER')
    .map((item) => dataOf<Offer>(item))
    .filter(({ status }) => status === 'open');
}

export const toCounter = (store: number) => `pickup-store-${store}`;
export const toDoor = (orderId: OrderId) => `dropoff-${orderId}`;

export function collect(...stores: number[]): StopAct {
  return { type: 'complete', ...nothingMore, labels: stores.map((store) => `P${store}`) };
}

export function handOver(...stores: number[]): StopAct {
  return { ...collect(...stores), proof: photo } as StopAct;
}

/** A request of the channel, the same one at each try. */
export function cancelling(world: World, orderId: OrderId) {
  const request = world.request('channel:channel-1');
  const now = world.now();
  return () => cancelOrder(world.ordering, channelId, orderId, request, now);
}

export function atStop(world: World, stopId: string, act: StopAct, driver = 1) {
  const id = driverId(driver);
  const request = world.request(id);
  const now = world.now();
  return () => actAtStop(world.driving, id, asId<StopId>(stopId), photographedBy(id, stopId, act), request, now);
}

export function atStore(world: World, store: number, orderId: OrderId, act: StoreAct, now = world.now()) {
  const id = storeId(store);
  const principal = { kind: 'store', storeId: id, subject: 'person' } as const;
  const request = world.request(id);
  return () => actOnPickup(world.ordering, principal, id, orderId, act, request, now);
}

export function resolving(world: World, orderId: OrderId, resolution: Resolution) {
  const request = world.request('operations');
  const now = world.now();
  return () => resolveOrder({ database: world.tables }, orderId, resolution, request, now);
}
