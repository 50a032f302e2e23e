/**
 * What the API answers, as the pages read it. Instants are ISO 8601 UTC text; positions are [longitude, latitude].
 * `test/browser/contract.test.ts` holds these against the views that the API builds.
 */
export type Position = readonly [number, number];

/** GET /config.json */
export interface Config {
  issuer: string;
  audience: string;
  /** Where each page asks people to sign in. */
  signIn?: Record<'ops' | 'store' | 'drive', SignInAddresses>;
  /** Only where people may be played: who they are, and, while a demo plays the rest, its overview. */
  demo?: { overview?: string; actors: string; token: string };
}

/** Of a client of the issuer: authorization code with PKCE. */
export interface SignInAddresses {
  authorizeUrl: string;
  tokenUrl: string;
  logoutUrl: string;
  clientId: string;
}

/** One of GET /v1/people */
export interface Person {
  subject: string;
  role: { kind: ActorRole; storeId?: string; driverId?: string };
  status: 'active' | 'suspended';
  name?: string;
  email?: string;
  device?: { pairedAt: string };
}

/** POST /v1/stores/{storeId}/pairing-codes */
export interface PairingCode {
  storeId: string;
  expiresAt: string;
  code: string;
}

/** GET /v1/me */
export type PersonSelf = Person;

export type ActorRole = 'store' | 'driver' | 'operations';

/** GET /demo/actors */
export interface ActorLink {
  id: string;
  role: ActorRole;
  name: string;
  mallId: string | null;
  mallName: string | null;
  url: string;
}

export interface Actor {
  id: string;
  role: ActorRole;
  name: string;
  mallId: string | null;
  storeId?: string;
  driverId?: string;
}

/** POST /demo/token */
export interface TokenAnswer {
  token: string;
  expiresInSeconds: number;
  actor: Actor;
}

/** GET /demo/overview */
export interface Overview {
  now: string;
  speed: number;
  malls: OverviewMall[];
  counts: { open: number; delivered: number; returned: number; cancelled: number; failed: number };
  cost: null | { orders: number; perDeliveredOrderUsd: number; byComponent: Record<string, number> };
  orders: OverviewOrder[];
}

export interface OverviewMall {
  id: string;
  name: string;
  zone: string;
  open: boolean;
  opensAt?: string | undefined;
}

export interface OverviewOrder {
  orderId: string;
  mallId: string;
  mallName: string;
  zone: string;
  status: string;
  stores: { name: string; status: string }[];
  driverName: string | null;
  promiseBy: string;
  placedAt: string;
  endedAt: string | null;
  trackingUrl: string;
  executionUrl: string;
  waitingFor: { text: string; until: string }[];
}

/** When a driver should be at the door. */
export interface Eta {
  p50: string;
  p90: string;
  /** Whether the promise holds by both, by the first only, or by neither. */
  promise: 'kept' | 'at_risk' | 'late';
  causes: { kind: string; storeId?: string | undefined; seconds: number }[];
  computedAt: string;
}

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

/** GET /v1/driver */
export interface Driver {
  id: string;
  name: string;
  mallId: string;
  vehicle: string;
  status: string;
  shift: { startedAt: string } | null;
  openOfferId: string | null;
  activeRunId: string | null;
}

/** One of GET /v1/driver/offers */
export interface Offer {
  id: string;
  version: number;
  status: string;
  mallId: string;
  orderIds: string[];
  storeIds: string[];
  stops: number;
  drops: number;
  payCents: number;
  /** Its parts. */
  pay: { kind: string; count?: number | undefined; amountCents: number }[];
  currency: string;
  distanceMetres: number;
  durationSeconds: number;
  /** When the last parcel should be handed over. */
  finishAt: string;
  madeAt: string;
  expiresAt: string;
  mallName: string | null;
  /** Time zone of the mall. */
  zone: string | null;
  stores: { storeId: string; name: string; level: string }[];
  /** In place of stores: another driver has the parcels. */
  meeting?: { name: string | null; position: Position } | undefined;
}

export interface StopParcel {
  orderId: string;
  id: string;
  label: string;
  storeId: string;
}

export interface Door {
  name: string;
  phone: string;
  address: string;
  position?: Position | undefined;
  instructions?: string | undefined;
  promiseBy?: string | undefined;
  proof?: string | undefined;
}

export interface Stop {
  id: string;
  kind: 'pickup' | 'hand_over' | 'dropoff' | 'return';
  storeId?: string | undefined;
  /** Of a hand-over: whom to meet, and where; a name only when the run is read. */
  meeting?: { driverId: string; position: Position; name?: string | null } | undefined;
  orderIds: string[];
  status: string;
  scannedLabels: string[];
  arrivedAt?: string | undefined;
  endedAt?: string | undefined;
  store?: { id: string; name: string; level: string; frontNote?: string | undefined; position: Position };
  parcels?: StopParcel[];
  pickups?: { orderId: string; status?: string | undefined; readyAt?: string | undefined }[];
  door?: Door | null;
  /** Of a door. */
  eta?: Eta | undefined;
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

/** What this driver is to give to another, who comes for it once `to` says who. */
export interface Giving {
  orderId: string;
  position: Position;
  until: string;
  to: { driverId: string; name: string | null } | null;
  parcels: StopParcel[];
  /** What this driver has said of it. */
  given?: { labels: string[]; occurredAt: string } | undefined;
}

export interface Run {
  id: string;
  code: string;
  status: string;
  mallId: string;
  orderIds: string[];
  stops: Stop[];
  nextStopIds: string[];
  pay: { key: string; kind: string; amountCents: number; stopId?: string | undefined; at: string }[];
  payCents: number;
  currency: string;
  startedAt: string;
  endedAt?: string | undefined;
  version: number;
  mall?: { id: string; name: string; zone: string; position: Position } | null;
  /** Only when the run is read, not in the answer to an act. */
  custody?: Custody[];
  handOvers?: Giving[];
}

/** GET /v1/driver/blocks */
export interface BlocksPage {
  /** Time zone of the driver's mall. */
  zone: string | null;
  data: Block[];
  missed: { blockId: string; at: string; why: string }[];
}

/** Hours that can be booked, and what they are to this driver. */
export interface Block {
  id: string;
  startsAt: string;
  endsAt: string;
  guaranteedCentsPerHour: number;
  currency: string;
  placesLeft: number;
  yours: 'booked' | 'working' | null;
  /** Until when giving it back costs nothing. */
  forfeitUntil: string;
  checkInFrom: string;
  checkInUntil: string;
}

/** GET /v1/driver/earnings */
export interface EarningsPage {
  /** Time zone of the driver's mall. */
  zone: string | null;
  data: Earned[];
  nextCursor: string | null;
}

/** What was paid for at one time: a run, or a tip. */
export interface Earned {
  id: string;
  kind: string;
  at: string;
  amountCents: number;
  currency: string;
  status?: string | undefined;
  lines: { key: string; kind: string; amountCents: number; at: string }[];
}

/** The answer to an act at a stop. `awaited` are the orders that keep the stop open, each with why. */
export interface StopAnswer {
  run: Run;
  awaited?: { orderId: string; code: string; detail: string; mend: string }[];
}

/** POST /v1/driver/proofs */
export interface ProofUpload {
  photoKey: string;
  uploadUrl: string;
  contentType: string;
}

export interface Wait {
  wait: string;
  generation: number;
  enteredAt: string;
  dueAt: string;
  execution: string;
}

/** One of GET /v1/ops/orders */
export interface OpenOrder {
  orderId: string;
  mallId: string;
  zone: string;
  channelId: string;
  status: string;
  ended: boolean;
  attention: { why: string; since: string } | null;
  placedAt: string;
  promiseBy: string;
  pickups: { storeId: string; storeName: string; status: string; readyAt: string }[];
  driverId: string | null;
  offerId: string | null;
  executionName: string;
  eta?: Eta | undefined;
}

/** One of GET /v1/ops/waiting */
export interface WaitingOrder extends OpenOrder {
  reason: string;
  waits: Wait[];
  ageSeconds: number;
  secondsToPromise: number;
}

/** GET /v1/ops/orders/{orderId} */
export interface Inspection {
  order: {
    id: string;
    externalId?: string | undefined;
    mallId: string;
    zone: string;
    status: string;
    partial: boolean;
    endReason?: string | undefined;
    placedAt: string;
    updatedAt: string;
    endedAt?: string | undefined;
    /** Who it was for was erased, as somebody asked. */
    erasedAt?: string | undefined;
    promise: { kind: string; from?: string | undefined; by: string };
    goAhead: string;
    /** Of whom it is asked what becomes of a store that is late beyond the promise. */
    decisions: { storeId: string; default: string; decideBy: string; choice?: string | undefined }[];
    doorProof: string;
    pickups: {
      storeId: string;
      storeName: string;
      status: string;
      readyAt: string;
      readyAtSource: string;
      reason?: string | undefined;
      lines: Line[];
      missingLineIds: string[];
    }[];
    parcels: { id: string; storeId: string; label: string; at: string; toReturn: boolean }[];
    driverId?: string | undefined;
    basketCents: number;
    feeCents: number;
    currency: string;
    version: number;
  };
  eta?: Eta | undefined;
  attention: { why: string; since: string } | null;
  carriage: { runId: string; driverId: string; assignedAt: string } | null;
  handOvers: {
    storeId: string;
    storeName: string;
    store: HandOverRecord | null;
    driver: HandOverRecord | null;
    mismatchSince?: string | undefined;
  }[];
  driverHandOvers: {
    from: { runId: string; driverId: string };
    to: { runId: string; driverId: string } | null;
    position: Position;
    why: string;
    until: string;
    overAt?: string | undefined;
    given: HandOverRecord | null;
    taken: HandOverRecord | null;
    mismatchSince?: string | undefined;
  }[];
  offerId: string | null;
  workflowGeneration: number;
  executionName: string;
  deadlines: Record<string, string>;
  waits: Wait[];
  events: { sequence: number; type: string; occurredAt: string; recordedAt: string; data: Record<string, unknown> }[];
}

/** Whether a mall takes orders, and until when that is so. */
export interface MallStanding {
  state: 'open' | 'paused' | 'closing_early';
  closesAt?: string | undefined;
  reopensAt?: string | undefined;
  stateReason?: string | undefined;
}

export interface Mall extends MallStanding {
  id: string;
  name: string;
  zone: string;
}
