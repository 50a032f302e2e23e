import { type OrderEvent, publicEvent } from '../domain/events.ts';
import type { OrderId } from '../domain/ids.ts';
import type { Order } from '../domain/order.ts';
import { type Instant, plusMinutes } from '../domain/time.ts';
import { CommitRefused, type Database, type Item, type Write } from './database.ts';
import type { EventBus } from './ports.ts';
import { eventSortKey, keys, lists, orderEventOf } from './records.ts';
import { load } from './situations.ts';

export interface PublicationPorts {
  database: Database;
  /** Null where the operator has turned it off. */
  bus: EventBus | null;
}

/** What the bus has not taken of an order: kept beside it until it has, so that nothing else has to wait. */
interface Unpublished extends Item {
  sequences: number[];
  /** How often the bus was asked in vain. */
  failures: number;
  /** When the sweeper asked for another attempt; null while none is due. */
  askedAt: Instant | null;
}

const longestPauseMinutes = 60;

/** Puts events of one order on the bus. What the bus does not take is left to the sweeper: the writes say so. */
export async function publish(
  { database, bus }: PublicationPorts,
  order: Order | null,
  events: readonly OrderEvent[],
  now: Instant,
): Promise<Write[]> {
  if (!bus || !order) return [];
  const refused = await bus.publish(events.map((event) => publicEvent(event, order)));
  if (refused.length === 0) return [];
  const known = await find(database, order.id);
  return [putAside(order.id, [...(known?.sequences ?? []), ...refused.map(({ sequence }) => sequence)], known, now)];
}

/** Another attempt with what the bus has not taken, if one was asked for. */
export async function publishAgain(
  { database, bus }: PublicationPorts,
  orderId: OrderId,
  now: Instant,
): Promise<number> {
  const late = await find(database, orderId);
  if (!late?.askedAt) return 0;
  const order = await load<Order>(database.get(keys.order(orderId)));
  const { pk, sk } = keys.unpublished(orderId);
  const after = eventSortKey(Math.min(...late.sequences) - 1);
  const items = await database.query({ table: 'orders', pk, prefix: 'EVENT#', after });
  const events = items.map(orderEventOf).filter(({ sequence }) => late.sequences.includes(sequence));
  const refused = bus && order ? await bus.publish(events.map((event) => publicEvent(event, order))) : [];
  const left = refused.map(({ sequence }) => sequence);
  await unlessOutdated(
    database.commit([
      left.length > 0
        ? putAside(orderId, left, late, now)
        : { kind: 'delete', table: 'orders', pk, sk, if: { attribute: 'askedAt', equals: late.askedAt } },
    ]),
  );
  return events.length - left.length;
}

/** The sweeper's part: asks for another attempt wherever one is due, by a write that the relay hears of. */
export async function askAgain(database: Database, now: Instant): Promise<number> {
  const due = await database.queryIndex({
    table: 'orders',
    index: 'due',
    pk: lists.unpublished,
    until: now,
    limit: 100,
  });
  for (const key of due.keys) {
    const late = (await database.get(key)) as Unpublished | null;
    if (!late) continue;
    const next: Unpublished = {
      ...late,
      askedAt: now,
      dueSk: pauseAfter(late.failures, now),
      version: late.version! + 1,
    };
    await unlessOutdated(database.commit([{ kind: 'put', table: 'orders', item: next, ifVersion: late.version! }]));
  }
  return due.keys.length;
}

/** How many orders have events that the bus has not taken; a hundred at most. */
export async function unpublishedOrders(database: Database): Promise<number> {
  const { keys: found } = await database.queryIndex({
    table: 'orders',
    index: 'due',
    pk: lists.unpublished,
    limit: 100,
  });
  return found.length;
}

/** Somebody else was at it meanwhile; whatever they left is due again later. */
async function unlessOutdated(commit: Promise<void>): Promise<void> {
  await commit.catch((error: unknown) => {
    if (!(error instanceof CommitRefused)) throw error;
  });
}

async function find(database: Database, orderId: OrderId): Promise<Unpublished | null> {
  return (await database.get(keys.unpublished(orderId))) as Unpublished | null;
}

function putAside(orderId: OrderId, sequences: number[], known: Unpublished | null, now: Instant): Write {
  const { pk, sk } = keys.unpublished(orderId);
  const failures = (known?.failures ?? 0) + 1;
  const item: Unpublished = {
    pk,
    sk,
    version: (known?.version ?? 0) + 1,
    sequences: [...new Set(sequences)].sort((a, b) => a - b),
    failures,
    askedAt: null,
    duePk: lists.unpublished,
    dueSk: pauseAfter(failures - 1, now),
  };
  return { kind: 'put', table: 'orders', item, ifVersion: known?.version ?? 'absent' };
}

/** One minute, then two, four and so on. */
function pauseAfter(failures: number, now: Instant): Instant {
  return plusMinutes(now, Math.min(longestPauseMinutes, 2 ** failures));
}
