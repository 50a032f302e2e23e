import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyChannel, applyRetailer } from '../../lambdas/application/directory.ts';
import type { ErasurePorts } from '../../lambdas/application/erasure.ts';
import { reconcile } from '../../lambdas/application/reconcile.ts';
import { keys } from '../../lambdas/application/records.ts';
import { endRetention } from '../../lambdas/application/retention.ts';
import { asId, type ChannelId, type OrderId, type RetailerId } from '../../lambdas/domain/ids.ts';
import type { Order } from '../../lambdas/domain/order.ts';
import { type Instant, instant, plusMinutes } from '../../lambdas/domain/time.ts';
import { channelId, driveHome, openMall, place, storeActs, takeOffer } from '../harness/mall.ts';
import { World } from '../harness/world.ts';
import { cancel, toDoor } from '../workflow/story.ts';
import { replacing } from './replacing.ts';

const dayMinutes = 24 * 60;

async function openedMall() {
  const world = new World();
  await openMall(world, { stores: 3 });
  world.streamsOn = false;
  return world;
}

function directory(world: World) {
  const secrets = { seal: async () => '', open: async () => new Uint8Array() };
  return { database: world.database, randomness: world.randomness, secrets };
}

async function keep(world: World, who: 'channel' | number, personalRetentionDays?: number): Promise<void> {
  const asked = { request: { ...world.request('operations'), key: '' }, now: world.now() };
  const kept = { name: 'Kept', ...(personalRetentionDays && { personalRetentionDays }) };
  if (who === 'channel') await applyChannel(directory(world), { id: channelId, ...kept }, asked);
  else await applyRetailer(directory(world), { id: asId<RetailerId>(`retailer-${who}`), ...kept }, asked);
}

/** An order over stores 1 to `stores` that was cancelled at once, and of whose channel the reconciliation has heard. */
async function ended(world: World, stores: number): Promise<OrderId> {
  const id = await place(world, stores);
  await cancel(world, id);
  await world.advance(6);
  await reconcile({ database: world.database, executions: { running: async () => new Set() } }, world.now());
  return id;
}

async function isKept(world: World, id: OrderId): Promise<boolean> {
  return (await world.database.get(keys.personal(id))) !== null;
}

async function placedAt(world: World, id: OrderId): Promise<Instant> {
  return ((await world.database.get(keys.order(id)))!.data as Order).placedAt;
}

const days = fc.option(fc.integer({ min: 7, max: 365 }), { nil: undefined });

describe('what tells who a shopper is', () => {
  test('goes after 180 days where nobody said otherwise, an hour late at most', async () => {
    const world = await openedMall();
    const id = await ended(world, 1);
    const due = plusMinutes(await placedAt(world, id), 180 * dayMinutes);
    expect(await endRetention(world.erasure, plusMinutes(due, -1))).toEqual({ erased: 0, failed: [], left: [] });
    expect(await isKept(world, id)).toBe(true);
    expect(await endRetention(world.erasure, plusMinutes(due, 1))).toMatchObject({ erased: 1, failed: [] });
    expect(await isKept(world, id)).toBe(false);
  });

  test('goes by the shortest retention of the channel and of every retailer in the order, whoever has it', async () => {
    await fc.assert(
      fc.asyncProperty(
        days,
        fc.tuple(days, days, days),
        fc.integer({ min: 1, max: 3 }),
        async (own, theirs, stores) => {
          const world = await openedMall();
          await keep(world, 'channel', own);
          for (const [index, its] of theirs.entries()) await keep(world, index + 1, its);
          const id = await ended(world, stores);
          const strictest = Math.min(...[own, ...theirs.slice(0, stores)].map((its) => its ?? 180));
          const due = plusMinutes(await placedAt(world, id), strictest * dayMinutes);
          await endRetention(world.erasure, plusMinutes(due, -1));
          expect(await isKept(world, id)).toBe(true);
          await endRetention(world.erasure, plusMinutes(due, 1));
          expect(await isKept(world, id)).toBe(false);
        },
      ),
      { numRuns: 15 },
    );
  });

  test.each(['channel', 1] as const)(
    'goes earlier when %s makes it shorter, and later when longer, orders kept already among them',
    async (who) => {
      const world = await openedMall();
      const id = await ended(world, 1);
      const at = async (day: number) =>
        endRetention(world.erasure, plusMinutes(await placedAt(world, id), day * dayMinutes));
      await keep(world, who, 30);
      await at(29);
      await keep(world, who, 365);
      await at(100);
      expect(await isKept(world, id)).toBe(true);
      await keep(world, who, 90);
      expect(await at(100)).toMatchObject({ erased: 1 });
      expect(await isKept(world, id)).toBe(false);
    },
  );

  test('is not read by who comes after: nothing is left to be erased a second time', async () => {
    const world = await openedMall();
    const id = await ended(world, 3);
    const late = plusMinutes(await placedAt(world, id), 400 * dayMinutes);
    expect(await endRetention(world.erasure, late)).toMatchObject({ erased: 1 });
    const before = world.database.all('requests');
    expect(await endRetention(world.erasure, late)).toEqual({ erased: 0, failed: [], left: [] });
    expect(world.database.all('requests')).toEqual(before);
  });

  test('goes with the photos of the door, and with nothing else', async () => {
    const world = new World();
    await openMall(world, { stores: 1 });
    const id = await place(world, 1);
    await storeActs(world, 1, id, { type: 'accept' });
    await storeActs(world, 1, id, { type: 'ready', parcels: [{ label: 'P1' }], missingLineIds: [] });
    await world.advance(1);
    await takeOffer(world);
    await driveHome(world);
    await world.advance(10);
    const another = 'proofs/driver-1/dropoff-ord_other/prf_1';
    for (const key of [`proofs/driver-1/${toDoor(id)}/prf_1`, `proofs/driver-1/${toDoor(id)}/prf_2`, another]) {
      world.photos.add(key);
    }
    const order = await world.order(id);
    await endRetention(world.erasure, plusMinutes(order.placedAt, 181 * dayMinutes));
    expect([...world.photos]).toEqual([another]);
    expect(await world.order(id)).toEqual(order);
  });

  test('stays while the order is under way, and goes at once when that is over', async () => {
    const world = await openedMall();
    const id = await place(world, 1);
    const late = plusMinutes(world.now(), 200 * dayMinutes);
    expect(await endRetention(world.erasure, late)).toMatchObject({ erased: 0, failed: [] });
    expect(await isKept(world, id)).toBe(true);
    await cancel(world, id);
    expect(await endRetention(world.erasure, plusMinutes(late, 60))).toMatchObject({ erased: 1 });
    expect(await isKept(world, id)).toBe(false);
  });
});

describe('a pass that is stopped', () => {
  const many = 130;

  async function withMany() {
    const world = await openedMall();
    const first = await ended(world, 1);
    const item = (await world.database.get(keys.order(first)))!;
    const pickup = world.database.all('orders').find(({ sk }) => sk.startsWith('PICKUP#'))!;
    const personal = (await world.database.get(keys.personal(first)))!;
    for (let number = 1; number < many; number++) {
      const id = asId<OrderId>(`ord_${String(number).padStart(3, '0')}`);
      const at = instant(Date.parse((item.data as Order).placedAt) + number);
      const pk = `ORDER#${id}`;
      const listSk = `${at}#${id}`;
      const data = { ...(item.data as Order), id, placedAt: at };
      await world.database.commit([
        { kind: 'put', table: 'orders', item: { ...item, pk, data, listSk }, ifVersion: 'absent' },
        { kind: 'put', table: 'orders', item: { ...pickup, pk, listSk }, ifVersion: 'absent' },
        { kind: 'put', table: 'personal', item: { ...personal, pk }, ifVersion: 'absent' },
      ]);
    }
    return { world, late: plusMinutes(world.now(), 200 * dayMinutes) };
  }

  test('by the clock goes on where it was', async () => {
    const { world, late } = await withMany();
    let asked = 0;
    const first = await endRetention(world.erasure, late, () => asked++ > 0);
    expect(first.erased).toBe(100);
    expect(first.left).toContain(`CHANNEL#${channelId}`);
    const second = await endRetention(world.erasure, late);
    expect(second).toEqual({ erased: many - 100, failed: [], left: [] });
    expect(world.database.all('personal')).toEqual([]);
  });

  test('by a crash, wherever, is made up for by the next', async () => {
    const { world, late } = await withMany();
    for (const lives of [3, 9, 30, 150, 260]) {
      let calls = 0;
      const { database } = world.erasure;
      const commit = async (...given: Parameters<typeof database.commit>) => {
        calls += 1;
        if (calls === lives) throw new Error('The process ended.');
        return database.commit(...given);
      };
      const mortal: ErasurePorts = { ...world.erasure, database: replacing(database, { commit }) };
      await endRetention(mortal, late).catch(() => {});
    }
    expect((await endRetention(world.erasure, late)).failed).toEqual([]);
    expect(world.database.all('personal')).toEqual([]);
  });

  test('by one order that nothing can erase goes on without it, and says so each time', async () => {
    const { world, late } = await withMany();
    const poison = asId<OrderId>('ord_007');
    const { database } = world.erasure;
    const query: typeof database.query = async (range) => {
      if (range.pk === keys.order(poison).pk) throw new Error('Nobody can read this.');
      return database.query(range);
    };
    const ports: ErasurePorts = { ...world.erasure, database: replacing(database, { query }) };
    const outcome = await endRetention(ports, late);
    expect(outcome.erased).toBe(many - 1);
    expect(new Set(outcome.failed.map(({ orderId }) => orderId))).toEqual(new Set([poison]));
    expect((await endRetention(ports, plusMinutes(late, 60))).failed).not.toEqual([]);
    expect(await isKept(world, poison)).toBe(true);
    expect((await endRetention(world.erasure, plusMinutes(late, 120))).erased).toBe(1);
  });
});

test('a channel of another name has its own orders', async () => {
  const world = await openedMall();
  const id = await ended(world, 1);
  const asked = { request: { ...world.request('operations'), key: '' }, now: world.now() };
  await applyChannel(
    directory(world),
    { id: asId<ChannelId>('other'), name: 'Other', personalRetentionDays: 7 },
    asked,
  );
  await endRetention(world.erasure, plusMinutes(await placedAt(world, id), 20 * dayMinutes));
  expect(await isKept(world, id)).toBe(true);
});
