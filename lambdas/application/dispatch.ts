import { expireOffer as decideExpiry, makeOffer } from '../domain/decide-fleet.ts';
import type { Mall } from '../domain/directory.ts';
import type { Driver } from '../domain/fleet.ts';
import type { DriverId, MallId, OfferId } from '../domain/ids.ts';
import { type Order, wantsDriver } from '../domain/order.ts';
import { type Proposal, plan, plannable, type Snapshot } from '../domain/plan.ts';
import type { Position } from '../domain/position.ts';
import { isRejection, type Rejection } from '../domain/rejection.ts';
import type { Situation } from '../domain/situation.ts';
import { epochMs, type Instant, plusMinutes } from '../domain/time.ts';
import { act } from './act.ts';
import { type Database, hasExpired } from './database.ts';
import { findMall } from './directory-reader.ts';
import type { Randomness } from './ports.ts';
import { dataOf, keys, lists } from './records.ts';
import { situationOfOffer, unknown } from './situations.ts';

export interface DispatchPorts {
  database: Database;
  randomness: Randomness;
}

/** An order that a driver passed on is not offered to the same driver again for this long. */
const passedOnMinutes = 10;
/** Bounds of one tick; what does not fit is planned a minute later. */
const ordersPerTick = 300;
const driversPerTick = 500;

export interface TickOutcome {
  mallId: MallId;
  proposals: Proposal[];
  offered: OfferId[];
  lost: Rejection[];
}

/** One tick for one mall: snapshot, plan, and each offer committed conditionally; lost races are planned again. */
export async function dispatchMall(ports: DispatchPorts, mallId: MallId, now: Instant): Promise<TickOutcome | null> {
  const { database } = ports;
  const mall = await findMall(database, mallId);
  if (!mall) return null;
  const orders = await ordersWantingDriver(database, mallId);
  if (orders.length === 0) return { mallId, proposals: [], offered: [], lost: [] };
  const drivers = await freeDrivers(database, mallId);
  const proposals = plan(await snapshotOf(database, mall, orders, drivers, now));
  const offered: OfferId[] = [];
  const lost: Rejection[] = [];
  for (const proposal of proposals) {
    if (proposal.kind === 'hold') continue;
    const id = ports.randomness.id('off', now) as OfferId;
    const outcome = await act(database, null, now, {
      load: () => freshSituation(database, proposal.driverId, proposal.orderIds),
      decide: (situation) => makeOffer(situation, proposal, { id, rates: mall.pay, currency: mall.currency }, now),
      reply: () => ({ status: 200, body: null }),
    });
    if (isRejection(outcome)) lost.push(outcome);
    else offered.push(id);
  }
  return { mallId, proposals, offered, lost };
}

/** The time of an offer is up; one that was answered meanwhile stays as it is. */
export async function expireOffer(ports: DispatchPorts, offerId: OfferId, now: Instant): Promise<boolean> {
  const outcome = await act(ports.database, null, now, {
    load: async () => (await situationOfOffer(ports.database, offerId)) ?? unknown('offer', offerId),
    decide: (situation) => decideExpiry(situation, now),
    reply: () => ({ status: 200, body: null }),
  });
  return !isRejection(outcome);
}

async function ordersWantingDriver(database: Database, mallId: MallId): Promise<Order[]> {
  const page = await database.queryIndex({
    table: 'orders',
    index: 'dispatch',
    pk: lists.ordersWantingDriver(mallId),
    limit: ordersPerTick,
  });
  const orders = (await database.getMany(page.keys)).map((item) => dataOf<Order>(item));
  return orders.filter((order) => wantsDriver(order) && order.offerId === null);
}

async function freeDrivers(database: Database, mallId: MallId): Promise<Driver[]> {
  const page = await database.queryIndex({
    table: 'fleet',
    index: 'lists',
    pk: lists.freeDrivers(mallId),
    limit: driversPerTick,
  });
  const drivers = (await database.getMany(page.keys)).map((item) => dataOf<Driver>(item));
  return drivers.filter(
    ({ status, shift, openOfferId, activeRunId }) => status === 'active' && shift && !openOfferId && !activeRunId,
  );
}

async function snapshotOf(
  database: Database,
  mall: Mall,
  orders: Order[],
  drivers: Driver[],
  now: Instant,
): Promise<Snapshot> {
  const positions = await database.getMany(drivers.map(({ id }) => keys.position(id)));
  const positionOf = (id: DriverId): Position => {
    const item = positions.find(({ pk }) => pk === keys.position(id).pk);
    return item && !hasExpired(item, epochMs(now)) ? (item.position as Position) : mall.position;
  };
  const recently = plusMinutes(now, -passedOnMinutes);
  return {
    now,
    mall: { position: mall.position, walkMinutes: mall.walkMinutes },
    orders: orders.map(plannable),
    drivers: drivers.map((driver) => ({
      id: driver.id,
      position: positionOf(driver.id),
      passedOn: driver.passedOn.filter(({ at }) => at > recently).map(({ orderId }) => orderId),
    })),
  };
}

async function freshSituation(database: Database, driverId: DriverId, orderIds: Order['id'][]): Promise<Situation> {
  const items = await database.getMany([keys.driver(driverId), ...orderIds.map(keys.order)]);
  const driver = items.find(({ sk }) => sk === 'DRIVER');
  return {
    driver: driver ? dataOf<Driver>(driver) : null,
    orders: items.filter(({ sk }) => sk === 'ORDER').map((item) => dataOf<Order>(item)),
    offer: null,
    run: null,
  };
}
