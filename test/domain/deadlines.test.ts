import { expect, test } from 'vitest';
import type { GoAhead, Order } from '../../lambdas/domain/order.ts';
import type { OrderCommand } from '../../lambdas/domain/order-commands.ts';
import { type Instant, plusMinutes, secondsBetween } from '../../lambdas/domain/time.ts';
import { awaited, deadlines, type WaitKey } from '../../lambdas/domain/waits.ts';
import { noon, placedOrder, play, ready, routeTo, storeId } from './fixtures.ts';

/** In minutes after noon, when the order was placed: promised for 120, overdue at 180; the mall closes at 540. */
function due(order: Order, wait: WaitKey): number {
  return secondsBetween(noon, deadlines(order)[wait]) / 60;
}

const accept = (number: number): OrderCommand => ({ type: 'accept_pickup', storeId: storeId(number) });
const delay = (number: number, minutes: number): OrderCommand => ({
  type: 'delay_pickup',
  storeId: storeId(number),
  readyAt: plusMinutes(noon, minutes),
});

/** Two stores of which the first is ready and the second asks for so many minutes. */
const oneLate = (minutes: number, goAhead: GoAhead = 'deliver_what_you_can') =>
  play(placedOrder(2, { goAhead }), [accept(1), accept(2), ready(1), delay(2, minutes)]);

test.each([
  ['has a quarter of an hour more than it said', oneLate(40), 55],
  ['has at least until the stores had to confirm', play(placedOrder(2), [accept(1), accept(2)]), 20],
  // The way out and to the door takes 16 minutes.
  ['beyond the promise holds the others up while they can keep theirs', oneLate(300), 104],
  [
    'holds the others up until the promised minute where everything or nothing goes',
    oneLate(300, 'all_or_nothing'),
    120,
  ],
  ['that is worth it holds the others up', play(oneLate(150), [wait(2)]), 165],
  ['holds nobody up when the others are out', play(oneLate(150), [lost(1)]), 165],
  ['is waited for until the delivery is overdue', play(oneLate(300), [lost(1)]), 180],
])('a late store %s', (_, order, minutes) => {
  expect(due(order, 'storesGetReady')).toBe(minutes);
  // While a driver is collecting, the same patience holds.
  expect(due(order, 'driverCollects')).toBe(minutes);
});

function wait(number: number): OrderCommand {
  return { type: 'decide_late_store', storeId: storeId(number), choice: 'wait', by: 'channel' };
}

function lost(number: number): OrderCommand {
  return { type: 'leave_without', storeId: storeId(number), reason: 'business_closed' };
}

test('a collection is due when the delivery would be overdue, or a quarter of an hour after the mall has closed', () => {
  const order = play(placedOrder(2), routeTo('arrived_at_pickup', 2));
  expect(due(order, 'driverCollects')).toBe(180);
  expect(due({ ...order, deliverBy: plusMinutes(noon, 900) }, 'driverCollects')).toBe(555);
});

test('operations have a day, but nobody waits for a store that has closed', () => {
  const collecting = play(placedOrder(2), [...routeTo('collecting', 2), { type: 'lose_driver', reason: 'accident' }]);
  expect(collecting.status).toBe('held');
  expect(due(collecting, 'operationsDecide')).toBe(555);
  const atClose: Instant = plusMinutes(noon, 555);
  const after = play(collecting, [{ type: 'deadline_passed', wait: 'operationsDecide' }], atClose);
  expect(after).toMatchObject({ status: 'held', pickups: [{ status: 'handed_over' }, { status: 'failed' }] });
  expect(secondsBetween(after.attention!.since, deadlines(after).operationsDecide)).toBe(24 * 3600);
});

test('a collection that is overdue is for operations to decide, until the order starts anew', () => {
  const order = play(placedOrder(2), routeTo('assigned', 2));
  const ready2 = play(order, [ready(1), ready(2)]);
  const overdue = play(ready2, [{ type: 'deadline_passed', wait: 'driverCollects' }], deadlines(ready2).driverCollects);
  expect(overdue).toMatchObject({ status: 'assigned', attention: { why: 'overdue_delivery' } });
  expect(awaited('driverCollects', overdue, 1)?.outcome).toBe('overdue');
  expect(awaited('operationsDecide', overdue, 1)).toBeNull();
  const anew = play(overdue, [{ type: 'lose_driver', reason: 'no_show' }], deadlines(overdue).driverCollects);
  expect(anew).toMatchObject({ status: 'created', attention: null });
  expect(awaited('operationsDecide', anew, 1)?.outcome).toBe('resumed');
});

test('a store that was worth waiting for is left out when the delivery is overdue, and operations are asked at once', () => {
  const waiting = play(oneLate(300), [wait(2), ...routeTo('arrived_at_pickup', 0)]);
  expect(due(waiting, 'driverCollects')).toBe(180);
  const left = play(waiting, [{ type: 'deadline_passed', wait: 'driverCollects' }], deadlines(waiting).driverCollects);
  expect(left).toMatchObject({ status: 'arrived_at_pickup', attention: { why: 'overdue_delivery' } });
  expect(left.pickups).toMatchObject([{ status: 'ready' }, { status: 'failed' }]);
  expect(awaited('driverCollects', left, 1)?.outcome).toBe('overdue');
});
