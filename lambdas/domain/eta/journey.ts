import type { Mall } from '../directory.ts';
import { type Driver, openStops, type Roads, type Run, type Stop } from '../fleet.ts';
import type { OrderId } from '../ids.ts';
import { isConfirmed, type Order, openPickups } from '../order.ts';
import type { Pickup } from '../pickup.ts';
import type { Position } from '../position.ts';
import { epochMs, type Instant } from '../time.ts';
import { collectBy } from '../waits.ts';
import { type Counter, type Door, type Journey, type Leg, usualApproachSeconds } from './forecast.ts';

/** Seconds of a car from one place to another, by whoever knows best. */
export type TravelSeconds = (from: Position, to: Position) => number;

/** What is known of a mall. */
export interface Surroundings {
  mall: Pick<Mall, 'position' | 'walkMinutes'>;
  travel: TravelSeconds;
  /** To doors from the mall, as a routing service has said to dispatch. */
  roads?: Roads;
  /** Orders that wait for a driver. */
  waiting: readonly OrderId[];
  /** When each driver on shift is free for another run, in seconds since 1970. */
  freeAt: readonly number[];
}

/** Who carries an order: the run with all its orders, and where its driver was last, if that is known. */
export interface Carried {
  run: Run;
  driver: Driver | null;
  orders: Order[];
  position: { at: Instant; position: Position } | null;
}

/** A driver met since the run began, or shortly before, tells where they set out from. */
const knownBeforeRunSeconds = 15 * 60;
/** How much longer than a car's. */
const slower: Record<Driver['vehicle'], number> = { car: 1, motorcycle: 0.95, bicycle: 2.2, walking: 7.5, van: 1.05 };

/** What an order has before it that waits for a driver, with nothing on board. */
export function journeyOfWaiting(order: Order, around: Surroundings, now: Instant): Journey {
  const { mall, travel, waiting, freeAt } = around;
  const opensAt = order.rescheduled?.opensAt;
  return {
    now: seconds(now),
    opensAt: opensAt && opensAt > now ? seconds(opensAt) : null,
    wanted: {
      since: seconds(opensAt && opensAt > order.placedAt ? opensAt : order.placedAt),
      isUnconfirmed: !isConfirmed(order),
      isOffered: order.offerId !== null,
      promiseBy: seconds(order.promise.by),
      promiseFrom: order.promise.from ? seconds(order.promise.from) : null,
      waiting: waiting.filter((id) => id !== order.id).length,
      freeAt,
    },
    approach: { seconds: usualApproachSeconds, startedAt: null, isGuess: true },
    walk: mall.walkMinutes * 60,
    counters: countersOf([order], null, now),
    ...closingOf([order]),
    leftAt: null,
    doors: [
      {
        orderId: order.id,
        seconds: around.roads?.[order.id] ?? travel(mall.position, order.dropoffArea),
        isHere: false,
      },
    ],
  };
}

/** What a run has before it, door by door. */
export function journeyOfRun({ run, driver, orders, position }: Carried, around: Surroundings, now: Instant): Journey {
  const { mall } = around;
  const pace = slower[driver?.vehicle ?? 'car'];
  const travel: TravelSeconds = (from, to) => Math.round(around.travel(from, to) * pace);
  const open = openStops(run);
  const counters = countersOf(orders, run, now);
  const hasBeenAtCounter = run.stops.some((stop) => stop.kind === 'pickup' && stop.arrivedAt);
  const last = lastDone(run);
  let place = mall.position;
  const lastDoor = last?.kind === 'dropoff' && counters.length === 0 ? orderOf(orders, last) : undefined;
  if (lastDoor) place = lastDoor.dropoffArea;
  return {
    now: seconds(now),
    opensAt: null,
    wanted: null,
    approach: counters.length > 0 && !hasBeenAtCounter ? approachOf(run, position, mall.position, travel, pace) : null,
    walk: lastDoor ? 0 : mall.walkMinutes * 60,
    counters,
    ...closingOf(orders.filter((order) => openPickups(order).length > 0)),
    leftAt: last?.endedAt ? seconds(last.endedAt) : null,
    doors: inOrder(open.filter(({ kind }) => kind === 'dropoff')).flatMap((stop): Door[] => {
      const order = orderOf(orders, stop);
      if (!order) return [];
      const known = place === mall.position ? run.roads?.[order.id] : undefined;
      const drive = known === undefined ? travel(place, order.dropoffArea) : Math.round(known * pace);
      place = order.dropoffArea;
      return [{ orderId: order.id, seconds: drive, isHere: stop.status === 'arrived' }];
    }),
  };
}

function approachOf(run: Run, position: Carried['position'], mall: Position, travel: TravelSeconds, pace: number): Leg {
  const since = seconds(run.startedAt) - knownBeforeRunSeconds;
  if (!position || seconds(position.at) < since) {
    return { seconds: usualApproachSeconds * Math.min(2, pace), startedAt: seconds(run.startedAt), isGuess: true };
  }
  const startedAt = Math.max(seconds(position.at), seconds(run.startedAt));
  return { seconds: travel(position.position, mall), startedAt };
}

/** The counters that the run still goes to; of an order without one, its own stores. Several orders may meet at one. */
function countersOf(orders: readonly Order[], run: Run | null, now: Instant): Counter[] {
  const counters = new Map<string, Counter>();
  for (const pickup of orders.flatMap(openPickups)) {
    const stop = run?.stops.find(({ kind, storeId }) => kind === 'pickup' && storeId === pickup.storeId);
    const one = { ...counterOf(pickup, now), isHere: stop?.status === 'arrived' };
    const other = counters.get(pickup.storeId);
    counters.set(pickup.storeId, other && isLater(other, one) ? other : one);
  }
  return [...counters.values()];
}

function counterOf({ storeId, status, readyAt, readyAtSource }: Pickup, now: Instant): Omit<Counter, 'isHere'> {
  const known = status === 'ready' ? 'ready' : status === 'pending' ? 'estimated' : 'said';
  return {
    storeId,
    readyAt: seconds(readyAt),
    known: known === 'said' && readyAtSource === 'estimated' ? 'estimated' : known,
    isLate: status === 'delayed' || (status !== 'ready' && readyAt < now),
  };
}

function isLater(one: Counter, other: Counter): boolean {
  return one.known === 'ready' ? false : other.known === 'ready' || one.readyAt >= other.readyAt;
}

function closingOf(orders: readonly Order[]): Pick<Journey, 'collectBy' | 'opensNextDayAt'> {
  const nextDays = orders.flatMap(({ nextDay, rescheduled }) => (nextDay && !rescheduled ? nextDay.opensAt : []));
  return {
    collectBy: Math.min(...orders.map((order) => seconds(collectBy(order))), Number.MAX_SAFE_INTEGER),
    opensNextDayAt: nextDays.length > 0 ? Math.max(...nextDays.map(seconds)) : null,
  };
}

/** The one under way first. */
function inOrder(stops: readonly Stop[]): Stop[] {
  const isUnderWay = ({ status }: Stop) => status === 'departed' || status === 'arrived';
  return [...stops.filter(isUnderWay), ...stops.filter((stop) => !isUnderWay(stop))];
}

function lastDone({ stops }: Run): Stop | undefined {
  const done = stops.filter(({ status, endedAt }) => endedAt && (status === 'done' || status === 'failed'));
  return done.sort((a, b) => (a.endedAt! < b.endedAt! ? 1 : -1))[0];
}

function orderOf(orders: readonly Order[], stop: Stop): Order | undefined {
  return orders.find(({ id }) => stop.orderIds.includes(id));
}

function seconds(at: Instant): number {
  return Math.floor(epochMs(at) / 1000);
}
