import { expect, test } from 'vitest';
import { deadlinePassed } from '../../lambdas/application/lifecycle.ts';
import { orderItem } from '../../lambdas/application/records.ts';
import { plusMinutes } from '../../lambdas/domain/time.ts';
import { deadlines } from '../../lambdas/domain/waits.ts';
import { openMall, place } from '../harness/mall.ts';
import { World } from '../harness/world.ts';

test('an order that no rule moves on at a deadline fails its execution, and does not make it wait a second for ever', async () => {
  const world = new World();
  world.streamsOn = false;
  await openMall(world);
  const order = await world.order(await place(world));
  // No command leads to this: nothing is left to collect, and nobody has ended the order.
  const pickups = order.pickups.map((pickup) => ({ ...pickup, status: 'failed' as const }));
  const item = orderItem({ ...order, pickups });
  await world.database.commit([{ kind: 'put', table: 'orders', item, ifVersion: 'any' }]);

  const asked = { orderId: order.id, generation: order.workflowGeneration, wait: 'findDriver' } as const;
  const due = deadlines(order).findDriver;
  expect(await deadlinePassed(world.database, asked, plusMinutes(due, -1))).toMatchObject({ outcome: 'not_due' });
  await expect(deadlinePassed(world.database, asked, due)).rejects.toThrow(
    `findDriver of order ${order.id}, created, was due at ${due} and is due again at once.`,
  );
});
