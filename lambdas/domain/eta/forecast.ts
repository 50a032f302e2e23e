import { type Draw, factor, futures, memoryless, normal, shares } from './draws.ts';

/**
 * What one run, or one order that waits for a driver, has before it until its last door. Instants and durations are
 * integer seconds.
 */
export interface Journey {
  now: number;
  /** The goods sleep at their stores until then; nothing moves before. */
  opensAt: number | null;
  /** Nobody carries it yet. */
  wanted: Wanted | null;
  /** The way to the mall, while there is something to collect and the driver has not been at a counter. */
  approach: Leg | null;
  /** From the kerb to the first counter, and back from the last. Not walked where nothing is to be collected. */
  walk: number;
  counters: Counter[];
  /** What was not collected by then is collected on another day, or never. */
  collectBy: number;
  opensNextDayAt: number | null;
  /** When the driver left the counters or the door before; null while something is to be done first. */
  leftAt: number | null;
  doors: Door[];
}

export interface Wanted {
  since: number;
  /** Some stores have not said yet that they supply. */
  isUnconfirmed: boolean;
  /** A driver has been asked. */
  isOffered: boolean;
  promiseBy: number;
  /** Start of the promised window, before which no door is to be reached. */
  promiseFrom: number | null;
  /** Other orders that wait for a driver here. */
  waiting: number;
  /** When each driver on shift is free for another run, as far as dispatch could say; of whom nothing is known, now. */
  freeAt: readonly number[];
}

export interface Leg {
  seconds: number;
  /** When it began; null when it begins now. */
  startedAt: number | null;
  /** Nothing is known of where it begins. */
  isGuess?: boolean;
}

export interface Counter {
  storeId: string;
  readyAt: number;
  /** Ready, by the store's word; `said` when it will be; or guessed by us. */
  known: 'ready' | 'said' | 'estimated';
  /** The store asked for more time, or has not kept its own. */
  isLate: boolean;
  /** The driver stands there. */
  isHere: boolean;
}

export interface Door {
  orderId: string;
  /** Drive from the door before it, or from the mall. */
  seconds: number;
  /** The driver stands there. */
  isHere: boolean;
}

export const etaCauseKinds = [
  'mall_closed',
  'no_driver_yet',
  'store_preparing',
  'store_late',
  'waiting_at_store',
  'collecting',
  'stops_before',
  'travel',
] as const;
export type EtaCauseKind = (typeof etaCauseKinds)[number];

/** What the time until the door is made of, in the future that is neither early nor late. */
export interface EtaCause {
  kind: EtaCauseKind;
  storeId?: string;
  seconds: number;
}

/** When a driver is at a door: as likely earlier as later, and later than `p90` one time in ten. */
export interface Forecast {
  p50: number;
  p90: number;
  causes: EtaCause[];
}

/*
 * How sure anything is. docs/eta.md says where each figure is from, how often p90 held with them, and on what they were
 * tuned.
 */

/** Deviation of a store's own word, and of our estimate before it has spoken. */
const readySd = { said: 390, estimated: 480 };
/** A store that should be ready and is not. */
const overdueStoreMean = 180;
/** Until a store says that it supplies. */
const confirmMean = 90;
/** At a counter with the walk from the one before; at a door, before and after the parcels change hands. */
const counter = { seconds: 180, spread: 0.4 };
const door = { seconds: 150, spread: 0.4 };
const walkSpread = 0.2;
/** Streets, and the pace of this driver on all of them. */
const legSpread = 0.15;
const paceSpread = 0.22;
const guessedLegSpread = 0.6;
/** A leg that should be over and is not. */
const overdueLegMean = 90;
/**
 * Once the goods need a driver, until one is on the way: it may be over at once, or last as long as a run. Then the other
 * orders of the same run. Of both so much, and so much more for each order that waits, by each driver who is free or soon
 * will be. An order whose promise is far off waits longer.
 */
const find = { seconds: 1000, perOrder: 140, roomy: 1.45 };
const othersOnRun = { seconds: 325, perOrder: 200 };
const pressure = { soonFree: 0.75, most: 7 };
/** A promise of more than that: there is no hurry. */
const roomySeconds = 4 * 3600;
/** Nobody is on shift: somebody may come by then. */
const shiftBeginsSeconds = 3600;
/** A driver who was asked answers, or does not take it; one who should be found by now takes this share of it all anew. */
const answerMean = 45;
const declinedShare = 0.15;
const overdueShare = 0.35;
/** The way of a driver whom nobody knows yet to the mall. */
export const usualApproachSeconds = 480;

/** A clock of one future, which remembers for what its time went. */
class Future {
  at: number;
  readonly spent: EtaCause[] = [];

  constructor(at: number, spent: readonly EtaCause[] = []) {
    this.at = at;
    this.spent = spent.map((cause) => ({ ...cause }));
  }

  goOnUntil(at: number, kind: EtaCauseKind, storeId?: string): void {
    if (at <= this.at) return;
    const seconds = at - this.at;
    const before = this.spent.find((cause) => cause.kind === kind && cause.storeId === storeId);
    if (before) before.seconds += seconds;
    else this.spent.push({ kind, ...(storeId && { storeId }), seconds });
    this.at = at;
  }

  goOn(seconds: number, kind: EtaCauseKind, storeId?: string): void {
    this.goOnUntil(this.at + Math.round(seconds), kind, storeId);
  }
}

/** Of each door that is still to be reached; one at which the driver stands has none. */
export function forecast(journey: Journey): Map<string, Forecast> {
  const draws = drawsOf(journey);
  const arrivals = new Map<string, Future[]>(
    journey.doors.filter(({ isHere }) => !isHere).map(({ orderId }) => [orderId, []]),
  );
  for (let number = 0; number < futures; number++) {
    const future = new Future(journey.now);
    collect(journey, draws, future, number);
    drive(journey, draws, future, number, arrivals);
  }
  return new Map([...arrivals].map(([orderId, reached]) => [orderId, forecastOf(reached)]));
}

function forecastOf(reached: Future[]): Forecast {
  const sorted = [...reached].sort((a, b) => a.at - b.at);
  const middle = sorted[futures / 2]!;
  return { p50: middle.at, p90: sorted[futures * 0.9]!.at, causes: middle.spent };
}

interface Draws {
  confirm: Draw;
  find: Draw;
  othersOnRun: Draw;
  answer: Draw;
  isDeclined: (future: number) => boolean;
  driverOverdue: Draw;
  pace: Draw;
  approach: Draw;
  approachOverdue: Draw;
  walk: Draw;
  counters: { ready: Draw; overdue: Draw; service: Draw }[];
  doors: { leg: Draw; overdue: Draw; service: Draw }[];
}

function drawsOf({ approach, counters, doors }: Journey): Draws {
  const isDeclined = shares('declined');
  return {
    confirm: memoryless('confirm', confirmMean),
    find: memoryless('find', 1),
    othersOnRun: shares('others on the run'),
    answer: memoryless('answer', answerMean),
    isDeclined: (future) => isDeclined(future) < declinedShare,
    driverOverdue: memoryless('no driver', 1),
    pace: factor('pace', paceSpread),
    approach: factor('approach', approach?.isGuess ? guessedLegSpread : legSpread),
    approachOverdue: memoryless('approach overdue', overdueLegMean),
    walk: factor('walk', walkSpread),
    counters: counters.map(({ storeId }) => ({
      ready: normal(`ready ${storeId}`),
      overdue: memoryless(`not ready ${storeId}`, overdueStoreMean),
      service: factor(`counter ${storeId}`, counter.spread),
    })),
    doors: doors.map(({ orderId }) => ({
      leg: factor(`leg ${orderId}`, legSpread),
      overdue: memoryless(`overdue ${orderId}`, overdueLegMean),
      service: factor(`door ${orderId}`, door.spread),
    })),
  };
}

/** Up to when everything is on board and the driver is at the kerb. */
function collect(journey: Journey, draws: Draws, future: Future, number: number): void {
  const { now, opensAt, wanted, approach, counters, collectBy, opensNextDayAt } = journey;
  if (counters.length === 0) return;
  if (opensAt !== null) future.goOnUntil(opensAt, 'mall_closed');
  const walk = journey.walk * draws.walk(number);
  const ready = counters.map((at, index) => readyIn(at, draws.counters[index]!, future.at, number));
  if (wanted) findDriver(journey, wanted, draws, future, number, ready);
  if (approach) {
    const seconds = approach.seconds * draws.pace(number) * draws.approach(number);
    if (approach.startedAt === null) future.goOn(seconds, 'travel');
    else {
      const arrival = Math.round(approach.startedAt + seconds);
      future.goOnUntil(Math.max(arrival, Math.round(now + draws.approachOverdue(number))), 'travel');
    }
    future.goOn(walk, 'collecting');
  }
  // Whoever goes to the counters in the order in which they are ready is done as early as can be.
  const order = counters.map((_, index) => index).sort((a, b) => rank(counters, ready, a) - rank(counters, ready, b));
  for (const index of order) {
    const { storeId, isLate } = counters[index]!;
    const early = wanted ? 'store_preparing' : 'waiting_at_store';
    future.goOnUntil(ready[index]!, isLate ? 'store_late' : early, storeId);
    future.goOn(counter.seconds * draws.counters[index]!.service(number), 'collecting');
  }
  if (future.at > collectBy && opensNextDayAt !== null) {
    future.goOnUntil(opensNextDayAt, 'mall_closed');
    future.goOn(counters.length * counter.seconds, 'collecting');
  }
  future.goOn(walk, 'collecting');
}

function rank(counters: readonly Counter[], ready: readonly number[], index: number): number {
  return counters[index]!.isHere ? Number.NEGATIVE_INFINITY : ready[index]!;
}

/** The planner sends nobody who would stand at the counters; then it depends on who is free, and on how many want them. */
function findDriver(
  { now, doors, walk, counters, approach }: Journey,
  wanted: Wanted,
  draws: Draws,
  future: Future,
  number: number,
  ready: readonly number[],
): void {
  const ahead = (approach?.seconds ?? 0) + walk;
  const after = counters.length * counter.seconds + walk + doors.reduce((sum, { seconds }) => sum + seconds, 0);
  const last = ready.indexOf(Math.max(...ready));
  const { storeId, isLate } = counters[last]!;
  if (wanted.isUnconfirmed) future.goOn(draws.confirm(number), 'store_preparing');
  const needed = Math.round(ready[last]! - ahead);
  future.goOnUntil(needed, isLate ? 'store_late' : 'store_preparing', storeId);
  if (wanted.promiseFrom !== null) future.goOnUntil(Math.round(wanted.promiseFrom - ahead - after), 'no_driver_yet');
  if (wanted.isOffered) {
    future.goOn(draws.answer(number), 'no_driver_yet');
    if (!draws.isDeclined(number)) return;
  }
  const free = wanted.freeAt.filter((at) => at <= now).length;
  const perDriver = Math.min((1 + wanted.waiting) / (free + pressure.soonFree), pressure.most);
  const isRoomy = wanted.promiseBy - wanted.since > roomySeconds;
  const mean = (find.seconds + find.perOrder * perDriver) * (isRoomy ? find.roomy : 1);
  const somebodyIsFree = Math.min(...wanted.freeAt, now + shiftBeginsSeconds);
  const begins = wanted.isOffered ? future.at : Math.max(wanted.since, needed, somebodyIsFree);
  const found = begins + mean * draws.find(number);
  const overdue = now + overdueShare * mean * draws.driverOverdue(number);
  future.goOnUntil(Math.round(Math.max(found, overdue)), 'no_driver_yet');
  const others = othersOnRun.seconds + othersOnRun.perOrder * perDriver;
  future.goOn(2 * draws.othersOnRun(number) * others, 'stops_before');
}

function readyIn(at: Counter, draws: Draws['counters'][number], now: number, future: number): number {
  if (at.known === 'ready') return Math.min(at.readyAt, now);
  const expected = at.readyAt + readySd[at.known] * draws.ready(future);
  return Math.round(Math.max(expected, now + draws.overdue(future)));
}

/** From door to door; what lies before an order's own is a stop before it. */
function drive(
  { now, doors, counters, leftAt, walk }: Journey,
  draws: Draws,
  future: Future,
  number: number,
  arrivals: Map<string, Future[]>,
): void {
  const pace = draws.pace(number);
  doors.forEach(({ orderId, seconds, isHere }, index) => {
    const { leg, overdue, service } = draws.doors[index]!;
    if (!isHere) {
      const own = new Future(future.at, future.spent);
      const drives = seconds * pace * leg(number);
      const isUnderWay = index === 0 && counters.length === 0 && leftAt !== null;
      const arrival = isUnderWay
        ? Math.round(Math.max(leftAt + walk * draws.walk(number) + drives, now + overdue(number)))
        : future.at + Math.round(drives);
      own.goOnUntil(arrival, 'travel');
      arrivals.get(orderId)!.push(own);
      future.goOnUntil(arrival, 'stops_before');
    }
    future.goOn(door.seconds * service(number), 'stops_before');
  });
}
