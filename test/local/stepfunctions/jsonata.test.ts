import { describe, expect, it } from 'vitest';
import type { Json } from '../../../local/stepfunctions/json.ts';
import { evaluate } from '../../../local/stepfunctions/jsonata.ts';
import { PlacedRandom } from '../../../local/stepfunctions/random.ts';
import { cloud, deploy, run, START } from './harness.ts';

const ask = (expression: string, input: Json = {}) =>
  evaluate(
    `{% ${expression} %}`,
    { states: { input, context: {} }, variables: { seen: 3 }, now: START, random: new PlacedRandom('seed') },
    'Output',
  );

describe('Expressions', () => {
  it.each<[string, Json]>([
    ['$partition([1,2,3,4,5], 2)', [[1, 2], [3, 4], [5]]],
    ['$range(0, 10, 5)', [0, 5, 10]],
    ['$range(3, 1, -1)', [3, 2, 1]],
    ['$parse(\'{"a":[1]}\').a[0]', 1],
    ['$millis()', START],
    ['$now()', '2026-11-22T11:00:00.000Z'],
    ["$now('[Y0001]-[M01]-[D01]')", '2026-11-22'],
    ['$seen + 1', 4],
    ['$states.input', {}],
    ['$ceil(($toMillis("2026-11-22T11:01:00Z") - $millis()) / 1000)', 60],
  ])('%s', async (expression, expected) => {
    expect(await ask(expression)).toEqual(expected);
  });

  it('hashes as the named algorithm does', async () => {
    expect(await ask("$hash('abc', 'SHA-256')")).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });

  it('draws the same random numbers and ids for the same place', async () => {
    const drawn = await ask('[$random(), $random(), $uuid()]');
    expect(drawn).toEqual(await ask('[$random(), $random(), $uuid()]'));
    expect(new Set(drawn as Json[]).size).toBe(3);
    expect((drawn as Json[])[2]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('returns an object, not an array, for a filter with one match', async () => {
    const input = { list: [{ k: 1 }, { k: 2 }] };
    expect(await ask('$states.input.list[k = 1]', input)).toEqual({ k: 1 });
    expect(await ask('$states.input.list[k = 1][]', input)).toEqual([{ k: 1 }]);
  });

  it.each(['$eval("1+1")', '$states.result', '$missing', 'function($x){$x}', '1/0', '"a" + 1', '$hash("a", "CRC")'])(
    '%s fails as States.QueryEvaluationError',
    async (expression) => {
      await expect(ask(expression)).rejects.toMatchObject({ error: 'States.QueryEvaluationError' });
    },
  );
});

describe('Variables', () => {
  it('are visible from the next state on; Output reads the values of entry', async () => {
    const { output } = await run(cloud(), {
      First: { Type: 'Pass', Assign: { n: 1 }, Next: 'Second' },
      Second: { Type: 'Pass', Assign: { n: '{% $n + 1 %}' }, Output: { entry: '{% $n %}' }, Next: 'Third' },
      Third: { Type: 'Pass', Output: { entry: '{% $states.input.entry %}', now: '{% $n %}' }, End: true },
    });
    expect(output).toEqual({ entry: 1, now: 2 });
  });

  it('of an outer scope are read inside, those of a branch end with it', async () => {
    const branch = {
      StartAt: 'In',
      States: {
        In: { Type: 'Pass', Assign: { inner: '{% $outer + 1 %}' }, Next: 'Use' },
        Use: { Type: 'Pass', Output: '{% $outer + $inner %}', End: true },
      },
    };
    const states = (Output: string) => ({
      Set: { Type: 'Pass', Assign: { outer: 1 }, Next: 'Both' },
      Both: { Type: 'Parallel', Branches: [branch], Next: 'After' },
      After: { Type: 'Pass', Output, End: true },
    });
    expect((await run(cloud(), states('{% $states.input %}'))).output).toEqual([3]);
    expect((await run(cloud(), states('{% $inner %}'))).error).toBe('States.QueryEvaluationError');
  });

  it('of an outer scope are not assigned inside', () => {
    const branch = { StartAt: 'In', States: { In: { Type: 'Pass', Assign: { outer: 2 }, End: true } } };
    const states = {
      Set: { Type: 'Pass', Assign: { outer: 1 }, Next: 'Both' },
      Both: { Type: 'Parallel', Branches: [branch], End: true },
    };
    expect(() => deploy(cloud(), states)).toThrow('Branch 1 of "Both" assigns "outer"');
  });
});

describe('The context object', () => {
  it('names execution, state and machine in business time', async () => {
    const on = cloud();
    const stateMachineArn = deploy(on, {
      Sleep: { Type: 'Wait', Seconds: 60, Next: 'Look' },
      Look: { Type: 'Pass', Output: '{% $states.context %}', End: true },
    });
    const { arn } = on.interpreter.startExecution({ stateMachineArn, name: 'order-1', input: { id: 1 } });
    await on.clock.advanceBy(60_000);
    expect(JSON.parse(on.interpreter.execution(arn).output!)).toEqual({
      Execution: {
        Id: 'arn:aws:states:eu-west-1:123456789012:execution:Machine:order-1',
        Name: 'order-1',
        Input: { id: 1 },
        StartTime: '2026-11-22T11:00:00.000Z',
        RoleArn: 'arn:aws:iam::123456789012:role/Machine',
        RedriveCount: 0,
      },
      State: { Name: 'Look', EnteredTime: '2026-11-22T11:01:00.000Z', RetryCount: 0 },
      StateMachine: { Id: stateMachineArn, Name: 'Machine' },
    });
  });
});
