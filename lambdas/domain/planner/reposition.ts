import type { Solution } from './construct.ts';
import type { Demand, Instruction } from './snapshot.ts';

/** Drivers beyond the third nearest add nothing to how soon an order is collected. */
const share = [0.6, 0.28, 0.12];
/** A route that ends later than this does not cover anything now. */
const soon = 1800;

/**
 * Moves idle drivers to where orders are expected, if the delay this is expected to save within the horizon is worth
 * the seconds driven. A store is covered by the three drivers who can be there first; being there before the parcels
 * are ready saves nothing, so the value of an arrival is the mean delay over the preparation times seen so far.
 */
export function reposition(solution: Solution, demand: Demand): Instruction[] {
  const { problem, routes } = solution;
  const { seconds, size, sites, now, options, drivers } = problem;
  const { price, horizon, enabled } = options.reposition;
  if (!enabled || problem.demand.total <= 0) return [];
  const delay = delayByArrival(demand.leadSeconds, sites[0]!.approach);
  const active: number[] = [];
  for (let site = 0; site < sites.length; site++) if (demand.perHour[site]! > 0) active.push(site);
  const cover: Cover[] = [];
  for (const route of routes) {
    const driver = drivers[route.driver]!;
    const at = route.times.at(-1)!;
    if (at > now + soon || at + 300 > driver.shiftEnd || !driver.plannable) continue;
    const idle = route.trips.length === 0 && driver.at <= now && driver.shiftEnd > now + 900;
    cover.push({ driver: route.driver, place: route.places.at(-1)!, wait: at - now, idle });
  }
  const movable = cover.filter(({ idle }) => idle);
  if (movable.length === 0) return [];
  const drive = (from: number, site: number) => seconds[from * size + sites[site]!.place]!;
  const moves: Instruction[] = [];
  let arrivals = nearestThree(cover, active, drive);
  let base = active.map((_, index) => arrivals.delayOf(index, -1, delay));
  // Where an order would be late most, by its likelihood: the places worth going to.
  const goals = active
    .map((site, index) => ({ site, loss: demand.perHour[site]! * base[index]! }))
    .sort((a, b) => b.loss - a.loss || a.site - b.site)
    .slice(0, 16)
    .map(({ site }) => site);
  for (const one of movable) {
    let best = 0;
    let target = -1;
    for (const goal of goals) {
      const away = drive(one.place, goal);
      if (away === 0 || now + away > drivers[one.driver]!.shiftEnd - 900) continue;
      let saved = 0;
      for (let index = 0; index < active.length; index++) {
        const site = active[index]!;
        const there = away + drive(sites[goal]!.place, site);
        const after = arrivals.delayOf(index, one.driver, delay, there);
        saved += demand.perHour[site]! * (base[index]! - after);
      }
      const value = (saved * horizon) / 3600 - price * away;
      if (value <= best) continue;
      best = value;
      target = goal;
    }
    if (target < 0) continue;
    moves.push({ kind: 'move', driver: drivers[one.driver]!.id, site: target, why: 'demand' });
    one.wait = drive(one.place, target);
    one.place = sites[target]!.place;
    arrivals = nearestThree(cover, active, drive);
    base = active.map((_, index) => arrivals.delayOf(index, -1, delay));
  }
  return moves;
}

interface Cover {
  driver: number;
  place: number;
  wait: number;
  idle: boolean;
}

/** By minutes of arrival: mean seconds by which an order, just placed, would be collected late. */
function delayByArrival(leads: readonly number[], approach: number): (arrival: number) => number {
  const known = leads.length > 0 ? leads : [300, 600, 900];
  const table = Float64Array.from({ length: 91 }, (_, minute) => {
    let sum = 0;
    for (const lead of known) sum += Math.max(0, minute * 60 + approach - lead);
    return sum / known.length;
  });
  return (arrival) => table[Math.min(90, Math.round(arrival / 60))]!;
}

/** For each site, the four drivers who can be there first. */
function nearestThree(
  cover: readonly Cover[],
  active: readonly number[],
  drive: (from: number, site: number) => number,
) {
  const width = share.length + 1;
  const arrival = new Float64Array(active.length * width).fill(5400);
  const driver = new Int32Array(active.length * width).fill(-1);
  for (let index = 0; index < active.length; index++) {
    const base = index * width;
    for (const one of cover) {
      const at = one.wait + drive(one.place, active[index]!);
      let slot = base + width - 1;
      if (at >= arrival[slot]!) continue;
      while (slot > base && arrival[slot - 1]! > at) {
        arrival[slot] = arrival[slot - 1]!;
        driver[slot] = driver[slot - 1]!;
        slot--;
      }
      arrival[slot] = at;
      driver[slot] = one.driver;
    }
  }
  return {
    /** Expected delay at a site, with one driver's arrival replaced. */
    delayOf(index: number, replaced: number, delay: (arrival: number) => number, by = 5400): number {
      let sum = 0;
      let pending = replaced >= 0;
      let slot = index * width;
      for (let rank = 0; rank < share.length; rank++) {
        if (replaced >= 0 && driver[slot] === replaced) slot++;
        if (pending && (slot >= (index + 1) * width || by <= arrival[slot]!)) {
          sum += share[rank]! * delay(by);
          pending = false;
        } else sum += share[rank]! * delay(arrival[slot++]!);
      }
      return sum;
    },
  };
}
