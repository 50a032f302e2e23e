import { describe, expect, test } from 'vitest';
import type { StoreAct } from '../../lambdas/application/readiness.ts';
import { type GoAhead, goAheadRules } from '../../lambdas/domain/order.ts';
import { plusMinutes } from '../../lambdas/domain/time.ts';
import { done, driverActs, driveStop, nothingMore, storeActs, takeOffer } from '../harness/mall.ts';
import {
  accept,
  account,
  at,
  backTo,
  closed,
  finish,
  labelOf,
  minutes,
  newStory,
  pack,
  packed,
  path,
  reach,
  runsOf,
  stopsOf,
  toCollection,
  toCounter,
  until,
} from './story.ts';

const outOfStock = { type: 'reject', reason: 'out_of_stock' } as const satisfies StoreAct;
/** Stores sell for 10, 20 and 30 dollars: what is delivered, and what is refunded, tells which of them supplied. */
const delivered = {
  whole: 'delivered: goods 6000, refund 0, fee 799',
  without2: 'delivered in part: goods 4000, refund 2000, fee 799',
};
const calledOff = 'cancelled (stores_rejected): goods 0, refund 6000, fee 0';
const takenBack = 'returned (stores_rejected): goods 0, refund 6000, fee 799';

/** What happens to store 2 before anybody has called for a driver, and how the order ends by each rule. */
const early: Record<string, { act: (story: Awaited<ReturnType<typeof newStory>>) => Promise<unknown>; waits: string }> =
  {
    'rejects at once': {
      act: ({ world, orderId }) => storeActs(world, 2, orderId, outOfStock),
      waits: 'Stores confirm',
    },
    'says nothing until its time is up': {
      act: ({ world }) => minutes(world, 10),
      waits: 'Stores confirm → Time is up: stores confirm',
    },
  };

describe.each(Object.entries(early))('a store that %s', (_, { act, waits }) => {
  test('is left out by an order that takes what it can get', async () => {
    const { world, orderId } = await newStory({ goAhead: 'deliver_what_you_can' });
    await accept(world, orderId, 1, 3);
    await act({ world, orderId });
    await minutes(world, 1);
    await takeOffer(world);
    await pack(world, orderId, 1, 3);
    await finish(world);
    expect(await account(world, orderId)).toBe(delivered.without2);
    expect(await path(world, orderId)).toBe(
      `${waits} → Stores get ready → Find a driver → Driver collects → Driver delivers → ${closed}`,
    );
    expect(world.transitionsOf(orderId)).toBeLessThanOrEqual(14);
  });

  test('ends an order of everything or nothing', async () => {
    const { world, orderId } = await newStory({ goAhead: 'all_or_nothing' });
    await accept(world, orderId, 1, 3);
    await act({ world, orderId });
    await minutes(world, 1);
    expect(await account(world, orderId)).toBe(calledOff);
    expect(await path(world, orderId)).toBe(`${waits} → ${closed}`);
    // The stores that had begun see that they must stop.
    const { pickups } = await world.order(orderId);
    expect([pickups[0]!.status, pickups[2]!.status]).toEqual(['cancelled', 'cancelled']);
  });
});

test.each(goAheadRules)('with every store out, an order is cancelled by the rule %s', async (goAhead) => {
  const { world, orderId } = await newStory({ goAhead });
  done(await storeActs(world, 1, orderId, outOfStock));
  if (goAhead === 'deliver_what_you_can') {
    done(await storeActs(world, 2, orderId, { type: 'reject', reason: 'store_closed' }));
    await minutes(world, 10);
  }
  await minutes(world, 1);
  expect(await account(world, orderId)).toBe(calledOff);
});

test('stores that all keep silent end the order at their deadline, and not before', async () => {
  const { world, orderId } = await newStory();
  await minutes(world, 9);
  expect((await world.order(orderId)).status).toBe('created');
  await minutes(world, 2);
  expect((await world.order(orderId)).endedAt).toBe(at('12:10'));
  expect(await account(world, orderId)).toBe(calledOff);
  expect(await path(world, orderId)).toBe(`Stores confirm → Time is up: stores confirm → ${closed}`);
});

/** Store 2 cannot supply after it has accepted; the others are ready. */
const late: Record<string, (story: Awaited<ReturnType<typeof newStory>>) => Promise<unknown>> = {
  'rejects after it has accepted': ({ world, orderId }) => storeActs(world, 2, orderId, outOfStock),
  'finds that nothing is there': async ({ world, orderId }) => {
    const { pickups } = await world.order(orderId);
    const missingLineIds = pickups[1]!.lines.map(({ id }) => id as string);
    return storeActs(world, 2, orderId, { type: 'ready', parcels: [], missingLineIds });
  },
  'is never ready': ({ world }) => minutes(world, 25),
};

describe.each(Object.entries(late))('a store that %s', (name, act) => {
  const ends: Record<GoAhead, string> = { deliver_what_you_can: delivered.without2, all_or_nothing: calledOff };

  test.each(goAheadRules)('before a driver has come, by the rule %s', async (goAhead) => {
    const { world, orderId } = await newStory({ goAhead });
    await reach(world, orderId, 'assigned');
    await pack(world, orderId, 1, 3);
    await act({ world, orderId });
    await minutes(world, 1);
    await finish(world);
    expect(await account(world, orderId)).toBe(ends[goAhead]);
    const late = name === 'is never ready' ? ' → Time is up: stores get ready' : '';
    const rest = goAhead === 'deliver_what_you_can' ? ' → Driver delivers' : '';
    expect(await path(world, orderId)).toBe(
      `Stores confirm → Stores get ready → Find a driver${late} → Driver collects${rest} → ${closed}`,
    );
  });

  test.each(goAheadRules)('while the driver has the parcels of another store, by the rule %s', async (goAhead) => {
    const { world, orderId } = await newStory({ goAhead });
    await reach(world, orderId, 'assigned');
    await pack(world, orderId, 1, 3);
    await driveStop(world, toCounter(1));
    await act({ world, orderId });
    await minutes(world, 1);
    await finish(world);
    expect(await account(world, orderId)).toBe(goAhead === 'all_or_nothing' ? takenBack : delivered.without2);
  });
});

describe('a store that asks for more time', () => {
  test('within the promise gets it', async () => {
    const { world, orderId } = await newStory();
    await reach(world, orderId, 'assigned');
    await pack(world, orderId, 1, 3);
    done(await storeActs(world, 2, orderId, { type: 'delay', readyAt: plusMinutes(world.now(), 40) }));
    await minutes(world, 45);
    expect((await world.order(orderId)).pickups[1]!.status).toBe('delayed');
    await pack(world, orderId, 2);
    await finish(world);
    expect(await account(world, orderId)).toBe(delivered.whole);
    // The wait for the stores was entered again, once, because its deadline had moved.
    expect(await path(world, orderId)).toBe(
      `Stores confirm → Stores get ready → Find a driver → Time is up: stores get ready → Stores get ready → Driver collects → Driver delivers → ${closed}`,
    );
  });

  test('within the promise and does not keep its word is left out a quarter of an hour later', async () => {
    const { world, orderId } = await newStory();
    await reach(world, orderId, 'assigned');
    await pack(world, orderId, 1, 3);
    done(await storeActs(world, 2, orderId, { type: 'delay', readyAt: at('12:40') }));
    await until(world, at('12:54'));
    expect((await world.order(orderId)).pickups[1]!.status).toBe('delayed');
    await until(world, at('12:56'));
    expect((await world.order(orderId)).pickups[1]).toMatchObject({ status: 'failed' });
    await finish(world);
    expect(await account(world, orderId)).toBe(delivered.without2);
  });

  test('beyond the promise holds up the others while they can keep it', async () => {
    const { world, orderId } = await newStory();
    await accept(world, orderId, 1, 2, 3);
    await pack(world, orderId, 1, 3);
    done(await storeActs(world, 2, orderId, { type: 'delay', readyAt: at('17:00') }));
    await until(world, at('13:43'));
    expect(await world.order(orderId)).toMatchObject({ status: 'created', offerId: null });
    await until(world, at('13:45'));
    expect((await world.order(orderId)).pickups.map(({ status }) => status)).toEqual(['ready', 'failed', 'ready']);
    await takeOffer(world);
    await finish(world);
    expect(await account(world, orderId)).toBe(delivered.without2);
  });

  test('beyond the promise, with nobody to hold up, is waited for until the delivery would be overdue', async () => {
    const { world, orderId } = await newStory({ stores: 1 });
    await accept(world, orderId, 1);
    done(await storeActs(world, 1, orderId, { type: 'delay', readyAt: at('14:30') }));
    await until(world, at('14:21'));
    await takeOffer(world);
    await pack(world, orderId, 1);
    await finish(world);
    expect(await account(world, orderId)).toBe('delivered: goods 1000, refund 0, fee 799');
    const second = await newStory({ stores: 1 });
    await accept(second.world, second.orderId, 1);
    done(await storeActs(second.world, 1, second.orderId, { type: 'delay', readyAt: at('17:00') }));
    await until(second.world, at('15:01'));
    expect(await account(second.world, second.orderId)).toBe(
      'cancelled (stores_rejected): goods 0, refund 1000, fee 0',
    );
  });

  test('after it was ready gets it, although the driver is on the way', async () => {
    const { world, orderId } = await newStory();
    await reach(world, orderId, 'arrived_at_pickup');
    done(await driverActs(world, toCounter(1), { type: 'scan', label: labelOf(orderId, 1) }));
    done(await storeActs(world, 1, orderId, { type: 'delay', readyAt: plusMinutes(world.now(), 20) }));
    // What was scanned before the store unpacked it counts no more.
    const again = await driverActs(world, toCounter(1), { type: 'complete', ...nothingMore });
    expect(again).toMatchObject({ code: 'pickup_not_ready' });
    await minutes(world, 15);
    // Packed again under the same label, it has to be scanned again.
    await pack(world, orderId, 1);
    const unscanned = await driverActs(world, toCounter(1), { type: 'complete', ...nothingMore });
    expect(unscanned).toMatchObject({ code: 'parcels_missing' });
    await finish(world);
    expect(await account(world, orderId)).toBe(delivered.whole);
  });

  test('after it was ready, and never is again, is left out while the driver collects', async () => {
    const { world, orderId } = await newStory();
    await reach(world, orderId, 'arrived_at_pickup');
    done(await storeActs(world, 1, orderId, { type: 'delay', readyAt: plusMinutes(world.now(), 20) }));
    await minutes(world, 36);
    expect((await world.order(orderId)).pickups[0]!.status).toBe('failed');
    await finish(world);
    expect(await account(world, orderId)).toBe('delivered in part: goods 5000, refund 1000, fee 799');
    expect(await path(world, orderId)).toContain('Driver collects → Time is up: driver collects → Driver collects');
  });
});

describe('a store that comes up short', () => {
  const twoLines = [
    { sku: 'a', name: 'A', quantity: 1, unitPriceCents: 500 },
    { sku: 'b', name: 'B', quantity: 3, unitPriceCents: 700 },
  ];
  const basket = { stores: 1, pickups: [{ storeId: 'store-1' as never, lines: twoLines }] };

  const whenPacked = async (goAhead: GoAhead) => {
    const { world, orderId } = await newStory({ ...basket, goAhead });
    await reach(world, orderId, 'assigned');
    const [, second] = (await world.order(orderId)).pickups[0]!.lines;
    done(
      await storeActs(world, 1, orderId, {
        type: 'ready',
        parcels: [{ label: labelOf(orderId, 1) }],
        missingLineIds: [second!.id],
      }),
    );
    await finish(world);
    return account(world, orderId);
  };

  const atTheCounter = async (goAhead: GoAhead) => {
    const { world, orderId } = await newStory({ ...basket, goAhead });
    await reach(world, orderId, 'assigned');
    const lineIds = (await world.order(orderId)).pickups[0]!.lines.map(({ id }) => id as string);
    done(
      await storeActs(world, 1, orderId, {
        type: 'ready',
        parcels: lineIds.map((id, index) => ({ label: `L${index}`, lineIds: [id] })),
        missingLineIds: [],
      }),
    );
    done(await driverActs(world, toCounter(1), { type: 'arrive' }));
    const found = { ...nothingMore, labels: ['L0'] };
    expect(await driverActs(world, toCounter(1), { type: 'complete', ...found })).toMatchObject({
      code: 'parcels_missing',
      current: { missing: ['L1'] },
    });
    done(await driverActs(world, toCounter(1), { type: 'complete', ...found, leaveMissing: true }));
    await finish(world);
    return account(world, orderId);
  };

  test('when it packs is refunded for that, or calls everything off', async () => {
    expect(await whenPacked('deliver_what_you_can')).toBe('delivered in part: goods 500, refund 2100, fee 799');
    expect(await whenPacked('all_or_nothing')).toBe('cancelled (stores_rejected): goods 0, refund 2600, fee 0');
  });

  test('at the counter is refunded for that, or gets everything back', async () => {
    expect(await atTheCounter('deliver_what_you_can')).toBe('delivered in part: goods 500, refund 2100, fee 799');
    expect(await atTheCounter('all_or_nothing')).toBe('returned (stores_rejected): goods 0, refund 2600, fee 799');
  });
});

describe('a store that is not ready when the driver comes', () => {
  test.each(goAheadRules)('is left, by the rule %s', async (goAhead) => {
    const { world, orderId } = await newStory({ goAhead });
    await reach(world, orderId, 'assigned');
    await pack(world, orderId, 1, 3);
    await driveStop(world, toCounter(1));
    done(await driverActs(world, toCounter(2), { type: 'arrive' }));
    expect(await driverActs(world, toCounter(2), { type: 'complete', ...nothingMore })).toMatchObject({
      code: 'pickup_not_ready',
      mend: expect.stringContaining('leave without them'),
    });
    done(await driverActs(world, toCounter(2), { type: 'fail', reason: 'not_ready', evidence: {} }));
    expect((await world.order(orderId)).pickups[1]).toMatchObject({ status: 'failed', reason: 'not_ready' });
    await finish(world);
    expect(await account(world, orderId)).toBe(goAhead === 'all_or_nothing' ? takenBack : delivered.without2);
    // The driver came for nothing, and is paid for having come.
    const [run] = runsOf(world);
    expect(run!.pay.filter(({ stopId }) => stopId === toCounter(2))).toHaveLength(1);
  });

  test('is waited for, and hands over', async () => {
    const { world, orderId } = await newStory();
    await reach(world, orderId, 'assigned');
    await pack(world, orderId, 2, 3);
    done(await driverActs(world, toCounter(1), { type: 'arrive' }));
    await minutes(world, 12);
    done(await storeActs(world, 1, orderId, packed(orderId, 1)));
    await finish(world);
    expect(await account(world, orderId)).toBe(delivered.whole);
    expect(await path(world, orderId)).toBe(`${toCollection} → Driver delivers → ${closed}`);
  });

  test('and is the only one ends the order, and the driver is free', async () => {
    const { world, orderId } = await newStory({ stores: 1 });
    await reach(world, orderId, 'assigned');
    done(await driverActs(world, toCounter(1), { type: 'arrive' }));
    done(await driverActs(world, toCounter(1), { type: 'fail', reason: 'business_closed', evidence: {} }));
    await minutes(world, 1);
    expect(await stopsOf(world)).toEqual([]);
    expect(await account(world, orderId)).toBe('cancelled (stores_rejected): goods 0, refund 1000, fee 0');
  });

  test('is no reason at a door or on a return', async () => {
    const { world, orderId } = await newStory({ stores: 1 });
    await reach(world, orderId, 'arrived_at_dropoff');
    const notReady = { type: 'fail', reason: 'not_ready', evidence: {} } as const;
    const refused = { code: 'reason_not_possible', pointer: '/reason' };
    expect(await driverActs(world, `dropoff-${orderId}`, notReady)).toMatchObject(refused);
    done(await driverActs(world, `dropoff-${orderId}`, { type: 'fail', reason: 'unsafe', evidence: {} }));
    done(await driverActs(world, backTo(1), { type: 'arrive' }));
    expect(await driverActs(world, backTo(1), notReady)).toMatchObject(refused);
    await finish(world);
    expect(await account(world, orderId)).toBe('returned (unsafe): goods 0, refund 1000, fee 799');
  });
});
