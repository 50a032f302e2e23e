import { expect, test } from 'vitest';
import { everyFault, faultClasses } from '../harness/faults.ts';
import { bringHome } from '../harness/home.ts';
import { breachesAtEnd } from '../harness/invariants.ts';
import { openMall, place } from '../harness/mall.ts';
import { digestOf, report, rounds } from '../harness/rounds.ts';
import { World } from '../harness/world.ts';
import { again, patienceMs } from './race.ts';
import { cancelling } from './scenes.ts';

const name = 'orders come to their end whatever goes wrong, all at once';

const asked = rounds(20);

test(name, { timeout: asked.rounds * 2 * patienceMs }, async () => {
  const outcomes: string[] = [];
  const struck = new Map<string, number>();
  for (let seed = asked.seed; seed < asked.seed + asked.rounds; seed++) {
    await again(name, import.meta.filename, seed, async () => {
      const world = await life(seed);
      expect(breachesAtEnd(world)).toEqual([]);
      outcomes.push(statusesOf(world).join());
      for (const [fault, count] of world.faults.struck) struck.set(fault, (struck.get(fault) ?? 0) + count);
    });
  }
  if (asked.rounds >= 20) expect([...struck.keys()].sort()).toEqual([...faultClasses].sort());
  report(name, asked, outcomes);
});

test('the same seed gives the same run, event by event', async () => {
  const [first, second, other] = [await life(7), await life(7), await life(8)];
  expect(digestOf(historyOf(second))).toBe(digestOf(historyOf(first)));
  expect(digestOf(historyOf(other))).not.toBe(digestOf(historyOf(first)));
});

/** Two orders for two drivers; one is cancelled somewhere on its way. */
async function life(seed: number): Promise<World> {
  const world = new World({ seed, faults: everyFault });
  await openMall(world, { stores: 2, drivers: 2 });
  await place(world, 2);
  const orderId = await place(world, 1, { doorProof: 'pin' });
  await bringHome(world, world.faults.random.integer(20));
  await world.call(cancelling(world, orderId));
  await bringHome(world);
  // A record that was given up waits for a person, whom an alarm wakes and who mends the cause.
  world.faults.armed = false;
  await world.redrive();
  await bringHome(world);
  return world;
}

function statusesOf(world: World): string[] {
  return world.orders().map(({ status }) => status);
}

function historyOf(world: World): unknown {
  return [world.database.all('orders'), world.database.all('fleet'), world.executions(), [...world.faults.struck]];
}
