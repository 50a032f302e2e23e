/** The parts of the API's answers that actors read; /openapi.json has the whole. Instants are ISO 8601. */
import type { LonLat } from './travel.ts';

export interface Line {
  id: string;
  sku: string;
  name: string;
  quantity: number;
  unitPriceCents: number;
}

export interface Pickup {
  orderId: string;
  storeId: string;
  status: string;
  readyAt: string;
  placedAt: string;
  confirmBy: string;
  promiseBy: string;
  closesAt: string;
  lines: Line[];
  missingLineIds: string[];
  parcels: { id: string; label: string; at: string; toReturn: boolean }[];
  driver: { driverId: string; runId: string; name: string | null } | null;
  storeRecord?: HandOverRecord;
  stopped: boolean;
  returning: boolean;
}

export interface DriverState {
  id: string;
  name: string;
  mallId: string;
  vehicle: string;
  status: string;
  shift: { startedAt: string } | null;
  openOfferId: string | null;
  activeRunId: string | null;
}

export interface Offer {
  id: string;
  version: number;
  orderIds: string[];
  storeIds: string[];
  payCents: number;
  madeAt: string;
  expiresAt: string;
}

export interface RunStop {
  id: string;
  kind: 'pickup' | 'hand_over' | 'dropoff' | 'return';
  storeId?: string;
  meeting?: { driverId: string; position: LonLat };
  orderIds: string[];
  status: 'pending' | 'departed' | 'arrived' | 'done' | 'failed' | 'dropped';
  scannedLabels: string[];
  store?: { id: string; name: string; position: LonLat };
  parcels: { orderId: string; id: string; label: string; storeId: string }[];
  pickups?: { orderId: string; status: string; readyAt: string }[];
  door?: { name: string; address: string; position: LonLat; promiseBy: string; proof: 'photo' | 'pin' } | null;
  /** Of a door. */
  eta?: { p50: string; p90: string };
}

export interface Run {
  id: string;
  code: string;
  status: string;
  orderIds: string[];
  stops: RunStop[];
  nextStopIds: string[];
  payCents: number;
  mall: { id: string; position: LonLat } | null;
}

export interface LedgerEntry {
  key: string;
  kind: 'goods' | 'refund' | 'fee';
  amountCents: number;
  providerId?: string;
  storeId?: string;
  lineId?: string;
}

export interface Order {
  id: string;
  mallId: string;
  zone: string;
  status: string;
  partial: boolean;
  endReason?: string;
  placedAt: string;
  endedAt?: string;
  promise: { kind: string; by: string };
  rescheduled?: { before: { by: string }; opensAt: string };
  goAhead: string;
  pickups: {
    storeId: string;
    storeName: string;
    status: string;
    readyAt: string;
    reason?: string;
    lines: Line[];
    missingLineIds: string[];
  }[];
  parcels: { id: string; storeId: string; label: string; at: string; toReturn: boolean }[];
  custody?: { reopensAt: string; until: string; labels: string[] };
  decisions: { storeId: string; default: string; decideBy: string; choice?: string }[];
  driverId?: string;
  /** Nothing of the operator's own network. */
  providerId?: string;
  basketCents: number;
  feeCents: number;
  ledger: LedgerEntry[];
  version: number;
  trackingUrl?: string;
}

export interface OrderEvent {
  orderId: string;
  sequence: number;
  type: string;
  occurredAt: string;
  recordedAt: string;
  data: Record<string, unknown>;
  snapshot: { status: string; parcels: { id: string; storeId: string; at: string }[]; driverId?: string };
}

export interface OpenOrder {
  orderId: string;
  mallId: string;
  channelId: string;
  zone: string;
  status: string;
  ended: boolean;
  attention: { why: string; since: string } | null;
  placedAt: string;
  promiseBy: string;
  pickups: { storeId: string; storeName: string; status: string; readyAt: string }[];
  driverId: string | null;
  offerId: string | null;
  executionName: string;
}

/** What one side of a counter says. */
export interface HandOverRecord {
  labels: string[];
  occurredAt: string;
  recordedAt: string;
}

export interface HandOver {
  storeId: string;
  storeName: string;
  store: HandOverRecord | null;
  driver: HandOverRecord | null;
  mismatchSince?: string;
}

export interface Inspection {
  order: Order;
  attention: { why: string; since: string } | null;
  carriage: { runId: string; driverId: string } | null;
  held: { why: string; driverId: string | null; passed?: { providerId: string; why: string }[] } | null;
  handOvers: HandOver[];
  offerId: string | null;
  executionName: string;
  waits: { wait: string; generation: number; enteredAt: string; dueAt: string; execution: string }[];
  events: OrderEvent[];
}

export interface Tracking {
  orderId: string;
  now: string;
  status: string;
  pin?: string;
  photoUrl?: string;
  driver: { name: string; position: LonLat | null } | null;
}
