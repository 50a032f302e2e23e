import { isUnconfirmed } from './hand-over.ts';
import { isWorthWaiting, silentLeaves } from './late-store.ts';
import { hasEnded, isConfirmed, type Order, openHandOver, openPickups } from './order.ts';
import { isPickupOut, type Pickup } from './pickup.ts';
import { earliest, type Instant, latest, plusMinutes } from './time.ts';

/** What the workflow of an order may be waiting for. One wait is one state of the state machine. */
export const waitKeys = [
  'storesConfirm',
  'storesGetReady',
  'findDriver',
  'driverCollects',
  'driverDelivers',
  'returnToStores',
  'operationsDecide',
] as const;
export type WaitKey = (typeof waitKeys)[number];

export type Deadlines = Record<WaitKey, Instant>;

export type WaitOutcome =
  | 'confirmed'
  | 'ready'
  | 'assigned'
  | 'collected'
  | 'driver_lost'
  | 'return'
  | 'reattempt'
  | 'held'
  | 'overdue'
  | 'resumed'
  | 'ended'
  | 'superseded';

/** What a satisfied wait hands on: how it ended, and every deadline as it now stands. */
export interface WaitResult {
  outcome: WaitOutcome | 'not_due';
  deadlines: Deadlines;
}

/** How long after its promised minute a pickup may become ready before the rest goes on without it. */
const readyGraceMinutes = 15;
/** A driver already inside when the mall closes may finish collecting. */
const collectGraceMinutes = 15;

/** By when each thing must have happened, derived from the order as it stands. */
export function deadlines(order: Order): Deadlines {
  const storesGetReady = readyBy(order);
  return {
    storesConfirm: earliest(order.closesAt, order.storesConfirmBy),
    storesGetReady,
    findDriver: earliest(order.closesAt, order.deliverBy),
    driverCollects: earliest(collectBy(order), latePickups(order).length > 0 ? storesGetReady : order.deliverBy),
    driverDelivers: order.deliverBy,
    returnToStores: order.returnBy,
    operationsDecide: decidedBy(order),
  };
}

/** By then operations are asked, or asked again; a hand-over that they decided on has until then to take place. */
function decidedBy(order: Order): Instant {
  const handOver = openHandOver(order);
  if (handOver && !order.attention) return handOver.until;
  return openPickups(order).length > 0 && !isUnconfirmed(order)
    ? earliest(collectBy(order), order.decideBy)
    : order.decideBy;
}

/** Pickups whose store has confirmed and is not ready. */
export function latePickups(order: Order): Pickup[] {
  return order.pickups.filter(({ status }) => status === 'accepted' || status === 'delayed');
}

/** When the collection is over, whoever is still inside. */
export function collectBy(order: Order): Instant {
  return plusMinutes(order.closesAt, collectGraceMinutes);
}

/**
 * A late store gets the time that it asked for, and a little more. Where other stores supply too, it holds them up no
 * longer than to the promised minute.
 */
function readyBy(order: Order): Instant {
  const late = latePickups(order);
  const others = order.pickups.some((pickup) => !late.includes(pickup) && !isPickupOut(pickup.status));
  const asked = late.map(({ readyAt }) => plusMinutes(readyAt, readyGraceMinutes));
  const patience = others && !isWorthWaiting(order) ? order.promise.by : order.deliverBy;
  const silence = silentLeaves(order).map(({ decideBy }) => decideBy);
  return earliest(
    order.closesAt,
    ...silence,
    latest(order.storesConfirmBy, earliest(patience, latest(order.placedAt, ...asked))),
  );
}

/**
 * Whether what `wait` waits for has come about, as a condition on the order alone: null while it has not. A fact
 * that came before the wait, twice, or after a crash gives the same answer.
 */
export function awaited(wait: WaitKey, order: Order, generation: number): WaitResult | null {
  const outcome =
    generation < order.workflowGeneration ? 'superseded' : hasEnded(order) ? 'ended' : conditions[wait](order);
  return outcome && { outcome, deadlines: deadlines(order) };
}

const conditions: Record<WaitKey, (order: Order) => WaitOutcome | null> = {
  storesConfirm: (order) => (isConfirmed(order) ? 'confirmed' : null),

  storesGetReady: (order) => {
    const preparing = openPickups(order).some(({ status }) => status !== 'ready');
    return preparing && !isGoingBack(order) && order.status !== 'held' ? null : 'ready';
  },

  findDriver: (order) => (order.carriage || isGoingBack(order) ? 'assigned' : null),

  driverCollects: (order) => {
    if (order.status === 'held') return 'held';
    if (isGoingBack(order)) return 'return';
    if (order.status === 'created') return 'driver_lost';
    if (order.attention) return 'overdue';
    return isCollected(order) ? 'collected' : null;
  },

  driverDelivers: (order) => {
    if (order.status === 'held') return 'held';
    if (isGoingBack(order)) return 'return';
    return order.attention ? 'overdue' : null;
  },

  returnToStores: (order) => {
    if (order.status === 'held') return 'held';
    if (!isGoingBack(order)) return 'reattempt';
    return order.attention ? 'overdue' : null;
  },

  operationsDecide: (order) => {
    if (order.status === 'held' || order.attention) return null;
    return isGoingBack(order) ? 'return' : 'resumed';
  },
};

function isGoingBack(order: Order): boolean {
  return ['undeliverable', 'enroute_to_return', 'arrived_at_return'].includes(order.status);
}

function isCollected(order: Order): boolean {
  return ['picked_up', 'enroute_to_dropoff', 'arrived_at_dropoff'].includes(order.status);
}
