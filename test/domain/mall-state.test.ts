import { describe, expect, test } from 'vitest';
import { changeMallState, closingOfOrder, isPaused, openingToday } from '../../lambdas/domain/mall-state.ts';
import { localInstant } from '../../lambdas/domain/opening-hours.ts';
import { type Instant, plusMinutes } from '../../lambdas/domain/time.ts';
import { mall, noon, placedOrder } from './fixtures.ts';

const local = (time: string, day = '2026-11-23') => localInstant(day, time, mall.zone);
const early = (closesAt: Instant) => ({ state: 'closing_early', closesAt, reason: 'Storm' }) as const;

describe('a mall', () => {
  test('is paused until the time that was said, or until it is opened', () => {
    const paused = changeMallState(mall, { state: 'paused', reopensAt: local('14:00'), reason: 'Alarm' }, noon);
    expect(paused).toMatchObject({ state: 'paused', reopensAt: local('14:00'), stateReason: 'Alarm' });
    if ('rejected' in paused) throw new Error(paused.detail);
    expect([isPaused(paused, local('13:59')), isPaused(paused, local('14:00'))]).toEqual([true, false]);
    expect(changeMallState(paused, { state: 'open' }, noon)).toEqual(mall);
  });

  test.each([
    ['before now', local('11:59')],
    ['after its hours', local('21:00')],
    ['tomorrow', local('15:00', '2026-11-24')],
  ])('cannot close early %s', (_, closesAt) => {
    expect(changeMallState(mall, early(closesAt), noon)).toMatchObject({
      code: 'time_not_possible',
      pointer: '/closesAt',
    });
  });

  test('that closes early does so on that day alone', () => {
    const closing = { ...mall, ...early(local('15:00')) };
    expect(openingToday(closing, noon)?.closesAt).toBe(local('15:00'));
    expect(openingToday(closing, local('12:00', '2026-11-24'))?.closesAt).toBe(local('21:00', '2026-11-24'));
  });

  test('that closes early takes its orders with it, and gives them back their time when it stays open', () => {
    const order = placedOrder(1);
    const closing = { ...mall, ...early(local('15:00')) };
    expect(closingOfOrder(order, closing)).toBe(local('15:00'));
    const moved = { ...order, closesAt: local('15:00'), regularClosesAt: order.closesAt };
    expect(closingOfOrder(moved, closing)).toBe(local('15:00'));
    expect(closingOfOrder(moved, mall)).toBe(order.closesAt);
    const tomorrow = { ...order, closesAt: plusMinutes(order.closesAt, 24 * 60) };
    expect(closingOfOrder(tomorrow, closing)).toBe(tomorrow.closesAt);
  });
});
