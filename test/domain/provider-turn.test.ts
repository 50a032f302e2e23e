import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideOrder } from '../../lambdas/domain/decide-order.ts';
import { type Driver, newShift } from '../../lambdas/domain/fleet.ts';
import { asId, type ProviderId } from '../../lambdas/domain/ids.ts';
import type { Order } from '../../lambdas/domain/order.ts';
import { gigId } from '../../lambdas/domain/provider.ts';
import { openTo, type ProvidersAtWork, type TurnUntil, turnsFrom } from '../../lambdas/domain/provider-turn.ts';
import { type Instant, plusMinutes } from '../../lambdas/domain/time.ts';
import { assigned, done, mall, noon, offered, placedOrder, play, storeId } from './fixtures.ts';
import { hub, partner } from './providers.ts';

const [vans, bikes] = [partner().id, hub().id];
const now = plusMinutes(noon, 5);

function order(inOrder: ProviderId[] | null, change: Partial<Order> = {}): Order {
  const accepted = play(placedOrder(1), [{ type: 'accept_pickup', storeId: storeId(1) }]);
  return { ...accepted, ...(inOrder && { providers: { inOrder, fallbackAfterMinutes: 10 } }), ...change };
}

function driver(providerId: ProviderId, change: Partial<Driver> = {}): Driver {
  return {
    id: asId(`driver-${providerId}`),
    version: 1,
    sequence: 1,
    name: 'Ada',
    mallId: mall.id,
    vehicle: 'car',
    status: 'active',
    ...(providerId !== gigId && { providerId }),
    shift: newShift(noon),
    openOfferId: null,
    activeRunId: null,
    passedOn: [],
    ...change,
  };
}

function work(drivers: Driver[], change: Partial<ProvidersAtWork> = {}): ProvidersAtWork {
  return { mall, providers: [partner(), hub()], drivers, turnsUntil: [], ...change };
}

const turnUntil = (providerId: ProviderId, until: Instant): TurnUntil => ({
  orderId: order(null).id,
  providerId,
  until,
});

describe('an order is open to', () => {
  test('the network of the operator, where nobody has said anything', () => {
    expect(openTo(order(null), work([driver(gigId), driver(vans)]), now)).toEqual({
      providerId: gigId,
      passed: [],
      minutes: null,
    });
    expect(openTo(order(null), work([driver(vans)]), now)).toMatchObject({
      providerId: null,
      passed: [{ providerId: gigId, why: 'nobody_on_shift' }],
    });
    const choice = { inOrder: [vans, gigId], fallbackAfterMinutes: 5 };
    expect(openTo(order(null), work([driver(gigId), driver(vans)], { choice }), now).providerId).toBe(vans);
  });

  test('the first of its choice who has somebody on shift', () => {
    const wanted = order([vans, bikes, gigId]);
    const everybody = [driver(gigId), driver(bikes), driver(vans)];
    expect(openTo(wanted, work(everybody), now)).toMatchObject({ providerId: vans, minutes: 10 });
    expect(openTo(wanted, work(everybody.slice(0, 2)), now)).toMatchObject({
      providerId: bikes,
      passed: [{ providerId: vans, why: 'nobody_on_shift' }],
    });
    const uninsured = { providers: [partner({ insurances: [] }), hub({ radiusMetres: 500 })] };
    expect(openTo(wanted, work(everybody, uninsured), now)).toEqual({
      providerId: gigId,
      passed: [
        { providerId: vans, why: 'insurance_expired' },
        { providerId: bikes, why: 'too_far' },
      ],
      minutes: 10,
    });
  });

  test('the next, when nobody took it in time and somebody else could', () => {
    const wanted = order([vans, gigId]);
    const both = [driver(vans), driver(gigId)];
    expect(openTo(wanted, work(both, { turnsUntil: [turnUntil(vans, plusMinutes(now, 1))] }), now).providerId).toBe(
      vans,
    );
    expect(openTo(wanted, work(both, { turnsUntil: [turnUntil(vans, now)] }), now)).toMatchObject({
      providerId: gigId,
      passed: [{ providerId: vans, why: 'not_taken' }],
    });
    const alone = work([driver(vans)], { turnsUntil: [turnUntil(vans, now)] });
    expect(openTo(wanted, alone, now)).toMatchObject({ providerId: vans, passed: [] });
  });

  test('the next, when all of one have declined it', () => {
    const passedOn = [{ orderId: order(null).id, at: now }];
    const drivers = [driver(vans, { passedOn }), driver(gigId)];
    expect(openTo(order([vans, gigId]), work(drivers), now)).toMatchObject({
      providerId: gigId,
      passed: [{ providerId: vans, why: 'all_declined' }],
    });
  });

  test('nobody who had their turn, until nobody else is left', () => {
    const lost = order([vans, gigId], { passedBy: [vans] });
    expect(openTo(lost, work([driver(vans), driver(gigId)]), now).providerId).toBe(gigId);
    expect(openTo(lost, work([driver(vans)]), now)).toEqual({
      providerId: vans,
      passed: [{ providerId: gigId, why: 'nobody_on_shift' }],
      minutes: 10,
    });
  });

  test('those who had their turn once more, one after another, when the time of all is over', () => {
    const wanted = order([vans, bikes, gigId], { passedBy: [vans] });
    const everybody = [driver(vans), driver(bikes), driver(gigId)];
    const over = (minutes: number, id: ProviderId) => turnUntil(id, plusMinutes(now, minutes));
    const at = (...turnsUntil: TurnUntil[]) => openTo(wanted, work(everybody, { turnsUntil }), now);
    expect(at(over(-20, vans), over(-10, bikes), over(5, gigId)).providerId).toBe(gigId);
    const back = at(over(-20, vans), over(-10, bikes), over(0, gigId));
    expect(back).toEqual({
      providerId: vans,
      passed: [
        { providerId: bikes, why: 'not_taken' },
        { providerId: gigId, why: 'not_taken' },
      ],
      minutes: 10,
    });
    const times = turnsFrom(
      [over(-20, vans), over(-10, bikes), over(0, gigId)],
      { [wanted.id]: back },
      [wanted.id],
      now,
    );
    expect(times).toEqual([over(-10, bikes), over(0, gigId), over(10, vans)]);
    expect(at(...times).providerId).toBe(vans);
    expect(at(over(-10, bikes), over(0, gigId), over(0, vans)).providerId).toBe(bikes);
  });

  test('those alone who come with what it needs', () => {
    const large = order([gigId, vans], { vehicle: 'van' });
    expect(openTo(large, work([driver(gigId), driver(vans)]), now)).toMatchObject({
      providerId: null,
      passed: [
        { providerId: gigId, why: 'no_such_vehicle' },
        { providerId: vans, why: 'nobody_on_shift' },
      ],
    });
    expect(openTo(large, work([driver(vans, { vehicle: 'van' })]), now).providerId).toBe(vans);
  });
});

test('an offer is refused to whom a retailer does not let carry, and tells whose turn was over', () => {
  const wanted = order([vans, bikes]);
  expect(decideOrder(wanted, offered, now)).toMatchObject({ code: 'wrong_provider' });
  const passed = [{ providerId: vans, why: 'not_taken' as const }];
  const made = done(decideOrder(wanted, { ...offered, providerId: bikes, passed }, now));
  expect(made.order.passedBy).toEqual([vans]);
  expect(made.events).toMatchObject([{ type: 'offer.made', data: { providerId: bikes, passed } }]);
});

/** A provider's standing changes, minute by minute, as it may. */
const minute = fc.record({
  vans: fc.constantFrom('away', 'there', 'declines'),
  bikes: fc.constantFrom('away', 'there', 'declines'),
  gig: fc.constantFrom('away', 'there', 'declines'),
  becomes: fc.constantFrom('nothing', 'offered', 'lost'),
});

describe('from minute to minute', () => {
  const everybody = [vans, bikes, gigId];

  /** Plays what dispatch does: offers to whom it is open, remembers since when, loses a driver now and then. */
  function played(inOrder: ProviderId[], minutes: { [who: string]: string }[]) {
    let current = order(inOrder);
    let turnsUntil: TurnUntil[] = [];
    return minutes.map((states, index) => {
      const at = plusMinutes(now, index * 3);
      const drivers = everybody.flatMap((id, number) => {
        const state = states[['vans', 'bikes', 'gig'][number]!];
        const passedOn = state === 'declines' ? [{ orderId: current.id, at }] : [];
        return state === 'away' ? [] : [driver(id, { passedOn })];
      });
      const turn = openTo(current, work(drivers, { turnsUntil }), at);
      const before = current;
      const { providerId } = turn;
      const times = turnsUntil;
      turnsUntil = turnsFrom(turnsUntil, { [current.id]: turn }, [current.id], at);
      if (providerId && states.becomes !== 'nothing') {
        const whose = providerId === gigId ? {} : { providerId };
        current = done(decideOrder(current, { ...offered, ...whose, passed: turn.passed }, at)).order;
        if (states.becomes === 'lost') {
          current = play(current, [{ ...assigned, ...whose }], at);
          current = play(current, [{ type: 'lose_driver', reason: 'vehicle' }], at);
        } else current = play(current, [{ type: 'withdraw_offer', offerId: offered.offerId, reason: 'expired' }], at);
      }
      return { turn, before, times, after: current, drivers, at };
    });
  }

  const aDay = fc.tuple(fc.shuffledSubarray(everybody, { minLength: 1 }), fc.array(minute, { maxLength: 20 }));

  test('an order is open to those alone whom it lets, and to somebody whenever there is anybody', () => {
    fc.assert(
      fc.property(aDay, ([inOrder, minutes]) => {
        for (const { turn, before, drivers, at } of played(inOrder, minutes)) {
          const able = drivers.filter(
            ({ providerId = gigId, passedOn }) => inOrder.includes(providerId) && passedOn.length === 0,
          );
          const isSomebody = turn.providerId !== null;
          expect(isSomebody).toBe(able.length > 0);
          if (turn.providerId) expect(able.map(({ providerId = gigId }) => providerId)).toContain(turn.providerId);
          expect(openTo(before, work(drivers), at).passed.map(({ providerId }) => providerId)).not.toContain(
            openTo(before, work(drivers), at).providerId,
          );
        }
      }),
    );
  });

  test('it never goes back while somebody further on could carry it and has time left', () => {
    fc.assert(
      fc.property(aDay, ([inOrder, minutes]) => {
        for (const { turn, before, times, drivers, at } of played(inOrder, minutes)) {
          const had = before.passedBy ?? [];
          if (!turn.providerId || !had.includes(turn.providerId)) continue;
          const further = drivers.filter(
            ({ providerId = gigId, passedOn }) =>
              inOrder.includes(providerId) &&
              !had.includes(providerId) &&
              passedOn.length === 0 &&
              !times.some((one) => one.providerId === providerId && one.until <= at),
          );
          expect(further).toEqual([]);
        }
      }),
    );
  });

  test('nobody who could carry it waits for longer than all the others have their turns', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(everybody, { minLength: 2 }), (inOrder) => {
        const quiet = { vans: 'there', bikes: 'there', gig: 'there', becomes: 'nothing' };
        // A turn is ten minutes, which four of three minutes exceed.
        const asked = played(inOrder, Array<typeof quiet>(inOrder.length * 4 * 2).fill(quiet));
        const [first, second] = [asked.slice(0, asked.length / 2), asked.slice(asked.length / 2)];
        for (const round of [first, second])
          expect(new Set(round.map(({ turn }) => turn.providerId))).toEqual(new Set(inOrder));
      }),
    );
  });

  test('whoever had their turn is never forgotten to have had it, and loses it first when their driver is lost', () => {
    fc.assert(
      fc.property(aDay, ([inOrder, minutes]) => {
        for (const { turn, before, after } of played(inOrder, minutes)) {
          expect(after.passedBy ?? []).toEqual(expect.arrayContaining(before.passedBy ?? []));
          if (after.sequence > before.sequence + 2) expect(after.passedBy).toContain(turn.providerId);
        }
      }),
    );
  });
});
