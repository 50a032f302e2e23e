import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asId, type MallId, type ProviderId } from '../../lambdas/domain/ids.ts';
import {
  clearanceOf,
  type Errand,
  expiredInsurances,
  insuranceKinds,
  isLasting,
  mayCarry,
  obstacles,
} from '../../lambdas/domain/provider.ts';
import { type ProviderChoice, strictestOf } from '../../lambdas/domain/provider-choice.ts';
import { type Instant, plusMinutes } from '../../lambdas/domain/time.ts';
import { vehicles } from '../../lambdas/domain/vehicle.ts';
import { mall, noon } from './fixtures.ts';
import { hub, partner } from './providers.ts';

const day = 24 * 60;

/** One hundredth of a degree of latitude is 1.11 km. */
const north = (hundredths: number) => [mall.position[0], mall.position[1] + hundredths / 100] as const;
const errand = (change: Partial<Errand> = {}): Errand => ({ mall, door: north(3), ...change });

describe('a delivery partner', () => {
  test('carries in the malls and cities that it has chosen, at its hours', () => {
    expect(mayCarry(partner(), errand(), noon)).toBe(true);
    const inCity = partner({ mallIds: [], cities: ['Chandler, AZ'] });
    expect(mayCarry(inCity, errand(), noon)).toBe('not_served');
    expect(mayCarry(inCity, errand({ mall: { ...mall, city: 'Chandler, AZ' } }), noon)).toBe(true);
    // Noon of a Monday; it does not work on Wednesdays, nor after six.
    expect(mayCarry(partner(), errand(), plusMinutes(noon, 6 * 60))).toBe('closed');
    expect(mayCarry(partner(), errand(), plusMinutes(noon, 2 * day))).toBe('closed');
  });

  test('has hours of its own zone, wherever the mall is', () => {
    const eastern = partner({ zone: 'America/New_York' });
    expect(mayCarry(eastern, errand(), plusMinutes(noon, 3 * 60 + 59))).toBe(true);
    expect(mayCarry(eastern, errand(), plusMinutes(noon, 4 * 60))).toBe('closed');
  });

  test.each(insuranceKinds)('does not carry from the day on after its %s has ended', (kind) => {
    const insurances = insuranceKinds.map((each) => ({
      kind: each,
      expiresOn: each === kind ? '2026-11-23' : '2027-01-31',
    }));
    const ending = partner({ insurances });
    expect(mayCarry(ending, errand(), noon)).toBe(true);
    expect(mayCarry(ending, errand(), plusMinutes(noon, day))).toBe('insurance_expired');
    expect(expiredInsurances(ending, plusMinutes(noon, day))).toEqual([kind]);
    expect(mayCarry(partner({ insurances: insurances.filter((one) => one.kind !== kind) }), errand(), noon)).toBe(
      'insurance_expired',
    );
  });

  test('carries in a van only where it has some', () => {
    expect(mayCarry(partner(), errand({ vehicle: 'van' }), noon)).toBe(true);
    expect(mayCarry(partner({ vehicles: ['car'] }), errand({ vehicle: 'van' }), noon)).toBe('no_such_vehicle');
    expect(mayCarry('gig', errand({ vehicle: 'van' }), noon)).toBe('no_such_vehicle');
  });
});

describe('a hub store', () => {
  test('carries to doors within ten miles of its own position', () => {
    expect(mayCarry(hub(), errand({ door: north(14.4) }), noon)).toBe(true);
    expect(mayCarry(hub(), errand({ door: north(14.5) }), noon)).toBe('too_far');
    expect(mayCarry(hub({ position: north(14) }), errand({ door: north(28) }), noon)).toBe(true);
    expect(mayCarry(hub({ radiusMetres: 1_000 }), errand({ door: north(1) }), noon)).toBe('too_far');
  });

  test('carries on the days of its calendar', () => {
    expect(mayCarry(hub(), errand(), plusMinutes(noon, day))).toBe('closed');
    // The Monday after is an exception.
    expect(mayCarry(hub(), errand(), plusMinutes(noon, 7 * day))).toBe('closed');
    expect(mayCarry(hub(), errand(), plusMinutes(noon, 14 * day))).toBe(true);
  });
});

const aDay = fc.integer({ min: -40, max: 80 }).map((days) => plusMinutes(noon, days * day));
const aProvider = fc.oneof(
  fc
    .record({
      status: fc.constantFrom('active' as const, 'suspended' as const),
      vehicles: fc.subarray([...vehicles], { minLength: 1 }),
      mallIds: fc.constantFrom<MallId[]>([], [mall.id]),
      expiresOn: aDay.map((at) => at.slice(0, 10)),
    })
    .map(({ expiresOn, ...one }) =>
      partner({ ...one, insurances: insuranceKinds.map((kind) => ({ kind, expiresOn })) }),
    ),
  fc
    .record({
      status: fc.constantFrom('active' as const, 'suspended' as const),
      vehicles: fc.subarray([...vehicles], { minLength: 1 }),
      position: fc.integer({ min: -30, max: 30 }).map(north),
    })
    .map(hub),
);
const anErrand = fc
  .record({ door: fc.integer({ min: -30, max: 30 }).map(north), vehicle: fc.constantFrom('van' as const, undefined) })
  .map(errand);
const anInstant = fc.integer({ min: 0, max: 60 * day }).map((minutes): Instant => plusMinutes(noon, minutes));

describe('whoever the provider is', () => {
  test('one that is suspended or not insured carries nothing, whatever it is', () => {
    fc.assert(
      fc.property(aProvider, anErrand, anInstant, (provider, what, now) => {
        if (clearanceOf(provider, now) !== null) expect(mayCarry(provider, what, now)).not.toBe(true);
        expect(mayCarry({ ...provider, status: 'suspended' }, what, now)).not.toBe(true);
      }),
    );
  });

  test('an insurance that has ended does not hold again by itself', () => {
    fc.assert(
      fc.property(aProvider, anInstant, fc.nat(60 * day), (provider, now, later) => {
        if (clearanceOf(provider, now) === 'insurance_expired') {
          expect(clearanceOf(provider, plusMinutes(now, later))).toBe('insurance_expired');
        }
      }),
    );
  });

  test('what lasts is so at every time, and is told before what does not', () => {
    fc.assert(
      fc.property(aProvider, anErrand, anInstant, anInstant, (provider, what, now, later) => {
        const why = mayCarry(provider, what, now);
        if (why === true) return;
        expect(obstacles).toContain(why);
        if (isLasting(why)) expect(mayCarry(provider, what, later)).toBe(why);
      }),
    );
  });
});

const ids = ['gig', 'a', 'b', 'c', 'd'].map((id) => asId<ProviderId>(id));
const aChoice: fc.Arbitrary<ProviderChoice> = fc.record({
  inOrder: fc.shuffledSubarray(ids, { minLength: 1 }),
  fallbackAfterMinutes: fc.integer({ min: 1, max: 120 }),
});

describe('of several retailers the strictest', () => {
  test('has the word: nobody carries whom one of them does not let, and the most patient is waited for', () => {
    fc.assert(
      fc.property(fc.array(aChoice, { minLength: 1, maxLength: 5 }), (choices) => {
        const both = strictestOf(choices)!;
        const allowed = ids.filter((id) => choices.every(({ inOrder }) => inOrder.includes(id)));
        expect([...both.inOrder].sort()).toEqual([...allowed].sort());
        for (const { fallbackAfterMinutes } of choices) {
          expect(both.fallbackAfterMinutes).toBeGreaterThanOrEqual(fallbackAfterMinutes);
        }
      }),
    );
  });

  test('agrees with all where they agree: whom everybody likes better comes first', () => {
    fc.assert(
      fc.property(fc.array(aChoice, { minLength: 1, maxLength: 5 }), (choices) => {
        const { inOrder } = strictestOf(choices)!;
        for (const [place, second] of inOrder.entries()) {
          for (const first of inOrder.slice(0, place)) {
            const isWorseForAll = choices.every(
              (choice) => choice.inOrder.indexOf(first) > choice.inOrder.indexOf(second),
            );
            expect(isWorseForAll).toBe(false);
          }
        }
      }),
    );
  });

  test('does not depend on which store comes first, nor on one saying the same twice; one alone is as it said', () => {
    fc.assert(
      fc.property(fc.array(aChoice, { minLength: 1, maxLength: 5 }), aChoice, (choices, one) => {
        expect(strictestOf([...choices].reverse())).toEqual(strictestOf(choices));
        expect(strictestOf([one, one])).toEqual(one);
        expect(strictestOf([one])).toEqual(one);
      }),
    );
    expect(strictestOf([])).toBeNull();
  });
});
