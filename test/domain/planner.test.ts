import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clickToDoor, mallPromises, type PlanOptions } from '../../lambdas/domain/planner/options.ts';
import { plan } from '../../lambdas/domain/planner/plan.ts';
import { expectedReady } from '../../lambdas/domain/planner/readiness.ts';
import type { PlanResult, Snapshot, Trip } from '../../lambdas/domain/planner/snapshot.ts';
import { anySnapshot, driver, order, snapshot } from './planner-snapshots.ts';

const modes: [string, PlanOptions][] = [
  ['instruct', { ...clickToDoor, maxBundle: 4 }],
  ['offer', { ...mallPromises, maxBundle: 4 }],
];

describe.each(modes)('any snapshot, %s', (_, options) => {
  const holds = (property: (snap: Snapshot, result: PlanResult) => void) =>
    fc.assert(
      fc.property(anySnapshot, (snap) => property(snap, plan(snap, null, options))),
      { numRuns: 150 },
    );

  test('an order is in one trip at most, and nothing is planned that is not open', () =>
    holds((snap, result) => {
      const planned = allTrips(result).flatMap(({ trips }) => trips.flatMap((trip) => trip.orders));
      expect(new Set(planned).size).toBe(planned.length);
      const open = new Set(snap.orders.map(({ id }) => id));
      expect(planned.filter((id) => !open.has(id))).toEqual([]);
    }));

  test('every order is in a trip, or the answer says why it waits', () =>
    holds((snap, result) => {
      const told = result.instructions.flatMap((said) => (said.kind === 'move' ? [] : said.orders));
      const waits = result.holds.map((hold) => hold.order);
      expect([...told, ...waits].sort()).toEqual(snap.orders.map(({ id }) => id).sort());
      expect(result.holds.filter(({ why }) => why === 'no_driver').length).toBe(result.stats.unassigned);
    }));

  test('no pickup after the end of the shift, onboard parcels first', () =>
    holds((snap, result) => {
      for (const { driver: id, trips } of allTrips(result)) {
        const carrier = snap.drivers.find((one) => one.id === id)!;
        for (const handedOver of pickups(snap, id, trips)) expect(handedOver).toBeLessThanOrEqual(carrier.shiftEnd);
      }
    }));

  test('capacity, bundle limit, abilities, one site a trip, and those who passed on it', () =>
    holds((snap, result) => {
      for (const { driver: id, trips } of allTrips(result)) {
        const carrier = snap.drivers.find((one) => one.id === id)!;
        for (const trip of trips) {
          const orders = trip.orders.map((one) => snap.orders.find((each) => each.id === one)!);
          expect(orders.reduce((sum, one) => sum + one.size, 0)).toBeLessThanOrEqual(carrier.capacity);
          expect(orders.length).toBeLessThanOrEqual(options.maxBundle);
          for (const one of orders) {
            expect(carrier.can).toEqual(expect.arrayContaining(one.needs));
            expect(one.excluded).not.toContain(id);
            for (const { store } of one.pickups) expect(snap.stores[store]!.site).toBe(trip.site);
          }
        }
      }
    }));

  test('what is on offer stays with whom it is offered to, and they hear nothing else', () =>
    holds((snap, result) => {
      const locked = new Set(snap.orders.filter(({ lockedTo }) => lockedTo).map(({ id }) => id));
      const asked = new Set(snap.drivers.filter(({ offered }) => offered.length > 0).map(({ id }) => id));
      for (const { driver: id, trips } of allTrips(result)) {
        expect(asked.has(id)).toBe(false);
        for (const trip of trips) expect(trip.orders.filter((one) => locked.has(one))).toEqual([]);
      }
      expect(result.instructions.filter((said) => asked.has(said.driver))).toEqual([]);
    }));

  test('drivers with parcels on board, or under way, are told nothing; nobody is told two things', () =>
    holds((snap, result) => {
      const free = snap.drivers.filter((one) => one.onboard.length === 0 && one.availableAt <= snap.now);
      const told = result.instructions.map((said) => said.driver);
      expect(new Set(told).size).toBe(told.length);
      expect(free.map(({ id }) => id)).toEqual(expect.arrayContaining(told));
    }));

  test('same input, same bytes, also after a way through JSON and from a plan before', () =>
    holds((snap, result) => {
      const again = JSON.parse(JSON.stringify(snap)) as Snapshot;
      expect(JSON.stringify(plan(again, null, options))).toBe(JSON.stringify(result));
      const onward = JSON.stringify(plan(snap, result.plan, options));
      expect(JSON.stringify(plan(again, JSON.parse(JSON.stringify(result.plan)), options))).toBe(onward);
    }));

  test('a search that ran out of time replays by its count', () =>
    holds((snap) => {
      let asked = 0;
      const cut = plan(snap, null, { ...options, iterations: 100, outOfTime: () => ++asked > 2 });
      const replayed = plan(snap, null, { ...options, iterations: cut.stats.iterations });
      expect({ ...replayed, stats: { ...replayed.stats, aborted: cut.stats.aborted } }).toEqual(cut);
    }));

  test('searching longer is never dearer', () =>
    holds((snap) => {
      const inserted = plan(snap, null, { ...options, iterations: 0 });
      const improved = plan(snap, null, { ...options, iterations: 120 });
      expect(improved.stats.unassigned).toBeLessThanOrEqual(inserted.stats.unassigned);
      expect(improved.stats.cost).toBeLessThanOrEqual(inserted.stats.cost + 1);
    }));
});

describe('known answers', () => {
  test('two doors on one line, one driver: one trip, nearest door first', () => {
    const asked = snapshot([order('far', 9), order('near', 4)], [driver('d', 0, { site: 0, arrivedAt: -60 })]);
    const { instructions } = plan(asked, null, clickToDoor);
    expect(instructions).toEqual([{ kind: 'serve', driver: 'd', site: 0, stores: [0], orders: ['near', 'far'] }]);
  });

  test('two drivers, two stores at the ends of a line: each takes the store beside, though insertion takes turns', () => {
    const two = snapshot(
      [order('a', 3), order('b', 17, { pickups: [{ store: 1, readyAt: 0, ready: true }] })],
      [driver('right', 18), driver('left', 2)],
      {
        stores: [0, 1].map((site) => ({ id: `s${site}`, site, service: 0 })),
        sites: [0, 20].map((place) => ({ id: `site${place}`, place, approach: 60, leave: 60 })),
        demand: { perHour: [0, 0], leadSeconds: [] },
      },
    );
    const { instructions, plan: routes } = plan(two, null, clickToDoor);
    expect(instructions).toEqual([
      { kind: 'move', driver: 'right', site: 1, why: 'trip' },
      { kind: 'move', driver: 'left', site: 0, why: 'trip' },
    ]);
    expect(routes.routes.map(({ driver: id, trips }) => [id, trips[0]!.orders])).toEqual([
      ['right', ['b']],
      ['left', ['a']],
    ]);
  });

  test('an order stays free until it can be handed over', () => {
    const early = order('a', 4, { pickups: [{ store: 0, readyAt: 1200 }] });
    const waiting = driver('d', 0, { site: 0, arrivedAt: -600 });
    const before = plan(snapshot([early], [waiting]), null, clickToDoor);
    expect(before.instructions).toEqual([]);
    expect(before.holds).toEqual([{ order: 'a', why: 'store_not_ready', driver: 'd' }]);
    const due = plan(snapshot([early], [{ ...waiting, availableAt: 1200 }], { now: 1200 }), before.plan, clickToDoor);
    expect(due.instructions.map(({ kind }) => kind)).toEqual(['serve']);
  });

  test('an idle driver far out goes to where orders are expected, and stays when moves are dear or not wanted', () => {
    const idle = snapshot([], [driver('d', 12)], { demand: { perHour: [40], leadSeconds: [60] } });
    const moves = (reposition: Partial<PlanOptions['reposition']>) =>
      plan(idle, null, { ...clickToDoor, reposition: { ...clickToDoor.reposition, ...reposition } }).instructions;
    expect(moves({})).toEqual([{ kind: 'move', driver: 'd', site: 0, why: 'demand' }]);
    expect(moves({ price: 1000 })).toEqual([]);
    expect(moves({ enabled: false })).toEqual([]);
  });

  test('several stores of one mall on one walk: one parking, not three', () => {
    const stores = [0, 1, 2].map((store) => ({ id: `s${store}`, site: 0, service: 100 }));
    const pickupsOf = stores.map((_, store) => ({ store, readyAt: 0, ready: true }));
    const asked = snapshot([order('a', 5, { pickups: pickupsOf, promiseBy: 600 })], [driver('d', 2)], { stores });
    const endsAt = (options: Partial<PlanOptions>) => {
      const [said] = plan(asked, null, { ...mallPromises, ...options }).instructions;
      return said?.kind === 'offer' ? said.endsAt : null;
    };
    // 120 there, 60 in, 3 x 100 at counters, 60 out, 300 to the door, 30 + 30 at it.
    expect(endsAt({})).toBe(900);
    expect(endsAt({ storesPerStop: 1 })).toBe(900 + 2 * (60 + 60));
  });

  test('nothing is held back that is urgent; with time to spare a run waits for company', () => {
    const told = (promiseBy: number, perHour: number) => {
      const demand = { perHour: [perHour], leadSeconds: [] };
      const asked = snapshot([order('a', 5, { promiseBy })], [driver('d', 0)], { demand });
      const { instructions, holds } = plan(asked, null, mallPromises);
      return instructions[0]?.kind ?? holds[0]!.why;
    };
    expect(told(2000, 20)).toBe('offer');
    expect(told(12_000, 20)).toBe('waits_for_company');
    // Within the longest wait hardly anything is expected.
    expect(told(12_000, 3)).toBe('offer');
  });

  test('an offer says when each door is reached, and what the next best driver would cost more', () => {
    const drivers = [driver('near', 1), driver('far', 9), driver('never', 2), driver('busy', 0, { availableAt: 9000 })];
    const asked = snapshot([order('a', 5, { excluded: ['never'] })], drivers, { now: 60 });
    const [said] = plan(asked, null, { ...mallPromises, weights: { ...mallPromises.weights, busy: 0 } }).instructions;
    // 60 to the site, 60 in, 60 out, 300 to the door, 30 before it.
    expect(said).toMatchObject({ driver: 'near', doors: [60 + 60 + 60 + 60 + 300 + 30] });
    // Eight minutes more to the site: each second of age 0.1, of driving 0.3, of parcels at the counter 0.02.
    expect(said).toMatchObject({ alternatives: [{ driver: 'far', extra: 202 }] });
  });

  test('a preferred driver is worth so many seconds and no more', () => {
    const who = (seconds: number) => {
      const wish = order('a', 5, { preferred: [{ driver: 'far', seconds }] });
      const drivers = [driver('near', 1), driver('far', 9)];
      return plan(snapshot([wish], drivers), null, clickToDoor).plan.routes[0]?.driver;
    };
    expect(who(100)).toBe('near');
    expect(who(900)).toBe('far');
  });

  test('who has not reached the guaranteed minimum is preferred to who is paid on top', () => {
    const drivers = [driver('full', 1, { carried: 6, guaranteed: 6 }), driver('behind', 2, { guaranteed: 6 })];
    expect(plan(snapshot([order('a', 5)], drivers), null, clickToDoor).plan.routes[0]?.driver).toBe('behind');
  });
});

test('a store that is late is expected later the later it is, and never in the past', () => {
  const at = (now: number) => expectedReady({ readyAt: 1000, readySd: 480 }, now, 0.5);
  expect(at(-2000)).toBe(1240);
  expect(at(1000)).toBe(1383);
  for (let now = 1000; now < 6000; now += 100) {
    expect(at(now)).toBeGreaterThan(now);
    expect(at(now + 100)).toBeGreaterThanOrEqual(at(now));
  }
  expect(expectedReady({ readyAt: 1000, readySd: 480, ready: true }, 5000, 0.5)).toBe(1000);
});

/** What each driver does after what is on board: the trip told now, then the plan's. */
function allTrips({ instructions, plan: { routes } }: PlanResult): { driver: string; trips: Trip[] }[] {
  const told = instructions.flatMap((said) =>
    said.kind === 'move' ? [] : [{ driver: said.driver, trip: { site: said.site, orders: said.orders } }],
  );
  const drivers = [...new Set([...told.map((one) => one.driver), ...routes.map((route) => route.driver)])];
  return drivers.map((id) => ({
    driver: id,
    trips: [
      ...told.filter((one) => one.driver === id).map(({ trip }) => trip),
      ...(routes.find((route) => route.driver === id)?.trips ?? []),
    ],
  }));
}

/** When the last counter of each trip has handed over, at the earliest the snapshot allows. */
function pickups(snap: Snapshot, id: string, trips: Trip[]): number[] {
  const { travel, dropoff, sites, stores, now } = snap;
  const carrier = snap.drivers.find((one) => one.id === id)!;
  const drive = (from: number, to: number) => travel.seconds[from * travel.size + to]!;
  let time = Math.max(now, carrier.availableAt);
  let place = carrier.place;
  const drop = (at: number) => {
    time += drive(place, at) + dropoff.before + dropoff.after;
    place = at;
  };
  for (const parcel of carrier.onboard) drop(parcel.drop);
  return trips.map((trip, index) => {
    const site = sites[trip.site]!;
    const there = index === 0 && carrier.onboard.length === 0 && carrier.site === trip.site;
    time = there ? Math.max(time, carrier.arrivedAt! + site.approach) : time + drive(place, site.place) + site.approach;
    place = site.place;
    const orders = trip.orders.map((one) => snap.orders.find((each) => each.id === one)!);
    const ready = new Map<number, number>();
    for (const { store, readyAt } of orders.flatMap((one) => one.pickups)) {
      ready.set(store, Math.max(ready.get(store) ?? 0, readyAt));
    }
    for (const [store, readyAt] of [...ready].sort((a, b) => a[1] - b[1])) {
      time = Math.max(time, readyAt) + stores[store]!.service;
    }
    const handedOver = time;
    time += site.leave;
    for (const one of orders) drop(one.drop);
    return handedOver;
  });
}
