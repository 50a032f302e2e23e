import type { Mall } from './directory.ts';
import { localDate, type Opening, openingOfDay } from './opening-hours.ts';
import type { Order } from './order.ts';
import { type Rejection, reject } from './rejection.ts';
import { type Instant, instant } from './time.ts';

/** What operations make of a mall, until they say otherwise or its time is over. */
export type MallStateChange =
  | { state: 'open'; reason?: string | undefined }
  /** Takes no new orders, until `reopensAt` where that is known; what is under way goes on. */
  | { state: 'paused'; reopensAt?: Instant | undefined; reason: string }
  /** Closes today at `closesAt`, earlier than by its hours: for new orders and for those under way. */
  | { state: 'closing_early'; closesAt: Instant; reason: string };

/** The mall in its new state; the same state said twice changes nothing but its reason. */
export function changeMallState(mall: Mall, change: MallStateChange, now: Instant): Mall | Rejection {
  const { closesAt: _closesAt, reopensAt: _reopensAt, stateReason: _reason, ...rest } = mall;
  const { state, reason } = change;
  const next: Mall = { ...rest, state, ...(reason && { stateReason: reason }) };
  if (change.state === 'paused' && change.reopensAt) {
    if (change.reopensAt <= now) {
      return reject('time_not_possible', `${change.reopensAt} has passed.`, 'Give a time to come, or leave it out.', {
        pointer: '/reopensAt',
      });
    }
    return { ...next, reopensAt: change.reopensAt };
  }
  if (change.state !== 'closing_early') return next;
  const today = openingOfDay(mall.hours, mall.zone, now);
  if (!today || change.closesAt < now || change.closesAt <= today.opensAt || change.closesAt >= today.closesAt) {
    return reject(
      'time_not_possible',
      today
        ? `${mall.name} is open from ${today.opensAt} to ${today.closesAt} today; it cannot close early at ${change.closesAt}.`
        : `${mall.name} is closed today.`,
      'Give a time from now on and before its regular closing, or pause the mall.',
      { pointer: '/closesAt' },
    );
  }
  return { ...next, closesAt: change.closesAt };
}

/** A pause with an end ends by itself. */
export function isPaused({ state, reopensAt }: Mall, now: Instant): boolean {
  return state === 'paused' && !(reopensAt && reopensAt <= now);
}

/** Takes no orders while it would be open, and nobody has said for how long. */
export function isForgotten(mall: Mall, now: Instant): boolean {
  const today = openingOfDay(mall.hours, mall.zone, now);
  return isPaused(mall, now) && !mall.reopensAt && today !== null && today.opensAt <= now && now < today.closesAt;
}

/** The opening of the local day of `at`, cut short on the one day on which the mall closes early. */
export function openingToday(mall: Mall, at: Instant): Opening | null {
  const opening = openingOfDay(mall.hours, mall.zone, at);
  return opening && { ...opening, closesAt: closingOf(opening.closesAt, mall) };
}

/** When an order's collection has to be over, as the mall now stands. */
export function closingOfOrder(order: Order, mall: Mall): Instant {
  return closingOf(order.regularClosesAt ?? order.closesAt, mall);
}

function closingOf(regular: Instant, { state, closesAt, zone }: Mall): Instant {
  // 24:00 belongs to the day that it ends.
  const isSameDay = (early: Instant) => localDate(early, zone) === localDate(instant(Date.parse(regular) - 1), zone);
  return state === 'closing_early' && closesAt && closesAt < regular && isSameDay(closesAt) ? closesAt : regular;
}
