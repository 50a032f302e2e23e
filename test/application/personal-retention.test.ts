import { expect, test } from 'vitest';
import { getOrder, placeOrder } from '../../lambdas/application/ordering.ts';
import { findPersonal, livePersonal } from '../../lambdas/application/personal.ts';
import { keys } from '../../lambdas/application/records.ts';
import { track } from '../../lambdas/application/tracking.ts';
import { asId, type OrderId } from '../../lambdas/domain/ids.ts';
import { epochMs, instant } from '../../lambdas/domain/time.ts';
import { channelId, done, openMall, orderInput } from '../harness/mall.ts';
import { World } from '../harness/world.ts';

async function placed() {
  const world = new World();
  await openMall(world);
  const outcome = await placeOrder(
    world.ordering,
    channelId,
    orderInput(),
    world.request('channel:channel-1'),
    world.now(),
  );
  const id = asId<OrderId>((done(outcome).body as { id: string }).id);
  const item = (await world.database.get(keys.personal(id)))!;
  return { world, id, item };
}

test('personal data is not read any more from the second its retention is over, though the item is still there', async () => {
  const { world, id, item } = await placed();
  const over = item.expiresAt! * 1000;
  const [last, first] = [instant(over - 1), instant(over)];

  expect(await findPersonal(world.database, id, last)).toEqual(item.data);
  expect(await findPersonal(world.database, id, first)).toBeNull();
  expect([livePersonal(item, last), livePersonal(item, first)]).toEqual([item.data, null]);

  expect(await getOrder(world.ordering, channelId, id, last)).toHaveProperty('trackingUrl');
  expect(await getOrder(world.ordering, channelId, id, first)).not.toHaveProperty('trackingUrl');
  expect(await world.database.get(keys.personal(id))).toEqual(item);
});

test('a tracking link that outlives the personal data shows neither name nor address', async () => {
  const { world, id, item } = await placed();
  const { trackingToken, name } = (await findPersonal(world.database, id, world.now()))!;
  expect(await track(world.driving, trackingToken, world.now())).toMatchObject({ orderId: id, door: { name } });

  const expiresAt = Math.floor(epochMs(world.now()) / 1000);
  await world.database.commit([{ kind: 'put', table: 'personal', item: { ...item, expiresAt }, ifVersion: 'any' }]);
  expect(await track(world.driving, trackingToken, world.now())).toMatchObject({ orderId: id, door: null });
});
