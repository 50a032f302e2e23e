import type { Instance } from './instance.ts';
import type { Solution } from './simulate.ts';

/** Figures of one instance, or the mean of several. Minutes, US$, per cent of placed orders. */
export interface Metrics {
  orders: number;
  undelivered: number;
  ctd: number;
  ctdP90: number;
  over: number;
  late90: number;
  rtp: number;
  rtpP90: number;
  cost: number;
  bundle: number;
  /** Courier minutes driven per delivered order. */
  drive: number;
}

export function measure(instance: Instance, solution: Solution): Metrics {
  const { orders, couriers } = instance;
  const pickupAt = new Int32Array(orders.length).fill(-1);
  const served = new Int32Array(couriers.length);
  for (const assignment of solution.assignments) {
    served[assignment.courier]! += assignment.orders.length;
    for (const order of assignment.orders) pickupAt[order] = assignment.pickupAt;
  }
  const delivered = orders.map((_, index) => index).filter((index) => solution.dropoffAt[index]! >= 0);
  const ctd = delivered.map((index) => solution.dropoffAt[index]! - orders[index]!.placedAt);
  const rtp = delivered.map((index) => pickupAt[index]! - orders[index]!.readyAt);
  const pay = couriers.map(({ onAt, offAt }, index) =>
    Math.max(served[index]! * instance.payPerOrder, ((offAt - onAt) / 60) * instance.guaranteedPerHour),
  );
  return {
    orders: orders.length,
    undelivered: (100 * (orders.length - delivered.length)) / orders.length,
    ctd: mean(ctd),
    ctdP90: percentile(ctd, 0.9),
    over: mean(ctd.map((minutes) => Math.max(0, minutes - instance.targetMinutes))),
    late90: (100 * ctd.filter((minutes) => minutes > 90).length) / orders.length,
    rtp: mean(rtp),
    rtpP90: percentile(rtp, 0.9),
    cost: sum(pay) / delivered.length,
    bundle: delivered.length / solution.assignments.length,
    drive: sum(solution.legs.map((leg) => legMinutes(instance, leg.from, leg.to))) / delivered.length,
  };
}

/** Every instance weighs one, whatever its size. */
export function meanOf(all: Metrics[]): Metrics {
  const keys = Object.keys(all[0]!) as (keyof Metrics)[];
  return Object.fromEntries(keys.map((key) => [key, mean(all.map((one) => one[key]))])) as unknown as Metrics;
}

/** Linear interpolation between the two nearest ranks. */
export function percentile(values: number[], share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const rank = share * (sorted.length - 1);
  const low = Math.floor(rank);
  return sorted[low]! + (rank - low) * ((sorted[low + 1] ?? sorted[low]!) - sorted[low]!);
}

export const mean = (values: number[]): number => sum(values) / values.length;
const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);

function legMinutes(instance: Instance, from: number, to: number): number {
  const place = (index: number) =>
    instance.orders[index] ??
    instance.stores[index - instance.orders.length] ??
    instance.couriers[index - instance.orders.length - instance.stores.length]!;
  return Math.ceil(Math.hypot(place(from).x - place(to).x, place(from).y - place(to).y) / instance.metresPerMinute);
}
