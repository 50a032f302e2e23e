import type { Away } from './away.ts';
import type { CarriedDocument } from './documents.ts';
import type { BlockId, DriverId, MallId, OfferId, OrderId, ProviderId, RunId, StopId, StoreId } from './ids.ts';
import type { OfferedRates } from './pay.ts';
import type { Position } from './position.ts';
import type { WorkedBlock } from './shift-block.ts';
import type { Suspension } from './suspension.ts';
import { type Instant, plusMinutes } from './time.ts';
import type { Vehicle } from './vehicle.ts';

export interface Driver {
  id: DriverId;
  version: number;
  sequence: number;
  /** First name, as stores and shoppers see it. */
  name: string;
  mallId: MallId;
  vehicle: Vehicle;
  /** Whom they drive for; the operator's own network unless set. */
  providerId?: ProviderId | undefined;
  /** Of a delivery partner's driver: the day on which the training was over. */
  trainedOn?: string | undefined;
  status: 'active' | 'suspended';
  /** While they are suspended; drivers from before reasons were kept have none. */
  suspension?: Suspension;
  /** Accepted ones; who was made by hand has none, and is cleared by the word of operations. */
  documents?: CarriedDocument[];
  shift: Shift | null;
  openOfferId: OfferId | null;
  activeRunId: RunId | null;
  /** When and near where the last run accepted should end, as the offer said. */
  expected?: { freeAt: Instant; near: Position };
  /** Booked blocks at work, and those over whose guarantee is not settled yet. */
  blocks?: WorkedBlock[];
  /** Orders this driver declined or let pass, so that they are not offered again at once. */
  passedOn: { orderId: OrderId; at: Instant }[];
}

/** An order that a driver passed on is not offered to the same driver again for this long. */
const passedOnMinutes = 10;

export function hasPassedOn(driver: Driver, orderId: OrderId, now: Instant): boolean {
  const recently = plusMinutes(now, -passedOnMinutes);
  return driver.passedOn.some((passed) => passed.orderId === orderId && passed.at > recently);
}

/** A driver's time on duty, and what came of it: runs offered, passed on (declined or let go by), orders accepted. */
export interface Shift {
  startedAt: Instant;
  offered: number;
  passed: number;
  carried: number;
  /** It began with this block, and ends with it. */
  blockId?: BlockId;
}

export function newShift(startedAt: Instant): Shift {
  return { startedAt, offered: 0, passed: 0, carried: 0 };
}

export const stopKinds = ['pickup', 'hand_over', 'dropoff', 'return'] as const;
export type StopKind = (typeof stopKinds)[number];

export type StopStatus = 'pending' | 'departed' | 'arrived' | 'done' | 'failed' | 'dropped';

/** One place on a run: a store's counter or another driver, for one or more orders, or one order's door. */
export interface Stop {
  id: StopId;
  kind: StopKind;
  storeId?: StoreId;
  /** Of a hand-over: whom to meet, and where. */
  meeting?: Meeting;
  orderIds: OrderId[];
  status: StopStatus;
  scannedLabels: string[];
  departedAt?: Instant;
  arrivedAt?: Instant;
  /** From when waiting is paid, where that is later than the phone says. */
  waitsFrom?: Instant;
  /** The driver said that they arrived while the phone was elsewhere. */
  away?: Away;
  /** Something changed hands here while other orders were still awaited: the stop counts, whatever becomes of them. */
  servedAt?: Instant;
  endedAt?: Instant;
}

/** The run whose driver gives parcels away, and the place for it. */
export interface Meeting {
  runId: RunId;
  driverId: DriverId;
  position: Position;
}

export interface PayLine {
  /** Unique within the run: a pay line exists at most once. */
  key: string;
  kind: 'base' | 'stop' | 'distance' | 'waiting' | 'surge' | 'return';
  amountCents: number;
  stopId?: StopId;
  at: Instant;
}

/** The accepted, ordered list of stops. It owns sequence and pay; the orders own delivery status. */
export interface Run {
  id: RunId;
  version: number;
  sequence: number;
  driverId: DriverId;
  mallId: MallId;
  offerId: OfferId;
  /** Four digits that the driver shows at a counter. */
  code: string;
  status: 'active' | 'completed' | 'lost';
  orderIds: OrderId[];
  stops: Stop[];
  pay: PayLine[];
  /** Whose driver it is, where that is not the operator's own network. */
  providerId?: ProviderId;
  rates: OfferedRates;
  /** The way of its offer; runs from before ways were paid have none. */
  distanceMetres?: number;
  roads?: Roads;
  currency: string;
  startedAt: Instant;
  endedAt?: Instant;
}

export type OfferStatus = 'open' | 'accepted' | 'declined' | 'expired' | 'withdrawn';

/** One of several drivers who are asked at once: what the offer is for them alone. */
export interface AskedDriver {
  driverId: DriverId;
  distanceMetres: number;
  durationSeconds: number;
}

/** A proposed run, for one driver, or for the first of several, until it expires. */
export interface Offer extends AskedDriver {
  id: OfferId;
  version: number;
  sequence: number;
  /** Whose driver it is, where that is not the operator's own network. */
  providerId?: ProviderId;
  /** Asked at the same time; once somebody has accepted, those who were not so quick. */
  others?: AskedDriver[];
  /** Of several, those who were asked and have declined. */
  declined?: AskedDriver[];
  /** The version in which it was shown, where the item has changed since and nothing of what it offers. */
  shownAs?: number;
  mallId: MallId;
  status: OfferStatus;
  orderIds: OrderId[];
  storeIds: StoreId[];
  /** In place of stores: another driver has the parcels. */
  meeting?: Meeting;
  rates: OfferedRates;
  payCents: number;
  currency: string;
  madeAt: Instant;
  expiresAt: Instant;
  endedAt?: Instant;
  roads?: Roads;
}

/** Seconds of a car from the mall to each door, where a routing service has said so. */
export type Roads = Readonly<Partial<Record<OrderId, number>>>;

export interface FleetEvent {
  /** `DRIVER#…`, `OFFER#…` or `RUN#…`: each has a sequence of its own. */
  subject: { kind: 'driver' | 'offer' | 'run'; id: string };
  sequence: number;
  type: FleetEventType;
  version: number;
  recordedAt: Instant;
  mallId: MallId;
  data: Record<string, unknown>;
}

export type FleetEventType =
  | 'driver.shift_started'
  | 'driver.shift_ended'
  | 'driver.applied'
  | 'driver.documents_changed'
  | 'driver.suspended'
  | 'driver.appealed'
  | 'driver.suspension_upheld'
  | 'driver.reinstated'
  | 'offer.made'
  | `offer.${Exclude<OfferStatus, 'open'>}`
  /** One of several is asked no more; others may still accept. */
  | 'offer.narrowed'
  | 'offer.changed'
  | 'run.started'
  | 'run.stop_departed'
  | 'run.stop_arrived'
  | 'run.parcel_scanned'
  | 'run.stop_done'
  | 'run.stop_failed'
  | 'run.revised'
  | 'run.completed'
  | 'run.lost';

export function isStopOpen(stop: Stop): boolean {
  return stop.status === 'pending' || stop.status === 'departed' || stop.status === 'arrived';
}

/** Stores first, or another driver, then doors, then returns; within a kind the order of the run. */
export function openStops(run: Run): Stop[] {
  const open = run.stops.filter(isStopOpen);
  return stopKinds.flatMap((kind) => open.filter((stop) => stop.kind === kind));
}

/** The stops a driver may work on now: those of the earliest kind that is still open. */
export function currentStops(run: Run): Stop[] {
  const open = openStops(run);
  return open.filter((stop) => stop.kind === open[0]?.kind);
}
