import type { Mall } from '../domain/directory.ts';
import { asId, type DriverId, type MallId, type OfferId, type OrderId } from '../domain/ids.ts';
import { closingOfOrder, isForgotten } from '../domain/mall-state.ts';
import { sleeps } from '../domain/next-day.ts';
import { type Order, openPickups, wantsDriver } from '../domain/order.ts';
import { isLateAtStore, isLateForDriver, needsOperations } from '../domain/patience.ts';
import { isRejection, type Rejection, reject } from '../domain/rejection.ts';
import { decideForOrder, type Situation } from '../domain/situation.ts';
import { epochMs, type Instant, plusMinutes, secondsBetween } from '../domain/time.ts';
import { act } from './act.ts';
import type { Database } from './database.ts';
import { allMalls } from './directory-reader.ts';
import { eachOf } from './each-of.ts';
import { openOrderKeys } from './operations.ts';
import type { Nudges, Workflow } from './ports.ts';
import { askAgain, unpublishedOrders } from './publication.ts';
import { dataOf, keys, lists, orderIdOf } from './records.ts';
import { isInLine, resumeOrder, type StoredWait, storedWait } from './resume.ts';
import { load, unknown } from './situations.ts';

export interface SweepPorts {
  database: Database;
  workflow: Workflow;
  nudges: Nudges;
}

/** What the streams should have done by now is done again here: the second, independent net. */
const graceMinutes = 2;
/** An order that has not moved for so long is asked for its execution; then again after as long. */
const probeEveryMinutes = 10;
/** Overdue waits that are looked at in one pass, the longest overdue first. */
const overdueWaits = 100;
const waitsPerPage = 1000;
/** Each look waits for tables far longer than it computes. */
const looksAtOnce = 16;
const ordersPerRead = 100;
/** The golden ratio: steps of this share of a circle come near every point of it soonest. */
const goldenShare = (Math.sqrt(5) - 1) / 2;

export interface SweepOutcome {
  /** Open orders that were looked at, of so many there are. */
  seen: number;
  open: number;
  /** Waits completed that the streams had left. */
  resumed: number;
  /** Executions that had closed before their order was settled, started again. */
  restarted: OrderId[];
  offersExpired: number;
  mallsNudged: number;
  /** Orders whose closing followed that of their mall. */
  closingsMoved: number;
  /** Orders of which the operator's bus is asked again to take events. */
  publishedAgain: number;
  /** Orders with events that the bus has not taken, a hundred at most. */
  unpublished: number;
  waitsOverdue: number;
  /** Of those that were looked at. */
  waiting: Record<'forDriver' | 'lateAtStore' | 'lateForDriver' | 'forOperations', number>;
  mallsPaused: number;
  failed: { orderId: string; error: string }[];
}

/**
 * Once a minute: every open order that has not moved for a while is brought into line with its executions, one whose
 * execution has failed gets another, offers whose time is up are expired, blocks that are over are settled, and malls
 * with orders that want a driver get a dispatch tick. Once `isTimeUp` answers yes, what is left waits for the next
 * minutes: each begins elsewhere, so that where one pass gets through a third of the orders, every order has been looked
 * at after six.
 */
export async function sweep(ports: SweepPorts, now: Instant, isTimeUp = () => false): Promise<SweepOutcome> {
  const { database, nudges } = ports;
  const outcome: SweepOutcome = {
    seen: 0,
    open: 0,
    resumed: 0,
    restarted: [],
    offersExpired: 0,
    mallsNudged: 0,
    closingsMoved: 0,
    publishedAgain: await askAgain(ports.database, now),
    unpublished: await unpublishedOrders(ports.database),
    waitsOverdue: 0,
    waiting: { forDriver: 0, lateAtStore: 0, lateForDriver: 0, forOperations: 0 },
    mallsPaused: 0,
    failed: [],
  };
  const malls = new Map((await allMalls(database)).map((mall) => [mall.id, mall]));
  outcome.mallsPaused = [...malls.values()].filter((mall) => isForgotten(mall, now)).length;
  const open = rotated(await openOrderKeys(database, [...malls.keys()].sort()), now);
  outcome.open = open.length;
  const waits = await storedWaits(database);
  const overdue = ordersWithOverdueWait(waits, now);
  outcome.waitsOverdue = overdue.size;
  const attend = async (orderId: OrderId, work: () => Promise<void>) => {
    // One poisonous order must not keep the others from being swept.
    await work().catch((error) => outcome.failed.push({ orderId, error: String(error) }));
  };
  const wanting = new Set<MallId>();
  const look = async (order: Order) => {
    outcome.seen += 1;
    // One that is settled is in the list for operations alone.
    if (order.settledAt) return;
    countWaiting(outcome.waiting, order, now);
    if (wantsDriver(order) && !order.offerId && !sleeps(order, now)) wanting.add(order.mallId);
    await attend(order.id, async () => {
      if (await followClosing(ports, order, malls.get(order.mallId), now)) outcome.closingsMoved += 1;
    });
    const wasOverdue = overdue.delete(order.id);
    const quietMinutes = Math.floor(secondsBetween(order.updatedAt, now) / 60);
    if (quietMinutes < graceMinutes) return;
    await attend(order.id, async () => {
      const probe = wasOverdue || quietMinutes % probeEveryMinutes === 0;
      if (!probe && isInLine(order, waits.get(order.id) ?? [])) return;
      const { completed, execution } = await resumeOrder(ports, order.id, { probe });
      outcome.resumed += completed;
      if (execution === 'closed' && (await restart(ports, order, now))) outcome.restarted.push(order.id);
    });
  };
  for (let first = 0; first < open.length && !isTimeUp(); first += ordersPerRead) {
    const items = await database.getMany(open.slice(first, first + ordersPerRead));
    await eachOf(
      items.map((item) => dataOf<Order>(item)),
      looksAtOnce,
      look,
    );
  }
  // Those of orders that are settled, stored late by an execution that another has taken over from, or not reached.
  await eachOf([...overdue], looksAtOnce, (orderId) =>
    attend(orderId, async () => {
      outcome.resumed += (await resumeOrder(ports, orderId)).completed;
    }),
  );
  const due = await database.queryIndex({
    table: 'fleet',
    index: 'due',
    pk: lists.dueInFleet,
    until: plusMinutes(now, -1),
    limit: 100,
  });
  for (const pk of new Set(due.keys.map((key) => key.pk))) {
    const [kind, id = ''] = pk.split(/#(.*)/);
    if (kind === 'DRIVER') await nudges.endBlocks(asId<DriverId>(id), now);
    else {
      await nudges.expireOffer({ id: asId<OfferId>(id), expiresAt: now }, now);
      outcome.offersExpired += 1;
    }
  }
  for (const mallId of wanting) {
    await nudges.dispatch(mallId, now, 'soon');
    outcome.mallsNudged += 1;
  }
  return outcome;
}

function countWaiting(waiting: SweepOutcome['waiting'], order: Order, now: Instant): void {
  if (wantsDriver(order)) waiting.forDriver += 1;
  if (isLateAtStore(order, now)) waiting.lateAtStore += 1;
  if (isLateForDriver(order, now)) waiting.lateForDriver += 1;
  if (needsOperations(order, now)) waiting.forOperations += 1;
}

/** The same list, beginning elsewhere each minute; nothing has to be remembered for it. */
function rotated<T>(list: readonly T[], now: Instant): T[] {
  const turns = Math.floor(epochMs(now) / 60_000) * goldenShare;
  const start = Math.floor((turns % 1) * list.length);
  return [...list.slice(start), ...list.slice(0, start)];
}

/** The mall carries its state; each order whose closing is another follows by a decision of its own. */
async function followClosing(
  { database }: SweepPorts,
  seen: Order,
  mall: Mall | undefined,
  now: Instant,
): Promise<boolean> {
  if (!mall || openPickups(seen).length === 0 || closingOfOrder(seen, mall) === seen.closesAt) return false;
  const outcome = await act(database, null, now, {
    load: () => orderAlone(database, seen.id),
    decide: (situation) => {
      const closesAt = closingOfOrder(situation.orders[0]!, mall);
      return decideForOrder(situation, seen.id, { type: 'move_closing', closesAt }, now);
    },
    reply: () => ({ status: 200, body: null }),
  });
  return !isRejection(outcome);
}

/** Whoever carries the order is not concerned, and the sweeper has no access to them. */
async function orderAlone(database: Database, orderId: OrderId): Promise<Situation | Rejection> {
  const order = await load<Order>(database.get(keys.order(orderId)));
  return order ? { orders: [order], offer: null, run: null, driver: null } : unknown('order', orderId);
}

/**
 * Every wait there is, the longest due first, by its order. One reading for all: an order that waits as it should, as
 * nearly all do, then costs no reading of its own.
 */
async function storedWaits(database: Database): Promise<Map<OrderId, StoredWait[]>> {
  const waits = new Map<OrderId, StoredWait[]>();
  let cursor: string | undefined;
  do {
    const page = await database.queryIndex({
      table: 'orders',
      index: 'due',
      pk: lists.waits,
      limit: waitsPerPage,
      ...(cursor !== undefined && { cursor }),
    });
    for (const { pk, sk, at } of page.keys) {
      const orderId = orderIdOf(pk);
      waits.set(orderId, [...(waits.get(orderId) ?? []), storedWait(sk, at)]);
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
  return waits;
}

function ordersWithOverdueWait(waits: Map<OrderId, StoredWait[]>, now: Instant): Set<OrderId> {
  const latest = plusMinutes(now, -graceMinutes);
  const late = [...waits].filter(([, [first]]) => first!.dueAt <= latest).map(([orderId]) => orderId);
  return new Set(late.slice(0, overdueWaits));
}

/**
 * Another execution for an order whose last one closed too early. The pause before it doubles each time; after the
 * last, a person has to look. Answers whether there is one more.
 */
async function restart({ database, workflow }: SweepPorts, seen: Order, now: Instant): Promise<boolean> {
  const pauseMinutes = graceMinutes * 2 ** (seen.workflowGeneration - 1);
  if (now < plusMinutes(seen.updatedAt, pauseMinutes)) return false;
  const outcome = await act(database, null, now, {
    load: async () => {
      const situation = await orderAlone(database, seen.id);
      if (isRejection(situation)) return situation;
      const order = situation.orders[0]!;
      if (order.workflowGeneration !== seen.workflowGeneration) {
        return reject('decision_not_possible', `Order ${order.id} has another execution by now.`, 'Look again later.');
      }
      return situation;
    },
    decide: (situation) => decideForOrder(situation, seen.id, { type: 'restart_workflow', by: 'sweeper' }, now),
    reply: ({ situation }) => ({ status: 200, body: situation.orders[0] }),
  });
  if (isRejection(outcome)) return false;
  const order = outcome.body as Order;
  if (order.workflowGeneration === seen.workflowGeneration) return false;
  await workflow.start(order);
  return true;
}
