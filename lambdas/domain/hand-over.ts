import type { HandOver } from './driver-hand-over.ts';
import { collectorOf, type Order, openPickups } from './order.ts';
import type { StoreCommand } from './order-commands.ts';
import type { OrderDraft } from './order-draft.ts';
import type { Parcel } from './parcel.ts';
import { allowedPickupMoves, isPickupClosed, isPickupCollected, type Pickup } from './pickup.ts';
import { type Rejection, reject } from './rejection.ts';
import { type Instant, secondsBetween } from './time.ts';

/** What one side says of a hand-over at a counter. */
export interface HandOverRecord {
  labels: string[];
  /** By the clock of the device, and when we heard of it. */
  occurredAt: Instant;
  recordedAt: Instant;
}

/** A record that comes this soon can still be mended at the counter; a later one is kept as it is. */
const onTheSpotSeconds = 5 * 60;

/** The driver's record is custody itself: what was taken, and when. Null while the driver has said nothing. */
export function driverRecordOf(order: Order, pickup: Pickup): HandOverRecord | null {
  const { storeId, handedOverAt, handedOverRecordedAt } = pickup;
  if (!handedOverAt) return null;
  return {
    labels: takenFrom(order, storeId),
    occurredAt: handedOverAt,
    recordedAt: handedOverRecordedAt ?? handedOverAt,
  };
}

function takenFrom(order: Order, of: Pickup['storeId']): string[] {
  return order.parcels
    .filter(({ storeId, state }) => storeId === of && state.at !== 'store' && state.at !== 'not_collected')
    .map(({ label }) => label);
}

/** A store says that it handed over, and the driver has not said so yet: the parcels may be anywhere but on the shelf. */
export function isUnconfirmed(order: Order): boolean {
  return openPickups(order).some(({ storeRecord }) => storeRecord);
}

export function mismatchesOf({ pickups, handOvers = [] }: Order): (Pickup | HandOver)[] {
  return [...pickups, ...handOvers].filter(({ mismatchSince }) => mismatchSince);
}

/** The store's record. The first of both sides' is kept; the second confirms it, or contradicts it. */
export function recordHandOver(
  draft: OrderDraft,
  pickup: Pickup,
  command: Extract<StoreCommand, { type: 'record_hand_over' }>,
): Rejection | undefined {
  const { order } = draft;
  if (pickup.status !== 'ready' && !driverHasSpoken(pickup)) {
    return reject(
      'transition_not_allowed',
      `The pickup is ${pickup.status}: nothing of it is handed over.`,
      allowedPickupMoves(pickup.status).length > 0
        ? 'Mark it ready first, with its parcels.'
        : 'Nothing more is expected of the store for this order.',
      { allowedTransitions: allowedPickupMoves(pickup.status), current: { status: pickup.status } },
    );
  }
  const due = collectorOf(order);
  if (!due || due.driverId !== command.driverId) {
    return reject(
      'wrong_driver',
      due ? 'That code is not the code of the driver who is due.' : 'No driver has been assigned yet.',
      due
        ? `Hand over only to the driver whose phone shows the code of run ${due.runId}.`
        : 'Wait until the board shows a driver.',
      { current: due && { runId: due.runId, driverId: due.driverId } },
    );
  }
  const { occurredAt, now } = draft;
  const ours = order.parcels.filter(({ storeId }) => storeId === pickup.storeId);
  const refusal =
    isOnTheSpot(draft) && !isPickupClosed(pickup.status) ? refuseLabels(order, ours, command.labels) : undefined;
  if (refusal || pickup.storeRecord) return refusal;
  pickup.storeRecord = { labels: command.labels, occurredAt, recordedAt: now };
  draft.emit('pickup.store_recorded', { storeId: pickup.storeId, parcels: command.labels.length });
  compareRecords(draft, pickup);
  return;
}

/** Both sides have spoken: where they contradict each other, custody is as the driver says, and a person has to look. */
export function compareRecords(draft: OrderDraft, pickup: Pickup): void {
  const { storeRecord, storeId } = pickup;
  if (!storeRecord || !driverHasSpoken(pickup)) return;
  if (sameLabels(storeRecord.labels, takenFrom(draft.order, storeId))) return;
  draft.contradict(pickup);
}

/** It can still be mended where it happens. */
export function isOnTheSpot({ occurredAt, now }: OrderDraft): boolean {
  return secondsBetween(occurredAt, now) < onTheSpotSeconds;
}

export function sameLabels(given: string[], taken: string[]): boolean {
  const named = new Set(given);
  return named.size === taken.length && taken.every((label) => named.has(label));
}

function driverHasSpoken({ status, reason }: Pickup): boolean {
  return isPickupCollected(status) || (status === 'failed' && reason === 'parcels_missing');
}

export function refuseLabels(order: Order, ours: Parcel[], labels: string[]): Rejection | undefined {
  const foreign = labels.find((label) => !ours.some((parcel) => parcel.label === label));
  if (foreign) {
    return reject(
      'wrong_order',
      `Parcel ${foreign} is not in order ${order.id}.`,
      'Put it back and scan the parcels of this order.',
      { pointer: '/labels' },
    );
  }
  const missing = ours.filter((parcel) => !labels.includes(parcel.label));
  if (missing.length === 0) return;
  return reject(
    'parcels_missing',
    `Missing ${missing.length} of ${ours.length}.`,
    `Add ${missing.map((parcel) => parcel.label).join(', ')}.`,
    { pointer: '/labels' },
  );
}
