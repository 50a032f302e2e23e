import { describe, expect, test } from 'vitest';
import type { OrderId } from '../../lambdas/domain/ids.ts';
import { done, driverActs, photo } from '../harness/mall.ts';
import { arriveAtDoor, bundle, collectAll, complete, packAll, whole } from './bundle.ts';
import {
  account,
  backTo,
  cancel,
  finish,
  labelOf,
  minutes,
  nobodyHome,
  pack,
  resolve,
  runsOf,
  stopsOf,
  toCounter,
  toDoor,
} from './story.ts';

describe('at a counter with two orders of which one is ready', () => {
  async function atCounter() {
    const story = await bundle(2);
    const [ready, late] = story.orderIds as [OrderId, OrderId];
    await pack(story.world, ready, 1, 2);
    await pack(story.world, late, 2);
    done(await driverActs(story.world, toCounter(1), { type: 'arrive' }));
    return { ...story, ready, late };
  }
  test('that one is collected, and the answer says who is awaited', async () => {
    const { world, ready, late } = await atCounter();
    const answer = done(await driverActs(world, toCounter(1), complete(labelOf(ready, 1))));
    expect(answer).toMatchObject({
      status: 200,
      body: {
        awaited: [
          {
            orderId: late,
            code: 'pickup_not_ready',
            detail: 'The parcels of Store 1 are accepted.',
            mend: expect.stringContaining('wait, or leave without them'),
          },
        ],
        orders: [
          { orderId: ready, status: 'collecting' },
          { orderId: late, status: 'arrived_at_pickup' },
        ],
      },
    });
    const stop = (await stopsOf(world))[0]!;
    expect(stop).toMatchObject({ id: toCounter(1), status: 'arrived', orderIds: [late] });
    // Asked again, with what was collected named again, nothing more has come.
    const again = await driverActs(world, toCounter(1), complete(labelOf(ready, 1)));
    expect(again).toMatchObject({ code: 'pickup_not_ready' });
    await minutes(world, 5);
    await pack(world, late, 1);
    await finish(world);
    expect(await account(world, ready)).toBe(whole);
    expect(await account(world, late)).toBe(whole);
    expect(runsOf(world)[0]!.pay.filter(({ stopId }) => stopId === toCounter(1))).toHaveLength(1);
  });

  test('the driver leaves without the other alone', async () => {
    const { world, ready, late } = await atCounter();
    done(await driverActs(world, toCounter(1), complete(labelOf(ready, 1))));
    done(await driverActs(world, toCounter(1), { type: 'fail', reason: 'not_ready', evidence: {} }));
    const counter = (await world.runOf('driver-1'))!.stops.find(({ id }) => id === toCounter(1))!;
    expect(counter.status).toBe('done');
    await finish(world);
    expect(await account(world, ready)).toBe(whole);
    expect(await account(world, late)).toBe('delivered in part: goods 2000, refund 1000, fee 799');
    expect(runsOf(world)[0]!.pay.filter(({ stopId }) => stopId === toCounter(1))).toHaveLength(1);
  });

  test('the stop is done, and paid once, when the other falls away', async () => {
    const { world, ready, late } = await atCounter();
    done(await driverActs(world, toCounter(1), complete(labelOf(ready, 1))));
    done(await cancel(world, late));
    const run = (await world.runOf('driver-1'))!;
    expect(run.stops.find(({ id }) => id === toCounter(1))!.status).toBe('done');
    expect(run.pay.map(({ kind, stopId }) => [kind, stopId])).toEqual([
      ['base', undefined],
      ['stop', toCounter(1)],
    ]);
    await finish(world);
    expect(await account(world, ready)).toBe(whole);
    expect(await account(world, late)).toContain('cancelled');
  });

  test('nothing is collected while no order is whole, and the first to be mended is named', async () => {
    const { world, ready, late } = await atCounter();
    const refused = await driverActs(world, toCounter(1), complete());
    expect(refused).toMatchObject({
      code: 'parcels_missing',
      mend: expect.stringContaining(labelOf(ready, 1)),
      current: {
        missing: [labelOf(ready, 1)],
        awaited: [
          { orderId: ready, code: 'parcels_missing' },
          { orderId: late, code: 'pickup_not_ready' },
        ],
      },
    });
    await pack(world, late, 1);
    await finish(world);
    expect(await account(world, ready)).toBe(whole);
    expect(await account(world, late)).toBe(whole);
  });

  test('scanned labels are enough, and only those due there scan', async () => {
    const { world, ready, late } = await atCounter();
    await pack(world, late, 1);
    expect(await driverActs(world, toCounter(1), { type: 'scan', label: labelOf(ready, 2) })).toMatchObject({
      code: 'wrong_order',
    });
    for (const orderId of [ready, late]) {
      done(await driverActs(world, toCounter(1), { type: 'scan', label: labelOf(orderId, 1) }));
    }
    done(await driverActs(world, toCounter(1), complete()));
    expect((await stopsOf(world))[0]!.id).toBe(toCounter(2));
    await finish(world);
    expect(await account(world, ready)).toBe(whole);
    expect(await account(world, late)).toBe(whole);
  });
});

test("a sibling's parcel is the wrong one at a door", async () => {
  const story = await bundle(2);
  const { world, orderIds } = story;
  const [first, second] = orderIds as [OrderId, OrderId];
  await packAll(story);
  await collectAll(world);
  await arriveAtDoor(world, first);
  const stray = labelOf(second, 1);
  expect(await driverActs(world, toDoor(first), { type: 'scan', label: stray })).toMatchObject({ code: 'wrong_order' });
  const labels = [labelOf(first, 1), labelOf(first, 2), stray];
  expect(await driverActs(world, toDoor(first), { ...complete(...labels), proof: photo })).toMatchObject({
    code: 'wrong_order',
  });
  await finish(world);
  expect(await account(world, first)).toBe(whole);
  expect(await account(world, second)).toBe(whole);
});

describe('at a store to which two orders go back', () => {
  async function bothBack() {
    const story = await bundle(2);
    await packAll(story);
    await collectAll(story.world);
    for (const orderId of story.orderIds) {
      await arriveAtDoor(story.world, orderId);
      await nobodyHome(story.world, orderId);
    }
    expect((await stopsOf(story.world)).map(({ id }) => id)).toEqual([backTo(1), backTo(2)]);
    done(await driverActs(story.world, backTo(1), { type: 'arrive' }));
    return story;
  }
  const back = 'returned (customer_unavailable): goods 0, refund 3000, fee 799';

  test('one may be given back before the other is found', async () => {
    const { world, orderIds } = await bothBack();
    const [first, second] = orderIds as [OrderId, OrderId];
    const give = (orderId: OrderId) => complete(labelOf(orderId, 1));
    const answer = done(await driverActs(world, backTo(1), give(first)));
    expect(answer.body).toMatchObject({ awaited: [{ orderId: second, code: 'parcels_missing' }] });
    done(await driverActs(world, backTo(1), give(second)));
    await finish(world);
    expect(await account(world, first)).toBe(back);
    expect(await account(world, second)).toBe(back);
    expect(runsOf(world)[0]!.pay.filter(({ kind }) => kind === 'return')).toHaveLength(2);
  });

  test('both are held when it takes nothing, and each is decided by itself', async () => {
    const { world, orderIds } = await bothBack();
    const [first, second] = orderIds as [OrderId, OrderId];
    done(await driverActs(world, backTo(1), { type: 'fail', reason: 'refused', evidence: {} }));
    for (const id of orderIds) expect((await world.order(id)).status).toBe('held');
    done(await resolve(world, first, 'returned'));
    done(await resolve(world, second, 'resume'));
    await finish(world);
    expect(await account(world, first)).toBe(back);
    expect(await account(world, second)).toBe(back);
  });
});
