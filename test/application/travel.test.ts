import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MemoryDatabase } from '../../lambdas/adapters/memory-database.ts';
import { MemoryRoutes, type Streets } from '../../lambdas/adapters/memory-routes.ts';
import { systemRandomness } from '../../lambdas/adapters/randomness.ts';
import { keys } from '../../lambdas/application/records.ts';
import { type RouteLimits, type TravelPorts, travelFrom } from '../../lambdas/application/travel.ts';
import type { Position } from '../../lambdas/domain/position.ts';
import type { RouteGate } from '../../lambdas/domain/route-gate.ts';
import { type Instant, plusMinutes, plusSeconds } from '../../lambdas/domain/time.ts';
import { fallbackTravel } from '../../lambdas/domain/travel.ts';

const now = '2026-11-23T19:00:00.000Z' as Instant;
const mall: Position = [-111.8986, 33.3013];
const limits: RouteLimits = { perSecond: 1, burst: 4, severalCost: 2, atOnce: 3 };
/** Doors in cells of their own. */
const door = (number: number): Position => [-111.9026 - number * 0.01, 33.3263];

function world(streets: Streets = () => ({ metres: 5_000, seconds: 600 })) {
  const routes = new MemoryRoutes(streets);
  const database = new MemoryDatabase();
  const ports: TravelPorts = { database, randomness: systemRandomness, routes: { service: routes, limits } };
  const ask = (to: Position[], at = now, from = mall) => travelFrom(ports, from, to, plusMinutes(at, 10), at);
  const gate = async () => (await database.get(keys.routeGate()))?.gate as RouteGate;
  return { routes, database, ports, ask, gate };
}

describe('travel without a service', () => {
  test('is estimated from the straight line, says so, and touches no table', async () => {
    const { travel, paid } = await travelFrom(
      { database: null as never, randomness: systemRandomness },
      mall,
      [door(1)],
      now,
      now,
    );
    expect(travel).toEqual([fallbackTravel(mall, door(1))]);
    expect(travel[0]).toMatchObject({ source: 'fallback' });
    expect(paid).toBe(0);
  });
});

describe('travel with a service', () => {
  test('is asked for once, and kept for the hour it speaks of', async () => {
    const { ask, routes } = world();
    expect(await ask([door(1)])).toEqual({ travel: [{ metres: 5_000, seconds: 600, source: 'service' }], paid: 1 });
    expect(await ask([door(1)], plusMinutes(now, 20))).toEqual({
      travel: [{ metres: 5_000, seconds: 600, source: 'cache' }],
      paid: 0,
    });
    expect(routes.asked).toEqual([{ from: mall, destinations: 1, departAt: plusMinutes(now, 10) }]);
    await ask([door(1)], plusMinutes(now, 50));
    expect(routes.paidFor).toBe(2);
  });

  test('for the neighbours of a place that was asked for is as much quicker than the estimate as for that', async () => {
    const { ask, routes } = world();
    await ask([door(1)]);
    const near: Position = [door(1)[0], door(1)[1] + 0.001];
    const [travel] = (await ask([near])).travel;
    const ratio = fallbackTravel(mall, near).seconds / fallbackTravel(mall, door(1)).seconds;
    expect(travel).toMatchObject({ seconds: Math.round(600 * ratio), source: 'cache' });
    expect(routes.paidFor).toBe(1);
  });

  test('for several places is one request, in which no neighbourhood is paid for twice', async () => {
    const { ask, routes } = world();
    const { travel, paid } = await ask([door(1), door(2), door(1)]);
    expect(travel.map(({ source }) => source)).toEqual(['service', 'service', 'service']);
    expect(paid).toBe(2);
    expect(routes.asked).toHaveLength(1);
  });

  test('where no road leads is estimated, and not asked for again in that hour', async () => {
    const { ask, routes } = world(() => null);
    for (const _ of [1, 2]) {
      const { travel } = await ask([door(1)]);
      expect(travel).toEqual([{ ...fallbackTravel(mall, door(1)), because: 'no_road' }]);
    }
    expect(routes.paidFor).toBe(1);
  });

  test('what was kept too long is not used, whether or not the table has dropped it', async () => {
    const { ask, routes, database } = world();
    await ask([door(1)]);
    const [kept] = database.all('requests').filter(({ pk }) => pk.startsWith('TRAVEL#'));
    await database.commit([
      { kind: 'put', table: 'requests', item: { ...kept!, expiresAt: Date.parse(now) / 1000 }, ifVersion: 'any' },
    ]);
    routes.failsWith = new Error('down');
    expect((await ask([door(1)])).travel).toMatchObject([{ source: 'fallback', because: 'unavailable' }]);
  });

  test('more places than go into one request are estimated', async () => {
    const { ask } = world();
    const { travel, paid } = await ask([1, 2, 3, 4, 5].map(door));
    expect(travel.map(({ source }) => source)).toEqual(['service', 'service', 'service', 'fallback', 'fallback']);
    expect(travel[4]).toMatchObject({ because: 'quota' });
    expect(paid).toBe(3);
  });
});

describe('the quota', () => {
  test('is kept by all who ask: what is beyond it is estimated, and seconds later asked for again', async () => {
    const { ask, routes } = world();
    for (let number = 1; number <= 4; number++) expect((await ask([door(number)])).paid).toBe(1);
    expect((await ask([door(5)])).travel).toMatchObject([{ source: 'fallback', because: 'quota' }]);
    expect(routes.asked).toHaveLength(4);
    expect((await ask([door(5)], plusSeconds(now, 1))).paid).toBe(1);
  });

  test('several who ask at once take no more than there is', async () => {
    const { ask, routes } = world();
    const found = await Promise.all(Array.from({ length: 12 }, (_, number) => ask([door(number)])));
    expect(routes.asked.length).toBeLessThanOrEqual(limits.burst);
    expect(found.flatMap(({ travel }) => travel).filter(({ source }) => source === 'service')).toHaveLength(
      routes.asked.length,
    );
  });

  test('is never exceeded over any stretch of time', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ afterMs: fc.integer({ min: 0, max: 3_000 }), places: fc.integer({ min: 1, max: 3 }) }), {
          minLength: 1,
          maxLength: 40,
        }),
        async (requests) => {
          const { ask, routes } = world();
          let [at, number, elapsed] = [now, 0, 0];
          for (const { afterMs, places } of requests) {
            at = plusSeconds(at, afterMs / 1000);
            elapsed += afterMs / 1000;
            await ask(
              Array.from({ length: places }, () => door(++number)),
              at,
            );
            const spent = routes.asked.reduce((sum, one) => sum + (one.destinations > 1 ? limits.severalCost : 1), 0);
            expect(spent).toBeLessThanOrEqual(limits.burst + elapsed * limits.perSecond + 1e-6);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('a service that does not answer', () => {
  test('is left alone after three failures, tried by one after a minute, and asked again once it answers', async () => {
    const { ask, routes, gate } = world();
    routes.failsWith = new Error('ThrottlingException');
    let at = now;
    for (let number = 1; number <= 3; number++) {
      at = plusSeconds(at, 2);
      expect((await ask([door(number)], at)).travel).toMatchObject([{ source: 'fallback', because: 'unavailable' }]);
    }
    expect((await ask([door(4)], plusSeconds(at, 30))).travel).toMatchObject([{ because: 'breaker' }]);
    expect(routes.asked).toHaveLength(3);
    const afterwards = plusSeconds(at, 60);
    const trials = await Promise.all([5, 6, 7].map((number) => ask([door(number)], afterwards)));
    expect(routes.asked).toHaveLength(4);
    expect(trials.flatMap(({ travel }) => travel).map(({ because }) => because)).toContain('breaker');
    routes.failsWith = null;
    expect((await ask([door(8)], plusSeconds(afterwards, 60))).paid).toBe(1);
    expect(await gate()).toMatchObject({ failures: 0, closedUntil: null });
  });

  test('whose trial nobody reports on is tried by another ten seconds later', async () => {
    const { ask, routes, database } = world();
    const { pk, sk } = keys.routeGate();
    const gate: RouteGate = { tokens: 4, filledAt: now, failures: 3, closedUntil: plusSeconds(now, 10) };
    await database.commit([
      { kind: 'put', table: 'requests', item: { pk, sk, version: 1, gate }, ifVersion: 'absent' },
    ]);
    expect((await ask([door(1)], plusSeconds(now, 9))).travel).toMatchObject([{ because: 'breaker' }]);
    expect((await ask([door(1)], plusSeconds(now, 10))).paid).toBe(1);
    expect(routes.asked).toHaveLength(1);
  });

  test('one failure among answers closes nothing', async () => {
    const { ask, routes, gate } = world();
    for (let number = 0; number < 8; number++) {
      routes.failsWith = number % 2 === 0 ? new Error('TimeoutError') : null;
      await ask([door(number)], plusSeconds(now, number * 2));
    }
    expect(routes.asked).toHaveLength(8);
    expect(await gate()).toMatchObject({ failures: 0, closedUntil: null });
  });
});

describe('the estimate', () => {
  const anywhere = fc.tuple(
    fc.double({ min: -112, max: -111.8, noNaN: true }),
    fc.double({ min: 33.2, max: 33.5, noNaN: true }),
  );

  test('grows with the distance, and is none from a place to itself', () => {
    expect(fallbackTravel(mall, mall)).toMatchObject({ metres: 0, seconds: 0 });
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 0.2, noNaN: true }),
        fc.double({ min: 0, max: 0.2, noNaN: true }),
        (a, b) => {
          const to = (north: number): Position => [mall[0], mall[1] + north];
          const [near, far] = [fallbackTravel(mall, to(Math.min(a, b))), fallbackTravel(mall, to(Math.max(a, b)))];
          expect(near.seconds).toBeLessThanOrEqual(far.seconds);
          expect(near.metres).toBeLessThanOrEqual(far.metres);
        },
      ),
    );
  });

  test('is the same in both directions', () => {
    fc.assert(
      fc.property(anywhere, anywhere, (from, to) => {
        expect(fallbackTravel(from, to)).toEqual(fallbackTravel(to, from));
      }),
    );
  });
});
