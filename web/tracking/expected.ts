import type { Eta } from '../shared/contract/common.ts';
import type { Tracking } from '../shared/contract/tracking.ts';
import { timeRange } from '../shared/format.ts';

const stepMs = 5 * 60_000;
/** A smaller change is not worth a word. */
const worthTellingMs = 5 * 60_000;

/** `3:10 – 3:25 PM`: from the likely minute to one that nine of ten keep, in steps of five minutes. */
export function expectedRange({ p50, p90 }: Eta, zone: string): string {
  const from = Math.floor(Date.parse(p50) / stepMs) * stepMs;
  const until = Math.ceil(Date.parse(p90) / stepMs) * stepMs;
  return timeRange(from, Math.max(until, from + stepMs), zone);
}

/** Whether the range is another than was told last, by more than a few minutes. */
export function hasMoved(told: Eta, now: Eta): boolean {
  return Math.abs(Date.parse(now.p50) - Date.parse(told.p50)) > worthTellingMs;
}

const reasons: Record<string, (store: string | undefined) => string> = {
  mall_closed: () => 'the mall has to open first',
  no_driver_yet: () => 'we are finding a driver',
  store_preparing: (store) => `${store ?? 'a store'} is preparing it`,
  store_late: (store) => `${store ?? 'a store'} needs more time`,
  waiting_at_store: (store) => `your driver waits for ${store ?? 'a store'}`,
  collecting: () => 'your driver is collecting at the mall',
  stops_before: () => 'there are stops before you',
  travel: () => 'your driver is on the way',
};

/** What is told while nobody has taken the order: the rest is of a driver who is not there yet. */
const withoutDriver = ['mall_closed', 'no_driver_yet', 'store_preparing', 'store_late'];

/** What most of the time goes to; a store that is late is told of before anything else. */
export function expectedReason(eta: Eta, { stores, driver }: Pick<Tracking, 'stores' | 'driver'>): string {
  const causes = eta.causes.filter(({ kind }) => driver || withoutDriver.includes(kind));
  const late = causes.find(({ kind }) => kind === 'store_late');
  const longest = causes.reduce<Eta['causes'][number] | undefined>(
    (most, cause) => (most && most.seconds >= cause.seconds ? most : cause),
    undefined,
  );
  const cause = late ?? longest;
  const store = stores.find(({ storeId }) => cause?.storeId !== undefined && storeId === cause.storeId);
  return cause ? (reasons[cause.kind]?.(store?.name) ?? '') : '';
}
