import { loseDriver } from '../domain/decide-fleet.ts';
import type { Run } from '../domain/fleet.ts';
import { driverRecordOf, mismatchesOf } from '../domain/hand-over.ts';
import { asId, type MallId, type OrderId } from '../domain/ids.ts';
import { sleeps } from '../domain/next-day.ts';
import { type Order, openHandOver, wantsDriver } from '../domain/order.ts';
import type { OversightCommand } from '../domain/order-commands.ts';
import type { Rejection } from '../domain/rejection.ts';
import { decideForOrder } from '../domain/situation.ts';
import { type Instant, latest, secondsBetween } from '../domain/time.ts';
import { awaited, deadlines, type WaitKey } from '../domain/waits.ts';
import { type ActOutcome, act, type RepeatableRequest } from './act.ts';
import type { Database, Key } from './database.ts';
import { allMalls } from './directory-reader.ts';
import { etaFor, etasFor } from './eta.ts';
import { driverHandOversOf } from './hand-overs.ts';
import { heldOf } from './kept-plan.ts';
import { historyOf } from './ordering.ts';
import { dataOf, keys, lists } from './records.ts';
import { load, situationOfCarrier, situationOfOrder, unknown } from './situations.ts';
import { executionName, orderView, summary } from './views.ts';

export interface OperationsPorts {
  database: Database;
}

/** What an execution waits for, as its wait item says. */
export interface OpenWait {
  wait: WaitKey;
  generation: number;
  enteredAt: Instant;
  dueAt: Instant;
  execution: string;
}

/** How long each wait may last before it is worth a look, even though its deadline has not passed. */
const patienceSeconds: Record<WaitKey, number> = {
  storesConfirm: 5 * 60,
  storesGetReady: 45 * 60,
  findDriver: 10 * 60,
  driverCollects: 45 * 60,
  driverDelivers: 60 * 60,
  returnToStores: 90 * 60,
  operationsDecide: 0,
};

/** What waits too long, most urgent first: held, needing attention, expected late, or past its patience. */
export async function listWaiting(ports: OperationsPorts, mallId: string | undefined, now: Instant): Promise<object> {
  const rows = await openOrders(ports.database, mallId);
  const etas = await etasFor(ports.database, rows, now);
  const waiting = await Promise.all(
    rows.map(async (order) => {
      const waits = await waitsOf(ports.database, order.id);
      const overdue = waits.filter(
        ({ wait, enteredAt }) =>
          !sleeps(order, now) &&
          secondsBetween(latest(enteredAt, order.rescheduled?.opensAt ?? enteredAt), now) > patienceSeconds[wait] &&
          !awaited(wait, order, order.workflowGeneration),
      );
      const [mismatch] = mismatchesOf(order);
      const eta = etas.get(order.id);
      const long = eta?.promise === 'late' ? 'late_expected' : overdue.length > 0 ? 'waits_long' : null;
      const reason =
        order.status === 'held'
          ? openHandOver(order) && !order.attention
            ? 'hand_over'
            : 'held'
          : (order.attention?.why ?? (mismatch ? 'hand_over_mismatch' : long));
      const since = order.attention?.since ?? mismatch?.mismatchSince ?? waits[0]?.enteredAt ?? order.placedAt;
      return { order, waits, reason, since, eta };
    }),
  );
  return {
    now,
    data: waiting
      .filter(({ reason }) => reason !== null)
      .map(({ order, waits, reason, since, eta }) => ({
        ...summary(order, eta),
        reason,
        waits,
        ageSeconds: secondsBetween(since, now),
        secondsToPromise: secondsBetween(now, order.promise.by),
      }))
      .sort((a, b) => a.secondsToPromise - b.secondsToPromise),
  };
}

export async function listOpenOrders(
  ports: OperationsPorts,
  mallId: string | undefined,
  now: Instant,
): Promise<object> {
  const orders = await openOrders(ports.database, mallId);
  const etas = await etasFor(ports.database, orders, now);
  return { now, data: orders.map((order) => summary(order, etas.get(order.id))) };
}

/** One order whole: its view, events, waits with the execution behind them, and deadlines. */
export async function inspectOrder(
  ports: OperationsPorts,
  orderId: OrderId,
  now: Instant,
): Promise<object | Rejection> {
  const order = await load<Order>(ports.database.get(keys.order(orderId)));
  if (!order) return unknown('order', orderId);
  const [run, events, waits, eta, held] = await Promise.all([
    order.carriage ? load<Run>(ports.database.get(keys.run(order.carriage.runId))) : null,
    historyOf(ports.database, orderId),
    waitsOf(ports.database, orderId),
    etaFor(ports.database, order, now),
    wantsDriver(order) ? heldOf(ports.database, order, now) : null,
  ]);
  return {
    now,
    order: orderView(order),
    eta,
    attention: order.attention,
    carriage: order.carriage,
    held: held && { why: held.why, driverId: held.driverId, passed: held.passed },
    passedBy: order.passedBy ?? [],
    handOvers: handOversOf(order),
    driverHandOvers: driverHandOversOf(order),
    offerId: order.offerId,
    workflowGeneration: order.workflowGeneration,
    executionName: executionName(order),
    deadlines: deadlines(order),
    away: awayOf(order, run),
    waits,
    events,
  };
}

/** Where the driver said that they were at a stop, and the phone was elsewhere. */
function awayOf(order: Order, run: Run | null) {
  const arrived = (run?.stops ?? []).filter(({ orderIds }) => orderIds.includes(order.id));
  return [
    ...arrived.flatMap(({ kind, storeId, away, arrivedAt }) =>
      away ? [{ act: 'arrived' as const, stop: kind, storeId, ...away, at: arrivedAt }] : [],
    ),
    ...(order.door?.away
      ? [{ act: 'delivered' as const, stop: 'dropoff' as const, ...order.door.away, at: order.door.deliveredAt }]
      : []),
  ];
}

/** What both sides of each counter say, as far as they have said it. */
function handOversOf(order: Order) {
  return order.pickups
    .map((pickup) => ({
      storeId: pickup.storeId,
      storeName: pickup.storeName,
      store: pickup.storeRecord ?? null,
      driver: driverRecordOf(order, pickup),
      mismatchSince: pickup.mismatchSince,
    }))
    .filter(({ store, driver }) => store || driver);
}

/**
 * Takes the order, and the others of its run, from a driver who will not finish: from the one who is to take it over,
 * where there is one.
 */
export async function reassignOrder(
  ports: OperationsPorts,
  orderId: OrderId,
  reason: string,
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  return act(ports.database, request, now, {
    load: async () => (await situationOfCarrier(ports.database, orderId)) ?? unknown('order', orderId),
    decide: (situation) => loseDriver(situation, reason, now),
    reply: ({ situation }) => ({ status: 200, body: { data: situation.orders.map((order) => summary(order)) } }),
  });
}

export type Resolution =
  | 'cancel'
  | 'resume'
  | 'return'
  | 'reattempt'
  | 'returned'
  | 'lost'
  | 'settle_hand_over'
  | 'restart';

const commands: Record<Resolution, OversightCommand> = {
  cancel: { type: 'cancel', by: 'operations' },
  resume: { type: 'resume' },
  return: { type: 'send_back' },
  reattempt: { type: 'reattempt' },
  returned: { type: 'declare_returned' },
  lost: { type: 'declare_lost' },
  settle_hand_over: { type: 'settle_hand_over' },
  restart: { type: 'restart_workflow' },
};

export async function resolveOrder(
  ports: OperationsPorts,
  orderId: OrderId,
  resolution: Resolution,
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  return act(ports.database, request, now, {
    load: async () => (await situationOfOrder(ports.database, orderId)) ?? unknown('order', orderId),
    decide: (situation) => decideForOrder(situation, orderId, commands[resolution], now),
    reply: ({ situation }) => ({ status: 200, body: summary(situation.orders.find(({ id }) => id === orderId)!) }),
  });
}

export async function openOrders(database: Database, mallId?: string): Promise<Order[]> {
  const mallIds = mallId ? [asId<MallId>(mallId)] : (await allMalls(database)).map(({ id }) => id);
  const found = await openOrderKeys(database, mallIds);
  return (await database.getMany(found)).map((item) => dataOf<Order>(item));
}

/** Mall by mall, the oldest order first. */
export async function openOrderKeys(database: Database, mallIds: readonly MallId[]): Promise<Key[]> {
  const perMall = await Promise.all(
    mallIds.map(async (id) => {
      const found: Key[] = [];
      let cursor: string | undefined;
      do {
        const page = await database.queryIndex({
          table: 'orders',
          index: 'due',
          pk: lists.openOrders(id),
          limit: 1000,
          ...(cursor && { cursor }),
        });
        found.push(...page.keys);
        cursor = page.cursor;
      } while (cursor);
      return found;
    }),
  );
  return perMall.flat();
}

export async function waitsOf(database: Database, orderId: OrderId): Promise<OpenWait[]> {
  const items = await database.query({ table: 'orders', pk: keys.order(orderId).pk, prefix: 'WAIT#' });
  return items.map((item) => ({
    wait: item.sk.split('#')[2] as WaitKey,
    generation: Number(item.sk.split('#')[1]),
    enteredAt: item.enteredAt as Instant,
    dueAt: item.dueAt as Instant,
    execution: item.execution as string,
  }));
}
