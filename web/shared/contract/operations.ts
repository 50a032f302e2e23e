import type { Eta, HandOverRecord, Line, MallStanding, Position } from './common.ts';

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
    /** Nothing of the operator's own network. */
    providerId?: string | undefined;
    /** It goes only in a vehicle like this. */
    vehicle?: string | undefined;
    providers?: { inOrder: string[]; fallbackAfterMinutes: number } | undefined;
    basketCents: number;
    feeCents: number;
    currency: string;
    version: number;
  };
  eta?: Eta | undefined;
  attention: { why: string; since: string } | null;
  carriage: { runId: string; driverId: string; providerId?: string | undefined; assignedAt: string } | null;
  /** Why nobody had been asked when its mall was last planned. */
  held: { why: string; driverId: string | null; passed?: { providerId: string; why: string }[] | undefined } | null;
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

export interface Mall extends MallStanding {
  id: string;
  name: string;
  zone: string;
  currency: string;
}

/** One of GET /v1/malls/{mallId}/blocks */
export interface Block {
  id: string;
  mallId: string;
  startsAt: string;
  endsAt: string;
  guaranteedCentsPerHour: number;
  currency: string;
  places: number;
  bookedBy: string[];
}
