import { describe, expect, test } from 'vitest';
import { carryDocuments, clearance, isCleared, noticeDays, refuseToBegin } from '../../lambdas/domain/clearance.ts';
import { checkIn } from '../../lambdas/domain/decide-block.ts';
import { acceptOffer, makeOffer, startShift } from '../../lambdas/domain/decide-fleet.ts';
import { type CarriedDocument, requiredDocuments } from '../../lambdas/domain/documents.ts';
import { type Driver, newShift } from '../../lambdas/domain/fleet.ts';
import { asId, type OfferId, type RunId } from '../../lambdas/domain/ids.ts';
import { newDiary } from '../../lambdas/domain/shift-block.ts';
import type { Decision, Situation } from '../../lambdas/domain/situation.ts';
import { appealSuspension, reinstateDriver, suspendDriver, upholdSuspension } from '../../lambdas/domain/suspension.ts';
import { type Instant, plusMinutes } from '../../lambdas/domain/time.ts';
import { done, driverId, mall, noon, placedOrder, play, storeId } from './fixtures.ts';

const inDays = (days: number) => plusMinutes(noon, days * 24 * 60);

function driver(change: Partial<Driver> = {}): Driver {
  return {
    id: driverId,
    version: 1,
    sequence: 0,
    name: 'Ada',
    mallId: mall.id,
    vehicle: 'bicycle',
    status: 'active',
    shift: newShift(noon),
    openOfferId: null,
    activeRunId: null,
    passedOn: [],
    ...change,
  };
}

const papers = (change: Partial<Record<CarriedDocument['kind'], Instant>> = {}): CarriedDocument[] => [
  { kind: 'identity_document', until: change.identity_document ?? inDays(400) },
  { kind: 'right_to_work', ...(change.right_to_work && { until: change.right_to_work }) },
];

describe('clearance', () => {
  test('a driver from before has no documents, and works by the word of operations', () => {
    expect(isCleared(driver(), inDays(5_000))).toBe(true);
    expect(isCleared(driver({ documents: [] }), noon)).toBe(false);
  });

  test('nothing lapses before its instant, and at it nothing new begins', () => {
    const holder = driver({ shift: null, documents: papers({ identity_document: inDays(10) }) });
    const before = plusMinutes(inDays(10), -1);
    expect(startShift(holder, before)).toMatchObject({ situation: { driver: { shift: { startedAt: before } } } });
    for (const refusal of [
      startShift(holder, inDays(10)),
      checkIn(holder, newDiary(driverId), asId('block'), inDays(10)),
    ]) {
      expect(refusal).toMatchObject({
        code: 'documents_lapsed',
        detail: `Your identity document counted until ${inDays(10)}.`,
        current: { documents: ['identity_document'] },
      });
    }
  });

  test('only what the vehicle demands counts', () => {
    const licence: CarriedDocument = { kind: 'driving_licence', until: noon };
    expect(isCleared(driver({ documents: [...papers(), licence] }), noon)).toBe(true);
    const car = driver({ vehicle: 'car', documents: [...papers(), licence] });
    expect(clearance(car, noon)).toMatchObject({
      lapsed: [licence],
      missing: ['vehicle_registration', 'vehicle_insurance'],
    });
  });

  test('what is kept in another order of members is nothing new', () => {
    const shown = [{ id: 'a', kind: 'right_to_work', key: '', status: 'accepted', submittedAt: noon }] as const;
    const holder = driver({ documents: [JSON.parse('{"until":"2026-11-25T07:00:00.000Z","kind":"right_to_work"}')] });
    const again = carryDocuments(holder, [{ ...shown[0], expiresOn: '2026-11-24' }], mall.zone, noon);
    expect(again.situation.driver).toBe(holder);
    const other = carryDocuments(holder, [{ ...shown[0], expiresOn: '2026-11-25' }], mall.zone, noon);
    expect(other.fleetEvents.map(({ type }) => type)).toEqual(['driver.documents_changed']);
  });

  test('both sides are told in time', () => {
    const holder = driver({ documents: papers({ right_to_work: inDays(noticeDays) }) });
    expect(clearance(holder, plusMinutes(noon, -1)).ending).toEqual([]);
    expect(clearance(holder, noon).ending).toEqual([{ kind: 'right_to_work', until: inDays(noticeDays) }]);
    expect(isCleared(holder, noon)).toBe(true);
  });

  test('all papers of a car make a driver’s item little larger', () => {
    const carried = requiredDocuments.car.map((kind) => ({ kind, until: noon }));
    expect(JSON.stringify(carried).length).toBeLessThan(320);
  });
});

describe('a driver with an open offer', () => {
  const offered = () => {
    const order = play(placedOrder(1), [{ type: 'accept_pickup', storeId: storeId(1) }], noon);
    const free: Situation = { orders: [order], offer: null, run: null, driver: driver() };
    return done(
      makeOffer(
        free,
        {
          driverId,
          storeIds: order.pickups.map(({ storeId }) => storeId),
          orderIds: [order.id],
          distanceMetres: 1,
          durationSeconds: 1,
        },
        { id: asId<OfferId>('offer-1'), rates: { ...mall.pay }, currency: 'USD' },
        noon,
      ),
    ).situation;
  };

  test('loses it when they are suspended, and its order is free at once', () => {
    const { situation, orderEvents, fleetEvents } = done(suspendDriver(offered(), 'conduct', noon));
    expect(situation).toMatchObject({
      driver: { status: 'suspended', suspension: { reason: 'conduct', since: noon }, openOfferId: null, shift: null },
      offer: { status: 'withdrawn', endedAt: noon },
      orders: [{ offerId: null, status: 'created' }],
    });
    expect(orderEvents.map(({ type, data }) => [type, data.reason])).toEqual([['offer.withdrawn', 'driver_suspended']]);
    expect(fleetEvents.map(({ type }) => type)).toEqual(['driver.suspended', 'driver.shift_ended', 'offer.withdrawn']);
    const late = acceptOffer(situation, { version: 1, runId: asId<RunId>('run-1'), code: '1234' }, noon);
    expect(late).toMatchObject({ code: 'offer_closed' });
    expect(situation.driver!.passedOn).toEqual([]);
  });
});

describe('suspension', () => {
  const alone = (one: Driver): Situation => ({ orders: [], offer: null, run: null, driver: one });
  const suspended = (change: Partial<Driver> = {}) =>
    done(suspendDriver(alone(driver(change)), 'safety', noon)).situation.driver!;
  const acts: Record<string, (one: Driver) => Decision | { code: string }> = {
    'suspend for the same': (one) => suspendDriver(alone(one), 'safety', noon),
    'suspend for another': (one) => suspendDriver(alone(one), 'fraud', noon),
    appeal: (one) => appealSuspension(one, noon),
    uphold: (one) => upholdSuspension(one, noon),
    reinstate: (one) => reinstateDriver(one, noon),
  };
  const appealed = () => done(appealSuspension(suspended(), noon)).situation.driver!;
  const states: Record<string, () => Driver> = {
    active: () => driver(),
    suspended: () => suspended(),
    'suspended before reasons were kept': () => driver({ status: 'suspended' }),
    appealed,
    upheld: () => done(upholdSuspension(appealed(), noon)).situation.driver!,
  };

  test('every state and every act', () => {
    const table = Object.entries(states).map(([name, make]) => [
      name,
      Object.entries(acts)
        .map(([act, on]) => {
          const before = make();
          const outcome = on(before);
          if ('code' in outcome) return `${act}: ${outcome.code}`;
          const after = outcome.situation.driver!;
          if (after === before) return `(${act})`;
          const { appeal } = after.suspension ?? {};
          return `${act} → ${after.status}${appeal ? (appeal.upheldAt ? ', upheld' : ', appealed') : ''}`;
        })
        .join(', '),
    ]);
    expect(Object.fromEntries(table)).toMatchInlineSnapshot(`
      {
        "active": "suspend for the same → suspended, suspend for another → suspended, appeal: not_suspended, uphold: no_appeal, (reinstate)",
        "appealed": "(suspend for the same), suspend for another: already_suspended, appeal: appeal_made, uphold → suspended, upheld, reinstate → active",
        "suspended": "(suspend for the same), suspend for another: already_suspended, appeal → suspended, appealed, uphold: no_appeal, reinstate → active",
        "suspended before reasons were kept": "suspend for the same → suspended, suspend for another → suspended, appeal: not_suspended, uphold: no_appeal, reinstate → active",
        "upheld": "(suspend for the same), suspend for another: already_suspended, appeal: appeal_made, (uphold), reinstate → active",
      }
    `);
  });

  test('a run under way is finished: the shift lasts, the paid hours do not', () => {
    const block = {
      id: asId<never>('block'),
      mallId: mall.id,
      startsAt: noon,
      endsAt: inDays(1),
      guaranteedCentsPerHour: 1800,
      currency: 'USD',
      from: noon,
      earnedCents: 0,
      passedCents: 0,
    };
    const busy = suspended({ activeRunId: asId<RunId>('run-1'), blocks: [block] });
    expect(busy).toMatchObject({ shift: { startedAt: noon }, activeRunId: 'run-1', blocks: [{ until: noon }] });
  });

  test('whoever is refused reads why, and how to appeal while they may', () => {
    expect(refuseToBegin(suspended(), noon)).toMatchObject({
      code: 'driver_suspended',
      detail: `This account is suspended since ${noon}: safety.`,
      mend: expect.stringContaining('/v1/driver/appeal'),
    });
    expect(refuseToBegin(appealed(), noon)!.mend).toBe('Talk to operations.');
    expect(refuseToBegin(driver({ status: 'suspended' }), noon)!.detail).toBe('This account is suspended.');
  });

  test('a reinstated driver starts again, and may be suspended and appeal anew', () => {
    const back = done(reinstateDriver(states.upheld!(), noon)).situation.driver!;
    expect(back).not.toHaveProperty('suspension');
    const anew = done(suspendDriver(alone(back), 'fraud', noon)).situation.driver!;
    expect(appealSuspension(anew, noon)).toMatchObject({
      situation: { driver: { suspension: { appeal: { at: noon } } } },
    });
  });
});
