import { expect, test } from 'vitest';
import { done, ready, storeActs } from '../harness/mall.ts';
import { accept, account, cancel, finish, minutes, newStory, placeAt, reach } from './story.ts';

const taken = { code: 'label_taken', pointer: '/parcels/0/label' };

test('a label at a counter belongs to one order while its parcel is under way', async () => {
  const { world, orderId } = await newStory({ stores: 1 });
  const other = await placeAt(world, 1);
  await accept(world, orderId, 1);
  await accept(world, other, 1);
  done(await storeActs(world, 1, orderId, ready(1)));
  expect(await storeActs(world, 1, other, ready(1))).toMatchObject(taken);
  // The same store may take its parcel apart and use the label again, and another store has labels of its own.
  const readyAt = world.now();
  done(await storeActs(world, 1, orderId, { type: 'delay', readyAt }));
  done(await storeActs(world, 1, orderId, ready(1)));
  const elsewhere = await placeAt(world, 2);
  await accept(world, elsewhere, 2);
  done(await storeActs(world, 2, elsewhere, { type: 'ready', parcels: [{ label: 'P1' }], missingLineIds: [] }));
  await cancel(world, orderId);
  done(await storeActs(world, 1, other, ready(1)));
  for (const id of [other, elsewhere]) await cancel(world, id);
  await minutes(world, 1);
  expect(await account(world, other)).toContain('cancelled_by_channel');
});

test('of two orders that are made ready with one label at once, one is', async () => {
  const { world, orderId } = await newStory({ stores: 1, drivers: 2, world: { faults: {} } });
  const other = await placeAt(world, 1);
  await accept(world, orderId, 1);
  await accept(world, other, 1);
  const outcomes = await Promise.all([storeActs(world, 1, orderId, ready(1)), storeActs(world, 1, other, ready(1))]);
  const refused = outcomes.filter((outcome) => 'rejected' in outcome);
  expect(refused).toEqual([expect.objectContaining(taken)]);
});

test('a label is free again once its parcel is delivered', async () => {
  const { world, orderId } = await newStory({ stores: 1 });
  await reach(world, orderId, 'picked_up');
  await finish(world);
  const label = (await world.order(orderId)).parcels[0]!.label;
  const next = await placeAt(world, 1);
  await accept(world, next, 1);
  done(await storeActs(world, 1, next, { type: 'ready', parcels: [{ label }], missingLineIds: [] }));
});
