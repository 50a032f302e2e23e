import { describe, expect, test } from 'vitest';
import { type Driver, newShift } from '../../lambdas/domain/fleet.ts';
import { asId } from '../../lambdas/domain/ids.ts';
import { type MallAtWork, snapshotOfMall } from '../../lambdas/domain/mall-snapshot.ts';
import type { Order } from '../../lambdas/domain/order.ts';
import { mallPromises } from '../../lambdas/domain/planner/options.ts';
import { plan } from '../../lambdas/domain/planner/plan.ts';
import type { Position } from '../../lambdas/domain/position.ts';
import { proposalsOf } from '../../lambdas/domain/proposals.ts';
import { type Instant, plusMinutes, plusSeconds } from '../../lambdas/domain/time.ts';
import { estimatedTravel } from '../../lambdas/domain/travel.ts';
import { mall, noon, placedOrder, play, ready, storeId } from './fixtures.ts';

const now = plusMinutes(noon, 5);
const accept = (number: number) => ({ type: 'accept_pickup', storeId: storeId(number) }) as const;

/** One hundredth of a degree of latitude is 1.11 km. */
function north(hundredths: number): Position {
  return [mall.position[0], mall.position[1] + hundredths / 100];
}

function order(name: string, change: Partial<Order> = {}, stores = 1): Order {
  const accepted = Array.from({ length: stores }, (_, index) => accept(index + 1));
  return { ...play(placedOrder(stores), accepted), id: asId(name), dropoffArea: north(3), ...change };
}

function driver(name: string, change: Partial<Driver> = {}): Driver {
  return {
    id: asId(name),
    version: 1,
    sequence: 1,
    name,
    mallId: mall.id,
    vehicle: 'car',
    status: 'active',
    shift: newShift(noon),
    openOfferId: null,
    activeRunId: null,
    passedOn: [],
    ...change,
  };
}

function atWork(orders: Order[], drivers: [Driver, Position | null][], placedLately: Instant[] = []): MallAtWork {
  return {
    id: mall.id,
    position: mall.position,
    walkMinutes: mall.walkMinutes,
    orders,
    drivers: drivers.map(([driver, position]) => ({ driver, position })),
    placedLately,
  };
}

function decided(mall: MallAtWork, at = now) {
  const view = snapshotOfMall(mall, at);
  return proposalsOf(mall, view, plan(view.snapshot, null, mallPromises));
}

describe('the snapshot', () => {
  test('has the mall, the doors and the drivers as places, in seconds since 1970', () => {
    const busy = driver('busy', {
      activeRunId: asId('run-1'),
      expected: { freeAt: plusMinutes(now, 20), near: north(6) },
    });
    const { snapshot } = snapshotOfMall(
      atWork(
        [order('a', {}, 2)],
        [
          [driver('free'), north(1)],
          [busy, north(9)],
        ],
      ),
      now,
    );
    const at = Date.parse(now) / 1000;
    expect(snapshot).toMatchObject({
      now: at,
      orders: [
        {
          id: 'a',
          drop: 1,
          size: 2,
          pickups: [
            { store: 0, readySd: 300 },
            { store: 1, readySd: 300 },
          ],
        },
      ],
      drivers: [
        { id: 'free', place: 2, availableAt: at, capacity: 20 },
        { id: 'busy', place: 3, availableAt: at + 1200 },
      ],
      stores: [{ id: 'store-1' }, { id: 'store-2' }],
      sites: [{ id: mall.id, place: 0, approach: 480, leave: 480 }],
    });
    const { travel } = snapshot;
    const leg = (from: number, to: number) => travel.seconds[from * travel.size + to];
    // By the bands of the straight line, 1.11 km for each hundredth of a degree; the busy driver will be at six of them.
    expect([leg(0, 1), leg(1, 0), leg(2, 0), leg(3, 0), leg(3, 1)]).toEqual([418, 418, 186, 671, 418]);
  });

  test('knows what is ready, and how many parcels that is', () => {
    const packed = play(order('a', {}, 2), [ready(1), ready(2)], now);
    const [planned] = snapshotOfMall(atWork([packed], []), now).snapshot.orders;
    expect(planned).toMatchObject({ size: 4, pickups: [{ ready: true }, { ready: true }] });
  });

  test('a driver whose run should be over is expected in five minutes', () => {
    const late = driver('late', { activeRunId: asId('run-1'), expected: { freeAt: noon, near: north(6) } });
    const [one] = snapshotOfMall(atWork([], [[late, null]]), now).snapshot.drivers;
    expect(one!.availableAt).toBe(Date.parse(now) / 1000 + 300);
  });

  test('counts what a shift has brought: carried, and the share passed on', () => {
    const shift = { ...newShift(noon), offered: 4, passed: 1, carried: 5 };
    const [one] = snapshotOfMall(atWork([], [[driver('d', { shift }), null]]), now).snapshot.drivers;
    expect(one).toMatchObject({ carried: 5, declines: 0.25, guaranteed: 0 });
  });

  test('drives to a door as long as the road is known to take, there and back', () => {
    const roads = { a: { metres: 5000, seconds: 600, source: 'service' as const } };
    const { snapshot } = snapshotOfMall({ ...atWork([order('a'), order('b')], []), roads }, now);
    const leg = (from: number, to: number) => snapshot.travel.seconds[from * snapshot.travel.size + to];
    expect([leg(0, 1), leg(1, 0), leg(0, 2)]).toEqual([600, 600, 418]);
  });

  test('drives everywhere as much longer as the mall says of its streets, but for what a service has said', () => {
    const roads = { a: { metres: 5000, seconds: 600, source: 'service' as const } };
    const mall = { ...atWork([order('a'), order('b')], [[driver('d'), north(1)]]), roads, drivePercent: 150 };
    const { travel } = snapshotOfMall(mall, now).snapshot;
    const leg = (from: number, to: number) => travel.seconds[from * travel.size + to];
    expect([leg(0, 1), leg(0, 2), leg(3, 0)]).toEqual([600, 627, 279]);
    const streets = [{}, { drivePercent: 150 }].map((one) => estimatedTravel(north(0), north(3), one));
    expect(streets).toMatchObject([{ seconds: 418 }, { seconds: 627, metres: streets[0]!.metres }]);
  });

  test('is the same after a trip through JSON', () => {
    const { snapshot } = snapshotOfMall(atWork([order('a')], [[driver('d'), north(1)]]), now);
    const again = JSON.parse(JSON.stringify(snapshot));
    expect(JSON.stringify(plan(again, null, mallPromises))).toBe(JSON.stringify(plan(snapshot, null, mallPromises)));
  });
});

describe('the proposals', () => {
  test('name driver, stores, doors, road and time, and who else could have gone', () => {
    const mall = atWork(
      [order('a', {}, 2)],
      [
        [driver('far'), north(5)],
        [driver('near'), north(1)],
      ],
    );
    const { offers, holds } = decided(mall);
    expect(holds).toEqual([]);
    expect(offers).toMatchObject([
      {
        driverId: 'near',
        storeIds: ['store-1', 'store-2'],
        orderIds: ['a'],
        // 1.11 km there and 3.34 km to the door, over the road.
        distanceMetres: 6197,
        travel: ['fallback'],
        alternatives: [{ driverId: 'far' }],
      },
    ]);
    const [offer] = offers;
    // The walk out, the drive, and the minute and a half before the door opens.
    const toDoor = 480 + 418 + 90;
    expect(offer!.doorsAt).toEqual([plusSeconds(now, offer!.durationSeconds - 60)]);
    expect(offer!.pickupAt <= plusSeconds(offer!.doorsAt[0]!, -toDoor - 360)).toBe(true);
  });

  test('orders whose doors lie together go together, doors in the order they are reached', () => {
    const orders = [order('b', { dropoffArea: north(4) }), order('a', { dropoffArea: north(3) })];
    expect(
      decided(
        atWork(orders, [
          [driver('one'), null],
          [driver('two'), null],
        ]),
      ).offers,
    ).toMatchObject([{ orderIds: ['a', 'b'], storeIds: ['store-1'] }]);
  });

  test('who has just passed on an order is not asked again; ten minutes later they are', () => {
    const passedOn = [{ orderId: asId<Order['id']>('a'), at: now }];
    const mall = atWork([order('a')], [[driver('d', { passedOn }), null]]);
    expect(decided(mall).holds).toEqual([
      {
        orderId: 'a',
        why: 'no_driver',
        driverId: null,
        openTo: null,
        passed: [{ providerId: 'gig', why: 'all_declined' }],
      },
    ]);
    expect(decided(mall, plusMinutes(now, 10)).offers).toMatchObject([{ driverId: 'd' }]);
  });

  test('neither a driver with an open offer nor one on a run is offered another', () => {
    const asked = driver('asked', { openOfferId: asId('off-1') });
    const busy = driver('busy', {
      activeRunId: asId('run-1'),
      expected: { freeAt: plusMinutes(now, 4), near: north(0) },
    });
    expect(
      decided(
        atWork(
          [order('a')],
          [
            [asked, null],
            [busy, null],
          ],
        ),
      ),
    ).toEqual({
      offers: [],
      holds: [{ orderId: 'a', why: 'driver_busy', driverId: 'busy' }],
    });
  });

  test('an order waits for its store, for its window, and for company where some is expected', () => {
    const drivers: [Driver, null][] = [[driver('d'), null]];
    const slow = order('slow');
    const readyAt = plusMinutes(now, 60);
    const pickups = slow.pickups.map((pickup) => ({ ...pickup, readyAt }));
    expect(decided(atWork([{ ...slow, pickups }], drivers)).holds).toMatchObject([{ why: 'store_not_ready' }]);
    const scheduled = { ...slow, promise: { ...slow.promise, from: plusMinutes(now, 90), by: plusMinutes(now, 150) } };
    expect(decided(atWork([scheduled], drivers)).holds).toEqual([
      { orderId: 'slow', why: 'too_early', driverId: null },
    ]);
    const busyHour = Array.from({ length: 12 }, () => noon);
    expect(decided(atWork([slow], drivers, busyHour)).holds).toMatchObject([{ why: 'waits_for_company' }]);
    expect(decided(atWork([slow], drivers)).offers).toMatchObject([{ orderIds: ['slow'] }]);
  });

  test('a vehicle carries what fits in', () => {
    const big = play(order('big', {}, 3), [ready(1), ready(2), ready(3)], now);
    const walker = driver('walker', { vehicle: 'walking' });
    expect(decided(atWork([big], [[walker, null]])).holds).toMatchObject([{ why: 'no_driver' }]);
    expect(
      decided(
        atWork(
          [big],
          [
            [walker, null],
            [driver('car'), north(9)],
          ],
        ),
      ).offers,
    ).toMatchObject([{ driverId: 'car' }]);
  });
});
