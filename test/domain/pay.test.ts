import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { acceptOffer, loseDriver, makeOffer } from '../../lambdas/domain/decide-fleet.ts';
import { decideStop, type StopCommand } from '../../lambdas/domain/decide-stop.ts';
import { currentStops, type Driver, newShift, type Run, type Stop } from '../../lambdas/domain/fleet.ts';
import { asId, type OfferId, type OrderId, type RunId } from '../../lambdas/domain/ids.ts';
import {
  bookBase,
  bookStop,
  bookSurge,
  bookWaiting,
  distanceCents,
  expectedPay,
  expectedPayCents,
  isPayRight,
  type OfferedRates,
  payTotalCents,
  ratesOffered,
  surgePercentOf,
  usualWaiting,
  waitingCents,
  waitsFrom,
} from '../../lambdas/domain/pay.ts';
import { decideForOrder, type Situation } from '../../lambdas/domain/situation.ts';
import { type Instant, plusMinutes, plusSeconds } from '../../lambdas/domain/time.ts';
import { done, driverId, labels, mall, noon, placedOrder, play, ready, storeId } from './fixtures.ts';

const plain: OfferedRates = { baseCents: 400, perStopCents: 175, perReturnCents: 250 };
const full: OfferedRates = { ...plain, perKmCents: 35, perWaitingMinuteCents: 30, surgePercent: 125 };

function offer(change: Partial<Parameters<typeof expectedPay>[0]> = {}) {
  const storeIds = [storeId(1), storeId(2)];
  return { rates: full, storeIds, orderIds: [asId<OrderId>('order-1')], distanceMetres: 8_400, ...change };
}

function run(change: Partial<Run> = {}): Run {
  return {
    id: asId('run-1'),
    version: 1,
    sequence: 1,
    driverId,
    mallId: mall.id,
    offerId: asId('offer-1'),
    code: '1234',
    status: 'active',
    orderIds: [],
    stops: [],
    pay: [],
    rates: full,
    distanceMetres: 8_400,
    currency: 'USD',
    startedAt: noon,
    ...change,
  };
}

function stop(number: number, change: Partial<Stop> = {}): Stop {
  return { id: asId(`pickup-${number}`), kind: 'pickup', orderIds: [], status: 'done', scannedLabels: [], ...change };
}

describe('an offer', () => {
  test('names each part, and they make its pay', () => {
    expect(expectedPay(offer())).toEqual([
      { kind: 'base', amountCents: 400 },
      { kind: 'stop', count: 3, amountCents: 525 },
      { kind: 'distance', amountCents: 294 },
      { kind: 'surge', amountCents: 304 },
    ]);
    expect(expectedPayCents(offer())).toBe(1523);
  });

  test('pays what it always did where a mall sets nothing new', () => {
    expect(expectedPay(offer({ rates: plain }))).toEqual([
      { kind: 'base', amountCents: 400 },
      { kind: 'stop', count: 3, amountCents: 525 },
    ]);
  });

  test('a meeting with another driver is a stop', () => {
    const meeting = { runId: asId<RunId>('run-9'), driverId, position: [0, 0] as const };
    expect(expectedPay(offer({ storeIds: [], meeting }))[1]).toEqual({ kind: 'stop', count: 2, amountCents: 350 });
  });
});

describe('surge', () => {
  test.each([
    [0, 4, 100],
    [4, 4, 100],
    [5, 4, 105],
    [6, 4, 110],
    [8, 4, 125],
    [12, 4, 150],
    [40, 4, 150],
    // Nobody to pay it to.
    [5, 0, 100],
  ])('with %i orders without a driver and %i drivers on shift is %i %%', (ordersWithoutDriver, driversOnShift, is) => {
    expect(surgePercentOf({ ordersWithoutDriver, driversOnShift }, { surgeMaxPercent: 150 })).toBe(is);
    expect(surgePercentOf({ ordersWithoutDriver, driversOnShift }, {})).toBe(100);
  });

  test('never falls as orders come, never rises as drivers do', () => {
    const count = fc.integer({ min: 0, max: 300 });
    fc.assert(
      fc.property(count, count, fc.integer({ min: 100, max: 500 }), (ordersWithoutDriver, driversOnShift, most) => {
        const at = (orders: number, drivers: number) =>
          surgePercentOf({ ordersWithoutDriver: orders, driversOnShift: drivers }, { surgeMaxPercent: most });
        const now = at(ordersWithoutDriver, driversOnShift);
        expect(now).toBeGreaterThanOrEqual(100);
        expect(now).toBeLessThanOrEqual(most);
        expect(at(ordersWithoutDriver + 1, driversOnShift)).toBeGreaterThanOrEqual(now);
        if (driversOnShift > 0) expect(at(ordersWithoutDriver, driversOnShift + 1)).toBeLessThanOrEqual(now);
      }),
    );
  });

  test('is fixed with the offer; the cap of the mall stays with the mall', () => {
    expect(ratesOffered({ ...plain, surgeMaxPercent: 150 }, 110)).toEqual({ ...plain, surgePercent: 110 });
    expect(ratesOffered({ ...plain, surgeMaxPercent: 150 }, 100)).toEqual(plain);
  });
});

describe('waiting', () => {
  test.each([
    [0, 0],
    [usualWaiting.graceMinutes, 0],
    [usualWaiting.graceMinutes + 0.9, 0],
    [usualWaiting.graceMinutes + 1, 30],
    [12, 210],
    [usualWaiting.graceMinutes + usualWaiting.capMinutes, 900],
    [500, 900],
    [-20, 0],
  ])('of %d minutes pays %i cents', (minutes, cents) => {
    expect(waitingCents(full, noon, plusSeconds(noon, minutes * 60))).toBe(cents);
    expect(waitingCents(plain, noon, plusSeconds(noon, minutes * 60))).toBe(0);
  });

  test('has the grace and the cap that the mall says', () => {
    const rates = { ...full, waitingGraceMinutes: 0, waitingCapMinutes: 2 };
    expect([1, 2, 3].map((minutes) => waitingCents(rates, noon, plusMinutes(noon, minutes)))).toEqual([30, 60, 60]);
  });

  test.each<[string, number, number]>([
    ['the phone says when it is online', 20, 20],
    ['a phone was offline for a while', 12, 12],
    ['its clock is set back: not before it left the stop before', -60, 10],
  ])('counts from where %s', (_, said, from) => {
    const before = run({ stops: [stop(1, { endedAt: plusMinutes(noon, 10) })] });
    expect(waitsFrom(before, plusMinutes(noon, said), plusMinutes(noon, 20))).toBe(plusMinutes(noon, from));
  });

  test('takes no phone at its word for longer than a quarter of an hour, nor before the run began', () => {
    expect(waitsFrom(run(), noon, plusMinutes(noon, 60))).toBe(plusMinutes(noon, 45));
    expect(waitsFrom(run(), plusMinutes(noon, -10), plusMinutes(noon, 1))).toBe(noon);
  });

  test('ends when the phone says that the stop was done, however late that comes', () => {
    const waited = (doneAt: Instant, now: Instant) => {
      const one = run();
      bookWaiting(one, stop(1, { arrivedAt: noon }), doneAt, now);
      return payTotalCents(one);
    };
    expect(waited(plusMinutes(noon, 8), plusMinutes(noon, 30))).toBe(90);
    expect(waited(plusMinutes(noon, 300), plusMinutes(noon, 8))).toBe(90);
    expect(waited(plusMinutes(noon, -5), plusMinutes(noon, 8))).toBe(0);
  });
});

const minutes = fc.integer({ min: -120, max: 240 });
const rates: fc.Arbitrary<OfferedRates> = fc.record(
  {
    baseCents: fc.nat(2000),
    perStopCents: fc.nat(1000),
    perReturnCents: fc.nat(1000),
    perKmCents: fc.nat(200),
    perWaitingMinuteCents: fc.nat(100),
    waitingGraceMinutes: fc.nat(15),
    waitingCapMinutes: fc.nat(60),
    surgePercent: fc.integer({ min: 101, max: 300 }),
  },
  { requiredKeys: ['baseCents', 'perStopCents', 'perReturnCents'] },
);

describe('the pay of a run', () => {
  test('is right after any stops in any order, has each cent in one line, and goes up only', () => {
    const work = fc.record({
      number: fc.nat(4),
      isReturn: fc.boolean(),
      said: minutes,
      after: fc.nat(60),
      done: minutes,
    });
    fc.assert(
      fc.property(rates, fc.array(work, { maxLength: 12 }), fc.nat(40_000), (offered, works, distanceMetres) => {
        const one = run({ rates: offered, distanceMetres });
        bookBase(one, noon);
        let now = noon;
        let earned = 0;
        for (const { number, isReturn, said, after, done } of works) {
          const kind = isReturn ? 'return' : 'pickup';
          const known = one.stops.find(({ id }) => id === `${kind}-${number}`);
          const at = known ?? stop(number, { id: asId(`${kind}-${number}`), kind });
          if (!known) one.stops.push(at);
          at.arrivedAt = plusMinutes(now, said) < now ? plusMinutes(now, said) : now;
          at.waitsFrom = waitsFrom(one, at.arrivedAt, now);
          now = plusMinutes(now, after);
          at.endedAt = now;
          const waited = one.pay.filter((line) => line.kind === 'waiting').length;
          bookStop(one, at, now);
          bookWaiting(one, at, plusMinutes(now, done), now);
          const waiting = one.pay.filter((line) => line.kind === 'waiting').slice(waited);
          // By the server's clock nobody was there for longer, but for what a phone may say of itself.
          const longest = (after + 15) * (offered.perWaitingMinuteCents ?? 0);
          expect(payTotalCents({ pay: waiting })).toBeLessThanOrEqual(longest);
          expect(isPayRight(one)).toBe(true);
          expect(payTotalCents(one)).toBeGreaterThanOrEqual(earned);
          earned = payTotalCents(one);
        }
        one.status = 'completed';
        bookSurge(one, now);
        expect(isPayRight(one)).toBe(true);
        const of = (...kinds: string[]) => one.pay.filter(({ kind }) => kinds.includes(kind));
        expect(of('stop', 'return')).toHaveLength(works.length);
        expect(payTotalCents({ pay: of('distance') })).toBe(
          works.length > 0 ? distanceCents(offered, distanceMetres) : 0,
        );
        // What there is once is not right twice.
        for (const line of of('base', 'distance', 'surge')) {
          expect(isPayRight({ ...one, pay: [...one.pay, { ...line, key: 'again' }] })).toBe(false);
        }
      }),
    );
  });

  test('as offered is what it comes to when all goes well, whatever the rates', () => {
    fc.assert(
      fc.property(rates, fc.nat(40_000), (offered, distanceMetres) => {
        const { situation, payCents } = delivered(offered, distanceMetres);
        const lines = situation.run!.pay.filter(({ kind }) => kind !== 'waiting');
        expect(situation.run).toMatchObject({ status: 'completed' });
        expect(payTotalCents({ pay: lines })).toBe(payCents);
        expect(isPayRight(situation.run!)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('counts a wait at a counter also where the order is called off meanwhile', () => {
    const { situation } = accepted(full, 1000);
    const counter = situation.run!.stops[0]!.id;
    const there = done(decideStop(situation, { type: 'arrive', stopId: counter }, plusMinutes(noon, 10))).situation;
    const cancel = { type: 'cancel', by: 'channel' } as const;
    const after = done(decideForOrder(there, there.orders[0]!.id, cancel, plusMinutes(noon, 30))).situation;
    expect(after.run).toMatchObject({ status: 'completed' });
    expect(after.run!.pay.map(({ kind, amountCents }) => [kind, amountCents])).toEqual([
      ['base', 400],
      ['waiting', 450],
      ['surge', 100],
    ]);
    expect(isPayRight(after.run!)).toBe(true);
  });

  test('of a driver who is lost is what was earned, with its surge', () => {
    const { situation } = accepted(full, 1000);
    const { run: lost } = done(loseDriver(situation, 'vehicle', plusMinutes(noon, 5))).situation;
    expect(lost!.pay.map(({ kind, amountCents }) => [kind, amountCents])).toEqual([
      ['base', 400],
      ['surge', 100],
    ]);
  });

  test('of a run from before there were ways, waits and surge stays right', () => {
    const line = {
      key: 'pickup-1:1',
      kind: 'stop',
      amountCents: 175,
      stopId: asId<Stop['id']>('pickup-1'),
      at: noon,
    } as const;
    const base = { key: 'base', kind: 'base', amountCents: 400, at: noon } as const;
    const { distanceMetres: _, ...old } = run({ rates: plain, stops: [stop(1)], pay: [base, line] });
    expect(isPayRight(old)).toBe(true);
    bookStop(old, stop(1), noon);
    expect(new Set(old.pay.map(({ key }) => key)).size).toBe(3);
  });
});

/** Offers the one order of two stores, ready at both, and accepts it. */
function accepted(rates: OfferedRates, distanceMetres: number): { situation: Situation; payCents: number } {
  const accept = (number: number) => ({ type: 'accept_pickup', storeId: storeId(number) }) as const;
  const order = play(placedOrder(2), [accept(1), accept(2), ready(1), ready(2)], noon);
  const driver: Driver = {
    id: driverId,
    version: 1,
    sequence: 0,
    name: 'Ada',
    mallId: mall.id,
    vehicle: 'car',
    status: 'active',
    shift: newShift(noon),
    openOfferId: null,
    activeRunId: null,
    passedOn: [],
  };
  const planned = {
    driverId,
    storeIds: [storeId(1), storeId(2)],
    orderIds: [order.id],
    distanceMetres,
    durationSeconds: 900,
  };
  const made = { id: asId<OfferId>('offer-1'), rates, currency: 'USD' };
  const start = { orders: [order], offer: null, run: null, driver };
  const offered = done(makeOffer(start, planned, made, noon)).situation;
  const { payCents, version } = offered.offer!;
  const answer = { version, runId: asId<RunId>('run-1'), code: '1234' };
  return { situation: done(acceptOffer(offered, answer, noon)).situation, payCents };
}

/** The same, driven to its door with five minutes between arriving and leaving. */
function delivered(rates: OfferedRates, distanceMetres: number): { situation: Situation; payCents: number } {
  const { situation, payCents } = accepted(rates, distanceMetres);
  let now = noon;
  let at = situation;
  const act = (command: StopCommand) => {
    now = plusMinutes(now, 5);
    at = done(decideStop(at, command, now)).situation;
  };
  while (at.run!.status === 'active') {
    const [next] = currentStops(at.run!);
    const stopId = next!.id;
    act({ type: 'arrive', stopId });
    const common = { type: 'complete' as const, stopId, leaveMissing: false, refusedLabels: [] };
    const counter = [1, 2].find((number) => next!.storeId === storeId(number));
    if (counter) act({ ...common, labels: labels(counter) });
    else act({ ...common, labels: [...labels(1), ...labels(2)], proof: { kind: 'photo', photoKey: 'p' } });
  }
  return { situation: at, payCents };
}
