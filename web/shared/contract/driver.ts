import type { Custody, Eta, Position } from './common.ts';
import type { Clearance, Suspension } from './joining.ts';

/** GET /v1/driver */
export interface Driver {
  id: string;
  name: string;
  mallId: string;
  vehicle: string;
  status: string;
  suspension?: Suspension | undefined;
  /** Of GET /v1/driver alone. */
  papers?: Clearance;
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
  /** Drivers who see it at the same time: the first to accept has it. */
  alsoAsked: number;
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
