import type { StoreId } from './ids.ts';
import type { Order } from './order.ts';
import type { OrderDraft } from './order-draft.ts';
import { isPickupOut, type Pickup } from './pickup.ts';
import { earliest, type Instant, latest, plusMinutes } from './time.ts';

export const lateStoreChoices = ['wait', 'leave_without'] as const;
export type LateStoreChoice = (typeof lateStoreChoices)[number];

/**
 * One store of several needs longer than the promise allows: somebody has to say what is to become of its part. It
 * is there while the store is late; what was decided is told by events.
 */
export interface LateStoreDecision {
  kind: 'late_store';
  storeId: StoreId;
  /** What happens at `decideBy` if nobody has said anything. */
  default: LateStoreChoice;
  decideBy: Instant;
  decider: 'channel';
  askedAt: Instant;
  /** Only `wait` stays: whoever leaves without the store has no late store any more. */
  choice?: 'wait';
}

/** Where a trip's length is not known from its placement. */
const usualTripMinutes = 30;
/** However late it is found out, there is as much time to answer. */
const leastMinutesToAnswer = 5;

/**
 * Asks when the parcels of this store would come to the door after the promised minute: ready, walked out and driven
 * there by the estimate made at placement. The rest can keep the promise while it leaves by `decideBy`.
 */
export function askIfLate(draft: OrderDraft, pickup: Pickup, now: Instant): void {
  const { order } = draft;
  forgetDecision(order, pickup.storeId);
  const trip = order.tripMinutes ?? usualTripMinutes;
  if (!hasOthers(order, pickup.storeId) || plusMinutes(pickup.readyAt, trip) <= order.promise.by) return;
  const lastCall = earliest(pickup.readyAt, plusMinutes(order.promise.by, -trip));
  const decision: LateStoreDecision = {
    kind: 'late_store',
    storeId: pickup.storeId,
    default: order.goAhead === 'all_or_nothing' ? 'wait' : 'leave_without',
    decideBy: latest(plusMinutes(now, leastMinutesToAnswer), lastCall),
    decider: 'channel',
    askedAt: now,
  };
  order.decisions = [...(order.decisions ?? []), decision];
  const { kind, storeId, decideBy } = decision;
  const data = {
    kind,
    storeId,
    options: lateStoreChoices,
    default: decision.default,
    decideBy,
    readyAt: pickup.readyAt,
  };
  draft.emit('decision.asked', data);
}

/** The store is ready, out, or asks anew. */
export function forgetDecision(order: Order, storeId: StoreId): void {
  if (!order.decisions) return;
  order.decisions = order.decisions.filter((decision) => decision.storeId !== storeId);
  if (order.decisions.length === 0) delete order.decisions;
}

export function lateStoreDecisionOf(order: Order, storeId: StoreId): LateStoreDecision | undefined {
  return order.decisions?.find((decision) => decision.storeId === storeId);
}

/** Those whose silence means that the order leaves without the store, the first to be due first. */
export function silentLeaves(order: Order): LateStoreDecision[] {
  return (order.decisions ?? [])
    .filter(
      ({ default: silence, choice, storeId }) => silence === 'leave_without' && !choice && hasOthers(order, storeId),
    )
    .sort((a, b) => (a.decideBy < b.decideBy ? -1 : 1));
}

/** Without other stores that supply there is nothing to leave with. */
function hasOthers(order: Order, storeId: StoreId): boolean {
  return order.pickups.some((other) => other.storeId !== storeId && !isPickupOut(other.status));
}

/** The channel would rather have it late than without this store. */
export function isWorthWaiting(order: Order): boolean {
  return (order.decisions ?? []).some(({ choice }) => choice === 'wait');
}
