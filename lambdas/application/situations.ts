import type { Driver, Offer, Run } from '../domain/fleet.ts';
import type { DriverId, OfferId, OrderId, RunId } from '../domain/ids.ts';
import type { Order } from '../domain/order.ts';
import { type Rejection, reject } from '../domain/rejection.ts';
import type { Situation } from '../domain/situation.ts';
import type { Database, Item } from './database.ts';
import { dataOf, keys } from './records.ts';

/** Loads what a decision about one order may touch; null when there is no such order. */
export async function situationOfOrder(database: Database, orderId: OrderId): Promise<Situation | null> {
  const order = await load<Order>(database.get(keys.order(orderId)));
  if (!order) return null;
  if (order.carriage) {
    const run = await load<Run>(database.get(keys.run(order.carriage.runId)));
    if (run) return withSiblings(database, [order], { run, offer: null });
  }
  if (order.offerId) {
    const offer = await load<Offer>(database.get(keys.offer(order.offerId)));
    if (offer) return withSiblings(database, [order], { run: null, offer });
  }
  return { orders: [order], offer: null, run: null, driver: null };
}

/** Loads an offer with its driver and orders. */
export async function situationOfOffer(database: Database, offerId: OfferId): Promise<Situation | null> {
  const offer = await load<Offer>(database.get(keys.offer(offerId)));
  return offer && withSiblings(database, [], { run: null, offer });
}

/** Loads a driver with the run or the open offer they have. */
export async function situationOfDriver(database: Database, driverId: DriverId): Promise<Situation | null> {
  const driver = await load<Driver>(database.get(keys.driver(driverId)));
  if (!driver) return null;
  const run = driver.activeRunId && (await load<Run>(database.get(keys.run(driver.activeRunId))));
  const offer = driver.openOfferId && (await load<Offer>(database.get(keys.offer(driver.openOfferId))));
  const situation = await withSiblings(database, [], { run: run || null, offer: offer || null });
  return { ...situation, driver };
}

export async function situationOfRun(database: Database, runId: RunId): Promise<Situation | null> {
  const run = await load<Run>(database.get(keys.run(runId)));
  return run && withSiblings(database, [], { run, offer: null });
}

export function unknown(what: string, id: string): Rejection {
  return reject('not_found', `There is no ${what} ${id}.`, 'Check the id; you see only what is yours.');
}

async function withSiblings(
  database: Database,
  known: Order[],
  carrier: { run: Run | null; offer: Offer | null },
): Promise<Situation> {
  const orderIds = [...new Set([...(carrier.run?.orderIds ?? []), ...(carrier.offer?.orderIds ?? [])])];
  const missing = orderIds.filter((id) => !known.some((order) => order.id === id));
  const driverId = carrier.run?.driverId ?? carrier.offer?.driverId;
  const items = await database.getMany([...missing.map(keys.order), ...(driverId ? [keys.driver(driverId)] : [])]);
  const orders = items.filter((item) => item.sk === 'ORDER').map((item) => dataOf<Order>(item));
  const driver = items.find((item) => item.sk === 'DRIVER');
  return { orders: [...known, ...orders], ...carrier, driver: driver ? dataOf<Driver>(driver) : null };
}

export async function load<T>(item: Promise<Item | null>): Promise<T | null> {
  const found = await item;
  return found && dataOf<T>(found);
}
