import { expect, test } from 'vitest';
import type { Mall, Store } from '../../lambdas/domain/directory.ts';
import { asId } from '../../lambdas/domain/ids.ts';
import { maxLines, type Placement, placeOrder } from '../../lambdas/domain/place.ts';
import { type Instant, parseInstant, plusMinutes } from '../../lambdas/domain/time.ts';
import { done, mall, noon, placement, store, storeId } from './fixtures.ts';

interface Change {
  placement?: Partial<Placement>;
  mall?: Partial<Mall>;
  stores?: Store[];
  now?: Instant;
}

function place(change: Change = {}) {
  return placeOrder(
    placement(2, change.placement),
    { ...mall, ...change.mall },
    change.stores ?? [store(1), store(2)],
    change.now ?? noon,
  );
}

/** In Phoenix. */
const local = (time: string) => parseInstant(`2026-11-23T${time}:00-07:00`);

test('an order is taken, pending at every store, with all its deadlines', () => {
  const { order, events } = done(place());
  expect(order).toMatchObject({
    status: 'created',
    sequence: 1,
    dropoffArea: [-111.86, 33.3],
    storesConfirmBy: plusMinutes(noon, 10),
    closesAt: local('21:00'),
    promise: { kind: 'two_hour', by: plusMinutes(noon, 120) },
    deliverBy: plusMinutes(noon, 180),
    returnBy: plusMinutes(noon, 360),
  });
  expect(order.pickups.map(({ status, readyAt }) => [status, readyAt])).toEqual([
    ['pending', plusMinutes(noon, 5)],
    ['pending', plusMinutes(noon, 5)],
  ]);
  expect(events.map(({ type, sequence }) => [type, sequence])).toEqual([['order.created', 1]]);
});

test.each([
  ['before opening', local('09:59'), {}, 'It opens at 2026-11-23T17:00:00.000Z.'],
  ['at the close', local('21:00'), {}, 'It opens at 2026-11-24T17:00:00.000Z.'],
  ['paused', noon, { state: 'paused' } as const, 'It is paused; try again later.'],
  ['closed all day', noon, { hours: { weekly: {} } }, 'Order during its opening hours.'],
])('no order is taken %s', (_, now, change, mend) => {
  expect(place({ now, mall: change })).toMatchObject({ rejected: true, code: 'mall_closed', mend });
});

test('the cut-off of a store is its close less preparation and walk', () => {
  const early = { weekly: { mon: { opens: '10:00', closes: '18:00' } } };
  const stores = [store(1), store(2, { hours: early, prepMinutes: 20 })];
  // 18:00 − 20 min of preparation − 8 min of walk
  expect(done(place({ stores, now: local('17:31') })).order.closesAt).toBe(local('18:00'));
  expect(place({ stores, now: local('17:32') })).toMatchObject({
    code: 'after_cut_off',
    pointer: '/pickups/1/storeId',
  });
  expect(place({ stores, now: local('18:00') })).toMatchObject({ code: 'mall_closed', pointer: '/pickups/1/storeId' });
});

test('stores confirm before the mall closes', () => {
  const stores = [store(1, { prepMinutes: 0 }), store(2, { prepMinutes: 0 })];
  const { order } = done(place({ stores, mall: { confirmWithinMinutes: 30 }, now: local('20:45') }));
  expect(order.storesConfirmBy).toBe(local('21:00'));
});

test('a store of another mall, or none, is named', () => {
  const unknown = { rejected: true, code: 'unknown_store', pointer: '/pickups/1/storeId' };
  expect(place({ stores: [store(1), store(2, { mallId: asId('mall-2') })] })).toMatchObject(unknown);
  expect(place({ stores: [store(1)] })).toMatchObject({
    ...unknown,
    detail: `There is no store store-2 in Test Mall.`,
  });
});

test('a door out of reach is refused with both distances', () => {
  // One degree of latitude is 111.2 km: 0.14 is 15.6 km, 0.15 is 16.7 km.
  const door = (degrees: number) => ({
    placement: { dropoff: [mall.position[0], mall.position[1] + degrees] as const },
  });
  expect(done(place(door(0.14))).order.status).toBe('created');
  expect(place(door(0.15))).toMatchObject({
    code: 'outside_delivery_area',
    detail: 'The door is 17 km from Test Mall; it delivers within 16 km.',
    pointer: '/dropoff',
  });
});

test('forty lines are taken, one more is not', () => {
  const lines = (count: number) => ({
    placement: {
      pickups: [
        {
          storeId: storeId(1),
          lines: Array.from({ length: count }, (_, index) => ({
            id: asId<Placement['pickups'][number]['lines'][number]['id']>(`line-${index}`),
            sku: `sku-${index}`,
            name: 'Thing',
            quantity: 1,
            unitPriceCents: 100,
          })),
        },
      ],
    },
  });
  expect(done(place(lines(maxLines))).order.pickups[0]!.lines).toHaveLength(40);
  expect(place(lines(maxLines + 1))).toMatchObject({
    code: 'too_many_lines',
    detail: 'The order has 41 lines; at most 40 are possible.',
  });
});

test('same day is by ten in the evening, and never under two hours', () => {
  const by = (now: Instant) => done(place({ placement: { promise: { kind: 'same_day' } }, now })).order.promise.by;
  expect(by(noon)).toBe(local('22:00'));
  expect(by(local('20:30'))).toBe(local('22:30'));
});

test.each([
  ['without an end', undefined, undefined],
  ['less than an hour away', undefined, plusMinutes(noon, 59)],
  ['that begins when it ends', plusMinutes(noon, 90), plusMinutes(noon, 90)],
  ['of tomorrow', undefined, local('23:01')],
])('a window %s is refused', (_, from, by) => {
  const promise = { kind: 'scheduled' as const, ...(from && { from }), ...(by && { by }) };
  expect(place({ placement: { promise } })).toMatchObject({ code: 'window_too_early', pointer: '/promise/by' });
});

test('a window of today is kept as it was asked for', () => {
  const promise = { kind: 'scheduled' as const, from: plusMinutes(noon, 90), by: plusMinutes(noon, 150) };
  expect(done(place({ placement: { promise } })).order.promise).toEqual(promise);
});
