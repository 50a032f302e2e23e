import { expect, test } from 'vitest';
import { packTick, unpackTick } from '../../lambdas/adapters/s3-ticks.ts';
import { replays } from '../../lambdas/application/dispatch.ts';
import { bringHome } from '../harness/home.ts';
import { openMall } from '../harness/mall.ts';
import { World } from '../harness/world.ts';
import { accept, minutes, placeAt } from './story.ts';

test('every tick that was kept replays to the same bytes, and no other answer passes for it', async () => {
  const world = new World();
  await openMall(world, { stores: 3, drivers: 3 });
  for (let index = 0; index < 4; index++) {
    const id = await placeAt(world, 1, 2);
    await accept(world, id, 1, 2);
    await minutes(world, 7);
  }
  await bringHome(world);
  const kept = world.ticks.map((tick) => unpackTick(packTick(tick)));
  expect(kept.length).toBeGreaterThan(3);
  expect(kept.some(({ previous }) => previous !== null)).toBe(true);
  expect(kept.map((tick) => replays(tick))).toEqual(kept.map(() => true));
  const [tick] = kept;
  expect(replays({ ...tick!, snapshot: { ...tick!.snapshot, now: tick!.snapshot.now + 60 } })).toBe(false);
});
