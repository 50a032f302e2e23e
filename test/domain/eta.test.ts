import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { etasOf } from '../../lambdas/domain/eta/eta.ts';
import { type Counter, type Forecast, forecast, type Journey } from '../../lambdas/domain/eta/forecast.ts';
import { type Carried, journeyOfRun, type Surroundings } from '../../lambdas/domain/eta/journey.ts';
import { newShift, type Run, type Stop } from '../../lambdas/domain/fleet.ts';
import { asId } from '../../lambdas/domain/ids.ts';
import type { Order } from '../../lambdas/domain/order.ts';
import { stopIdOf } from '../../lambdas/domain/revise-run.ts';
import { epochMs, plusMinutes } from '../../lambdas/domain/time.ts';
import { fallbackTravel } from '../../lambdas/domain/travel.ts';
import { driverId, mall, noon, placedOrder, play, routeTo, storeId } from './fixtures.ts';

const now = 1_000_000;
const seconds = (least: number, most: number) => fc.integer({ min: least, max: most });

const counters = fc
  .uniqueArray(
    fc.record({
      storeId: seconds(1, 30).map((number) => `s${number}`),
      readyAt: seconds(now - 3600, now + 7200),
      known: fc.constantFrom<Counter['known']>('ready', 'said', 'estimated'),
      isLate: fc.boolean(),
      isHere: fc.constant(false),
    }),
    { maxLength: 5, selector: (one) => one.storeId },
  )
  .map((all) => all.map((one) => (one.known === 'ready' ? { ...one, readyAt: Math.min(one.readyAt, now) } : one)));

const doors = fc.uniqueArray(
  fc.record({
    orderId: seconds(1, 40).map((number) => `o${number}`),
    seconds: seconds(0, 3000),
    isHere: fc.constant(false),
  }),
  { minLength: 1, maxLength: 5, selector: (one) => one.orderId },
);

const wanted = fc.record({
  since: seconds(now - 3600, now),
  isUnconfirmed: fc.boolean(),
  isOffered: fc.boolean(),
  promiseBy: seconds(now - 3600, now + 6 * 3600),
  promiseFrom: fc.option(seconds(now, now + 7200)),
  waiting: seconds(0, 40),
  freeAt: fc.array(seconds(now - 600, now + 7200), { maxLength: 12 }),
});

const journeys: fc.Arbitrary<Journey> = fc
  .record({
    opensAt: fc.option(seconds(now + 1, now + 40_000)),
    wanted: fc.option(wanted),
    approach: fc.option(fc.record({ seconds: seconds(0, 2000), startedAt: fc.option(seconds(now - 3000, now)) })),
    walk: seconds(0, 900),
    counters,
    collectBy: seconds(now, now + 20_000),
    opensNextDayAt: fc.option(seconds(now + 20_000, now + 90_000)),
    leftAt: fc.option(seconds(now - 3000, now)),
    doors,
  })
  .map((one) => ({ ...one, now, wanted: one.counters.length > 0 ? one.wanted : null }));

const each = (one: Map<string, Forecast>, is: (forecast: Forecast, orderId: string) => void) => {
  for (const [orderId, said] of one) is(said, orderId);
};

describe('an estimate', () => {
  test('is in whole seconds, p90 is never before p50, and its causes add up to p50', () => {
    fc.assert(
      fc.property(journeys, (journey) => {
        const said = forecast(journey);
        expect([...said.keys()]).toEqual(journey.doors.map(({ orderId }) => orderId));
        each(said, ({ p50, p90, causes }) => {
          expect([Number.isSafeInteger(p50), Number.isSafeInteger(p90), p50 >= now, p90 >= p50]).toEqual([
            true,
            true,
            true,
            true,
          ]);
          expect(causes.reduce((sum, cause) => sum + cause.seconds, now)).toBe(p50);
          expect(causes.every((cause) => Number.isSafeInteger(cause.seconds) && cause.seconds > 0)).toBe(true);
        });
      }),
      { numRuns: 100 },
    );
  });

  test('is the same whenever it is made of the same', () => {
    fc.assert(
      fc.property(journeys, (journey) => {
        expect(forecast(structuredClone(journey))).toEqual(forecast(journey));
      }),
      { numRuns: 20 },
    );
  });

  test('is never earlier because a store is ready later', () => {
    fc.assert(
      fc.property(journeys, seconds(0, 4), seconds(1, 4000), (journey, which, later) => {
        const at = journey.counters[which];
        fc.pre(at !== undefined && at.known !== 'ready');
        const delayed = journey.counters.map((one) => (one === at ? { ...one, readyAt: one.readyAt + later } : one));
        const after = forecast({ ...journey, counters: delayed });
        each(forecast(journey), ({ p50, p90 }, orderId) => {
          expect(after.get(orderId)!.p50).toBeGreaterThanOrEqual(p50);
          expect(after.get(orderId)!.p90).toBeGreaterThanOrEqual(p90);
        });
      }),
      { numRuns: 100 },
    );
  });

  test('is never earlier because a drive is longer', () => {
    fc.assert(
      fc.property(journeys, seconds(1, 4000), (journey, longer) => {
        const [first, ...others] = journey.doors;
        const after = forecast({ ...journey, doors: [{ ...first!, seconds: first!.seconds + longer }, ...others] });
        each(forecast(journey), ({ p50, p90 }, orderId) => {
          // A driver is not looked for with more time to spare than the promise leaves.
          if (journey.wanted) return;
          expect(after.get(orderId)!.p50).toBeGreaterThanOrEqual(p50);
          expect(after.get(orderId)!.p90).toBeGreaterThanOrEqual(p90);
        });
      }),
      { numRuns: 100 },
    );
  });

  test('of an order that nobody carries is never earlier because others wait too, or because a driver is free later', () => {
    fc.assert(
      fc.property(journeys, seconds(0, 9), seconds(0, 11), seconds(1, 4000), (journey, others, which, later) => {
        const { wanted } = journey;
        fc.pre(wanted !== null);
        const freeAt = wanted.freeAt.map((at, index) => (index === which ? at + later : at));
        const queue = { ...wanted, waiting: wanted.waiting + others, freeAt };
        const after = forecast({ ...journey, wanted: queue });
        each(forecast(journey), ({ p50, p90 }, orderId) => {
          expect(after.get(orderId)!.p50).toBeGreaterThanOrEqual(p50);
          expect(after.get(orderId)!.p90).toBeGreaterThanOrEqual(p90);
        });
      }),
      { numRuns: 100 },
    );
  });

  test('is never later because a counter is done', () => {
    fc.assert(
      fc.property(journeys, seconds(0, 4), (journey, which) => {
        fc.pre(journey.wanted === null && journey.counters.length > 1 && which < journey.counters.length);
        const left = journey.counters.filter((_, index) => index !== which);
        const after = forecast({ ...journey, counters: left });
        each(forecast(journey), ({ p50, p90 }, orderId) => {
          expect(after.get(orderId)!.p50).toBeLessThanOrEqual(p50);
          expect(after.get(orderId)!.p90).toBeLessThanOrEqual(p90);
        });
      }),
      { numRuns: 100 },
    );
  });

  test('is never later for the doors that are left because one before them is done', () => {
    fc.assert(
      fc.property(journeys, (journey) => {
        fc.pre(journey.counters.length === 0 && journey.doors.length > 1);
        const [first, second, ...others] = journey.doors;
        const atDoor = forecast({ ...journey, leftAt: null, doors: [{ ...first!, isHere: true }, second!, ...others] });
        const after = forecast({ ...journey, leftAt: null, doors: [second!, ...others] });
        expect(atDoor.has(first!.orderId)).toBe(false);
        each(after, ({ p50, p90 }, orderId) => {
          expect(p50).toBeLessThanOrEqual(atDoor.get(orderId)!.p50);
          expect(p90).toBeLessThanOrEqual(atDoor.get(orderId)!.p90);
        });
      }),
      { numRuns: 100 },
    );
  });
});

const around: Surroundings = {
  mall,
  travel: (from, to) => fallbackTravel(from, to).seconds,
  waiting: [],
  freeAt: [0, 0, 0],
};

/** A run of one order: its counters, then its door. */
function runOf(order: Order, change: Partial<Run> = {}): Run {
  const stop = (kind: Stop['kind'], id: Stop['id'], more: Partial<Stop> = {}): Stop => ({
    id,
    kind,
    orderIds: [order.id],
    status: 'pending',
    scannedLabels: [],
    ...more,
  });
  return {
    id: asId('run-1'),
    version: 1,
    sequence: 1,
    driverId,
    mallId: mall.id,
    offerId: asId('offer-1'),
    code: '1234',
    status: 'active',
    orderIds: [order.id],
    stops: [
      ...order.pickups
        .filter(({ status }) => status === 'accepted' || status === 'ready')
        .map((pickup) => stop('pickup', stopIdOf('pickup', pickup.storeId), { storeId: pickup.storeId })),
      stop('dropoff', stopIdOf('dropoff', order.id)),
    ],
    pay: [],
    rates: mall.pay,
    currency: 'USD',
    startedAt: noon,
    ...change,
  };
}

function carried(order: Order, run = runOf(order), more: Partial<Carried> = {}): Carried {
  const driver = {
    id: driverId,
    version: 1,
    sequence: 1,
    name: 'Ada',
    mallId: mall.id,
    vehicle: 'car' as const,
    status: 'active' as const,
    shift: newShift(noon),
    openOfferId: null,
    activeRunId: run.id,
    passedOn: [],
  };
  return { run, driver, orders: [order], position: null, ...more };
}

describe('an order', () => {
  const at = plusMinutes(noon, 2);
  const etaOf = (order: Order, by: Carried | null) =>
    etasOf({ orders: [order], carried: by, around }, at).get(order.id);

  test('without a driver is told that it waits for one, and for its stores', () => {
    const order = placedOrder(2);
    const eta = etaOf(order, null)!;
    const kinds = eta.causes.map(({ kind }) => kind);
    expect(kinds).toContain('no_driver_yet');
    expect(kinds).toContain('travel');
    expect(eta.promise).toBe('kept');
    expect(eta.computedAt).toBe(at);
  });

  test('has none at the door, when it is held, when it goes back, and after its end', () => {
    for (const status of [
      'arrived_at_dropoff',
      'held',
      'undeliverable',
      'delivered',
      'returned',
      'cancelled',
      'failed',
    ] as const) {
      const order = play(placedOrder(1), routeTo(status, 1), at);
      const stops = runOf(order).stops.map((stop) => ({ ...stop, status: 'arrived' as const }));
      expect([status, etaOf(order, order.carriage ? carried(order, runOf(order, { stops })) : null)]).toEqual([
        status,
        undefined,
      ]);
    }
  });

  test('whose store asked for more time is told which store it is, and comes later', () => {
    const assigned = play(placedOrder(2), routeTo('assigned', 2), noon);
    const delayed = play(
      assigned,
      [{ type: 'delay_pickup', storeId: storeId(2), readyAt: plusMinutes(noon, 50) }],
      plusMinutes(noon, 1),
    );
    const [before, after] = [etaOf(assigned, carried(assigned))!, etaOf(delayed, carried(delayed))!];
    expect(epochMs(after.p50) - epochMs(before.p50)).toBeGreaterThan(25 * 60_000);
    const late = after.causes.find(({ kind }) => kind === 'store_late');
    expect(late).toMatchObject({ storeId: storeId(2) });
  });

  test('that cannot keep its promise says so', () => {
    const order = play(placedOrder(1), routeTo('assigned', 1), noon);
    const late = { ...order, promise: { ...order.promise, by: plusMinutes(noon, 10) } };
    expect(etaOf(late, carried(late))!.promise).toBe('late');
  });

  test('whose driver is known to be near comes sooner than one whose driver is far', () => {
    const order = play(placedOrder(1), routeTo('assigned', 1), noon);
    const from = (lon: number) =>
      etaOf(order, carried(order, runOf(order), { position: { at: noon, position: [lon, 33.3] } }))!.p50;
    expect(from(-111.9) < from(-111.7)).toBe(true);
  });

  test('whose driver has left the mall does not wait for its stores, and comes later the longer the drive', () => {
    const order = play(placedOrder(1), routeTo('picked_up', 1), noon);
    const stops = runOf(order, {
      stops: [
        {
          id: asId('pickup-store-1'),
          kind: 'pickup',
          storeId: storeId(1),
          orderIds: [order.id],
          status: 'done',
          scannedLabels: [],
          arrivedAt: noon,
          endedAt: noon,
        },
        ...runOf(order).stops,
      ],
    });
    const journey = journeyOfRun(carried(order, stops), around, at);
    expect(journey).toMatchObject({ counters: [], approach: null, leftAt: epochMs(noon) / 1000 });
    const kinds = etaOf(order, carried(order, stops))!.causes.map(({ kind }) => kind);
    expect(kinds).toEqual(['travel']);
  });

  test('behind another door of the run is told of the stop before it', () => {
    const first = play(placedOrder(1), routeTo('picked_up', 1), noon);
    const second: Order = { ...first, id: asId('order-2'), dropoffArea: [-111.87, 33.31] };
    const run = runOf(first, { orderIds: [first.id, second.id] });
    run.stops.push({ ...run.stops[0]!, id: stopIdOf('dropoff', second.id), orderIds: [second.id] });
    const etas = etasOf(
      { orders: [first, second], carried: carried(first, run, { orders: [first, second] }), around },
      at,
    );
    expect(etas.get(first.id)!.causes.map(({ kind }) => kind)).toEqual(['travel']);
    expect(etas.get(second.id)!.causes.map(({ kind }) => kind)).toContain('stops_before');
    expect(etas.get(second.id)!.p50 > etas.get(first.id)!.p50).toBe(true);
  });
});
