import { describe, expect, test } from 'vitest';
import { inspectOrder, listWaiting } from '../../lambdas/application/operations.ts';
import type { StoreAct } from '../../lambdas/application/readiness.ts';
import type { OrderId } from '../../lambdas/domain/ids.ts';
import type { Instant } from '../../lambdas/domain/time.ts';
import {
  done,
  driverActs,
  driverId,
  driveStop,
  nothingMore,
  photo,
  storeActs,
  storeId,
  takeOffer,
} from '../harness/mall.ts';
import type { World } from '../harness/world.ts';
import { accept, at, finish, minutes, newStory, resolve, toCounter, toDoor, until } from './story.ts';

const labels = ['A', 'B'];
const packed: StoreAct = {
  type: 'ready',
  parcels: [
    { label: 'A', lineIds: ['line_1'] },
    { label: 'B', lineIds: ['line_2'] },
  ],
  missingLineIds: [],
};

/** Two parcels wait at the counter of store 1, and the driver stands there; both sides lose their connection. */
async function atTheCounter() {
  const { world, orderId } = await newStory({
    stores: 1,
    pickups: [
      {
        storeId: storeId(1),
        lines: [
          { sku: 'a', name: 'A', quantity: 1, unitPriceCents: 1000 },
          { sku: 'b', name: 'B', quantity: 1, unitPriceCents: 500 },
        ],
      },
    ],
  });
  await accept(world, orderId, 1);
  done(await storeActs(world, 1, orderId, packed));
  await world.advance(0.2);
  await takeOffer(world);
  return { world, orderId, runCode: (await world.runOf(driverId(1)))!.code };
}

/** What the phone kept, in the order in which it happened, each with its time. */
async function phoneSends(world: World, orderId: OrderId, taken: string[], from: Instant): Promise<void> {
  const minute = (count: number) => new Date(Date.parse(from) + count * 60_000).toISOString() as Instant;
  const leaveMissing = taken.length < labels.length;
  const acts = [
    [toCounter(1), { type: 'arrive' }],
    [toCounter(1), { type: 'complete', ...nothingMore, labels: taken, leaveMissing }],
    [toDoor(orderId), { type: 'depart' }],
    [toDoor(orderId), { type: 'arrive' }],
    [toDoor(orderId), { type: 'complete', ...nothingMore, labels: taken, proof: photo }],
  ] as const;
  for (const [index, [stop, act]] of acts.entries()) {
    done(await driverActs(world, stop, { ...act, occurredAt: minute(index) }));
  }
}

const tabletSends = (world: World, orderId: OrderId, runCode: string, given: string[], occurredAt: Instant) =>
  storeActs(world, 1, orderId, { type: 'hand_over', runCode, labels: given, occurredAt });

async function operationsSee(world: World, orderId: OrderId) {
  const { data } = (await listWaiting(world, undefined, world.now())) as {
    data: { orderId: string; reason: string }[];
  };
  const { handOvers } = (await inspectOrder(world, orderId, world.now())) as { handOvers: object[] };
  return { reason: data.find((row) => row.orderId === orderId)?.reason ?? null, handOvers };
}

describe('a hand-over with both sides offline', () => {
  test.each(['the phone', 'the tablet'])('agrees, whichever comes first: %s', async (first) => {
    const { world, orderId, runCode } = await atTheCounter();
    const took = at('12:10');
    await until(world, at('14:30'));
    const recordedAt = world.now();
    const sends = [
      () => phoneSends(world, orderId, labels, took),
      async () => done(await tabletSends(world, orderId, runCode, ['B', 'A'], at('12:12'))),
    ];
    for (const send of first === 'the phone' ? sends : sends.toReversed()) await send();
    await minutes(world, 2);
    const order = await world.order(orderId);
    expect([order.status, order.settledAt !== undefined]).toEqual(['delivered', true]);
    const [pickup] = order.pickups;
    expect(pickup).toMatchObject({
      handedOverAt: at('12:11'),
      handedOverRecordedAt: recordedAt,
      storeRecord: { labels: ['B', 'A'], occurredAt: at('12:12'), recordedAt },
    });
    expect(pickup!.mismatchSince).toBeUndefined();
    expect((await operationsSee(world, orderId)).reason).toBeNull();
  });

  test.each(['the phone', 'the tablet'])(
    'differs: custody is as the driver says, and operations see both: %s',
    async (first) => {
      const { world, orderId, runCode } = await atTheCounter();
      await until(world, at('13:00'));
      const recordedAt = world.now();
      const sends = [
        () => phoneSends(world, orderId, ['A'], at('12:10')),
        async () => done(await tabletSends(world, orderId, runCode, ['A', 'B'], at('12:12'))),
      ];
      for (const send of first === 'the phone' ? sends : sends.toReversed()) await send();
      await minutes(world, 3);
      const order = await world.order(orderId);
      expect([order.status, order.partial, order.settledAt !== undefined]).toEqual(['delivered', true, true]);
      expect(order.parcels.map(({ state }) => state.at)).toEqual(['recipient', 'not_collected']);

      const seen = await operationsSee(world, orderId);
      expect(seen).toEqual({
        reason: 'hand_over_mismatch',
        handOvers: [
          {
            storeId: storeId(1),
            storeName: 'Store 1',
            store: { labels: ['A', 'B'], occurredAt: at('12:12'), recordedAt },
            driver: { labels: ['A'], occurredAt: at('12:11'), recordedAt },
            mismatchSince: recordedAt,
          },
        ],
      });
      done(await resolve(world, orderId, 'settle_hand_over'));
      expect((await operationsSee(world, orderId)).reason).toBeNull();
      expect(await resolve(world, orderId, 'settle_hand_over')).toMatchObject({ code: 'decision_not_possible' });
    },
  );

  test('in which the driver says there was nothing to take is a mismatch as well', async () => {
    const { world, orderId, runCode } = await atTheCounter();
    await minutes(world, 20);
    done(await tabletSends(world, orderId, runCode, labels, at('12:05')));
    done(await driverActs(world, toCounter(1), { type: 'arrive' }));
    done(await driverActs(world, toCounter(1), { type: 'complete', ...nothingMore, leaveMissing: true }));
    await minutes(world, 2);
    expect((await world.order(orderId)).status).toBe('cancelled');
    expect((await operationsSee(world, orderId)).reason).toBe('hand_over_mismatch');
  });

  test('of which the phone never speaks is not called off as the mall closes: a person has to look', async () => {
    const { world, orderId, runCode } = await atTheCounter();
    await until(world, at('12:30'));
    done(await tabletSends(world, orderId, runCode, labels, at('12:12')));
    await until(world, at('15:05'));
    expect(await world.order(orderId)).toMatchObject({
      status: 'assigned',
      attention: { why: 'hand_over_unconfirmed' },
    });
    await until(world, at('22:00'));
    expect((await world.order(orderId)).parcels.map(({ state }) => state.at)).toEqual(['store', 'store']);
    // The phone comes back: what it kept is what happened.
    await phoneSends(world, orderId, labels, at('12:10'));
    await minutes(world, 2);
    expect(await world.order(orderId)).toMatchObject({ status: 'delivered', attention: null });
  });

  test('whose deadline is the close of the mall waits for the driver too', async () => {
    const { world, orderId, runCode } = await atTheCounter();
    await minutes(world, 1);
    done(await tabletSends(world, orderId, runCode, labels, at('12:00')));
    done(await resolve(world, orderId, 'restart'));
    await until(world, at('15:05'));
    done(await resolve(world, orderId, 'resume'));
    await until(world, at('17:10'));
    done(await resolve(world, orderId, 'resume'));
    await until(world, at('21:16'));
    expect(await world.order(orderId)).toMatchObject({ attention: { why: 'hand_over_unconfirmed' } });
    done(await resolve(world, orderId, 'cancel'));
    await finish(world);
    expect((await world.order(orderId)).status).toBe('cancelled');
    // The store cannot restock what it gave away.
    expect(await operationsSee(world, orderId)).toMatchObject({
      reason: 'hand_over_mismatch',
      handOvers: [{ store: { labels }, driver: null }],
    });
    done(await resolve(world, orderId, 'settle_hand_over'));
    expect((await operationsSee(world, orderId)).reason).toBeNull();
  });
});

describe('at the counter', () => {
  test('a record that differs can still be mended, so it is refused', async () => {
    const { world, orderId, runCode } = await atTheCounter();
    await minutes(world, 5);
    const now = world.now();
    expect(await tabletSends(world, orderId, runCode, ['A'], now)).toMatchObject({
      code: 'parcels_missing',
      mend: 'Add B.',
    });
    expect(await tabletSends(world, orderId, runCode, ['A', 'B', 'C'], now)).toMatchObject({ code: 'wrong_order' });
    expect(await tabletSends(world, orderId, '0000', labels, at('12:00'))).toMatchObject({ code: 'wrong_driver' });
    done(await tabletSends(world, orderId, runCode, labels, now));
    await driveStop(world, toCounter(1));
    expect((await operationsSee(world, orderId)).reason).toBeNull();
  });
});
