import type { AskedDriver, Driver } from './fleet.ts';
import type { DriverId } from './ids.ts';
import type { Order } from './order.ts';
import { type Instant, plusMinutes } from './time.ts';

/**
 * When an order is offered to several drivers at once. One after the other is better while there is time: whoever is
 * asked in vain is kept from other orders for a minute. docs/dispatch.md is these rules in words.
 */

/** The first and two others: with one driver in four declining, all three pass on it one time in sixty. */
export const mostAsked = 3;
/** So many have let a minute pass each; with one driver in four declining, that happens to one order in sixteen. */
const askedInVain = 2;
/**
 * Planned to be so close to the promise, or beyond. A drive alone is some minutes longer one time in ten, so that nothing
 * is left for the minutes that drivers take who let an offer lapse.
 */
const dangerMinutes = 10;

/**
 * Whoever would be done so much later than the first is not asked with them, as they might be quicker to accept: a turn in
 * vain costs no more.
 */
const turnSeconds = 60;

export type Hurry = 'passed_on' | 'promise_in_danger';

/** Why taking turns is too slow for these orders; null while it is not. `doorsAt` are when their doors are reached. */
export function hurryOf(
  orders: readonly Pick<Order, 'id' | 'promise'>[],
  doorsAt: readonly Instant[],
  onShift: readonly Pick<Driver, 'passedOn'>[],
): Hurry | null {
  const isInDanger = orders.some(({ promise }, index) => doorsAt[index]! > plusMinutes(promise.by, -dangerMinutes));
  if (isInDanger) return 'promise_in_danger';
  const inVain = ({ id }: Pick<Order, 'id'>) =>
    onShift.filter(({ passedOn }) => passedOn.some(({ orderId }) => orderId === id)).length;
  return orders.some((order) => inVain(order) >= askedInVain) ? 'passed_on' : null;
}

/** Something that is to be offered, and whom else it would suit, the best first. */
interface Askable extends Pick<AskedDriver, 'driverId' | 'durationSeconds'> {
  hurry: Hurry | null;
  candidates: readonly AskedDriver[];
}

/**
 * Who is asked beside the first of each. Only drivers whom nothing else is meant for, each once: an order that is asked of
 * several takes nobody from another.
 */
export function othersToAsk(offers: readonly Askable[], meantFor: ReadonlySet<DriverId>): AskedDriver[][] {
  const taken = new Set<DriverId>([...meantFor, ...offers.map(({ driverId }) => driverId)]);
  return offers.map(({ hurry, candidates, durationSeconds }) => {
    if (!hurry) return [];
    const others = candidates
      .filter((one) => !taken.has(one.driverId) && one.durationSeconds <= durationSeconds + turnSeconds)
      .slice(0, mostAsked - 1);
    for (const { driverId } of others) taken.add(driverId);
    return others;
  });
}
