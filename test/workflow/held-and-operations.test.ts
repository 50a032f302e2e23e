import { describe, expect, test } from 'vitest';
import type { Resolution } from '../../lambdas/application/operations.ts';
import type { GoAhead } from '../../lambdas/domain/order.ts';
import { done, driveStop, storeActs } from '../harness/mall.ts';
import {
  account,
  at,
  closed,
  finish,
  loseDriver,
  minutes,
  newStory,
  packed,
  path,
  reach,
  resolve,
  type Stage,
  toCollection,
  toCounter,
  until,
} from './story.ts';

/** Held with everything on board after the order was at `stage`. */
async function held(stage: Stage = 'enroute_to_dropoff', change: Parameters<typeof newStory>[0] = {}) {
  const story = await newStory(change);
  await reach(story.world, story.orderId, stage);
  await loseDriver(story.world, story.orderId);
  return story;
}

const delivering = `${toCollection} → Driver delivers`;
const operations = `${delivering} → Operations decide`;

/** What operations decide about a held order with everything on board, and how that ends. */
const decisions: Partial<Record<Resolution, { end: string; waits: string }>> = {
  resume: {
    end: 'delivered: goods 6000, refund 0, fee 799',
    waits: `${operations} → Driver collects → Driver delivers → ${closed}`,
  },
  reattempt: {
    end: 'delivered: goods 6000, refund 0, fee 799',
    waits: `${operations} → Driver collects → Driver delivers → ${closed}`,
  },
  return: {
    end: 'returned (sent_back): goods 0, refund 6000, fee 799',
    waits: `${operations} → Return to stores → ${closed}`,
  },
  returned: { end: 'returned (driver_lost): goods 0, refund 6000, fee 799', waits: `${operations} → ${closed}` },
  lost: { end: 'failed (lost): goods 0, refund 6000, fee 0', waits: `${operations} → ${closed}` },
};

describe('a held order', () => {
  test.each(Object.entries(decisions))('ends by the decision %s', async (resolution, { end, waits }) => {
    const { world, orderId } = await held();
    await minutes(world, 20);
    done(await resolve(world, orderId, resolution as Resolution));
    expect((await world.order(orderId)).attention).toBeNull();
    await finish(world);
    expect(await account(world, orderId)).toBe(end);
    expect(await path(world, orderId)).toBe(waits);
  });

  test('that was going back tries the door again only when operations say so', async () => {
    const { world, orderId } = await held('undeliverable');
    done(await resolve(world, orderId, 'resume'));
    expect((await world.order(orderId)).status).toBe('enroute_to_return');
    const second = await held('undeliverable');
    done(await resolve(second.world, second.orderId, 'reattempt'));
    expect((await second.world.order(second.orderId)).status).toBe('enroute_to_dropoff');
    await finish(world);
    await finish(second.world);
    expect(await account(world, orderId)).toBe('returned (customer_unavailable): goods 0, refund 6000, fee 799');
    expect(await account(second.world, second.orderId)).toBe('delivered: goods 6000, refund 0, fee 799');
  });

  test.each<GoAhead>(['deliver_what_you_can', 'all_or_nothing'])(
    'of which only a part is on board goes on by the rule %s',
    async (goAhead) => {
      const { world, orderId } = await held('collecting', { goAhead });
      if (goAhead === 'all_or_nothing') {
        expect(await resolve(world, orderId, 'reattempt')).toMatchObject({ code: 'decision_not_possible' });
      }
      done(await resolve(world, orderId, 'resume'));
      // Nobody comes for the others any more, and their stores see that.
      const { pickups } = await world.order(orderId);
      expect(pickups.map(({ status }) => status)).toEqual(['handed_over', 'cancelled', 'cancelled']);
      await finish(world);
      expect(await account(world, orderId)).toBe(
        goAhead === 'all_or_nothing'
          ? 'returned (driver_lost): goods 0, refund 6000, fee 799'
          : 'delivered in part: goods 1000, refund 5000, fee 799',
      );
    },
  );

  test('goes on with stores that have news: one is ready, one rejects', async () => {
    const { world, orderId } = await newStory();
    await reach(world, orderId, 'assigned');
    done(await storeActs(world, 1, orderId, packed(orderId, 1)));
    await driveStop(world, toCounter(1));
    await loseDriver(world, orderId);
    done(await storeActs(world, 2, orderId, packed(orderId, 2)));
    done(await storeActs(world, 3, orderId, { type: 'reject', reason: 'damaged' }));
    expect((await world.order(orderId)).status).toBe('held');
    done(await resolve(world, orderId, 'return'));
    await finish(world);
    expect(await account(world, orderId)).toBe('returned (sent_back): goods 0, refund 6000, fee 799');
  });

  test('of everything or nothing is called off when a store rejects meanwhile', async () => {
    const { world, orderId } = await newStory({ goAhead: 'all_or_nothing' });
    await reach(world, orderId, 'assigned');
    done(await storeActs(world, 1, orderId, packed(orderId, 1)));
    await driveStop(world, toCounter(1));
    await loseDriver(world, orderId);
    done(await storeActs(world, 3, orderId, { type: 'reject', reason: 'damaged' }));
    expect(await resolve(world, orderId, 'reattempt')).toMatchObject({ code: 'decision_not_possible' });
    done(await resolve(world, orderId, 'resume'));
    await finish(world);
    expect(await account(world, orderId)).toBe('returned (stores_rejected): goods 0, refund 6000, fee 799');
  });

  test('on which nobody decides is brought up again every day, until somebody does', async () => {
    const { world, orderId } = await held();
    const since = Date.parse(world.now());
    const reminders = () =>
      world.database
        .all('orders')
        .filter(({ pk, sk }) => pk === `ORDER#${orderId}` && sk.startsWith('EVENT#'))
        .map(({ data }) => data as { type: string; data: { what?: string }; recordedAt: string })
        .filter(({ type, data }) => type === 'order.attention' && data.what === 'reminded');
    for (let hour = 0; hour < 72; hour++) await world.advance(60);
    await minutes(world, 1);
    expect(reminders().map(({ recordedAt }) => (Date.parse(recordedAt) - since) / 3_600_000)).toEqual([24, 48, 72]);
    expect((await world.order(orderId)).status).toBe('held');
    done(await resolve(world, orderId, 'resume'));
    await finish(world);
    expect(await account(world, orderId)).toBe('delivered: goods 6000, refund 0, fee 799');
  });
});

test.each<[Resolution, Stage, string]>([
  ['resume', 'enroute_to_dropoff', 'not_held'],
  ['returned', 'enroute_to_dropoff', 'not_held'],
  ['lost', 'enroute_to_dropoff', 'not_held'],
  ['reattempt', 'enroute_to_dropoff', 'transition_not_allowed'],
  ['return', 'assigned', 'transition_not_allowed'],
  ['reattempt', 'created', 'transition_not_allowed'],
])('operations cannot decide %s of an order that is %s', async (resolution, stage, code) => {
  const { world, orderId } = await newStory();
  await reach(world, orderId, stage);
  const before = await world.order(orderId);
  expect(await resolve(world, orderId, resolution)).toMatchObject({ code });
  expect(await world.order(orderId)).toEqual(before);
  done(await resolve(world, orderId, 'cancel'));
  await minutes(world, 1);
  await finish(world);
  expect(await account(world, orderId)).toContain('(cancelled_by_operations)');
});

describe('an overdue delivery', () => {
  async function overdue() {
    const story = await newStory();
    await reach(story.world, story.orderId, 'enroute_to_dropoff');
    await until(story.world, at('14:59'));
    expect((await story.world.order(story.orderId)).attention).toBeNull();
    await until(story.world, at('15:01'));
    expect((await story.world.order(story.orderId)).attention?.why).toBe('overdue_delivery');
    return story;
  }
  const late = `${delivering} → Time is up: driver delivers → Operations decide`;

  test('is brought before operations, and ends by itself when the driver is there at last', async () => {
    const { world, orderId } = await overdue();
    await minutes(world, 30);
    await finish(world);
    expect(await account(world, orderId)).toBe('delivered: goods 6000, refund 0, fee 799');
    expect(await path(world, orderId)).toBe(`${late} → ${closed}`);
  });

  test('gets two more hours, and is brought up again after them', async () => {
    const { world, orderId } = await overdue();
    done(await resolve(world, orderId, 'resume'));
    await until(world, at('17:00'));
    expect((await world.order(orderId)).attention).toBeNull();
    await until(world, at('17:02'));
    expect((await world.order(orderId)).attention?.why).toBe('overdue_delivery');
    expect(await path(world, orderId)).toBe(
      `${late} → Driver collects → Driver delivers → Time is up: driver delivers → Operations decide`,
    );
    await finish(world);
    expect(await account(world, orderId)).toBe('delivered: goods 6000, refund 0, fee 799');
  });

  test('is sent back', async () => {
    const { world, orderId } = await overdue();
    done(await resolve(world, orderId, 'return'));
    await finish(world);
    expect(await account(world, orderId)).toBe('returned (sent_back): goods 0, refund 6000, fee 799');
    expect(await path(world, orderId)).toBe(`${late} → Return to stores → ${closed}`);
  });

  test('whose driver is lost is held until operations know more', async () => {
    const { world, orderId } = await overdue();
    await loseDriver(world, orderId);
    expect((await world.order(orderId)).status).toBe('held');
    done(await resolve(world, orderId, 'lost'));
    await minutes(world, 1);
    expect(await account(world, orderId)).toBe('failed (lost): goods 0, refund 6000, fee 0');
  });
});

describe('an overdue return', () => {
  test('is brought before operations, and ends by itself when the parcels are back at last', async () => {
    const { world, orderId } = await newStory();
    await reach(world, orderId, 'enroute_to_return');
    const { returnBy } = await world.order(orderId);
    await until(world, returnBy);
    await minutes(world, 1);
    expect((await world.order(orderId)).attention?.why).toBe('overdue_return');
    expect(await path(world, orderId)).toBe(
      `${delivering} → Return to stores → Time is up: return to stores → Operations decide`,
    );
    await finish(world);
    expect(await account(world, orderId)).toBe('returned (customer_unavailable): goods 0, refund 6000, fee 799');
  });

  test('gets three more hours', async () => {
    const { world, orderId } = await newStory();
    await reach(world, orderId, 'undeliverable');
    await until(world, (await world.order(orderId)).returnBy);
    await minutes(world, 1);
    done(await resolve(world, orderId, 'resume'));
    await minutes(world, 170);
    expect((await world.order(orderId)).attention).toBeNull();
    await finish(world);
    expect(await account(world, orderId)).toBe('returned (customer_unavailable): goods 0, refund 6000, fee 799');
    expect(await path(world, orderId)).toBe(
      `${delivering} → Return to stores → Time is up: return to stores → Operations decide → Return to stores → ${closed}`,
    );
  });

  test('may become another attempt at the door', async () => {
    const { world, orderId } = await newStory();
    await reach(world, orderId, 'undeliverable');
    await until(world, (await world.order(orderId)).returnBy);
    await minutes(world, 1);
    done(await resolve(world, orderId, 'reattempt'));
    await finish(world);
    expect(await account(world, orderId)).toBe('delivered: goods 6000, refund 0, fee 799');
  });
});
