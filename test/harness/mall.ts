import type { ActOutcome } from '../../lambdas/application/act.ts';
import * as directory from '../../lambdas/application/directory.ts';
import { acceptOffer, actAtStop, listOffers, type StopAct, startShift } from '../../lambdas/application/driving.ts';
import type { PlaceOrderInput } from '../../lambdas/application/ordering.ts';
import { placeOrder } from '../../lambdas/application/ordering.ts';
import { actOnPickup, type StoreAct } from '../../lambdas/application/readiness.ts';
import type { PayRates } from '../../lambdas/domain/directory.ts';
import { openStops } from '../../lambdas/domain/fleet.ts';
import {
  asId,
  type ChannelId,
  type DriverId,
  type MallId,
  type OrderId,
  type RetailerId,
  type StopId,
  type StoreId,
} from '../../lambdas/domain/ids.ts';
import { isRejection, type Rejection } from '../../lambdas/domain/rejection.ts';
import type { Instant } from '../../lambdas/domain/time.ts';
import type { Loop } from './loop.ts';

/** Chandler Fashion Center's place; Phoenix has no daylight saving time: 11:00 is 18:00Z all year. */
export const mallPosition = [-111.8977, 33.3019] as const;
export const doorPosition = [-111.86, 33.3] as const;
export const hours = {
  weekly: Object.fromEntries(
    ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, { opens: '10:00', closes: '21:00' }]),
  ),
};
export const channelId = asId<ChannelId>('channel-1');
const mallId = asId<MallId>('mall-1');

const plainPay: PayRates = { baseCents: 400, perStopCents: 175, perReturnCents: 250 };

/** Every part of pay that there is. */
export const fullPay: PayRates = {
  ...plainPay,
  perKmCents: 35,
  perWaitingMinuteCents: 30,
  waitingGraceMinutes: 3,
  waitingCapMinutes: 20,
  surgeMaxPercent: 150,
};

/** One mall with `stores` stores and `drivers` drivers on shift at its kerb. */
export async function openMall(
  world: Loop,
  { stores = 3, drivers = 1, pay = plainPay }: { stores?: number; drivers?: number; pay?: PayRates } = {},
): Promise<void> {
  const ports = {
    database: world.database,
    randomness: world.randomness,
    secrets: { seal: async () => '', open: async () => new Uint8Array() },
  };
  const asked = { request: { ...world.request('operations'), key: '' }, now: world.now() };
  await directory.applyMall(
    ports,
    {
      id: mallId,
      name: 'Test Mall',
      zone: 'America/Phoenix',
      position: mallPosition,
      hours,
      confirmWithinMinutes: 10,
      walkMinutes: 8,
      deliveryRadiusMetres: 16_000,
      feeCents: 799,
      currency: 'USD',
      pay,
      pickupPoints: [],
    },
    asked,
  );
  for (let number = 1; number <= stores; number++) {
    const retailerId = asId<RetailerId>(`retailer-${number}`);
    await directory.applyRetailer(ports, { id: retailerId, name: `Retailer ${number}` }, asked);
    await directory.applyStore(
      ports,
      {
        id: storeId(number),
        retailerId,
        mallId,
        name: `Store ${number}`,
        level: '1',
        position: mallPosition,
        hours,
        prepMinutes: 5,
      },
      asked,
    );
  }
  for (let number = 1; number <= drivers; number++) {
    const id = driverId(number);
    await directory.applyDriver(
      ports,
      { id, name: `Driver ${number}`, mallId, vehicle: 'car', status: 'active' },
      asked,
    );
    done(await startShift({ ...world.driving, database: world.database }, id, world.request(id), world.now()));
  }
  await world.settled();
}

export function storeId(number: number): StoreId {
  return asId(`store-${number}`);
}

export function driverId(number: number): DriverId {
  return asId(`driver-${number}`);
}

/** What a channel asks for: one line each of stores 1 to `stores`, for a door nearby. */
export function orderInput(stores = 3): PlaceOrderInput {
  return {
    mallId,
    promise: { kind: 'two_hour' },
    goAhead: 'deliver_what_you_can',
    doorProof: 'photo',
    pickups: Array.from({ length: stores }, (_, index) => ({
      storeId: storeId(index + 1),
      lines: [{ sku: `sku-${index + 1}`, name: `Thing ${index + 1}`, quantity: 1, unitPriceCents: 1000 * (index + 1) }],
    })),
    dropoff: { name: 'Ada Byron', phone: '+14805550123', address: '1 W Frye Rd', position: doorPosition },
  };
}

/** Places an order over stores 1 to `stores`, one line each, and returns its id. */
export async function place(world: Loop, stores = 3, change: Partial<PlaceOrderInput> = {}): Promise<OrderId> {
  const input = { ...orderInput(stores), ...change };
  const request = world.request('channel:channel-1');
  const now = world.now();
  const placed = done(await world.call(() => placeOrder(world.ordering, channelId, input, request, now)));
  await world.settled();
  return asId((placed.body as { id: string }).id);
}

export async function storeActs(
  world: Loop,
  number: number,
  orderId: OrderId,
  act: StoreAct,
): Promise<ActOutcome | Rejection> {
  const id = storeId(number);
  const principal = { kind: 'store', storeId: id, subject: `person-${number}` } as const;
  const request = world.request(id);
  const now = world.now();
  const outcome = await world.call(() => actOnPickup(world.ordering, principal, id, orderId, act, request, now));
  await world.settled();
  return outcome;
}

/** The store packs one parcel labelled after itself. */
export function ready(number: number): StoreAct {
  return { type: 'ready', parcels: [{ label: `P${number}` }], missingLineIds: [] };
}

/** Accepts the offer that is open for the driver. */
export async function takeOffer(world: Loop, number = 1): Promise<void> {
  const id = driverId(number);
  const ports = { ...world.driving, database: world.database };
  const { data } = (await listOffers(ports, id, world.now())) as { data: { id: string; version: number }[] };
  const [offer] = data;
  if (!offer) throw new Error(`There is no open offer for ${id} at ${world.now()}.`);
  const request = world.request(id);
  const now = world.now();
  done(await world.call(() => acceptOffer(world.driving, id, asId(offer.id), offer.version, request, now)));
  await world.settled();
}

export async function driverActs(
  world: Loop,
  stopId: string,
  act: StopAct & { occurredAt?: Instant },
  number = 1,
): Promise<ActOutcome | Rejection> {
  const id = driverId(number);
  const request = world.request(id);
  const now = world.now();
  const outcome = await world.call(() =>
    actAtStop(world.driving, id, asId<StopId>(stopId), photographedBy(id, stopId, act), request, now),
  );
  await world.settled();
  return outcome;
}

export const nothingMore = { labels: [] as string[], leaveMissing: false, refusedLabels: [] as string[] };
export const photo = { kind: 'photo', photoKey: 'proofs/driver-1/photo' } as const;

/** The same act with photos that this driver took at this stop: others are no proof. */
export function photographedBy<Act extends StopAct>(id: DriverId, stopId: string, act: Act): Act {
  return JSON.parse(JSON.stringify(act).replaceAll('proofs/driver-1/', `proofs/${id}/${stopId}/`));
}

/** Does every open stop of the run in order, everything going well. */
export async function driveHome(world: Loop, number = 1): Promise<void> {
  for (let run = await world.runOf(driverId(number)); run; run = await world.runOf(driverId(number))) {
    const stop = openStops(run)[0];
    if (!stop) return;
    await driveStop(world, stop.id, number);
  }
}

/** Arrives at one stop and completes it with every parcel that is due there. */
export async function driveStop(world: Loop, stopId: string, number = 1): Promise<void> {
  const run = await world.runOf(driverId(number));
  const stop = run!.stops.find(({ id }) => id === stopId)!;
  const whereabouts = { position: stop.meeting?.position ?? (stop.storeId ? mallPosition : doorPosition) };
  done(await driverActs(world, stop.id, { type: 'arrive', whereabouts }, number));
  await world.advance(3);
  const orders = await Promise.all(stop.orderIds.map((id) => world.order(id)));
  const labels = orders.flatMap((order) =>
    order.parcels
      .filter((parcel) => {
        if (stop.kind === 'pickup') return parcel.storeId === stop.storeId && parcel.state.at === 'store';
        if (stop.kind === 'hand_over') return parcel.state.at === 'driver';
        if (stop.kind === 'return') return parcel.storeId === stop.storeId && parcel.toReturn;
        return parcel.state.at === 'driver' && !parcel.toReturn;
      })
      .map(({ label }) => label),
  );
  const proof = stop.kind === 'dropoff' ? { proof: photo } : {};
  done(await driverActs(world, stop.id, { type: 'complete', ...nothingMore, labels, ...proof, whereabouts }, number));
}

/** The outcome, or a failure that names the rejection. */
export function done<T extends object>(outcome: T | Rejection): T {
  if (isRejection(outcome)) throw new Error(`${outcome.code}: ${outcome.detail} ${outcome.mend}`);
  return outcome;
}
