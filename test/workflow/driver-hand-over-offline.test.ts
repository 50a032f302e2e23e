import { describe, expect, test } from 'vitest';
import { endShift } from '../../lambdas/application/driving.ts';
import { plusMinutes } from '../../lambdas/domain/time.ts';
import { done, driverId, storeActs, takeOffer } from '../harness/mall.ts';
import { account, finish, loseDriver, minutes, newStory, reach, resolve } from './story.ts';
import { askHandOver, codeOf, expected, give, seen, take, whole } from './two-drivers.ts';

describe('a hand-over with both drivers offline', () => {
  test.each(['who gives', 'who takes'])('agrees, whichever record comes first: %s', async (first) => {
    const { world, orderId, all } = await expected();
    const runCode = await codeOf(world, 2);
    const then = plusMinutes(world.now(), 5);
    await minutes(world, 40);
    const giving = async () => done(await give(world, orderId, all, runCode, then));
    const taking = async () => done(await take(world, all, { occurredAt: then }));
    for (const record of first === 'who gives' ? [giving, taking] : [taking, giving]) await record();
    expect((await seen(world, orderId)).driverHandOvers).toMatchObject([
      { given: { labels: all, occurredAt: then }, taken: { labels: all, occurredAt: then } },
    ]);
    expect((await seen(world, orderId)).reason).toBeNull();
    await finish(world, 2);
    expect(await account(world, orderId)).toBe(whole);
  });

  test('is a question to operations where only one has spoken when the time is up, and the late record answers it', async () => {
    const { world, orderId, all } = await expected();
    done(await give(world, orderId, all, await codeOf(world, 2)));
    // Who gave all away may go home, whatever the other phone has sent.
    done(await endShift(world.driving, driverId(1), world.request('driver-1'), world.now()));
    await minutes(world, 61);
    expect((await world.order(orderId)).attention?.why).toBe('hand_over_unconfirmed');
    done(await take(world, all));
    await finish(world, 2);
    expect(await account(world, orderId)).toBe(whole);
  });

  test('that differs goes to operations, long after the end', async () => {
    const { world, orderId, all } = await expected();
    const runCode = await codeOf(world, 2);
    const then = world.now();
    done(await take(world, all));
    await finish(world, 2);
    expect(await account(world, orderId)).toBe(whole);
    await minutes(world, 30);
    expect(done(await give(world, orderId, all.slice(1), runCode, then))).toMatchObject({ body: { mismatch: true } });
    expect((await seen(world, orderId)).reason).toBe('hand_over_mismatch');
    // What was said first stays.
    done(await give(world, orderId, all, runCode, then));
    expect((await seen(world, orderId)).reason).toBe('hand_over_mismatch');
    done(await resolve(world, orderId, 'settle_hand_over'));
    expect((await seen(world, orderId)).reason).toBeNull();
  });
});

test('a store that was offline at the counter may still say whom it gave the parcels', async () => {
  const { world, orderId } = await newStory({ drivers: 2, stores: 1 });
  await reach(world, orderId, 'enroute_to_dropoff');
  const runCode = await codeOf(world, 1);
  const occurredAt = world.now();
  const [label] = (await world.order(orderId)).parcels.map((parcel) => parcel.label);
  await loseDriver(world, orderId);
  done(await askHandOver(world, orderId, 'mall'));
  await minutes(world, 1);
  await takeOffer(world, 2);
  done(await take(world, [label!]));
  const record = (code: string) =>
    storeActs(world, 1, orderId, { type: 'hand_over', runCode: code, labels: [label!], occurredAt });
  expect(await record(await codeOf(world, 2))).toMatchObject({
    code: 'wrong_driver',
    current: { driverId: 'driver-1' },
  });
  done(await record(runCode));
  await finish(world, 2);
  expect((await seen(world, orderId)).reason).toBeNull();
});
