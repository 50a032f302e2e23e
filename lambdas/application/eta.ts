import { type Eta, etasOf } from '../domain/eta/eta.ts';
import type { Carried, Surroundings, TravelSeconds } from '../domain/eta/journey.ts';
import type { Driver, Run } from '../domain/fleet.ts';
import type { DriverId, MallId, OrderId } from '../domain/ids.ts';
import { hasEnded, type Order } from '../domain/order.ts';
import type { Position } from '../domain/position.ts';
import { epochMs, type Instant } from '../domain/time.ts';
import { estimatedTravel, type Streets } from '../domain/travel.ts';
import type { Database, Item } from './database.ts';
import { mallOf } from './directory-reader.ts';
import { keptOf, orderHeldIn } from './kept-plan.ts';
import { dataOf, keys, lists } from './records.ts';

/**
 * When each of these orders should be at its door, from what is stored anyway: it is worked out when somebody looks, so it
 * costs reads and never a write, and a driver's position changes it at the next look, not by itself.
 */
export async function etasFor(
  database: Database,
  orders: readonly Order[],
  now: Instant,
): Promise<ReadonlyMap<OrderId, Eta>> {
  const live = orders.filter((order) => !hasEnded(order) && order.status !== 'held');
  const runIds = [...new Set(live.flatMap(({ carriage }) => carriage?.runId ?? []))];
  const waiting = live.filter(({ status }) => status === 'created');
  if (runIds.length === 0 && waiting.length === 0) return new Map();
  const mallIds = [...new Set(live.map(({ mallId }) => mallId))];
  const items = await database.getMany([...runIds.map(keys.run), ...mallIds.map(keys.mall)]);
  const runs = dataFrom<Run>(items, 'RUN').filter(({ status }) => status === 'active');
  const malls = items.filter(({ sk }) => sk === 'MALL').map(mallOf);
  const [carried, ...demands] = await Promise.all([
    carriedBy(database, runs, live),
    ...malls.map(({ id }) => (waiting.some(({ mallId }) => mallId === id) ? demandAt(database, id, now) : atRest)),
  ]);
  const found = new Map<OrderId, Eta>();
  malls.forEach((mall, index) => {
    const around: Surroundings = { mall, travel: driveAt(mall), ...demands[index]! };
    const here = (order: Order) => order.mallId === mall.id;
    const add = (some: Order[], by: Carried | null) => {
      for (const [id, eta] of etasOf({ orders: some, carried: by, around }, now)) found.set(id, eta);
    };
    add(waiting.filter(here), null);
    for (const by of carried.filter(({ run }) => run.mallId === mall.id)) {
      add(
        live.filter((order) => order.carriage?.runId === by.run.id),
        by,
      );
    }
  });
  return found;
}

export async function etaFor(database: Database, order: Order, now: Instant): Promise<Eta | undefined> {
  return (await etasFor(database, [order], now)).get(order.id);
}

/** Each run with all its orders, those that nobody asked about included: their stops may come first. */
async function carriedBy(database: Database, runs: readonly Run[], known: readonly Order[]): Promise<Carried[]> {
  const isKnown = (id: OrderId) => known.some((order) => order.id === id);
  const others = [...new Set(runs.flatMap(({ orderIds }) => orderIds))].filter((id) => !isKnown(id));
  const items = await database.getMany([
    ...others.map(keys.order),
    ...runs.map(({ driverId }) => keys.driver(driverId)),
    ...runs.filter(isOnTheWayToMall).map(({ driverId }) => keys.position(driverId)),
  ]);
  const orders = [...known, ...dataFrom<Order>(items, 'ORDER')];
  const drivers = new Map(dataFrom<Driver>(items, 'DRIVER').map((driver) => [driver.id, driver]));
  const positionOf = (id: DriverId) => {
    const item = items.find(({ pk, sk }) => sk === 'POSITION' && pk === keys.position(id).pk);
    return item ? { at: item.at as Instant, position: item.position as Position } : null;
  };
  return runs.map((run) => ({
    run,
    driver: drivers.get(run.driverId) ?? null,
    orders: orders.filter(({ id, carriage }) => run.orderIds.includes(id) && carriage?.runId === run.id),
    position: positionOf(run.driverId),
  }));
}

function isOnTheWayToMall({ stops }: Run): boolean {
  return !stops.some(({ kind, arrivedAt }) => kind === 'pickup' && arrivedAt);
}

type Demand = Pick<Surroundings, 'waiting' | 'freeAt' | 'roads'>;
const atRest: Demand = { waiting: [], freeAt: [] };

/** Who waits, who is free and what is known of roads, as dispatch saw it at its last tick. */
async function demandAt(database: Database, mallId: MallId, now: Instant): Promise<Demand> {
  const [{ held, busyUntil = [], roads = [] }, onShift] = await Promise.all([
    keptOf(database, mallId, now),
    database.queryIndex({ table: 'fleet', index: 'lists', pk: lists.driversOnShift(mallId), limit: 500 }),
  ]);
  // Whoever has begun a shift since is free; whoever has ended one had nothing left to do.
  const busy = busyUntil.slice(Math.max(0, busyUntil.length - onShift.keys.length));
  const free = Array<number>(onShift.keys.length - busy.length).fill(Math.floor(epochMs(now) / 1000));
  return {
    waiting: held.map(orderHeldIn),
    freeAt: [...free, ...busy],
    roads: Object.fromEntries(
      roads.flatMap(({ orderId, travel }) => (travel.source === 'fallback' ? [] : [[orderId, travel.seconds]])),
    ),
  };
}

function dataFrom<T>(items: readonly Item[], kind: string): T[] {
  return items.filter(({ sk }) => sk === kind).map((item) => dataOf<T>(item));
}

/** Nobody is paid for a road each time somebody looks: what dispatch has asked for is kept with its plan and the run. */
function driveAt(mall: Streets): TravelSeconds {
  return (from, to) => estimatedTravel(from, to, mall).seconds;
}
