import type { PlanOptions } from '../../../lambdas/domain/planner/options.ts';
import { plan } from '../../../lambdas/domain/planner/plan.ts';
import type { Plan, PlanResult, Snapshot } from '../../../lambdas/domain/planner/snapshot.ts';
import { type Instance, placeOfOrder, placeOfStore, travelMinutes } from './instance.ts';
import type { Dispatcher, Instruction, View } from './simulate.ts';

/** Orders a store is taken to expect before its first one, in orders of its own. */
const prior = 0.3;
/** Orders older than this say less and less about what comes next, minutes. */
const memory = 60;

/** The product's planner in the simulator: sees what the view shows, remembers only what it has seen in this run. */
export function plannerDispatcher(
  instance: Instance,
  options: PlanOptions,
  onPlan?: (snapshot: Snapshot, result: PlanResult) => void,
): Dispatcher {
  const { size, minutes } = travelMinutes(instance);
  const seconds = Int32Array.from(minutes, (value) => value * 60);
  const courierIndex = new Map(instance.couriers.map(({ id }, index) => [id, index]));
  const orderIndex = new Map(instance.orders.map(({ id }, index) => [id, index]));
  const sites = instance.stores.map(({ id }, index) => ({
    id,
    place: placeOfStore(instance, index),
    approach: instance.pickupMinutes * 30,
    leave: instance.pickupMinutes * 30,
  }));
  const stores = instance.stores.map(({ id }, site) => ({ id, site, service: 0 }));
  const demand = demandSeen(instance);
  let previous: Plan | null = null;

  return (view) => {
    demand.see(view);
    const present = couriersThatMatter(instance, view);
    if (view.open.length === 0 && present.length === 0) return [];
    const snapshot: Snapshot = {
      now: view.now * 60,
      orders: view.open.map((order) => {
        const { id, placedAt, store, readyAt } = instance.orders[order]!;
        return {
          id,
          drop: placeOfOrder(order),
          placedAt: placedAt * 60,
          promiseBy: (placedAt + 90) * 60,
          pickups: [{ store, readyAt: readyAt * 60, ready: true }],
          size: 1,
          needs: [],
          excluded: [],
          preferred: [],
        };
      }),
      drivers: present.map((courier) => {
        const { id, onAt, offAt } = instance.couriers[courier]!;
        const state = view.couriers[courier]!;
        const ahead = Math.max(0, offAt - Math.max(onAt, view.now)) / (offAt - onAt);
        return {
          id,
          availableAt: state.freeAt * 60,
          place: state.place,
          ...(state.store >= 0 ? { site: state.store, arrivedAt: state.arrivedAt * 60 } : {}),
          shiftEnd: offAt * 60,
          capacity: 1000,
          can: [],
          onboard: [],
          offered: [],
          carried: state.served,
          guaranteed: (((offAt - onAt) / 60) * instance.guaranteedPerHour) / instance.payPerOrder,
          shiftLeft: ahead,
          declines: 0,
        };
      }),
      stores,
      sites,
      dropoff: { before: instance.dropoffMinutes * 30, after: instance.dropoffMinutes * 30 },
      travel: { size, seconds },
      demand: demand.expected(view.now),
    };
    const result = plan(snapshot, previous, options);
    previous = result.plan;
    onPlan?.(snapshot, result);
    return result.instructions.map((said): Instruction => {
      const courier = courierIndex.get(said.driver)!;
      if (said.kind === 'move') return { kind: 'move', courier, store: said.site };
      return { kind: 'serve', courier, store: said.site, orders: said.orders.map((id) => orderIndex.get(id)!) };
    });
  };
}

/** Couriers on shift, and those who come on within the hour. */
function couriersThatMatter(instance: Instance, { now, couriers }: View): number[] {
  return couriers
    .map((_, index) => index)
    .filter((index) => instance.couriers[index]!.offAt >= now && instance.couriers[index]!.onAt <= now + 60);
}

function demandSeen(instance: Instance) {
  const count = new Float64Array(instance.stores.length).fill(prior);
  const recent = new Float64Array(instance.stores.length);
  const leads: number[] = [];
  const seen = new Set<number>();
  let arrivals: number[] = [];
  return {
    see(view: View) {
      for (let store = 0; store < recent.length; store++) recent[store]! *= 1 - 1 / memory;
      for (const order of view.open) {
        if (seen.has(order)) continue;
        seen.add(order);
        const { store, readyAt, placedAt } = instance.orders[order]!;
        count[store]!++;
        recent[store]!++;
        leads.push((readyAt - placedAt) * 60);
        arrivals.push(view.now);
      }
      arrivals = arrivals.filter((at) => at > view.now - 30);
    },
    expected(now: number): Snapshot['demand'] {
      const span = Math.min(30, Math.max(10, now));
      const perHour = (arrivals.length * 60) / span;
      const total = count.reduce((sum, value) => sum + value, 0) + 2 * recent.reduce((sum, value) => sum + value, 0);
      return {
        perHour: Array.from(count, (value, store) => (perHour * (value + 2 * recent[store]!)) / total),
        leadSeconds: leads.slice(-100),
      };
    },
  };
}
