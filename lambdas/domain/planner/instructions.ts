import type { Solution } from './construct.ts';
import { mayCarry, type ProblemOrder } from './problem.ts';
import type { Route, RouteTrip } from './route.ts';
import type { Hold, HoldReason, Instruction, Plan, Snapshot } from './snapshot.ts';

const alternativesTold = 3;

/** What has to be said now for the plan to happen; everything else stays open until the next tick. */
export function instruct(solution: Solution): Instruction[] {
  const { problem, routes } = solution;
  const { options, now } = problem;
  const said: Instruction[] = [];
  for (const route of routes) {
    const trip = route.trips[0];
    if (!trip) continue;
    if (holdOf(solution, route, trip)) continue;
    const driver = problem.drivers[route.driver]!;
    const site = problem.sites[trip.site]!;
    const orders = ordersOf(solution, trip);
    const run = {
      driver: driver.id,
      site: trip.site,
      stores: [...new Set(orders.flatMap((order) => order.stores))],
      orders: orders.map((order) => order.id),
    };
    if (options.binding === 'offer') {
      said.push({
        kind: 'offer',
        ...run,
        pickupAt: Math.max(readyAt(orders), arrivalAt(solution, route, trip)),
        doors: solution.walker.doorTimes(route),
        endsAt: route.times[1]!,
        alternatives: alternatives(solution, route, trip),
      });
    } else if (driver.site === trip.site) {
      if (Math.max(readyAt(orders), driver.arrivedAt + site.approach) <= now) said.push({ kind: 'serve', ...run });
    } else {
      said.push({ kind: 'move', driver: driver.id, site: trip.site, why: 'trip' });
    }
  }
  return said;
}

/** Why the first trip of a route is not begun yet; null when it is time. */
function holdOf(solution: Solution, route: Route, trip: RouteTrip): HoldReason | null {
  const { now, drivers, options } = solution.problem;
  const driver = drivers[route.driver]!;
  if (driver.at > now) return 'driver_busy';
  const isHere = driver.site === trip.site;
  const isEarly = arrivalAt(solution, route, trip) + options.earlyDeparture < readyAt(ordersOf(solution, trip));
  if (isEarly && !(isHere && options.binding === 'instruct')) return 'store_not_ready';
  return options.binding === 'offer' && mayWait(solution, route) ? 'waits_for_company' : null;
}

function ordersOf({ problem }: Solution, trip: RouteTrip): ProblemOrder[] {
  return trip.orders.map((order) => problem.orders[order]!);
}

function readyAt(orders: ProblemOrder[]): number {
  return Math.max(...orders.map((order) => order.ready));
}

/** When the driver could be at the first counter, leaving now. */
function arrivalAt({ problem }: Solution, route: Route, trip: RouteTrip): number {
  const driver = problem.drivers[route.driver]!;
  const site = problem.sites[trip.site]!;
  const drive = driver.site === trip.site ? 0 : problem.seconds[driver.place * problem.size + site.place]!;
  return problem.now + drive + site.approach;
}

/** Whether the first trip may be held back for orders to come: some are expected, nothing is urgent, there is room. */
function mayWait({ problem, walker }: Solution, route: Route): boolean {
  const { patience, maxBundle } = problem.options;
  const { orders, site } = route.trips[0]!;
  const { capacity, shiftEnd } = problem.drivers[route.driver]!;
  const expected = (problem.demand.perHour[site]! * patience.longest) / 3600;
  if (expected < patience.company) return false;
  if (orders.length >= maxBundle || route.times[1]! + patience.slack > shiftEnd) return false;
  const doors = walker.doorTimes(route);
  let load = 0;
  for (const [index, number] of orders.entries()) {
    const order = problem.orders[number]!;
    load += order.size;
    if (order.promiseBy - doors[index]! <= patience.slack) return false;
    if (problem.now - order.saidReady >= patience.longest) return false;
  }
  return load < capacity;
}

/** What it would cost more if another driver who is free now made this trip first, and then their own. */
function alternatives(solution: Solution, route: Route, trip: RouteTrip): { driver: string; extra: number }[] {
  const { problem, walker, routes } = solution;
  const own = route.total - walker.route(route.driver, route.trips.slice(1))!.total;
  return [...solution.candidatesOf(trip.orders[0]!).drivers]
    .filter((driver) => driver !== route.driver && problem.drivers[driver]!.at <= problem.now)
    .filter((driver) => ordersOf(solution, trip).every((order) => mayCarry(problem, driver, order)))
    .flatMap((driver) => {
      const other = routes[driver]!;
      const taking = walker.route(driver, [trip, ...other.trips]);
      return taking
        ? [{ driver: problem.drivers[driver]!.id, extra: Math.round(taking.total - other.total - own) }]
        : [];
    })
    .sort((a, b) => a.extra - b.extra || (a.driver < b.driver ? -1 : 1))
    .slice(0, alternativesTold);
}

/** Why each order that nobody was told about waits. */
export function holds(solution: Solution, snapshot: Snapshot, said: readonly Instruction[]): Hold[] {
  const { problem, routes, driverOf } = solution;
  const told = new Set(said.flatMap((one) => (one.kind === 'move' ? [] : one.orders)));
  const out: Hold[] = [];
  problem.orders.forEach((order, index) => {
    if (told.has(order.id)) return;
    const driver = driverOf[index]!;
    if (driver < 0) out.push({ order: order.id, why: 'no_driver', driver: null });
    else {
      const trips = routes[driver]!.trips;
      const isFirst = trips[0]!.orders.includes(index);
      const why = (isFirst ? holdOf(solution, routes[driver]!, trips[0]!) : 'driver_busy') ?? 'store_not_ready';
      out.push({ order: order.id, why, driver: problem.drivers[driver]!.id });
    }
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
