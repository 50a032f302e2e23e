import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { inspectOrder } from '../../lambdas/application/operations.ts';
import { listOrderEvents } from '../../lambdas/application/ordering.ts';
import { orderEventItem, orderItem } from '../../lambdas/application/records.ts';
import { EventVersionUnknown } from '../../lambdas/domain/event-versions.ts';
import type { OrderEvent, PublicEvent } from '../../lambdas/domain/events.ts';
import { snapshotOf } from '../../lambdas/domain/events.ts';
import type { OrderId } from '../../lambdas/domain/ids.ts';
import { orderEvent, publicEvent } from '../../lambdas/http/event-schemas.ts';
import { channelId, place } from '../harness/mall.ts';
import type { World } from '../harness/world.ts';
import { accept, cancel, newStory } from '../workflow/story.ts';

async function storyWithBus() {
  const taken: PublicEvent[] = [];
  const publish = async (events: readonly PublicEvent[]) => {
    taken.push(...events);
    return [];
  };
  const story = await newStory({ world: { bus: { publish } } });
  await story.world.settled();
  const told = (id: OrderId) => taken.filter(({ orderId }) => orderId === id).map(({ sequence }) => sequence);
  return { ...story, taken, told };
}

/** Another release writes an event of the order, in its own version. */
async function write(world: World, orderId: OrderId, version: number, data: OrderEvent['data']): Promise<number> {
  const order = await world.order(orderId);
  const now = world.now();
  const written = { ...order, sequence: order.sequence + 1, version: order.version + 1 };
  const event: OrderEvent = {
    orderId,
    sequence: written.sequence,
    type: 'order.attention',
    version,
    occurredAt: now,
    recordedAt: now,
    data,
    snapshot: snapshotOf(order),
  };
  await world.database.commit([
    { kind: 'put', table: 'orders', item: orderItem(written), ifVersion: order.version },
    { kind: 'put', table: 'orders', item: orderEventItem(event), ifVersion: 'any' },
  ]);
  return written.sequence;
}

const listed = (world: World, orderId: OrderId) => listOrderEvents(world.ordering, channelId, orderId, 0);
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

test('an event of an earlier release is told in today’s version, on the bus and by the API', async () => {
  const { world, orderId, taken } = await storyWithBus();
  const sequence = await write(world, orderId, 1, { why: 'driver_lost', reminder: true });
  await world.settled();
  const data = { what: 'reminded', why: 'driver_lost' };
  const told = taken.find((event) => event.orderId === orderId && event.sequence === sequence);
  expect(told).toMatchObject({ version: 2, data });
  expect(z.safeParse(publicEvent, told).error).toBeUndefined();
  const { data: events } = (await listed(world, orderId)) as { data: OrderEvent[] };
  expect(events.at(-1)).toMatchObject({ sequence, version: 2, data });
  for (const event of events) expect(z.safeParse(orderEvent, event).error).toBeUndefined();
});

test('an event of a later release holds up what is told of its own order, and of no other, until that is back', async () => {
  const { world, orderId, told } = await storyWithBus();
  const before = told(orderId);
  const sequence = await write(world, orderId, 3, { later: true });
  const other = await place(world, 1);
  await cancel(world, other);
  await accept(world, orderId, 1, 2, 3);
  await world.advance(1);
  expect(told(other)).toEqual(upTo((await world.order(other)).sequence));
  expect(told(orderId), 'nothing is told past it').toEqual(before);
  const refusals = world.surprises.splice(0);
  expect(refusals.length).toBeGreaterThan(0);
  for (const error of refusals) expect(error).toBeInstanceOf(EventVersionUnknown);
  await expect(listed(world, orderId)).rejects.toThrow(EventVersionUnknown);
  const { events, waits } = (await inspectOrder({ database: world.tables }, orderId, world.now())) as {
    events: OrderEvent[];
    waits: { wait: string }[];
  };
  expect(
    waits.map(({ wait }) => wait),
    'the order itself goes on',
  ).toContain('storesGetReady');
  expect(
    events.find((event) => event.sequence === sequence),
    'operations see it as it lies',
  ).toMatchObject({
    version: 3,
    data: { later: true },
  });

  // To that release it is a version like any other.
  const late = await world.database.get({
    table: 'orders',
    pk: `ORDER#${orderId}`,
    sk: orderEventItem(events.at(sequence - 1)!).sk,
  });
  const known = { ...(late!.data as OrderEvent), version: 2, data: { what: 'asked', why: 'driver_lost' } };
  await world.database.commit([{ kind: 'put', table: 'orders', item: orderEventItem(known), ifVersion: 'any' }]);
  await world.redrive();
  expect(told(orderId)).toEqual(upTo((await world.order(orderId)).sequence));
});
