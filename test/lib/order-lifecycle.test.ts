import validate from 'asl-validator';
import { describe, expect, it } from 'vitest';
import { waitKeys } from '../../lambdas/domain/waits.ts';
import { describeExecution } from '../../local/stepfunctions/execution-view.ts';
import type { Json } from '../../local/stepfunctions/json.ts';
import { cloud, ROLE, START } from '../local/stepfunctions/harness.ts';
import { allStates, renderedLifecycle } from './rendered-lifecycle.ts';

const definition = renderedLifecycle();
const states = allStates(definition);

const inMinutes = (minutes: number) => new Date(START + minutes * 60_000).toISOString();
const deadlines = {
  storesConfirm: inMinutes(10),
  storesGetReady: inMinutes(40),
  findDriver: inMinutes(60),
  driverCollects: inMinutes(90),
  driverDelivers: inMinutes(120),
  returnToStores: inMinutes(180),
  operationsDecide: inMinutes(240),
};
const input = { orderId: 'ord_1', generation: 1, storesConfirmBy: inMinutes(10), url: 'https://example.com/orders/1' };

interface Stored {
  Key?: { sk: { S: string } };
}

interface StoredWait {
  key: string;
  token: string;
  item: Record<string, { S: string }>;
}

/** The order's execution in the embedded Step Functions; `decide` stands in for the Lifecycle function. */
async function order(
  decide: (payload: { action: string; state: string; now: string }) => Json = () => ({ outcome: 'ended', deadlines }),
) {
  const waits: StoredWait[] = [];
  const payloads: Record<string, Json>[] = [];
  const on = cloud((call) => {
    if (call.resource.service !== 'dynamodb') {
      const payload = call.args.Payload as Record<string, Json>;
      payloads.push(payload);
      return { Payload: decide(payload as never) };
    }
    const args = call.args as unknown as { Key: { sk: { S: string } }; ExpressionAttributeValues: StoredWait['item'] };
    const item = args.ExpressionAttributeValues;
    waits.push({ key: args.Key.sk.S, token: item[':token']!.S, item });
    return {};
  });
  const machine = on.interpreter.machines.put({
    name: 'Orders',
    definition,
    roleArn: ROLE,
  });
  const { arn } = on.interpreter.startExecution({ stateMachineArn: machine.arn, name: 'ord_1', input });
  await on.clock.settled();
  const latest = (key: string) => waits.findLast((wait) => wait.key === `WAIT#1#${key}`)!;
  return {
    ...on,
    waits,
    payloads,
    /** Answers the latest wait of that key as the resumer would. */
    async resume(key: string, outcome: string, changed: Partial<typeof deadlines> = {}) {
      const output = { outcome, deadlines: { ...deadlines, ...changed } };
      on.interpreter.sendTaskSuccess(latest(key).token, output);
      await on.clock.settled();
    },
    async changeDeadlines(key: string, changed: Partial<typeof deadlines>) {
      const cause = JSON.stringify({ deadlines: { ...deadlines, ...changed } });
      on.interpreter.sendTaskFailure(latest(key).token, 'DeadlineChanged', cause);
      await on.clock.settled();
    },
    record: () => on.interpreter.execution(arn),
    entered: () => describeExecution(on.interpreter, arn).states.map(({ name }) => name),
  };
}

type Order = Awaited<ReturnType<typeof order>>;

async function collected(subject: Order) {
  await subject.resume('storesConfirm', 'confirmed');
  await subject.resume('storesGetReady', 'ready');
  await subject.resume('findDriver', 'assigned');
  await subject.resume('driverCollects', 'collected');
}

describe('the definition', () => {
  it('is the one that was reviewed', async () => {
    await expect(`${JSON.stringify(definition, null, 2)}\n`).toMatchFileSnapshot('./order-lifecycle.asl');
  });

  it('is valid Amazon States Language', () => {
    const verdict = validate(definition, { checkArn: true });
    expect(verdict.isValid, verdict.errorsText('\n')).toBe(true);
  });

  it.each(states)('"%s" says in a comment what is going on', (_name, { Comment }) => {
    expect(Comment?.length).toBeGreaterThan(20);
  });

  it.each(states.filter(([, { Resource }]) => Resource?.endsWith('.waitForTaskToken')))(
    '"%s" has a deadline and a way out of it',
    (_name, { TimeoutSeconds, Catch }) => {
      expect(TimeoutSeconds).toMatch(/^\{% \$max\(\[1, /);
      expect(Catch?.map(({ ErrorEquals }) => ErrorEquals)).toEqual([['DeadlineChanged'], ['States.Timeout']]);
    },
  );

  it.each(states.filter(([, { Type }]) => Type === 'Task'))('"%s" tries again, few times', (_name, { Retry }) => {
    expect(Retry).toEqual([expect.objectContaining({ MaxAttempts: 4, MaxDelaySeconds: 8, JitterStrategy: 'FULL' })]);
    expect(Retry![0]!.ErrorEquals).not.toContain('States.ALL');
  });

  it('waits for what the domain can say has come about, and for nothing else', () => {
    const keys = states
      .map(([, { Arguments }]) => /#(\w+)' %\}$/.exec((Arguments as Stored | undefined)?.Key?.sk.S ?? '')?.[1])
      .filter((key) => key !== undefined);
    expect(keys.sort()).toEqual([...waitKeys].sort());
  });

  it('fails nowhere because somebody was slow', () => {
    expect(states.filter(([, { Type }]) => Type === 'Fail')).toEqual([]);
    expect(definition).not.toHaveProperty('TimeoutSeconds');
  });
});

describe('an order that is delivered', () => {
  it('takes 11 of the 14 transitions there may be', async () => {
    const subject = await order();
    await collected(subject);
    await subject.resume('driverDelivers', 'ended');
    expect(subject.record().status).toBe('SUCCEEDED');
    expect(subject.entered().sort()).toEqual(
      [
        'Stores confirm',
        'Did the stores confirm?',
        'Get ready and find a driver',
        'Stores get ready',
        'Find a driver',
        'Driver collects',
        'What has the driver?',
        'Driver delivers',
        'How did it go at the door?',
        'Settle',
        'Order closed',
      ].sort(),
    );
    expect(subject.record().transitions).toBe(11);
    expect(subject.record().transitions).toBeLessThanOrEqual(14);
    expect(subject.payloads).toEqual([
      { action: 'settle', orderId: 'ord_1', generation: 1, now: new Date(START).toISOString() },
    ]);
  });

  it('stores with each wait whom it waits for, since when and until when', async () => {
    const subject = await order();
    const [first] = subject.waits;
    expect(first!.key).toBe('WAIT#1#storesConfirm');
    expect(first!.item).toEqual({
      ':token': { S: expect.any(String) },
      ':state': { S: 'Stores confirm' },
      ':dueAt': { S: deadlines.storesConfirm },
      ':enteredAt': { S: new Date(START).toISOString() },
      ':execution': { S: expect.stringContaining(':ord_1') },
      ':duePk': { S: 'WAIT' },
    });
    await subject.resume('storesConfirm', 'confirmed');
    expect(subject.waits.slice(1).map(({ item }) => [item[':state']!.S, item[':dueAt']!.S])).toEqual([
      ['Stores get ready', deadlines.storesGetReady],
      ['Find a driver', deadlines.findDriver],
    ]);
  });
});

describe('deadlines', () => {
  it('are decided by the Lifecycle function when they pass, and waited for again if they moved', async () => {
    const subject = await order(() => ({
      outcome: 'not_due',
      deadlines: { ...deadlines, storesConfirm: inMinutes(15) },
    }));
    await subject.clock.advanceBy(10 * 60_000);
    expect(subject.payloads).toEqual([
      { action: 'deadline', state: 'storesConfirm', orderId: 'ord_1', generation: 1, now: inMinutes(10) },
    ]);
    expect(subject.waits.map(({ item }) => item[':dueAt']!.S)).toEqual([inMinutes(10), inMinutes(15)]);
    await subject.clock.advanceBy(5 * 60_000);
    expect(subject.payloads).toHaveLength(2);
  });

  it('that moved earlier start the wait anew', async () => {
    const subject = await order();
    await collected(subject);
    await subject.changeDeadlines('driverDelivers', { driverDelivers: inMinutes(30) });
    expect(subject.waits.at(-1)!.item[':dueAt']!.S).toBe(inMinutes(30));
    await subject.clock.advanceBy(30 * 60_000);
    expect(subject.payloads[0]).toMatchObject({ action: 'deadline', state: 'driverDelivers', now: inMinutes(30) });
  });

  it('that passed long ago are due in a second, not in the past', async () => {
    const subject = await order();
    await subject.resume('storesConfirm', 'confirmed', { findDriver: inMinutes(-5) });
    await subject.clock.advanceBy(999);
    expect(subject.payloads).toEqual([]);
    await subject.clock.advanceBy(1);
    expect(subject.payloads).toMatchObject([{ action: 'deadline', state: 'findDriver' }]);
  });

  it('of side-by-side waits end their branch only, and the order goes on', async () => {
    const subject = await order(() => ({ outcome: 'ready', deadlines }));
    await subject.resume('storesConfirm', 'confirmed');
    await subject.clock.advanceBy(40 * 60_000);
    expect(subject.payloads).toMatchObject([{ action: 'deadline', state: 'storesGetReady' }]);
    expect(subject.entered()).toContain('Go on with what is ready');
    await subject.resume('findDriver', 'assigned');
    expect(subject.entered().at(-1)).toBe('Driver collects');
  });
});

describe('where an order goes from a wait', () => {
  it.each([
    ['storesConfirm', 'ended', 'Order closed'],
    ['storesConfirm', 'superseded', 'Superseded'],
    ['storesConfirm', 'held', 'Driver collects'],
    ['driverCollects', 'return', 'Return to stores'],
    ['driverCollects', 'held', 'Operations decide'],
    ['driverCollects', 'ended', 'Order closed'],
    ['driverCollects', 'superseded', 'Superseded'],
    ['driverDelivers', 'return', 'Return to stores'],
    ['driverDelivers', 'held', 'Operations decide'],
    ['driverDelivers', 'overdue', 'Operations decide'],
    ['returnToStores', 'reattempt', 'Driver delivers'],
    ['returnToStores', 'held', 'Operations decide'],
    ['returnToStores', 'overdue', 'Operations decide'],
    ['returnToStores', 'ended', 'Order closed'],
    ['operationsDecide', 'resumed', 'Driver collects'],
    ['operationsDecide', 'return', 'Return to stores'],
    ['operationsDecide', 'ended', 'Order closed'],
  ])('%s, %s: "%s"', async (wait, outcome, state) => {
    const subject = await order();
    if (wait !== 'storesConfirm') await collectedUpTo(subject, wait);
    await subject.resume(wait, outcome);
    expect(subject.entered().at(-1)).toBe(state);
  });

  it('a lost driver: the stores and the search again, side by side', async () => {
    const subject = await order();
    await collectedUpTo(subject, 'driverCollects');
    await subject.resume('driverCollects', 'driver_lost');
    expect(subject.entered().slice(-3).sort()).toEqual([
      'Find a driver',
      'Get ready and find a driver',
      'Stores get ready',
    ]);
  });
});

describe('a superseded execution', () => {
  it('that is told so side by side ends at its next wait', async () => {
    const subject = await order();
    await subject.resume('storesConfirm', 'confirmed');
    await subject.resume('storesGetReady', 'superseded');
    await subject.resume('findDriver', 'superseded');
    expect(subject.entered().at(-1)).toBe('Driver collects');
    await subject.resume('driverCollects', 'superseded');
    expect(subject.record().status).toBe('SUCCEEDED');
    expect(subject.entered().at(-1)).toBe('Superseded');
  });
});

async function collectedUpTo(subject: Order, wait: string) {
  await subject.resume('storesConfirm', 'confirmed');
  await subject.resume('storesGetReady', 'ready');
  await subject.resume('findDriver', 'assigned');
  if (wait === 'driverCollects') return;
  await subject.resume('driverCollects', wait === 'driverDelivers' ? 'collected' : 'return');
  if (wait === 'operationsDecide') await subject.resume('returnToStores', 'held');
}
