import { expect } from 'vitest';
import type { ActOutcome } from '../../lambdas/application/act.ts';
import { type Resolution, reassignOrder, resolveOrder } from '../../lambdas/application/operations.ts';
import { cancelOrder, type PlaceOrderInput } from '../../lambdas/application/ordering.ts';
import type { StoreAct } from '../../lambdas/application/readiness.ts';
import { dataOf } from '../../lambdas/application/records.ts';
import { executionName } from '../../lambdas/application/views.ts';
import type { DeliveryStatus } from '../../lambdas/domain/delivery-status.ts';
import { openStops, type Run, type Stop } from '../../lambdas/domain/fleet.ts';
import type { OrderId } from '../../lambdas/domain/ids.ts';
import type { Order } from '../../lambdas/domain/order.ts';
import type { Rejection } from '../../lambdas/domain/rejection.ts';
import { type Instant, parseInstant } from '../../lambdas/domain/time.ts';
import { breachesAtEnd, breachesNow } from '../harness/invariants.ts';
import type { LoopOptions } from '../harness/loop.ts';
import {
  channelId,
  done,
  driveHome,
  driverActs,
  driverId,
  driveStop,
  nothingMore,
  openMall,
  photo,
  place,
  storeActs,
  storeId,
  takeOffer,
} from '../harness/mall.ts';
import { World } from '../harness/world.ts';

/** Noon of a Monday in Phoenix (UTC−7 all year); the mall closes at 21:00. */
export function at(localTime: string, day = '2026-11-23'): Instant {
  return parseInstant(`${day}T${localTime}:00-07:00`);
}

/** A mall at noon with an order over three stores of 10, 20 and 30 dollars. */
export async function newStory(
  change: Partial<PlaceOrderInput> & {
    stores?: number;
    drivers?: number;
    streams?: boolean;
    world?: LoopOptions;
  } = {},
): Promise<{ world: World; orderId: OrderId }> {
  const { stores = 3, drivers = 1, streams = true, world: options, ...input } = change;
  const world = new World(options);
  world.streamsOn = streams;
  await openMall(world, { stores: 3, drivers });
  return { world, orderId: await place(world, stores, input) };
}

/** An order of one line at each of these stores: 10 dollars at store 1, 20 at store 2, and so on. */
export function placeAt(world: World, ...stores: number[]): Promise<OrderId> {
  const pickups = stores.map((store) => ({
    storeId: storeId(store),
    lines: [{ sku: `sku-${store}`, name: `Thing ${store}`, quantity: 1, unitPriceCents: 1000 * store }],
  }));
  return place(world, 0, { pickups });
}

/** Business time goes by, with the sweeper once a minute as its rule has it. */
export async function minutes(world: World, count: number): Promise<void> {
  for (let minute = 0; minute < count; minute++) {
    await world.advance(1);
    await world.sweep();
    await world.settled();
  }
  expect(breachesNow(world)).toEqual([]);
}

export async function until(world: World, instant: Instant): Promise<void> {
  await minutes(world, Math.max(0, Math.ceil((Date.parse(instant) - Date.parse(world.now())) / 60_000)));
}

/** The store packs one parcel; its label tells the order and the store. */
export function packed(orderId: OrderId, store: number): StoreAct {
  return { type: 'ready', parcels: [{ label: labelOf(orderId, store) }], missingLineIds: [] };
}

export function labelOf(orderId: OrderId, store: number): string {
  return `${orderId.slice(-4)}-${store}`;
}

export async function accept(world: World, orderId: OrderId, ...stores: number[]): Promise<void> {
  for (const store of stores) done(await storeActs(world, store, orderId, { type: 'accept' }));
}

export async function pack(world: World, orderId: OrderId, ...stores: number[]): Promise<void> {
  for (const store of stores) done(await storeActs(world, store, orderId, packed(orderId, store)));
}

export async function cancel(world: World, orderId: OrderId, by: 'channel' | 'operations' = 'channel') {
  const request = world.request(by);
  const outcome =
    by === 'channel'
      ? await cancelOrder(world.ordering, channelId, orderId, request, world.now())
      : await resolveOrder(world, orderId, 'cancel', request, world.now());
  await world.settled();
  return outcome;
}

export async function resolve(world: World, orderId: OrderId, resolution: Resolution): Promise<ActOutcome | Rejection> {
  const outcome = await resolveOrder(world, orderId, resolution, world.request('operations'), world.now());
  await world.settled();
  return outcome;
}

/** Operations take the run from its driver. */
export async function loseDriver(world: World, orderId: OrderId): Promise<void> {
  done(await reassignOrder(world, orderId, 'breakdown', world.request('operations'), world.now()));
  await world.settled();
}

export async function stopsOf(world: World, driver = 1): Promise<Stop[]> {
  const run = await world.runOf(driverId(driver));
  return run ? openStops(run) : [];
}

/** Every run there ever was, the first first. */
export function runsOf(world: World): Run[] {
  return world.database
    .all('fleet')
    .filter(({ sk }) => sk === 'RUN')
    .map((item) => dataOf<Run>(item))
    .sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1));
}

export const toDoor = (orderId: OrderId) => `dropoff-${orderId}`;
export const toCounter = (store: number) => `pickup-store-${store}`;
export const backTo = (store: number) => `return-store-${store}`;

export const stages = [
  'created',
  'offered',
  'assigned',
  'enroute_to_pickup',
  'arrived_at_pickup',
  'collecting',
  'picked_up',
  'enroute_to_dropoff',
  'arrived_at_dropoff',
  'undeliverable',
  'enroute_to_return',
  'arrived_at_return',
] as const satisfies (DeliveryStatus | 'offered')[];
export type Stage = (typeof stages)[number];

/** What it takes from the stage before to this one. */
const steps: Record<Stage, (world: World, orderId: OrderId) => Promise<unknown>> = {
  created: async () => {},
  offered: async (world, orderId) => {
    await accept(world, orderId, ...storesOf(await world.order(orderId)));
    await minutes(world, 1);
  },
  assigned: (world) => takeOffer(world),
  enroute_to_pickup: async (world) => done(await driverActs(world, toCounter(1), { type: 'depart' })),
  arrived_at_pickup: async (world, orderId) => {
    await pack(world, orderId, ...storesOf(await world.order(orderId)));
    done(await driverActs(world, toCounter(1), { type: 'arrive' }));
  },
  collecting: (world) => driveStop(world, toCounter(1)),
  picked_up: async (world) => {
    for (const { id } of (await stopsOf(world)).filter(({ kind }) => kind === 'pickup')) await driveStop(world, id);
  },
  enroute_to_dropoff: async (world, orderId) => done(await driverActs(world, toDoor(orderId), { type: 'depart' })),
  arrived_at_dropoff: async (world, orderId) => {
    await minutes(world, 10);
    done(await driverActs(world, toDoor(orderId), { type: 'arrive' }));
  },
  undeliverable: (world, orderId) => nobodyHome(world, orderId),
  enroute_to_return: async (world) => done(await driverActs(world, backTo(1), { type: 'depart' })),
  arrived_at_return: async (world) => done(await driverActs(world, backTo(1), { type: 'arrive' })),
};

/** Everything goes well as far as `stage`, from the beginning or from the stage after `since`. */
export async function reach(world: World, orderId: OrderId, stage: Stage, since?: Stage): Promise<void> {
  const first = since ? stages.indexOf(since) + 1 : 0;
  for (const name of stages.slice(first, stages.indexOf(stage) + 1)) await steps[name](world, orderId);
  expect((await world.order(orderId)).status).toBe(stage === 'offered' ? 'created' : stage);
}

/** At the door: two calls, a photo of the door, and away. */
export async function nobodyHome(world: World, orderId: OrderId): Promise<void> {
  const evidence = { contactAttempts: 2, photoKey: photo.photoKey };
  done(await driverActs(world, toDoor(orderId), { type: 'fail', reason: 'customer_unavailable', evidence }));
}

/** The door takes the parcels of some stores and refuses those of the others. */
export async function handOver(world: World, orderId: OrderId, taken: number[], refused: number[] = []) {
  return driverActs(world, toDoor(orderId), {
    type: 'complete',
    ...nothingMore,
    labels: taken.map((store) => labelOf(orderId, store)),
    refusedLabels: refused.map((store) => labelOf(orderId, store)),
    proof: photo,
  });
}

/** All that is left goes well, and a minute later nothing is under way any more. */
export async function finish(world: World, ...drivers: number[]): Promise<void> {
  for (const driver of drivers.length > 0 ? drivers : [1]) await driveHome(world, driver);
  await minutes(world, 1);
}

/** `status (reason): goods, refund, fee` in cents, once everything is over and every invariant holds. */
export async function account(world: World, orderId: OrderId): Promise<string> {
  expect(breachesAtEnd(world)).toEqual([]);
  const order = await world.order(orderId);
  const sum = (kind: string) =>
    order.ledger.filter((entry) => entry.kind === kind).reduce((total, { amountCents }) => total + amountCents, 0);
  const end = [order.status, order.partial && 'in part', order.endReason && `(${order.endReason})`].filter(Boolean);
  return `${end.join(' ')}: goods ${sum('goods')}, refund ${sum('refund')}, fee ${sum('fee')}`;
}

/** The states that an execution of an order entered, without its questions: whom it waited for and what came of it. */
export async function path(world: World, orderId: OrderId, name?: string): Promise<string> {
  const entered = world.statesEntered(name ?? executionName(await world.order(orderId)));
  return entered.filter((state) => !state.endsWith('?') && !unremarkable.includes(state)).join(' → ');
}
const unremarkable = ['Get ready and find a driver', 'Go on with what is ready', 'Go on without a driver'];

export const toCollection = 'Stores confirm → Stores get ready → Find a driver → Driver collects';
export const closed = 'Settle → Order closed';

function storesOf({ pickups }: Order): number[] {
  return pickups.map((_, index) => index + 1);
}
