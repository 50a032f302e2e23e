import { expect, test } from 'vitest';
import { faultClasses } from '../harness/faults.ts';
import { report, rounds } from '../harness/rounds.ts';
import { again } from '../races/race.ts';
import { breachesOfDay, troubledDay } from './day.ts';

const name = 'of so many orders none is lost, stuck, driven twice or paid twice, whatever goes wrong';
/** A day is a world of its own, and its seed that of its first order. */
const ordersInADay = 10;
const patienceMsPerOrder = 1_000;

/** Here a round is an order. */
const asked = rounds(1_000);

test(name, { timeout: Math.max(asked.rounds, 60) * patienceMsPerOrder }, async () => {
  const struck = new Map<string, number>();
  const deeds = new Map<string, number>();
  const outcomes: string[] = [];
  let orders = 0;
  const started = performance.now();
  for (let seed = asked.seed; seed < asked.seed + asked.rounds; seed += ordersInADay) {
    await again(name, import.meta.filename, seed, async () => {
      const count = Math.min(ordersInADay, asked.seed + asked.rounds - seed);
      const day = await troubledDay(seed, count);
      expect(breachesOfDay(day)).toEqual([]);
      const statuses = day.world.orders().map(({ status }) => status);
      orders += statuses.length;
      outcomes.push(statuses.join());
      for (const [fault, times] of day.world.faults.struck) struck.set(fault, (struck.get(fault) ?? 0) + times);
      for (const [deed, times] of day.deeds) deeds.set(deed, (deeds.get(deed) ?? 0) + times);
    });
  }
  const seconds = (performance.now() - started) / 1000;
  const faults = [...struck.values()].reduce((sum, times) => sum + times, 0);
  process.stdout.write(
    `${orders} orders, ${(orders / seconds).toFixed(1)} a second, ${faults} faults injected: ${told(struck)}\n`,
  );
  if (asked.rounds >= 200) {
    expect([...struck.keys()].sort()).toEqual([...faultClasses].sort());
    for (const deed of everyDeed) expect(deeds.get(`${deed}: done`), deed).toBeGreaterThan(0);
    for (const end of ['delivered', 'cancelled', 'returned', 'failed']) expect(outcomes.join()).toContain(end);
  }
  report(name, asked, { outcomes, struck, deeds });
});

const everyDeed = [
  'place',
  'reject',
  'delay',
  'nothing there',
  'cancel',
  'lose the driver',
  'hand_over',
  'give',
  'fail at a pickup',
  'fail at a dropoff',
  'fail at a return',
];

function told(counts: Map<string, number>): string {
  return [...counts]
    .sort()
    .map(([what, times]) => `${what} ${times}`)
    .join(', ');
}
