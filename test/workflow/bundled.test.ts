import { beforeAll, describe, expect, test } from 'vitest';
import { keys } from '../../lambdas/application/records.ts';
import type { OrderId } from '../../lambdas/domain/ids.ts';
import { done, driverActs, driveStop, openMall, storeActs, takeOffer } from '../harness/mall.ts';
import { World } from '../harness/world.ts';
import { arriveAtDoor, bundle, collectAll, complete, packAll, whole } from './bundle.ts';
import {
  accept,
  account,
  cancel,
  closed,
  finish,
  handOver,
  labelOf,
  loseDriver,
  minutes,
  nobodyHome,
  pack,
  packed,
  path,
  placeAt,
  resolve,
  runsOf,
  toCollection,
  toCounter,
  toDoor,
} from './story.ts';

const happyPath = `${toCollection} → Driver delivers → ${closed}`;

/** When the doors of an undisturbed run of so many orders are done. */
async function undisturbed(count: number): Promise<string[]> {
  const story = await bundle(count);
  await packAll(story);
  await finish(story.world);
  return Promise.all(story.orderIds.map(async (id) => (await story.world.order(id)).door!.deliveredAt!));
}

type Story = Awaited<ReturnType<typeof bundle>>;

/** Ways in which the first of several orders fails while its siblings go on. */
const failures: Record<string, { play: (story: Story, first: OrderId) => Promise<unknown>; end: string }> = {
  'is cancelled before anything is collected': {
    play: async (story, first) => {
      await packAll(story);
      done(await cancel(story.world, first));
    },
    end: 'cancelled (cancelled_by_channel): goods 0, refund 3000, fee 0',
  },
  'is cancelled with the driver at the counter': {
    play: async (story, first) => {
      await packAll(story);
      done(await driverActs(story.world, toCounter(1), { type: 'arrive' }));
      done(await cancel(story.world, first));
    },
    end: 'cancelled (cancelled_by_channel): goods 0, refund 3000, fee 0',
  },
  'is cancelled with one parcel of two on board': {
    play: async (story, first) => {
      await packAll(story);
      await driveStop(story.world, toCounter(1));
      done(await cancel(story.world, first));
    },
    end: 'returned (cancelled_by_channel): goods 0, refund 3000, fee 799',
  },
  'is cancelled on the way to the door': {
    play: async (story, first) => {
      await packAll(story);
      await collectAll(story.world);
      done(await driverActs(story.world, toDoor(first), { type: 'depart' }));
      done(await cancel(story.world, first));
    },
    end: 'returned (cancelled_by_channel): goods 0, refund 3000, fee 799',
  },
  'has a store that rejects late': {
    play: async (story, first) => {
      done(await storeActs(story.world, 1, first, { type: 'reject', reason: 'out_of_stock' }));
      for (const orderId of story.orderIds) await pack(story.world, orderId, ...(orderId === first ? [2] : [1, 2]));
    },
    end: 'delivered in part: goods 2000, refund 1000, fee 799',
  },
  'has a store that is not ready': {
    play: async (story, first) => {
      for (const orderId of story.orderIds) await pack(story.world, orderId, ...(orderId === first ? [2] : [1, 2]));
      await driveStop(story.world, toCounter(1));
      done(await driverActs(story.world, toCounter(1), { type: 'fail', reason: 'not_ready', evidence: {} }));
    },
    end: 'delivered in part: goods 2000, refund 1000, fee 799',
  },
  'has a parcel that the store cannot find': {
    play: async (story, first) => {
      await packAll(story);
      done(await driverActs(story.world, toCounter(1), { type: 'arrive' }));
      await story.world.advance(3);
      const labels = story.orderIds.filter((id) => id !== first).map((id) => labelOf(id, 1));
      done(await driverActs(story.world, toCounter(1), { ...complete(...labels), leaveMissing: true }));
    },
    end: 'delivered in part: goods 2000, refund 1000, fee 799',
  },
  'finds nobody at its door': {
    play: async (story, first) => {
      await packAll(story);
      await collectAll(story.world);
      await arriveAtDoor(story.world, first);
      await story.world.advance(3);
      await nobodyHome(story.world, first);
    },
    end: 'returned (customer_unavailable): goods 0, refund 3000, fee 799',
  },
  'is refused in part': {
    play: async (story, first) => {
      await packAll(story);
      await collectAll(story.world);
      await arriveAtDoor(story.world, first);
      await story.world.advance(3);
      done(await handOver(story.world, first, [1], [2]));
    },
    end: 'delivered in part: goods 1000, refund 2000, fee 799',
  },
  'is lost': {
    play: async (story, first) => {
      await packAll(story);
      await collectAll(story.world);
      await arriveAtDoor(story.world, first);
      done(await driverActs(story.world, toDoor(first), { type: 'fail', reason: 'lost', evidence: {} }));
    },
    end: 'failed (lost): goods 0, refund 3000, fee 0',
  },
  'is sent back by operations': {
    play: async (story, first) => {
      await packAll(story);
      await collectAll(story.world);
      done(await resolve(story.world, first, 'return'));
    },
    end: 'returned (sent_back): goods 0, refund 3000, fee 799',
  },
};

describe.each([2, 3])('of %i orders in a run, one that', (count) => {
  let times: string[];
  beforeAll(async () => {
    times = await undisturbed(count);
  });

  test.each(Object.entries(failures))('%s neither harms nor delays the others', async (_, { play, end }) => {
    const story = await bundle(count);
    const { world, orderIds } = story;
    const [first, ...others] = orderIds as [OrderId, ...OrderId[]];
    await play(story, first);
    await minutes(world, 0);
    await finish(world);
    expect(await account(world, first)).toBe(end);
    for (const other of others) {
      expect(await account(world, other)).toBe(whole);
      expect(await path(world, other)).toBe(happyPath);
      expect(world.transitionsOf(other)).toBe(11);
      const { deliveredAt } = (await world.order(other)).door!;
      expect(deliveredAt! <= times[orderIds.indexOf(other)]!, `${deliveredAt} is no later`).toBe(true);
    }
    // Returns come after every door.
    const { stops } = runsOf(world)[0]!;
    const firstReturn = stops.findIndex(({ kind }) => kind === 'return');
    expect(stops.slice(firstReturn < 0 ? stops.length : firstReturn).every(({ kind }) => kind === 'return')).toBe(true);
  });
});

test('a run of three is lost at once with its driver, and each order goes its own way', async () => {
  const story = await bundle(3);
  const { world, orderIds } = story;
  await packAll(story);
  await loseDriver(world, orderIds[1]!);
  for (const id of orderIds) expect((await world.order(id)).status).toBe('created');
  done(await cancel(world, orderIds[0]!));
  await minutes(world, 1);
  await takeOffer(world, 2);
  await finish(world, 2);
  expect(await account(world, orderIds[0]!)).toContain('cancelled');
  for (const id of orderIds.slice(1)) expect(await account(world, id)).toBe(whole);
});

test('an offer loses a store that rejects, its pay follows, and an answer to the old one is refused', async () => {
  const world = new World();
  await openMall(world, { stores: 3, drivers: 1 });
  const orderId = await placeAt(world, 1, 2);
  await accept(world, orderId, 1, 2);
  await minutes(world, 1);
  const { offerId } = await world.order(orderId);
  const offer = async () =>
    (await world.database.get(keys.offer(offerId!)))!.data as { payCents: number; storeIds: [] };
  // Base 4.00 and 1.75 for each of two stores and a door.
  expect((await offer()).payCents).toBe(925);
  done(await storeActs(world, 1, orderId, { type: 'reject', reason: 'damaged' }));
  expect(await offer()).toMatchObject({ payCents: 750, storeIds: ['store-2'] });
  await takeOffer(world);
  done(await storeActs(world, 2, orderId, packed(orderId, 2)));
  await finish(world);
  expect(await account(world, orderId)).toBe('delivered in part: goods 2000, refund 1000, fee 799');
  expect(runsOf(world)[0]!.pay.reduce((sum, { amountCents }) => sum + amountCents, 0)).toBe(750);
});
