import { expect } from 'vitest';
import type { OrderId } from '../../lambdas/domain/ids.ts';
import { done, driverActs, driveStop, nothingMore, openMall, takeOffer } from '../harness/mall.ts';
import { World } from '../harness/world.ts';
import { accept, minutes, pack, placeAt, stopsOf, toCounter, toDoor } from './story.ts';

/** What is delivered of an order over stores 1 and 2, 10 and 20 dollars. */
export const whole = 'delivered: goods 3000, refund 0, fee 799';

/** `count` orders over stores 1 and 2, in one run with one driver; their doors come in the order of `orderIds`. */
export async function bundle(count: number): Promise<{ world: World; orderIds: OrderId[] }> {
  const world = new World();
  await openMall(world, { stores: 3, drivers: 2 });
  const placed: OrderId[] = [];
  for (let index = 0; index < count; index++) placed.push(await placeAt(world, 1, 2));
  for (const orderId of placed) await accept(world, orderId, 1, 2);
  await minutes(world, 1);
  await takeOffer(world);
  const { orderIds } = (await world.runOf('driver-1'))!;
  expect([...orderIds].sort()).toEqual(placed);
  expect((await stopsOf(world)).map(({ id }) => id)).toEqual([toCounter(1), toCounter(2), ...orderIds.map(toDoor)]);
  return { world, orderIds };
}

export async function packAll({ world, orderIds }: { world: World; orderIds: OrderId[] }): Promise<void> {
  for (const orderId of orderIds) await pack(world, orderId, 1, 2);
}

export async function collectAll(world: World): Promise<void> {
  for (const { id, kind } of await stopsOf(world)) if (kind === 'pickup') await driveStop(world, id);
}

export async function arriveAtDoor(world: World, orderId: OrderId): Promise<void> {
  done(await driverActs(world, toDoor(orderId), { type: 'arrive' }));
}

/** Completes a stop with these labels and says nothing else. */
export const complete = (...labels: string[]) => ({ type: 'complete', ...nothingMore, labels }) as const;
