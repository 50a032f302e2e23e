import { type Problem, type ProblemOrder, remoteness } from './problem.ts';

/** One visit to a site and the doors after it; numbers of the problem. */
export interface RouteTrip {
  readonly site: number;
  readonly orders: readonly number[];
}

/** A driver's trips with what they cost. Never changed: a change makes another route. */
export interface Route {
  readonly driver: number;
  readonly trips: readonly RouteTrip[];
  /** Before each trip, and after the last: when, where, and the cost so far. */
  readonly times: readonly number[];
  readonly places: readonly number[];
  readonly costs: readonly number[];
  readonly total: number;
  /** Memory of the best insertion per order: extra cost (NaN: not asked yet) and where. */
  deltas: Float64Array | null;
  spots: Int32Array | null;
}

const NOWHERE = Number.POSITIVE_INFINITY;

/** Walks routes through time. `time`, `place` and `cost` are where the walk stands. */
export class RouteWalker {
  time = 0;
  place = 0;
  cost = 0;
  readonly problem: Problem;
  /** The counters of the visit being timed, in use only within `collect`. */
  private readonly stopStore: number[] = [];
  private readonly stopReady: number[] = [];

  constructor(problem: Problem) {
    this.problem = problem;
  }

  /** The route of a driver over these trips, or null if one cannot be made in the shift or does not fit. */
  route(driver: number, trips: readonly RouteTrip[]): Route | null {
    const { at, place } = this.problem.drivers[driver]!;
    const times = [at];
    const places = [place];
    const costs = [0];
    this.stand(at, place, 0);
    for (let index = 0; index < trips.length; index++) {
      const { site, orders } = trips[index]!;
      if (!this.trip(driver, index, site, orders, -1, 0)) return null;
      times.push(this.time);
      places.push(this.place);
      costs.push(this.cost);
    }
    return { driver, trips, times, places, costs, total: this.cost + this.end(driver), deltas: null, spots: null };
  }

  /** Cheapest place for an order in a route, remembered with the route. Extra cost, infinite if there is none. */
  insertion(route: Route, order: number): number {
    if (!route.deltas) {
      route.deltas = new Float64Array(this.problem.orders.length).fill(Number.NaN);
      route.spots = new Int32Array(this.problem.orders.length);
    }
    const known = route.deltas[order]!;
    if (!Number.isNaN(known)) return known;
    let best = NOWHERE;
    let spot = -1;
    const { site } = this.problem.orders[order]!;
    for (let index = 0; index <= route.trips.length; index++) {
      const own = this.withTrip(route, index, site, order, best);
      if (own < best) {
        best = own;
        spot = index * 64;
      }
      const trip = route.trips[index];
      if (trip?.site !== site || trip.orders.length >= this.problem.options.maxBundle) continue;
      for (let position = 0; position <= trip.orders.length; position++) {
        const joined = this.withJoin(route, index, order, position, best);
        if (joined < best) {
          best = joined;
          spot = index * 64 + position + 1;
        }
      }
    }
    const delta = best - route.total;
    route.deltas[order] = delta;
    route.spots![order] = spot;
    return delta;
  }

  /** The route with the order where `insertion` found it cheapest. */
  inserted(route: Route, order: number): Route {
    const spot = route.spots![order]!;
    const index = Math.floor(spot / 64);
    const position = (spot % 64) - 1;
    const trips = [...route.trips];
    if (position < 0) trips.splice(index, 0, { site: this.problem.orders[order]!.site, orders: [order] });
    else trips[index] = { site: trips[index]!.site, orders: trips[index]!.orders.toSpliced(position, 0, order) };
    return this.route(route.driver, trips)!;
  }

  /** The route without these orders; trips left empty go. Null if what is left takes longer, and too long. */
  without(route: Route, gone: (order: number) => boolean): Route | null {
    const trips: RouteTrip[] = [];
    for (const trip of route.trips) {
      const orders = trip.orders.filter((order) => !gone(order));
      if (orders.length === trip.orders.length) trips.push(trip);
      else if (orders.length > 0) trips.push({ site: trip.site, orders });
    }
    return this.route(route.driver, trips);
  }

  /** When each door of the first trip is reached. */
  doorTimes(route: Route): number[] {
    const { seconds, size, sites, dropBefore, dropAfter, orders } = this.problem;
    const trip = route.trips[0]!;
    const stops = trip.orders.map((order) => orders[order]!.drop);
    const legs = stops.map((drop, index) => {
      const from = index === 0 ? sites[trip.site]!.place : stops[index - 1]!;
      return seconds[from * size + drop]! + dropBefore + dropAfter;
    });
    let time = route.times[1]!;
    const doors: number[] = [];
    for (let index = legs.length - 1; index >= 0; index--) {
      doors[index] = time - dropAfter;
      time -= legs[index]!;
    }
    return doors;
  }

  private withTrip(route: Route, index: number, site: number, order: number, limit: number): number {
    this.stand(route.times[index]!, route.places[index]!, route.costs[index]!);
    if (!this.trip(route.driver, index, site, none, order, 0)) return NOWHERE;
    return this.rest(route, index, 1, limit);
  }

  private withJoin(route: Route, index: number, order: number, position: number, limit: number): number {
    const { site, orders } = route.trips[index]!;
    this.stand(route.times[index]!, route.places[index]!, route.costs[index]!);
    if (!this.trip(route.driver, index, site, orders, order, position)) return NOWHERE;
    return this.rest(route, index + 1, 0, limit);
  }

  private rest(route: Route, from: number, shift: number, limit: number): number {
    for (let index = from; index < route.trips.length; index++) {
      if (this.cost >= limit + slack) return NOWHERE;
      const { site, orders } = route.trips[index]!;
      if (!this.trip(route.driver, index + shift, site, orders, -1, 0)) return NOWHERE;
    }
    return this.cost + this.end(route.driver);
  }

  private stand(time: number, place: number, cost: number): void {
    this.time = time;
    this.place = place;
    this.cost = cost;
  }

  /** One trip, with one more order at a position in its doors (or -1); false if it cannot be. */
  private trip(
    driver: number,
    index: number,
    siteNumber: number,
    orders: readonly number[],
    extra: number,
    position: number,
  ): boolean {
    const { problem } = this;
    const { seconds, size, options } = problem;
    const { weights } = options;
    const carrier = problem.drivers[driver]!;
    const site = problem.sites[siteNumber]!;
    let time: number;
    if (index === 0 && carrier.site === siteNumber) {
      time = Math.max(carrier.arrivedAt + site.approach, this.time);
    } else {
      const drive = seconds[this.place * size + site.place]!;
      this.cost += weights.travel * drive;
      time = this.time + drive + site.approach;
    }
    time = this.collect(time, site, orders, extra);
    if (time > carrier.shiftEnd) return false;
    const count = orders.length + (extra < 0 ? 0 : 1);
    let load = 0;
    let place = site.place;
    const handedOver = time;
    time += site.leave;
    for (let door = 0; door < count; door++) {
      const before = extra < 0 || door < position;
      const number = before ? orders[door]! : door === position ? extra : orders[door - 1]!;
      const order = problem.orders[number]!;
      const drive = seconds[place * size + order.drop]!;
      time += drive + problem.dropBefore;
      this.cost +=
        weights.travel * drive +
        delayCost(order, time, problem) +
        weights.waiting * (handedOver - order.ready) +
        carrier.perOrder -
        (order.preferred?.get(driver) ?? 0);
      time += problem.dropAfter;
      place = order.drop;
      load += order.size;
    }
    this.time = time;
    this.place = place;
    return load <= carrier.capacity;
  }

  /** When the last counter has handed over, walking from counter to counter in the sequence in which they are ready. */
  private collect(
    from: number,
    site: { approach: number; leave: number },
    orders: readonly number[],
    extra: number,
  ): number {
    const { problem } = this;
    const first = problem.orders[extra < 0 ? orders[0]! : extra]!;
    let ready = first.ready;
    let single = first.stores.length === 1;
    for (let index = 0; single && index < orders.length; index++) {
      const order = problem.orders[orders[index]!]!;
      if (order.ready > ready) ready = order.ready;
      single = order.stores.length === 1 && order.stores[0] === first.stores[0];
    }
    if (single) return Math.max(from, ready) + problem.service[first.stores[0]!]!;
    let stops = 0;
    for (let index = 0; index < orders.length; index++) stops = this.addStops(problem.orders[orders[index]!]!, stops);
    if (extra >= 0) stops = this.addStops(first, stops);
    this.sortStops(stops);
    let time = from;
    for (let visited = 0; visited < stops; visited++) {
      if (visited > 0 && visited % problem.options.storesPerStop === 0) time += site.leave + site.approach;
      time = Math.max(time, this.stopReady[visited]!) + problem.service[this.stopStore[visited]!]!;
    }
    return time;
  }

  private addStops(order: ProblemOrder, count: number): number {
    let stops = count;
    for (let index = 0; index < order.stores.length; index++) {
      const store = order.stores[index]!;
      const ready = order.readyAt[index]!;
      let at = 0;
      while (at < stops && this.stopStore[at] !== store) at++;
      if (at === stops) {
        this.stopStore[stops] = store;
        this.stopReady[stops++] = ready;
      } else if (ready > this.stopReady[at]!) this.stopReady[at] = ready;
    }
    return stops;
  }

  private sortStops(count: number): void {
    const { stopStore, stopReady } = this;
    for (let index = 1; index < count; index++) {
      const store = stopStore[index]!;
      const ready = stopReady[index]!;
      let at = index;
      for (
        ;
        at > 0 && (stopReady[at - 1]! > ready || (stopReady[at - 1] === ready && stopStore[at - 1]! > store));
        at--
      ) {
        stopStore[at] = stopStore[at - 1]!;
        stopReady[at] = stopReady[at - 1]!;
      }
      stopStore[at] = store;
      stopReady[at] = ready;
    }
  }

  /** What the end of a route costs those who order next. */
  private end(driver: number): number {
    const { problem } = this;
    const { weights } = problem.options;
    const { at, shiftEnd } = problem.drivers[driver]!;
    const busy = weights.busy * problem.load * (this.time - at);
    if (weights.remote === 0 || this.time >= shiftEnd) return busy;
    return busy + weights.remote * remoteness(problem, this.place);
  }
}

/** Seconds of the objective for an order that reaches its door at a time. */
export function delayCost(order: ProblemOrder, time: number, problem: Problem): number {
  const { weights } = problem.options;
  let cost = weights.age * (time - order.placedAt);
  if (time > order.overAt) cost += weights.over * (time - order.overAt);
  if (time > order.nearAt) cost += weights.near * (time - order.nearAt);
  if (time > order.promiseBy) cost += weights.late * (time - order.promiseBy);
  return cost;
}

const none: readonly number[] = [];
/** Terms that may still lower a cost (preferences, a better place to end) never do so by more than this. */
const slack = 1200;
