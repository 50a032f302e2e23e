import { mayCarry, type Problem } from './problem.ts';
import type { Random } from './random.ts';
import { delayCost, type Route, type RouteTrip, RouteWalker } from './route.ts';
import type { Plan } from './snapshot.ts';

/** Drivers looked at per order, those first who could be at its door earliest. */
const candidates = 30;

/** A whole plan under construction: a route per driver, and who has which order. */
export class Solution {
  readonly problem: Problem;
  readonly walker: RouteWalker;
  readonly routes: Route[];
  /** By order: driver, or -1. */
  readonly driverOf: Int32Array;
  private readonly nearest: (Candidates | null)[];
  /** Routes as they were when the trial began, of drivers changed since. */
  private trial: Map<number, Route> | null = null;

  constructor(problem: Problem) {
    this.problem = problem;
    this.walker = new RouteWalker(problem);
    this.routes = problem.drivers.map((_, driver) => this.walker.route(driver, [])!);
    this.driverOf = new Int32Array(problem.orders.length).fill(-1);
    this.nearest = problem.orders.map(() => null);
  }

  /** Takes over what is still possible of the plan before. */
  follow(previous: Plan | null): void {
    const { problem } = this;
    const orderIndex = new Map(problem.orders.map((order, index) => [order.id, index]));
    const driverIndex = new Map(problem.drivers.map((driver, index) => [driver.id, index]));
    for (const { driver: id, trips } of previous?.routes ?? []) {
      const driver = driverIndex.get(id);
      if (driver === undefined) continue;
      const kept: RouteTrip[] = [];
      for (const trip of trips) {
        const orders = trip.orders
          .flatMap((order) => orderIndex.get(order) ?? [])
          .filter((order) => this.driverOf[order]! < 0 && mayCarry(problem, driver, problem.orders[order]!));
        const first = orders[0];
        if (first !== undefined) kept.push({ site: problem.orders[first]!.site, orders });
      }
      let route = this.walker.route(driver, kept);
      while (!route && kept.length > 0) {
        kept.pop();
        route = this.walker.route(driver, kept);
      }
      if (route) this.set(route);
    }
  }

  set(route: Route): void {
    const before = this.routes[route.driver]!;
    if (this.trial && !this.trial.has(route.driver)) this.trial.set(route.driver, before);
    for (const trip of before.trips) {
      for (const order of trip.orders) if (this.driverOf[order] === route.driver) this.driverOf[order] = -1;
    }
    this.routes[route.driver] = route;
    for (const trip of route.trips) for (const order of trip.orders) this.driverOf[order] = route.driver;
  }

  beginTrial(): void {
    this.trial = new Map();
  }

  /** What the trial changed: the routes before it. */
  changed(): ReadonlyMap<number, Route> {
    return this.trial!;
  }

  undoTrial(): void {
    const before = this.trial!;
    this.trial = null;
    this.restore(before.values());
  }

  /** Sets routes that exclude each other with some of the present ones. */
  restore(routes: Iterable<Route>): void {
    const all = [...routes];
    for (const { driver } of all) this.set(this.walker.route(driver, [])!);
    for (const route of all) this.set(route);
  }

  /** Puts an order where it costs least; a blink leaves a candidate out by chance. False if nobody can carry it. */
  insert(order: number, random: Random | null, blink: number): boolean {
    const { drivers, bounds } = this.candidatesOf(order);
    let best = Number.POSITIVE_INFINITY;
    let into: Route | null = null;
    for (let index = 0; index < drivers.length; index++) {
      if (bounds[index]! >= best) break;
      if (blink > 0 && random!.next() < blink) continue;
      const route = this.routes[drivers[index]!]!;
      const delta = this.walker.insertion(route, order);
      if (delta >= best) continue;
      best = delta;
      into = route;
    }
    if (!into || best >= this.problem.options.weights.unassigned) return false;
    this.set(this.walker.inserted(into, order));
    return true;
  }

  unassigned(): number[] {
    const out: number[] = [];
    for (let order = 0; order < this.driverOf.length; order++) if (this.driverOf[order]! < 0) out.push(order);
    return out;
  }

  /** Whole objective, for the record; the search works with differences. */
  cost(): number {
    const routes = this.routes.reduce((total, route) => total + route.total, 0);
    return routes + this.problem.options.weights.unassigned * this.unassigned().length;
  }

  /** Drivers by a lower bound of what the order would cost with them: straight to its store and its door. */
  candidatesOf(order: number): Candidates {
    const known = this.nearest[order];
    if (known) return known;
    const { problem } = this;
    const { weights } = problem.options;
    const one = problem.orders[order]!;
    const site = problem.sites[one.site]!;
    const afterPickup = site.leave + problem.seconds[site.place * problem.size + one.drop]! + problem.dropBefore;
    const list: { driver: number; bound: number }[] = [];
    for (let driver = 0; driver < problem.drivers.length; driver++) {
      if (!mayCarry(problem, driver, one)) continue;
      const carrier = problem.drivers[driver]!;
      const drive = problem.seconds[carrier.place * problem.size + site.place]!;
      const there =
        carrier.site === one.site
          ? Math.max(carrier.arrivedAt + site.approach, carrier.at)
          : carrier.at + drive + site.approach;
      const pickup = Math.max(there, one.ready);
      if (pickup > carrier.shiftEnd) continue;
      const travel = carrier.site === one.site ? 0 : weights.travel * drive;
      const bound =
        delayCost(one, pickup + afterPickup, problem) + travel + carrier.perOrder - (one.preferred?.get(driver) ?? 0);
      list.push({ driver, bound });
    }
    list.sort((a, b) => a.bound - b.bound || a.driver - b.driver);
    if (list.length > candidates) list.length = candidates;
    // What a route's end gains by the order is not in the bound: remoteness may fall by at most this.
    const gain = weights.remote * 600;
    const found: Candidates = {
      drivers: Int32Array.from(list, ({ driver }) => driver),
      bounds: Float64Array.from(list, ({ bound }) => bound - gain),
    };
    this.nearest[order] = found;
    return found;
  }
}

export interface Candidates {
  drivers: Int32Array;
  bounds: Float64Array;
}
