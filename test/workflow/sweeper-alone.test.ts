import { describe, expect, test } from 'vitest';
import { done, driverActs, nothingMore, storeActs, takeOffer } from '../harness/mall.ts';
import type { World } from '../harness/world.ts';
import {
  accept,
  account,
  at,
  cancel,
  closed,
  finish,
  handOver,
  loseDriver,
  minutes,
  newStory,
  nobodyHome,
  pack,
  path,
  resolve,
  runsOf,
  toCollection,
  toCounter,
  toDoor,
  until,
} from './story.ts';

/** No stream is ever read: whatever moves, the sweeper has moved, once a minute. */
const unheard = (change: Parameters<typeof newStory>[0] = {}) => newStory({ ...change, streams: false });

/** How long an order may lie still before the sweeper looks at it, and a minute more for its own round. */
const sweepMinutes = 4;

async function untilOffered(world: World, driver = 1): Promise<void> {
  for (let minute = 0; minute < 10; minute++) {
    if ((await world.driver(`driver-${driver}`)).openOfferId) return;
    await minutes(world, 1);
  }
}

async function confirmed(story: Awaited<ReturnType<typeof unheard>>, ...stores: number[]): Promise<void> {
  await minutes(story.world, sweepMinutes);
  await accept(story.world, story.orderId, ...stores);
  await untilOffered(story.world);
  await takeOffer(story.world);
  await pack(story.world, story.orderId, ...stores);
  await minutes(story.world, sweepMinutes);
}

async function collected(story: Awaited<ReturnType<typeof unheard>>): Promise<void> {
  await confirmed(story, 1, 2, 3);
  for (const store of [1, 2, 3]) {
    done(await driverActs(story.world, toCounter(store), { type: 'arrive' }));
    const order = await story.world.order(story.orderId);
    const labels = order.parcels.filter((parcel) => parcel.storeId === `store-${store}`).map(({ label }) => label);
    const complete = { type: 'complete', ...nothingMore, labels } as const;
    done(await driverActs(story.world, toCounter(store), complete));
  }
  await minutes(story.world, sweepMinutes);
}

const whole = 'delivered: goods 6000, refund 0, fee 799';
const delivering = `${toCollection} → Driver delivers`;

describe('with no stream read, the sweeper alone', () => {
  test('brings an order to its door', async () => {
    const story = await unheard();
    await collected(story);
    await finish(story.world);
    await minutes(story.world, sweepMinutes);
    expect(await account(story.world, story.orderId)).toBe(whole);
    expect(await path(story.world, story.orderId)).toBe(`${delivering} → ${closed}`);
    expect(story.world.transitionsOf(story.orderId)).toBe(11);
  });

  test('starts the execution, and lets time run out for silent stores', async () => {
    const { world, orderId } = await unheard();
    expect(world.executions()).toEqual([]);
    await minutes(world, sweepMinutes);
    expect(world.executions().map(({ name }) => name)).toEqual([orderId]);
    await minutes(world, 10);
    expect(await account(world, orderId)).toBe('cancelled (stores_rejected): goods 0, refund 6000, fee 0');
    expect(await path(world, orderId)).toBe(`Stores confirm → Time is up: stores confirm → ${closed}`);
  });

  test('leaves out a store that rejects', async () => {
    const story = await unheard();
    await minutes(story.world, sweepMinutes);
    done(await storeActs(story.world, 2, story.orderId, { type: 'reject', reason: 'too_busy' }));
    await confirmed(story, 1, 3);
    await finish(story.world);
    await minutes(story.world, sweepMinutes);
    expect(await account(story.world, story.orderId)).toBe('delivered in part: goods 4000, refund 2000, fee 799');
  });

  test('ends an order that is cancelled while it is on offer, and withdraws the offer', async () => {
    const { world, orderId } = await unheard();
    await minutes(world, sweepMinutes);
    await accept(world, orderId, 1, 2, 3);
    await untilOffered(world);
    done(await cancel(world, orderId));
    await minutes(world, sweepMinutes);
    expect(await account(world, orderId)).toBe('cancelled (cancelled_by_channel): goods 0, refund 6000, fee 0');
  });

  test('brings back what is cancelled on the way', async () => {
    const story = await unheard();
    await collected(story);
    done(await cancel(story.world, story.orderId));
    await finish(story.world);
    await minutes(story.world, sweepMinutes);
    expect(await account(story.world, story.orderId)).toBe(
      'returned (cancelled_by_channel): goods 0, refund 6000, fee 799',
    );
  });

  test('expires offers that nobody answers, offers again, and ends the order in time', async () => {
    const { world, orderId } = await unheard({ drivers: 2 });
    await minutes(world, sweepMinutes);
    await accept(world, orderId, 1, 2, 3);
    await pack(world, orderId, 1, 2, 3);
    await until(world, at('15:05'));
    expect(await account(world, orderId)).toBe('cancelled (no_driver): goods 0, refund 6000, fee 0');
    const offers = world.database.all('fleet').filter(({ sk }) => sk === 'OFFER');
    expect(offers.length).toBeGreaterThan(20);
    expect(new Set(offers.map(({ data }) => (data as { status: string }).status))).not.toContain('open');
  });

  test('finds another driver for one who is lost', async () => {
    const story = await unheard({ drivers: 2 });
    await confirmed(story, 1, 2, 3);
    await loseDriver(story.world, story.orderId);
    await untilOffered(story.world, 2);
    await takeOffer(story.world, 2);
    await minutes(story.world, sweepMinutes);
    await finish(story.world, 2);
    await minutes(story.world, sweepMinutes);
    expect(await account(story.world, story.orderId)).toBe(whole);
    expect(runsOf(story.world).map(({ status }) => status)).toEqual(['lost', 'completed']);
  });

  test('brings a held order before operations, and goes on as they decide', async () => {
    const story = await unheard();
    await collected(story);
    await loseDriver(story.world, story.orderId);
    await minutes(story.world, sweepMinutes);
    expect(await path(story.world, story.orderId)).toBe(`${delivering} → Operations decide`);
    done(await resolve(story.world, story.orderId, 'resume'));
    await minutes(story.world, 2 * sweepMinutes);
    await finish(story.world);
    await minutes(story.world, sweepMinutes);
    expect(await account(story.world, story.orderId)).toBe(whole);
  });

  test('brings back what nobody was there to take, and what was refused', async () => {
    const story = await unheard();
    await collected(story);
    done(await driverActs(story.world, toDoor(story.orderId), { type: 'arrive' }));
    await nobodyHome(story.world, story.orderId);
    await minutes(story.world, sweepMinutes);
    done(await resolve(story.world, story.orderId, 'reattempt'));
    await minutes(story.world, sweepMinutes);
    done(await driverActs(story.world, toDoor(story.orderId), { type: 'arrive' }));
    done(await handOver(story.world, story.orderId, [1, 2], [3]));
    await minutes(story.world, sweepMinutes);
    await finish(story.world);
    await minutes(story.world, sweepMinutes);
    expect(await account(story.world, story.orderId)).toBe('delivered in part: goods 3000, refund 3000, fee 799');
    expect(await path(story.world, story.orderId)).toBe(
      `${delivering} → Return to stores → Driver delivers → Return to stores → ${closed}`,
    );
  });

  test('hands over to a restarted execution', async () => {
    const story = await unheard();
    await collected(story);
    done(await resolve(story.world, story.orderId, 'restart'));
    await minutes(story.world, 2 * sweepMinutes);
    await finish(story.world);
    await minutes(story.world, sweepMinutes);
    expect(await account(story.world, story.orderId)).toBe(whole);
    expect(await path(story.world, story.orderId, story.orderId)).toBe(`${delivering} → Superseded`);
  });
});
