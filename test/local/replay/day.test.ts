import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { metresBetween } from '../../../local/actors/travel.ts';
import { mallDayOf } from '../../../local/replay/day.ts';
import { figuresOf, type OrderOutcome, percentile } from '../../../local/replay/figures.ts';
import { readInstance } from '../../../local/replay/instance.ts';
import { temporaryFolder } from '../folder.ts';
import { writeInstance } from './instance-files.ts';

const minuteMs = 60_000;

describe('the folder of an instance', () => {
  test('is read in the order in which orders were placed', async () => {
    const instance = await readInstance(writeInstance(temporaryFolder()));
    expect(instance).toMatchObject({ name: 'small', metresPerMinute: 320, pickupMinutes: 4, dropoffMinutes: 4 });
    expect(instance.orders.map(({ id }) => id)).toEqual(['o1', 'o2', 'o10', 'o3', 'o4', 'o5']);
    expect(instance.couriers[1]).toEqual({ id: 'c2', at: { x: 500, y: 500 }, onMinute: 15, offMinute: 120 });
  });

  test.each([
    ['orders.txt', 'order\tx\ty\tplacement_time\trestaurant\n', 'orders.txt in .* has no column "ready_time"'],
    ['orders.txt', 'order\tx\ty\tplacement_time\trestaurant\tready_time\n', 'has no lines below its header'],
    ['couriers.txt', 'courier\tx\ty\ton_time\toff_time\nc1\t1\tnorth\t0\t9\n', 'couriers.txt, line 2: "y" is north'],
    ['couriers.txt', 'courier\tx\ty\ton_time\toff_time\n\nc1\t1\t2\t0\n', 'couriers.txt, line 3: "off_time" is empty'],
    ['restaurants.txt', 'restaurant\tx\ty\nr1\t1\t1\n', 'order o2 names restaurant r2'],
  ])('that is none says where: %s', async (name, text, said) => {
    await expect(readInstance(writeInstance(temporaryFolder(), { [name]: text }))).rejects.toThrow(new RegExp(said));
  });

  test('that is not there says what is expected', async () => {
    await expect(readInstance('/nowhere')).rejects.toThrow(/no readable orders.txt: give the folder of one instance/);
  });
});

describe('the day of a mall', () => {
  test('keeps the way from the restaurant to the door, and all its times', async () => {
    const instance = await readInstance(writeInstance(temporaryFolder()));
    const day = mallDayOf(instance, { seed: 1 });
    const centre = day.mall.mall.position;
    for (const order of instance.orders) {
      const placement = day.placements.find(({ orderId }) => orderId === order.id)!;
      const from = instance.restaurants.find(({ id }) => id === order.restaurantId)!.at;
      const straight = Math.hypot(order.at.x - from.x, order.at.y - from.y);
      expect(metresBetween(centre, placement.basket.dropoff.position!)).toBeCloseTo(straight, -1);
      expect(placement.readyAt).toBe(day.startsAt + order.readyMinute * minuteMs);
      expect(Math.floor((placement.at - day.startsAt) / minuteMs)).toBe(order.placedMinute);
    }
    expect(new Set(day.placements.map(({ at }) => at)).size).toBe(instance.orders.length);
    for (const { position } of day.mall.stores)
      expect(metresBetween(centre, position as [number, number])).toBeLessThan(200);
    expect(day.shifts[1]).toMatchObject({ from: day.startsAt + 15 * minuteMs, to: day.startsAt + 120 * minuteMs });
  });

  test('is the same for a seed, takes the first orders only, and refuses a day longer than a mall is open', async () => {
    const instance = await readInstance(writeInstance(temporaryFolder()));
    expect(mallDayOf(instance, { seed: 4 })).toEqual(mallDayOf(instance, { seed: 4 }));
    expect(mallDayOf(instance, { seed: 4 }).mall.stores).not.toEqual(mallDayOf(instance, { seed: 5 }).mall.stores);
    expect(mallDayOf(instance, { seed: 1, count: 2 }).placements.map(({ orderId }) => orderId)).toEqual(['o1', 'o2']);
    const late = { ...instance, orders: [{ ...instance.orders[0]!, readyMinute: 17 * 60 }] };
    expect(() => mallDayOf(late, { seed: 1 })).toThrow(/ready in minute 1020/);
  });

  const published = join(
    process.env.MALLWAY_BENCHMARKS ?? '../shared/benchmarks',
    'mdrp/public_instances/0o50t100s1p100',
  );
  const isThere = existsSync(published);
  if (!isThere) console.warn(`a published instance is not read: there is no ${published}; set MALLWAY_BENCHMARKS`);
  test.skipIf(!isThere)('is made of a published instance', async () => {
    const day = mallDayOf(await readInstance(published), { seed: 1 });
    expect([day.placements.length, day.shifts.length, day.mall.stores.length]).toEqual([252, 61, 93]);
    expect(new Set(day.placements.map(({ at }) => at)).size).toBe(252);
  });
});

describe('the figures of a replay', () => {
  const outcome = (more: Partial<OrderOutcome>): OrderOutcome => ({
    orderId: 'o1',
    status: 'delivered',
    clickToDoorSeconds: 1_800,
    transitions: 11,
    violations: [],
    ...more,
  });
  const peakMb = { host: [], functions: [], engine: [] };
  const usualMb = peakMb;
  const punctuality = { taken: { doors: 8, withinP90: 7 }, left: { doors: 0, withinP90: 0 } };
  const run = {
    costUsd: { Lambda: 0.002 },
    punctuality,
    wallSeconds: 1.23,
    usualMb,
    peakMb,
    seed: 9,
    instance: 'small',
  };

  test('count every order once, and one that breaks a rule as lost whatever its status says', () => {
    const outcomes = [
      outcome({}),
      outcome({ orderId: 'o2', clickToDoorSeconds: 3_600 }),
      outcome({ orderId: 'o3', status: 'cancelled', clickToDoorSeconds: null, transitions: 8 }),
      outcome({ orderId: 'o4', status: 'returned', clickToDoorSeconds: null, transitions: 14 }),
      outcome({ orderId: 'o5', status: 'assigned', clickToDoorSeconds: null }),
      outcome({ orderId: 'o6', violations: ['o6: it ended 2 times'] }),
    ];
    expect(figuresOf(outcomes, run)).toMatchObject({
      placed: 6,
      delivered: 2,
      undelivered: 1,
      cancelled: 1,
      lost: 2,
      clickToDoorMeanMinutes: 45,
      clickToDoorP90Minutes: 57,
      etaWithinP90Percent: 87.5,
      etaAtLeavingWithinP90Percent: null,
      transitionsPerOrder: 11,
      costPerOrderUsd: { Lambda: 0.0003333 },
    });
  });

  test('have a digest of what became of the orders and of nothing else', () => {
    const digest = (outcomes: OrderOutcome[], more = {}) => figuresOf(outcomes, { ...run, ...more }).digest;
    const same = digest([outcome({})]);
    expect(digest([outcome({})], { wallSeconds: 99, peakMb: { ...peakMb, host: [7] }, costUsd: {} })).toBe(same);
    expect(digest([outcome({ clickToDoorSeconds: 1_801 })])).not.toBe(same);
    expect(digest([outcome({ status: 'returned' })])).not.toBe(same);
    expect(digest([outcome({ transitions: 12 })])).not.toBe(same);
  });

  test('take percentiles with linear interpolation, and none of nothing', () => {
    expect(percentile([10, 20, 30], 0.9)).toBeCloseTo(28);
    expect(percentile([10], 0.9)).toBe(10);
    expect(figuresOf([], run)).toMatchObject({ placed: 0, clickToDoorMeanMinutes: null, transitionsPerOrder: 0 });
  });
});
