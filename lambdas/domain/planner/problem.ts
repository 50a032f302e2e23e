import type { PlanOptions } from './options.ts';
import { expectedReady } from './readiness.ts';
import type { DriverToPlan, Snapshot } from './snapshot.ts';

/** A snapshot in numbers, as the search reads it. Orders on offer are not in it: they are not to be touched. */
export interface Problem {
  now: number;
  options: PlanOptions;
  size: number;
  seconds: ArrayLike<number>;
  dropBefore: number;
  dropAfter: number;
  orders: ProblemOrder[];
  drivers: ProblemDriver[];
  sites: { place: number; approach: number; leave: number }[];
  /** By store: seconds at its counter. */
  service: number[];
  /** Mean seconds from a place to expected orders; filled as places are asked for. */
  remoteness: Float64Array;
  demand: { perHour: number[]; total: number };
  /** Open orders per driver who could carry them: how dear a driver's minute is. */
  load: number;
}

export interface ProblemOrder {
  id: string;
  drop: number;
  placedAt: number;
  overAt: number;
  nearAt: number;
  promiseBy: number;
  site: number;
  stores: number[];
  readyAt: number[];
  /** When the last of its stores is expected to be ready, and when it said it would be. */
  ready: number;
  saidReady: number;
  size: number;
  needs: number;
  excluded: Set<number> | null;
  preferred: Map<number, number> | null;
}

export interface ProblemDriver {
  id: string;
  /** Free of parcels on board, and where. */
  at: number;
  place: number;
  site: number;
  arrivedAt: number;
  shiftEnd: number;
  capacity: number;
  can: number;
  /** Seconds of the objective that any order on this driver costs: pay, declines, fairness. */
  perOrder: number;
  /** Takes part in planning: not waiting for the answer to an offer. */
  plannable: boolean;
}

export function compile(snapshot: Snapshot, options: PlanOptions): Problem {
  const { orders, drivers, sites, stores, travel, now } = snapshot;
  const bits = new Map<string, number>();
  const mask = (names: string[]) => {
    let all = 0;
    for (const name of names) {
      if (!bits.has(name)) bits.set(name, bits.size);
      all |= 1 << bits.get(name)!;
    }
    return all;
  };
  const driverIndex = new Map(drivers.map((driver, index) => [driver.id, index]));
  const open = orders.filter((order) => !order.lockedTo && order.pickups.length > 0);
  const meanCarried = drivers.reduce((total, driver) => total + driver.carried, 0) / Math.max(1, drivers.length);
  const { weights } = options;
  const near = drivers.filter((driver) => driver.availableAt < now + 1800 && driver.shiftEnd > now).length;
  return {
    now,
    options,
    size: travel.size,
    seconds: travel.seconds,
    dropBefore: snapshot.dropoff.before,
    dropAfter: snapshot.dropoff.after,
    sites,
    service: stores.map((store) => store.service),
    remoteness: new Float64Array(travel.size).fill(-1),
    demand: { perHour: snapshot.demand.perHour, total: snapshot.demand.perHour.reduce((a, b) => a + b, 0) },
    load: Math.min(3, open.length / Math.max(1, near)),
    orders: open.map((order) => {
      const readyAt = order.pickups.map((pickup) => expectedReady(pickup, now, options.readyMargin));
      const excluded = order.excluded.flatMap((id) => driverIndex.get(id) ?? []);
      const preferred = order.preferred.flatMap(({ driver, seconds }) => {
        const index = driverIndex.get(driver);
        return index === undefined ? [] : [[index, seconds] as const];
      });
      return {
        id: order.id,
        drop: order.drop,
        placedAt: order.placedAt,
        overAt: order.placedAt + weights.overAfter,
        nearAt: order.promiseBy - weights.nearBefore,
        promiseBy: order.promiseBy,
        site: stores[order.pickups[0]!.store]!.site,
        stores: order.pickups.map((pickup) => pickup.store),
        readyAt,
        ready: Math.max(...readyAt),
        saidReady: Math.max(...order.pickups.map((pickup) => pickup.readyAt)),
        size: order.size,
        needs: mask(order.needs),
        excluded: excluded.length > 0 ? new Set(excluded) : null,
        preferred: preferred.length > 0 ? new Map(preferred) : null,
      };
    }),
    drivers: drivers.map((driver) => {
      let at = Math.max(now, driver.availableAt);
      let place = driver.place;
      for (const { drop } of driver.onboard) {
        at += travel.seconds[place * travel.size + drop]! + snapshot.dropoff.before + snapshot.dropoff.after;
        place = drop;
      }
      const free = driver.onboard.length === 0 && driver.site !== undefined;
      return {
        id: driver.id,
        at,
        place,
        site: free ? driver.site! : -1,
        arrivedAt: free ? (driver.arrivedAt ?? at) : at,
        shiftEnd: driver.shiftEnd,
        capacity: driver.capacity,
        can: mask(driver.can),
        perOrder:
          weights.paid * shareToPay(driver) +
          weights.decline * driver.declines +
          weights.fairness * (driver.carried - meanCarried),
        plannable: driver.offered.length === 0,
      };
    }),
  };
}

/**
 * How much of an order's pay comes on top of the guaranteed minimum: 1 when the minimum is used up; below 0 when the
 * driver is behind it, the more so the less of the shift is left to catch up.
 */
function shareToPay({ carried, guaranteed, shiftLeft }: DriverToPlan): number {
  const prepaid = guaranteed - carried;
  if (prepaid <= 0) return 1;
  return 1 - Math.min(2, prepaid / Math.max(0.5, guaranteed * shiftLeft));
}

export function mayCarry(problem: Problem, driver: number, order: ProblemOrder): boolean {
  const { can, capacity, plannable } = problem.drivers[driver]!;
  return plannable && (order.needs & ~can) === 0 && order.size <= capacity && !order.excluded?.has(driver);
}

/** Mean seconds from a place to the sites where orders are expected, weighted by how many. */
export function remoteness(problem: Problem, place: number): number {
  const known = problem.remoteness[place]!;
  if (known >= 0) return known;
  const { demand, sites, seconds, size } = problem;
  let sum = 0;
  for (let site = 0; site < sites.length; site++) {
    sum += demand.perHour[site]! * seconds[place * size + sites[site]!.place]!;
  }
  const mean = demand.total > 0 ? sum / demand.total : 0;
  problem.remoteness[place] = mean;
  return mean;
}
