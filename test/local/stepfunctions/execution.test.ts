import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeExecution } from '../../../local/stepfunctions/execution-view.ts';
import type { Json } from '../../../local/stepfunctions/json.ts';
import { CALLBACK, cloud, deploy, run, START } from './harness.ts';

describe('The meter', () => {
  it('counts every state entered, in branches too, and every retry', async () => {
    const on = cloud();
    const pass = (name: string) => ({ StartAt: name, States: { [name]: { Type: 'Pass', End: true } } });
    const { arn } = await run(on, {
      Both: { Type: 'Parallel', Branches: [pass('A'), pass('B')], Next: 'Pick' },
      Pick: { Type: 'Choice', Choices: [{ Condition: '{% true %}', Next: 'Done' }] },
      Done: { Type: 'Succeed' },
    });
    expect(on.interpreter.transitionsOf(arn)).toBe(5);
    expect(on.metered.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(5);
    expect(on.metered[0]).toMatchObject({
      unit: 'states.transition',
      dimensions: { resource: 'Machine' },
    });
  });
});

describe('The view of an execution', () => {
  it('tells where it has been, and where it waits until when', async () => {
    const on = cloud();
    const states = {
      Begin: { Type: 'Pass', Comment: 'the beginning', Next: 'Both' },
      Both: {
        Type: 'Parallel',
        Branches: [
          {
            StartAt: 'Stores confirm',
            States: {
              'Stores confirm': {
                Type: 'Task',
                Comment: 'call the store',
                Resource: CALLBACK,
                Arguments: {},
                TimeoutSeconds: 300,
                End: true,
              },
            },
          },
          { StartAt: 'Nap', States: { Nap: { Type: 'Wait', Seconds: 60, End: true } } },
        ],
        End: true,
      },
    };
    const { arn } = await run(on, states, { id: 1 }, 10_000);
    const view = describeExecution(on.interpreter, arn);
    expect(view).toMatchObject({
      status: 'RUNNING',
      machine: 'Machine',
      input: { id: 1 },
      transitions: 4,
      endedAt: null,
    });
    expect(view.states).toEqual([
      { name: 'Begin', enteredAt: START, exitedAt: START, comment: 'the beginning' },
      { name: 'Both', enteredAt: START, exitedAt: null, comment: null },
      { name: 'Stores confirm', enteredAt: START, exitedAt: null, comment: 'call the store' },
      { name: 'Nap', enteredAt: START, exitedAt: null, comment: null },
    ]);
    expect(view.waiting).toEqual([
      { state: 'Stores confirm', since: START, until: START + 300_000, comment: 'call the store' },
      { state: 'Nap', since: START, until: START + 60_000, comment: null },
    ]);
    await on.clock.advanceBy(60_000);
    const later = describeExecution(on.interpreter, arn);
    expect(later.waiting.map(({ state }) => state)).toEqual(['Stores confirm']);
    expect(later.states[3]).toMatchObject({ name: 'Nap', exitedAt: START + 60_000 });
    on.interpreter.stopExecution(arn, 'Operator', 'test');
    expect(describeExecution(on.interpreter, arn)).toMatchObject({
      status: 'ABORTED',
      waiting: [],
      error: { error: 'Operator', cause: 'test' },
      endedAt: START + 70_000,
    });
  });
});

describe('Limits', () => {
  it('an execution fails at 25,000 history events', async () => {
    const { record, events } = await run(cloud(), {
      Again: { Type: 'Pass', Next: 'Still' },
      Still: { Type: 'Choice', Choices: [{ Condition: '{% true %}', Next: 'Again' }], Default: 'End' },
      End: { Type: 'Succeed' },
    });
    expect(record).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(events).toHaveLength(25_000);
    expect(events.at(-1)?.type).toBe('ExecutionFailed');
  }, 20_000);

  it('a state fails on an output above 256 KiB', async () => {
    const { error } = await run(cloud(), {
      Grow: { Type: 'Pass', Output: "{% $join($map([1..5000], function($n) { $pad('', 60, 'x') })) %}", End: true },
    });
    expect(error).toBe('States.DataLimitExceeded');
  });
});

/** Machines of any shape made of branches, choices and waits, with the value they must return for an input. */
interface Made {
  states: Record<string, object>;
  start: string;
  result: (input: number) => Json;
}

const made: fc.Arbitrary<Made> = fc.letrec<{ step: Made }>((tie) => {
  let count = 0;
  const name = () => `S${count++}`;
  return {
    step: fc.oneof(
      { depthSize: 'small' },
      fc.integer({ min: 0, max: 9 }).map((plus): Made => {
        const start = name();
        const state = { Type: 'Pass', Output: `{% $states.input + ${plus} %}`, End: true };
        return { start, states: { [start]: state }, result: (input) => input + plus };
      }),
      fc.integer({ min: 0, max: 90 }).map((Seconds): Made => {
        const start = name();
        return { start, states: { [start]: { Type: 'Wait', Seconds, End: true } }, result: (input) => input };
      }),
      fc.array(tie('step'), { minLength: 1, maxLength: 3 }).map((branches): Made => {
        const start = name();
        const Branches = branches.map((branch) => ({ StartAt: branch.start, States: branch.states }));
        const state = { Type: 'Parallel', Branches, End: true };
        return { start, states: { [start]: state }, result: (input) => branches.map(({ result }) => result(input)) };
      }),
      fc.tuple(tie('step'), tie('step')).map(([low, high]): Made => {
        const start = name();
        const Choices = [{ Condition: '{% $states.input < 10 %}', Next: low.start }];
        const states = { [start]: { Type: 'Choice', Choices, Default: high.start }, ...low.states, ...high.states };
        return { start, states, result: (input) => (input < 10 ? low.result(input) : high.result(input)) };
      }),
    ),
  };
}).step;

describe('Any machine', () => {
  it('returns what its parts return, with a history that holds together', async () => {
    await fc.assert(
      fc.asyncProperty(made, fc.integer({ min: 0, max: 20 }), async ({ states, start, result }, input) => {
        const on = cloud();
        const stateMachineArn = deploy(on, states, { StartAt: start });
        const { arn } = on.interpreter.startExecution({ stateMachineArn, input });
        await on.clock.advanceBy(3_600_000);
        const record = on.interpreter.execution(arn);
        expect(JSON.parse(record.output ?? 'null')).toEqual(result(input));
        const events = on.interpreter.store.events(record.id);
        expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => index + 1));
        expect(events.every(({ id, previousEventId }) => previousEventId < id)).toBe(true);
        const count = (end: string) => events.filter(({ type }) => type.endsWith(end)).length;
        expect(count('StateEntered')).toBe(record.transitions);
        expect(count('StateExited')).toBe(record.transitions);
        expect(on.interpreter.store.frames(record.id)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  }, 30_000);

  it('runs the same way twice', async () => {
    const states = {
      Draw: { Type: 'Pass', Output: { n: '{% $random() %}', id: '{% $uuid() %}' }, Next: 'Nap' },
      Nap: { Type: 'Wait', Seconds: '{% $ceil($states.input.n * 100) %}', End: true },
    };
    const once = async () => {
      const { record, events } = await run(cloud(), states, {}, 200_000);
      return { record, events };
    };
    expect(await once()).toEqual(await once());
  });
});
