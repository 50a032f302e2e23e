import fc from 'fast-check';
import type { DriverToPlan, OrderToPlan, Snapshot } from '../../lambdas/domain/planner/snapshot.ts';

/** Places on a line, 60 s apart: enough to make every distance differ and every answer readable. */
export function lineTravel(size: number): Snapshot['travel'] {
  const seconds = new Array<number>(size * size);
  for (let from = 0; from < size; from++) {
    for (let to = 0; to < size; to++) seconds[from * size + to] = 60 * Math.abs(from - to);
  }
  return { size, seconds };
}

export function order(id: string, drop: number, given: Partial<OrderToPlan> = {}): OrderToPlan {
  return {
    id,
    drop,
    placedAt: 0,
    promiseBy: 7200,
    pickups: [{ store: 0, readyAt: 0, ready: true }],
    size: 1,
    needs: [],
    excluded: [],
    preferred: [],
    ...given,
  };
}

export function driver(id: string, place: number, given: Partial<DriverToPlan> = {}): DriverToPlan {
  return {
    id,
    availableAt: 0,
    place,
    shiftEnd: 20_000,
    capacity: 10,
    can: [],
    onboard: [],
    offered: [],
    carried: 0,
    guaranteed: 0,
    shiftLeft: 1,
    declines: 0,
    ...given,
  };
}

/** One site at place 0 with one store, a minute from the vehicle to the counter and back, half a minute at a door. */
export function snapshot(orders: OrderToPlan[], drivers: DriverToPlan[], given: Partial<Snapshot> = {}): Snapshot {
  return {
    now: 0,
    orders,
    drivers,
    stores: [{ id: 's0', site: 0, service: 0 }],
    sites: [{ id: 'site0', place: 0, approach: 60, leave: 60 }],
    dropoff: { before: 30, after: 30 },
    travel: lineTravel(40),
    demand: { perHour: [0], leadSeconds: [] },
    ...given,
  };
}

const now = 3600;
const places = 30;

/** Snapshots of two sites, the second a mall of three stores, with everything that a driver or an order may carry. */
export const anySnapshot: fc.Arbitrary<Snapshot> = fc
  .record({
    orders: fc.array(
      fc.record({
        drop: fc.integer({ min: 2, max: places - 1 }),
        placedAgo: fc.integer({ min: 0, max: 3600 }),
        promise: fc.integer({ min: 600, max: 10_000 }),
        mall: fc.boolean(),
        stores: fc.uniqueArray(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
        readyIn: fc.integer({ min: -1800, max: 2400 }),
        sd: fc.constantFrom(0, 300, 480),
        size: fc.integer({ min: 1, max: 4 }),
        needs: fc.subarray(['age_check', 'insulated']),
        excluded: fc.subarray([0, 1, 2]),
        lockedTo: fc.option(fc.integer({ min: 0, max: 4 }), { freq: 6 }),
      }),
      { maxLength: 12 },
    ),
    drivers: fc.array(
      fc.record({
        place: fc.integer({ min: 0, max: places - 1 }),
        freeIn: fc.constantFrom(0, 0, 0, 400, 1500),
        shift: fc.integer({ min: 300, max: 9000 }),
        capacity: fc.integer({ min: 2, max: 8 }),
        can: fc.subarray(['age_check', 'insulated']),
        onboard: fc.array(fc.integer({ min: 2, max: places - 1 }), { maxLength: 3 }),
        atSite: fc.option(fc.constantFrom(0, 1)),
        declines: fc.constantFrom(0, 0.2),
      }),
      { maxLength: 5 },
    ),
  })
  .map(({ orders, drivers }) => {
    const locked = (index: number) => {
      const to = orders[index]!.lockedTo;
      return to !== null && to < drivers.length ? to : null;
    };
    return {
      now,
      stores: [0, 1, 2, 3].map((store) => ({ id: `s${store}`, site: store === 0 ? 0 : 1, service: 45 * store })),
      sites: [
        { id: 'kiosk', place: 0, approach: 60, leave: 60 },
        { id: 'mall', place: 1, approach: 240, leave: 180 },
      ],
      dropoff: { before: 60, after: 60 },
      travel: lineTravel(places),
      demand: { perHour: [4, 9], leadSeconds: [300, 900, 1500] },
      orders: orders.map((one, index) => ({
        ...order(`o${index}`, one.drop),
        placedAt: now - one.placedAgo,
        promiseBy: now + one.promise,
        pickups: (one.mall ? one.stores : [0]).map((store) => ({
          store,
          readyAt: now + one.readyIn + 60 * store,
          readySd: one.sd,
        })),
        size: one.size,
        needs: one.needs,
        excluded: one.excluded.map((number) => `d${number}`),
        ...(locked(index) === null ? {} : { lockedTo: `d${locked(index)}` }),
      })),
      drivers: drivers.map((one, index) => ({
        ...driver(`d${index}`, one.place),
        availableAt: now + one.freeIn,
        shiftEnd: now + one.shift,
        capacity: one.capacity,
        can: one.can,
        declines: one.declines,
        onboard: one.onboard.map((drop, parcel) => ({ order: `b${index}.${parcel}`, drop })),
        offered: orders.flatMap((_, number) => (locked(number) === index ? [`o${number}`] : [])),
        ...(one.atSite === null ? {} : { site: one.atSite, place: one.atSite, arrivedAt: now + one.freeIn }),
      })),
    };
  });
