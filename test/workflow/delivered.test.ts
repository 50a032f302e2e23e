import { expect, test } from 'vitest';
import { breachesAtEnd } from '../harness/invariants.ts';
import { driveHome, openMall, place, ready, storeActs, takeOffer } from '../harness/mall.ts';
import { World } from '../harness/world.ts';

test('an order over three stores goes to its door in at most 14 transitions', async () => {
  const world = new World();
  await openMall(world);
  const orderId = await place(world);
  for (const store of [1, 2, 3]) await storeActs(world, store, orderId, { type: 'accept' });
  await world.advance(1);
  await takeOffer(world);
  for (const store of [1, 2, 3]) await storeActs(world, store, orderId, ready(store));
  await driveHome(world);
  await world.advance(1);

  const order = await world.order(orderId);
  expect(order.status).toBe('delivered');
  expect(order.settledAt).toBeDefined();
  expect(order.ledger.map(({ key, amountCents }) => [key, amountCents])).toEqual([
    ['goods:line_1', 1000],
    ['goods:line_2', 2000],
    ['goods:line_3', 3000],
    ['fee', 799],
  ]);
  expect(world.interpreter.execution(world.executionArn(orderId)).status).toBe('SUCCEEDED');
  const entered = world.statesEntered(orderId);
  expect(entered).toEqual([
    'Stores confirm',
    'Did the stores confirm?',
    'Get ready and find a driver',
    'Stores get ready',
    'Find a driver',
    'Driver collects',
    'What has the driver?',
    'Driver delivers',
    'How did it go at the door?',
    'Settle',
    'Order closed',
  ]);
  expect(world.transitionsOf(orderId)).toBeLessThanOrEqual(14);
  expect(breachesAtEnd(world)).toEqual([]);
});
