import { describe, expect, test } from 'vitest';
import type { OrderEvent, OrderEventType } from '../../lambdas/domain/events.ts';
import { asId, type OrderId } from '../../lambdas/domain/ids.ts';
import { changeMallState, isForgotten } from '../../lambdas/domain/mall-state.ts';
import type { Order } from '../../lambdas/domain/order.ts';
import { isLateAtStore, isLateForDriver, needsOperations } from '../../lambdas/domain/patience.ts';
import { stagesOf } from '../../lambdas/domain/stages.ts';
import { type Instant, plusMinutes } from '../../lambdas/domain/time.ts';
import { done, driverId, mall, noon, placedOrder, play, ready, routeTo, storeId } from './fixtures.ts';

const at = (minutes: number): Instant => plusMinutes(noon, minutes);
const accept = (number: number) => ({ type: 'accept_pickup', storeId: storeId(number) }) as const;
/** The first minute at which it holds, of four hours. */
const from = (holds: (order: Order, now: Instant) => boolean, order: Order) =>
  Array.from({ length: 240 }, (_, minute) => minute).find((minute) => holds(order, at(minute)));

describe('an order waits too long', () => {
  const placed = placedOrder(2);
  const confirmed = play(placed, [accept(1), accept(2)]);

  test('for a store that says nothing for five minutes, or is a quarter of an hour past its minute', () => {
    expect(from(isLateAtStore, placed)).toBe(6);
    expect(from(isLateAtStore, play(placed, [accept(1)]))).toBe(6);
    const minute = (Date.parse(confirmed.pickups[0]!.readyAt) - Date.parse(noon)) / 60_000;
    expect(from(isLateAtStore, confirmed)).toBe(Math.floor(minute + 15) + 1);
    expect(from(isLateAtStore, play(placed, [accept(1), accept(2), ready(1), ready(2)]))).toBeUndefined();
    expect(from(isLateAtStore, play(placed, [{ type: 'cancel', by: 'channel' }]))).toBeUndefined();
  });

  test('for a driver ten minutes after its goods are ready, and not before its stores have confirmed', () => {
    expect(from(isLateForDriver, placed)).toBeUndefined();
    const all = play(placed, [accept(1), accept(2), ready(1), ready(2)]);
    const minute =
      (Date.parse(
        all.pickups
          .map(({ readyAt }) => readyAt)
          .sort()
          .at(-1)!,
      ) -
        Date.parse(noon)) /
      60_000;
    expect(from(isLateForDriver, all)).toBe(Math.floor(minute + 10) + 1);
    expect(from(isLateForDriver, play(placed, routeTo('assigned', 2)))).toBeUndefined();
  });

  test('for operations a quarter of an hour after something needs them, while parcels that wait for a store do not', () => {
    expect(from(needsOperations, confirmed)).toBeUndefined();
    const attention = { why: 'overdue_delivery', since: at(20) } as const;
    expect(from(needsOperations, { ...confirmed, attention })).toBe(36);
    const held: Order = { ...confirmed, status: 'held', updatedAt: at(3) };
    expect(from(needsOperations, held)).toBe(19);
    const custody = { parcelIds: [], driverId, storeId: storeId(1) };
    const kept = { ...held, custody: { ...custody, since: at(3), reopensAt: at(900), until: at(990) } };
    expect(from(needsOperations, kept)).toBeUndefined();
  });
});

test('a pause is forgotten when it has no end, in the hours of the mall', () => {
  const paused = done(changeMallState(mall, { state: 'paused', reason: 'Alarm' }, noon));
  const ending = done(changeMallState(mall, { state: 'paused', reason: 'Alarm', reopensAt: at(60) }, noon));
  const night = at(12 * 60);
  expect([isForgotten(mall, noon), isForgotten(paused, noon), isForgotten(ending, noon)]).toEqual([false, true, false]);
  expect(isForgotten(paused, night)).toBe(false);
  expect(isForgotten({ ...paused, hours: { weekly: {} } }, noon)).toBe(false);
});

describe('the stages of an order', () => {
  const event = (type: OrderEventType, minutes: number, pickup: 'pending' | 'accepted' = 'accepted'): OrderEvent => ({
    orderId: asId<OrderId>('order-1'),
    sequence: minutes,
    type,
    version: 1,
    occurredAt: at(minutes),
    recordedAt: at(minutes),
    data: {},
    snapshot: {
      status: 'created',
      partial: false,
      parcels: [],
      pickups: [{ storeId: 's', status: pickup, readyAt: noon }],
    },
  });
  const delivered = [
    event('order.created', 0, 'pending'),
    event('pickup.accepted', 2),
    event('offer.made', 5),
    event('delivery.assigned', 6),
    event('delivery.reassigned', 8),
    event('offer.made', 9),
    event('delivery.assigned', 12),
    event('delivery.picked_up', 30),
    event('delivery.delivered', 55),
  ];

  test('are told from its events, of the driver who delivered it, with every offer that was made', () => {
    expect(stagesOf(delivered)).toEqual({
      storesConfirm: 120,
      findDriver: 600,
      collect: 1080,
      deliver: 1500,
      offers: 2,
    });
  });

  test('are told of delivered orders alone', () => {
    expect(stagesOf(delivered.slice(0, -1))).toBeNull();
    expect(stagesOf([])).toBeNull();
  });
});
