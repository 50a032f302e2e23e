import type { DriverId, OrderId, StoreId } from './ids.ts';
import { type Order, openPickups } from './order.ts';
import { distanceMetres, estimatedDriveSeconds, type Position } from './position.ts';
import { epochMs, type Instant } from './time.ts';

/** What the planner sees of one mall at one instant; it reads no clock and asks nobody. */
export interface Snapshot {
  now: Instant;
  mall: { position: Position; walkMinutes: number };
  orders: PlannableOrder[];
  drivers: PlannableDriver[];
}

export interface PlannableOrder {
  id: OrderId;
  placedAt: Instant;
  /** The window at the door begins: nobody is at it before. */
  promiseFrom?: Instant;
  promiseBy: Instant;
  dropoff: Position;
  pickups: { storeId: StoreId; readyAt: Instant }[];
}

export interface PlannableDriver {
  id: DriverId;
  position: Position;
  /** Orders this driver has passed on lately. */
  passedOn: OrderId[];
}

export interface PlannedOffer {
  kind: 'offer';
  driverId: DriverId;
  storeIds: StoreId[];
  /** In the order in which the doors are reached. */
  orderIds: OrderId[];
  distanceMetres: number;
  durationSeconds: number;
}

export interface Hold {
  kind: 'hold';
  orderId: OrderId;
  why: 'no_driver' | 'not_ready_soon' | 'too_early' | 'all_passed_on';
}

export type Proposal = PlannedOffer | Hold;

/** Orders carried together at most, and how far apart their doors may be. */
const maxOrdersPerRun = 3;
const bundleMetres = 3_000;
/** A driver is called when the last store will be ready about when they arrive, not before. */
const callAheadSeconds = 10 * 60;
const secondsPerStop = 240;

/**
 * The first planner: oldest promise first; each order with up to two others of the mall whose doors are near, to the
 * nearest driver who has not passed on any of them. One open offer per order and per driver.
 */
export function plan(snapshot: Snapshot): Proposal[] {
  const free = [...snapshot.drivers];
  const waiting = [...snapshot.orders].sort((a, b) => compare(a.promiseBy, b.promiseBy) || compare(a.id, b.id));
  const proposals: Proposal[] = [];
  while (waiting.length > 0) {
    const first = waiting.shift()!;
    if (!readySoon(first, snapshot)) {
      proposals.push({ kind: 'hold', orderId: first.id, why: 'not_ready_soon' });
      continue;
    }
    if (isTooEarly(first, snapshot)) {
      proposals.push({ kind: 'hold', orderId: first.id, why: 'too_early' });
      continue;
    }
    const together = [first, ...companions(first, waiting, snapshot)];
    const orders = nearest(free, together, snapshot) ? together : [first];
    const driver = nearest(free, orders, snapshot);
    if (!driver) {
      proposals.push({ kind: 'hold', orderId: first.id, why: free.length === 0 ? 'no_driver' : 'all_passed_on' });
      continue;
    }
    free.splice(free.indexOf(driver), 1);
    for (const order of orders.slice(1)) waiting.splice(waiting.indexOf(order), 1);
    proposals.push(proposeRun(driver, orders, snapshot));
  }
  return proposals;
}

/** The part of an order that the planner needs. */
export function plannable(order: Order): PlannableOrder {
  return {
    id: order.id,
    placedAt: order.placedAt,
    ...(order.promise.from && { promiseFrom: order.promise.from }),
    promiseBy: order.promise.by,
    dropoff: order.dropoffArea,
    pickups: openPickups(order).map(({ storeId, readyAt }) => ({ storeId, readyAt })),
  };
}

function readySoon(order: PlannableOrder, { now }: Snapshot): boolean {
  const last = Math.max(...order.pickups.map((pickup) => epochMs(pickup.readyAt)));
  return last <= epochMs(now) + callAheadSeconds * 1000;
}

/** Whether a driver who is at the mall already would be at the door before its window. */
function isTooEarly({ promiseFrom, pickups, dropoff }: PlannableOrder, { now, mall }: Snapshot): boolean {
  if (!promiseFrom) return false;
  const seconds = pickups.length * secondsPerStop + estimatedDriveSeconds(mall.position, dropoff);
  return epochMs(now) + seconds * 1000 < epochMs(promiseFrom);
}

function companions(first: PlannableOrder, others: PlannableOrder[], snapshot: Snapshot): PlannableOrder[] {
  return others
    .filter((other) => readySoon(other, snapshot) && !isTooEarly(other, snapshot))
    .filter((other) => distanceMetres(first.dropoff, other.dropoff) <= bundleMetres)
    .sort((a, b) => distanceMetres(first.dropoff, a.dropoff) - distanceMetres(first.dropoff, b.dropoff))
    .slice(0, maxOrdersPerRun - 1);
}

function nearest(
  drivers: PlannableDriver[],
  orders: PlannableOrder[],
  { mall }: Snapshot,
): PlannableDriver | undefined {
  return drivers
    .filter((driver) => !orders.some((order) => driver.passedOn.includes(order.id)))
    .map((driver) => ({ driver, seconds: estimatedDriveSeconds(driver.position, mall.position) }))
    .sort((a, b) => a.seconds - b.seconds || compare(a.driver.id, b.driver.id))[0]?.driver;
}

function proposeRun(driver: PlannableDriver, orders: PlannableOrder[], { mall }: Snapshot): PlannedOffer {
  const storeIds = [...new Set(orders.flatMap((order) => order.pickups.map((pickup) => pickup.storeId)))];
  const doors: PlannableOrder[] = [];
  const left = [...orders];
  let at = mall.position;
  let metres = distanceMetres(driver.position, mall.position);
  let seconds = estimatedDriveSeconds(driver.position, mall.position) + storeIds.length * secondsPerStop;
  while (left.length > 0) {
    left.sort((a, b) => distanceMetres(at, a.dropoff) - distanceMetres(at, b.dropoff) || compare(a.id, b.id));
    const next = left.shift()!;
    metres += distanceMetres(at, next.dropoff);
    seconds += estimatedDriveSeconds(at, next.dropoff) + secondsPerStop;
    at = next.dropoff;
    doors.push(next);
  }
  return {
    kind: 'offer',
    driverId: driver.id,
    storeIds,
    orderIds: doors.map((order) => order.id),
    distanceMetres: Math.round(metres * 1.3),
    durationSeconds: seconds,
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
