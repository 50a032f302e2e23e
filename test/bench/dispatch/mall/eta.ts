import {
  type Door,
  type Forecast,
  forecast,
  type Journey,
  usualApproachSeconds,
} from '../../../../lambdas/domain/eta/forecast.ts';
import { mallPromises } from '../../../../lambdas/domain/planner/options.ts';
import { seededRandom } from '../../../../lambdas/domain/planner/random.ts';
import { type DayOptions, type MallDay, mallDay, normal, usualDay } from './day.ts';
import { planningDispatcher, wholeOrders } from './dispatchers.ts';
import { placesOf, playDay, type Seen } from './simulate.ts';

export const moments = ['placed', 'waiting', 'taken', 'left'] as const;
export type Moment = (typeof moments)[number];

/** How one estimate compares with what came: seconds from the moment at which it was made. */
export interface Estimate {
  moment: Moment;
  p50: number;
  p90: number;
  actual: number;
}

/**
 * An estimate that is right on average for the streets of these days, which are straight lines; how far that of the
 * product is off on real ones, docs/routes.md says.
 */
const metresPerSecond = 35 / 3.6;

/** Plays a day of the mall with streets and people that are not always alike, and holds every estimate against it. */
export function estimatesOf(options: DayOptions): Estimate[] {
  const day = mallDay(options);
  const jobs = wholeOrders(day);
  const random = seededRandom(options.seed * 15485863 + 11);
  const around = (spread: number) => () => Math.exp(spread * normal(random));
  const dispatch = planningDispatcher(day, jobs, {
    options: mallPromises,
    sitePerStore: false,
    knowsReadySd: true,
    knowsDeclines: true,
  });
  const seen: { moment: Moment; job: number; now: number; said: Forecast }[] = [];
  const { doorAt } = playDay(day, jobs, dispatch, {
    storesPerStop: mallPromises.storesPerStop,
    moods: { pace: around(0.2), leg: around(0.15), service: around(0.4) },
    watch: (one) => {
      for (const [id, said] of forecast(journeyOf(day, one)))
        seen.push({ moment: one.moment, job: Number(id), now: one.now, said });
    },
  });
  return seen.flatMap(({ moment, job, now, said }) => {
    const actual = doorAt[job]! - day.dropoff.before - now;
    return Number.isFinite(actual) ? [{ moment, p50: said.p50 - now, p90: said.p90 - now, actual }] : [];
  });
}

function journeyOf(day: MallDay, seen: Seen): Journey {
  const places = placesOf(day);
  const drive = (from: number, to: number) =>
    Math.round((1.3 * Math.hypot(places[from]!.x - places[to]!.x, places[from]!.y - places[to]!.y)) / metresPerSecond);
  const jobs = 'job' in seen ? [seen.job] : seen.jobs;
  const stores = new Map<number, { readyAt: number; isReady: boolean }>();
  for (const job of jobs)
    for (const { store, estimate, actual } of day.orders[job]!.pickups) {
      const isReady = actual <= seen.now;
      const before = stores.get(store);
      stores.set(store, {
        readyAt: Math.max(isReady ? actual : estimate, before?.readyAt ?? 0),
        isReady: isReady && (before?.isReady ?? true),
      });
    }
  return {
    now: seen.now,
    opensAt: null,
    wanted:
      'job' in seen
        ? {
            since: day.orders[seen.job]!.placedAt,
            isUnconfirmed: false,
            isOffered: false,
            promiseBy: day.orders[seen.job]!.promiseBy,
            promiseFrom: null,
            waiting: seen.waiting - 1,
            freeAt: seen.freeAt,
          }
        : null,
    approach:
      'job' in seen
        ? { seconds: usualApproachSeconds, startedAt: null, isGuess: true }
        : seen.moment === 'taken'
          ? { seconds: drive(seen.place, 0), startedAt: seen.now }
          : null,
    walk: (day.approach + day.leave) / 2,
    counters:
      seen.moment === 'left'
        ? []
        : [...stores].map(([store, { readyAt, isReady }]) => ({
            storeId: `s${store}`,
            readyAt,
            known: isReady ? ('ready' as const) : ('said' as const),
            isLate: false,
            isHere: false,
          })),
    collectBy: Number.MAX_SAFE_INTEGER,
    opensNextDayAt: null,
    leftAt: seen.moment === 'left' ? seen.now : null,
    doors: jobs.map((job, index): Door => {
      const from = index === 0 ? 0 : 1 + jobs[index - 1]!;
      return { orderId: String(job), seconds: drive(from, 1 + job), isHere: false };
    }),
  };
}

export interface Calibration {
  estimates: number;
  withinP90Percent: number;
  beforeP50Percent: number;
  meanErrorMinutes: number;
  /** How much later than the median the p90 is. */
  marginMinutes: number;
}

export function calibrationOf(estimates: readonly Estimate[]): Calibration {
  const percent = (is: (one: Estimate) => boolean) =>
    Math.round((1000 * estimates.filter(is).length) / estimates.length) / 10;
  const minutes = (of: (one: Estimate) => number) =>
    Math.round(estimates.reduce((sum, one) => sum + of(one), 0) / estimates.length / 6) / 10;
  return {
    estimates: estimates.length,
    withinP90Percent: percent(({ actual, p90 }) => actual <= p90),
    beforeP50Percent: percent(({ actual, p50 }) => actual <= p50),
    meanErrorMinutes: minutes(({ actual, p50 }) => Math.abs(actual - p50)),
    marginMinutes: minutes(({ p50, p90 }) => p90 - p50),
  };
}

export function calibrate(seeds: readonly number[], day: Partial<DayOptions> = {}): Record<Moment, Calibration> {
  const all = seeds.flatMap((seed) => estimatesOf({ ...usualDay, ...day, seed }));
  return Object.fromEntries(
    moments.map((moment) => [moment, calibrationOf(all.filter((one) => one.moment === moment))]),
  ) as Record<Moment, Calibration>;
}
