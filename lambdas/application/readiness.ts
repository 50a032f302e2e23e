import type { Driver, Run } from '../domain/fleet.ts';
import { asId, type LineId, type OrderId, type ParcelId, type StoreId } from '../domain/ids.ts';
import { collectorOf, type Order } from '../domain/order.ts';
import type { OrderCommand } from '../domain/order-commands.ts';
import type { RejectReason } from '../domain/pickup.ts';
import { isRejection, type Rejection } from '../domain/rejection.ts';
import { decideForOrder, type Situation } from '../domain/situation.ts';
import type { Instant } from '../domain/time.ts';
import { type ActOutcome, act, type RepeatableRequest } from './act.ts';
import type { Database, Write } from './database.ts';
import { findMall, findStore } from './directory-reader.ts';
import { claimLabels } from './labels.ts';
import type { Randomness } from './ports.ts';
import type { Principal } from './principal.ts';
import { dataOf, keys, lists } from './records.ts';
import { load, situationOfOrder, unknown } from './situations.ts';
import { type PickupView, pickupView } from './views.ts';

export interface ReadinessPorts {
  database: Database;
  randomness: Randomness;
}

/** What a store says of its pickup, as it arrives. */
export type StoreAct =
  | { type: 'accept'; readyAt?: Instant | undefined }
  | { type: 'reject'; reason: RejectReason; note?: string | undefined }
  | { type: 'delay'; readyAt: Instant }
  | {
      type: 'ready';
      parcels: { label: string; lineIds?: string[] | undefined }[];
      missingLineIds: string[];
    }
  | { type: 'hand_over'; runCode: string; labels: string[]; occurredAt?: Instant | undefined }
  | { type: 'acknowledge_stop' };

export async function actOnPickup(
  ports: ReadinessPorts,
  principal: Principal,
  storeId: StoreId,
  orderId: OrderId,
  input: StoreAct,
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  const { database } = ports;
  const mine = await refuseForeignStore(database, principal, storeId);
  if (mine) return mine;
  let claims: Write[] = [];
  let run: Run | null = null;
  return act(database, request, now, {
    load: async () => {
      const situation = await situationOfOrder(database, orderId);
      if (!situation || !isOurs(situation, orderId, storeId)) return unknown('pickup', orderId);
      if (input.type === 'hand_over') run = await collectingRun(database, situation, orderIn(situation, orderId));
      if (input.type !== 'ready') return situation;
      const labels = input.parcels.map(({ label }) => label);
      const claimed = await claimLabels(database, storeId, orderId, labels, now);
      if (isRejection(claimed)) return claimed;
      claims = claimed;
      return situation;
    },
    decide: (situation) => decideForOrder(situation, orderId, commandOf(ports, run, storeId, input, now), now),
    also: () => claims,
    reply: ({ situation }) => ({ status: 200, body: pickupView(orderIn(situation, orderId), storeId) }),
  });
}

/** The newest pickups of a store, each with the driver who is due. */
export async function listPickups(
  ports: ReadinessPorts,
  principal: Principal,
  storeId: StoreId,
  page: { limit: number; cursor?: string | undefined },
  now: Instant,
): Promise<object | Rejection> {
  const { database } = ports;
  const foreign = await refuseForeignStore(database, principal, storeId);
  if (foreign) return foreign;
  const found = await database.queryIndex({
    table: 'orders',
    index: 'lists',
    pk: lists.pickupsOfStore(storeId),
    limit: page.limit,
    newestFirst: true,
    ...(page.cursor && { cursor: page.cursor }),
  });
  const views = (await database.getMany(found.keys)).map((item) => dataOf<PickupView>(item));
  return {
    now,
    mall: await standingOfMall(database, storeId),
    data: await withDrivers(database, views),
    nextCursor: found.cursor ?? null,
  };
}

export async function getPickup(
  ports: ReadinessPorts,
  principal: Principal,
  storeId: StoreId,
  orderId: OrderId,
): Promise<object | Rejection> {
  const foreign = await refuseForeignStore(ports.database, principal, storeId);
  if (foreign) return foreign;
  const view = await load<PickupView>(ports.database.get(keys.pickup(orderId, storeId)));
  if (!view) return unknown('pickup', orderId);
  return (await withDrivers(ports.database, [view]))[0]!;
}

/** What the board shows of its mall. */
async function standingOfMall(database: Database, storeId: StoreId): Promise<object | null> {
  const store = await findStore(database, storeId);
  const mall = store && (await findMall(database, store.mallId));
  if (!mall) return null;
  const { zone, state, closesAt, reopensAt, stateReason } = mall;
  return { zone, state, closesAt, reopensAt, stateReason };
}

async function withDrivers(database: Database, views: PickupView[]): Promise<object[]> {
  const ids = [...new Set(views.flatMap((view) => (view.driver ? [view.driver.driverId] : [])))];
  const drivers = (await database.getMany(ids.map(keys.driver))).map((item) => dataOf<Driver>(item));
  return views.map((view) => ({
    ...view,
    driver: view.driver && {
      ...view.driver,
      name: drivers.find((driver) => driver.id === view.driver?.driverId)?.name ?? null,
    },
  }));
}

/** A store acts for itself; a retailer's system for every store of the retailer. */
async function refuseForeignStore(
  database: Database,
  principal: Principal,
  storeId: StoreId,
): Promise<Rejection | undefined> {
  if (principal.kind === 'store' && principal.storeId === storeId) return;
  if (principal.kind === 'retailer') {
    const store = await findStore(database, storeId);
    if (store?.retailerId === principal.retailerId) return;
  }
  return unknown('store', storeId);
}

function isOurs(situation: Situation, orderId: OrderId, storeId: StoreId): boolean {
  return situation.orders.some(
    (order) => order.id === orderId && order.pickups.some((pickup) => pickup.storeId === storeId),
  );
}

function orderIn(situation: Situation, orderId: OrderId): Order {
  return situation.orders.find(({ id }) => id === orderId)!;
}

function commandOf(
  { randomness }: ReadinessPorts,
  run: Run | null,
  storeId: StoreId,
  input: StoreAct,
  now: Instant,
): OrderCommand {
  switch (input.type) {
    case 'accept':
      return { type: 'accept_pickup', storeId, ...(input.readyAt && { readyAt: input.readyAt }) };
    case 'reject':
      return { type: 'reject_pickup', storeId, reason: input.reason, ...(input.note && { note: input.note }) };
    case 'delay':
      return { type: 'delay_pickup', storeId, readyAt: input.readyAt };
    case 'ready':
      return {
        type: 'ready_pickup',
        storeId,
        parcels: input.parcels.map(({ label, lineIds }) => ({
          id: randomness.id('pcl', now) as ParcelId,
          label,
          ...(lineIds && { lineIds: lineIds.map((id) => asId<LineId>(id)) }),
        })),
        missingLineIds: input.missingLineIds.map((id) => asId<LineId>(id)),
      };
    case 'hand_over':
      return {
        type: 'record_hand_over',
        storeId,
        driverId: run?.code === input.runCode ? run.driverId : null,
        labels: input.labels,
        ...(input.occurredAt && { occurredAt: input.occurredAt }),
      };
    case 'acknowledge_stop':
      return { type: 'acknowledge_stop', storeId };
  }
}

/** The run in which the order is collected; one that another driver has taken over since was collected in another. */
async function collectingRun(database: Database, { run }: Situation, order: Order): Promise<Run | null> {
  const due = collectorOf(order);
  return !due || due.runId === run?.id ? run : load<Run>(database.get(keys.run(due.runId)));
}
