import { describe, expect, test } from 'vitest';
import { clickToDoor, mallPromises } from '../../lambdas/domain/planner/options.ts';
import { plan } from '../../lambdas/domain/planner/plan.ts';
import { snapshotOf } from './dispatch/growth.ts';
import { type DayOptions, type MallDay, mallDay, usualDay } from './dispatch/mall/day.ts';
import { wholeOrders } from './dispatch/mall/dispatchers.ts';
import { playVariant, variants } from './dispatch/mall/scenarios.ts';
import { type MallView, playDay } from './dispatch/mall/simulate.ts';

const smallDay: DayOptions = { ...usualDay, orders: 70, drivers: 12, seed: 21 };
const variant = (name: string) => variants.find((one) => one.name === name)!;

describe('a day of a mall', () => {
  test('is the same for the same seed, and another for another', () => {
    expect(mallDay(smallDay)).toEqual(mallDay(smallDay));
    expect(mallDay({ ...smallDay, seed: 22 }).orders).not.toEqual(mallDay(smallDay).orders);
  });

  test('several stores on one walk: at least 15 % less driver time an order, and no more lateness', () => {
    const walk = playVariant(variant('planner'), smallDay);
    const stops = playVariant(variant('one store a stop'), smallDay);
    expect(walk.driverMinutes).toBeLessThan(0.85 * stops.driverMinutes);
    expect(walk.latePercent).toBeLessThanOrEqual(stops.latePercent);
    expect(walk.lateMinutes).toBeLessThanOrEqual(stops.lateMinutes);
  });

  test('the planner needs less driver time than the nearest idle driver, and is late less often', () => {
    const planned = playVariant(variant('planner'), smallDay);
    const nearest = playVariant(variant('nearest idle driver'), smallDay);
    expect(planned.driverMinutes).toBeLessThan(nearest.driverMinutes);
    expect(planned.latePercent).toBeLessThanOrEqual(nearest.latePercent);
    expect(planned.undelivered).toBe(0);
  });

  test('a declined order comes back, marked with who passed on it', () => {
    const day = allDay({ ...smallDay, orders: 1, drivers: 3, declines: [1, 1] });
    const views: MallView[] = [];
    const outcome = playDay(
      day,
      wholeOrders(day),
      (view) => {
        views.push(structuredClone(view));
        const asked = view.open[0];
        const idle = view.drivers.findIndex((one, index) => one.state === 'idle' && !asked?.passed.has(index));
        return asked && idle >= 0 ? [{ driver: idle, jobs: [asked.job], endsAt: view.now + 3600 }] : [];
      },
      { storesPerStop: 1 },
    );
    expect(outcome.undelivered).toBe(1);
    expect([...views.at(-1)!.open[0]!.passed].sort()).toEqual([0, 1, 2]);
    expect(views.some(({ locked }) => locked.length === 1)).toBe(true);
  });

  test('an order of a driver who never comes goes to another', () => {
    const day = allDay({ ...smallDay, orders: 1, drivers: 2, declines: [0, 0], noShows: 0 });
    for (const late of day.drivers) late.noShow = late.id === 'd1';
    const offered: number[] = [];
    const outcome = playDay(
      day,
      wholeOrders(day),
      (view) => {
        const idle = view.drivers.findIndex(({ state }) => state === 'idle');
        if (!view.open[0] || idle < 0) return [];
        offered.push(idle);
        return [{ driver: idle, jobs: [view.open[0].job], endsAt: view.now + 3600 }];
      },
      { storesPerStop: 1 },
    );
    expect(offered).toEqual([0, 1]);
    expect(outcome.undelivered).toBe(0);
  });
});

/** A day on which every driver works from opening to close. */
function allDay(options: DayOptions): MallDay {
  const day = mallDay(options);
  return { ...day, drivers: day.drivers.map((driver) => ({ ...driver, shiftStart: 36_000, shiftEnd: 75_600 })) };
}

test.each([
  ['click to door', clickToDoor, false],
  ['mall promises', mallPromises, true],
] as const)(
  '500 drivers and 300 open orders, %s: everything is placed, well within what a tick may take',
  (_, options, mall) => {
    const asked = snapshotOf(500, 300, mall);
    plan(asked, null, options);
    const before = process.cpuUsage();
    const { stats } = plan(asked, null, options);
    const { user } = process.cpuUsage(before);
    expect(stats.unassigned).toBe(0);
    expect(user / 1000).toBeLessThan(2500);
  },
);
