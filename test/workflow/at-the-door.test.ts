import { describe, expect, test } from 'vitest';
import { dataOf } from '../../lambdas/application/records.ts';
import type { UndeliverableReason } from '../../lambdas/domain/undeliverable.ts';
import { done, driverActs, driveStop, nothingMore, photo } from '../harness/mall.ts';
import type { World } from '../harness/world.ts';
import {
  account,
  backTo,
  closed,
  finish,
  handOver,
  labelOf,
  loseDriver,
  minutes,
  newStory,
  nobodyHome,
  path,
  reach,
  resolve,
  runsOf,
  toCollection,
  toDoor,
} from './story.ts';

const whole = 'delivered: goods 6000, refund 0, fee 799';
const nothing = (reason: string) => `returned (${reason}): goods 0, refund 6000, fee 799`;
const delivering = `${toCollection} → Driver delivers`;

async function atTheDoor(change: Parameters<typeof newStory>[0] = {}) {
  const story = await newStory(change);
  await reach(story.world, story.orderId, 'arrived_at_dropoff');
  return story;
}

describe('a door where nobody is', () => {
  test('sends everything back to its stores, at the end of the run and paid', async () => {
    const { world, orderId } = await atTheDoor();
    await nobodyHome(world, orderId);
    expect((await world.order(orderId)).status).toBe('undeliverable');
    await finish(world);
    expect(await account(world, orderId)).toBe(nothing('customer_unavailable'));
    expect(await path(world, orderId)).toBe(`${delivering} → Return to stores → ${closed}`);
    expect(world.transitionsOf(orderId)).toBe(13);
    expect(runsOf(world)[0]!.pay.map(({ kind }) => kind)).toEqual([
      'base',
      ...['stop', 'stop', 'stop', 'stop'],
      ...['return', 'return', 'return'],
    ]);
  });

  test('is tried again when operations say so, and takes everything', async () => {
    const { world, orderId } = await atTheDoor();
    await nobodyHome(world, orderId);
    await minutes(world, 5);
    done(await resolve(world, orderId, 'reattempt'));
    expect((await world.order(orderId)).endReason).toBeUndefined();
    await finish(world);
    expect(await account(world, orderId)).toBe(whole);
    expect(await path(world, orderId)).toBe(`${delivering} → Return to stores → Driver delivers → ${closed}`);
    // The door was come to twice, and is paid twice.
    expect(runsOf(world)[0]!.pay.filter(({ stopId }) => stopId === toDoor(orderId))).toHaveLength(2);
  });

  test('twice sends everything back after the second attempt', async () => {
    const { world, orderId } = await atTheDoor();
    await nobodyHome(world, orderId);
    done(await resolve(world, orderId, 'reattempt'));
    done(await driverActs(world, toDoor(orderId), { type: 'arrive' }));
    await nobodyHome(world, orderId);
    await finish(world);
    expect(await account(world, orderId)).toBe(nothing('customer_unavailable'));
    expect(await path(world, orderId)).toBe(
      `${delivering} → Return to stores → Driver delivers → Return to stores → ${closed}`,
    );
  });

  test('cannot be tried again once the driver is on the way back', async () => {
    const { world, orderId } = await atTheDoor();
    await nobodyHome(world, orderId);
    done(await driverActs(world, backTo(1), { type: 'depart' }));
    expect(await resolve(world, orderId, 'reattempt')).toMatchObject({ code: 'transition_not_allowed' });
    await finish(world);
    expect(await account(world, orderId)).toBe(nothing('customer_unavailable'));
  });
});

/** The evidence that is enough for each reason: one piece less is refused. */
const evidence = { contactAttempts: 2, photoKey: photo.photoKey, position: [-111.86, 33.3] as const, note: 'Seen.' };
const givenUp: UndeliverableReason[] = [
  ...(['customer_unavailable', 'no_safe_place', 'access_denied', 'address_not_found', 'refused'] as const),
  ...(['pin_missing', 'id_failed', 'business_closed', 'damaged', 'unsafe', 'weather', 'vehicle', 'accident'] as const),
];

test.each(givenUp)('a door given up because of %s brings every parcel back', async (reason) => {
  const { world, orderId } = await atTheDoor();
  done(await driverActs(world, toDoor(orderId), { type: 'fail', reason, evidence }));
  await finish(world);
  expect(await account(world, orderId)).toBe(nothing(reason));
  expect((await world.order(orderId)).door?.undeliverable?.reason).toBe(reason);
});

test.each(['lost', 'stolen'] as const)('parcels that were %s end the order there', async (reason) => {
  const { world, orderId } = await atTheDoor();
  done(await driverActs(world, toDoor(orderId), { type: 'fail', reason, evidence: {} }));
  await minutes(world, 1);
  expect(await account(world, orderId)).toBe(`failed (${reason}): goods 0, refund 6000, fee 0`);
  expect(await path(world, orderId)).toBe(`${delivering} → ${closed}`);
  expect(await world.runOf('driver-1')).toBeNull();
});

test('parcels lost on a second way to the door, after others had come back, end the order as lost', async () => {
  const { world, orderId } = await atTheDoor();
  await nobodyHome(world, orderId);
  await driveStop(world, backTo(1));
  await loseDriver(world, orderId);
  done(await resolve(world, orderId, 'reattempt'));
  done(await driverActs(world, toDoor(orderId), { type: 'arrive' }));
  done(await driverActs(world, toDoor(orderId), { type: 'fail', reason: 'lost', evidence: {} }));
  await minutes(world, 1);
  expect(await account(world, orderId)).toBe('failed (lost): goods 0, refund 6000, fee 0');
});

test('a reason without its evidence changes nothing, and says what is missing', async () => {
  const { world, orderId } = await atTheDoor();
  const before = await world.order(orderId);
  const bare = { type: 'fail', reason: 'access_denied', evidence: {} } as const;
  expect(await driverActs(world, toDoor(orderId), bare)).toMatchObject({
    code: 'evidence_missing',
    current: { missing: ['place', 'photo'] },
  });
  expect(await world.order(orderId)).toEqual(before);
  await finish(world);
  expect(await account(world, orderId)).toBe(whole);
});

describe('a door that takes some parcels', () => {
  test('and refuses one ends delivered in part, when that one is back at its store', async () => {
    const { world, orderId } = await atTheDoor();
    done(await handOver(world, orderId, [1, 3], [2]));
    expect(await world.order(orderId)).toMatchObject({ status: 'undeliverable', partial: false });
    const stops = (await world.runOf('driver-1'))!.stops.filter(({ status }) => status === 'pending');
    expect(stops.map(({ id }) => id)).toEqual([backTo(2)]);
    await finish(world);
    expect(await account(world, orderId)).toBe('delivered in part: goods 4000, refund 2000, fee 799');
    expect(await path(world, orderId)).toBe(`${delivering} → Return to stores → ${closed}`);
  });

  test('and refuses one that is then cancelled is delivered in part all the same', async () => {
    const { world, orderId } = await atTheDoor();
    done(await handOver(world, orderId, [1], [2, 3]));
    done(await resolve(world, orderId, 'cancel'));
    expect(await resolve(world, orderId, 'reattempt')).toMatchObject({ code: 'decision_not_possible' });
    await finish(world);
    expect(await account(world, orderId)).toBe('delivered in part: goods 1000, refund 5000, fee 799');
  });

  test('and takes the refused one at a second attempt is delivered whole', async () => {
    const { world, orderId } = await atTheDoor();
    done(await handOver(world, orderId, [1, 3], [2]));
    done(await resolve(world, orderId, 'reattempt'));
    await finish(world);
    expect(await account(world, orderId)).toBe(whole);
  });

  test('is asked about every parcel, and none of another order', async () => {
    const { world, orderId } = await atTheDoor();
    expect(await handOver(world, orderId, [1, 2])).toMatchObject({ code: 'parcels_missing' });
    expect(await handOver(world, orderId, [], [1, 2, 3])).toMatchObject({ code: 'parcels_missing' });
    const labels = ['no-such-label', labelOf(orderId, 1)];
    const stray = { type: 'complete', ...nothingMore, labels, proof: photo } as const;
    expect(await driverActs(world, toDoor(orderId), stray)).toMatchObject({ code: 'wrong_order' });
    expect(await driverActs(world, toDoor(orderId), { type: 'complete', ...nothingMore })).toMatchObject({
      code: 'proof_missing',
    });
    await finish(world);
    expect(await account(world, orderId)).toBe(whole);
  });
});

describe('a PIN', () => {
  async function enter(world: World, orderId: string, pin: string) {
    const labels = (await world.order(orderId)).parcels.map(({ label }) => label);
    return driverActs(world, toDoor(orderId as never), {
      type: 'complete',
      ...nothingMore,
      labels,
      proof: { kind: 'pin', pin },
    });
  }

  async function pinOf(world: World, orderId: string): Promise<string> {
    const item = world.database.all('personal').find(({ pk }) => pk === `ORDER#${orderId}`)!;
    return dataOf<{ pin: string }>(item).pin;
  }

  async function wrongThrice(world: World, orderId: string): Promise<void> {
    const wrong = (await pinOf(world, orderId)) === '000000' ? '000001' : '000000';
    for (const triesLeft of [2, 1, 0]) {
      expect(await enter(world, orderId, wrong)).toMatchObject({ status: 422, body: { triesLeft } });
    }
  }

  test('that is right at the third try opens the door', async () => {
    const { world, orderId } = await atTheDoor({ doorProof: 'pin' });
    expect(await enter(world, orderId, 'nonono')).toMatchObject({ status: 422 });
    expect(await enter(world, orderId, 'nonono')).toMatchObject({ status: 422 });
    done(await enter(world, orderId, await pinOf(world, orderId)));
    await minutes(world, 1);
    expect(await account(world, orderId)).toBe(whole);
  });

  test('that was wrong three times comes too late even when it is right', async () => {
    const { world, orderId } = await atTheDoor({ doorProof: 'pin' });
    await wrongThrice(world, orderId);
    expect(await enter(world, orderId, await pinOf(world, orderId))).toMatchObject({ code: 'pin_wrong' });
    expect(await handOver(world, orderId, [1, 2, 3])).toMatchObject({ code: 'proof_missing' });
    const missing = { type: 'fail', reason: 'pin_missing', evidence: { contactAttempts: 1 } } as const;
    done(await driverActs(world, toDoor(orderId), missing));
    await finish(world);
    expect(await account(world, orderId)).toBe(nothing('pin_missing'));
  });

  test('may be tried afresh at a second attempt', async () => {
    const { world, orderId } = await atTheDoor({ doorProof: 'pin' });
    await wrongThrice(world, orderId);
    const missing = { type: 'fail', reason: 'pin_missing', evidence: { contactAttempts: 1 } } as const;
    done(await driverActs(world, toDoor(orderId), missing));
    done(await resolve(world, orderId, 'reattempt'));
    done(await driverActs(world, toDoor(orderId), { type: 'arrive' }));
    done(await enter(world, orderId, await pinOf(world, orderId)));
    await minutes(world, 1);
    expect(await account(world, orderId)).toBe(whole);
  });
});

describe('a store that does not take its parcels back', () => {
  async function refusedByStore2(taken: number[] = []) {
    const story = await atTheDoor();
    const { world, orderId } = story;
    if (taken.length > 0) done(await handOver(world, orderId, taken, [2]));
    else {
      await nobodyHome(world, orderId);
      await driveStop(world, backTo(1));
    }
    done(await driverActs(world, backTo(2), { type: 'arrive' }));
    done(await driverActs(world, backTo(2), { type: 'fail', reason: 'business_closed', evidence: {} }));
    await minutes(world, 1);
    expect(await world.order(orderId)).toMatchObject({ status: 'held', attention: { why: 'return_refused' } });
    return story;
  }
  const held = `${delivering} → Return to stores → Operations decide`;

  test('leaves them with the driver until operations send them there again', async () => {
    const { world, orderId } = await refusedByStore2();
    await minutes(world, 60);
    done(await resolve(world, orderId, 'resume'));
    await finish(world);
    expect(await account(world, orderId)).toBe(nothing('customer_unavailable'));
    expect(await path(world, orderId)).toBe(`${held} → Return to stores → ${closed}`);
  });

  test('leaves them with the driver, who may try the door again', async () => {
    const { world, orderId } = await refusedByStore2();
    done(await resolve(world, orderId, 'reattempt'));
    await finish(world);
    // Store 1 has its parcel back by then: 10 of 60 dollars.
    expect(await account(world, orderId)).toBe('delivered in part: goods 5000, refund 1000, fee 799');
    expect(await path(world, orderId)).toBe(`${held} → Driver collects → Driver delivers → ${closed}`);
  });

  test('ends when operations know that they are back, or lost', async () => {
    const back = await refusedByStore2();
    done(await resolve(back.world, back.orderId, 'returned'));
    await minutes(back.world, 1);
    expect(await account(back.world, back.orderId)).toBe(nothing('customer_unavailable'));
    expect(await path(back.world, back.orderId)).toBe(`${held} → ${closed}`);
    const lost = await refusedByStore2([1, 3]);
    done(await resolve(lost.world, lost.orderId, 'lost'));
    await minutes(lost.world, 1);
    expect(await account(lost.world, lost.orderId)).toBe('delivered in part: goods 4000, refund 2000, fee 799');
  });

  test('takes what is there when one parcel is missing only when all of an order is there', async () => {
    const { world, orderId } = await atTheDoor();
    await nobodyHome(world, orderId);
    done(await driverActs(world, backTo(1), { type: 'arrive' }));
    expect(await driverActs(world, backTo(1), { type: 'complete', ...nothingMore })).toMatchObject({
      code: 'parcels_missing',
    });
    await finish(world);
    expect(await account(world, orderId)).toBe(nothing('customer_unavailable'));
  });
});
