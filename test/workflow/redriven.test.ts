import { describe, expect, test } from 'vitest';
import type { OrderId } from '../../lambdas/domain/ids.ts';
import { hasEnded } from '../../lambdas/domain/order.ts';
import { bringHome } from '../harness/home.ts';
import { breachesAtEnd } from '../harness/invariants.ts';
import { done } from '../harness/mall.ts';
import type { World } from '../harness/world.ts';
import {
  account,
  finish,
  loseDriver,
  minutes,
  newStory,
  pack,
  path,
  reach,
  resolve,
  type Stage,
  stages,
} from './story.ts';

const whole = 'delivered: goods 6000, refund 0, fee 799';
const returned = 'returned (customer_unavailable): goods 0, refund 6000, fee 799';
const endFrom = (stage: Stage) => (stages.indexOf(stage) < stages.indexOf('undeliverable') ? whole : returned);
const everyStage = stages.map((stage) => [stage] as const);

async function stop(world: World, name: string): Promise<void> {
  world.interpreter.stopExecution(world.executionArn(name));
  await world.settled();
  expect(world.executionStatus(name)).toBe('ABORTED');
}

async function redrive(world: World, name: string): Promise<void> {
  world.interpreter.redriveExecution(world.executionArn(name));
  await world.settled();
}

/** How often an execution was redriven, as its history has it too. */
function redrivesOf(world: World, name: string): number {
  const { id, redriveCount } = world.interpreter.execution(world.executionArn(name));
  const redriven = world.interpreter.store.events(id).filter(({ type }) => type === 'ExecutionRedriven');
  expect(redriven.map(({ details }) => details)).toEqual(
    Array.from({ length: redriveCount }, (_, index) => ({ redriveCount: index + 1 })),
  );
  return redriveCount;
}

function endsOf(world: World): [string, string][] {
  return world.executions().map(({ name, status }) => [name, status]);
}

describe('an execution that is aborted and redriven while its order is', () => {
  test.each(everyStage)('%s goes on where it was', async (stage) => {
    const { world, orderId } = await newStory();
    await reach(world, orderId, stage);
    const before = world.statesEntered(orderId);
    await stop(world, orderId);
    await redrive(world, orderId);
    expect(endsOf(world)).toEqual([[orderId, 'RUNNING']]);
    // The states run again; they are not entered anew.
    expect(world.statesEntered(orderId)).toEqual(before);
    await bringHome(world);
    expect(await account(world, orderId)).toBe(endFrom(stage));
    expect(endsOf(world)).toEqual([[orderId, 'SUCCEEDED']]);
    expect(redrivesOf(world, orderId)).toBe(1);
  });

  test.each(everyStage.slice(0, -1))('%s takes up what came about meanwhile', async (stage) => {
    const { world, orderId } = await newStory();
    await reach(world, orderId, stage);
    await stop(world, orderId);
    const next = stages[stages.indexOf(stage) + 1]!;
    await reach(world, orderId, next, stage);
    await redrive(world, orderId);
    await bringHome(world);
    expect(await account(world, orderId)).toBe(endFrom(next));
    expect(redrivesOf(world, orderId)).toBe(1);
    expect(new Set(world.executions().map(({ status }) => status))).toEqual(new Set(['SUCCEEDED']));
  });

  test('delivered settles it', async () => {
    const { world, orderId } = await newStory();
    await reach(world, orderId, 'arrived_at_dropoff');
    await stop(world, orderId);
    await finish(world);
    expect((await world.order(orderId)).settledAt ?? null).toBeNull();
    await redrive(world, orderId);
    expect(await account(world, orderId)).toBe(whole);
  });

  test('held goes on waiting for operations', async () => {
    const { world, orderId } = await newStory();
    await reach(world, orderId, 'enroute_to_dropoff');
    await loseDriver(world, orderId);
    await stop(world, orderId);
    await redrive(world, orderId);
    expect((await path(world, orderId)).endsWith('Operations decide')).toBe(true);
    done(await resolve(world, orderId, 'resume'));
    await finish(world);
    expect(await account(world, orderId)).toBe(whole);
  });
});

/** For each state that can fail: how the order comes to wait where a deadline leads to it. */
const failing: Record<string, (world: World, orderId: OrderId) => Promise<unknown>> = {
  'Time is up: stores confirm': async () => {},
  'Time is up: stores get ready': (world, orderId) => reach(world, orderId, 'assigned'),
  'Time is up: find a driver': async (world, orderId) => {
    await reach(world, orderId, 'offered');
    await pack(world, orderId, 1, 2, 3);
  },
  'Time is up: driver collects': (world, orderId) => reach(world, orderId, 'arrived_at_pickup'),
  'Time is up: driver delivers': (world, orderId) => reach(world, orderId, 'enroute_to_dropoff'),
  'Time is up: return to stores': (world, orderId) => reach(world, orderId, 'enroute_to_return'),
  'Time is up: operations decide': async (world, orderId) => {
    await reach(world, orderId, 'enroute_to_dropoff');
    await loseDriver(world, orderId);
  },
};

/** Time goes by, and no sweeper comes, until the execution has failed. */
async function untilFailed(world: World, name: string): Promise<void> {
  for (let step = 0; step < 300 && world.executionStatus(name) === 'RUNNING'; step++) await world.advance(10);
  expect(world.executionStatus(name)).toBe('FAILED');
}

describe('an execution that failed because decisions could not be made', () => {
  test.each(Object.entries(failing))('at %s is redriven once they can', async (state, come) => {
    const { world, orderId } = await newStory();
    await come(world, orderId);
    world.faults.broken.add('decision');
    await untilFailed(world, orderId);
    expect(world.statesEntered(orderId)).toContain(state);
    world.faults.broken.clear();
    await redrive(world, orderId);
    await bringHome(world);
    expect(breachesAtEnd(world)).toEqual([]);
    expect(hasEnded(await world.order(orderId))).toBe(true);
    expect(endsOf(world)).toEqual([[orderId, 'SUCCEEDED']]);
    expect(redrivesOf(world, orderId)).toBe(1);
  });

  test('at Settle is redriven once they can, and settles once', async () => {
    const { world, orderId } = await newStory();
    await reach(world, orderId, 'arrived_at_dropoff');
    world.faults.broken.add('decision');
    await finish(world);
    await untilFailed(world, orderId);
    world.faults.broken.clear();
    await redrive(world, orderId);
    expect(await account(world, orderId)).toBe(whole);
    expect(world.statesEntered(orderId).filter((state) => state === 'Settle')).toHaveLength(1);
  });

  test('and redriven in vain fails again; the next redrive goes on', async () => {
    const { world, orderId } = await newStory();
    world.faults.broken.add('decision');
    await untilFailed(world, orderId);
    await redrive(world, orderId);
    await untilFailed(world, orderId);
    world.faults.broken.clear();
    await redrive(world, orderId);
    expect(await account(world, orderId)).toBe('cancelled (stores_rejected): goods 0, refund 6000, fee 0');
    expect(redrivesOf(world, orderId)).toBe(2);
  });

  test('and was restarted by the sweeper before somebody redrives it: it ends superseded', async () => {
    const { world, orderId } = await newStory();
    world.faults.broken.add('decision');
    await untilFailed(world, orderId);
    world.faults.broken.clear();
    await minutes(world, 3);
    await redrive(world, orderId);
    await minutes(world, 3);
    expect(await account(world, orderId)).toBe('cancelled (stores_rejected): goods 0, refund 6000, fee 0');
    expect(endsOf(world).sort()).toEqual([
      [orderId, 'SUCCEEDED'],
      [`${orderId}-r2`, 'SUCCEEDED'],
    ]);
  });
});

describe('an order that is restarted', () => {
  test.each(everyStage)('while it is %s goes on in the next execution', async (stage) => {
    const { world, orderId } = await newStory();
    await reach(world, orderId, stage);
    done(await resolve(world, orderId, 'restart'));
    await bringHome(world);
    expect(await account(world, orderId)).toBe(endFrom(stage));
    expect((await path(world, orderId, orderId)).endsWith('Superseded')).toBe(true);
    expect(world.executionStatus(`${orderId}-r2`)).toBe('SUCCEEDED');
  });

  test.each(everyStage)('while it is %s and its execution is aborted needs no sweeper', async (stage) => {
    const { world, orderId } = await newStory();
    await reach(world, orderId, stage);
    await stop(world, orderId);
    done(await resolve(world, orderId, 'restart'));
    expect(world.executionStatus(`${orderId}-r2`)).toBe('RUNNING');
    await bringHome(world);
    expect(await account(world, orderId)).toBe(endFrom(stage));
    expect(endsOf(world).sort()).toEqual([
      [orderId, 'ABORTED'],
      [`${orderId}-r2`, 'SUCCEEDED'],
    ]);
  });
});
