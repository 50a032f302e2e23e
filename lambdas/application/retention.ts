import type { ChannelId, MallId, OrderId } from '../domain/ids.ts';
import { hasEnded, type Order } from '../domain/order.ts';
import { type Keeper, retentionCutOff, retentionDays } from '../domain/retention.ts';
import type { Instant } from '../domain/time.ts';
import { CommitRefused, type Database, type Item } from './database.ts';
import { allMalls, storesOfMall } from './directory-reader.ts';
import { eachOf } from './each-of.ts';
import { type ErasureFailure, type ErasurePorts, eraseKept } from './erasure.ts';
import { dataOf, keys, lists, orderIdOf } from './records.ts';

/** What came of one pass over everything that may have been kept long enough. */
export interface RetentionOutcome {
  erased: number;
  /** Kept too long, as something refuses. */
  failed: ErasureFailure[];
  /** Lists of orders whose turn has to wait for the next time. */
  left: string[];
}

/** A list of orders by when they were placed, and whose word on retention counts for all of them. */
interface KeptList {
  pk: string;
  keeper: Keeper;
}

/** How far a list has been gone through. */
interface Progress extends Item {
  /** Sort key of the last order in the list that was looked at. */
  upTo: string;
  /** Orders before it that were not over then, or could not be erased. */
  waiting: OrderId[];
}

const ordersPerPage = 100;
const ordersAtOnce = 8;
/** Where nothing can be erased at all, going on makes it no better; what is found later is found again. */
const mostWaiting = 1_000;

/**
 * Takes away what tells who the shopper is of every order that was kept long enough: by the retention of its channel
 * or of any retailer in it, whichever is the shortest. Nothing about this is kept with an order. Each channel's list,
 * and each store's, is gone through up to its own cut-off, and the first that comes to an order takes it; so what is
 * applied today counts for the orders of yesterday as well. What was stopped goes on where it was.
 */
export async function endRetention(
  ports: ErasurePorts,
  now: Instant,
  isTimeUp = () => false,
): Promise<RetentionOutcome> {
  const outcome: RetentionOutcome = { erased: 0, failed: [], left: [] };
  for (const list of await keptLists(ports.database)) {
    if (isTimeUp() || !(await goThrough(ports, list, now, outcome, isTimeUp))) outcome.left.push(list.pk);
  }
  return outcome;
}

/** Has the next pass go through all lists from their beginning: something may be there again that was gone. */
export async function beginRetentionAnew(database: Database): Promise<void> {
  for (const { pk } of await keptLists(database)) await database.commit([{ kind: 'delete', ...keys.retention(pk) }]);
}

/** Answers whether it came to the end of what is due. */
async function goThrough(
  ports: ErasurePorts,
  { pk, keeper }: KeptList,
  now: Instant,
  outcome: RetentionOutcome,
  isTimeUp: () => boolean,
): Promise<boolean> {
  const { database } = ports;
  const until = retentionCutOff(retentionDays(keeper), now);
  const before = (await database.get(keys.retention(pk))) as Progress | null;
  let version = before?.version;
  let { upTo, waiting } = before ?? { upTo: '', waiting: [] };
  waiting = await takeAway(ports, waiting, outcome);
  for (;;) {
    const { ids, isMore } = await placedAfter(database, pk, upTo, until);
    waiting = [...waiting, ...(await takeAway(ports, ids, outcome))];
    upTo = (await lastOf(database, ids)) ?? upTo;
    const moved = ids.length > 0 || waiting.join() !== (before?.waiting ?? []).join();
    if (moved && !(await remember(database, pk, { upTo, waiting }, version))) return true;
    if (!isMore) return true;
    if (isTimeUp() || waiting.length >= mostWaiting) return false;
    version = (version ?? 0) + 1;
  }
}

/** The next orders of the list; `until` may lie before where it was gone through to, if it was made longer since. */
async function placedAfter(database: Database, pk: string, upTo: string, until: Instant) {
  // Above that order's own sort key, and below the next.
  const since = upTo && `${upTo}~`;
  if (since > until) return { ids: [], isMore: false };
  const page = await database.queryIndex({
    table: 'orders',
    index: 'lists',
    pk,
    ...(since && { since }),
    until,
    limit: ordersPerPage,
  });
  return { ids: page.keys.map((key) => orderIdOf(key.pk)), isMore: page.cursor !== undefined };
}

/** Answers with those that have to wait: under way still, or refused. */
async function takeAway(ports: ErasurePorts, ids: readonly OrderId[], outcome: RetentionOutcome): Promise<OrderId[]> {
  const { database } = ports;
  const kept = await database.getMany(ids.map(keys.personal));
  const orders = await database.getMany(kept.map(({ pk }) => keys.order(orderIdOf(pk))));
  const waiting: OrderId[] = [];
  await eachOf(
    orders.map((item) => dataOf<Order>(item)),
    ordersAtOnce,
    async (order) => {
      if (!hasEnded(order)) {
        waiting.push(order.id);
        return;
      }
      try {
        await eraseKept(ports, order);
        outcome.erased += 1;
      } catch (error) {
        outcome.failed.push({ orderId: order.id, error: String(error) });
        waiting.push(order.id);
      }
    },
  );
  return waiting;
}

/** Every channel that has had an order, and every store. */
async function keptLists(database: Database): Promise<KeptList[]> {
  const malls = (await allMalls(database)).map(({ id }) => id);
  const channelIds = await channelsOf(database, malls);
  const channels = await keepers(database, channelIds.map(keys.channel));
  const stores = (await Promise.all(malls.map((id) => storesOfMall(database, id)))).flat();
  const retailers = await keepers(
    database,
    stores.map(({ retailerId }) => keys.retailer(retailerId)),
  );
  return [
    ...channelIds.map((id) => ({ pk: lists.ordersOfChannel(id), keeper: channels.get(keys.channel(id).pk) ?? {} })),
    ...stores.map(({ id, retailerId }) => ({
      pk: lists.pickupsOfStore(id),
      keeper: retailers.get(keys.retailer(retailerId).pk) ?? {},
    })),
  ];
}

/** No list has all channels, and none needs one: the reconciliation has seen each order of the last hour. */
async function channelsOf(database: Database, malls: readonly MallId[]): Promise<ChannelId[]> {
  const progress = await database.getMany(malls.map(keys.reconciliation));
  return [...new Set(progress.flatMap(({ channels = [] }) => channels as ChannelId[]))];
}

async function keepers(database: Database, wanted: Parameters<Database['getMany']>[0]): Promise<Map<string, Keeper>> {
  const each = [...new Map(wanted.map((key) => [key.pk, key])).values()];
  return new Map((await database.getMany(each)).map((item) => [item.pk, dataOf<Keeper>(item)]));
}

/** An index gives keys alone: where the last order stands in it, its own item tells. */
async function lastOf(database: Database, ids: readonly OrderId[]): Promise<string | undefined> {
  const last = ids.at(-1);
  const item = last && (await database.get(keys.order(last)));
  return item ? `${dataOf<Order>(item).placedAt}#${last}` : undefined;
}

/** False when another pass is at the same list: it goes on. */
async function remember(
  database: Database,
  list: string,
  progress: Pick<Progress, 'upTo' | 'waiting'>,
  version: number | undefined,
): Promise<boolean> {
  const { pk, sk } = keys.retention(list);
  const item: Progress = { pk, sk, version: (version ?? 0) + 1, ...progress };
  try {
    await database.commit([{ kind: 'put', table: 'requests', item, ifVersion: version ?? 'absent' }]);
    return true;
  } catch (error) {
    if (error instanceof CommitRefused) return false;
    throw error;
  }
}
