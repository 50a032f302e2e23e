import { describe, expect, it } from 'vitest';
import { FunctionFailure, ServiceCallError } from '../../../local/stepfunctions/errors.ts';
import { CALLBACK, cloud, ROLE, run, START, TASK } from './harness.ts';

describe('Pass, Succeed and Fail', () => {
  it('pass the input on, or the Output', async () => {
    const { status, output } = await run(
      cloud(),
      {
        Same: { Type: 'Pass', Next: 'Double' },
        Double: { Type: 'Pass', Output: { twice: '{% $states.input.n * 2 %}', at: ['{% 1 %}', 'x'] }, Next: 'Done' },
        Done: { Type: 'Succeed', Output: '{% $merge([$states.input, {"done": true}]) %}' },
      },
      { n: 21 },
    );
    expect(status).toBe('SUCCEEDED');
    expect(output).toEqual({ twice: 42, at: [1, 'x'], done: true });
  });

  it('fail with the evaluated error and cause', async () => {
    const { status, error, cause } = await run(
      cloud(),
      {
        Stop: { Type: 'Fail', Error: 'Lost', Cause: "{% 'parcel ' & $states.input.id %}" },
      },
      { id: 7 },
    );
    expect([status, error, cause]).toEqual(['FAILED', 'Lost', 'parcel 7']);
  });

  it('fail when an expression returns nothing', async () => {
    const { error, cause, events } = await run(cloud(), {
      Read: { Type: 'Pass', Output: '{% $states.input.missing %}', End: true },
    });
    expect(error).toBe('States.QueryEvaluationError');
    expect(cause).toContain('Output of "Read"');
    expect(events.map(({ type }) => type)).toContain('EvaluationFailed');
  });
});

describe('Choice', () => {
  const states = {
    Pick: {
      Type: 'Choice',
      Choices: [
        { Condition: '{% $states.input.n > 10 %}', Next: 'Done', Output: "{% 'big' %}", Assign: { size: 'L' } },
        { Condition: '{% $states.input.n > 5 %}', Next: 'Done', Output: "{% 'middle' %}" },
      ],
      Default: 'Done',
      Output: "{% 'small' %}",
    },
    Done: { Type: 'Succeed' },
  };
  it.each([
    [11, 'big'],
    [6, 'middle'],
    [1, 'small'],
  ])('takes the first rule that holds, else the default (%i)', async (n, expected) => {
    expect((await run(cloud(), states, { n })).output).toBe(expected);
  });

  it('fails without a matching rule and without a default', async () => {
    const { Default: _, ...Pick } = states.Pick;
    expect((await run(cloud(), { ...states, Pick }, { n: 1 })).error).toBe('States.NoChoiceMatched');
  });

  it('fails when a condition is no boolean', async () => {
    const Pick = { Type: 'Choice', Choices: [{ Condition: '{% 1 %}', Next: 'Done' }] };
    expect((await run(cloud(), { ...states, Pick })).error).toBe('States.QueryEvaluationError');
  });
});

describe('Wait', () => {
  it('waits business seconds given as an expression', async () => {
    const on = cloud();
    const states = { Sleep: { Type: 'Wait', Seconds: '{% $states.input.s %}', Assign: { a: 1 }, End: true } };
    const before = await run(on, states, { s: 90 }, 89_999);
    expect(before.status).toBe('RUNNING');
    await on.clock.advanceBy(1);
    const record = on.interpreter.execution(before.arn);
    expect(record.status).toBe('SUCCEEDED');
    expect(record.stopDate).toBe(START + 90_000);
  });

  it('waits until a timestamp, and not at all for one that has passed', async () => {
    const states = {
      Later: { Type: 'Wait', Timestamp: '2026-11-22T11:05:00Z', Next: 'Past' },
      Past: { Type: 'Wait', Timestamp: '2020-01-01T00:00:00Z', End: true },
    };
    expect((await run(cloud(), states, {}, 600_000)).record.stopDate).toBe(START + 300_000);
  });
});

describe('Task', () => {
  it('calls a function with the role of the machine and returns its result', async () => {
    const on = cloud((call) => ({ Payload: { got: call.args.Payload! }, StatusCode: 200, ExecutedVersion: '$LATEST' }));
    const { output } = await run(
      on,
      {
        Ask: {
          Type: 'Task',
          Resource: TASK,
          Arguments: { FunctionName: 'f', Payload: { n: '{% $states.input.n %}' } },
          Output: '{% $states.result.Payload.got.n + 1 %}',
          End: true,
        },
      },
      { n: 1 },
    );
    expect(output).toBe(2);
    expect(on.calls).toEqual([
      {
        resource: expect.objectContaining({ service: 'lambda', action: 'invoke' }),
        args: { FunctionName: 'f', Payload: { n: 1 } },
        roleArn: ROLE,
      },
    ]);
  });

  it('sends the arguments of a function ARN as its payload and returns the payload alone', async () => {
    const arn = 'arn:aws:lambda:eu-west-1:123456789012:function:Lifecycle';
    const on = cloud(() => ({ Payload: { ok: true }, StatusCode: 200, ExecutedVersion: '$LATEST' }));
    const { output, events } = await run(on, { Ask: { Type: 'Task', Resource: arn, End: true } }, { id: 1 });
    expect(output).toEqual({ ok: true });
    expect(on.calls[0]?.args).toEqual({ FunctionName: arn, Payload: { id: 1 } });
    expect(events.map(({ type }) => type)).toContain('LambdaFunctionSucceeded');
  });

  it('names the errors of functions and of SDK integrations as Step Functions does', async () => {
    const broken = await run(
      cloud(() => {
        throw new FunctionFailure('OrderGone', 'no order 1', ['at f']);
      }),
      { Ask: { Type: 'Task', Resource: TASK, Arguments: { FunctionName: 'f' }, End: true } },
    );
    expect(broken.error).toBe('OrderGone');
    expect(JSON.parse(broken.cause!)).toEqual({ errorMessage: 'no order 1', errorType: 'OrderGone', trace: ['at f'] });

    const refused = await run(
      cloud(() => {
        throw new ServiceCallError('ConditionalCheckFailedException', 'The conditional request failed');
      }),
      {
        Put: {
          Type: 'Task',
          Resource: 'arn:aws:states:::aws-sdk:dynamodb:putItem',
          Arguments: { TableName: 't' },
          Catch: [{ ErrorEquals: ['DynamoDb.ConditionalCheckFailedException'], Next: 'Known' }],
          End: true,
        },
        Known: { Type: 'Pass', End: true },
      },
    );
    expect(refused.status).toBe('SUCCEEDED');
    expect(refused.output).toMatchObject({ Error: 'DynamoDb.ConditionalCheckFailedException' });
  });
});

describe('Parallel', () => {
  const branch = (name: string, state: object) => ({ StartAt: name, States: { [name]: { ...state, End: true } } });

  it('returns the outputs of its branches in their order', async () => {
    const { output } = await run(
      cloud(),
      {
        Both: {
          Type: 'Parallel',
          Arguments: { n: '{% $states.input.n %}' },
          Branches: [
            branch('Slow', { Type: 'Wait', Seconds: 5 }),
            branch('Quick', { Type: 'Pass', Output: '{% $states.input.n + 1 %}' }),
          ],
          End: true,
        },
      },
      { n: 1, hidden: true },
      5_000,
    );
    expect(output).toEqual([{ n: 1 }, 2]);
  });

  it('fails with the error of the branch that fails, and stops the others', async () => {
    const on = cloud();
    const { output, events } = await run(
      on,
      {
        Both: {
          Type: 'Parallel',
          Branches: [
            branch('Callback', {
              Type: 'Task',
              Resource: CALLBACK,
              Arguments: { t: '{% $states.context.Task.Token %}' },
            }),
            {
              StartAt: 'Sleep',
              States: { Sleep: { Type: 'Wait', Seconds: 3, Next: 'Break' }, Break: { Type: 'Fail', Error: 'Broken' } },
            },
          ],
          Catch: [{ ErrorEquals: ['Broken'], Next: 'Mend', Output: '{% $states.errorOutput.Error %}' }],
          End: true,
        },
        Mend: { Type: 'Pass', End: true },
      },
      {},
      10_000,
    );
    expect(output).toBe('Broken');
    expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['TaskStateAborted', 'ParallelStateFailed']));
    const token = on.calls[0]!.args.t as string;
    expect(() => on.interpreter.sendTaskSuccess(token, {})).toThrow(expect.objectContaining({ type: 'TaskTimedOut' }));
  });
});

describe('Map', () => {
  const processor = (state: object) => ({
    ProcessorConfig: { Mode: 'INLINE' },
    StartAt: 'Each',
    States: { Each: { ...state, End: true } },
  });

  it('runs its processor on every item, in order of the items', async () => {
    const { output } = await run(
      cloud(),
      {
        All: {
          Type: 'Map',
          Items: '{% $states.input.stores %}',
          ItemSelector: { store: '{% $states.context.Map.Item.Value %}', at: '{% $states.context.Map.Item.Index %}' },
          ItemProcessor: processor({
            Type: 'Pass',
            Output: "{% $states.input.store & $states.input.at & '/' & $states.context.Map.Item.Value %}",
          }),
          End: true,
        },
      },
      { stores: ['a', 'b', 'c'] },
    );
    expect(output).toEqual(['a0/a', 'b1/b', 'c2/c']);
  });

  it('runs no more than MaxConcurrency at once', async () => {
    const { record, output } = await run(
      cloud(),
      {
        All: {
          Type: 'Map',
          Items: [1, 2, 3, 4, 5],
          MaxConcurrency: 2,
          ItemProcessor: processor({ Type: 'Wait', Seconds: 10 }),
          End: true,
        },
      },
      {},
      60_000,
    );
    expect(output).toEqual([1, 2, 3, 4, 5]);
    expect(record.stopDate).toBe(START + 30_000);
  });

  it('returns an empty array for no items', async () => {
    const { output } = await run(cloud(), {
      All: { Type: 'Map', Items: [], ItemProcessor: processor({ Type: 'Pass' }), End: true },
    });
    expect(output).toEqual([]);
  });
});
