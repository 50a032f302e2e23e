import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HandOver } from '../../lambdas/domain/driver-hand-over.ts';
import { asId, type DriverId, type RunId } from '../../lambdas/domain/ids.ts';
import type { Order } from '../../lambdas/domain/order.ts';
import { isRejection } from '../../lambdas/domain/rejection.ts';
import { type Instant, plusMinutes, plusSeconds } from '../../lambdas/domain/time.ts';
import { giveTip, type Tip } from '../../lambdas/domain/tip.ts';
import { done, noon, placedOrder, play, routeTo } from './fixtures.ts';

const cap = 10_000;
const carrier = (number: number) => ({
  driverId: asId<DriverId>(`driver-${number}`),
  runId: asId<RunId>(`run-${number}`),
});

/** Delivered at noon by the last of these drivers; each of the others gave it to the next. */
function carriedBy(...numbers: number[]): Order {
  const order = play(placedOrder(2), routeTo('delivered', 2), noon);
  const handOvers = numbers.slice(0, -1).map(
    (number, index): HandOver => ({
      ...({ why: 'vehicle', at: order.dropoffArea, askedAt: noon, until: noon } as unknown as HandOver),
      from: carrier(number),
      to: carrier(numbers[index + 1]!),
      overAt: noon,
      taken: { labels: [], occurredAt: noon, recordedAt: noon },
    }),
  );
  return { ...order, handOvers, carriage: { ...carrier(numbers.at(-1)!), assignedAt: noon } };
}

const give = (order: Order, known: Tip | null, amountCents: number, at: Instant = plusMinutes(noon, 5)) =>
  giveTip(order, known, amountCents, cap, at);

describe('a tip', () => {
  test('is whole the delivering driver’s', () => {
    expect(give(carriedBy(1), null, 501)).toMatchObject({
      amountCents: 501,
      shares: [{ driverId: 'driver-1', runId: 'run-1', amountCents: 501 }],
      until: plusMinutes(noon, 24 * 60),
    });
  });

  test.each([
    [[1, 2], 500, [250, 250]],
    [[1, 2], 501, [250, 251]],
    [[1, 2, 3], 500, [166, 167, 167]],
    // Who had the parcels twice counts once, as who was at the door.
    [[1, 2, 1], 501, [250, 251]],
    [[1, 2], 1, [0, 1]],
  ])('of parcels that went over %j is parted from %i into %j', (drivers, cents, shares) => {
    const tip = done(give(carriedBy(...drivers), null, cents));
    expect(tip.shares.map(({ amountCents }) => amountCents)).toEqual(shares);
    expect(tip.shares.at(-1)!.driverId).toBe(`driver-${drivers.at(-1)}`);
  });

  test('of a hand-over that did not take place has no part', () => {
    const order = carriedBy(1, 2);
    const { taken: _, ...untaken } = order.handOvers![0]!;
    expect(done(give({ ...order, handOvers: [untaken] }, null, 500)).shares).toHaveLength(1);
  });

  test.each<[string, Order, number, number, string]>([
    ['before the order is delivered', play(placedOrder(2), routeTo('picked_up', 2), noon), 100, 5, 'tip_not_possible'],
    ['of an order that was cancelled', play(placedOrder(2), routeTo('cancelled', 2), noon), 100, 5, 'tip_not_possible'],
    ['a day later', carriedBy(1), 100, 24 * 60, 'tip_not_possible'],
    ['above the cap', carriedBy(1), cap + 1, 5, 'tip_too_high'],
  ])('is not taken %s', (_, order, cents, minutes, code) => {
    expect(give(order, null, cents, plusMinutes(noon, minutes))).toMatchObject({ code });
  });

  test('is raised for a day, never lowered, and the same again is the same', () => {
    const order = carriedBy(1);
    const first = done(give(order, null, 300));
    expect(give(order, first, 200)).toMatchObject({ code: 'tip_not_possible', current: { amountCents: 300 } });
    expect(give(order, first, 300, plusMinutes(noon, 9_999))).toBe(first);
    const raised = done(give(order, first, 400, plusSeconds(first.until, -1)));
    expect(raised).toMatchObject({ amountCents: 400, givenAt: first.givenAt, until: first.until });
    expect(give(order, first, 400, first.until)).toMatchObject({ code: 'tip_not_possible' });
  });

  test('is in its shares to the last cent, and no share ever falls', () => {
    const drivers = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(drivers, fc.array(fc.nat(cap + 100), { maxLength: 8 }), (numbers, amounts) => {
        const order = carriedBy(...numbers);
        let tip: Tip | null = null;
        for (const amount of amounts) {
          const next: ReturnType<typeof give> = give(order, tip, amount);
          if (isRejection(next)) continue;
          expect(next.amountCents).toBe(amount);
          expect(next.shares.reduce((sum, share) => sum + share.amountCents, 0)).toBe(amount);
          expect(new Set(next.shares.map(({ driverId }) => driverId)).size).toBe(next.shares.length);
          for (const share of tip?.shares ?? []) {
            const now = next.shares.find(({ driverId }) => driverId === share.driverId)!;
            expect(now.amountCents).toBeGreaterThanOrEqual(share.amountCents);
          }
          tip = next;
        }
      }),
    );
  });
});
