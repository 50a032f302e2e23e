import type { OrderEvent } from '../domain/events.ts';
import type { FleetEvent } from '../domain/fleet.ts';
import type { DriverId, OrderId } from '../domain/ids.ts';
import { epochMs, type Instant } from '../domain/time.ts';
import type { RepeatableRequest } from './act.ts';
import { type Database, type Item, UnknownCursor, type Write } from './database.ts';
import { eventSortKey, keys } from './records.ts';

/** Who asked for an act, and in which request: the same id as in the access log. */
export interface Actor {
  kind: 'channel' | 'retailer' | 'store' | 'driver' | 'operations' | 'anyone';
  /** The channel, retailer, store or driver. */
  id?: string;
  /** The person or device behind it. */
  subject?: string;
  requestId: string;
}

export interface AuditEntry {
  recordedAt: Instant;
  /** By the clock of the device, where it said so. */
  occurredAt?: Instant;
  /** Null for what nobody did, as when a time is over. */
  by: Actor | null;
  /** The operation asked for, or the type of the event it led to. */
  act: string;
  /** Ids of what it was done to, by kind. */
  on: Record<string, string>;
}

/** Thirteen months: last year's season can be compared with this one's. */
const keptSeconds = 400 * 24 * 3600;

/** Whoever asks: what is restored from a backup has to be erased again, and here is what that was. */
const alwaysKept = 'eraseOrder';

/**
 * The entry of an act of operations, or of a device that is paired, to be committed with the act. Acts of stores and
 * drivers need none: each is an event, which keeps who did it.
 */
export function auditWrites(request: RepeatableRequest | null, now: Instant): Write[] {
  const by = request?.by;
  if (!by || (by.kind !== 'operations' && by.kind !== 'anyone' && request.operation !== alwaysKept)) return [];
  const data: AuditEntry = { recordedAt: now, by, act: request.operation, on: request.on ?? {} };
  const { pk, sk } = keys.audit(now, by.requestId);
  const expiresAt = Math.floor(epochMs(now) / 1000) + keptSeconds;
  return [{ kind: 'put', table: 'requests', item: { pk, sk, data, expiresAt }, ifVersion: 'any' }];
}

/** The orders that were erased since then, as somebody asked; each once. */
export async function erasedSince(database: Database, since: Instant): Promise<OrderId[]> {
  const { table, pk } = keys.audit(since, '');
  const items = await database.query({ table, pk, after: since });
  const entries = items.map(({ data }) => data as AuditEntry).filter(({ act }) => act === alwaysKept);
  return [...new Set(entries.flatMap(({ on }) => (on.orderId ? [on.orderId as OrderId] : [])))];
}

export interface AuditQuery {
  orderId?: string | undefined;
  driverId?: string | undefined;
  limit: number;
  cursor?: string | undefined;
}

/** Acts of operations, newest first; or everything that was done to an order or a driver, in its order. */
export async function listAudit({ database }: { database: Database }, query: AuditQuery): Promise<object> {
  const { limit } = query;
  const items = await read(database, query);
  const page = items.slice(0, limit);
  const last = page.at(-1);
  return {
    data: page.map(entryOf),
    nextCursor: items.length > limit && last ? Buffer.from(last.sk).toString('base64url') : null,
  };
}

function read(database: Database, { orderId, driverId, limit, cursor }: AuditQuery): Promise<Item[]> {
  const onThing = orderId !== undefined || driverId !== undefined;
  const from = cursor === undefined ? undefined : placeOf(cursor, onThing ? /^EVENT#\d{6,9}$/ : /^\d{4}-\S{1,200}$/);
  if (!onThing) {
    const { pk } = keys.audit('' as Instant, '');
    const before = from && { before: from };
    return database.query({ table: 'requests', pk, newestFirst: true, limit: limit + 1, ...before });
  }
  const subject = orderId === undefined ? keys.driver(driverId as DriverId) : keys.order(orderId as OrderId);
  const after = from ?? eventSortKey(0);
  return database.query({ table: subject.table, pk: subject.pk, prefix: 'EVENT#', after, limit: limit + 1 });
}

/** Cursors come back from callers, so anything may be in one. */
function placeOf(cursor: string, form: RegExp): string {
  const place = Buffer.from(cursor, 'base64url').toString();
  if (!form.test(place)) throw new UnknownCursor();
  return place;
}

function entryOf({ data, by, pk }: Item): AuditEntry {
  if (pk === 'AUDIT') return data as AuditEntry;
  const event = data as OrderEvent | FleetEvent;
  const on: Record<string, string> =
    'orderId' in event ? { orderId: event.orderId } : { [`${event.subject.kind}Id`]: event.subject.id };
  return {
    recordedAt: event.recordedAt,
    ...('occurredAt' in event && { occurredAt: event.occurredAt }),
    by: (by as Actor | undefined) ?? null,
    act: event.type,
    on,
  };
}
