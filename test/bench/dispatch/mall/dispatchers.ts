import { hurryOf, othersToAsk } from '../../../../lambdas/domain/ask-several.ts';
import type { AskedDriver } from '../../../../lambdas/domain/fleet.ts';
import { asId, type DriverId, type OrderId } from '../../../../lambdas/domain/ids.ts';
import type { PlanOptions } from '../../../../lambdas/domain/planner/options.ts';
import { plan } from '../../../../lambdas/domain/planner/plan.ts';
import type { Hold, Instruction, Plan, Snapshot } from '../../../../lambdas/domain/planner/snapshot.ts';
import { instant } from '../../../../lambdas/domain/time.ts';
import type { MallDay } from './day.ts';
import { driveSeconds, type Job, type MallView, type Offer, placesOf } from './simulate.ts';

export const wholeOrders = (day: MallDay): Job[] =>
  day.orders.map(({ id, pickups }, order) => ({ id, order, pickups: pickups.map((_, index) => index) }));

/** Every store's part of an order on its own, as where a trip collects from one store only. */
export const partsOfOrders = (day: MallDay): Job[] =>
  day.orders.flatMap(({ id, pickups }, order) =>
    pickups.map(({ store }, index) => ({ id: `${id}/${store}`, order, pickups: [index] })),
  );

export interface MallPlanning {
  options: PlanOptions;
  /** Every store a site of its own: a trip collects from one only. */
  sitePerStore: boolean;
  /** What the planner is told of the stores' and drivers' reliability. */
  knowsReadySd: boolean;
  knowsDeclines: boolean;
  /** Asks others as well where turns are too slow. */
  asksSeveral?: boolean;
}

export function planningDispatcher(day: MallDay, jobs: Job[], planning: MallPlanning): (view: MallView) => Offer[] {
  const places = placesOf(day);
  const size = places.length;
  const seconds = new Int32Array(size * size);
  for (let from = 0; from < size; from++) {
    for (let to = 0; to < size; to++) seconds[from * size + to] = driveSeconds(day, places, from, to);
  }
  const site = (id: string) => ({ id, place: 0, approach: day.approach, leave: day.leave });
  const sites = planning.sitePerStore ? day.stores.map((_, store) => site(`s${store}`)) : [site('mall')];
  const stores = day.stores.map(({ service }, store) => ({
    id: `s${store}`,
    site: planning.sitePerStore ? store : 0,
    service,
  }));
  const driverIndex = new Map(day.drivers.map(({ id }, index) => [id, index]));
  const jobIndex = new Map(jobs.map(({ id }, index) => [id, index]));
  let previous: Plan | null = null;
  const arrivalOf = ({ now, drivers }: MallView, driver: string) =>
    now + seconds[drivers[driverIndex.get(driver)!]!.place * size]! + day.approach;

  const toPlan = (job: number, passed: Set<number>, now: number, lockedTo?: number) => {
    const { id, order, pickups } = jobs[job]!;
    const { placedAt, promiseBy, pickups: stops, size: parcels } = day.orders[order]!;
    return {
      id,
      drop: 1 + order,
      placedAt,
      promiseBy,
      pickups: pickups.map((index) => {
        const { store, estimate, actual } = stops[index]!;
        if (actual <= now) return { store, readyAt: actual, ready: true };
        return { store, readyAt: estimate, ...(planning.knowsReadySd ? { readySd: day.readySd } : {}) };
      }),
      size: Math.ceil((parcels * pickups.length) / stops.length),
      needs: [],
      excluded: [...passed].map((driver) => day.drivers[driver]!.id),
      preferred: [],
      ...(lockedTo === undefined ? {} : { lockedTo: day.drivers[lockedTo]!.id }),
    };
  };

  const ordersOfTheLastHour = (now: number) =>
    sites.map((_, at) => {
      const seen = day.orders.filter(({ placedAt }) => placedAt <= now && placedAt > now - 3600);
      return seen.filter(({ pickups }) => pickups.some(({ store }) => stores[store]!.site === at)).length;
    });

  return (view) => {
    if (view.open.length === 0) return [];
    const snapshot: Snapshot = {
      now: view.now,
      orders: [
        ...view.open.map(({ job, passed }) => toPlan(job, passed, view.now)),
        ...view.locked.map(({ job, driver }) => toPlan(job, new Set(), view.now, driver)),
      ],
      drivers: view.drivers.flatMap((driver, index) => {
        const { id, shiftStart, shiftEnd, capacity, declines } = day.drivers[index]!;
        if (driver.state === 'off' && (shiftStart <= view.now || shiftStart > view.now + 3600)) return [];
        return {
          id,
          availableAt: driver.availableAt,
          place: driver.place,
          shiftEnd,
          capacity,
          can: [],
          onboard: [],
          offered: driver.offered,
          carried: driver.carried,
          guaranteed: 0,
          shiftLeft: Math.max(0, shiftEnd - Math.max(shiftStart, view.now)) / (shiftEnd - shiftStart),
          declines: planning.knowsDeclines ? declines : 0,
        };
      }),
      stores,
      sites,
      dropoff: day.dropoff,
      travel: { size, seconds },
      demand: { perHour: ordersOfTheLastHour(view.now), leadSeconds: [] },
    };
    const result = plan(snapshot, previous, planning.options);
    previous = result.plan;
    const said = result.instructions.filter((one) => one.kind === 'offer');
    const others = planning.asksSeveral ? othersOf(view, said, result.holds) : [];
    return said.map(({ driver, orders, endsAt }, index) => ({
      driver: driverIndex.get(driver)!,
      jobs: orders.map((id) => jobIndex.get(id)!),
      endsAt,
      others: others[index]?.map(({ driverId }) => driverIndex.get(driverId)!) ?? [],
    }));
  };

  /** As the product does. */
  function othersOf(view: MallView, said: Extract<Instruction, { kind: 'offer' }>[], holds: Hold[]): AskedDriver[][] {
    const at = (seconds: number) => instant(seconds * 1000);
    const passedOn = day.drivers.map((_, index) => ({
      passedOn: view.open
        .filter(({ passed }) => passed.has(index))
        .map(({ job }) => ({ orderId: asId<OrderId>(jobs[job]!.id), at: at(view.now) })),
    }));
    const askable = said.map(({ driver, orders, doors, alternatives, pickupAt, endsAt }) => ({
      driverId: asId<DriverId>(driver),
      durationSeconds: endsAt - view.now,
      hurry: hurryOf(
        orders.map((id) => {
          const { promiseBy } = day.orders[jobs[jobIndex.get(id)!]!.order]!;
          return { id: asId<OrderId>(id), promise: { kind: 'same_day', by: at(promiseBy) } };
        }),
        doors.map(at),
        passedOn,
      ),
      candidates: alternatives.map((one) => ({
        driverId: asId<DriverId>(one.driver),
        distanceMetres: 0,
        durationSeconds: endsAt - view.now + Math.max(0, arrivalOf(view, one.driver) - pickupAt),
      })),
    }));
    return othersToAsk(askable, new Set(holds.flatMap(({ driver }) => (driver ? [asId<DriverId>(driver)] : []))));
  }
}

/** First come, first served: each order that is ready soon, alone, to the idle driver nearest to the mall. */
export function nearestIdleDriver(day: MallDay, jobs: Job[]): (view: MallView) => Offer[] {
  const places = placesOf(day);
  const travel = (from: number, to: number) => driveSeconds(day, places, from, to);
  return ({ now, open, drivers }) => {
    const idle = new Set(drivers.map((_, index) => index).filter((index) => drivers[index]!.state === 'idle'));
    return open.flatMap(({ job, passed }) => {
      const { order } = jobs[job]!;
      const { pickups, size } = day.orders[order]!;
      const ready = Math.max(
        ...pickups.map(({ estimate, actual }) => (actual <= now ? actual : Math.max(now, estimate))),
      );
      if (ready > now + 600) return [];
      let best = -1;
      for (const driver of idle) {
        if (passed.has(driver) || size > day.drivers[driver]!.capacity) continue;
        const nearer = best < 0 || travel(drivers[driver]!.place, 0) < travel(drivers[best]!.place, 0);
        if (nearer) best = driver;
      }
      if (best < 0) return [];
      idle.delete(best);
      const arrive = now + travel(drivers[best]!.place, 0) + day.approach;
      const endsAt =
        Math.max(arrive, ready) +
        180 * pickups.length +
        day.leave +
        travel(0, 1 + order) +
        day.dropoff.before +
        day.dropoff.after;
      return [{ driver: best, jobs: [job], endsAt }];
    });
  };
}
