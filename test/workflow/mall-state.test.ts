import { expect, test } from 'vitest';
import { setMallState } from '../../lambdas/application/directory.ts';
import type { MallId } from '../../lambdas/domain/ids.ts';
import { asId } from '../../lambdas/domain/ids.ts';
import type { MallStateChange } from '../../lambdas/domain/mall-state.ts';
import { done, place } from '../harness/mall.ts';
import type { World } from '../harness/world.ts';
import { accept, account, at, finish, minutes, newStory, pack, path, reach, until } from './story.ts';

async function mallIs(world: World, change: MallStateChange): Promise<void> {
  const ports = {
    database: world.tables,
    randomness: world.randomness,
    secrets: { seal: async () => '', open: async () => new Uint8Array() },
  };
  const request = world.request('operations');
  const act = () => setMallState(ports, asId<MallId>('mall-1'), change, request, world.now());
  const first = done(await act());
  expect({ ...done(await act()), replayed: false }).toEqual(first);
  await world.settled();
}

const closesAt = at('14:00');
const closesEarly = { state: 'closing_early', closesAt, reason: 'Storm' } as const;

test('a paused mall takes no orders and says when it reopens; what is under way goes on', async () => {
  const { world, orderId } = await newStory();
  await mallIs(world, { state: 'paused', reopensAt: at('13:00'), reason: 'Alarm' });
  await expect(place(world)).rejects.toThrow(
    'mall_closed: Test Mall takes no orders now. It reopens at 2026-11-23T20:00',
  );
  await reach(world, orderId, 'picked_up');
  await finish(world);
  expect(await account(world, orderId)).toBe('delivered: goods 6000, refund 0, fee 799');
  await until(world, at('13:00'));
  await place(world, 1);
});

test('a mall that closes early takes orders until its new cut-off, and its orders end with it', async () => {
  const { world, orderId } = await newStory({ drivers: 0 });
  await accept(world, orderId, 1, 2, 3);
  await pack(world, orderId, 1, 2, 3);
  await mallIs(world, closesEarly);
  await minutes(world, 1);
  const order = await world.order(orderId);
  expect([order.closesAt, order.regularClosesAt]).toEqual([closesAt, at('21:00')]);
  await until(world, at('13:46'));
  const late = await place(world, 1);
  await minutes(world, 1);
  await expect(place(world)).rejects.toThrow('after_cut_off');
  await until(world, at('14:01'));
  expect(await account(world, orderId)).toBe('cancelled (mall_closed): goods 0, refund 6000, fee 0');
  expect(await account(world, late)).toContain('cancelled (stores_rejected)');
  expect((await world.order(orderId)).endedAt).toBe(closesAt);
  // The wait for a driver was entered again with the earlier deadline.
  expect((await path(world, orderId)).match(/Find a driver/g)?.length).toBe(2);
});

test('opened again, it gives its orders back what time there is', async () => {
  const { world, orderId } = await newStory({ drivers: 0 });
  await accept(world, orderId, 1, 2, 3);
  await mallIs(world, closesEarly);
  await minutes(world, 2);
  await mallIs(world, { state: 'open' });
  await minutes(world, 2);
  const { closesAt: again, regularClosesAt } = await world.order(orderId);
  expect([again, regularClosesAt]).toEqual([at('21:00'), undefined]);
  await pack(world, orderId, 1, 2, 3);
  await until(world, at('14:02'));
  expect((await world.order(orderId)).status).toBe('created');
  await until(world, at('15:02'));
  expect(await account(world, orderId)).toContain('cancelled (no_driver)');
});

test('a driver inside has a quarter of an hour more than the mall', async () => {
  const { world, orderId } = await newStory();
  await reach(world, orderId, 'collecting');
  await mallIs(world, { ...closesEarly, closesAt: at('12:30') });
  await until(world, at('12:46'));
  expect((await world.order(orderId)).status).toBe('picked_up');
  await finish(world);
  expect(await account(world, orderId)).toBe('delivered in part: goods 1000, refund 5000, fee 799');
});
