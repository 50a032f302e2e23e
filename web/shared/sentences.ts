import type { Eta, MallStanding } from './contract/common.ts';
import { clockTime, words } from './format.ts';

/** What a delivery status means, in words for the people who run it. */
const statuses: Record<string, string> = {
  created: 'Stores and driver are being arranged',
  assigned: 'A driver has taken it',
  enroute_to_pickup: 'The driver is on the way to the mall',
  arrived_at_pickup: 'The driver is at the mall',
  collecting: 'The driver is collecting',
  picked_up: 'Everything is on board',
  enroute_to_dropoff: 'On the way to the door',
  arrived_at_dropoff: 'The driver is at the door',
  undeliverable: 'It could not be delivered',
  held: 'Held: operations decide how it goes on',
  enroute_to_return: 'On the way back to the stores',
  arrived_at_return: 'Back at a store',
  delivered: 'Delivered',
  returned: 'Returned to the stores',
  cancelled: 'Cancelled',
  failed: 'Failed: the parcels are lost',
};

export function statusSentence(status: string): string {
  return statuses[status] ?? words(status);
}

const pickupStatuses: Record<string, string> = {
  pending: 'not confirmed yet',
  accepted: 'preparing',
  delayed: 'preparing, later than planned',
  ready: 'ready',
  handed_over: 'collected',
  short: 'collected, with items missing',
  rejected: 'cannot supply',
  expired: 'did not answer',
  failed: 'could not supply',
  cancelled: 'stopped',
};

export function pickupSentence(status: string): string {
  return pickupStatuses[status] ?? words(status);
}

export type Tone = 'plain' | 'good' | 'warn' | 'bad';

export function statusTone(status: string): Tone {
  if (['delivered', 'handed_over', 'ready'].includes(status)) return 'good';
  if (['cancelled', 'failed', 'rejected', 'expired'].includes(status)) return 'bad';
  if (
    ['held', 'undeliverable', 'returned', 'enroute_to_return', 'arrived_at_return', 'short', 'delayed'].includes(status)
  )
    return 'warn';
  return 'plain';
}

const endReasons: Record<string, string> = {
  cancelled_by_channel: 'The shop cancelled it.',
  cancelled_by_operations: 'It had to be cancelled.',
  stores_rejected: 'The stores could not supply it.',
  no_driver: 'No driver was free in time.',
  mall_closed: 'The mall closed before it could be collected.',
  driver_lost: 'The driver could not go on.',
  sent_back: 'It was sent back to the stores.',
  customer_unavailable: 'Nobody was there to take it.',
  no_safe_place: 'There was no safe place to leave it.',
  access_denied: 'The driver could not get to the door.',
  address_not_found: 'The address could not be found.',
  refused: 'It was not accepted at the door.',
  pin_missing: 'The PIN was not given at the door.',
  id_failed: 'The identity check did not succeed.',
  business_closed: 'The place was closed.',
  damaged: 'It was damaged on the way.',
  unsafe: 'It was not safe to deliver.',
  weather: 'The weather did not allow it.',
  vehicle: "The driver's vehicle broke down.",
  accident: 'There was an accident.',
  lost: 'The parcels were lost.',
  stolen: 'The parcels were stolen.',
};

export function reasonSentence(reason: string): string {
  return endReasons[reason] ?? `Reason: ${words(reason)}.`;
}

const waits: Record<string, string> = {
  storesConfirm: 'Stores confirm',
  storesGetReady: 'Stores get ready',
  findDriver: 'Find a driver',
  driverCollects: 'Driver collects',
  driverDelivers: 'Driver delivers',
  returnToStores: 'Return to stores',
  operationsDecide: 'Operations decide',
};

/** The state of the workflow that a wait belongs to, as the execution names it. */
export function waitSentence(wait: string): string {
  return waits[wait] ?? words(wait);
}

const promises: Record<Eta['promise'], string> = {
  kept: '',
  at_risk: ', may be late',
  late: ', late',
};

/** When a driver should be at the door, for those who run it. */
export function expectedSentence({ p50, p90, promise }: Eta, zone: string): string {
  return `expected ${clockTime(p50, zone)}, by ${clockTime(p90, zone)} at the latest${promises[promise]}`;
}

const etaCauses: Record<string, string> = {
  mall_closed: 'the mall is closed',
  no_driver_yet: 'no driver yet',
  store_preparing: 'a store prepares it',
  store_late: 'a store is late',
  waiting_at_store: 'the driver waits at a store',
  collecting: 'collecting',
  stops_before: 'other stops come first',
  travel: 'driving',
};

/** What the time until the door goes to. */
export function causeSentence(kind: string): string {
  return etaCauses[kind] ?? words(kind);
}

/** How a mall stands, as stores and operations read it. */
export function mallSentence({ state, closesAt, reopensAt, stateReason }: MallStanding, zone: string): string {
  const why = stateReason ? ` (${stateReason})` : '';
  if (state === 'paused') {
    return `The mall is paused${why}: no new orders${reopensAt ? ` until ${clockTime(reopensAt, zone)}` : ''}.`;
  }
  if (state === 'closing_early' && closesAt) return `The mall closes early, at ${clockTime(closesAt, zone)}${why}.`;
  return 'The mall takes orders by its hours.';
}

const holds: Record<string, string> = {
  no_driver: 'Nobody who could carry it is free.',
  store_not_ready: 'Its stores are not ready.',
  driver_busy: 'Who is to carry it is still on the way.',
  waits_for_company: 'It waits a little for orders to go with it.',
  too_early: 'Its window at the door is too far off.',
};

/** Why the planner has asked nobody yet. */
export function holdSentence(why: string): string {
  return holds[why] ?? words(why);
}

const passed: Record<string, string> = {
  unknown_provider: 'is not known any more',
  no_such_vehicle: 'has no such vehicle',
  not_served: 'does not work here',
  too_far: 'does not go that far',
  suspended: 'is suspended',
  insurance_expired: 'has an insurance that ran out',
  closed: 'does not work now',
  nobody_on_shift: 'has nobody on shift who could',
  all_declined: 'all have declined',
  not_taken: 'nobody took it in time',
  had_its_turn: 'had its turn',
};

/** Why it is not a provider's turn to carry an order. */
export function passedSentence(why: string): string {
  return passed[why] ?? words(why);
}
