import { describe, expect, test } from 'vitest';
import type { ActOutcome } from '../../lambdas/application/act.ts';
import { decideLateStore } from '../../lambdas/application/ordering.ts';
import type { PersonalRecord } from '../../lambdas/application/personal.ts';
import { keys } from '../../lambdas/application/records.ts';
import { load } from '../../lambdas/application/situations.ts';
import { track } from '../../lambdas/application/tracking.ts';
import type { OrderId } from '../../lambdas/domain/ids.ts';
import type { LateStoreChoice } from '../../lambdas/domain/late-store.ts';
import type { Rejection } from '../../lambdas/domain/rejection.ts';
import { channelId, done, storeActs, storeId, takeOffer } from '../harness/mall.ts';
import type { World } from '../harness/world.ts';
import { accept, account, at, finish, newStory, pack, until } from './story.ts';

const channel = { kind: 'channel', channelId } as const;

async function decide(world: World, orderId: OrderId, choice: LateStoreChoice): Promise<ActOutcome | Rejection> {
  const decision = { storeId: storeId(3), choice };
  const outcome = await decideLateStore(world.ordering, channel, orderId, decision, world.request('c'), world.now());
  await world.settled();
  return outcome;
}

/** Placed at noon for two o'clock; store 3 needs until 13:55, and the way takes 16 minutes. */
async function withLateStore(goAhead: 'deliver_what_you_can' | 'all_or_nothing' = 'deliver_what_you_can') {
  const { world, orderId } = await newStory({ goAhead });
  await accept(world, orderId, 1, 2, 3);
  done(await storeActs(world, 3, orderId, { type: 'delay', readyAt: at('13:55') }));
  const { decisions, tripMinutes } = await world.order(orderId);
  expect(tripMinutes).toBe(16);
  expect(decisions).toEqual([
    {
      kind: 'late_store',
      storeId: storeId(3),
      default: goAhead === 'all_or_nothing' ? 'wait' : 'leave_without',
      decideBy: at('13:44'),
      decider: 'channel',
      askedAt: at('12:00'),
    },
  ]);
  await pack(world, orderId, 1, 2);
  return { world, orderId };
}

async function offeredAndDriven(world: World): Promise<void> {
  // The nudge of dispatch waits five seconds for company.
  await world.advance(0.2);
  await takeOffer(world);
  await finish(world);
}

test('the shopper sees what is asked, and what came of it', async () => {
  const { world, orderId } = await withLateStore();
  const shown = async () => {
    const { trackingToken } = (await load<PersonalRecord>(world.database.get(keys.personal(orderId))))!;
    const { stores } = (await track(world.driving, trackingToken, world.now())) as { stores: { late?: object }[] };
    return stores.map(({ late }) => late);
  };
  expect(await shown()).toEqual([undefined, undefined, { default: 'leave_without', decideBy: at('13:44') }]);
  await until(world, at('13:45'));
  expect(await shown()).toEqual([undefined, undefined, { outcome: 'left_without' }]);
});

describe('a store that is later than the promise allows', () => {
  test('is left when nobody says anything, in time for the rest', async () => {
    const { world, orderId } = await withLateStore();
    await until(world, at('13:43'));
    expect((await world.order(orderId)).pickups[2]!.status).toBe('delayed');
    await until(world, at('13:44'));
    const { pickups, decisions } = await world.order(orderId);
    expect([pickups[2]!.status, pickups[2]!.reason, decisions]).toEqual(['failed', 'left_without', undefined]);
    await offeredAndDriven(world);
    expect(await account(world, orderId)).toBe('delivered in part: goods 3000, refund 3000, fee 799');
  });

  test('is left at once when the channel says so', async () => {
    const { world, orderId } = await withLateStore();
    done(await decide(world, orderId, 'leave_without'));
    await offeredAndDriven(world);
    expect(await account(world, orderId)).toBe('delivered in part: goods 3000, refund 3000, fee 799');
    expect((await world.order(orderId)).endedAt! < at('13:00')).toBe(true);
    expect(await decide(world, orderId, 'wait')).toMatchObject({ code: 'order_ended' });
  });

  test('is waited for when the channel says so, beyond the promise', async () => {
    const { world, orderId } = await withLateStore();
    done(await decide(world, orderId, 'wait'));
    // Ten minutes before the store is ready a driver is called.
    await until(world, at('13:46'));
    await takeOffer(world);
    await until(world, at('14:05'));
    expect((await world.order(orderId)).pickups[2]!.status).toBe('delayed');
    await pack(world, orderId, 3);
    expect((await world.order(orderId)).decisions).toBeUndefined();
    await finish(world);
    expect(await account(world, orderId)).toBe('delivered: goods 6000, refund 0, fee 799');
  });

  test('is waited for by the rule of everything or nothing, to the promised minute', async () => {
    const { world, orderId } = await withLateStore('all_or_nothing');
    await until(world, at('13:45'));
    expect((await world.order(orderId)).pickups[2]!.status).toBe('delayed');
    expect(await decide(world, orderId, 'leave_without')).toMatchObject({ code: 'decision_not_possible' });
    await until(world, at('14:01'));
    expect(await account(world, orderId)).toContain('cancelled (stores_rejected)');
  });

  test('that says an earlier time is no question any more', async () => {
    const { world, orderId } = await withLateStore();
    done(await storeActs(world, 3, orderId, { type: 'delay', readyAt: at('13:00') }));
    expect((await world.order(orderId)).decisions).toBeUndefined();
    expect(await decide(world, orderId, 'wait')).toMatchObject({ code: 'decision_not_possible', pointer: '/storeId' });
    await pack(world, orderId, 3);
    await offeredAndDriven(world);
    expect(await account(world, orderId)).toContain('delivered: goods 6000');
  });

  test('of one store alone nobody is asked', async () => {
    const { world, orderId } = await newStory({ stores: 1 });
    await accept(world, orderId, 1);
    done(await storeActs(world, 1, orderId, { type: 'delay', readyAt: at('13:55') }));
    expect((await world.order(orderId)).decisions).toBeUndefined();
  });
});
