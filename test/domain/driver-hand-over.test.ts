import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decideOrder } from '../../lambdas/domain/decide-order.ts';
import type { OrderEvent } from '../../lambdas/domain/events.ts';
import { goAheadRules, hasEnded, type Order, openHandOver, parcelsOnBoard } from '../../lambdas/domain/order.ts';
import type { OrderCommand } from '../../lambdas/domain/order-commands.ts';
import { isRejection } from '../../lambdas/domain/rejection.ts';
import { latest, plusMinutes } from '../../lambdas/domain/time.ts';
import { deadlines } from '../../lambdas/domain/waits.ts';
import { report, rounds } from '../harness/rounds.ts';
import {
  assigned,
  deliver,
  done,
  driverId,
  frozen,
  handOver,
  labels,
  noon,
  offered,
  placedOrder,
  play,
  receiver,
  routeTo,
  takeOver,
} from './fixtures.ts';
import { expectSettled, expectSound } from './invariants.ts';

const asked = rounds(100);
const all = [...labels(1), ...labels(2)];
const first = { runId: assigned.runId, driverId };
type Spoken = (order: Order) => OrderCommand;
const onBoard = (order: Order) => parcelsOnBoard(order).map(({ label }) => label);
const from = (order: Order) => (openHandOver(order) ?? order.handOvers?.at(-1))?.from ?? first;
const to = (order: Order) => (openHandOver(order) ?? order.handOvers?.at(-1))?.to;

/** Who comes is whoever does not have the parcels: the first driver may be the one who takes over the second time. */
const comer = (order: Order) => (order.carriage?.driverId === driverId ? receiver : first);

const spoken: Record<string, Spoken> = {
  'hand over': () => handOver,
  offer: () => offered,
  'withdraw the offer': () => ({ type: 'withdraw_offer', offerId: offered.offerId, reason: 'expired' }),
  accept: (order) => ({ ...assigned, ...comer(order) }),
  give: (order) => ({
    type: 'record_given',
    from: from(order).driverId,
    to: to(order)?.driverId ?? null,
    labels: onBoard(order),
  }),
  'give less, as was heard of late': (order) => ({
    type: 'record_given',
    from: from(order).driverId,
    to: to(order)?.driverId ?? null,
    labels: onBoard(order).slice(1),
    occurredAt: noon,
  }),
  'take over': (order) => ({ ...takeOver(onBoard(order)), ...(to(order) ?? receiver) }),
  'take over what is there': (order) => ({
    ...takeOver(onBoard(order).slice(1)),
    ...(to(order) ?? receiver),
    leaveMissing: true,
  }),
  'find nothing': (order) => ({
    type: 'fail_hand_over',
    runId: (to(order) ?? receiver).runId,
    reason: 'not_ready',
  }),
  'lose who comes': (order) => ({ type: 'lose_receiver', runId: (to(order) ?? receiver).runId, reason: 'vehicle' }),
  'lose who has it': () => ({ type: 'lose_driver', reason: 'vehicle' }),
  'time is up': () => ({ type: 'deadline_passed', wait: 'operationsDecide' }),
  cancel: () => ({ type: 'cancel', by: 'channel' }),
  resume: () => ({ type: 'resume' }),
  'send back': () => ({ type: 'send_back' }),
  reattempt: () => ({ type: 'reattempt' }),
  'declare lost': () => ({ type: 'declare_lost' }),
  settle: () => ({ type: 'settle_hand_over' }),
  arrive: () => ({ type: 'arrive_at_door' }),
  deliver: () => deliver(all),
};

const names = Object.keys(spoken);
/** What leads on is said more often than what ends it. */
const often = ['offer', 'accept', 'give', 'take over', 'lose who has it'];
const said = fc.array(fc.constantFrom(...names, ...often, ...often, ...often), { minLength: 25, maxLength: 25 });

test('whatever the two drivers, operations and the channel say in whatever order, custody is told and ends once', () => {
  const reached = new Map<string, number>();
  const start = fc.constantFrom('collecting', 'enroute_to_dropoff', 'undeliverable');
  fc.assert(
    fc.property(fc.constantFrom(...goAheadRules), start, said, (goAhead, status, sequence) => {
      let order = play(placedOrder(2, { goAhead }), [
        ...routeTo(status, 2),
        { type: 'lose_driver', reason: 'vehicle' },
      ]);
      let now = plusMinutes(noon, 20);
      const events: OrderEvent[] = [];
      const put = (command: OrderCommand) => {
        if (command.type === 'deadline_passed') now = latest(now, deadlines(order)[command.wait]);
        const outcome = decideOrder(frozen(order), command, now);
        if (isRejection(outcome)) return;
        expectSound(order, outcome);
        events.push(...outcome.events);
        order = outcome.order;
      };
      for (const name of sequence) put(spoken[name]!(order));
      expectCustodyTold(events);
      for (const { handed, given } of (order.handOvers ?? []).map((one) => ({ handed: one.taken, given: one.given }))) {
        const how = `${handed ? 'taken' : 'not taken'}, ${given ? 'given' : 'not given'}`;
        reached.set(how, (reached.get(how) ?? 0) + 1);
      }
      // Whatever is left, operations end it.
      put({ type: 'lose_driver', reason: 'vehicle' });
      put({ type: 'declare_returned' });
      if (!hasEnded(order)) put({ type: 'cancel', by: 'operations' });
      expect(hasEnded(order), order.status).toBe(true);
      expect(openHandOver(order)).toBeUndefined();
      expectSettled(done(decideOrder(order, { type: 'settle' }, now)).order);
    }),
    { seed: 20261123 + asked.seed, numRuns: asked.rounds },
  );
  expect([...reached.keys()]).toEqual(expect.arrayContaining(['taken, given', 'not taken, given']));
  report('hand-overs between drivers', asked, reached);
});

/** Who has the parcels changes only by an event that names what, from whom and to whom. */
function expectCustodyTold(events: OrderEvent[]): void {
  let who: string | undefined = driverId;
  for (const { type, data, snapshot } of events) {
    if (type === 'custody.handed_over') {
      const told = data as { from: { driverId: string }; to: { driverId: string }; parcelIds: string[] };
      expect(told.from.driverId).toBe(who);
      expect(told.parcelIds).toEqual(snapshot.parcels.filter(({ at }) => at === 'driver').map(({ id }) => id));
      who = told.to.driverId;
    }
    expect(snapshot.driverId, type).toBe(who);
  }
}
