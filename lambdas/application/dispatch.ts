import { isCleared } from '../domain/clearance.ts';
import { expireOffer as decideExpiry, makeOffer } from '../domain/decide-fleet.ts';
import type { Mall } from '../domain/directory.ts';
import type { Driver } from '../domain/fleet.ts';
import type { DriverId, MallId, OfferId, OrderId } from '../domain/ids.ts';
import { isTooEarly, type MallAtWork, type MallSnapshot, snapshotOfMall } from '../domain/mall-snapshot.ts';
import { type Order, wantsDriver } from '../domain/order.ts';
import { ratesOffered, surgePercentOf } from '../domain/pay.ts';
import { mallPromises, type PlanOptions } from '../domain/planner/options.ts';
import { plan } from '../domain/planner/plan.ts';
import type { Plan, PlanResult, Snapshot } from '../domain/planner/snapshot.ts';
import type { Position } from '../domain/position.ts';
import { type Hold, type PlannedOffer, proposalsOf } from '../domain/proposals.ts';
import { choiceOf, providerOf, turnsFrom } from '../domain/provider-turn.ts';
import { isRejection, type Rejection } from '../domain/rejection.ts';
import type { Situation } from '../domain/situation.ts';
import { epochMs, type Instant, plusMinutes } from '../domain/time.ts';
import { act } from './act.ts';
import { type Database, hasExpired } from './database.ts';
import { findMall } from './directory-reader.ts';
import { heldAs, type Kept, keptOf } from './kept-plan.ts';
import { findProviders } from './providers.ts';
import { dataOf, keys, lists } from './records.ts';
import { situationOfOffer, unknown } from './situations.ts';
import { type TravelPorts, travelFrom } from './travel.ts';

export interface DispatchPorts extends TravelPorts {
  /** Called as a search begins: asked now and then, answers whether it has taken long enough, by wall time. */
  stopwatch?: () => () => boolean;
}

/**
 * One tick, so that it can be played again: `plan(snapshot, previous, options)` gives `answer`, byte for byte. A search
 * that was cut short has the number of its rounds in the options.
 */
export interface Tick {
  mallId: MallId;
  at: Instant;
  snapshot: Snapshot;
  previous: Plan | null;
  options: PlanOptions;
  answer: PlanResult;
}

/** Whether the planner of today gives the kept answer to the byte. */
export function replays({ snapshot, previous, options, answer }: Tick): boolean {
  return JSON.stringify(plan(snapshot, previous, options)) === JSON.stringify(answer);
}

/** Bounds of one tick; what does not fit is planned a minute later. */
const ordersPerTick = 300;
const driversPerTick = 500;
/** From when an order is first seen to when its driver leaves the mall, about. */
const leavesInMinutes = 15;
/** The plan before is forgotten after a day without orders. */
const planKeptMinutes = 24 * 60;

/** Each proposal with what became of it. */
export interface TickOutcome {
  tick: Tick;
  /** It decided something, or gave another reason to wait than the tick before. */
  isNews: boolean;
  held: Hold[];
  /** Drives asked for since the tick before: those paid for, and those that a service did not answer. */
  roads: { paid: number; estimated: number };
  offered: (PlannedOffer & { offerId: OfferId })[];
  /** Offers whose driver or orders were free no more. */
  lost: (PlannedOffer & { because: Rejection })[];
}

/**
 * One tick for one mall: snapshot, plan, each offer committed conditionally. A lost race is planned again at the next
 * tick; a tick that dies half-way has made some offers whole and the others not at all. Null when there is nothing to
 * plan.
 */
export async function dispatchMall(ports: DispatchPorts, mallId: MallId, now: Instant): Promise<TickOutcome | null> {
  const { database } = ports;
  const mall = await findMall(database, mallId);
  const orders = mall ? await ordersWantingDriver(database, mallId) : [];
  if (!mall || orders.length === 0) return null;
  const before = await keptOf(database, mallId, now);
  const placed = placedWithinTheHour(before.placed, orders, now);
  const { roads, news } = await roadsToDoors(ports, mall, orders, before.roads ?? [], now);
  const atWork = {
    ...(await mallAtWork(database, mall, orders, placed, now)),
    turnsUntil: before.turnsUntil ?? [],
    roads: Object.fromEntries(roads.map(({ orderId, travel }) => [orderId, travel])),
  };
  const view = snapshotOfMall(atWork, now);
  const outOfTime = ports.stopwatch?.();
  const answer = plan(view.snapshot, before.plan, { ...mallPromises, ...(outOfTime && { outOfTime }) });
  const { offers, holds } = proposalsOf(atWork, view, answer);
  const options = { ...mallPromises, iterations: answer.stats.iterations };
  const tick = { mallId, at: now, snapshot: view.snapshot, previous: before.plan, options, answer };
  const held = holds.map(heldAs);
  const isNews = offers.length > 0 || held.join() !== before.held.join();
  const outcome: TickOutcome = { tick, isNews, held: holds, roads: news, offered: [], lost: [] };
  const open = new Set(Object.values(view.turns).map((turn) => turn?.providerId));
  const couldGo = atWork.drivers.filter(({ driver }) => open.has(providerOf(driver)));
  const unmet = { ordersWithoutDriver: view.snapshot.orders.length, driversOnShift: couldGo.length };
  const rates = ratesOffered(mall.pay, surgePercentOf(unmet, mall.pay));
  for (const planned of offers) {
    const offerId = ports.randomness.id('off', now) as OfferId;
    const made = await offer(database, planned, { id: offerId, rates, currency: mall.currency }, now);
    if (isRejection(made)) outcome.lost.push({ ...planned, because: made });
    else outcome.offered.push({ ...planned, offerId });
  }
  // What was only not asked for is asked for at the next tick.
  const lasting = roads.filter(({ travel: { because } }) => because !== 'quota' && because !== 'breaker');
  const turnsUntil = turnsFrom(before.turnsUntil ?? [], view.turns, couldGoOf({ offers, holds }), now);
  const busyUntil = busyFrom(view, outcome.offered);
  const after: Kept = {
    plan: answer.plan,
    held,
    placed,
    ...(lasting.length > 0 && { roads: lasting }),
    ...(busyUntil.length > 0 && { busyUntil }),
    ...(turnsUntil.length > 0 && { turnsUntil }),
  };
  await keep(database, mallId, before, after, now);
  return outcome;
}

function offer(database: Database, planned: PlannedOffer, made: Parameters<typeof makeOffer>[2], now: Instant) {
  return act(database, null, now, {
    load: () => freshSituation(database, planned),
    decide: (situation) => makeOffer(situation, planned, made, now),
    reply: () => ({ status: 200, body: null }),
  });
}

/** The time of an offer is up; one that was answered meanwhile stays as it is. */
export async function expireOffer(
  { database }: Pick<DispatchPorts, 'database'>,
  offerId: OfferId,
  now: Instant,
): Promise<boolean> {
  const outcome = await act(database, null, now, {
    load: async () => (await situationOfOffer(database, offerId)) ?? unknown('offer', offerId),
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

async function driversOnShift(database: Database, mallId: MallId, now: Instant): Promise<Driver[]> {
  const page = await database.queryIndex({
    table: 'fleet',
    index: 'lists',
    pk: lists.driversOnShift(mallId),
    limit: driversPerTick,
  });
  const drivers = (await database.getMany(page.keys)).map((item) => dataOf<Driver>(item));
  return drivers.filter((driver) => driver.status === 'active' && driver.shift && isCleared(driver, now));
}

async function mallAtWork(
  database: Database,
  mall: Mall,
  orders: Order[],
  placed: Kept['placed'],
  now: Instant,
): Promise<MallAtWork> {
  const choices = orders.map((order) => choiceOf(order, { choice: mall.providers }));
  const [drivers, providers] = await Promise.all([
    driversOnShift(database, mall.id, now),
    findProviders(database, choices),
  ]);
  const positions = await database.getMany(drivers.map(({ id }) => keys.position(id)));
  const positionOf = (id: DriverId): Position | null => {
    const item = positions.find(({ pk }) => pk === keys.position(id).pk);
    return item && !hasExpired(item, epochMs(now)) ? (item.position as Position) : null;
  };
  return {
    id: mall.id,
    city: mall.city,
    position: mall.position,
    walkMinutes: mall.walkMinutes,
    drivePercent: mall.drivePercent,
    orders,
    drivers: drivers.map((driver) => ({ driver, position: positionOf(driver.id) })),
    placedLately: placed.map(({ at }) => at),
    choice: mall.providers,
    providers,
  };
}

/**
 * One drive for each order is worth paying for, from the mall to its door: that is most of what a run drives, and it does
 * not change with the driver. It is asked for when the order is first planned, and kept with the plan.
 */
async function roadsToDoors(
  ports: TravelPorts,
  mall: Mall,
  orders: Order[],
  before: NonNullable<Kept['roads']>,
  now: Instant,
): Promise<{ roads: NonNullable<Kept['roads']>; news: TickOutcome['roads'] }> {
  if (!ports.routes) return { roads: [], news: { paid: 0, estimated: 0 } };
  const knownOf = (order: Order) =>
    before.find(({ orderId, to }) => orderId === order.id && to.join() === order.dropoffArea.join());
  const asked = orders.filter((order) => !knownOf(order) && !isTooEarly(order, mall, now));
  const doors = asked.map(({ dropoffArea }) => dropoffArea);
  const found = await travelFrom(ports, mall.position, doors, plusMinutes(now, leavesInMinutes), now);
  const news = asked.map(({ id, dropoffArea }, index) => ({
    orderId: id,
    to: dropoffArea,
    travel: found.travel[index]!,
  }));
  return {
    roads: [...orders.flatMap((order) => knownOf(order) ?? []), ...news],
    news: { paid: found.paid, estimated: news.filter(({ travel }) => travel.source === 'fallback').length },
  };
}

/** The time of a provider begins when the order could go: on offer, or held for want of a driver alone. */
function couldGoOf({ offers, holds }: ReturnType<typeof proposalsOf>): OrderId[] {
  const wanting = holds.filter(({ why }) => why === 'no_driver' || why === 'driver_busy');
  return [...offers.flatMap(({ orderIds }) => orderIds), ...wanting.map(({ orderId }) => orderId)];
}

function placedWithinTheHour(before: Kept['placed'], orders: Order[], now: Instant): Kept['placed'] {
  const seen = new Map(before.map(({ orderId, at }) => [orderId, at]));
  for (const order of orders) seen.set(order.id, order.placedAt);
  const hourAgo = plusMinutes(now, -60);
  return [...seen].filter(([, at]) => at > hourAgo).map(([orderId, at]) => ({ orderId, at }));
}

/** A run of which nothing is known yet. */
const usualRunSeconds = 45 * 60;

/** Drivers on a run, with an offer, or offered something just now, who take it if they do as most. */
function busyFrom({ snapshot }: MallSnapshot, offered: readonly PlannedOffer[]): number[] {
  const soon = snapshot.now + usualRunSeconds;
  return snapshot.drivers
    .flatMap(({ id, availableAt, offered: open }) => {
      const taken = offered.find(({ driverId }) => driverId === id);
      const until = taken ? snapshot.now + taken.durationSeconds : open.length > 0 ? soon : availableAt;
      return until > snapshot.now ? [until] : [];
    })
    .sort((a, b) => a - b);
}

/**
 * As text, which is what it was when it comes back: whether anything changed decides whether it is written. That time goes
 * by for those who are busy is no change.
 */
async function keep(database: Database, mallId: MallId, before: Kept, after: Kept, now: Instant): Promise<void> {
  const changes = ({ busyUntil: _, ...others }: Kept) => JSON.stringify(others);
  if (changes(after) === changes(before)) return;
  const kept = JSON.stringify(after);
  const { pk, sk } = keys.plan(mallId);
  const expiresAt = Math.floor(epochMs(plusMinutes(now, planKeptMinutes)) / 1000);
  await database.commit([{ kind: 'put', table: 'requests', item: { pk, sk, kept, expiresAt }, ifVersion: 'any' }]);
}

async function freshSituation(
  database: Database,
  { driverId, others, orderIds }: Pick<PlannedOffer, 'driverId' | 'others' | 'orderIds'>,
): Promise<Situation> {
  const driverIds = [driverId, ...(others ?? []).map((other) => other.driverId)];
  const items = await database.getMany([...driverIds.map(keys.driver), ...orderIds.map(keys.order)]);
  const drivers = items.filter(({ sk }) => sk === 'DRIVER').map((item) => dataOf<Driver>(item));
  return {
    driver: drivers.find(({ id }) => id === driverId) ?? null,
    ...(others && { rivals: drivers.filter(({ id }) => id !== driverId) }),
    orders: items.filter(({ sk }) => sk === 'ORDER').map((item) => dataOf<Order>(item)),
    offer: null,
    run: null,
  };
}
