import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deliveryStatuses } from '../../lambdas/domain/delivery-status.ts';
import { openStops } from '../../lambdas/domain/fleet.ts';
import { isUnconfirmed } from '../../lambdas/domain/hand-over.ts';
import { asId, type LineId } from '../../lambdas/domain/ids.ts';
import { doorProofs, goAheadRules, hasEnded, type Order, parcelsForDoor } from '../../lambdas/domain/order.ts';
import type { OrderCommand } from '../../lambdas/domain/order-commands.ts';
import type { Parcel } from '../../lambdas/domain/parcel.ts';
import { rejectReasons } from '../../lambdas/domain/pickup.ts';
import { isRejection } from '../../lambdas/domain/rejection.ts';
import type { Decision, Situation } from '../../lambdas/domain/situation.ts';
import { plusMinutes } from '../../lambdas/domain/time.ts';
import { undeliverableReasons } from '../../lambdas/domain/undeliverable.ts';
import { deadlines, waitKeys } from '../../lambdas/domain/waits.ts';
import { report, rounds } from '../harness/rounds.ts';
import { currentWaits } from './current-waits.ts';
import { noon, placedOrder, storeId } from './fixtures.ts';
import { expectSettled, expectSound } from './invariants.ts';
import { Town } from './town.ts';

const asked = rounds(300);
const settings = { seed: 20261122 + asked.seed, numRuns: asked.rounds };

type Step = (town: Town) => void;

/** A step that a counterexample shows by name. */
function step(does: object, run: Step): Step {
  return Object.assign(run, { [fc.toStringMethod]: () => JSON.stringify(does) });
}

const orderIds = ['order-1', 'order-2'];

function placed(goAhead: Order['goAhead'], doorProof: Order['doorProof'], stores: number, index: number): Order {
  const order = placedOrder(stores, { id: asId(orderIds[index]!), goAhead, doorProof });
  // Ids of lines are minted, so those of two orders differ.
  for (const line of order.pickups.flatMap(({ lines }) => lines)) line.id = asId(`${order.id}-${line.id}`);
  return order;
}

const orders = fc
  .array(fc.tuple(fc.constantFrom(...goAheadRules), fc.constantFrom(...doorProofs), fc.integer({ min: 1, max: 3 })), {
    minLength: 1,
    maxLength: orderIds.length,
  })
  .map((drawn) => drawn.map(([goAhead, doorProof, stores], index) => placed(goAhead, doorProof, stores, index)));

const letters = ['a', 'b'] as const;
const missingLetters = fc.oneof(
  { weight: 4, arbitrary: fc.constant<string[]>([]) },
  fc.subarray<string>([...letters], { maxLength: 1 }),
);

const storeStep: fc.Arbitrary<Step> = fc
  .record({
    id: fc.constantFrom(...orderIds),
    store: fc.integer({ min: 1, max: 3 }),
    type: fc.constantFrom('accept', 'accept', 'ready', 'ready', 'reject', 'delay', 'record_hand_over', 'acknowledge'),
    missing: missingLetters,
    reason: fc.constantFrom(...rejectReasons),
  })
  .map((drawn) =>
    step(drawn, (town) => {
      const order = town.orders.get(drawn.id);
      if (!order) return;
      const at = storeId(drawn.store);
      const put = (command: OrderCommand) => town.order(order.id, command);
      if (drawn.type === 'accept') put({ type: 'accept_pickup', storeId: at });
      else if (drawn.type === 'ready') readyAt(town, order, drawn.store, drawn.missing);
      else if (drawn.type === 'reject') put({ type: 'reject_pickup', storeId: at, reason: drawn.reason });
      else if (drawn.type === 'delay') put({ type: 'delay_pickup', storeId: at, readyAt: plusMinutes(town.now, 20) });
      else if (drawn.type === 'acknowledge') put({ type: 'acknowledge_stop', storeId: at });
      else {
        const packed = order.parcels.filter((parcel) => parcel.storeId === at).map(({ label }) => label);
        put({ type: 'record_hand_over', storeId: at, driverId: town.driver.id, labels: packed });
      }
    }),
  );

const evidence = { contactAttempts: 2, photoKey: 'proofs/1', position: [-111.86, 33.3] as const, note: 'Seen.' };

function readyAt(town: Town, order: Order, store: number, missing: readonly string[] = []): void {
  const label = (letter: string) => `${order.id}-P${store}${letter}`;
  const line = (letter: string) => asId<LineId>(`${order.id}-line-${store}${letter}`);
  town.order(order.id, {
    type: 'ready_pickup',
    storeId: storeId(store),
    parcels: letters
      .filter((letter) => !missing.includes(letter))
      .map((letter) => ({ id: asId(label(letter)), label: label(letter), lineIds: [line(letter)] })),
    missingLineIds: missing.map(line),
  });
}

/** Arrives at a stop, or completes it with the first `keep` of the parcels that are due there. */
function goOn(town: Town, index = 0, keep = 10, isPinRight = true): void {
  const open = town.run ? openStops(town.run) : [];
  const stop = open[index] ?? open[0];
  if (!stop) return;
  if (stop.status !== 'arrived') {
    town.stop({ stopId: stop.id, type: 'arrive' });
    return;
  }
  const isDue = (order: Order, parcel: Parcel) => {
    const { storeId: from, state, toReturn } = parcel;
    if (stop.kind === 'dropoff') return parcelsForDoor(order).includes(parcel);
    return from === stop.storeId && (stop.kind === 'return' ? toReturn : state.at === 'store');
  };
  const due = stop.orderIds
    .map((id) => town.orders.get(id)!)
    .flatMap((order) => order.parcels.filter((parcel) => isDue(order, parcel)))
    .map(({ label }) => label);
  town.stop({
    stopId: stop.id,
    type: 'complete',
    labels: due.slice(0, keep),
    leaveMissing: keep < due.length,
    refusedLabels: stop.kind === 'dropoff' ? due.slice(keep) : [],
    proof: { kind: 'pin', matches: isPinRight },
  });
}

/** What the driver does at a stop: mostly the right thing. */
const driverStep: fc.Arbitrary<Step> = fc
  .record({
    type: fc.constantFrom(
      'go_on',
      'go_on',
      'go_on',
      'go_on',
      'depart',
      'fail',
      'fail',
      'leave_without',
      'fail_return',
      'wrong_pin',
    ),
    keep: fc.oneof({ weight: 4, arbitrary: fc.constant(10) }, fc.integer({ min: 0, max: 2 })),
    reason: fc.constantFrom('lost', 'stolen', ...undeliverableReasons),
    index: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 2 })),
  })
  .map(({ type, keep, reason, index }) =>
    step({ type, keep, reason, index }, (town) => {
      const stop = town.run && openStops(town.run)[index];
      if (type === 'go_on' || type === 'wrong_pin') goOn(town, index, keep, type === 'go_on');
      else if (stop && type === 'depart') town.stop({ stopId: stop.id, type });
      else if (stop && type === 'fail') town.stop({ stopId: stop.id, type, reason, evidence });
      else if (stop && (type === 'leave_without' || type === 'fail_return')) {
        town.stop({ stopId: stop.id, type, reason: 'business_closed' });
      }
    }),
  );

const oversightStep: fc.Arbitrary<Step> = fc
  .record({
    id: fc.constantFrom(...orderIds),
    command: fc.constantFrom<OrderCommand>(
      { type: 'cancel', by: 'channel' },
      { type: 'resume' },
      { type: 'declare_returned' },
      { type: 'declare_lost' },
      { type: 'declare_lost' },
      { type: 'send_back' },
      { type: 'reattempt' },
      { type: 'restart_workflow' },
      { type: 'settle' },
      ...waitKeys.map((wait): OrderCommand => ({ type: 'deadline_passed', wait })),
    ),
  })
  .map(({ id, command }) =>
    step({ id, command }, (town) => {
      if (town.orders.has(id)) town.order(id, command);
    }),
  );

const fleetStep: fc.Arbitrary<Step> = fc
  .constantFrom('offer', 'accept', 'accept', 'decline', 'expire', 'lose')
  .map((act) =>
    step({ act }, (town) => {
      if (act === 'offer') town.offer();
      else if (act === 'lose') town.lose();
      else town.answer(act);
    }),
  );

const waitStep: fc.Arbitrary<Step> = fc
  .integer({ min: 1, max: 1800 })
  .map((seconds) => step({ seconds }, (town) => town.wait(seconds)));

const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: storeStep },
    { weight: 10, arbitrary: driverStep },
    { weight: 2, arbitrary: oversightStep },
    { weight: 2, arbitrary: fleetStep },
    { weight: 1, arbitrary: waitStep },
  ),
  { maxLength: 40 },
);

/** How many steps all goes well, so that the turn things then take comes at any point of the way. */
const beginning = fc.integer({ min: 0, max: 20 }).map((goodSteps) =>
  step({ goodSteps }, (town) => {
    const everyPickup = (act: (order: Order, store: number) => unknown) => {
      for (const order of town.orders.values()) order.pickups.forEach((_, index) => void act(order, index + 1));
    };
    const good = [
      () => everyPickup(({ id }, store) => town.order(id, { type: 'accept_pickup', storeId: storeId(store) })),
      () => town.offer(),
      () => town.answer('accept'),
      () => everyPickup((order, store) => readyAt(town, order, store)),
      ...Array.from({ length: 16 }, () => () => goOn(town)),
    ];
    for (const act of good.slice(0, goodSteps)) act();
  }),
);

function expectSoundDecision(before: Situation, decision: Decision): void {
  const { situation, orderEvents, fleetEvents } = decision;
  for (const order of situation.orders) {
    const was = before.orders.find(({ id }) => id === order.id)!;
    const events = orderEvents.filter(({ orderId }) => orderId === order.id);
    expectSound(was, { order, events });
  }
  for (const kind of ['offer', 'run', 'driver'] as const) {
    const events = fleetEvents.filter(({ subject }) => subject.kind === kind);
    const now = situation[kind];
    if (!now) continue;
    const was = before[kind]?.id === now.id ? before[kind].sequence : 0;
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => was + 1 + index));
    expect(now.sequence).toBe(was + events.length);
  }
  const { run, driver, offer } = situation;
  if (run) {
    expect(driver?.activeRunId === run.id, `a run that is ${run.status}`).toBe(run.status === 'active');
    expect(new Set(run.pay.map(({ key }) => key)).size, 'each pay line once').toBe(run.pay.length);
    if (run.status !== 'active') expect(openStops(run), `a run that is ${run.status} has no open stop`).toEqual([]);
    for (const stop of run.stops.filter(({ servedAt, status }) => servedAt && status !== 'arrived')) {
      expect(stop.status, 'where something changed hands, the stop counts').toBe('done');
      expect(run.pay.some(({ stopId }) => stopId === stop.id)).toBe(true);
    }
  }
  if (offer) expect(driver?.openOfferId === offer.id, `an offer that is ${offer.status}`).toBe(offer.status === 'open');
}

function play(drawn: Order[], first: Step, more: Step[], seen = new Set<string>()): Town {
  const town = new Town(drawn, plusMinutes(noon, 1), (before, decision) => {
    expectSoundDecision(before, decision);
    for (const { snapshot } of decision.orderEvents) seen.add(snapshot.status);
  });
  for (const step of [first, ...more]) step(town);
  return town;
}

test('whatever is done in whatever order, every decision is sound and money is conserved', () => {
  const seen = new Set<string>();
  const endings: Record<string, number> = {};
  fc.assert(
    fc.property(orders, beginning, steps, (drawn, first, more) => {
      const town = play(drawn, first, more, seen);
      for (const { id } of drawn) {
        town.order(id, { type: 'settle' });
        const order = town.orders.get(id)!;
        endings[order.status] = (endings[order.status] ?? 0) + 1;
        if (hasEnded(order)) expectSettled(order);
        const again = town.order(id, { type: 'settle' });
        if (!isRejection(again)) expect(again.orderEvents, 'settled once').toEqual([]);
      }
    }),
    settings,
  );
  // The sequences are worth something only if they get about.
  expect([...seen].sort()).toEqual([...deliveryStatuses].sort());
  report('every decision is sound', asked, endings);
});

test('the workflow comes to rest from every wait, and a deadline that has come always moves it on', () => {
  fc.assert(
    fc.property(orders, beginning, steps, (drawn, first, more) => {
      const town = play(drawn, first, more);
      for (const { id } of drawn) {
        const order = () => town.orders.get(id)!;
        for (const wait of waitKeys) currentWaits(order(), [wait]);
        for (const wait of currentWaits(order())) {
          if (!currentWaits(order()).includes(wait)) continue;
          town.until(deadlines(order())[wait]);
          const outcome = town.order(id, { type: 'deadline_passed', wait });
          expect(outcome, `${wait} of an order that is ${order().status}`).not.toHaveProperty('rejected');
          const isStillDue = currentWaits(order()).includes(wait) && deadlines(order())[wait] <= town.now;
          expect(isStillDue, `${wait} of an order that is ${order().status} is due again at once`).toBe(false);
        }
      }
    }),
    settings,
  );
});

test('deadlines alone bring every order that nobody has on board, as far as anybody says, to its end', () => {
  const isAboard = (order: Order) => order.parcels.some(({ state }) => state.at === 'driver') || isUnconfirmed(order);
  fc.assert(
    fc.property(orders, beginning, steps, (drawn, first, more) => {
      const town = play(drawn, first, more);
      for (const { id } of drawn) {
        for (let round = 0; round < 10; round++) {
          const order = town.orders.get(id)!;
          const [wait] = currentWaits(order);
          if (!wait || isAboard(order)) break;
          town.until(deadlines(order)[wait]);
          town.order(id, { type: 'deadline_passed', wait });
        }
        const order = town.orders.get(id)!;
        if (!isAboard(order)) expect(hasEnded(order)).toBe(true);
      }
    }),
    settings,
  );
});
