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
  const delay = delayByArrival(demand.leadSeconds, sites[0]!.approach, options.reposition.deadTime);
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
  // Places from which one more driver would save most: near to much demand that is covered badly.
  const goals = active
    .map((goal) => {
      let gain = 0;
      for (let index = 0; index < active.length; index++) {
        const here = delay(drive(sites[goal]!.place, active[index]!));
        if (here < base[index]!) gain += demand.perHour[active[index]!]! * (base[index]! - here);
      }
      return { goal, gain };
    })
    .sort((a, b) => b.gain - a.gain || a.goal - b.goal)
    .slice(0, 24)
    .map(({ goal }) => goal);
  for (const one of movable) {
    let best = 0;
    let target = -1;
    for (const goal of goals) {
      const away = drive(one.place, goal);
      if (away === 0 || away >= horizon || now + away > drivers[one.driver]!.shiftEnd - 900) continue;
      // On the way the driver serves nobody sooner than from here; the gain comes with the arrival.
      let saved = 0;
      for (let index = 0; index < active.length; index++) {
        const beyond = drive(sites[goal]!.place, active[index]!);
        const there = base[index]! - arrivals.delayOf(index, one.driver, delay, beyond);
        const onTheWay = base[index]! - arrivals.delayOf(index, one.driver, delay, away / 2 + beyond);
        saved += demand.perHour[active[index]!]! * (there * (horizon - away) + onTheWay * away);
      }
      const value = saved / 3600 - price * away;
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

/**
 * By minutes of arrival: mean seconds by which an order, just placed, would be collected late, and what the driver's
 * way there is worth, which carries nobody's order.
 */
function delayByArrival(leads: readonly number[], approach: number, deadTime: number): (arrival: number) => number {
  const known = leads.length > 0 ? leads : [300, 600, 900];
  const table = Float64Array.from({ length: 91 }, (_, minute) => {
    let sum = 0;
    for (const lead of known) sum += Math.max(0, minute * 60 + approach - lead);
    return sum / known.length + deadTime * minute * 60;
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
