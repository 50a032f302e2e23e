import { describe, expect, test } from 'vitest';
import { bringHome } from '../harness/home.ts';
import { breachesAtEnd, breachesNow } from '../harness/invariants.ts';
import { done, openMall, place } from '../harness/mall.ts';
import { World } from '../harness/world.ts';
import { race, verdict } from './race.ts';
import { atStore, resolving } from './scenes.ts';

const file = import.meta.filename;

race('operations restart the workflow while the store confirms', {
  file,
  outcomes: ['a wait was stored late', 'no wait was stored late'],
  round: async (world) => {
    await openMall(world, { stores: 1 });
    const orderId = await place(world, 1);
    let late = false;
    world.database.onChange(({ sk }) => {
      if (!sk.startsWith('WAIT#1#')) return;
      const { workflowGeneration } = world.orders()[0]!;
      late ||= workflowGeneration === 2 && world.database.all('orders').some((item) => item.sk === sk);
    });
    const outcomes = await world.together(
      atStore(world, 1, orderId, { type: 'accept' }),
      resolving(world, orderId, 'restart'),
    );
    expect(outcomes.map(verdict)).toEqual(['done', 'done']);
    await bringHome(world);
    expect(world.statesEntered(orderId).at(-1)).toBe('Superseded');
    expect(world.statesEntered(`${orderId}-r2`).at(-1)).toBe('Order closed');
    return late ? 'a wait was stored late' : 'no wait was stored late';
  },
});

/** Business time goes by, with the sweeper at each minute. */
async function minutes(world: World, count: number): Promise<void> {
  for (let minute = 0; minute < count; minute++) {
    await world.advance(1);
    await world.sweep();
    await world.settled();
  }
}

describe('an execution that ran out of retries', () => {
  test('is started again by the sweeper, as the next generation', async () => {
    const { world, orderId } = await failedExecution();
    world.faults.broken.clear();
    await minutes(world, 5);

    expect(await world.order(orderId)).toMatchObject({ status: 'cancelled', workflowGeneration: 2 });
    expect(world.executionStatus(`${orderId}-r2`)).toBe('SUCCEEDED');
    expect(breachesAtEnd(world)).toEqual([]);
  });

  test('while it keeps failing, is started again after ever longer pauses, and in the end a person has to look', async () => {
    const { world, orderId } = await failedExecution();
    await minutes(world, 180);

    const order = await world.order(orderId);
    expect(order).toMatchObject({ status: 'created', workflowGeneration: 6, attention: { why: 'workflow_failed' } });
    expect(world.executions().map(({ status }) => status)).toEqual(Array(6).fill('FAILED'));
    await minutes(world, 60);
    expect(await world.order(orderId)).toEqual(order);

    world.faults.broken.clear();
    done(await world.call(resolving(world, orderId, 'restart')));
    await minutes(world, 5);
    expect(await world.order(orderId)).toMatchObject({ status: 'cancelled', workflowGeneration: 7, attention: null });
    expect(breachesAtEnd(world)).toEqual([]);
  });

  test('of an order that has ended is started again to settle it', async () => {
    const world = new World();
    await openMall(world, { stores: 1 });
    const orderId = await place(world, 1);
    world.faults.broken.add('decision');
    done(await world.call(resolving(world, orderId, 'cancel')));
    await minutes(world, 1);
    expect(world.executionStatus(orderId)).toBe('FAILED');
    world.faults.broken.clear();
    await minutes(world, 5);

    expect((await world.order(orderId)).settledAt).toBeDefined();
    expect(breachesAtEnd(world)).toEqual([]);
  });

  test('holds up nobody: what stores, drivers and shoppers do goes on, and the rest is made up for', async () => {
    const { world, orderId } = await failedExecution({ minutes: 1, stores: 1 });
    await bringHome(world, 30);
    expect(await world.order(orderId)).toMatchObject({ status: 'delivered' });
    world.faults.broken.clear();
    await minutes(world, 120);
    expect(breachesAtEnd(world)).toEqual([]);
  });
});

/** The Lifecycle function is broken when the stores' time to confirm is up. */
async function failedExecution({ minutes: passed = 11, stores = 2 } = {}) {
  const world = new World();
  await openMall(world, { stores });
  const orderId = await place(world, stores);
  world.faults.broken.add('decision');
  await minutes(world, passed);
  if (passed > 10) expect(world.executionStatus(orderId)).toBe('FAILED');
  expect(breachesNow(world)).toEqual([]);
  return { world, orderId };
}

describe('a superseded execution that stores a wait late', () => {
  test('is told so, and ends', async () => {
    const { world, startLate } = await supersededUnstarted();
    expect(await startLate()).toMatch(/Superseded$/);
    await bringHome(world);
    expect(breachesAtEnd(world)).toEqual([]);
  });

  test('is told so by the sweeper when the streams do not', async () => {
    const { world, startLate } = await supersededUnstarted();
    world.streamsOn = false;
    expect(await startLate()).toBe('Stores confirm');
    await minutes(world, 3);
    expect(await startLate()).toMatch(/Superseded$/);
    await bringHome(world);
    expect(breachesAtEnd(world)).toEqual([]);
  });

  test('after the order was settled ends as well, and leaves nothing behind', async () => {
    const { world, startLate } = await supersededUnstarted();
    await bringHome(world);
    world.streamsOn = false;
    await startLate();
    await minutes(world, 5);
    expect(await startLate()).toMatch(/Superseded$/);
    expect(breachesAtEnd(world)).toEqual([]);
  });
});

/** An order in its third generation, whose second execution has not been started yet: `startLate` does. */
async function supersededUnstarted() {
  const world = new World();
  await openMall(world, { stores: 1 });
  const orderId = await place(world, 1);
  world.streamsOn = false;
  done(await world.call(resolving(world, orderId, 'restart')));
  world.streamsOn = true;
  const second = await world.order(orderId);
  done(await world.call(resolving(world, orderId, 'restart')));
  await world.settled();
  expect(world.executionStatus(`${orderId}-r2`)).toBeUndefined();
  expect(world.executionStatus(`${orderId}-r3`)).toBe('RUNNING');
  expect(world.statesEntered(orderId).at(-1)).toBe('Superseded');
  const startLate = async () => {
    await world.workflow.start(second);
    await world.settled();
    return world.statesEntered(`${orderId}-r2`).at(-1);
  };
  return { world, startLate };
}
