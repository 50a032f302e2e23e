import { beforeAll, describe, expect, test } from 'vitest';
import { keys } from '../../lambdas/application/records.ts';
import type { OrderId } from '../../lambdas/domain/ids.ts';
import { done, driverActs, driveStop, nothingMore, openMall, photo, storeActs, takeOffer } from '../harness/mall.ts';
import { World } from '../harness/world.ts';
import {
  accept,
  account,
  backTo,
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
  stopsOf,
  toCollection,
  toCounter,
  toDoor,
} from './story.ts';

const happyPath = `${toCollection} → Driver delivers → ${closed}`;
/** What is delivered of an order over stores 1 and 2, 10 and 20 dollars. */
const whole = 'delivered: goods 3000, refund 0, fee 799';

/** `count` orders over stores 1 and 2, in one run with one driver; their doors come in the order of `orderIds`. */
async function bundle(count: number): Promise<{ world: World; orderIds: OrderId[] }> {
  const world = new World();
  await openMall(world, { stores: 3, drivers: 2 });
  const orderIds: OrderId[] = [];
  for (let index = 0; index < count; index++) orderIds.push(await placeAt(world, 1, 2));
  for (const orderId of orderIds) await accept(world, orderId, 1, 2);
  await minutes(world, 1);
  await takeOffer(world);
  expect((await world.runOf('driver-1'))!.orderIds.length).toBe(count);
  expect((await stopsOf(world)).map(({ id }) => id)).toEqual([toCounter(1), toCounter(2), ...orderIds.map(toDoor)]);
  return { world, orderIds };
}

async function packAll({ world, orderIds }: { world: World; orderIds: OrderId[] }): Promise<void> {
  for (const orderId of orderIds) await pack(world, orderId, 1, 2);
}

async function collectAll(world: World): Promise<void> {
  for (const { id, kind } of await stopsOf(world)) if (kind === 'pickup') await driveStop(world, id);
}

async function arriveAtDoor(world: World, orderId: OrderId): Promise<void> {
  done(await driverActs(world, toDoor(orderId), { type: 'arrive' }));
}

/** When the doors of an undisturbed run of so many orders are done, in minutes after noon. */
async function undisturbed(count: number): Promise<string[]> {
  const story = await bundle(count);
  await packAll(story);
  await finish(story.world);
  return Promise.all(story.orderIds.map(async (id) => (await story.world.order(id)).door!.deliveredAt!));
}

const complete = (...labels: string[]) => ({ type: 'complete', ...nothingMore, labels }) as const;

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

describe('at a counter with two orders of which one is ready', () => {
  async function atCounter() {
    const story = await bundle(2);
    const [ready, late] = story.orderIds as [OrderId, OrderId];
    await pack(story.world, ready, 1, 2);
    await pack(story.world, late, 2);
    done(await driverActs(story.world, toCounter(1), { type: 'arrive' }));
    return { ...story, ready, late };
  }
  test('that one is collected, and the answer says who is awaited', async () => {
    const { world, ready, late } = await atCounter();
    const answer = done(await driverActs(world, toCounter(1), complete(labelOf(ready, 1))));
    expect(answer).toMatchObject({
      status: 200,
      body: {
        awaited: [
          {
            orderId: late,
            code: 'pickup_not_ready',
            detail: 'The parcels of Store 1 are accepted.',
            mend: expect.stringContaining('wait, or leave without them'),
          },
        ],
        orders: [
          { orderId: ready, status: 'collecting' },
          { orderId: late, status: 'arrived_at_pickup' },
        ],
      },
    });
    const stop = (await stopsOf(world))[0]!;
    expect(stop).toMatchObject({ id: toCounter(1), status: 'arrived', orderIds: [late] });
    // Asked again, with what was collected named again, nothing more has come.
    const again = await driverActs(world, toCounter(1), complete(labelOf(ready, 1)));
    expect(again).toMatchObject({ code: 'pickup_not_ready' });
    await minutes(world, 5);
    await pack(world, late, 1);
    await finish(world);
    expect(await account(world, ready)).toBe(whole);
    expect(await account(world, late)).toBe(whole);
    expect(runsOf(world)[0]!.pay.filter(({ stopId }) => stopId === toCounter(1))).toHaveLength(1);
  });

  test('the driver leaves without the other alone', async () => {
    const { world, ready, late } = await atCounter();
    done(await driverActs(world, toCounter(1), complete(labelOf(ready, 1))));
    done(await driverActs(world, toCounter(1), { type: 'fail', reason: 'not_ready', evidence: {} }));
    const counter = (await world.runOf('driver-1'))!.stops.find(({ id }) => id === toCounter(1))!;
    expect(counter.status).toBe('done');
    await finish(world);
    expect(await account(world, ready)).toBe(whole);
    expect(await account(world, late)).toBe('delivered in part: goods 2000, refund 1000, fee 799');
    expect(runsOf(world)[0]!.pay.filter(({ stopId }) => stopId === toCounter(1))).toHaveLength(1);
  });

  test('the stop is done, and paid once, when the other falls away', async () => {
    const { world, ready, late } = await atCounter();
    done(await driverActs(world, toCounter(1), complete(labelOf(ready, 1))));
    done(await cancel(world, late));
    const run = (await world.runOf('driver-1'))!;
    expect(run.stops.find(({ id }) => id === toCounter(1))!.status).toBe('done');
    expect(run.pay.map(({ key }) => key)).toEqual(['base', `${toCounter(1)}:1`]);
    await finish(world);
    expect(await account(world, ready)).toBe(whole);
    expect(await account(world, late)).toContain('cancelled');
  });

  test('nothing is collected while no order is whole, and the first to be mended is named', async () => {
    const { world, ready, late } = await atCounter();
    const refused = await driverActs(world, toCounter(1), complete());
    expect(refused).toMatchObject({
      code: 'parcels_missing',
      mend: expect.stringContaining(labelOf(ready, 1)),
      current: {
        missing: [labelOf(ready, 1)],
        awaited: [
          { orderId: ready, code: 'parcels_missing' },
          { orderId: late, code: 'pickup_not_ready' },
        ],
      },
    });
    await pack(world, late, 1);
    await finish(world);
    expect(await account(world, ready)).toBe(whole);
    expect(await account(world, late)).toBe(whole);
  });

  test('scanned labels are enough, and only those due there scan', async () => {
    const { world, ready, late } = await atCounter();
    await pack(world, late, 1);
    expect(await driverActs(world, toCounter(1), { type: 'scan', label: labelOf(ready, 2) })).toMatchObject({
      code: 'wrong_order',
    });
    for (const orderId of [ready, late]) {
      done(await driverActs(world, toCounter(1), { type: 'scan', label: labelOf(orderId, 1) }));
    }
    done(await driverActs(world, toCounter(1), complete()));
    expect((await stopsOf(world))[0]!.id).toBe(toCounter(2));
    await finish(world);
    expect(await account(world, ready)).toBe(whole);
    expect(await account(world, late)).toBe(whole);
  });
});

test("a sibling's parcel is the wrong one at a door", async () => {
  const story = await bundle(2);
  const { world, orderIds } = story;
  const [first, second] = orderIds as [OrderId, OrderId];
  await packAll(story);
  await collectAll(world);
  await arriveAtDoor(world, first);
  const stray = labelOf(second, 1);
  expect(await driverActs(world, toDoor(first), { type: 'scan', label: stray })).toMatchObject({ code: 'wrong_order' });
  const labels = [labelOf(first, 1), labelOf(first, 2), stray];
  expect(await driverActs(world, toDoor(first), { ...complete(...labels), proof: photo })).toMatchObject({
    code: 'wrong_order',
  });
  await finish(world);
  expect(await account(world, first)).toBe(whole);
  expect(await account(world, second)).toBe(whole);
});

describe('at a store to which two orders go back', () => {
  async function bothBack() {
    const story = await bundle(2);
    await packAll(story);
    await collectAll(story.world);
    for (const orderId of story.orderIds) {
      await arriveAtDoor(story.world, orderId);
      await nobodyHome(story.world, orderId);
    }
    expect((await stopsOf(story.world)).map(({ id }) => id)).toEqual([backTo(1), backTo(2)]);
    done(await driverActs(story.world, backTo(1), { type: 'arrive' }));
    return story;
  }
  const back = 'returned (customer_unavailable): goods 0, refund 3000, fee 799';

  test('one may be given back before the other is found', async () => {
    const { world, orderIds } = await bothBack();
    const [first, second] = orderIds as [OrderId, OrderId];
    const give = (orderId: OrderId) => complete(labelOf(orderId, 1));
    const answer = done(await driverActs(world, backTo(1), give(first)));
    expect(answer.body).toMatchObject({ awaited: [{ orderId: second, code: 'parcels_missing' }] });
    done(await driverActs(world, backTo(1), give(second)));
    await finish(world);
    expect(await account(world, first)).toBe(back);
    expect(await account(world, second)).toBe(back);
    expect(runsOf(world)[0]!.pay.filter(({ kind }) => kind === 'return')).toHaveLength(2);
  });

  test('both are held when it takes nothing, and each is decided by itself', async () => {
    const { world, orderIds } = await bothBack();
    const [first, second] = orderIds as [OrderId, OrderId];
    done(await driverActs(world, backTo(1), { type: 'fail', reason: 'refused', evidence: {} }));
    for (const id of orderIds) expect((await world.order(id)).status).toBe('held');
    done(await resolve(world, first, 'returned'));
    done(await resolve(world, second, 'resume'));
    await finish(world);
    expect(await account(world, first)).toBe(back);
    expect(await account(world, second)).toBe(back);
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
