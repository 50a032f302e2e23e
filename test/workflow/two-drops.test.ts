import { expect, test } from 'vitest';
import { driveStop } from '../harness/mall.ts';
import { arriveAtDoor, bundle, collectAll, packAll, whole } from './bundle.ts';
import { account, backTo, finish, nobodyHome, runsOf, stopsOf, toDoor } from './story.ts';

test('of two drops the first fails: the second comes at once, returns are last, and every end of a stop is paid', async () => {
  const { world, orderIds } = await bundle(2);
  await packAll({ world, orderIds });
  await collectAll(world);
  const [first, second] = [orderIds[0]!, orderIds[1]!];
  await arriveAtDoor(world, first);
  await nobodyHome(world, first);
  // No minute passes between the closed door and the way to the next.
  expect((await stopsOf(world)).map(({ id }) => id)).toEqual([toDoor(second), backTo(1), backTo(2)]);
  await driveStop(world, toDoor(second));
  expect((await world.order(second)).status).toBe('delivered');
  expect((await world.order(first)).status).toBe('undeliverable');
  await finish(world);
  expect(await account(world, second)).toBe(whole);
  expect(await account(world, first)).toBe('returned (customer_unavailable): goods 0, refund 3000, fee 799');
  const [run] = runsOf(world);
  const paid = (kind: string) => run!.pay.filter((line) => line.kind === kind).map(({ amountCents }) => amountCents);
  expect([paid('base'), paid('stop'), paid('return')]).toEqual([[400], [175, 175, 175, 175], [250, 250]]);
  expect(run!.status).toBe('completed');
});
