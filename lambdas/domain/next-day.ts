import type { Mall, Store } from './directory.ts';
import { localDate, localInstant, localTime, type Opening, openingOfDay } from './opening-hours.ts';
import { hasEnded, type Order, openPickups, parcelsOnBoard } from './order.ts';
import type { OrderDraft } from './order-draft.ts';
import { epochMs, type Instant, instant, latest, plusMinutes } from './time.ts';

/** What becomes of ready parcels that nobody has collected when the mall closes. */
export const atCloseRules = ['cancel', 'next_day'] as const;
export type AtClose = (typeof atCloseRules)[number];

/** That an order was moved to the next day: when, what was promised before, and when it can be collected again. */
export interface Rescheduled {
  at: Instant;
  before: Order['promise'];
  opensAt: Instant;
}

/** From the first minute in which a driver could be at the door. */
const windowMinutes = 120;
const overdueMinutes = 60;
const returnMinutes = 180;
/** A store that was late has this long in the morning. */
const morningMinutes = 30;
/** Drivers are looked for, and operations look, no earlier than this before the opening. */
const wakesBeforeMinutes = 60;
const daysAhead = 14;

/** The next day, within two weeks, on which the mall and all of these stores are open together; null if there is none. */
export function nextDayTogether(mall: Mall, stores: readonly Store[], now: Instant): Opening | null {
  for (let day = 1; day <= daysAhead; day++) {
    const noonish = instant(epochMs(now) + day * 86_400_000);
    const openings = [mall.hours, ...stores.map(({ hours }) => hours)].map((it) =>
      openingOfDay(it, mall.zone, noonish),
    );
    if (openings.some((opening) => opening === null)) continue;
    const all = openings as Opening[];
    const opensAt = all.reduce((most, one) => latest(most, one.opensAt), all[0]!.opensAt);
    const closesAt = all.reduce((least, one) => (one.closesAt < least ? one.closesAt : least), all[0]!.closesAt);
    if (opensAt < closesAt) return { opensAt, closesAt };
  }
  return null;
}

/** Something is ready, nothing has left its store, and the order was not moved before. */
export function mayWaitForNextDay(order: Order): order is Order & { nextDay: Opening } {
  return (
    order.nextDay !== undefined &&
    !hasEnded(order) &&
    parcelsOnBoard(order).length === 0 &&
    openPickups(order).some(({ status }) => status === 'ready')
  );
}

/** Moves the order to its next day, parcels and all; who had the run goes without it. */
export function waitForNextDay(draft: OrderDraft, { opensAt, closesAt }: Opening, now: Instant): void {
  const { order } = draft;
  const before = order.promise;
  if (order.offerId) {
    draft.emit('offer.withdrawn', { offerId: order.offerId, reason: 'rescheduled' });
    order.offerId = null;
  }
  for (const pickup of openPickups(order)) {
    if (pickup.status !== 'ready') pickup.readyAt = latest(pickup.readyAt, plusMinutes(opensAt, morningMinutes));
  }
  order.promise = promiseOn(order, opensAt);
  order.closesAt = closesAt;
  order.deliverBy = plusMinutes(order.promise.by, overdueMinutes);
  order.returnBy = plusMinutes(order.deliverBy, returnMinutes);
  order.decideBy = plusMinutes(order.promise.by, 24 * 60);
  order.rescheduled = { at: now, before, opensAt };
  delete order.regularClosesAt;
  delete order.nextDay;
  delete order.decisions;
  // The morning has others on shift.
  delete order.passedBy;
  draft.emit('order.rescheduled', { promise: order.promise, before, closesAt });
}

/**
 * Two hours from the first minute in which a driver could be at the door. What was for the whole day is for all of the
 * next, and a window keeps its local hours where the mall is open long enough before it.
 */
function promiseOn({ promise, tripMinutes = 0, zone }: Order, opensAt: Instant): Order['promise'] {
  const earliestDoor = plusMinutes(opensAt, tripMinutes);
  const soonest = plusMinutes(earliestDoor, windowMinutes);
  const thatDay = (at: Instant) => localInstant(localDate(opensAt, zone), localTime(at, zone), zone);
  if (promise.kind === 'two_hour') return { ...promise, from: earliestDoor, by: soonest };
  const from = promise.from ? latest(earliestDoor, thatDay(promise.from)) : earliestDoor;
  return { ...promise, from, by: latest(soonest, thatDay(promise.by)) };
}

/** Moved to another day that has not begun: nobody is called for it yet, and nobody has to look. */
export function sleeps({ rescheduled }: Order, now: Instant): boolean {
  return rescheduled !== undefined && now < plusMinutes(rescheduled.opensAt, -wakesBeforeMinutes);
}
