import { askedOf } from '../domain/asked.ts';
import { type Driver, isStopOpen, type Offer, type Run } from '../domain/fleet.ts';
import type { DriverId, OfferId, OrderId, RunId } from '../domain/ids.ts';
import { type Order, openHandOver } from '../domain/order.ts';
import { type Rejection, reject } from '../domain/rejection.ts';
import type { Situation } from '../domain/situation.ts';
import type { Database, Item } from './database.ts';
import { dataOf, keys } from './records.ts';

/** Loads what a decision about one order may touch; null when there is no such order. */
export async function situationOfOrder(database: Database, orderId: OrderId): Promise<Situation | null> {
  const order = await load<Order>(database.get(keys.order(orderId)));
  if (!order) return null;
  const to = openHandOver(order)?.to;
  const [run, offer, otherRun] = await Promise.all([
    order.carriage && load<Run>(database.get(keys.run(order.carriage.runId))),
    order.offerId && load<Offer>(database.get(keys.offer(order.offerId))),
    to && load<Run>(database.get(keys.run(to.runId))),
  ]);
  if (!run && !offer) return { orders: [order], offer: null, run: null, driver: null };
  return withSiblings(database, [order], { run: run || null, offer: offer || null }, { otherRun: otherRun || null });
}

/** As the one who is to carry the order sees it: who comes for it, if it is to be taken over. */
export async function situationOfCarrier(database: Database, orderId: OrderId): Promise<Situation | null> {
  const situation = await situationOfOrder(database, orderId);
  if (!situation?.other?.run) return situation;
  const { run, driver, other, ...rest } = situation;
  return { ...rest, ...other, other: { run, driver } };
}

/** Loads an offer with its orders and whoever is asked: `as` is the driver who acts, by default the first of them. */
export async function situationOfOffer(database: Database, offerId: OfferId, as?: DriverId): Promise<Situation | null> {
  const offer = await load<Offer>(database.get(keys.offer(offerId)));
  return offer && withSiblings(database, [], { run: null, offer }, { as: as ?? offer.driverId });
}

/** Loads a driver with the run or the open offer they have. */
export async function situationOfDriver(database: Database, driverId: DriverId): Promise<Situation | null> {
  const driver = await load<Driver>(database.get(keys.driver(driverId)));
  if (!driver) return null;
  const run = driver.activeRunId && (await load<Run>(database.get(keys.run(driver.activeRunId))));
  const offer = driver.openOfferId && (await load<Offer>(database.get(keys.offer(driver.openOfferId))));
  // Whose parcels this run takes over shows at the stop; a decision at it concerns both runs.
  const meeting = run ? run.stops.find((stop) => stop.kind === 'hand_over' && isStopOpen(stop))?.meeting : undefined;
  const otherRun = meeting && (await load<Run>(database.get(keys.run(meeting.runId))));
  const situation = await withSiblings(
    database,
    [],
    { run: run || null, offer: offer || null },
    { as: driverId, otherRun: otherRun ?? null },
  );
  return { ...situation, driver };
}

export async function situationOfRun(database: Database, runId: RunId): Promise<Situation | null> {
  const run = await load<Run>(database.get(keys.run(runId)));
  return run && withSiblings(database, [], { run, offer: null });
}

export function unknown(what: string, id: string): Rejection {
  return reject('not_found', `There is no ${what} ${id}.`, 'Check the id; you see only what is yours.');
}

/**
 * `driver` is who acts, or whose run it is, or, without one, whose offer; `other` has the other run, or the offer beside a
 * run; `rivals` are the others who are asked.
 */
async function withSiblings(
  database: Database,
  known: Order[],
  { run, offer }: { run: Run | null; offer: Offer | null },
  { as, otherRun = null }: { as?: DriverId; otherRun?: Run | null } = {},
): Promise<Situation> {
  const orderIds = new Set([run, offer, otherRun].flatMap((one) => one?.orderIds ?? []));
  const missing = [...orderIds].filter((id) => !known.some((order) => order.id === id));
  const driverId = as ?? run?.driverId ?? offer?.driverId;
  const otherId = otherRun?.driverId ?? (run && offer ? offer.driverId : undefined);
  const asked = offer?.status === 'open' ? askedOf(offer) : [];
  const rivalIds = asked.filter((id) => id !== driverId && id !== otherId);
  const driverIds = [...new Set([driverId, otherId, ...rivalIds])].flatMap((id) => id ?? []);
  const items = await database.getMany([...missing.map(keys.order), ...driverIds.map(keys.driver)]);
  const orders = items.filter((item) => item.sk === 'ORDER').map((item) => dataOf<Order>(item));
  const drivers = items.filter((item) => item.sk === 'DRIVER').map((item) => dataOf<Driver>(item));
  const driver = (id: DriverId | undefined) => drivers.find((one) => one.id === id) ?? null;
  return {
    orders: [...known, ...orders],
    run,
    offer,
    driver: driver(driverId),
    ...(rivalIds.length > 0 && { rivals: drivers.filter(({ id }) => rivalIds.includes(id)) }),
    ...(otherId && otherId !== driverId && { other: { run: otherRun, driver: driver(otherId) } }),
  };
}

export async function load<T>(item: Promise<Item | null>): Promise<T | null> {
  const found = await item;
  return found && dataOf<T>(found);
}
