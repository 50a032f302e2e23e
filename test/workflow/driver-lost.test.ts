import { describe, expect, test } from 'vitest';
import type { OrderId } from '../../lambdas/domain/ids.ts';
import { done, driveStop, place, takeOffer } from '../harness/mall.ts';
import type { World } from '../harness/world.ts';
import {
  accept,
  account,
  at,
  closed,
  finish,
  loseDriver,
  minutes,
  newStory,
  pack,
  path,
  placeAt,
  reach,
  resolve,
  runsOf,
  type Stage,
  toCollection,
  toCounter,
  until,
} from './story.ts';

const whole = 'delivered: goods 6000, refund 0, fee 799';
/** Nobody was at the door: that is why it was going back. */
const goingBack: Stage[] = ['undeliverable', 'enroute_to_return', 'arrived_at_return'];
const delivering = `${toCollection} → Driver delivers`;

/** The driver who comes instead takes the offer that was made within a minute. */
async function takeOver(world: World): Promise<void> {
  await minutes(world, 1);
  await takeOffer(world, 2);
}

describe('a driver who is lost with nothing on board', () => {
  test.each<Stage>(['assigned', 'enroute_to_pickup', 'arrived_at_pickup'])(
    'when the order is %s is replaced by another',
    async (stage) => {
      const { world, orderId } = await newStory({ drivers: 2 });
      await reach(world, orderId, stage);
      const [lost] = runsOf(world);
      await loseDriver(world, orderId);
      expect(await world.order(orderId)).toMatchObject({ status: 'created', carriage: null });
      // Whoever is lost is off shift, and nothing of their run is left to do.
      expect(await world.driver('driver-1')).toMatchObject({ shift: null, activeRunId: null });
      const after = runsOf(world).find(({ id }) => id === lost!.id)!;
      expect(after.status).toBe('lost');
      expect(after.stops.map(({ status }) => status)).toEqual(['dropped', 'dropped', 'dropped', 'dropped']);
      await takeOver(world);
      if (stage !== 'arrived_at_pickup') await pack(world, orderId, 1, 2, 3);
      await finish(world, 2);
      expect(await account(world, orderId)).toBe(whole);
      expect((await world.order(orderId)).carriage?.driverId).toBe('driver-2');
      // While the stores get ready the search goes on without the workflow; once they are, it waits for a driver again.
      const again = 'Stores get ready → Find a driver → Driver collects';
      expect(await path(world, orderId)).toBe(
        stage === 'arrived_at_pickup'
          ? `${toCollection} → ${again} → Driver delivers → ${closed}`
          : `${delivering} → ${closed}`,
      );
    },
  );

  test('and with nobody to come instead ends the order when its time is up', async () => {
    const { world, orderId } = await newStory();
    await reach(world, orderId, 'arrived_at_pickup');
    await loseDriver(world, orderId);
    await until(world, at('14:59'));
    expect((await world.order(orderId)).status).toBe('created');
    await until(world, at('15:01'));
    expect(await account(world, orderId)).toBe('cancelled (no_driver): goods 0, refund 6000, fee 0');
    expect(await path(world, orderId)).toBe(
      `${toCollection} → Stores get ready → Find a driver → Time is up: find a driver → Driver collects → ${closed}`,
    );
  });

  test('after the promise leaves an hour for another', async () => {
    const { world, orderId } = await newStory();
    await reach(world, orderId, 'arrived_at_pickup');
    await until(world, at('14:50'));
    await loseDriver(world, orderId);
    await until(world, at('15:49'));
    expect((await world.order(orderId)).status).toBe('created');
    await until(world, at('15:51'));
    expect(await account(world, orderId)).toBe('cancelled (no_driver): goods 0, refund 6000, fee 0');
  });

  test('twice is replaced twice', async () => {
    const { world, orderId } = await newStory({ drivers: 3 });
    await reach(world, orderId, 'arrived_at_pickup');
    await loseDriver(world, orderId);
    await takeOver(world);
    await loseDriver(world, orderId);
    await minutes(world, 1);
    await takeOffer(world, 3);
    await finish(world, 3);
    expect(await account(world, orderId)).toBe(whole);
    expect(runsOf(world).map(({ status }) => status)).toEqual(['lost', 'lost', 'completed']);
  });
});

describe('a driver who never comes', () => {
  test('is brought before operations when the delivery is overdue, who find another', async () => {
    const { world, orderId } = await newStory({ drivers: 2 });
    await reach(world, orderId, 'assigned');
    await pack(world, orderId, 1, 2, 3);
    await until(world, at('14:59'));
    expect((await world.order(orderId)).attention).toBeNull();
    await until(world, at('15:01'));
    expect(await world.order(orderId)).toMatchObject({ status: 'assigned', attention: { why: 'overdue_delivery' } });
    expect(await path(world, orderId)).toBe(`${toCollection} → Time is up: driver collects → Operations decide`);
    await loseDriver(world, orderId);
    expect((await world.order(orderId)).attention).toBeNull();
    await takeOver(world);
    await finish(world, 2);
    expect(await account(world, orderId)).toBe(whole);
  });

  test('and comes after all delivers, whatever operations do', async () => {
    const { world, orderId } = await newStory();
    await reach(world, orderId, 'assigned');
    await pack(world, orderId, 1, 2, 3);
    await until(world, at('15:10'));
    await finish(world);
    expect(await account(world, orderId)).toBe(whole);
    expect(await path(world, orderId)).toBe(
      `${toCollection} → Time is up: driver collects → Operations decide → ${closed}`,
    );
  });

  test('and gets more time is waited for again', async () => {
    const { world, orderId } = await newStory();
    await reach(world, orderId, 'assigned');
    await pack(world, orderId, 1, 2, 3);
    await until(world, at('15:10'));
    done(await resolve(world, orderId, 'resume'));
    await finish(world);
    expect(await account(world, orderId)).toBe(whole);
    expect(await path(world, orderId)).toBe(
      `${toCollection} → Time is up: driver collects → Operations decide → Driver collects → Driver delivers → ${closed}`,
    );
  });

  test('and on whom nobody decides costs the order its day: closing time ends it', async () => {
    const { world, orderId } = await newStory();
    await reach(world, orderId, 'assigned');
    await pack(world, orderId, 1, 2, 3);
    await until(world, at('21:14'));
    expect((await world.order(orderId)).status).toBe('assigned');
    await until(world, at('21:16'));
    expect(await account(world, orderId)).toBe('cancelled (mall_closed): goods 0, refund 6000, fee 0');
    expect(await world.runOf('driver-1')).toBeNull();
  });
});

describe('a driver who is lost with parcels on board', () => {
  test.each<Stage>([
    'collecting',
    'picked_up',
    'enroute_to_dropoff',
    'arrived_at_dropoff',
    'undeliverable',
    'enroute_to_return',
    'arrived_at_return',
  ])('when the order is %s keeps them until operations decide', async (stage) => {
    const { world, orderId } = await newStory();
    await reach(world, orderId, stage);
    await loseDriver(world, orderId);
    await minutes(world, 30);
    expect(await world.order(orderId)).toMatchObject({ status: 'held', attention: { why: 'driver_lost' } });
    expect((await path(world, orderId)).endsWith('Operations decide')).toBe(true);
    // The run stays theirs, with nothing to do, as long as they have parcels.
    const run = (await world.runOf('driver-1'))!;
    expect(run.stops.filter(({ status }) => status === 'pending')).toEqual([]);
    done(await resolve(world, orderId, 'returned'));
    await minutes(world, 1);
    const reason = goingBack.includes(stage) ? 'customer_unavailable' : 'driver_lost';
    expect(await account(world, orderId)).toBe(`returned (${reason}): goods 0, refund 6000, fee 799`);
    expect(await world.runOf('driver-1')).toBeNull();
  });

  test('of two orders, one collected and one not: one is held, the other goes to another driver', async () => {
    const { world, orderId: first } = await newStory({ stores: 1, drivers: 2 });
    const second = await placeAt(world, 2);
    await accept(world, first, 1);
    await accept(world, second, 2);
    await minutes(world, 1);
    await takeOffer(world);
    expect((await world.runOf('driver-1'))!.orderIds.toSorted()).toEqual([first, second].toSorted());
    await pack(world, first, 1);
    await driveStop(world, toCounter(1));
    await loseDriver(world, second);
    expect((await world.order(first)).status).toBe('held');
    expect((await world.order(second)).status).toBe('created');
    await takeOver(world);
    await pack(world, second, 2);
    await finish(world, 2);
    expect((await world.order(second)).status).toBe('delivered');
    done(await resolve(world, first, 'lost'));
    await minutes(world, 1);
    expect(await account(world, first)).toBe('failed (lost): goods 0, refund 1000, fee 0');
    expect(await account(world, second)).toBe('delivered: goods 2000, refund 0, fee 799');
  });

  test('of several orders are each decided by themselves', async () => {
    const { world, orderId: first } = await newStory({ stores: 1 });
    const orderIds = [first, await place(world, 1), await place(world, 1)];
    for (const orderId of orderIds) await accept(world, orderId, 1);
    await minutes(world, 1);
    await takeOffer(world);
    for (const orderId of orderIds) await pack(world, orderId, 1);
    await driveStop(world, toCounter(1));
    await loseDriver(world, first);
    for (const orderId of orderIds) expect((await world.order(orderId)).status).toBe('held');
    const [resumed, back, lost] = orderIds as [OrderId, OrderId, OrderId];
    done(await resolve(world, resumed, 'resume'));
    done(await resolve(world, back, 'return'));
    done(await resolve(world, lost, 'lost'));
    await finish(world);
    expect(await account(world, resumed)).toBe('delivered: goods 1000, refund 0, fee 799');
    expect(await account(world, back)).toBe('returned (sent_back): goods 0, refund 1000, fee 799');
    expect(await account(world, lost)).toBe('failed (lost): goods 0, refund 1000, fee 0');
    expect(await path(world, back)).toBe(
      `${toCollection} → Driver delivers → Operations decide → Return to stores → ${closed}`,
    );
  });
});
