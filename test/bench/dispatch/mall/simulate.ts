import { seededRandom } from '../../../../lambdas/domain/planner/random.ts';
import type { MallDay } from './day.ts';

/** A job is what a dispatcher plans with: an order, or one store's part of it. */
export interface Job {
  id: string;
  order: number;
  /** Which pickups of the order. */
  pickups: number[];
}

export interface DriverView {
  state: 'off' | 'idle' | 'offered' | 'busy';
  availableAt: number;
  /** Place number: 0 the mall, then orders, then drivers' homes. */
  place: number;
  carried: number;
  offered: string[];
}

export interface MallView {
  now: number;
  /** Placed and with nobody: job number, and the drivers who passed on it. */
  open: { job: number; passed: Set<number> }[];
  /** On offer. */
  locked: { job: number; driver: number }[];
  drivers: DriverView[];
}

export interface Offer {
  driver: number;
  /** In the sequence of the doors. */
  jobs: number[];
  endsAt: number;
  /** Asked at the same time: the first to accept has it. */
  others?: number[];
}

export interface MallOutcome {
  orders: number;
  undelivered: number;
  /** Driver minutes, from accepting to the last door, per order delivered. */
  driverMinutes: number;
  km: number;
  latePercent: number;
  lateMinutes: number;
  clickToDoor: number;
  /** Spread of orders over drivers: standard deviation over mean. */
  spread: number;
  perRun: number;
}

export interface SimulationRules {
  /** A run with several stores parks again after this many. */
  storesPerStop: number;
  /** Streets, people and counters are not always alike. Without it, all of them are. */
  moods?: Moods;
  /** Told when an order is placed, when it has waited long, and when its run is taken and leaves the mall. */
  watch?: (seen: Seen) => void;
}

/** Factors on what usually takes so long. */
export interface Moods {
  /** Of one driver on one run. */
  pace: () => number;
  leg: () => number;
  service: () => number;
}

export type Seen = { now: number } & (
  | { moment: 'placed' | 'waiting'; job: number; waiting: number; freeAt: number[] }
  | { moment: 'taken'; driver: number; place: number; jobs: number[] }
  | { moment: 'left'; driver: number; jobs: number[] }
);

const tick = 60;
/** Seconds until a driver answers an offer. */
const answer = { least: 20, spread: 80 };
const noShowNoticed = 15 * 60;
/** After the stores said they would be ready. */
const longWait = 15 * 60;

/** Plays a day minute by minute: offers, answers, drivers who never come, stores late or early, doors. */
export function playDay(
  day: MallDay,
  jobs: Job[],
  dispatch: (view: MallView) => Offer[],
  rules: SimulationRules,
): MallOutcome & { doorAt: number[] } {
  const random = seededRandom(day.seed * 104729 + 3);
  const { watch, moods = { pace: () => 1, leg: () => 1, service: () => 1 } } = rules;
  const places = placesOf(day);
  const travel = (from: number, to: number) => driveSeconds(day, places, from, to);
  const passed = jobs.map(() => new Set<number>());
  const state: ('later' | 'open' | 'locked' | 'taken')[] = jobs.map(() => 'later');
  const doorAt = jobs.map(() => Number.POSITIVE_INFINITY);
  const drivers = day.drivers.map((driver, index) => ({
    state: 'off' as DriverView['state'],
    gone: false,
    place: 1 + day.orders.length + index,
    freeAt: driver.shiftStart,
    shownFreeAt: driver.shiftStart,
    carried: 0,
    offer: null as Offer | null,
    answersAt: 0,
    noShow: driver.noShow,
  }));
  const reopen: { at: number; jobs: number[] }[] = [];
  let driverSeconds = 0;
  let metres = 0;
  let runs = 0;

  const drive = (offer: Offer, now: number) => {
    const driver = drivers[offer.driver]!;
    const pace = moods.pace();
    const drives = (from: number, to: number) => Math.round(travel(from, to) * pace * moods.leg());
    watch?.({ moment: 'taken', now, driver: offer.driver, place: driver.place, jobs: offer.jobs });
    let at = now + drives(driver.place, 0) + day.approach;
    metres += distance(places, driver.place, 0);
    const readiness = new Map<number, number>();
    for (const job of offer.jobs) {
      const { order, pickups } = jobs[job]!;
      for (const pickup of pickups) {
        const { store, actual } = day.orders[order]!.pickups[pickup]!;
        readiness.set(store, Math.max(readiness.get(store) ?? 0, actual));
      }
    }
    let visited = 0;
    for (const [store, ready] of [...readiness].sort((a, b) => a[1] - b[1] || a[0] - b[0])) {
      if (visited > 0 && visited % rules.storesPerStop === 0) at += day.leave + day.approach;
      at = Math.max(at, ready) + Math.round(day.stores[store]!.service * moods.service());
      visited++;
    }
    watch?.({ moment: 'left', now: at, driver: offer.driver, jobs: offer.jobs });
    at += day.leave;
    let place = 0;
    for (const job of offer.jobs) {
      const door = 1 + jobs[job]!.order;
      at += drives(place, door) + day.dropoff.before;
      metres += distance(places, place, door);
      doorAt[job] = at;
      at += Math.round(day.dropoff.after * moods.service());
      place = door;
    }
    driver.place = place;
    driver.freeAt = at;
    driver.shownFreeAt = offer.endsAt;
    driver.state = 'busy';
    driver.carried += offer.jobs.length;
    driverSeconds += at - now;
    runs++;
  };

  const hear = (index: number, now: number) => {
    const driver = drivers[index]!;
    const offer = driver.offer!;
    driver.offer = null;
    driver.state = 'idle';
    const rivals = drivers.filter((one) => one.offer === offer);
    if (random.next() < day.drivers[index]!.declines) {
      for (const job of offer.jobs) {
        passed[job]!.add(index);
        if (rivals.length === 0) state[job] = 'open';
      }
      return;
    }
    for (const rival of rivals) {
      rival.offer = null;
      rival.state = 'idle';
    }
    if (driver.noShow) {
      driver.gone = true;
      driver.state = 'off';
      for (const job of offer.jobs) state[job] = 'taken';
      reopen.push({ at: now + travel(driver.place, 0) + noShowNoticed, jobs: offer.jobs });
    } else {
      for (const job of offer.jobs) state[job] = 'taken';
      drive(offer, now);
    }
  };

  /** As dispatch knows it. */
  const freeAt = (driver: (typeof drivers)[number], now: number): number[] =>
    driver.state === 'off' || driver.gone
      ? []
      : [driver.state === 'busy' ? Math.max(now + 60, driver.shownFreeAt) : (driver.offer?.endsAt ?? now)];

  const first = day.orders[0]!.placedAt;
  const last = Math.max(...day.drivers.map(({ shiftEnd }) => shiftEnd));
  for (let now = first - (first % 60); now <= last; now += tick) {
    drivers.forEach((driver, index) => {
      if (driver.offer && driver.answersAt <= now) hear(index, now);
      if (driver.gone || driver.offer) return;
      const { shiftStart, shiftEnd } = day.drivers[index]!;
      if (driver.state === 'busy' && driver.freeAt <= now) driver.state = 'idle';
      if (driver.state !== 'busy') driver.state = now >= shiftStart && now < shiftEnd ? 'idle' : 'off';
    });
    for (const { jobs: back } of reopen.filter(({ at }) => at <= now)) for (const job of back) state[job] = 'open';
    for (let index = reopen.length - 1; index >= 0; index--) if (reopen[index]!.at <= now) reopen.splice(index, 1);
    jobs.forEach(({ order }, job) => {
      const { placedAt, pickups } = day.orders[order]!;
      const isNew = state[job] === 'later' && placedAt <= now;
      if (isNew) state[job] = 'open';
      const due = Math.max(...pickups.map(({ estimate }) => estimate)) + longWait;
      if (!isNew && (state[job] !== 'open' || now < due || now >= due + tick)) return;
      const waiting = state.filter((one) => one === 'open').length;
      const free = drivers.flatMap((driver) => freeAt(driver, now));
      watch?.({ moment: isNew ? 'placed' : 'waiting', now, job, waiting, freeAt: free });
    });
    const view: MallView = {
      now,
      open: jobs.flatMap((_, job) => (state[job] === 'open' ? [{ job, passed: passed[job]! }] : [])),
      locked: [...new Set(drivers.flatMap(({ offer }) => offer ?? []))].flatMap((offer) => {
        const driver = drivers.findIndex((one) => one.offer === offer);
        return offer.jobs.map((job) => ({ job, driver }));
      }),
      drivers: drivers.map((driver, index) => ({
        state: driver.gone ? 'off' : driver.state,
        availableAt:
          driver.state === 'busy'
            ? Math.max(now + 60, driver.shownFreeAt)
            : Math.max(now, day.drivers[index]!.shiftStart),
        place: driver.place,
        carried: driver.carried,
        offered: (driver.offer?.jobs ?? []).map((job) => jobs[job]!.id),
      })),
    };
    for (const offer of dispatch(view)) {
      const asked = [offer.driver, ...(offer.others ?? [])].map((index) => drivers[index]!);
      const isTaken = asked.some((driver) => driver.state !== 'idle' || driver.offer);
      if (isTaken || offer.jobs.some((job) => state[job] !== 'open')) {
        throw new Error(`offer to ${day.drivers[offer.driver]!.id} at ${now} is not possible`);
      }
      for (const driver of asked) {
        driver.offer = offer;
        driver.state = 'offered';
        driver.answersAt = now + answer.least + random.below(answer.spread);
      }
      for (const job of offer.jobs) state[job] = 'locked';
    }
  }
  return { ...outcome(day, jobs, doorAt, drivers, { driverSeconds, metres, runs }), doorAt };
}

function outcome(
  day: MallDay,
  jobs: Job[],
  doorAt: number[],
  drivers: { carried: number; noShow: boolean }[],
  { driverSeconds, metres, runs }: { driverSeconds: number; metres: number; runs: number },
): MallOutcome {
  const complete = day.orders.map(() => 0);
  jobs.forEach(({ order }, job) => {
    complete[order] = Math.max(complete[order]!, doorAt[job]!);
  });
  const delivered = day.orders.map((_, order) => order).filter((order) => Number.isFinite(complete[order]));
  const late = delivered.map((order) => Math.max(0, complete[order]! - day.orders[order]!.promiseBy));
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const carried = drivers.filter(({ noShow }) => !noShow).map((driver) => driver.carried);
  const average = mean(carried);
  return {
    orders: day.orders.length,
    undelivered: day.orders.length - delivered.length,
    driverMinutes: driverSeconds / 60 / delivered.length,
    km: metres / 1000 / delivered.length,
    latePercent:
      (100 * (late.filter((seconds) => seconds > 0).length + day.orders.length - delivered.length)) / day.orders.length,
    lateMinutes: mean(late) / 60,
    clickToDoor: mean(delivered.map((order) => complete[order]! - day.orders[order]!.placedAt)) / 60,
    spread: Math.sqrt(mean(carried.map((count) => (count - average) ** 2))) / average,
    perRun: doorAt.filter((at) => Number.isFinite(at)).length / runs,
  };
}

export function placesOf(day: MallDay): { x: number; y: number }[] {
  return [{ x: 0, y: 0 }, ...day.orders, ...day.drivers];
}

/** Street distance: the straight line times 1.3. */
function distance(places: { x: number; y: number }[], from: number, to: number): number {
  return 1.3 * Math.hypot(places[from]!.x - places[to]!.x, places[from]!.y - places[to]!.y);
}

export function driveSeconds(day: MallDay, places: { x: number; y: number }[], from: number, to: number): number {
  return Math.round(distance(places, from, to) / day.metresPerSecond);
}
