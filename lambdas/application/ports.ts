import type { AddressCandidate } from '../domain/address.ts';
import type { Role } from '../domain/directory.ts';
import type { PublicEvent } from '../domain/events.ts';
import type { Offer } from '../domain/fleet.ts';
import type { ApplicationId, DriverId, MallId } from '../domain/ids.ts';
import type { Order } from '../domain/order.ts';
import type { Position } from '../domain/position.ts';
import type { Instant } from '../domain/time.ts';
import type { Drive } from '../domain/travel.ts';
import type { WaitResult } from '../domain/waits.ts';
import type { Tick } from './dispatch.ts';

export type { Database } from './database.ts';

/** Addresses cannot be looked up just now. */
export class GeocoderUnavailable extends Error {
  constructor(cause: unknown) {
    super('Addresses cannot be looked up just now.', { cause });
    this.name = 'GeocoderUnavailable';
  }
}

/**
 * Finds what an address may mean, the likeliest first; none when nothing is like it. Each search is paid for. Throws
 * `GeocoderUnavailable` when nobody answers.
 */
export interface Geocoder {
  search(address: string, near: Position): Promise<AddressCandidate[]>;
}

/** The routing service did not answer in time, refused, or is not to be asked more often. */
export class RoutesUnavailable extends Error {
  constructor(cause: unknown) {
    super('Nobody says how long a drive takes just now.', { cause });
    this.name = 'RoutesUnavailable';
  }
}

/** How one drives on streets. Each drive is paid for, however many are asked for at once. */
export interface Routes {
  /**
   * From one place to each of the others, in their order, leaving at `departAt`; null where no road leads. One request.
   * Throws `RoutesUnavailable` when nobody answers.
   */
  drives(from: Position, to: readonly Position[], departAt: Instant): Promise<(Drive | null)[]>;
}

export const uploadLinkMinutes = 15;

/** Signed links to proofs of delivery; both expire after minutes. */
export interface ProofStore {
  uploadUrl(key: string, contentType: string): Promise<string>;
  viewUrl(key: string): Promise<string>;
  /** Whether it has been uploaded. */
  has(key: string): Promise<boolean>;
}

/** Takes proofs away for good; answers how many there were. */
export interface ProofEraser {
  eraseBelow(prefix: string): Promise<number>;
}

/** Ticks of dispatch, kept for some days so that any of them can be played again. */
export interface TickStore {
  keep(tick: Tick): Promise<void>;
}

/** Encrypts the signing secrets of API keys under the deployment's own key. */
export interface SecretBox {
  seal(secret: Uint8Array, keyId: string): Promise<string>;
  open(sealed: string, keyId: string): Promise<Uint8Array>;
}

/** The workflow engine. A task that timed out or is unknown counts as done. */
export interface Workflow {
  /**
   * Starts the execution of the order's generation. One that runs already stays as it is, so this also tells whether
   * it runs: `closed` when it has ended, in whatever way.
   */
  start(order: Order): Promise<'running' | 'closed'>;
  complete(token: string, result: WaitResult): Promise<void>;
  deadlineChanged(token: string, result: Pick<WaitResult, 'deadlines'>): Promise<void>;
}

/** What the workflow engine says of its executions. */
export interface Executions {
  /** The names of those that run; one that has just begun or ended may be told wrongly. */
  running(): Promise<Set<string>>;
}

/** Messages to the rest of the system; sent by the relay and the sweeper, never by a request. */
export interface Nudges {
  dispatch(mallId: MallId, now: Instant, urgency: 'soon' | 'now'): Promise<void>;
  expireOffer(offer: Pick<Offer, 'id' | 'expiresAt'>, now: Instant): Promise<void>;
  /** Of this driver a block is over, or was not begun in time. */
  endBlocks(driverId: DriverId, now: Instant): Promise<void>;
}

/** The operator's own bus. */
export interface EventBus {
  /** Answers those that the bus has not taken; it never throws. In no order. */
  publish(events: readonly PublicEvent[]): Promise<readonly PublicEvent[]>;
}

/** Where people sign in. */
export interface Identities {
  /** Makes an identity, or finds it again, and has a first password sent to it. Gives the subject of its tokens. */
  invite(kind: Role['kind'], email: string): Promise<string>;
}

/** Who somebody is that a check is made of. */
export interface Candidate {
  applicationId: ApplicationId;
  name: string;
  email: string;
  phone: string;
}

/** Whoever looks into the past of people who want to drive. */
export interface BackgroundChecks {
  /**
   * Orders a check, once for an application however often it is asked for. Gives the reference by which whoever made it
   * finds it again; null where operations order checks themselves, wherever they do so.
   */
  order(candidate: Candidate): Promise<string | null>;
}

/** Identifiers and secrets; seeded in tests. */
export interface Randomness {
  /** `<prefix>_` and 26 characters of Crockford's base 32, sortable by time. */
  id(prefix: string, now: Instant): string;
  /** `digits` decimal digits. */
  digits(digits: number): string;
  /** 128 bits, base64url: a capability. */
  capability(): string;
  bytes(length: number): Uint8Array;
}
