import type { HandOverRecord } from './hand-over.ts';
import type { LineId, RetailerId, StoreId } from './ids.ts';
import type { Instant } from './time.ts';

export const pickupStatuses = [
  'pending',
  'accepted',
  'delayed',
  'ready',
  'handed_over',
  'short',
  'rejected',
  'expired',
  'failed',
  'cancelled',
] as const;
export type PickupStatus = (typeof pickupStatuses)[number];

const moves: Record<PickupStatus, readonly PickupStatus[]> = {
  pending: ['accepted', 'rejected', 'expired', 'cancelled'],
  accepted: ['ready', 'delayed', 'rejected', 'failed', 'cancelled'],
  delayed: ['ready', 'delayed', 'failed', 'cancelled'],
  ready: ['handed_over', 'short', 'delayed', 'failed', 'cancelled'],
  handed_over: [],
  short: [],
  rejected: [],
  expired: [],
  failed: [],
  cancelled: [],
};

export const rejectReasons = [
  'out_of_stock',
  'store_closed',
  'too_busy',
  'price_error',
  'customer_requested',
  'damaged',
  'other',
] as const;
export type RejectReason = (typeof rejectReasons)[number];

/** What one line of the basket is and what one piece of it costs. */
export interface Line {
  id: LineId;
  sku: string;
  name: string;
  quantity: number;
  unitPriceCents: number;
}

/** The part of an order that one store prepares. */
export interface Pickup {
  storeId: StoreId;
  retailerId: RetailerId;
  storeName: string;
  status: PickupStatus;
  lines: Line[];
  /** Lines that the store could not supply; they are refunded. */
  missingLineIds: LineId[];
  readyAt: Instant;
  readyAtSource: 'estimated' | 'store';
  reason?: string;
  /** When the driver took the parcels, by the phone's clock, and when we heard of it if that was later. */
  handedOverAt?: Instant;
  handedOverRecordedAt?: Instant;
  /** The store's own record of the hand-over; the driver's record moves custody. */
  storeRecord?: HandOverRecord;
  /** The two records contradict each other, and nobody has settled it yet. */
  mismatchSince?: Instant;
  /** Set once the store has seen that a cancelled pickup must stop and be restocked. */
  stopAcknowledgedAt?: Instant;
}

export function allowedPickupMoves(from: PickupStatus): readonly PickupStatus[] {
  return moves[from];
}

export function isPickupMoveLegal(from: PickupStatus, to: PickupStatus): boolean {
  return moves[from].includes(to);
}

/** Nothing more is expected of the store. */
export function isPickupClosed(status: PickupStatus): boolean {
  return moves[status].length === 0;
}

/** The store will not, or did not, supply anything. */
export function isPickupOut(status: PickupStatus): boolean {
  return isPickupClosed(status) && !isPickupCollected(status);
}

export function isPickupCollected(status: PickupStatus): boolean {
  return status === 'handed_over' || status === 'short';
}
