import type { Solution } from './construct.ts';
import { mayCarry } from './problem.ts';
import type { Random } from './random.ts';
import type { Route } from './route.ts';

export interface SearchStats {
  iterations: number;
  accepted: number;
  aborted: boolean;
}

/** Chance of leaving a driver out when an order is put back, so that the second best is tried as well. */
const blink = 0.03;
/**
 * Seconds of the objective by which a plan may be worse and still be kept, at the start of the search, and what is left
 * of it after each round: a schedule that does not know how many rounds there will be, so that an aborted search can
 * be replayed by its count.
 */
const firstHeat = 20;
const cooling = 0.975;

/**
 * Destroy and repair: takes a few related orders out and puts each back where it costs least, in a sequence drawn by
 * lot. Keeps what is better, and early on what is a little worse; ends on the best plan seen.
 */
export function improve(
  solution: Solution,
  iterations: number,
  random: Random,
  outOfTime: (() => boolean) | undefined,
): SearchStats {
  const stats: SearchStats = { iterations: 0, accepted: 0, aborted: false };
  if (solution.problem.orders.length === 0) return stats;
  const penalty = solution.problem.options.weights.unassigned;
  let above = 0;
  let heat = firstHeat;
  let best: Route[] | null = null;
  for (; stats.iterations < iterations; stats.iterations++) {
    if (outOfTime && stats.iterations % 16 === 15 && outOfTime()) {
      stats.aborted = true;
      break;
    }
    heat *= cooling;
    solution.beginTrial();
    const without = random.next() < 0.2 ? exchangeDrivers(solution, random) : rebuild(solution, random);
    if (without === null) {
      solution.undoTrial();
      continue;
    }
    let change = without * penalty;
    for (const [driver, route] of solution.changed()) change += solution.routes[driver]!.total - route.total;
    const allowed = heat * -Math.log(1 - random.next());
    if (without > 0 || change > allowed) {
      solution.undoTrial();
      continue;
    }
    stats.accepted++;
    if (above <= 0 && change > 0)
      best = solution.routes.map((route, driver) => solution.changed().get(driver) ?? route);
    above += change;
    if (above <= 1e-6) {
      above = 0;
      best = null;
    }
  }
  if (best) {
    solution.beginTrial();
    solution.restore(best);
  }
  return stats;
}

/** Takes orders out and puts them back. More orders without a driver than before, or null if it cannot be done. */
function rebuild(solution: Solution, random: Random): number | null {
  const waiting = solution.unassigned();
  const out = related(solution, random);
  const gone = new Set(out);
  for (const driver of new Set(out.map((order) => solution.driverOf[order]!))) {
    const route = solution.walker.without(solution.routes[driver]!, (order) => gone.has(order));
    if (!route) return null;
    solution.set(route);
  }
  while (waiting.length > 3) waiting.splice(random.below(waiting.length), 1);
  const again = [...out, ...waiting];
  arrange(solution, again, random);
  let without = -waiting.length;
  for (const order of again) if (!solution.insert(order, random, blink)) without++;
  return without;
}

/** A few orders that compete for the same drivers: near each other in place and in time, or on one route. */
function related(solution: Solution, random: Random): number[] {
  const { orders, seconds, size, sites } = solution.problem;
  const assigned = (order: number) => solution.driverOf[order]! >= 0;
  const seed = random.below(orders.length);
  const out: number[] = assigned(seed) ? [seed] : [];
  const wanted = 1 + random.below(Math.min(6, orders.length));
  const whole = random.next() < 0.3;
  if (whole && assigned(seed)) {
    for (const trip of solution.routes[solution.driverOf[seed]!]!.trips) {
      for (const order of trip.orders) if (order !== seed) out.push(order);
    }
  }
  const from = orders[seed]!;
  for (let tries = 0; out.length < wanted && tries < 12; tries++) {
    let closest = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let draw = 0; draw < 4; draw++) {
      const order = random.below(orders.length);
      if (!assigned(order) || out.includes(order)) continue;
      const other = orders[order]!;
      const apart =
        seconds[sites[from.site]!.place * size + sites[other.site]!.place]! + Math.abs(from.ready - other.ready) / 2;
      if (apart >= least) continue;
      least = apart;
      closest = order;
    }
    if (closest >= 0) out.push(closest);
  }
  return out;
}

/** The sequence in which orders are put back decides who gets the best place. */
function arrange(solution: Solution, orders: number[], random: Random): void {
  const { problem } = solution;
  const draw = random.next();
  for (let index = orders.length - 1; index > 0; index--) {
    const other = random.below(index + 1);
    const swap = orders[index]!;
    orders[index] = orders[other]!;
    orders[other] = swap;
  }
  if (draw < 0.3) orders.sort((a, b) => problem.orders[a]!.ready - problem.orders[b]!.ready);
  else if (draw < 0.5) orders.sort((a, b) => problem.orders[a]!.placedAt - problem.orders[b]!.placedAt);
}

/** Two drivers swap all their trips, or one takes over those of the other. */
function exchangeDrivers(solution: Solution, random: Random): number | null {
  const { problem, walker } = solution;
  const order = random.below(problem.orders.length);
  const from = solution.driverOf[order]!;
  if (from < 0) return null;
  const { drivers } = solution.candidatesOf(order);
  const to = drivers[random.below(Math.min(12, drivers.length))];
  if (to === undefined || to === from) return null;
  const [one, other] = [solution.routes[from]!, solution.routes[to]!];
  if (!suits(solution, one, to) || !suits(solution, other, from)) return null;
  const taken = walker.route(to, one.trips);
  const given = taken && walker.route(from, other.trips);
  if (!given) return null;
  solution.restore([taken, given]);
  return 0;
}

function suits({ problem }: Solution, route: Route, driver: number): boolean {
  return route.trips.every((trip) => trip.orders.every((order) => mayCarry(problem, driver, problem.orders[order]!)));
}
