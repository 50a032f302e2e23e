/**
 * What the API answers, as the pages read it, in a file for whom it is. Instants are ISO 8601 UTC text; positions are
 * [longitude, latitude]. `test/web/contract.test.ts` holds these against the views that the API builds.
 */
export type Position = readonly [number, number];

/** When a driver should be at the door. */
export interface Eta {
  p50: string;
  p90: string;
  /** Whether the promise holds by both, by the first only, or by neither. */
  promise: 'kept' | 'at_risk' | 'late';
  causes: { kind: string; storeId?: string | undefined; seconds: number }[];
  computedAt: string;
}

export interface Line {
  id: string;
  sku: string;
  name: string;
  quantity: number;
  unitPriceCents: number;
}

/** What one side of a counter says. */
export interface HandOverRecord {
  labels: string[];
  /** By the clock of the device, and when the server heard of it. */
  occurredAt: string;
  recordedAt: string;
}

/** GET /v1/driver/run holds it as `run`, and so does the answer to every act at a stop (then without places). */
/** Parcels that a driver keeps while the store they go back to is closed. */
export interface Custody {
  orderId: string;
  labels: string[];
  storeId: string;
  since: string;
  reopensAt: string;
  until: string;
}

/** Whether a mall takes orders, and until when that is so. */
export interface MallStanding {
  state: 'open' | 'paused' | 'closing_early';
  closesAt?: string | undefined;
  reopensAt?: string | undefined;
  stateReason?: string | undefined;
}
