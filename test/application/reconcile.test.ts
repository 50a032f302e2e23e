import { describe, expect, test } from 'vitest';
import type { Item, Key } from '../../lambdas/application/database.ts';
import { reconcile } from '../../lambdas/application/reconcile.ts';
import { dataOf, keys } from '../../lambdas/application/records.ts';
import type { Driver, Run } from '../../lambdas/domain/fleet.ts';
import { asId, type MallId, type OrderId, type RunId } from '../../lambdas/domain/ids.ts';
import type { Order } from '../../lambdas/domain/order.ts';
import type { Mismatch } from '../../lambdas/domain/reconcile.ts';
import { driveHome, driverId, openMall, place, storeActs, takeOffer } from '../harness/mall.ts';
import { World } from '../harness/world.ts';

const mallId = asId<MallId>('mall-1');

/** A mall with one order that a driver carries, and one that was delivered and settled. */
async function working() {
  const world = new World();
  await openMall(world);
  const orders: OrderId[] = [];
  for (const number of [1, 2]) {
    const id = await place(world, 1);
    orders.push(id);
    await storeActs(world, 1, id, { type: 'accept' });
    await storeActs(world, 1, id, { type: 'ready', parcels: [{ label: `P-${number}` }], missingLineIds: [] });
    await world.advance(1);
    await takeOffer(world);
    if (number === 1) await driveHome(world);
  }
  await world.advance(10);
  const [delivered, carried] = orders as [OrderId, OrderId];
  const order = await world.order(carried);
  return { world, delivered, carried, runId: order.carriage!.runId };
}

function portsOf(world: World) {
  const running = async () =>
    new Set(
      world
        .executions()
        .filter(({ status }) => status === 'RUNNING')
        .map(({ name }) => name),
    );
  return { database: world.database, executions: { running } };
}

async function change<T extends object>(world: World, key: Key, by: (data: T) => Partial<T>): Promise<void> {
  const item = (await world.database.get(key)) as Item;
  const data = dataOf<T>(item);
  await world.database.commit([
    { kind: 'put', table: key.table, item: { ...item, data: { ...data, ...by(data) } }, ifVersion: 'any' },
  ]);
}

type Working = Awaited<ReturnType<typeof working>>;

const orderOf = ({ world }: Working, id: OrderId, by: (order: Order) => Partial<Order>) =>
  change<Order>(world, keys.order(id), by);
const runOf = ({ world, runId }: Working, by: (run: Run) => Partial<Run>) => change<Run>(world, keys.run(runId), by);

describe('reconciliation', () => {
  test('finds nothing where nothing was broken, and looks at an order that has ended once more only', async () => {
    const { world } = await working();
    expect(await reconcile(portsOf(world), world.now())).toEqual({ orders: 2, found: [], left: [] });
    await world.advance(60);
    expect(await reconcile(portsOf(world), world.now())).toMatchObject({ orders: 1, found: [] });
    await driveHome(world);
    await world.advance(60);
    expect(await reconcile(portsOf(world), world.now())).toMatchObject({ orders: 1, found: [] });
    await world.advance(60);
    expect(await reconcile(portsOf(world), world.now())).toMatchObject({ orders: 0, found: [] });
  });

  test.each<[Mismatch, 'carried' | 'delivered', (it: Working) => Promise<void> | void]>([
    ['execution_missing', 'carried', ({ world, carried }) => world.stopExecution(carried)],
    ['run_disagrees', 'carried', (it) => runOf(it, () => ({ orderIds: [] }))],
    ['run_disagrees', 'carried', (it) => runOf(it, () => ({ status: 'completed' }))],
    ['run_disagrees', 'carried', (it) => runOf(it, () => ({ driverId: driverId(2) }))],
    [
      'driver_disagrees',
      'carried',
      ({ world }) => change<Driver>(world, keys.driver(driverId(1)), () => ({ activeRunId: asId<RunId>('run_other') })),
    ],
    [
      'entry_repeated',
      'delivered',
      (it) => orderOf(it, it.delivered, ({ ledger }) => ({ ledger: [...ledger, ledger[0]!] })),
    ],
    ['entries_wrong', 'delivered', (it) => orderOf(it, it.delivered, ({ ledger }) => ({ ledger: ledger.slice(1) }))],
    [
      'entries_wrong',
      'delivered',
      (it) =>
        orderOf(it, it.delivered, ({ ledger }) => ({ ledger: ledger.map((entry) => ({ ...entry, amountCents: 1 })) })),
    ],
    [
      'entries_early',
      'carried',
      (it) =>
        orderOf(it, it.carried, ({ placedAt: at }) => ({
          ledger: [{ key: 'fee', kind: 'fee', amountCents: 799, at }],
        })),
    ],
    ['pay_wrong', 'carried', (it) => runOf(it, ({ pay }) => ({ pay: [...pay, pay[0]!] }))],
    [
      'pay_wrong',
      'carried',
      (it) => runOf(it, ({ pay }) => ({ pay: pay.map((line) => ({ ...line, amountCents: 1 })) })),
    ],
    ['pay_wrong', 'carried', (it) => runOf(it, () => ({ pay: [] }))],
  ])('finds %s of the order that is %s', async (mismatch, which, breakIt) => {
    const it = await working();
    it.world.streamsOn = false;
    await breakIt(it);
    const { found } = await reconcile(portsOf(it.world), it.world.now());
    expect(found.map(({ orderId }) => orderId)).toEqual([it[which]]);
    expect(found[0]!.what).toContain(mismatch);
  });

  test('finds an execution that outlives its order', async () => {
    const { world, delivered } = await working();
    const ports = portsOf(world);
    const executions = { running: async () => new Set([...(await ports.executions.running()), delivered]) };
    const { found } = await reconcile({ ...ports, executions }, world.now());
    expect(found).toEqual([{ orderId: delivered, what: ['execution_left'] }]);
  });

  test('counts what disagreed for a moment only as nothing', async () => {
    const { world } = await working();
    const ports = portsOf(world);
    let looks = 0;
    const executions = {
      running: async () => (looks++ === 0 ? new Set<string>() : ports.executions.running()),
    };
    expect((await reconcile({ ...ports, executions }, world.now())).found).toEqual([]);
    expect(looks).toBe(2);
  });

  test('looks again, an hour later, at what had only just ended', async () => {
    const { world, carried } = await working();
    await driveHome(world);
    expect(await reconcile(portsOf(world), world.now())).toMatchObject({ orders: 1, found: [] });
    world.streamsOn = false;
    await change<Order>(world, keys.order(carried), ({ ledger }) => ({ ledger: [...ledger, ...ledger] }));
    await world.advance(60);
    const { orders, found } = await reconcile(portsOf(world), world.now());
    expect(found).toEqual([{ orderId: carried, what: expect.arrayContaining(['entry_repeated']) }]);
    expect(orders).toBe(1);
    await world.advance(60);
    expect(await reconcile(portsOf(world), world.now())).toMatchObject({ orders: 0, found: [] });
  });

  test('leaves to the next time what it has no time for, and takes that first', async () => {
    const { world } = await working();
    expect(await reconcile(portsOf(world), world.now(), () => true)).toEqual({ orders: 0, found: [], left: [mallId] });
    expect(await world.database.get(keys.reconciliation(mallId))).toBeNull();
    expect(await reconcile(portsOf(world), world.now())).toMatchObject({ orders: 2, left: [] });
  });
});
