import type { ChannelId, DriverId, MallId, RetailerId, StoreId } from './ids.ts';
import type { OpeningHours } from './opening-hours.ts';
import type { Position } from './position.ts';
import type { ProviderChoice } from './provider-choice.ts';
import type { Keeper } from './retention.ts';
import type { Instant } from './time.ts';

export const mallStates = ['open', 'paused', 'closing_early'] as const;
export type MallState = (typeof mallStates)[number];

/** A shopping centre that Mallway delivers from. */
export interface Mall {
  id: MallId;
  name: string;
  /** IANA time zone, e.g. `America/Phoenix`. */
  zone: string;
  /** For delivery partners that have chosen cities. */
  city?: string | undefined;
  position: Position;
  hours: OpeningHours;
  /** Said by operations in an act of its own; what applies the mall leaves it alone. */
  state: MallState;
  /** When it closes today, while it closes early. */
  closesAt?: Instant;
  /** When a pause ends, where that is known. */
  reopensAt?: Instant;
  stateReason?: string;
  /** How long stores have to confirm an order. */
  confirmWithinMinutes: number;
  /** From a store to the kerb; also the last stretch of the order cut-off. */
  walkMinutes: number;
  /** How long drives take here, in percent of what the straight line says; 100 unless set. */
  drivePercent?: number | undefined;
  deliveryRadiusMetres: number;
  /** Flat in this version; in the mall's currency. */
  feeCents: number;
  currency: string;
  pay: PayRates;
  /** 100.00 unless set. */
  tipCapCents?: number | undefined;
  pickupPoints: PickupPoint[];
  /** Who carries where no retailer has said so; the operator's own network unless set. */
  providers?: ProviderChoice | undefined;
}

/** What a driver earns for a run; what is not set pays nothing. */
export interface PayRates {
  baseCents: number;
  perStopCents: number;
  perReturnCents: number;
  /** For the way that the offer names. */
  perKmCents?: number | undefined;
  /** For waiting at a counter or door, beyond the grace period. */
  perWaitingMinuteCents?: number | undefined;
  waitingGraceMinutes?: number | undefined;
  /** Of one wait, no more is paid. */
  waitingCapMinutes?: number | undefined;
  /** The most that surge may make of base, stops and way, in percent of them. */
  surgeMaxPercent?: number | undefined;
}

export interface PickupPoint {
  id: string;
  name: string;
  kind: 'entrance' | 'kerb' | 'desk' | 'after_hours_door';
  position: Position;
  note?: string | undefined;
  parkingLimitMinutes?: number | undefined;
}

export interface Store {
  id: StoreId;
  retailerId: RetailerId;
  mallId: MallId;
  name: string;
  level: string;
  position: Position;
  /** Where drivers find the counter. */
  frontNote?: string | undefined;
  hours: OpeningHours;
  prepMinutes: number;
  pickupPointId?: string | undefined;
}

export interface Retailer extends Keeper {
  id: RetailerId;
  name: string;
  /** Who may carry for it; whoever the mall has unless set. */
  providers?: ProviderChoice | undefined;
}

export interface Channel extends Keeper {
  id: ChannelId;
  name: string;
}

/** What a person may act as; bound to the subject of their token, never read from its claims. */
export type Role =
  | { kind: 'operations' }
  | { kind: 'store'; storeId: StoreId }
  | { kind: 'driver'; driverId: DriverId };

/** Somebody, or a device of a store, who may act here. */
export interface Person {
  /** `sub` of their tokens; of a device its own id. */
  subject: string;
  role: Role;
  /** Active unless said otherwise. */
  status?: 'active' | 'suspended';
  name?: string;
  email?: string;
  device?: Device;
}

/** A tablet that signs its own tokens. */
export interface Device {
  publicKey: DevicePublicKey;
  pairedAt: Instant;
  /** Subject of whoever made the code. */
  pairedBy: string;
}

/** A JSON Web Key (RFC 7517) of ECDSA on P-256. */
export interface DevicePublicKey {
  kty: 'EC';
  crv: 'P-256';
  x: string;
  y: string;
}
