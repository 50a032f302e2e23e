import { describe, expect, test } from 'vitest';
import { eventsOf } from '../../lambdas/application/ordering.ts';
import { getRun } from '../../lambdas/application/run-sheet.ts';
import type { OrderId } from '../../lambdas/domain/ids.ts';
import {
  done,
  driverActs,
  driverId,
  driveStop,
  mallPosition,
  openMall,
  place,
  storeActs,
  takeOffer,
} from '../harness/mall.ts';
import { World } from '../harness/world.ts';
import {
  accept,
  account,
  cancel,
  closed,
  finish,
  loseDriver,
  minutes,
  newStory,
  path,
  reach,
  resolve,
  stopsOf,
  toCollection,
  toDoor,
} from './story.ts';
import {
  askHandOver,
  backOnShift,
  brokenDown,
  codeOf,
  expected,
  give,
  meeting,
  paid,
  roadside,
  seen,
  stopOwner,
  take,
  types,
  whole,
} from './two-drivers.ts';

describe('parcels of a driver who was lost', () => {
  test('are taken over by another where the first was last seen, and delivered', async () => {
    const { world, orderId, all } = await expected();
    expect((await seen(world, orderId)).reason).toBe('hand_over');
    const { id, ...stop } = await meeting(world);
    expect(stop).toMatchObject({ orderIds: [orderId], meeting: { driverId: 'driver-1', position: roadside } });
    expect((await stopsOf(world, 2)).map((one) => one.id)).toEqual([id, toDoor(orderId)]);
    const { run: phone } = (await getRun(world.driving, driverId(1), world.now())) as {
      run: { handOvers: { to: object; parcels: object[] }[] };
    };
    expect(phone.handOvers).toMatchObject([{ orderId, to: { driverId: 'driver-2', name: 'Driver 2' } }]);
    expect(phone.handOvers[0]!.parcels).toHaveLength(3);

    expect(await give(world, orderId, all, '0000')).toMatchObject({ code: 'wrong_driver', current: stopOwner(world) });
    expect(await give(world, orderId, ['X'], await codeOf(world, 2))).toMatchObject({ code: 'wrong_order' });
    expect(await give(world, orderId, all.slice(1), await codeOf(world, 2))).toMatchObject({
      code: 'parcels_missing',
      detail: 'Missing 1 of 3.',
    });
    done(await give(world, orderId, all, await codeOf(world, 2)));
    expect((await world.driver('driver-1'))?.activeRunId).not.toBeNull();
    expect(await take(world, ['X'])).toMatchObject({ code: 'wrong_order' });
    expect(await take(world, all.slice(1))).toMatchObject({ code: 'parcels_missing' });
    const at = world.now();
    done(await take(world, all));
    expect(await world.order(orderId)).toMatchObject({
      status: 'enroute_to_dropoff',
      attention: null,
      carriage: { driverId: 'driver-2' },
    });
    // With nothing on board any more the first driver is free.
    expect((await world.driver('driver-1'))?.activeRunId).toBeNull();
    const told = (await eventsOf(world.database, orderId, 0)).find(({ type }) => type === 'custody.handed_over')!;
    expect(told).toMatchObject({
      occurredAt: at,
      data: { from: { driverId: 'driver-1' }, to: { driverId: 'driver-2' }, near: roadside, why: 'driver_lost' },
    });
    expect(told.data.parcelIds).toHaveLength(3);

    await finish(world, 2);
    expect(await account(world, orderId)).toBe(whole);
    expect(paid(world, 1)).toEqual(['base 400, stop 175, stop 175, stop 175']);
    expect(paid(world, 2)).toEqual(['base 400, stop 175, stop 175']);
    expect((await seen(world, orderId)).driverHandOvers[0]!.mismatchSince).toBeUndefined();
    // It waits under the same name, with the hour that the hand-over has, while the drivers are on their way.
    expect(await path(world, orderId)).toBe(
      `${toCollection} → Driver delivers → Operations decide → Operations decide → Driver collects → Driver delivers → ${closed}`,
    );
  });

  test('that only go back are brought back by another', async () => {
    const { world, orderId } = await newStory({ drivers: 2 });
    await reach(world, orderId, 'undeliverable');
    await loseDriver(world, orderId);
    done(await askHandOver(world, orderId, 'mall'));
    await minutes(world, 1);
    await takeOffer(world, 2);
    expect((await meeting(world)).meeting?.position).toEqual(mallPosition);
    await finish(world, 2);
    expect(await account(world, orderId)).toBe('returned (customer_unavailable): goods 0, refund 6000, fee 799');
    expect(paid(world, 2)).toEqual(['base 400, stop 175, return 250, return 250, return 250']);
  });

  test('are not handed over before they are held, nor to a place that nobody knows', async () => {
    const { world, orderId } = await newStory({ drivers: 2 });
    await reach(world, orderId, 'enroute_to_dropoff');
    expect(await askHandOver(world, orderId)).toMatchObject({ code: 'not_held' });
    await loseDriver(world, orderId);
    expect(await askHandOver(world, orderId, 'driver')).toMatchObject({ code: 'position_unknown' });
    done(await askHandOver(world, orderId, [-111.87, 33.29]));
  });

  test('do not wait longer than an hour: nobody accepts, and operations are asked again', async () => {
    const { world, orderId } = await brokenDown(1);
    done(await askHandOver(world, orderId));
    await minutes(world, 59);
    expect((await world.order(orderId)).attention).toBeNull();
    await minutes(world, 2);
    expect(await world.order(orderId)).toMatchObject({
      status: 'held',
      attention: { why: 'hand_over_failed' },
      offerId: null,
      handOvers: [],
    });
    done(await resolve(world, orderId, 'resume'));
    await finish(world);
    expect(await account(world, orderId)).toBe(whole);
  });

  test('may come late: who has accepted still counts until operations decide otherwise', async () => {
    const { world, orderId, all } = await expected();
    await minutes(world, 61);
    expect((await world.order(orderId)).attention?.why).toBe('hand_over_failed');
    done(await take(world, all));
    expect((await world.order(orderId)).attention).toBeNull();
    await finish(world, 2);
    expect(await account(world, orderId)).toBe(whole);
  });

  test.each(['resume', 'return', 'returned', 'lost', 'reattempt'] as const)(
    'are waited for no more when operations decide %s',
    async (resolution) => {
      const { world, orderId } = await expected();
      done(await resolve(world, orderId, resolution));
      expect(await types(world, orderId)).toContain('hand_over.withdrawn');
      // Nothing is left of the second driver's run; accepting it is paid.
      expect((await world.driver('driver-2'))?.activeRunId).toBeNull();
      expect(paid(world, 2)).toEqual(['base 400']);
      await finish(world);
      expect(await account(world, orderId)).toMatch(/^(delivered|returned|failed)/);
    },
  );

  test.each(['asked', 'on offer', 'accepted'])(
    'are brought back by the first driver after a cancel: %s',
    async (when) => {
      const { world, orderId } = await brokenDown();
      done(await askHandOver(world, orderId));
      if (when !== 'asked') await minutes(world, 1);
      if (when === 'accepted') await takeOffer(world, 2);
      else expect((await world.order(orderId)).offerId === null).toBe(when === 'asked');
      done(await cancel(world, orderId));
      expect((await world.order(orderId)).status).toBe('enroute_to_return');
      expect(await world.driver('driver-2')).toMatchObject({ openOfferId: null, activeRunId: null });
      await finish(world);
      expect(await account(world, orderId)).toBe('returned (cancelled_by_channel): goods 0, refund 6000, fee 799');
    },
  );

  test('that may have changed hands are brought back, after a cancel, by who has them', async () => {
    const { world, orderId, all } = await expected();
    done(await give(world, orderId, all, await codeOf(world, 2)));
    done(await cancel(world, orderId));
    expect((await world.order(orderId)).status).toBe('held');
    done(await take(world, all));
    expect((await world.order(orderId)).status).toBe('enroute_to_return');
    await finish(world, 2);
    expect(await account(world, orderId)).toBe('returned (cancelled_by_channel): goods 0, refund 6000, fee 799');
  });

  test('are looked for anew when who was to come is lost as well', async () => {
    const { world, orderId } = await brokenDown(3);
    done(await askHandOver(world, orderId));
    await minutes(world, 1);
    const number = (await world.driver('driver-2'))?.openOfferId ? 2 : 3;
    await takeOffer(world, number);
    await loseDriver(world, orderId);
    expect(await world.driver(`driver-${number}`)).toMatchObject({ shift: null, activeRunId: null });
    expect(await world.order(orderId)).toMatchObject({ status: 'held', attention: null });
    await minutes(world, 1);
    await takeOffer(world, 5 - number);
    await finish(world, 5 - number);
    expect(await account(world, orderId)).toBe(whole);
  });

  test('are handed over twice, and each carrier is told', async () => {
    const { world, orderId, all } = await expected();
    done(await take(world, all));
    await loseDriver(world, orderId);
    done(await askHandOver(world, orderId, 'mall'));
    // The first driver is well again, and comes.
    done(await backOnShift(world));
    await minutes(world, 1);
    await takeOffer(world, 1);
    await finish(world, 1);
    expect(await account(world, orderId)).toBe(whole);
    expect((await types(world, orderId)).filter((type) => type === 'custody.handed_over')).toHaveLength(2);
  });

  test('of which one is gone: the rest is delivered, and the other is lost', async () => {
    const { world, orderId, all } = await expected();
    done(await give(world, orderId, all, await codeOf(world, 2)));
    done(await take(world, all.slice(1), { leaveMissing: true }));
    expect((await world.order(orderId)).parcels.map(({ state }) => state.at)).toEqual(['lost', 'driver', 'driver']);
    // The first driver had said three.
    expect((await seen(world, orderId)).reason).toBe('hand_over_mismatch');
    await finish(world, 2);
    done(await resolve(world, orderId, 'settle_hand_over'));
    expect(await account(world, orderId)).toBe('delivered in part: goods 5000, refund 1000, fee 799');
    expect((await seen(world, orderId)).reason).toBeNull();
  });

  test('are not there: the stop is paid, and operations are asked again', async () => {
    const { world, orderId } = await expected();
    const { id } = await meeting(world);
    done(await driverActs(world, id, { type: 'arrive' }, 2));
    const evidence = {};
    expect(await driverActs(world, id, { type: 'fail', reason: 'store_closed', evidence }, 2)).toMatchObject({
      code: 'reason_not_possible',
    });
    done(await driverActs(world, id, { type: 'fail', reason: 'not_ready', evidence }, 2));
    expect((await world.order(orderId)).attention?.why).toBe('hand_over_failed');
    expect((await world.driver('driver-2'))?.activeRunId).toBeNull();
    expect(paid(world, 2)).toEqual(['base 400, stop 175']);
    done(await resolve(world, orderId, 'returned'));
    await minutes(world, 1);
    expect(await account(world, orderId)).toMatch(/^returned/);
  });
});

test('two orders of one run are taken over at one stop, and of a third nothing changes', async () => {
  const world = new World();
  await openMall(world, { stores: 1, drivers: 2 });
  const orderIds: OrderId[] = [];
  for (let index = 0; index < 3; index++) orderIds.push(await place(world, 1));
  for (const [index, orderId] of orderIds.entries()) {
    await accept(world, orderId, 1);
    done(await storeActs(world, 1, orderId, { type: 'ready', parcels: [{ label: `L${index}` }], missingLineIds: [] }));
  }
  await minutes(world, 12);
  await takeOffer(world);
  await driveStop(world, 'pickup-store-1');
  await loseDriver(world, orderIds[0]!);
  for (const orderId of orderIds.slice(0, 2)) done(await askHandOver(world, orderId, 'mall'));
  await minutes(world, 1);
  await takeOffer(world, 2);
  expect((await stopsOf(world, 2)).map(({ kind, orderIds: ids }) => [kind, ids.length])).toEqual([
    ['hand_over', 2],
    ['dropoff', 1],
    ['dropoff', 1],
  ]);
  // One of two is there: it goes on, and the stop stays open for the other.
  done(await take(world, ['L0']));
  expect((await world.order(orderIds[0]!)).status).toBe('enroute_to_dropoff');
  expect((await world.order(orderIds[1]!)).status).toBe('held');
  done(await take(world, ['L1']));
  // The first driver still has the third.
  expect((await world.driver('driver-1'))?.activeRunId).not.toBeNull();
  done(await resolve(world, orderIds[2]!, 'resume'));
  await finish(world, 1, 2);
  for (const orderId of orderIds) expect(await account(world, orderId)).toMatch(/^delivered: goods 1000/);
});
