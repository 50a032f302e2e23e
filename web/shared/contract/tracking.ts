import type { Eta, Position } from './common.ts';

/** GET /v1/track/{token} */
export interface Tracking {
  orderId: string;
  now: string;
  status: string;
  partial: boolean;
  endReason?: string | undefined;
  zone: string;
  mallName: string | null;
  promise: { kind: string; from?: string | undefined; by: string };
  /** The mall closed before it was collected, and it comes on another day. */
  rescheduled?: { before: { by: string } } | undefined;
  placedAt: string;
  endedAt?: string | undefined;
  /** Who it was for was erased, as somebody asked. */
  erasedAt?: string | undefined;
  deliveredAt?: string | undefined;
  undeliverable?: { reason: string; at: string } | undefined;
  stores: {
    storeId: string;
    name: string;
    status: string;
    readyAt: string;
    /** Late beyond the promise: what came of it, or what does if nobody says anything until `decideBy`. */
    late?:
      | { outcome: 'left_without' | 'waited_for' }
      | { default: 'wait' | 'leave_without'; decideBy: string }
      | undefined;
    items: { name: string; quantity: number; missing: boolean }[];
  }[];
  door: { name: string; address: string; instructions?: string | undefined } | null;
  pin?: string | undefined;
  driver: { name: string; vehicle: string; position: Position | null } | null;
  stopsBefore: number | null;
  eta?: Eta | undefined;
  photoUrl?: string | undefined;
  timeline: { type: string; at: string; storeId?: unknown }[];
}
