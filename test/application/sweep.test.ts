import { describe, expect, test } from 'vitest';
import type { MemoryDatabase } from '../../lambdas/adapters/memory-database.ts';
import type { Database, Write } from '../../lambdas/application/database.ts';
import type { Workflow } from '../../lambdas/application/ports.ts';
import { orderItem } from '../../lambdas/application/records.ts';
import { sweep } from '../../lambdas/application/sweep.ts';
import { asId, type OrderId } from '../../lambdas/domain/ids.ts';
import type { Order } from '../../lambdas/domain/order.ts';
import { plusMinutes } from '../../lambdas/domain/time.ts';
import { deadlines, type WaitKey } from '../../lambdas/domain/waits.ts';
import { openMall, place } from '../harness/mall.ts';
import { World } from '../harness/world.ts';

/** As many open orders, all alike, and no stream that is read. */
async function manyOrders(count: number) {
  const world = new World();
  world.streamsOn = false;
  await openMall(world);
  const order = await world.order(await place(world));
  const ids = [order.id];
  while (ids.length < count) {
    const id = asId<OrderId>(`${order.id.slice(0, -3)}${String(ids.length).padStart(3, '0')}`);
    await world.database.commit([
      { kind: 'put', table: 'orders', item: orderItem({ ...order, id }), ifVersion: 'any' },
    ]);
    ids.push(id);
  }
  await world.advance(3);
  return { world, ids };
}

/** A database that takes its time over the waits of an order, and tells who was looked at. */
function watched(database: MemoryDatabase, poison?: OrderId) {
  const looks: string[] = [];
  let atOnce = 0;
  let most = 0;
  const query: Database['query'] = async (range) => {
    looks.push(range.pk);
    atOnce += 1;
    most = Math.max(most, atOnce);
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    atOnce -= 1;
    if (poison && range.pk.endsWith(poison)) throw new Error('poison');
    return database.query(range);
  };
  const watching = new Proxy(database, {
    get: (target, name) => (name === 'query' ? query : bound(target, name)),
  }) as Database;
  return { database: watching, looks, most: () => most };
}

function bound(target: object, name: string | symbol): unknown {
  const value = Reflect.get(target, name);
  return typeof value === 'function' ? value.bind(target) : value;
}

const started: Workflow = { start: async () => 'running', complete: async () => {}, deadlineChanged: async () => {} };

/** Stored by an execution of the order's generation, or of another; without a deadline, by the order's own. */
function waitFor(order: Order, wait: WaitKey, { generation = order.workflowGeneration, dueAt = '' } = {}): Write {
  const due = dueAt || deadlines(order)[wait];
  const key = { pk: `ORDER#${order.id}`, sk: `WAIT#${generation}#${wait}` };
  const item = { ...key, token: `${order.id} ${wait}`, dueAt: due, duePk: 'WAIT', dueSk: due };
  return { kind: 'put', table: 'orders', item, ifVersion: 'any' };
}

describe('a pass of the sweeper', () => {
  test('reads the waits of those orders alone that do not wait as they should', async () => {
    const { world, ids } = await manyOrders(6);
    const [calm, asked, early, superseded, come, nothing] = await Promise.all(ids.map((id) => world.order(id)));
    const changed = (order: Order, change: Partial<Order>): Write => ({
      kind: 'put',
      table: 'orders',
      item: orderItem({ ...order, ...change }),
      ifVersion: 'any',
    });
    const confirmed = { pickups: come!.pickups.map((pickup) => ({ ...pickup, status: 'accepted' as const })) };
    for (const write of [
      waitFor(calm!, 'storesConfirm'),
      waitFor(asked!, 'storesConfirm'),
      changed(asked!, { updatedAt: plusMinutes(world.now(), -10) }),
      waitFor(early!, 'storesConfirm', { dueAt: plusMinutes(deadlines(early!).storesConfirm, 1) }),
      waitFor(superseded!, 'storesConfirm'),
      waitFor(superseded!, 'storesConfirm', { generation: superseded!.workflowGeneration - 1 }),
      waitFor(come!, 'storesConfirm'),
      changed(come!, confirmed),
    ])
      await world.database.commit([write]);
    const { database, looks } = watched(world.database);
    const outcome = await sweep({ database, workflow: started, nudges: world.nudges }, world.now());
    const looked = [asked, early, superseded, come, nothing].map((order) => `ORDER#${order!.id}`);
    expect(looks.sort()).toEqual(looked.sort());
    expect(outcome).toMatchObject({ seen: 6, resumed: 3, waitsOverdue: 0, failed: [] });
  });

  test('looks at sixteen orders at a time, each once', async () => {
    const { world, ids } = await manyOrders(250);
    const { database, looks, most } = watched(world.database);
    const outcome = await sweep({ database, workflow: started, nudges: world.nudges }, world.now());
    expect(outcome).toMatchObject({ seen: 250, open: 250, failed: [] });
    expect(looks.sort()).toEqual(ids.map((id) => `ORDER#${id}`).sort());
    expect(most()).toBe(16);
  });

  test('goes on past an order that cannot be read', async () => {
    const { world, ids } = await manyOrders(40);
    const { database } = watched(world.database, ids[7]);
    const outcome = await sweep({ database, workflow: started, nudges: world.nudges }, world.now());
    expect(outcome.seen).toBe(40);
    expect(outcome.failed).toEqual([{ orderId: ids[7], error: 'Error: poison' }]);
  });

  test('that is too short for all of them begins elsewhere each minute, and nobody is forgotten', async () => {
    const { world, ids } = await manyOrders(900);
    const { database, looks } = watched(world.database);
    const everSeen: number[] = [];
    for (let minute = 0; minute < 6; minute++) {
      let reads = 0;
      const isTimeUp = () => ++reads > 3;
      const now = plusMinutes(world.now(), minute);
      const outcome = await sweep({ database, workflow: started, nudges: world.nudges }, now, isTimeUp);
      expect(outcome).toMatchObject({ seen: 300, open: 900 });
      everSeen.push(new Set(looks).size);
    }
    expect(everSeen.at(-1)).toBe(ids.length);
    expect(everSeen[2]).toBeGreaterThan(600);
  });
});
