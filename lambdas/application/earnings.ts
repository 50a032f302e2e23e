import type { Driver, PayLine, Run } from '../domain/fleet.ts';
import type { DriverId } from '../domain/ids.ts';
import { payTotalCents } from '../domain/pay.ts';
import type { Guarantee } from '../domain/shift-block.ts';
import type { Instant } from '../domain/time.ts';
import type { Database, Item } from './database.ts';
import { findMall } from './directory-reader.ts';
import { dataOf, keys, lists, type TipShareRecord } from './records.ts';
import { load } from './situations.ts';

export interface EarningsQuery {
  from?: Instant | undefined;
  to?: Instant | undefined;
  limit: number;
  cursor?: string | undefined;
}

/** What a driver was paid for at one time, with each line of it. */
interface Earned {
  id: string;
  kind: 'run' | 'tip' | 'guarantee';
  at: Instant;
  amountCents: number;
  currency: string;
  lines: (Omit<PayLine, 'kind'> & { kind: string; orderId?: string })[];
  runId?: string;
  /** Whose driver it was; nothing of the operator's own network. */
  providerId?: string | undefined;
  blockId?: string;
  status?: Run['status'];
}

/** Newest first: runs by when they were accepted, tips by when they were given, guarantees by when their block was over. */
export async function listEarnings(
  database: Database,
  driverId: DriverId,
  { from, to, limit, cursor }: EarningsQuery,
  now: Instant,
): Promise<object> {
  const zone = zoneOf(database, driverId);
  const page = await database.queryIndex({
    table: 'fleet',
    index: 'lists',
    pk: lists.earningsOfDriver(driverId),
    newestFirst: true,
    limit,
    ...(from && { since: from }),
    ...(to && { until: to }),
    ...(cursor && { cursor }),
  });
  const items = await database.getMany(page.keys);
  return { now, zone: await zone, data: items.map(earnedOf), nextCursor: page.cursor ?? null };
}

async function zoneOf(database: Database, driverId: DriverId): Promise<string | null> {
  const driver = await load<Driver>(database.get(keys.driver(driverId)));
  const mall = driver && (await findMall(database, driver.mallId));
  return mall?.zone ?? null;
}

function earnedOf(item: Item): Earned {
  if (item.sk === 'RUN') {
    const run = dataOf<Run>(item);
    const { id, startedAt: at, currency, status, providerId, pay: lines } = run;
    return { id, kind: 'run', at, amountCents: payTotalCents(run), currency, lines, runId: id, providerId, status };
  }
  if (item.sk.startsWith('GUARANTEE#')) {
    const { blockId, until: at, amountCents, currency } = dataOf<Guarantee>(item);
    const lines = [{ key: 'guarantee', kind: 'guarantee', amountCents, at }];
    return { id: `block:${blockId}`, kind: 'guarantee', at, amountCents, currency, lines, blockId };
  }
  const { orderId, runId, amountCents, currency, at } = dataOf<TipShareRecord>(item);
  const lines = [{ key: 'tip', kind: 'tip', amountCents, orderId, at }];
  return { id: `tip:${orderId}`, kind: 'tip', at, amountCents, currency, lines, runId };
}
