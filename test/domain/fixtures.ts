import { decideOrder } from '../../lambdas/domain/decide-order.ts';
import type { DeliveryStatus } from '../../lambdas/domain/delivery-status.ts';
import type { Mall, Store } from '../../lambdas/domain/directory.ts';
import type { Driver } from '../../lambdas/domain/fleet.ts';
import {
  asId,
  type DriverId,
  type LineId,
  type OrderId,
  type ParcelId,
  type RunId,
  type StoreId,
} from '../../lambdas/domain/ids.ts';
import type { Order } from '../../lambdas/domain/order.ts';
import type { OrderCommand } from '../../lambdas/domain/order-commands.ts';
import { type Placement, placeOrder } from '../../lambdas/domain/place.ts';
import { isRejection, type Rejection } from '../../lambdas/domain/rejection.ts';
import { type Instant, parseInstant, plusMinutes } from '../../lambdas/domain/time.ts';

/** Noon in Phoenix, which has no daylight saving time. */
export const noon = parseInstant('2026-11-23T19:00:00Z');
const everyDay = {
  weekly: Object.fromEntries(
    ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, { opens: '10:00', closes: '21:00' }]),
  ),
};

export const mall: Mall = {
  id: asId('mall-1'),
  name: 'Test Mall',
  zone: 'America/Phoenix',
  position: [-111.8977, 33.3019],
  hours: everyDay,
  state: 'open',
  confirmWithinMinutes: 10,
  walkMinutes: 8,
  deliveryRadiusMetres: 16_000,
  feeCents: 799,
  currency: 'USD',
  pay: { baseCents: 400, perStopCents: 175, perReturnCents: 250 },
  pickupPoints: [],
};

export const driverId = asId<Driver['id']>('driver-1');

export function storeId(number: number): StoreId {
  return asId(`store-${number}`);
}

export function store(number: number, change: Partial<Store> = {}): Store {
  return {
    id: storeId(number),
    retailerId: asId(`retailer-${number}`),
    mallId: mall.id,
    name: `Store ${number}`,
    level: '1',
    position: mall.position,
    hours: everyDay,
    prepMinutes: 5,
    ...change,
  };
}

/** Two lines at each store: `line-1a`, `line-1b`, `line-2a`, … at 10.00 and 5.50 apiece. */
export function placement(stores: number, change: Partial<Placement> = {}): Placement {
  return {
    id: asId<OrderId>('order-1'),
    channelId: asId('channel-1'),
    promise: { kind: 'two_hour' },
    goAhead: 'deliver_what_you_can',
    doorProof: 'photo',
    pickups: Array.from({ length: stores }, (_, index) => ({
      storeId: storeId(index + 1),
      lines: [
        { id: lineId(index + 1, 'a'), sku: 'a', name: 'A', quantity: 1, unitPriceCents: 1000 },
        { id: lineId(index + 1, 'b'), sku: 'b', name: 'B', quantity: 3, unitPriceCents: 550 },
      ],
    })),
    dropoff: [-111.86, 33.3],
    ...change,
  };
}

export function lineId(number: number, letter: 'a' | 'b'): LineId {
  return asId(`line-${number}${letter}`);
}

export function placedOrder(stores: number, change: Partial<Placement> = {}): Order {
  const wanted = placement(stores, change);
  return done(
    placeOrder(
      wanted,
      mall,
      wanted.pickups.map((_, index) => store(index + 1)),
      noon,
    ),
  ).order;
}

/** Puts commands to an order, all at one instant; each must be carried out. */
export function play(order: Order, commands: readonly OrderCommand[], at: Instant = plusMinutes(noon, 1)): Order {
  return commands.reduce((state, command) => done(decideOrder(state, command, at)).order, order);
}

/** The outcome, or a failure that names the rejection. */
export function done<T extends object>(outcome: T | Rejection): T {
  if (isRejection(outcome)) throw new Error(`${outcome.code}: ${outcome.detail} ${outcome.mend}`);
  return outcome;
}

/** The store packs its two lines into two parcels, `P1a` and `P1b`. */
export function ready(number: number): OrderCommand {
  return {
    type: 'ready_pickup',
    storeId: storeId(number),
    parcels: (['a', 'b'] as const).map((letter) => ({
      id: asId<ParcelId>(`parcel-${number}${letter}`),
      label: `P${number}${letter}`,
      lineIds: [lineId(number, letter)],
    })),
    missingLineIds: [],
  };
}

export function labels(number: number): string[] {
  return [`P${number}a`, `P${number}b`];
}

export function collect(number: number, found: string[] = labels(number)): OrderCommand {
  return { type: 'collect', storeId: storeId(number), labels: found, leaveMissing: true };
}

export const offered = { type: 'offer', offerId: asId('offer-1') } as const satisfies OrderCommand;
export const assigned = {
  type: 'assign',
  offerId: asId('offer-1'),
  runId: asId('run-1'),
  driverId,
} as const satisfies OrderCommand;

/** The second driver, who takes over from the first at the kerb. */
export const receiver = { runId: asId<RunId>('run-2'), driverId: asId<DriverId>('driver-2') };
export const handOver = { type: 'hand_over', at: mall.position } as const satisfies OrderCommand;

export function takeOver(taken: string[]) {
  return { type: 'take_over', ...receiver, labels: taken, leaveMissing: false } as const satisfies OrderCommand;
}

export function given(all: string[]) {
  return { type: 'record_given', from: driverId, to: receiver.driverId, labels: all } as const satisfies OrderCommand;
}

export function deliver(taken: string[], refused: string[] = []): OrderCommand {
  const ids = (all: string[]) => all.map((label) => asId<ParcelId>(label.replace('P', 'parcel-')));
  return {
    type: 'deliver',
    parcelIds: ids(taken),
    refusedParcelIds: ids(refused),
    proof: { kind: 'photo', photoKey: 'proofs/1' },
  };
}

/** The commands that bring an order over `stores` stores from `created` to each delivery status. */
export function routeTo(status: DeliveryStatus, stores: number): OrderCommand[] {
  const numbers = Array.from({ length: stores }, (_, index) => index + 1);
  const all = numbers.flatMap(labels);
  const to: Record<DeliveryStatus, () => OrderCommand[]> = {
    created: () => [],
    assigned: () => [
      ...numbers.map((number): OrderCommand => ({ type: 'accept_pickup', storeId: storeId(number) })),
      offered,
      assigned,
    ],
    enroute_to_pickup: () => [...to.assigned(), { type: 'depart_for_pickup' }],
    arrived_at_pickup: () => [
      ...to.enroute_to_pickup(),
      { type: 'arrive_at_pickup', storeId: storeId(1) },
      ...numbers.map(ready),
    ],
    collecting: () => [...to.arrived_at_pickup(), ...numbers.slice(0, -1).map((number) => collect(number))],
    picked_up: () => [...to.arrived_at_pickup(), ...numbers.map((number) => collect(number))],
    enroute_to_dropoff: () => [...to.picked_up(), { type: 'depart_for_door' }],
    arrived_at_dropoff: () => [...to.enroute_to_dropoff(), { type: 'arrive_at_door' }],
    undeliverable: () => [
      ...to.arrived_at_dropoff(),
      { type: 'fail_at_door', reason: 'refused', evidence: { note: 'Not ordered.' } },
    ],
    held: () => [...to.enroute_to_dropoff(), { type: 'lose_driver', reason: 'vehicle' }],
    enroute_to_return: () => [...to.undeliverable(), { type: 'depart_for_return' }],
    arrived_at_return: () => [...to.enroute_to_return(), { type: 'arrive_at_return', storeId: storeId(1) }],
    delivered: () => [...to.arrived_at_dropoff(), deliver(all)],
    returned: () => [
      ...to.enroute_to_return(),
      ...numbers.flatMap((number): OrderCommand[] => [
        { type: 'arrive_at_return', storeId: storeId(number) },
        { type: 'return_parcels', storeId: storeId(number), labels: labels(number) },
      ]),
    ],
    cancelled: () => [{ type: 'cancel', by: 'channel' }],
    failed: () => [...to.held(), { type: 'declare_lost' }],
  };
  return to[status]();
}

/** `value` with everything in it frozen, so that a rule that changes its input throws. */
export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) frozen(part);
    Object.freeze(value);
  }
  return value;
}
