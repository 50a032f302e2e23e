import { expect, test } from 'vitest';
import { asId } from '../../lambdas/domain/ids.ts';
import { type PlannableDriver, type PlannableOrder, plan } from '../../lambdas/domain/plan.ts';
import { plusMinutes, plusSeconds } from '../../lambdas/domain/time.ts';
import { mall, noon, storeId } from './fixtures.ts';

const [lon, lat] = mall.position;

/** One hundredth of a degree of latitude is 1.11 km. */
function order(name: string, change: Partial<PlannableOrder> & { north?: number } = {}): PlannableOrder {
  const { north = 3, ...more } = change;
  return {
    id: asId(name),
    placedAt: noon,
    promiseBy: plusMinutes(noon, 120),
    dropoff: [lon, lat + north / 100],
    pickups: [{ storeId: storeId(1), readyAt: noon }],
    ...more,
  };
}

function driver(name: string, north: number, passedOn: string[] = []): PlannableDriver {
  return { id: asId(name), position: [lon, lat + north / 100], passedOn: passedOn.map((id) => asId(id)) };
}

function proposals(orders: PlannableOrder[], drivers: PlannableDriver[]) {
  return plan({ now: noon, mall, orders, drivers });
}

test('the nearest driver is asked, and of two as near the first by id', () => {
  const drivers = [driver('far', 5), driver('near', 1), driver('also-near', 1)];
  expect(proposals([order('a')], drivers)).toEqual([
    expect.objectContaining({ kind: 'offer', driverId: 'also-near', orderIds: ['a'], storeIds: ['store-1'] }),
  ]);
});

test('the oldest promise goes first when drivers are few', () => {
  const late = order('late', { promiseBy: plusMinutes(noon, 60), north: -8 });
  expect(proposals([order('a'), late], [driver('one', 1)])).toEqual([
    expect.objectContaining({ kind: 'offer', orderIds: ['late'] }),
    { kind: 'hold', orderId: 'a', why: 'no_driver' },
  ]);
});

test('up to three orders whose doors are near go together, doors in the order they are reached', () => {
  const orders = [
    order('d', { north: 4 }),
    order('b', { north: 2 }),
    order('a', { north: 3 }),
    order('c', { north: 5 }),
  ];
  const [first, second] = proposals(orders, [driver('one', 0), driver('two', 1)]);
  // Oldest by id is a; b and d are 1.1 km from its door, c is 2.2 km.
  expect(first).toMatchObject({ kind: 'offer', driverId: 'one', orderIds: ['b', 'a', 'd'] });
  expect(second).toMatchObject({ kind: 'offer', driverId: 'two', orderIds: ['c'] });
});

test('doors three kilometres apart or more are not bundled', () => {
  const offers = proposals(
    [order('a', { north: 0 }), order('b', { north: 2.8 })],
    [driver('one', 0), driver('two', 1)],
  );
  expect(offers.map((offer) => offer.kind === 'offer' && offer.orderIds)).toEqual([['a'], ['b']]);
});

test('a counter that several orders share is visited once', () => {
  const two = order('b', { pickups: [1, 2].map((number) => ({ storeId: storeId(number), readyAt: noon })) });
  expect(proposals([order('a'), two], [driver('one', 0)])).toEqual([
    expect.objectContaining({ orderIds: ['a', 'b'], storeIds: ['store-1', 'store-2'] }),
  ]);
});

test('who has passed on an order is not asked again; others are, or it is held', () => {
  expect(proposals([order('a')], [driver('near', 0, ['a']), driver('far', 5)])).toMatchObject([{ driverId: 'far' }]);
  expect(proposals([order('a')], [driver('near', 0, ['a'])])).toEqual([
    { kind: 'hold', orderId: 'a', why: 'all_passed_on' },
  ]);
});

test('an order that nobody takes in a bundle is offered alone', () => {
  expect(proposals([order('a'), order('b')], [driver('one', 0, ['b'])])).toEqual([
    expect.objectContaining({ kind: 'offer', driverId: 'one', orderIds: ['a'] }),
    { kind: 'hold', orderId: 'b', why: 'no_driver' },
  ]);
});

test('a driver is called ten minutes before the last store is ready, not before', () => {
  const ready = (minutes: number) =>
    order('a', {
      pickups: [
        { storeId: storeId(1), readyAt: noon },
        { storeId: storeId(2), readyAt: plusMinutes(noon, minutes) },
      ],
    });
  expect(proposals([ready(10)], [driver('one', 0)])).toMatchObject([{ kind: 'offer' }]);
  expect(proposals([ready(11)], [driver('one', 0)])).toEqual([{ kind: 'hold', orderId: 'a', why: 'not_ready_soon' }]);
});

test('the road is longer than the crow flies, and every stop takes four minutes', () => {
  const [offer] = proposals([order('a', { north: 1 })], [driver('one', 1)]);
  // 2 × 1,112 m × 1.3 = 2,891 m; 2 × 149 s at 35 km/h and 2 stops of 240 s.
  expect(offer).toMatchObject({ distanceMetres: 2891, durationSeconds: 778 });
});

test('nobody waits, nobody is asked', () => {
  expect(proposals([], [driver('one', 0)])).toEqual([]);
});

test('an order with a window waits until a driver at the mall would not be at its door too early', () => {
  // Four minutes at the counter and 3.34 km × 1.3 at 35 km/h: 686 s.
  const held = order('later', { promiseFrom: plusSeconds(noon, 687) });
  const due = order('sooner', { promiseFrom: plusSeconds(noon, 686) });
  expect(proposals([held, due], [driver('one', 1), driver('two', 1)])).toEqual([
    { kind: 'hold', orderId: 'later', why: 'too_early' },
    expect.objectContaining({ kind: 'offer', orderIds: ['sooner'] }),
  ]);
});
