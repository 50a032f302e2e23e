import { expect, test } from 'vitest';
import { keys } from '../../lambdas/application/records.ts';
import { plusMinutes } from '../../lambdas/domain/time.ts';
import { deadlines } from '../../lambdas/domain/waits.ts';
import type { ProcessKind } from '../harness/faults.ts';
import { bringHome } from '../harness/home.ts';
import { breachesNow } from '../harness/invariants.ts';
import { done, openMall, place, ready, storeActs } from '../harness/mall.ts';
import { World } from '../harness/world.ts';
import { race } from './race.ts';
import { atStore, confirmed } from './scenes.ts';

const file = import.meta.filename;

race('batches come twice, late and in another order', {
  file,
  faults: { batchTwice: 0.3, batchLate: 0.2, batchShuffled: 0.5 },
  outcomes: ['delivered, delivered'],
  round: (world) => twoOrdersHome(world),
});

race('items that a consumer cannot read hold up nobody else for long', {
  file,
  faults: { poison: 0.2 },
  outcomes: ['delivered, delivered'],
  round: (world) => twoOrdersHome(world),
});

race('messages come twice, late or not at all', {
  file,
  faults: { messageTwice: 0.3, messageLate: 0.3, messageLost: 0.3 },
  outcomes: ['delivered, delivered'],
  round: (world) => twoOrdersHome(world),
});

race('the workflow engine turns calls away, loses its answers, is asked twice and with old tokens', {
  file,
  faults: { workflowThrottle: 0.1, workflowLost: 0.2, workflowTwice: 0.2, staleToken: 0.2 },
  outcomes: ['delivered, delivered'],
  round: (world) => twoOrdersHome(world),
});

race('a process dies somewhere between the fact, the token and the resume', {
  file,
  rounds: 40,
  outcomes: ['in the request', 'in the stream', 'in nobody'],
  round: async (world, seed) => {
    const orderId = await confirmed(world);
    const request = atStore(world, 1, orderId, { type: 'ready', parcels: [{ label: 'P1' }], missingLineIds: [] });
    world.faults.dieAfter(1 + (seed % 60));
    await world.call(request);
    await world.settled();
    world.faults.dieAfter(0);
    // Whoever died, the record is delivered again: the wait does not last until its deadline.
    expect(world.statesExited(orderId)).toContain('Stores get ready');
    return died(world);
  },
});

race('a process dies somewhere in the life of an order', {
  file,
  rounds: 50,
  outcomes: ['in the request', 'in the stream', 'in the message', 'in the sweep'],
  rare: ['in the decision'],
  round: async (world) => {
    world.faults.dieAfter(1 + world.faults.random.integer(500));
    await openMall(world, { stores: 2 });
    await place(world, 2);
    await bringHome(world);
    return died(world);
  },
});

race('the Lifecycle function dies while it decides on a deadline or settles', {
  file,
  outcomes: ['in the decision'],
  round: async (world, seed) => {
    await openMall(world, { stores: 2 });
    await place(world, 2);
    world.faults.dieAfter(1 + (seed % 12), 'decision');
    await world.advance(11);
    return died(world);
  },
});

race('a deadline that moves earlier starts the wait anew, whatever the resumer does meanwhile', {
  file,
  outcomes: ['waits until the new deadline'],
  round: async (world) => {
    await openMall(world, { stores: 2 });
    const orderId = await place(world, 2);
    done(await storeActs(world, 1, orderId, { type: 'accept' }));
    done(await storeActs(world, 2, orderId, { type: 'accept', readyAt: plusMinutes(world.now(), 90) }));
    const before = await world.database.get(keys.wait(orderId, 1, 'storesGetReady'));
    done(await storeActs(world, 2, orderId, ready(2)));
    const wait = await world.database.get(keys.wait(orderId, 1, 'storesGetReady'));
    const due = deadlines(await world.order(orderId)).storesGetReady;
    expect(due < (before!.dueAt as string)).toBe(true);
    return wait?.dueAt === due ? 'waits until the new deadline' : `waits until ${wait?.dueAt}`;
  },
});

test('what a consumer could not read is delivered to it again, and needs no sweeper', async () => {
  const world = new World();
  const orderId = await confirmed(world);
  world.tables.poison(keys.order(orderId).pk, 4);
  done(await storeActs(world, 1, orderId, ready(1)));
  expect(world.statesExited(orderId)).toContain('Stores get ready');
  expect(breachesNow(world)).toEqual([]);
});

function died(world: World): string {
  const [who = 'nobody', ...more] = world.faults.deaths as (ProcessKind | 'nobody')[];
  expect(more).toEqual([]);
  return `in ${who === 'nobody' ? who : `the ${who}`}`;
}

async function twoOrdersHome(world: World): Promise<string> {
  await openMall(world, { stores: 2, drivers: 2 });
  const orderIds = [await place(world, 2), await place(world, 1)];
  await bringHome(world);
  const orders = await Promise.all(orderIds.map((id) => world.order(id)));
  return orders.map(({ status }) => status).join(', ');
}
