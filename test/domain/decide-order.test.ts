import { describe, expect, test } from 'vitest';
import { decideOrder, orderCommandTypes } from '../../lambdas/domain/decide-order.ts';
import { type DeliveryStatus, deliveryStatuses, isTerminal } from '../../lambdas/domain/delivery-status.ts';
import { asId } from '../../lambdas/domain/ids.ts';
import { goAheadRules, type Order, parcelsOnBoard } from '../../lambdas/domain/order.ts';
import type { OrderCommand } from '../../lambdas/domain/order-commands.ts';
import { isRejection } from '../../lambdas/domain/rejection.ts';
import { type Instant, latest, plusMinutes } from '../../lambdas/domain/time.ts';
import { deadlines, waitKeys } from '../../lambdas/domain/waits.ts';
import {
  assigned,
  collect,
  deliver,
  done,
  driverId,
  frozen,
  given,
  handOver,
  labels,
  lineId,
  noon,
  offered,
  placedOrder,
  play,
  ready,
  receiver,
  routeTo,
  storeId,
  takeOver,
} from './fixtures.ts';
import { expectSettled, expectSound } from './invariants.ts';

const at = plusMinutes(noon, 20);
const first = storeId(1);

/** Each kind of command, in every way in which a sensible caller may put it; the first is the plain one. */
function variants(stores: number): Record<OrderCommand['type'], OrderCommand[]> {
  const all = Array.from({ length: stores }, (_, index) => labels(index + 1)).flat();
  return {
    accept_pickup: [
      { type: 'accept_pickup', storeId: first },
      { type: 'accept_pickup', storeId: first, readyAt: plusMinutes(at, 30) },
    ],
    reject_pickup: [{ type: 'reject_pickup', storeId: first, reason: 'out_of_stock' }],
    delay_pickup: [{ type: 'delay_pickup', storeId: first, readyAt: plusMinutes(at, 30) }],
    ready_pickup: [
      ready(1),
      {
        type: 'ready_pickup',
        storeId: first,
        parcels: [{ id: asId('parcel-1a'), label: 'P1a' }],
        missingLineIds: [lineId(1, 'b')],
      },
      { type: 'ready_pickup', storeId: first, parcels: [], missingLineIds: [lineId(1, 'a'), lineId(1, 'b')] },
    ],
    record_hand_over: [
      { type: 'record_hand_over', storeId: first, driverId, labels: labels(1) },
      { type: 'record_hand_over', storeId: first, driverId, labels: ['P1a', 'other'], occurredAt: noon },
    ],
    acknowledge_stop: [{ type: 'acknowledge_stop', storeId: first }],
    offer: [offered],
    withdraw_offer: [{ type: 'withdraw_offer', offerId: offered.offerId, reason: 'declined' }],
    assign: [assigned],
    depart_for_pickup: [{ type: 'depart_for_pickup' }],
    arrive_at_pickup: [{ type: 'arrive_at_pickup', storeId: first }],
    collect: [collect(1), collect(1, ['P1a']), collect(1, []), collect(stores), collect(stores, [`P${stores}a`])],
    leave_without: [
      { type: 'leave_without', storeId: first, reason: 'not_ready' },
      { type: 'leave_without', storeId: storeId(stores), reason: 'not_ready' },
    ],
    depart_for_door: [{ type: 'depart_for_door' }],
    arrive_at_door: [{ type: 'arrive_at_door' }],
    deliver: [deliver(all), deliver(all.slice(1), all.slice(0, 1)), deliver([], all)],
    refuse_pin: [{ type: 'refuse_pin' }],
    fail_at_door: [
      { type: 'fail_at_door', reason: 'unsafe', evidence: {} },
      { type: 'fail_at_door', reason: 'stolen', evidence: {} },
      { type: 'fail_at_door', reason: 'no_safe_place', evidence: {} },
    ],
    depart_for_return: [{ type: 'depart_for_return' }],
    arrive_at_return: [{ type: 'arrive_at_return', storeId: first }],
    return_parcels: [{ type: 'return_parcels', storeId: first, labels: labels(1) }],
    fail_return: [
      { type: 'fail_return', storeId: first, reason: 'unsafe' },
      { type: 'fail_return', storeId: first, reason: 'store_closed', reopensAt: plusMinutes(at, 600) },
    ],
    lose_driver: [{ type: 'lose_driver', reason: 'vehicle' }],
    take_over: [
      takeOver(all),
      takeOver(all.slice(1)),
      { ...takeOver(all.slice(1)), leaveMissing: true },
      { ...takeOver([]), leaveMissing: true },
    ],
    record_given: [
      given(all),
      given(all.slice(1)),
      { ...given(all.slice(1)), occurredAt: noon },
      { ...given(all), to: null },
    ],
    fail_hand_over: [{ type: 'fail_hand_over', runId: receiver.runId, reason: 'accident' }],
    lose_receiver: [{ type: 'lose_receiver', runId: receiver.runId, reason: 'vehicle' }],
    cancel: [
      { type: 'cancel', by: 'channel' },
      { type: 'cancel', by: 'operations' },
    ],
    resume: [{ type: 'resume' }],
    declare_returned: [{ type: 'declare_returned' }],
    declare_lost: [{ type: 'declare_lost' }],
    send_back: [{ type: 'send_back' }],
    hand_over: [handOver],
    reattempt: [{ type: 'reattempt' }],
    deadline_passed: waitKeys.map((wait) => ({ type: 'deadline_passed', wait })),
    decide_late_store: [
      { type: 'decide_late_store', storeId: first, choice: 'wait', by: 'channel' },
      { type: 'decide_late_store', storeId: first, choice: 'leave_without', by: 'operations' },
    ],
    move_closing: [
      { type: 'move_closing', closesAt: plusMinutes(at, 60) },
      { type: 'move_closing', closesAt: at },
    ],
    settle_hand_over: [{ type: 'settle_hand_over' }],
    restart_workflow: [{ type: 'restart_workflow' }],
    settle: [{ type: 'settle' }],
    erase: [{ type: 'erase', by: 'channel' }],
  };
}

const allOf = (stores: number) => Array.from({ length: stores }, (_, index) => labels(index + 1)).flat();
const labelsOnBoard = (order: Order) => parcelsOnBoard(order).map(({ label }) => label);

/** A deadline is put to an order at that deadline; everything else twenty minutes after it was placed. */
function timeOf(order: Order, command: OrderCommand): Instant {
  return command.type === 'deadline_passed' ? deadlines(order)[command.wait] : at;
}

/** Two stores' worth of `collecting` has one store left; one store is never `collecting`. */
const statusesOf = (stores: number) => deliveryStatuses.filter((status) => stores > 1 || status !== 'collecting');

test('every delivery status is reached by commands', () => {
  for (const stores of [1, 2, 3]) {
    for (const status of statusesOf(stores)) {
      expect(play(placedOrder(stores), routeTo(status, stores)).status).toBe(status);
    }
  }
});

test('every command has a variant here', () => {
  expect(Object.keys(variants(1)).sort()).toEqual([...orderCommandTypes].sort());
});

/** A hand-over from driver to driver at each of its stages, over a held order. */
const handOvers: Record<string, (stores: number) => OrderCommand[]> = {
  asked: () => [handOver],
  'on offer': () => [handOver, offered],
  accepted: () => [handOver, offered, { ...assigned, ...receiver }],
  given: (stores) => [...handOvers.accepted!(stores), given(allOf(stores))],
  'given otherwise': (stores) => [...handOvers.accepted!(stores), { ...given(['other']), occurredAt: noon }],
  overdue: (stores) => [...handOvers.accepted!(stores), { type: 'deadline_passed', wait: 'operationsDecide' }],
  unconfirmed: (stores) => [...handOvers.given!(stores), { type: 'deadline_passed', wait: 'operationsDecide' }],
  taken: (stores) => [...handOvers.accepted!(stores), takeOver(allOf(stores))],
};

describe.each(goAheadRules)('by the rule %s', (goAhead) => {
  test.each(Object.keys(handOvers))('every command to an order whose hand-over is %s is answered soundly', (stage) => {
    for (const stores of [1, 2]) {
      for (const status of ['collecting', 'enroute_to_dropoff', 'enroute_to_return'] as const) {
        if (status === 'collecting' && stores === 1) continue;
        const start = play(placedOrder(stores, { goAhead }), routeTo(status, stores));
        const held = play(start, [{ type: 'lose_driver', reason: 'vehicle' }], at);
        const order = frozen(
          handOvers[stage]!(stores).reduce((state, command) => {
            const named = command.type === 'take_over' || command.type === 'record_given' ? labelsOnBoard(state) : null;
            const fitting =
              named && !JSON.stringify(command).includes('other') ? { ...command, labels: named } : command;
            return done(decideOrder(state, fitting, timeOf(state, fitting))).order;
          }, held),
        );
        for (const command of Object.values(variants(stores)).flat()) {
          const outcome = decideOrder(order, command, latest(order.updatedAt, timeOf(order, command)));
          if (isRejection(outcome)) expect(outcome.mend, command.type).not.toBe('');
          else expectSound(order, outcome);
        }
      }
    }
  });

  test.each([1, 2, 3])('every (status, command) pair over %i stores is answered soundly', (stores) => {
    for (const status of statusesOf(stores)) {
      const order = frozen(play(placedOrder(stores, { goAhead }), routeTo(status, stores)));
      for (const command of Object.values(variants(stores)).flat()) {
        const outcome = decideOrder(order, command, timeOf(order, command));
        if (isRejection(outcome)) {
          expect(outcome.detail, command.type).not.toBe('');
          expect(outcome.mend, command.type).not.toBe('');
        } else expectSound(order, outcome);
      }
    }
  });
});

/** What an order that has ended still takes: the records of what has happened, and nothing that moves it. */
const afterTheEnd = [
  'acknowledge_stop',
  'erase',
  'lose_receiver',
  'record_hand_over',
  'restart_workflow',
  'settle',
  'withdraw_offer',
];

test.each(deliveryStatuses.filter(isTerminal))('a %s order refuses delivery commands', (status) => {
  const order = frozen(play(placedOrder(2), routeTo(status, 2)));
  for (const [type, [command]] of Object.entries(variants(2))) {
    const outcome = decideOrder(order, command!, timeOf(order, command!));
    if (isRejection(outcome)) continue;
    // A stop that is left after its pickup closed is an old act of the driver: nothing changes.
    if (type === 'leave_without') expect(outcome.events).toEqual([]);
    else expect(afterTheEnd).toContain(type);
    expect(outcome.order).toMatchObject({ status, parcels: order.parcels });
  }
});

/** `command → status` for what is carried out, `code: commands` for what is refused. */
function answers(status: DeliveryStatus): string[] {
  const order = play(placedOrder(2), routeTo(status, 2));
  const refused: Record<string, string[]> = {};
  const taken: string[] = [];
  for (const command of Object.values(variants(2)).map(([plain]) => plain!)) {
    const outcome = decideOrder(order, command, timeOf(order, command));
    if (isRejection(outcome)) {
      refused[outcome.code] ??= [];
      refused[outcome.code]!.push(command.type);
    } else if (outcome.order.status !== status) taken.push(`${command.type} → ${outcome.order.status}`);
    else taken.push(outcome.events.length > 0 ? command.type : `(${command.type})`);
  }
  return [taken.join(', '), ...Object.entries(refused).map(([code, types]) => `${code}: ${types.join(' ')}`)];
}

test('the answers of an order over two stores, status by status; in brackets what changes nothing', () => {
  expect(Object.fromEntries(deliveryStatuses.map((status) => [status, answers(status)]))).toMatchInlineSnapshot(`
    {
      "arrived_at_dropoff": [
        "record_hand_over, (withdraw_offer), (leave_without), (depart_for_door), (arrive_at_door), deliver → delivered, refuse_pin, fail_at_door → undeliverable, lose_driver → held, (lose_receiver), cancel → enroute_to_return, send_back → enroute_to_return, (deadline_passed), (move_closing), restart_workflow",
        "transition_not_allowed: accept_pickup reject_pickup delay_pickup ready_pickup offer assign depart_for_pickup arrive_at_pickup collect depart_for_return arrive_at_return return_parcels fail_return take_over record_given fail_hand_over reattempt settle",
        "nothing_to_acknowledge: acknowledge_stop",
        "not_held: resume declare_returned declare_lost hand_over",
        "decision_not_possible: decide_late_store settle_hand_over",
        "order_under_way: erase",
      ],
      "arrived_at_pickup": [
        "delay_pickup, record_hand_over, (withdraw_offer), (depart_for_pickup), (arrive_at_pickup), collect → collecting, leave_without, lose_driver → created, (lose_receiver), cancel → cancelled, (deadline_passed), move_closing, restart_workflow",
        "transition_not_allowed: accept_pickup reject_pickup ready_pickup offer assign depart_for_door arrive_at_door deliver refuse_pin fail_at_door depart_for_return arrive_at_return return_parcels fail_return take_over record_given fail_hand_over send_back reattempt settle",
        "nothing_to_acknowledge: acknowledge_stop",
        "not_held: resume declare_returned declare_lost hand_over",
        "decision_not_possible: decide_late_store settle_hand_over",
        "order_under_way: erase",
      ],
      "arrived_at_return": [
        "record_hand_over, (withdraw_offer), (leave_without), (depart_for_return), (arrive_at_return), return_parcels → enroute_to_return, fail_return → held, lose_driver → held, (lose_receiver), (cancel), (send_back), (deadline_passed), (move_closing), restart_workflow",
        "transition_not_allowed: accept_pickup reject_pickup delay_pickup ready_pickup offer assign depart_for_pickup arrive_at_pickup collect depart_for_door arrive_at_door deliver refuse_pin fail_at_door take_over record_given fail_hand_over reattempt settle",
        "nothing_to_acknowledge: acknowledge_stop",
        "not_held: resume declare_returned declare_lost hand_over",
        "decision_not_possible: decide_late_store settle_hand_over",
        "order_under_way: erase",
      ],
      "assigned": [
        "reject_pickup, delay_pickup, ready_pickup, (withdraw_offer), depart_for_pickup → enroute_to_pickup, arrive_at_pickup → arrived_at_pickup, leave_without, lose_driver → created, (lose_receiver), cancel → cancelled, (deadline_passed), move_closing, restart_workflow",
        "transition_not_allowed: accept_pickup record_hand_over offer assign collect depart_for_door arrive_at_door deliver refuse_pin fail_at_door depart_for_return arrive_at_return return_parcels fail_return take_over record_given fail_hand_over send_back reattempt settle",
        "nothing_to_acknowledge: acknowledge_stop",
        "not_held: resume declare_returned declare_lost hand_over",
        "decision_not_possible: decide_late_store settle_hand_over",
        "order_under_way: erase",
      ],
      "cancelled": [
        "acknowledge_stop, (withdraw_offer), (leave_without), (lose_receiver), restart_workflow, settle, erase",
        "order_ended: accept_pickup reject_pickup delay_pickup ready_pickup offer assign depart_for_pickup arrive_at_pickup collect depart_for_door arrive_at_door deliver refuse_pin fail_at_door depart_for_return arrive_at_return return_parcels fail_return lose_driver take_over record_given fail_hand_over cancel resume declare_returned declare_lost send_back hand_over reattempt decide_late_store move_closing",
        "transition_not_allowed: record_hand_over",
        "not_due: deadline_passed",
        "decision_not_possible: settle_hand_over",
      ],
      "collecting": [
        "record_hand_over, (withdraw_offer), (depart_for_pickup), (arrive_at_pickup), (leave_without), lose_driver → held, (lose_receiver), cancel → enroute_to_return, send_back → enroute_to_return, (deadline_passed), move_closing, restart_workflow",
        "transition_not_allowed: accept_pickup reject_pickup delay_pickup ready_pickup offer assign depart_for_door arrive_at_door deliver refuse_pin fail_at_door depart_for_return arrive_at_return return_parcels fail_return take_over record_given fail_hand_over reattempt settle",
        "nothing_to_acknowledge: acknowledge_stop",
        "pickup_not_ready: collect",
        "not_held: resume declare_returned declare_lost hand_over",
        "decision_not_possible: decide_late_store settle_hand_over",
        "order_under_way: erase",
      ],
      "created": [
        "accept_pickup, reject_pickup, (withdraw_offer), leave_without, (lose_receiver), cancel → cancelled, deadline_passed → cancelled, move_closing, restart_workflow",
        "transition_not_allowed: delay_pickup ready_pickup record_hand_over offer assign depart_for_pickup arrive_at_pickup collect depart_for_door arrive_at_door deliver refuse_pin fail_at_door depart_for_return arrive_at_return return_parcels fail_return lose_driver take_over record_given fail_hand_over send_back reattempt settle",
        "nothing_to_acknowledge: acknowledge_stop",
        "not_held: resume declare_returned declare_lost hand_over",
        "decision_not_possible: decide_late_store settle_hand_over",
        "order_under_way: erase",
      ],
      "delivered": [
        "record_hand_over, (withdraw_offer), (leave_without), (lose_receiver), restart_workflow, settle, erase",
        "order_ended: accept_pickup reject_pickup delay_pickup ready_pickup offer assign depart_for_pickup arrive_at_pickup collect depart_for_door arrive_at_door deliver refuse_pin fail_at_door depart_for_return arrive_at_return return_parcels fail_return lose_driver take_over record_given fail_hand_over cancel resume declare_returned declare_lost send_back hand_over reattempt decide_late_store move_closing",
        "nothing_to_acknowledge: acknowledge_stop",
        "not_due: deadline_passed",
        "decision_not_possible: settle_hand_over",
      ],
      "enroute_to_dropoff": [
        "record_hand_over, (withdraw_offer), (leave_without), (depart_for_door), arrive_at_door → arrived_at_dropoff, lose_driver → held, (lose_receiver), cancel → enroute_to_return, send_back → enroute_to_return, (deadline_passed), (move_closing), restart_workflow",
        "transition_not_allowed: accept_pickup reject_pickup delay_pickup ready_pickup offer assign depart_for_pickup arrive_at_pickup collect deliver refuse_pin fail_at_door depart_for_return arrive_at_return return_parcels fail_return take_over record_given fail_hand_over reattempt settle",
        "nothing_to_acknowledge: acknowledge_stop",
        "not_held: resume declare_returned declare_lost hand_over",
        "decision_not_possible: decide_late_store settle_hand_over",
        "order_under_way: erase",
      ],
      "enroute_to_pickup": [
        "reject_pickup, delay_pickup, ready_pickup, (withdraw_offer), (depart_for_pickup), arrive_at_pickup → arrived_at_pickup, leave_without, lose_driver → created, (lose_receiver), cancel → cancelled, (deadline_passed), move_closing, restart_workflow",
        "transition_not_allowed: accept_pickup record_hand_over offer assign collect depart_for_door arrive_at_door deliver refuse_pin fail_at_door depart_for_return arrive_at_return return_parcels fail_return take_over record_given fail_hand_over send_back reattempt settle",
        "nothing_to_acknowledge: acknowledge_stop",
        "not_held: resume declare_returned declare_lost hand_over",
        "decision_not_possible: decide_late_store settle_hand_over",
        "order_under_way: erase",
      ],
      "enroute_to_return": [
        "record_hand_over, (withdraw_offer), (leave_without), (depart_for_return), arrive_at_return → arrived_at_return, fail_return → held, lose_driver → held, (lose_receiver), (cancel), (send_back), (deadline_passed), (move_closing), restart_workflow",
        "transition_not_allowed: accept_pickup reject_pickup delay_pickup ready_pickup offer assign depart_for_pickup arrive_at_pickup collect depart_for_door arrive_at_door deliver refuse_pin fail_at_door return_parcels take_over record_given fail_hand_over reattempt settle",
        "nothing_to_acknowledge: acknowledge_stop",
        "not_held: resume declare_returned declare_lost hand_over",
        "decision_not_possible: decide_late_store settle_hand_over",
        "order_under_way: erase",
      ],
      "failed": [
        "record_hand_over, (withdraw_offer), (leave_without), (lose_receiver), restart_workflow, settle, erase",
        "order_ended: accept_pickup reject_pickup delay_pickup ready_pickup offer assign depart_for_pickup arrive_at_pickup collect depart_for_door arrive_at_door deliver refuse_pin fail_at_door depart_for_return arrive_at_return return_parcels fail_return lose_driver take_over record_given fail_hand_over cancel resume declare_returned declare_lost send_back hand_over reattempt decide_late_store move_closing",
        "nothing_to_acknowledge: acknowledge_stop",
        "not_due: deadline_passed",
        "decision_not_possible: settle_hand_over",
      ],
      "held": [
        "record_hand_over, (withdraw_offer), (leave_without), (lose_driver), (lose_receiver), cancel, resume → enroute_to_dropoff, declare_returned → returned, declare_lost → failed, send_back → enroute_to_return, hand_over, reattempt → enroute_to_dropoff, (deadline_passed), (move_closing), restart_workflow",
        "transition_not_allowed: accept_pickup reject_pickup delay_pickup ready_pickup offer assign depart_for_pickup arrive_at_pickup collect depart_for_door arrive_at_door deliver refuse_pin fail_at_door depart_for_return arrive_at_return return_parcels fail_return take_over record_given fail_hand_over settle",
        "nothing_to_acknowledge: acknowledge_stop",
        "decision_not_possible: decide_late_store settle_hand_over",
        "order_under_way: erase",
      ],
      "picked_up": [
        "record_hand_over, (withdraw_offer), (leave_without), depart_for_door → enroute_to_dropoff, arrive_at_door → arrived_at_dropoff, lose_driver → held, (lose_receiver), cancel → enroute_to_return, send_back → enroute_to_return, (deadline_passed), (move_closing), restart_workflow",
        "transition_not_allowed: accept_pickup reject_pickup delay_pickup ready_pickup offer assign depart_for_pickup arrive_at_pickup collect deliver refuse_pin fail_at_door depart_for_return arrive_at_return return_parcels fail_return take_over record_given fail_hand_over reattempt settle",
        "nothing_to_acknowledge: acknowledge_stop",
        "not_held: resume declare_returned declare_lost hand_over",
        "decision_not_possible: decide_late_store settle_hand_over",
        "order_under_way: erase",
      ],
      "returned": [
        "record_hand_over, (withdraw_offer), (leave_without), (lose_receiver), restart_workflow, settle, erase",
        "order_ended: accept_pickup reject_pickup delay_pickup ready_pickup offer assign depart_for_pickup arrive_at_pickup collect depart_for_door arrive_at_door deliver refuse_pin fail_at_door depart_for_return arrive_at_return return_parcels fail_return lose_driver take_over record_given fail_hand_over cancel resume declare_returned declare_lost send_back hand_over reattempt decide_late_store move_closing",
        "nothing_to_acknowledge: acknowledge_stop",
        "not_due: deadline_passed",
        "decision_not_possible: settle_hand_over",
      ],
      "undeliverable": [
        "record_hand_over, (withdraw_offer), (leave_without), depart_for_return → enroute_to_return, arrive_at_return → arrived_at_return, lose_driver → held, (lose_receiver), cancel, (send_back), reattempt → enroute_to_dropoff, (deadline_passed), (move_closing), restart_workflow",
        "transition_not_allowed: accept_pickup reject_pickup delay_pickup ready_pickup offer assign depart_for_pickup arrive_at_pickup collect depart_for_door arrive_at_door deliver refuse_pin fail_at_door return_parcels fail_return take_over record_given fail_hand_over settle",
        "nothing_to_acknowledge: acknowledge_stop",
        "not_held: resume declare_returned declare_lost hand_over",
        "decision_not_possible: decide_late_store settle_hand_over",
        "order_under_way: erase",
      ],
    }
  `);
});

test('one store with everything or nothing that cannot find a parcel takes the rest back', () => {
  const order = play(placedOrder(1, { goAhead: 'all_or_nothing' }), [
    ...routeTo('arrived_at_pickup', 1),
    collect(1, ['P1a']),
  ]);
  expect(order).toMatchObject({ status: 'enroute_to_return', endReason: 'stores_rejected' });
  expect(order.parcels.map(({ state, toReturn }) => [state.at, toReturn])).toEqual([
    ['driver', true],
    ['not_collected', false],
  ]);
});

test('a door that takes one parcel of two ends delivered in part once the other is back', () => {
  const refusedOne = play(placedOrder(1), [...routeTo('arrived_at_dropoff', 1), deliver(['P1a'], ['P1b'])]);
  expect(refusedOne.status).toBe('undeliverable');
  const back = play(refusedOne, [
    { type: 'arrive_at_return', storeId: first },
    { type: 'return_parcels', storeId: first, labels: ['P1b'] },
    { type: 'settle' },
  ]);
  expect(back).toMatchObject({ status: 'delivered', partial: true });
  expectSettled(back);
});

test('what is erased of an order is where its door was, once; custody and money stay', () => {
  const order = frozen(play(placedOrder(2), [...routeTo('delivered', 2), { type: 'settle' }]));
  const { order: erased, events } = done(decideOrder(order, { type: 'erase', by: 'operations' }, at));
  expect(events).toMatchObject([{ type: 'order.erased', data: { by: 'operations' } }]);
  const { erasedAt, dropoffArea, sequence, updatedAt, ...rest } = erased;
  expect([erasedAt, dropoffArea]).toEqual([at, [-111.9, 33.3]]);
  expect(order).toEqual({ ...rest, dropoffArea: [-111.86, 33.3], sequence: sequence - 1, updatedAt: order.updatedAt });
  expect(done(decideOrder(erased, { type: 'erase', by: 'channel' }, plusMinutes(at, 5))).events).toEqual([]);
});

test('what a device saw earlier keeps its own time, and a time to come is cut to now', () => {
  const order = placedOrder(1);
  const accept = { type: 'accept_pickup', storeId: first } as const;
  const occurred = (occurredAt: Instant) => done(decideOrder(order, { ...accept, occurredAt }, at)).events[0];
  expect(occurred(plusMinutes(at, -5))).toMatchObject({ occurredAt: plusMinutes(at, -5), recordedAt: at });
  expect(occurred(plusMinutes(at, 5))).toMatchObject({ occurredAt: at, recordedAt: at });
});

test('before its time a deadline changes nothing', () => {
  const order = placedOrder(2);
  for (const wait of waitKeys) {
    const early = plusMinutes(deadlines(order)[wait], -1);
    expect(decideOrder(order, { type: 'deadline_passed', wait }, early)).toMatchObject({ code: 'not_due' });
  }
});
