import { sleeps } from './next-day.ts';
import { hasEnded, type Order, wantsDriver } from './order.ts';
import { isPickupClosed } from './pickup.ts';
import { type Instant, latest, plusMinutes } from './time.ts';
import { latePickups } from './waits.ts';

/* How long an order may wait for somebody before people should know, well before its deadlines decide. */

const confirmMinutes = 5;
const readyMinutes = 15;
const driverMinutes = 10;
const operationsMinutes = 15;

/** A store has not answered, or has not finished by the minute it promised. */
export function isLateAtStore(order: Order, now: Instant): boolean {
  if (hasEnded(order) || sleeps(order, now)) return false;
  const silent = order.pickups.some(({ status }) => status === 'pending');
  return (
    (silent && now > plusMinutes(order.placedAt, confirmMinutes)) ||
    latePickups(order).some(({ readyAt }) => now > plusMinutes(readyAt, readyMinutes))
  );
}

/** The goods stand at the counters, and nobody comes for them. */
export function isLateForDriver(order: Order, now: Instant): boolean {
  if (!wantsDriver(order) || sleeps(order, now)) return false;
  const ready = order.pickups.filter(({ status }) => !isPickupClosed(status)).map(({ readyAt }) => readyAt);
  return now > plusMinutes(latest(order.rescheduled?.opensAt ?? order.placedAt, ...ready), driverMinutes);
}

/** Parcels are with somebody, or something is overdue, and a person has to decide. A closed store opens by itself. */
export function needsOperations(order: Order, now: Instant): boolean {
  if (hasEnded(order)) return false;
  const since = order.attention?.since ?? (order.status === 'held' && !order.custody ? order.updatedAt : null);
  return since !== null && now > plusMinutes(since, operationsMinutes);
}
