import { describe, expect, it } from 'vitest';
import { ServiceCallError } from '../../../local/stepfunctions/errors.ts';
import { CALLBACK, cloud, deploy, run, START, TASK } from './harness.ts';

const call = { Type: 'Task', Resource: TASK, Arguments: { FunctionName: 'f' }, End: true };
const wait = {
  Type: 'Task',
  Resource: CALLBACK,
  Arguments: { Token: '{% $states.context.Task.Token %}' },
  End: true,
};
const throttled = () => {
  throw new ServiceCallError('TooManyRequestsException', 'slow down', 429);
};

describe('Retry', () => {
  it('waits IntervalSeconds growing by BackoffRate up to MaxDelaySeconds, then gives up', async () => {
    const at: number[] = [];
    const on = cloud(() => {
      at.push((on.clock.now() - START) / 1000);
      return throttled();
    });
    const Retry = [
      { ErrorEquals: ['Other'], MaxAttempts: 9 },
      { ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 2, BackoffRate: 3, MaxAttempts: 4, MaxDelaySeconds: 10 },
    ];
    const { error, record } = await run(on, { Ask: { ...call, Retry } }, {}, 3_600_000);
    expect(at).toEqual([0, 2, 8, 18, 28]);
    expect(error).toBe('Lambda.TooManyRequestsException');
    expect(record.transitions).toBe(5);
  });

  it('takes 3 attempts, 1 s and rate 2 where nothing is said, and shows RetryCount', async () => {
    const counts: unknown[] = [];
    const on = cloud(({ args }) => {
      counts.push(args.Payload);
      if (counts.length < 4) throttled();
      return { Payload: 'ok' };
    });
    const Arguments = { FunctionName: 'f', Payload: '{% $states.context.State.RetryCount %}' };
    const Retry = [{ ErrorEquals: ['States.ALL'] }];
    const { record } = await run(on, { Ask: { ...call, Arguments, Retry } }, {}, 60_000);
    expect(counts).toEqual([0, 1, 2, 3]);
    expect(record.stopDate).toBe(START + 7_000);
  });

  it('spreads delays by FULL jitter, the same for the same seed', async () => {
    const stop = async (seed: string) => {
      const Retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 100, MaxAttempts: 1, JitterStrategy: 'FULL' }];
      const { record } = await run(cloud(throttled, { seed }), { Ask: { ...call, Retry } }, {}, 200_000);
      return record.stopDate! - START;
    };
    const first = await stop('a');
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(100_000);
    expect(await stop('a')).toBe(first);
    expect(await stop('b')).not.toBe(first);
  });

  it('runs a Parallel state again from its start', async () => {
    let attempts = 0;
    const on = cloud(() => {
      attempts++;
      return attempts < 2 ? throttled() : { Payload: attempts };
    });
    const { output } = await run(
      on,
      {
        Both: {
          Type: 'Parallel',
          Branches: [{ StartAt: 'Ask', States: { Ask: { ...call, Output: '{% $states.result.Payload %}' } } }],
          Retry: [{ ErrorEquals: ['Lambda.TooManyRequestsException'] }],
          End: true,
        },
      },
      {},
      5_000,
    );
    expect(output).toEqual([2]);
  });
});

describe('Catch', () => {
  it('writes Assign and Output from the error', async () => {
    const { output } = await run(
      cloud(throttled),
      {
        Ask: {
          ...call,
          Catch: [
            {
              ErrorEquals: ['States.ALL'],
              Assign: { why: '{% $states.errorOutput.Error %}' },
              Output: { kept: '{% $states.input.id %}' },
              Next: 'Tell',
            },
          ],
        },
        Tell: { Type: 'Pass', Output: { why: '{% $why %}', kept: '{% $states.input.kept %}' }, End: true },
      },
      { id: 4 },
    );
    expect(output).toEqual({ why: 'Lambda.TooManyRequestsException', kept: 4 });
  });

  it('catches a failed expression of its own state, but not of its own Output', async () => {
    const Catch = [{ ErrorEquals: ['States.QueryEvaluationError'], Next: 'Tell' }];
    const Tell = { Type: 'Pass', Output: '{% $states.input.Error %}', End: true };
    const Arguments = '{% $nothing %}';
    expect((await run(cloud(), { Ask: { ...call, Arguments, Catch }, Tell })).output).toBe(
      'States.QueryEvaluationError',
    );
    const broken = [{ ErrorEquals: ['States.ALL'], Output: '{% $nothing %}', Next: 'Tell' }];
    const failed = await run(cloud(), { Ask: { ...call, Arguments, Catch: broken }, Tell });
    expect([failed.status, failed.error]).toEqual(['FAILED', 'States.QueryEvaluationError']);
  });

  it('leaves States.DataLimitExceeded to those who name it', async () => {
    const on = () => cloud(() => ({ Payload: 'x'.repeat(262_145) }));
    const Tell = { Type: 'Pass', Output: '{% $states.input.Error %}', End: true };
    const all = await run(on(), { Ask: { ...call, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Tell' }] }, Tell });
    expect(all.error).toBe('States.DataLimitExceeded');
    const Catch = [{ ErrorEquals: ['States.DataLimitExceeded'], Next: 'Tell' }];
    expect((await run(on(), { Ask: { ...call, Catch }, Tell })).output).toBe('States.DataLimitExceeded');
  });
});

describe('A task that waits for its token', () => {
  const start = async (task: object) => {
    const on = cloud();
    const Tell = { Type: 'Pass', Output: '{% $states.input.Error %}', End: true };
    const arn = on.interpreter.startExecution({
      stateMachineArn: deploy(on, 'Catch' in task ? { Ask: task, Tell } : { Ask: task }),
    }).arn;
    await on.clock.settled();
    const token = on.calls[0]!.args.Token as string;
    return { on, arn, token, result: () => on.interpreter.execution(arn) };
  };

  it('ends with what the token is sent', async () => {
    const { on, token, result } = await start(wait);
    expect(result().status).toBe('RUNNING');
    on.interpreter.sendTaskSuccess(token, '{"outcome":"confirmed"}');
    await on.clock.settled();
    expect(result().output).toBe('{"outcome":"confirmed"}');
    expect(() => on.interpreter.sendTaskSuccess(token, {})).toThrow(expect.objectContaining({ type: 'TaskTimedOut' }));
  });

  it('fails with what the token is sent', async () => {
    const { on, token, result } = await start(wait);
    on.interpreter.sendTaskFailure(token, 'Refused', 'too far');
    await on.clock.settled();
    expect(result()).toMatchObject({ status: 'FAILED', error: 'Refused', cause: 'too far' });
  });

  it('times out in business time, and takes no token then', async () => {
    const Catch = [{ ErrorEquals: ['States.Timeout'], Next: 'Tell' }];
    const { on, token, result } = await start({ ...wait, TimeoutSeconds: '{% 60 * 2 %}', Catch });
    await on.clock.advanceBy(119_999);
    expect(result().status).toBe('RUNNING');
    await on.clock.advanceBy(1);
    expect(result()).toMatchObject({ output: '"States.Timeout"', stopDate: START + 120_000 });
    expect(() => on.interpreter.sendTaskSuccess(token, {})).toThrow(expect.objectContaining({ type: 'TaskTimedOut' }));
    expect(() => on.interpreter.sendTaskHeartbeat(token)).toThrow(expect.objectContaining({ type: 'TaskTimedOut' }));
  });

  it('is kept alive by heartbeats and fails when they stop', async () => {
    const { on, token, result } = await start({ ...wait, HeartbeatSeconds: 60, TimeoutSeconds: 1000 });
    for (let beat = 0; beat < 3; beat++) {
      await on.clock.advanceBy(50_000);
      on.interpreter.sendTaskHeartbeat(token);
    }
    await on.clock.advanceBy(59_999);
    expect(result().status).toBe('RUNNING');
    await on.clock.advanceBy(1);
    expect(result()).toMatchObject({ status: 'FAILED', error: 'States.HeartbeatTimeout' });
  });

  it('takes a token that comes back before the call of the service has ended', async () => {
    const on = cloud(({ args }) => {
      on.interpreter.sendTaskSuccess(args.Token as string, { early: true });
      return {};
    });
    expect((await run(on, { Ask: wait })).output).toEqual({ early: true });
  });

  it.each([0, -3, 1.5])('fails on a timeout of %d seconds', async (seconds) => {
    const { error } = await run(cloud(), { Ask: { ...wait, TimeoutSeconds: `{% ${seconds} %}` } });
    expect(error).toBe('States.QueryEvaluationError');
  });

  it('tells unknown tokens from malformed ones', async () => {
    const { on, token } = await start(wait);
    const unknown = `${token.slice(0, -4)}${token.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`;
    expect(() => on.interpreter.sendTaskSuccess(unknown, {})).toThrow(
      expect.objectContaining({ type: 'TaskDoesNotExist' }),
    );
    expect(() => on.interpreter.sendTaskSuccess('x', {})).toThrow(expect.objectContaining({ type: 'InvalidToken' }));
    expect(() => on.interpreter.sendTaskSuccess(token, '{')).toThrow(
      expect.objectContaining({ type: 'InvalidOutput' }),
    );
  });
});

describe('Timeout of the machine', () => {
  it('ends the execution', async () => {
    const on = cloud();
    const stateMachineArn = deploy(on, { Sleep: { Type: 'Wait', Seconds: 100, End: true } }, { TimeoutSeconds: 10 });
    const { arn } = on.interpreter.startExecution({ stateMachineArn });
    await on.clock.advanceBy(200_000);
    expect(on.interpreter.execution(arn)).toMatchObject({ status: 'TIMED_OUT', stopDate: START + 10_000 });
  });
});

describe('Stop and redrive', () => {
  it('takes up again what had not succeeded, keeping the branches that had', async () => {
    let broken = true;
    const on = cloud(({ args }) => {
      if (broken && args.FunctionName === 'bad') throttled();
      return { Payload: args.FunctionName };
    });
    const ask = (name: string) => ({
      StartAt: name,
      States: { [name]: { ...call, Arguments: { FunctionName: name }, Output: '{% $states.result.Payload %}' } },
    });
    const first = await run(on, { Both: { Type: 'Parallel', Branches: [ask('good'), ask('bad')], End: true } });
    expect(first.status).toBe('FAILED');
    broken = false;
    on.interpreter.redriveExecution(first.arn);
    await on.clock.settled();
    expect(on.interpreter.execution(first.arn)).toMatchObject({
      status: 'SUCCEEDED',
      output: '["good","bad"]',
      redriveCount: 1,
      transitions: 4,
    });
    expect(on.calls.map(({ args }) => args.FunctionName)).toEqual(['good', 'bad', 'bad']);
  });

  it('shows RedriveCount to the states it runs again, and starts their retries anew', async () => {
    const on = cloud(({ args }) => (args.Payload === 0 ? throttled() : { Payload: args.Payload }));
    const Arguments = { FunctionName: 'f', Payload: '{% $states.context.Execution.RedriveCount %}' };
    const Retry = [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }];
    const { arn, status } = await run(on, { Ask: { ...call, Arguments, Retry } }, {}, 5_000);
    expect(status).toBe('FAILED');
    on.interpreter.redriveExecution(arn);
    await on.clock.settled();
    expect(on.interpreter.execution(arn)).toMatchObject({ status: 'SUCCEEDED', output: '{"Payload":1}' });
  });

  it('can be redriven for 14 days, and only when it did not succeed', async () => {
    const on = cloud(throttled);
    const { arn } = await run(on, { Ask: call }, {}, 14 * 86_400_000);
    expect(on.interpreter.notRedrivableBecause(on.interpreter.execution(arn))).toBeUndefined();
    await on.clock.advanceBy(1);
    expect(() => on.interpreter.redriveExecution(arn)).toThrow('more than 14 days ago');
  });

  it('stops a running execution for good', async () => {
    const on = cloud();
    const { arn } = await run(on, { Sleep: { Type: 'Wait', Seconds: 5, End: true } });
    on.interpreter.stopExecution(arn, 'Operator', 'test');
    await on.clock.advanceBy(10_000);
    expect(on.interpreter.execution(arn)).toMatchObject({ status: 'ABORTED', error: 'Operator', stopDate: START });
  });
});
