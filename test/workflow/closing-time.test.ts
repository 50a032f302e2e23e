import { describe, expect, test } from 'vitest';
import { declineOffer, listOffers } from '../../lambdas/application/driving.ts';
import type { Offer } from '../../lambdas/domain/fleet.ts';
import { asId } from '../../lambdas/domain/ids.ts';
import type { GoAhead } from '../../lambdas/domain/order.ts';
import { done, driverActs, driverId, driveStop, storeActs, takeOffer } from '../harness/mall.ts';
import type { World } from '../harness/world.ts';
import {
  accept,
  account,
  at,
  backTo,
  closed,
  finish,
  loseDriver,
  minutes,
  newStory,
  nobodyHome,
  pack,
  packed,
  path,
  reach,
  resolve,
  toCollection,
  toCounter,
  until,
} from './story.ts';

/** An hour before the mall closes at nine; what is placed now is promised for ten and overdue at eleven. */
const evening = { world: { startAt: at('20:00') } };
const mallClosed = 'cancelled (mall_closed): goods 0, refund 6000, fee 0';

describe('when the mall closes', () => {
  test('ready parcels that no driver came for go back on the shelf', async () => {
    const { world, orderId } = await newStory({ ...evening, drivers: 0 });
    await accept(world, orderId, 1, 2, 3);
    await pack(world, orderId, 1, 2, 3);
    await until(world, at('20:59'));
    expect((await world.order(orderId)).status).toBe('created');
    await until(world, at('21:01'));
    expect(await account(world, orderId)).toBe(mallClosed);
    expect((await world.order(orderId)).endedAt).toBe(at('21:00'));
    expect(await path(world, orderId)).toBe(
      `Stores confirm → Stores get ready → Find a driver → Time is up: find a driver → Driver collects → ${closed}`,
    );
    done(await storeActs(world, 2, orderId, { type: 'acknowledge_stop' }));
  });

  test('an open offer goes with the order', async () => {
    // So many drivers who do not answer that one of them is always being asked.
    const { world, orderId } = await newStory({ ...evening, drivers: 12 });
    await accept(world, orderId, 1, 2, 3);
    await pack(world, orderId, 1, 2, 3);
    await until(world, at('21:01'));
    expect(await account(world, orderId)).toBe(mallClosed);
    const offers = world.database.all('fleet').filter(({ sk }) => sk === 'OFFER');
    const ended = offers.map(({ data }) => data as Offer).filter(({ endedAt }) => endedAt === at('21:00'));
    expect(ended.map(({ status }) => status)).toEqual(['withdrawn']);
  });

  test('stores that are not ready yet are out', async () => {
    const { world, orderId } = await newStory({ world: { startAt: at('20:40') } });
    await accept(world, orderId, 1, 2, 3);
    done(await storeActs(world, 1, orderId, { type: 'delay', readyAt: at('20:58') }));
    await until(world, at('21:01'));
    expect(await account(world, orderId)).toContain('cancelled');
    expect(await storeActs(world, 1, orderId, packed(orderId, 1))).toMatchObject({ code: 'order_ended' });
  });

  test('a store cannot ask for time beyond it', async () => {
    const { world, orderId } = await newStory(evening);
    await accept(world, orderId, 1);
    const after = await storeActs(world, 1, orderId, { type: 'delay', readyAt: at('21:00') });
    expect(after).toMatchObject({ code: 'ready_at_after_close', pointer: '/readyAt' });
    await until(world, at('20:12'));
    done(await resolve(world, orderId, 'cancel'));
    await minutes(world, 1);
    expect(await account(world, orderId)).toContain('cancelled_by_operations');
  });

  test.each<GoAhead>(['deliver_what_you_can', 'all_or_nothing'])(
    'a driver who is inside has a quarter of an hour, and goes on with what they have by the rule %s',
    async (goAhead) => {
      const { world, orderId } = await newStory({ ...evening, goAhead });
      await reach(world, orderId, 'arrived_at_pickup');
      await driveStop(world, toCounter(1));
      await until(world, at('21:14'));
      expect((await world.order(orderId)).pickups[1]!.status).toBe('ready');
      await until(world, at('21:16'));
      const { status, pickups } = await world.order(orderId);
      expect(pickups.map((pickup) => pickup.status)).toEqual(['handed_over', 'failed', 'failed']);
      expect(status).toBe(goAhead === 'all_or_nothing' ? 'enroute_to_return' : 'picked_up');
      await finish(world);
      expect(await account(world, orderId)).toBe(
        goAhead === 'all_or_nothing'
          ? 'returned (mall_closed): goods 0, refund 6000, fee 799'
          : 'delivered in part: goods 1000, refund 5000, fee 799',
      );
      const rest = goAhead === 'all_or_nothing' ? 'Return to stores' : 'Driver delivers';
      expect(await path(world, orderId)).toBe(`${toCollection} → Time is up: driver collects → ${rest} → ${closed}`);
    },
  );

  test('a driver who is inside and finishes in that time goes to the door with everything', async () => {
    const { world, orderId } = await newStory(evening);
    await reach(world, orderId, 'arrived_at_pickup');
    await until(world, at('21:05'));
    await finish(world);
    expect(await account(world, orderId)).toBe('delivered: goods 6000, refund 0, fee 799');
    expect(await path(world, orderId)).toBe(`${toCollection} → Driver delivers → ${closed}`);
  });

  test('a driver who has not collected anything goes home with nothing', async () => {
    const { world, orderId } = await newStory(evening);
    await reach(world, orderId, 'assigned');
    await pack(world, orderId, 1, 2, 3);
    await until(world, at('21:16'));
    expect(await account(world, orderId)).toBe(mallClosed);
    expect(await driverActs(world, toCounter(1), { type: 'arrive' })).toMatchObject({ code: 'no_active_run' });
    expect(await path(world, orderId)).toBe(`${toCollection} → Time is up: driver collects → ${closed}`);
  });

  test('what is held after a lost driver is no longer waited for at the stores', async () => {
    const { world, orderId } = await newStory(evening);
    await reach(world, orderId, 'collecting');
    await loseDriver(world, orderId);
    await until(world, at('21:16'));
    expect(await world.order(orderId)).toMatchObject({ status: 'held', attention: { why: 'driver_lost' } });
    const { pickups } = await world.order(orderId);
    expect(pickups.map(({ status }) => status)).toEqual(['handed_over', 'failed', 'failed']);
    done(await resolve(world, orderId, 'resume'));
    await finish(world);
    expect(await account(world, orderId)).toBe('delivered in part: goods 1000, refund 5000, fee 799');
  });

  test('a driver on the road is not concerned', async () => {
    const { world, orderId } = await newStory(evening);
    await reach(world, orderId, 'enroute_to_dropoff');
    await until(world, at('21:30'));
    await finish(world);
    expect(await account(world, orderId)).toBe('delivered: goods 6000, refund 0, fee 799');
  });

  test('a return finds the store shut, stays with the driver, and goes back the next day', async () => {
    const { world, orderId } = await newStory(evening);
    await reach(world, orderId, 'arrived_at_dropoff');
    await until(world, at('21:20'));
    await nobodyHome(world, orderId);
    done(await driverActs(world, backTo(1), { type: 'arrive' }));
    done(await driverActs(world, backTo(1), { type: 'fail', reason: 'business_closed', evidence: {} }));
    expect(await world.order(orderId)).toMatchObject({ status: 'held', attention: { why: 'return_refused' } });
    await until(world, at('10:05', '2026-11-24'));
    done(await resolve(world, orderId, 'resume'));
    await finish(world);
    expect(await account(world, orderId)).toBe('returned (customer_unavailable): goods 0, refund 6000, fee 799');
    expect(await path(world, orderId)).toBe(
      `${toCollection} → Driver delivers → Return to stores → Operations decide → Return to stores → ${closed}`,
    );
  });
});

describe('with no driver', () => {
  test('at all, an order ends when its delivery would be overdue', async () => {
    const { world, orderId } = await newStory({ drivers: 0 });
    await accept(world, orderId, 1, 2, 3);
    await pack(world, orderId, 1, 2, 3);
    await until(world, at('14:59'));
    expect((await world.order(orderId)).status).toBe('created');
    await until(world, at('15:01'));
    expect(await account(world, orderId)).toBe('cancelled (no_driver): goods 0, refund 6000, fee 0');
    expect(world.transitionsOf(orderId)).toBe(12);
  });

  async function decline(world: World, driver: number): Promise<void> {
    const id = driverId(driver);
    const { data } = (await listOffers(world.driving, id, world.now())) as { data: { id: string }[] };
    done(await declineOffer(world.driving, id, asId(data[0]!.id), world.request(id), world.now()));
    await world.settled();
  }

  test('who wants it first, the next one is asked, and the next', async () => {
    const { world, orderId } = await newStory({ drivers: 3 });
    await accept(world, orderId, 1, 2, 3);
    await minutes(world, 1);
    await decline(world, 1);
    await world.advance(0.5);
    await decline(world, 2);
    await world.advance(0.5);
    await takeOffer(world, 3);
    await pack(world, orderId, 1, 2, 3);
    await finish(world, 3);
    expect(await account(world, orderId)).toBe('delivered: goods 6000, refund 0, fee 799');
    expect(world.transitionsOf(orderId)).toBeLessThanOrEqual(14);
  });

  test('who answers, an order is offered to each in turn and round again, and ends at its deadline', async () => {
    const { world, orderId } = await newStory({ drivers: 2 });
    await accept(world, orderId, 1, 2, 3);
    await pack(world, orderId, 1, 2, 3);
    await until(world, at('15:01'));
    expect(await account(world, orderId)).toBe('cancelled (no_driver): goods 0, refund 6000, fee 0');
    const offers = world.database.all('fleet').filter(({ sk }) => sk === 'OFFER');
    const asked = offers.map(({ data }) => (data as { driverId: string }).driverId);
    // Whoever passed on it is asked again ten minutes later: some 17 times each in three hours.
    for (const driver of ['driver-1', 'driver-2']) {
      expect(asked.filter((id) => id === driver).length).toBeGreaterThanOrEqual(15);
      expect(asked.filter((id) => id === driver).length).toBeLessThanOrEqual(18);
    }
  });

  test('but one who comes on shift in the last hour, an order is delivered late', async () => {
    const { world, orderId } = await newStory({ drivers: 1 });
    await accept(world, orderId, 1, 2, 3);
    await pack(world, orderId, 1, 2, 3);
    await minutes(world, 1);
    await decline(world, 1);
    await until(world, at('14:30'));
    for (let tries = 0; (await world.driver('driver-1')).openOfferId === null && tries < 20; tries++) {
      await minutes(world, 1);
    }
    await takeOffer(world);
    await finish(world);
    expect(await account(world, orderId)).toBe('delivered: goods 6000, refund 0, fee 799');
  });
});
