import type { Custody, HandOverRecord, Line } from './common.ts';

/** One of GET /v1/stores/{storeId}/pickups, and the answer to every act of a store. */
export interface Pickup {
  orderId: string;
  storeId: string;
  status: string;
  readyAt: string;
  readyAtSource: string;
  reason?: string | undefined;
  placedAt: string;
  confirmBy: string;
  promiseBy: string;
  closesAt: string;
  /** What is ready stays over night, and is collected from then on. */
  keptForDayFrom?: string | undefined;
  lines: Line[];
  missingLineIds: string[];
  parcels: { id: string; label: string; at: string; toReturn: boolean }[];
  /** The answer to an act has no name: only lists do. */
  driver: { driverId: string; runId: string; name?: string | null } | null;
  handedOverAt?: string | undefined;
  storeRecord?: HandOverRecord | undefined;
  /** The receipt for parcels that a driver keeps because the store was closed. */
  custody?: Custody | undefined;
  stopped: boolean;
  returning: boolean;
}
