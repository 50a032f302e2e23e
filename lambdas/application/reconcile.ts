import type { Driver, Run } from '../domain/fleet.ts';
import type { ChannelId, MallId, OrderId } from '../domain/ids.ts';
import { hasEnded, type Order } from '../domain/order.ts';
import { type Mismatch, mismatchesOf } from '../domain/reconcile.ts';
import { type Instant, plusMinutes } from '../domain/time.ts';
import { CommitRefused, type Database, type Item } from './database.ts';
import { allMalls, storesOfMall } from './directory-reader.ts';
import { openOrderKeys } from './operations.ts';
import type { Executions } from './ports.ts';
import { dataOf, keys, lists, orderIdOf } from './records.ts';
import { executionName } from './views.ts';

export interface ReconcilePorts {
  database: Database;
  executions: Executions;
}

export interface Reconciliation {
  /** Orders that were looked at. */
  orders: number;
  /** What disagrees, seen twice. */
  found: { orderId: OrderId; what: Mismatch[] }[];
  /** Malls whose turn has to wait for the next time. */
  left: MallId[];
}

/** Up to where a mall has been reconciled. */
interface Progress extends Item {
  at: Instant;
  /** Orders that were open then, or had just moved: they are looked at once more, whatever has become of them. */
  open: OrderId[];
  /** Whose orders there were. */
  channels?: ChannelId[];
}

const ordersPerRead = 100;
/** An item holds 400 KB; the oldest of more are looked at when they have ended by nobody. */
const mostRemembered = 8_000;
/** What streams and the sweeper may need to bring an order into line. */
const graceMinutes = 5;
const firstLookBackMinutes = 24 * 60;

/**
 * Holds each order that is open, or has ended since the last time, against its execution, run, driver and money. What
 * disagrees is read again before it counts, as the records of one order are read one after the other. Malls that were
 * reconciled longest ago come first; once `isTimeUp` says so, the rest keep their place for the next time.
 */
export async function reconcile(ports: ReconcilePorts, now: Instant, isTimeUp = () => false): Promise<Reconciliation> {
  const { database } = ports;
  const outcome: Reconciliation = { orders: 0, found: [], left: [] };
  const malls = (await allMalls(database)).map(({ id }) => id);
  const known = await Promise.all(malls.map(async (id) => [id, await progressOf(database, id)] as const));
  const byAge = known.sort(([, one], [, other]) => ((one?.at ?? '') < (other?.at ?? '') ? -1 : 1));
  const running = await ports.executions.running();
  for (const [mallId, before] of byAge) {
    if (isTimeUp()) {
      outcome.left.push(mallId);
      continue;
    }
    const open = await openOrderKeys(database, [mallId]);
    const openIds = open.map(({ pk }) => orderIdOf(pk));
    const since = before?.at ?? plusMinutes(now, -firstLookBackMinutes);
    const ids = new Set([...openIds, ...(before?.open ?? []), ...(await placedSince(database, mallId, since))]);
    const { found, tooFresh, channels } = await disagreeing(ports, [...ids], running, now);
    const seenAgain = found.length === 0 ? [] : await secondLook(ports, found, now);
    outcome.orders += ids.size - tooFresh.length;
    outcome.found.push(...seenAgain);
    const again = [...new Set([...openIds, ...tooFresh])];
    const seen = [...new Set([...(before?.channels ?? []), ...channels])];
    await remember(database, mallId, { at: now, open: again.slice(-mostRemembered), channels: seen }, before);
  }
  return outcome;
}

async function secondLook(ports: ReconcilePorts, suspects: Reconciliation['found'], now: Instant) {
  const running = await ports.executions.running();
  const { found: again } = await disagreeing(
    ports,
    suspects.map(({ orderId }) => orderId),
    running,
    now,
  );
  return again.flatMap(({ orderId, what }) => {
    const before = suspects.find((suspect) => suspect.orderId === orderId)!.what;
    const both = what.filter((mismatch) => before.includes(mismatch));
    return both.length > 0 ? [{ orderId, what: both }] : [];
  });
}

async function disagreeing(
  { database }: ReconcilePorts,
  ids: readonly OrderId[],
  running: ReadonlySet<string>,
  now: Instant,
): Promise<{ found: Reconciliation['found']; tooFresh: OrderId[]; channels: ChannelId[] }> {
  const found: Reconciliation['found'] = [];
  const tooFresh: OrderId[] = [];
  const channels: ChannelId[] = [];
  for (let first = 0; first < ids.length; first += ordersPerRead) {
    const items = await database.getMany(ids.slice(first, first + ordersPerRead).map(keys.order));
    const all = items.map((item) => dataOf<Order>(item));
    const isSettledDown = ({ updatedAt }: Order) => updatedAt <= plusMinutes(now, -graceMinutes);
    const orders = all.filter(isSettledDown);
    channels.push(...all.map(({ channelId }) => channelId));
    tooFresh.push(...all.filter((order) => !isSettledDown(order)).map(({ id }) => id));
    const runs = await byId<Run>(
      database,
      orders.map(({ carriage }) => carriage && keys.run(carriage.runId)),
    );
    const drivers = await byId<Driver>(
      database,
      orders.map((order) => (hasEnded(order) ? null : order.carriage && keys.driver(order.carriage.driverId))),
    );
    for (const order of orders) {
      const { runId, driverId } = order.carriage ?? {};
      const what = mismatchesOf({
        order,
        run: (runId && runs.get(runId)) || null,
        driver: (driverId && drivers.get(driverId)) || null,
        runs: running.has(executionName(order)),
      });
      if (what.length > 0) found.push({ orderId: order.id, what });
    }
  }
  return { found, tooFresh, channels };
}

async function byId<T extends { id: string }>(
  database: Database,
  wanted: readonly (ReturnType<typeof keys.run> | null)[],
): Promise<Map<string, T>> {
  const each = new Map(wanted.flatMap((key) => (key ? [[key.pk, key] as const] : [])));
  const items = await database.getMany([...each.values()]);
  return new Map(items.map((item) => [dataOf<T>(item).id, dataOf<T>(item)]));
}

/** Orders of the mall that were placed since then, as its stores' lists have them. */
async function placedSince(database: Database, mallId: MallId, since: Instant): Promise<OrderId[]> {
  const found: OrderId[] = [];
  for (const { id } of await storesOfMall(database, mallId)) {
    let cursor: string | undefined;
    do {
      const page = await database.queryIndex({
        table: 'orders',
        index: 'lists',
        pk: lists.pickupsOfStore(id),
        since,
        limit: 1000,
        ...(cursor && { cursor }),
      });
      found.push(...page.keys.map(({ pk }) => orderIdOf(pk)));
      cursor = page.cursor;
    } while (cursor);
  }
  return found;
}

async function progressOf(database: Database, mallId: MallId): Promise<Progress | null> {
  return (await database.get(keys.reconciliation(mallId))) as Progress | null;
}

async function remember(
  database: Database,
  mallId: MallId,
  progress: Pick<Progress, 'at' | 'open' | 'channels'>,
  before: Progress | null,
): Promise<void> {
  const { pk, sk } = keys.reconciliation(mallId);
  const version = (before?.version ?? 0) + 1;
  const put = {
    kind: 'put' as const,
    table: 'requests' as const,
    item: { pk, sk, version, ...progress },
    ifVersion: before?.version ?? ('absent' as const),
  };
  await database.commit([put]).catch((error: unknown) => {
    // The same hour twice at once: the other has looked as well.
    if (!(error instanceof CommitRefused)) throw error;
  });
}
