import type { Away } from './away.ts';
import { type DeliveryStatus, isTerminal } from './delivery-status.ts';
import type { Carrier, HandOver } from './driver-hand-over.ts';
import type {
  ChannelId,
  DriverId,
  LineId,
  MallId,
  OfferId,
  OrderId,
  ParcelId,
  ProviderId,
  RunId,
  StoreId,
} from './ids.ts';
import type { LateStoreDecision } from './late-store.ts';
import type { Rescheduled } from './next-day.ts';
import type { Opening } from './opening-hours.ts';
import { isOnBoard, isParcelEnded, type Parcel } from './parcel.ts';
import { isPickupClosed, isPickupOut, type Line, type Pickup } from './pickup.ts';
import type { Position } from './position.ts';
import type { ProviderChoice } from './provider-choice.ts';
import type { Instant } from './time.ts';
import type { UndeliverableReason } from './undeliverable.ts';
import type { VehicleWanted } from './vehicle.ts';

export const promiseKinds = ['two_hour', 'same_day', 'scheduled'] as const;
export type PromiseKind = (typeof promiseKinds)[number];

/** What happens to the rest when one store cannot supply. */
export const goAheadRules = ['all_or_nothing', 'deliver_what_you_can'] as const;
export type GoAhead = (typeof goAheadRules)[number];

export const doorProofs = ['photo', 'pin'] as const;
export type DoorProof = (typeof doorProofs)[number];

export type EndReason =
  | 'cancelled_by_channel'
  | 'cancelled_by_operations'
  | 'stores_rejected'
  | 'no_driver'
  | 'mall_closed'
  | 'driver_lost'
  | 'sent_back'
  | UndeliverableReason;

export interface LedgerEntry {
  /** Unique within the order: an entry exists at most once. */
  key: string;
  kind: 'goods' | 'refund' | 'fee';
  amountCents: number;
  /** Of a fee: who carried, where that was not the operator's own network. */
  providerId?: ProviderId;
  storeId?: StoreId;
  lineId?: LineId;
  at: Instant;
}

export interface Order {
  id: OrderId;
  version: number;
  /** Sequence of the last event; gap-free from 1. */
  sequence: number;
  channelId: ChannelId;
  externalId?: string;
  mallId: MallId;
  /** IANA zone of the mall. */
  zone: string;
  placedAt: Instant;
  updatedAt: Instant;
  promise: { kind: PromiseKind; from?: Instant; by: Instant };
  goAhead: GoAhead;
  /** Only a vehicle like this can carry it; any can unless set. */
  vehicle?: VehicleWanted;
  /** Who may carry it, by what its retailers said when it was placed; whoever the mall has unless set. */
  providers?: ProviderChoice;
  /** Providers that had their turn with it: they let it go by, or lost it. */
  passedBy?: ProviderId[];
  /** The day to which it may be moved when the mall closes on ready parcels; none where they are to be cancelled then. */
  nextDay?: Opening;
  rescheduled?: Rescheduled;
  doorProof: DoorProof;
  /** The door, to about 100 m; the exact place is kept with the personal data. */
  dropoffArea: Position;
  pickups: Pickup[];
  parcels: Parcel[];
  status: DeliveryStatus;
  endReason?: EndReason;
  endedAt?: Instant;
  /** Delivered, but not all of it. */
  partial: boolean;
  feeCents: number;
  currency: string;
  offerId: OfferId | null;
  carriage: (Carrier & { assignedAt: Instant }) | null;
  /** Set when a person has to look: what for, and since when. */
  attention: { why: AttentionReason; since: Instant } | null;
  door?: {
    deliveredAt?: Instant;
    proof?: DoorProofRecord;
    /** Proved elsewhere than at the door, for a reason that the driver gave. */
    away?: Away;
    undeliverable?: { reason: UndeliverableReason; at: Instant };
  };
  /** Parcels that a driver keeps because the store they go back to is closed: the receipt for them. */
  custody?: Custody;
  /** From driver to driver: those that took place, what was said of others, and the one that is to come, last. */
  handOvers?: HandOver[];
  /** What somebody has to say about a store that is late beyond the promise. */
  decisions?: LateStoreDecision[];
  /** From ready parcels to the door: the walk out and the drive, as estimated when it was placed. */
  tripMinutes?: number;
  pinAttempts: number;
  workflowGeneration: number;
  /** When stores must have confirmed, the mall closes, the door must have been reached, returns must be back. */
  storesConfirmBy: Instant;
  closesAt: Instant;
  /** When the mall would close by its hours, while it closes earlier. */
  regularClosesAt?: Instant;
  deliverBy: Instant;
  returnBy: Instant;
  decideBy: Instant;
  ledger: LedgerEntry[];
  settledAt?: Instant;
  /** Somebody asked that what tells who the shopper is be erased. */
  erasedAt?: Instant;
}

/** Who keeps what, since when and until when, because it could not be given back. */
export interface Custody {
  parcelIds: ParcelId[];
  driverId: DriverId;
  storeId: StoreId;
  since: Instant;
  /** The store opens again; the return goes on by itself. */
  reopensAt: Instant;
  /** The parcels have to be back. */
  until: Instant;
}

export type AttentionReason =
  | 'driver_lost'
  | 'overdue_delivery'
  | 'overdue_return'
  | 'return_refused'
  | 'hand_over_unconfirmed'
  | 'hand_over_failed'
  | 'workflow_failed';

export type DoorProofRecord = { kind: 'photo'; photoKey: string } | { kind: 'pin' };

export function hasEnded(order: Order): boolean {
  return isTerminal(order.status);
}

/** Somebody decided that nothing shall reach the door any more; an attempt that failed at the door is not that. */
export function isCalledOff({ endReason }: Order): boolean {
  const decided: readonly (EndReason | undefined)[] = [
    'cancelled_by_channel',
    'cancelled_by_operations',
    'stores_rejected',
    'no_driver',
    'mall_closed',
  ];
  return decided.includes(endReason);
}

export function pickupOf(order: Order, storeId: StoreId): Pickup | undefined {
  return order.pickups.find((pickup) => pickup.storeId === storeId);
}

export function parcelsOnBoard(order: Order): Parcel[] {
  return order.parcels.filter(isOnBoard);
}

/** On board and still meant for the door. */
export function parcelsForDoor(order: Order): Parcel[] {
  return order.parcels.filter((parcel) => isOnBoard(parcel) && !parcel.toReturn);
}

export function parcelsToReturn(order: Order): Parcel[] {
  return order.parcels.filter((parcel) => isOnBoard(parcel) && parcel.toReturn);
}

export function allParcelsEnded(order: Order): boolean {
  return order.parcels.every(isParcelEnded);
}

/** Stores whose parcels the driver has yet to collect. */
export function openPickups(order: Order): Pickup[] {
  return order.pickups.filter((pickup) => !isPickupClosed(pickup.status));
}

/** Parcels to be carried, or stores of which none is known yet. */
export function loadOf(order: Order): number {
  const parcels = openHandOver(order) ? parcelsOnBoard(order).length : order.parcels.length;
  return Math.max(1, parcels, openPickups(order).length);
}

/** Every store has answered, one way or the other. */
export function isConfirmed(order: Order): boolean {
  return order.pickups.every((pickup) => pickup.status !== 'pending');
}

/** The hand-over from driver to driver that is to take place. */
export function openHandOver({ handOvers }: Order): HandOver | undefined {
  return handOvers?.find(({ overAt }) => !overAt);
}

/** Who collects from the stores, or did: whoever has the parcels now may have taken them over. */
export function collectorOf({ handOvers = [], carriage }: Order): Carrier | null {
  return handOvers.find(({ taken }) => taken)?.from ?? carriage;
}

/** Whether the order is on this run: carried by it, or to be taken over. */
export function isOnRun(order: Order, runId: RunId): boolean {
  return order.carriage?.runId === runId || openHandOver(order)?.to?.runId === runId;
}

/** By the order's own rule: with everything or nothing, only when everything is there. */
export function mayGoToDoor({ goAhead, pickups }: Order): boolean {
  return goAhead === 'deliver_what_you_can' || pickups.every(({ status }) => status === 'handed_over');
}

/** Somebody is to collect it, or to take it over from a driver who was lost. */
export function wantsDriver(order: Order): boolean {
  return isToBeCollected(order) || isToBeTakenOver(order);
}

function isToBeTakenOver(order: Order): boolean {
  return order.status === 'held' && openHandOver(order)?.to === null;
}

/** At least one store will supply, all have answered, and nobody carries it yet. */
function isToBeCollected(order: Order): boolean {
  return (
    order.status === 'created' &&
    order.carriage === null &&
    isConfirmed(order) &&
    order.pickups.some((pickup) => !isPickupOut(pickup.status))
  );
}

export function lineTotalCents(line: Line): number {
  return line.unitPriceCents * line.quantity;
}

export function basketCents(order: Order): number {
  return order.pickups.flatMap((pickup) => pickup.lines).reduce((sum, line) => sum + lineTotalCents(line), 0);
}
