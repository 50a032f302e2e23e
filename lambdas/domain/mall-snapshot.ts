import { type Driver, hasPassedOn, type Meeting } from './fleet.ts';
import type { MallId, OrderId } from './ids.ts';
import { loadOf, type Order, openHandOver, openPickups, parcelsForDoor } from './order.ts';
import type { DriverToPlan, OrderToPlan, Snapshot } from './planner/snapshot.ts';
import type { Position } from './position.ts';
import type { Provider } from './provider.ts';
import type { ProviderChoice } from './provider-choice.ts';
import { openTo, providerOf, type Turn, type TurnUntil } from './provider-turn.ts';
import { epochMs, type Instant } from './time.ts';
import { estimatedTravel, type Streets, type Travel } from './travel.ts';
import { capacity, sizeOf } from './vehicle.ts';

/** What dispatch knows of one mall at one instant. */
export interface MallAtWork extends Streets {
  id: MallId;
  city?: string | undefined;
  position: Position;
  walkMinutes: number;
  /** Orders that want a driver and are on offer to nobody. */
  orders: Order[];
  /** Drivers on shift, with their last known position; null when it is not known or too old. */
  drivers: { driver: Driver; position: Position | null }[];
  /** From the mall to doors, where more is known of the road than the straight line. */
  roads?: Readonly<Partial<Record<OrderId, Travel>>>;
  /** When orders were placed here within the last hour, as far as they have been seen. */
  placedLately: Instant[];
  /** Of orders whose retailers have not said who may carry. */
  choice?: ProviderChoice | undefined;
  /** Those that a choice names. */
  providers?: readonly Provider[];
  /** Until when orders are open to whom, as far as a next one waits. */
  turnsUntil?: readonly TurnUntil[];
}

export interface MallSnapshot {
  snapshot: Snapshot;
  /** Not to be carried yet: their window at the door is too far off. */
  tooEarly: OrderId[];
  /** Whose drivers each of the others is open to. */
  turns: Readonly<Partial<Record<OrderId, Turn>>>;
}

/** At a counter with the walk from the one before; at a door, before and after the parcels change hands. */
const counterSeconds = 180;
const door = { before: 90, after: 60 };
/** Standard deviation of a store's own estimate, until it says "ready"; measured values lie between 5 and 10 minutes. */
const readySdSeconds = 300;
/** A driver whose run should be over by now needs this much longer, for all we know. */
const overdueSeconds = 300;
/** Unless it began with a block, nobody says beforehand when a shift ends: far enough not to matter. */
const shiftLeftSeconds = 12 * 3600;

/**
 * The planner's view of a mall: seconds since 1970; travel from the mall to doors as far as it is known, everything else
 * by the straight line. The mall is one site, so a run walks from counter to counter and parks once.
 */
export function snapshotOfMall(mall: MallAtWork, now: Instant): MallSnapshot {
  const orders = mall.orders.filter((order) => !isTooEarly(order, mall, now));
  const meetings = meetingsOf(orders);
  const firstDoor = 1 + meetings.length;
  const places = [
    mall.position,
    ...meetings.map(({ position }) => position),
    ...orders.map((order) => destinationOf(order, mall)),
    ...mall.drivers.map((one) => placeOf(one, mall)),
  ];
  const storeIds = [...new Set(orders.flatMap((order) => openPickups(order).map(({ storeId }) => storeId)))];
  const storeNumber = new Map(storeIds.map((id, number) => [id, number]));
  const meetingNumber = (order: Order) => {
    const met = siteOf(meetingOf(order));
    return met === null ? -1 : meetings.findIndex((one) => siteOf(one) === met);
  };
  const walkSeconds = mall.walkMinutes * 60;
  const turns = turnsOf(orders, mall, now);
  const snapshot: Snapshot = {
    now: seconds(now),
    orders: orders.map((order, index): OrderToPlan => {
      const met = meetingNumber(order);
      const pickups =
        met >= 0
          ? [{ store: storeIds.length + met, readyAt: seconds(now), ready: true }]
          : openPickups(order).map(({ storeId, readyAt, status }) => ({
              store: storeNumber.get(storeId)!,
              readyAt: seconds(readyAt),
              ...(status === 'ready' ? { ready: true } : { readySd: readySdSeconds }),
            }));
      return {
        id: order.id,
        drop: firstDoor + index,
        placedAt: seconds(order.placedAt),
        promiseBy: seconds(order.promise.by),
        pickups,
        size: sizeOf(loadOf(order), order.vehicle),
        needs: order.vehicle ? [order.vehicle] : [],
        excluded: mall.drivers
          .filter(
            ({ driver }) =>
              providerOf(driver) !== turns[order.id]!.providerId ||
              hasPassedOn(driver, order.id, now) ||
              driver.id === order.carriage?.driverId,
          )
          .map(({ driver }) => driver.id),
        preferred: [],
      };
    }),
    drivers: mall.drivers.map(({ driver }, index) => driverToPlan(driver, firstDoor + orders.length + index, now)),
    stores: [
      ...storeIds.map((id) => ({ id, site: 0, service: counterSeconds })),
      ...meetings.map((meeting, index) => ({ id: siteOf(meeting)!, site: 1 + index, service: counterSeconds })),
    ],
    sites: [
      { id: mall.id, place: 0, approach: walkSeconds, leave: walkSeconds },
      ...meetings.map((meeting, index) => ({ id: siteOf(meeting)!, place: 1 + index, approach: 0, leave: 0 })),
    ],
    dropoff: door,
    travel: { size: places.length, seconds: travelSeconds(places, firstDoor, orders, mall) },
    demand: { perHour: [mall.placedLately.length, ...meetings.map(() => 0)], leadSeconds: [] },
  };
  return { snapshot, tooEarly: mall.orders.filter((order) => !orders.includes(order)).map(({ id }) => id), turns };
}

function turnsOf(orders: readonly Order[], mall: MallAtWork, now: Instant): Record<OrderId, Turn> {
  const { choice, providers = [], turnsUntil = [] } = mall;
  const drivers = mall.drivers.map(({ driver }) => driver);
  const work = { mall, choice, providers, drivers, turnsUntil };
  return Object.fromEntries(orders.map((order) => [order.id, openTo(order, work, now)]));
}

/** Where the parcels of an order are that another driver has; undefined when they are at stores. */
export function meetingOf(order: Order): Meeting | undefined {
  const handOver = openHandOver(order);
  return handOver && { ...handOver.from, position: handOver.at };
}

/** The door, or, of what only goes back to its stores, the mall. */
export function destinationOf(order: Order, mall: Pick<MallAtWork, 'position'>): Position {
  const isGoingBack = meetingOf(order) && parcelsForDoor(order).length === 0;
  return isGoingBack ? mall.position : order.dropoffArea;
}

/** One site for each driver and place: a run has one meeting, and no store. */
function meetingsOf(orders: readonly Order[]): Meeting[] {
  return [...new Map(orders.flatMap((order) => meetingOf(order) ?? []).map((one) => [siteOf(one), one])).values()];
}

function siteOf(meeting: Meeting | undefined): string | null {
  return meeting ? `${meeting.runId}@${meeting.position.join()}` : null;
}

/** From the mall to the door of an order, or to where else its parcels go. */
export function roadToDoor(order: Order, mall: Pick<MallAtWork, 'position' | 'roads' | 'drivePercent'>): Travel {
  const to = destinationOf(order, mall);
  const known = to === order.dropoffArea ? mall.roads?.[order.id] : undefined;
  return known && known.source !== 'fallback' ? known : estimatedTravel(mall.position, to, mall);
}

function driverToPlan(driver: Driver, place: number, now: Instant): DriverToPlan {
  const shift = driver.shift!;
  const block = driver.blocks?.find(({ id }) => id === shift.blockId);
  const freeAt = driver.activeRunId
    ? Math.max(seconds(driver.expected?.freeAt ?? now), seconds(now) + overdueSeconds)
    : seconds(now);
  return {
    id: driver.id,
    availableAt: freeAt,
    place,
    shiftEnd: block ? seconds(block.endsAt) : seconds(now) + shiftLeftSeconds,
    capacity: capacity[driver.vehicle],
    can: driver.vehicle === 'van' ? ['van'] : [],
    onboard: [],
    offered: driver.openOfferId ? [driver.openOfferId] : [],
    carried: shift.carried,
    guaranteed: 0,
    shiftLeft: 1,
    declines: shift.offered === 0 ? 0 : shift.passed / shift.offered,
  };
}

/** Where the driver is, or will be when the run under way is over. */
function placeOf({ driver, position }: MallAtWork['drivers'][number], mall: MallAtWork): Position {
  return (driver.activeRunId ? driver.expected?.near : position) ?? position ?? mall.position;
}

/** Whether a driver who is at the mall already would be at the door before its window. */
export function isTooEarly(
  order: Order,
  mall: Pick<MallAtWork, 'position' | 'walkMinutes' | 'roads' | 'drivePercent'>,
  now: Instant,
): boolean {
  if (!order.promise.from) return false;
  const fromCounter = openPickups(order).length * counterSeconds + mall.walkMinutes * 60;
  const drive = roadToDoor(order, mall).seconds;
  return seconds(now) + fromCounter + drive + door.before < seconds(order.promise.from);
}

/**
 * Rows of those places only from which something may be driven to; what nobody asks for stays 0. The way back takes as
 * long as the way there.
 */
function travelSeconds(places: Position[], firstDoor: number, orders: Order[], mall: MallAtWork): number[] {
  const size = places.length;
  const doorsEnd = firstDoor + orders.length;
  const table = new Array<number>(size * size).fill(0);
  const set = (from: number, to: number, drive: number) => {
    table[from * size + to] = drive;
    table[to * size + from] = drive;
  };
  for (let from = 0; from < size; from++) {
    for (let to = 0; to < Math.min(from, doorsEnd); to++) {
      set(from, to, estimatedTravel(places[from]!, places[to]!, mall).seconds);
    }
  }
  for (const [index, order] of orders.entries()) set(0, firstDoor + index, roadToDoor(order, mall).seconds);
  return table;
}

function seconds(at: Instant): number {
  return Math.floor(epochMs(at) / 1000);
}
