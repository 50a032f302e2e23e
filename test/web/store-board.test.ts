import { describe, expect, it } from 'vitest';
import { pickupStatuses } from '../../lambdas/domain/pickup.ts';
import { cardsOf, columnOf, newsBetween, readyBody } from '../../web/store/board.ts';
import { inMinutes, now, pickup } from '../browser/fixtures.ts';

const nowMs = Date.parse(now);

it('puts a pickup of every status into its column or leaves it out', () => {
  const columns = Object.fromEntries(
    pickupStatuses.map((status) => [status, columnOf(pickup({ status, handedOverAt: inMinutes(-1) }), nowMs)]),
  );
  expect(columns).toEqual({
    pending: 'new',
    accepted: 'preparing',
    delayed: 'preparing',
    ready: 'ready',
    handed_over: 'handed_over',
    short: 'handed_over',
    rejected: null,
    expired: null,
    failed: null,
    cancelled: null,
  });
});

it('keeps a handed-over card for two hours', () => {
  const card = (minutes: number) => pickup({ status: 'handed_over', handedOverAt: inMinutes(minutes) });
  expect(columnOf(card(-120), nowMs)).toBe('handed_over');
  expect(columnOf(card(-121), nowMs)).toBeNull();
});

it('shows the most urgent first, and the latest hand-over first', () => {
  const ids = (column: Parameters<typeof cardsOf>[0], cards: ReturnType<typeof pickup>[]) =>
    cardsOf(column, cards, nowMs).map(({ orderId }) => orderId);
  expect(
    ids('new', [pickup({ orderId: 'b', confirmBy: inMinutes(9) }), pickup({ orderId: 'a', confirmBy: inMinutes(2) })]),
  ).toEqual(['a', 'b']);
  expect(
    ids('handed_over', [
      pickup({ orderId: 'old', status: 'short', handedOverAt: inMinutes(-30) }),
      pickup({ orderId: 'young', status: 'handed_over', handedOverAt: inMinutes(-3) }),
    ]),
  ).toEqual(['young', 'old']);
});

it('tells of new orders and of stopped ones, and of nothing else', () => {
  const before = [pickup({ orderId: 'ord-AAAA' }), pickup({ orderId: 'ord-BBBB', status: 'accepted' })];
  const after = [
    pickup({ orderId: 'ord-AAAA', status: 'accepted' }),
    pickup({ orderId: 'ord-BBBB', status: 'cancelled', stopped: true }),
    pickup({ orderId: 'ord-CCCC' }),
  ];
  expect(newsBetween(before, after)).toBe('Stop: order BBBB is off. New order CCCC.');
  expect(newsBetween(after, after)).toBe('');
});

describe('what a store says is ready', () => {
  const lines = ['a', 'b', 'c'];

  it('needs no lines for a single parcel', () => {
    expect(readyBody(lines, { labels: ['X-1'], parcelOfLine: { a: 0, b: 0, c: null } })).toEqual({
      parcels: [{ label: 'X-1' }],
      missingLineIds: ['c'],
    });
  });

  it('puts every line into one of several parcels', () => {
    expect(readyBody(lines, { labels: ['X-1', ' X-2 '], parcelOfLine: { a: 0, b: 1, c: 1 } })).toEqual({
      parcels: [
        { label: 'X-1', lineIds: ['a'] },
        { label: 'X-2', lineIds: ['b', 'c'] },
      ],
      missingLineIds: [],
    });
  });

  it('has no parcel when nothing is there', () => {
    expect(readyBody(lines, { labels: ['X-1'], parcelOfLine: { a: null, b: null, c: null } })).toEqual({
      parcels: [],
      missingLineIds: lines,
    });
  });

  it.each([
    [{ labels: ['X 1'], parcelOfLine: { a: 0, b: 0, c: 0 } }, 'The label “X 1” must be'],
    [{ labels: [''], parcelOfLine: { a: 0, b: 0, c: 0 } }, 'The label “” must be'],
    [{ labels: ['X-1', 'X-1'], parcelOfLine: { a: 0, b: 1, c: 0 } }, 'Two parcels have the label X-1'],
    [{ labels: ['X-1', 'X-2'], parcelOfLine: { a: 0, b: 0, c: 0 } }, 'Parcel 2 is empty'],
  ])('is mended before it is sent: %o', (packing, mend) => {
    expect(readyBody(lines, packing)).toEqual({ mend: expect.stringContaining(mend) });
  });
});
