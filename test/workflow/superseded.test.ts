import { describe, expect, test } from 'vitest';
import { done, driveStop } from '../harness/mall.ts';
import {
  account,
  at,
  closed,
  finish,
  loseDriver,
  minutes,
  newStory,
  pack,
  path,
  reach,
  resolve,
  type Stage,
  toCollection,
  toCounter,
  until,
} from './story.ts';

const whole = 'delivered: goods 6000, refund 0, fee 799';
const throughTheDoor = `${toCollection} → Driver delivers → ${closed}`;

/** For each wait: where the order stands, and how the old execution ends. */
const waits: Record<string, { stage: Stage; old: string }> = {
  'Stores confirm': { stage: 'created', old: 'Stores confirm → Superseded' },
  'Stores get ready and Find a driver': { stage: 'offered', old: `${toCollection} → Superseded` },
  'Stores get ready': { stage: 'assigned', old: `${toCollection} → Superseded` },
  'Driver collects': { stage: 'arrived_at_pickup', old: `${toCollection} → Superseded` },
  'Driver collects, some': { stage: 'collecting', old: `${toCollection} → Superseded` },
  'Driver delivers': { stage: 'enroute_to_dropoff', old: `${toCollection} → Driver delivers → Superseded` },
};

describe('an order that is restarted while its execution waits at', () => {
  test.each(Object.entries(waits))('%s goes on in the new one, and the old one ends', async (_, { stage, old }) => {
    const { world, orderId } = await newStory();
    await reach(world, orderId, stage);
    done(await resolve(world, orderId, 'restart'));
    await world.advance(0.01);
    expect(world.executionStatus(orderId)).toBe('SUCCEEDED');
    expect(world.executionStatus(`${orderId}-r2`)).toBe('RUNNING');
    await reach(world, orderId, 'arrived_at_dropoff', stage);
    await finish(world);
    expect(await account(world, orderId)).toBe(whole);
    expect(await path(world, orderId, orderId)).toBe(old);
    // The new one falls through what has come about already: as if it had been there from the start.
    expect(await path(world, orderId, `${orderId}-r2`)).toBe(throughTheDoor);
    expect(world.transitionsOf(`${orderId}-r2`)).toBe(11);
  });

  test('Find a driver goes on looking', async () => {
    const { world, orderId } = await newStory({ drivers: 0 });
    await reach(world, orderId, 'offered');
    await pack(world, orderId, 1, 2, 3);
    done(await resolve(world, orderId, 'restart'));
    await until(world, at('15:01'));
    expect(await account(world, orderId)).toBe('cancelled (no_driver): goods 0, refund 6000, fee 0');
    expect(await path(world, orderId, orderId)).toBe(`${toCollection} → Superseded`);
    expect(await path(world, orderId)).toContain('Time is up: find a driver');
  });

  test('Return to stores goes on with the return', async () => {
    const { world, orderId } = await newStory();
    await reach(world, orderId, 'undeliverable');
    done(await resolve(world, orderId, 'restart'));
    await minutes(world, 1);
    await finish(world);
    expect(await account(world, orderId)).toBe('returned (customer_unavailable): goods 0, refund 6000, fee 799');
    expect(await path(world, orderId, orderId)).toBe(
      `${toCollection} → Driver delivers → Return to stores → Superseded`,
    );
    expect(await path(world, orderId)).toBe(`${toCollection} → Return to stores → ${closed}`);
  });

  test.each<Stage>(['collecting', 'enroute_to_dropoff'])(
    'Operations decide, held after it was %s, waits for them again at once',
    async (stage) => {
      const { world, orderId } = await newStory();
      await reach(world, orderId, stage);
      await loseDriver(world, orderId);
      done(await resolve(world, orderId, 'restart'));
      await minutes(world, 1);
      expect(await path(world, orderId)).toBe(`${toCollection} → Operations decide`);
      done(await resolve(world, orderId, 'resume'));
      await finish(world);
      expect(await account(world, orderId)).toContain('delivered');
      expect((await path(world, orderId, orderId)).endsWith('Operations decide → Superseded')).toBe(true);
    },
  );

  test('Operations decide, held with a store still at work, waits for them and not for the store', async () => {
    const { world, orderId } = await newStory();
    await reach(world, orderId, 'assigned');
    await pack(world, orderId, 1);
    await driveStop(world, toCounter(1));
    await loseDriver(world, orderId);
    done(await resolve(world, orderId, 'restart'));
    await minutes(world, 1);
    expect(await path(world, orderId)).toBe(`${toCollection} → Operations decide`);
    done(await resolve(world, orderId, 'returned'));
    await minutes(world, 1);
    expect(await account(world, orderId)).toBe('returned (driver_lost): goods 0, refund 6000, fee 799');
  });

  test('Operations decide, overdue, waits for them again', async () => {
    const { world, orderId } = await newStory();
    await reach(world, orderId, 'enroute_to_dropoff');
    await until(world, at('15:01'));
    done(await resolve(world, orderId, 'restart'));
    await minutes(world, 1);
    expect(await path(world, orderId)).toBe(`${toCollection} → Operations decide`);
    done(await resolve(world, orderId, 'resume'));
    await finish(world);
    expect(await account(world, orderId)).toBe(whole);
  });
});

test('an order that is restarted three times is settled once, by the last', async () => {
  const { world, orderId } = await newStory();
  await reach(world, orderId, 'created');
  done(await resolve(world, orderId, 'restart'));
  await reach(world, orderId, 'arrived_at_pickup', 'created');
  done(await resolve(world, orderId, 'restart'));
  done(await resolve(world, orderId, 'restart'));
  await minutes(world, 1);
  await reach(world, orderId, 'arrived_at_dropoff', 'arrived_at_pickup');
  await finish(world);
  expect(await account(world, orderId)).toBe(whole);
  for (const generation of ['', '-r2', '-r3']) {
    const name = `${orderId}${generation}`;
    // Overtaken at once, the third may never have begun.
    if (world.executionStatus(name)) expect((await path(world, orderId, name)).endsWith('Superseded')).toBe(true);
  }
  expect(await path(world, orderId, `${orderId}-r4`)).toBe(throughTheDoor);
});

test('an order that has been settled is not restarted', async () => {
  const { world, orderId } = await newStory();
  await reach(world, orderId, 'arrived_at_dropoff');
  await finish(world);
  expect(await resolve(world, orderId, 'restart')).toMatchObject({ code: 'order_ended' });
  expect(world.executions().map(({ name }) => name)).toEqual([orderId]);
  expect(await account(world, orderId)).toBe(whole);
});
