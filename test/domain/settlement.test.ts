import { describe, expect, test } from 'vitest';
import { asId } from '../../lambdas/domain/ids.ts';
import type { GoAhead, Order } from '../../lambdas/domain/order.ts';
import type { OrderCommand } from '../../lambdas/domain/order-commands.ts';
import { plusMinutes } from '../../lambdas/domain/time.ts';
import { deadlines } from '../../lambdas/domain/waits.ts';
import { assigned, collect, deliver, labels, lineId, offered, placedOrder, play, ready, storeId } from './fixtures.ts';
import { expectSettled } from './invariants.ts';

const accept = (number: number): OrderCommand => ({ type: 'accept_pickup', storeId: storeId(number) });
const arrive = { type: 'arrive_at_pickup', storeId: storeId(1) } as const;
const onTheWay = [offered, assigned, arrive];

/** The order whose second store ends its part so, with the first store accepted and everything else going well. */
const outcomes: Record<string, (order: Order) => Order> = {
  handed_over: (order) => play(order, [accept(1), accept(2), ready(1), ready(2), ...onTheWay, collect(1), collect(2)]),
  'short at the counter': (order) =>
    play(order, [accept(1), accept(2), ready(1), ready(2), ...onTheWay, collect(1), collect(2, ['P2a'])]),
  'short when packed': (order) => {
    const packed: OrderCommand = {
      type: 'ready_pickup',
      storeId: storeId(2),
      parcels: [{ id: asId('parcel-2a'), label: 'P2a' }],
      missingLineIds: [lineId(2, 'b')],
    };
    const ready2 = play(order, [accept(1), accept(2), ready(1), ...onTheWay, collect(1), packed]);
    return ready2.status === 'collecting' ? play(ready2, [collect(2, ['P2a'])]) : ready2;
  },
  'rejected at once': (order) => {
    const rejected = play(order, [accept(1), { type: 'reject_pickup', storeId: storeId(2), reason: 'out_of_stock' }]);
    return rejected.status === 'cancelled' ? rejected : play(rejected, [ready(1), ...onTheWay, collect(1)]);
  },
  expired: (order) => {
    const late = deadlines(order).storesConfirm;
    const expired = play(play(order, [accept(1)]), [{ type: 'deadline_passed', wait: 'storesConfirm' }], late);
    return expired.status === 'cancelled' ? expired : play(expired, [ready(1), ...onTheWay, collect(1)], late);
  },
  'failed while the first is on board': (order) =>
    play(order, [
      accept(1),
      accept(2),
      ready(1),
      ...onTheWay,
      collect(1),
      { type: 'leave_without', storeId: storeId(2), reason: 'too_late' },
    ]),
  cancelled: (order) => play(order, [accept(1), accept(2), { type: 'cancel', by: 'channel' }]),
  'cancelled with the first on board': (order) =>
    play(order, [accept(1), accept(2), ready(1), ...onTheWay, collect(1), { type: 'cancel', by: 'channel' }]),
};

/** Brings what is on board to where it belongs: to the door, or back. */
function finish(order: Order): Order {
  if (order.status === 'picked_up') {
    const aboard = order.parcels.filter(({ state }) => state.at === 'driver').map(({ label }) => label);
    return play(order, [{ type: 'arrive_at_door' }, deliver(aboard)]);
  }
  let back = order;
  for (const number of [1, 2]) {
    if (
      !back.parcels.some(
        ({ storeId: from, toReturn, state }) => from === storeId(number) && toReturn && state.at === 'driver',
      )
    )
      continue;
    back = play(back, [
      { type: 'arrive_at_return', storeId: storeId(number) },
      { type: 'return_parcels', storeId: storeId(number), labels: labels(number) },
    ]);
  }
  return back;
}

/** A store's basket is 10.00 + 3 × 5.50 = 26.50; the fee is 7.99. */
const table: Record<keyof typeof outcomes, Record<GoAhead, string>> = {
  handed_over: {
    deliver_what_you_can: 'delivered: goods 5300, refund 0, fee 799',
    all_or_nothing: 'delivered: goods 5300, refund 0, fee 799',
  },
  'short at the counter': {
    deliver_what_you_can: 'delivered in part: goods 3650, refund 1650, fee 799',
    all_or_nothing: 'returned: goods 0, refund 5300, fee 799',
  },
  'short when packed': {
    deliver_what_you_can: 'delivered in part: goods 3650, refund 1650, fee 799',
    all_or_nothing: 'returned: goods 0, refund 5300, fee 799',
  },
  'rejected at once': {
    deliver_what_you_can: 'delivered in part: goods 2650, refund 2650, fee 799',
    all_or_nothing: 'cancelled: goods 0, refund 5300, fee 0',
  },
  expired: {
    deliver_what_you_can: 'delivered in part: goods 2650, refund 2650, fee 799',
    all_or_nothing: 'cancelled: goods 0, refund 5300, fee 0',
  },
  'failed while the first is on board': {
    deliver_what_you_can: 'delivered in part: goods 2650, refund 2650, fee 799',
    all_or_nothing: 'returned: goods 0, refund 5300, fee 799',
  },
  cancelled: {
    deliver_what_you_can: 'cancelled: goods 0, refund 5300, fee 0',
    all_or_nothing: 'cancelled: goods 0, refund 5300, fee 0',
  },
  'cancelled with the first on board': {
    deliver_what_you_can: 'returned: goods 0, refund 5300, fee 799',
    all_or_nothing: 'returned: goods 0, refund 5300, fee 799',
  },
};

describe.each(Object.entries(outcomes))('a pickup that is %s', (name, reach) => {
  test.each(['deliver_what_you_can', 'all_or_nothing'] as const)('by the rule %s', (goAhead) => {
    const order = play(finish(reach(placedOrder(2, { goAhead }))), [{ type: 'settle' }]);
    expectSettled(order);
    const sum = (kind: string) =>
      order.ledger.filter((entry) => entry.kind === kind).reduce((total, { amountCents }) => total + amountCents, 0);
    const end = order.partial ? `${order.status} in part` : order.status;
    expect(`${end}: goods ${sum('goods')}, refund ${sum('refund')}, fee ${sum('fee')}`).toBe(table[name]![goAhead]);
  });
});

test('parcels that are lost are refunded, and no fee is charged', () => {
  const lost = play(outcomes.handed_over!(placedOrder(2)), [
    { type: 'lose_driver', reason: 'accident' },
    { type: 'declare_lost' },
    { type: 'settle' },
  ]);
  expectSettled(lost);
  expect(lost).toMatchObject({ status: 'failed', endReason: 'lost' });
  expect(lost.ledger.map(({ key }) => key)).toEqual(['1a', '1b', '2a', '2b'].map((line) => `refund:line-${line}`));
});

test('what was settled stays as it is', () => {
  const settled = play(placedOrder(1), [{ type: 'cancel', by: 'channel' }, { type: 'settle' }]);
  expect(play(settled, [{ type: 'settle' }], plusMinutes(settled.settledAt!, 60))).toEqual(settled);
});
