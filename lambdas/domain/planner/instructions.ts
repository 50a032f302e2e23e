import type { Solution } from './construct.ts';
import type { Route } from './route.ts';
import type { Hold, Instruction, Plan, Snapshot } from './snapshot.ts';

/** What has to be said now for the plan to happen; everything else stays open until the next tick. */
export function instruct(solution: Solution): Instruction[] {
  const { problem, routes } = solution;
  const { now, options } = problem;
  const said: Instruction[] = [];
  for (const route of routes) {
    const trip = route.trips[0];
    const driver = problem.drivers[route.driver]!;
    if (!trip || driver.at > now) continue;
    const site = problem.sites[trip.site]!;
    const orders = trip.orders.map((order) => problem.orders[order]!);
    const ready = Math.max(...orders.map((order) => order.ready));
    const here = driver.site === trip.site;
    const drive = here ? 0 : problem.seconds[driver.place * problem.size + site.place]!;
    const run = {
      driver: driver.id,
      site: trip.site,
      stores: [...new Set(orders.flatMap((order) => order.stores))],
      orders: orders.map((order) => order.id),
    };
    if (options.binding === 'offer') {
      if (now + drive + site.approach + options.earlyDeparture < ready || mayWait(solution, route)) continue;
      const pickupAt = Math.max(ready, now + drive + site.approach);
      said.push({ kind: 'offer', ...run, pickupAt, endsAt: route.times[1]! });
    } else if (here) {
      if (Math.max(ready, driver.arrivedAt + site.approach) <= now) said.push({ kind: 'serve', ...run });
    } else if (now + drive + site.approach + options.earlyDeparture >= ready) {
      said.push({ kind: 'move', driver: driver.id, site: trip.site, why: 'trip' });
    }
  }
  return said;
}

/** Whether the first trip may be held back for orders to come: nothing it carries is urgent, and there is room. */
function mayWait({ problem, walker }: Solution, route: Route): boolean {
  const { patience, maxBundle } = problem.options;
  const { orders } = route.trips[0]!;
  const { capacity, shiftEnd } = problem.drivers[route.driver]!;
  if (orders.length >= maxBundle || route.times[1]! + patience.slack > shiftEnd) return false;
  const doors = walker.doorTimes(route);
  let load = 0;
  for (const [index, number] of orders.entries()) {
    const order = problem.orders[number]!;
    load += order.size;
    if (order.promiseBy - doors[index]! <= patience.slack) return false;
    if (problem.now - order.ready >= patience.longest) return false;
  }
  return load < capacity;
}

/** Why each order that nobody was told about waits. */
export function holds(solution: Solution, snapshot: Snapshot, said: readonly Instruction[]): Hold[] {
  const told = new Set(said.flatMap((one) => (one.kind === 'move' ? [] : one.orders)));
  const out: Hold[] = [];
  solution.problem.orders.forEach((order, index) => {
    if (told.has(order.id)) return;
    const driver = solution.driverOf[index]!;
    const carrier = solution.problem.drivers[driver];
    const why = !carrier ? 'no_driver' : carrier.at > snapshot.now ? 'driver_busy' : 'store_not_ready';
    out.push({ order: order.id, why, driver: carrier?.id ?? null });
  });
  for (const { id, lockedTo } of snapshot.orders)
    if (lockedTo) out.push({ order: id, why: 'on_offer', driver: lockedTo });
  return out;
}

export function planOf(solution: Solution, said: readonly Instruction[]): Plan {
  const gone = new Set(said.flatMap((one) => (one.kind === 'move' ? [] : one.orders)));
  const { problem } = solution;
  const routes = solution.routes.flatMap((route) => {
    const trips = route.trips
      .map((trip) => ({ site: trip.site, orders: trip.orders.map((order) => problem.orders[order]!.id) }))
      .filter((trip) => !trip.orders.some((order) => gone.has(order)));
    return trips.length > 0 ? [{ driver: problem.drivers[route.driver]!.id, trips }] : [];
  });
  return { routes };
}
