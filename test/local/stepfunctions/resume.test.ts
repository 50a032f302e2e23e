import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import { SteppedClock } from '../../../local/clock.ts';
import { executionArn } from '../../../local/stepfunctions/arns.ts';
import { ServiceCallError } from '../../../local/stepfunctions/errors.ts';
import { CALLBACK, type Call, type Cloud, cloud, deploy, START, TASK } from './harness.ts';

const folder = mkdtempSync(join(tmpdir(), 'stepfunctions-'));
afterAll(() => rmSync(folder, { recursive: true }));

class Crash extends Error {}

/** A database that dies at its `at`-th commit of a step: before it, or just after. */
class CrashingDatabase extends DatabaseSync {
  #commits = 0;
  #dead = false;
  readonly #at: number;
  readonly #moment: 'before' | 'after';

  constructor(path: string, at: number, moment: 'before' | 'after') {
    super(path);
    this.#at = at;
    this.#moment = moment;
  }

  get commits(): number {
    return this.#commits;
  }

  override prepare(sql: string): StatementSync {
    const statement = super.prepare(sql);
    const guarded =
      <Result>(work: (...values: never[]) => Result) =>
      (...values: never[]) => {
        if (this.#dead) throw new Crash();
        const dies = sql === 'COMMIT' && ++this.#commits === this.#at;
        if (dies && this.#moment === 'before') this.#die();
        const result = work.apply(statement, values);
        if (dies) this.#die();
        return result;
      };
    return {
      run: guarded(statement.run),
      get: guarded(statement.get),
      all: guarded(statement.all),
    } as unknown as StatementSync;
  }

  #die(): never {
    this.#dead = true;
    throw new Crash();
  }
}

const callback = (name: string) => ({
  Type: 'Task',
  Resource: CALLBACK,
  Arguments: { Name: name, Token: '{% $states.context.Task.Token %}' },
});

/** Everything a crash could tear: variables, branches, retries, timers, timeouts, callbacks, a map. */
const LIFE = {
  Begin: { Type: 'Pass', Assign: { n: '{% $states.input.n %}' }, Next: 'Both' },
  Both: {
    Type: 'Parallel',
    Branches: [
      {
        StartAt: 'Ask',
        States: {
          Ask: {
            Type: 'Task',
            Resource: TASK,
            Arguments: { FunctionName: 'f', Payload: '{% $n %}' },
            Retry: [{ ErrorEquals: ['Lambda.TooManyRequestsException'], IntervalSeconds: 7 }],
            Output: '{% $states.result.Payload %}',
            Next: 'Answer',
          },
          Answer: { ...callback('answer'), Output: '{% $states.input + $states.result.plus %}', End: true },
        },
      },
      {
        StartAt: 'Sleep',
        States: {
          Sleep: { Type: 'Wait', Seconds: 5, Next: 'Silence' },
          Silence: {
            ...callback('silence'),
            TimeoutSeconds: 60,
            Catch: [{ ErrorEquals: ['States.Timeout'], Output: '{% "silent" %}', Next: 'Tell' }],
            End: true,
          },
          Tell: { Type: 'Pass', End: true },
        },
      },
    ],
    Assign: { both: '{% $states.result %}' },
    Next: 'Each',
  },
  Each: {
    Type: 'Map',
    Items: [1, 2, 3],
    MaxConcurrency: 2,
    ItemProcessor: { StartAt: 'Add', States: { Add: { Type: 'Pass', Output: '{% $states.input + $n %}', End: true } } },
    Next: 'Check',
  },
  Check: { Type: 'Choice', Choices: [{ Condition: '{% $both[1] = "silent" %}', Next: 'Done' }], Default: 'Done' },
  Done: { Type: 'Succeed', Output: { both: '{% $both %}', each: '{% $states.input %}' } },
};

/** The world outside: throttles the first call of the function, and answers the one token that is answered. */
class World {
  #asked = 0;
  tokens: string[] = [];

  readonly answer = ({ resource, args }: Call): unknown => {
    if (resource.service === 'lambda') {
      if (++this.#asked === 1) throw new ServiceCallError('TooManyRequestsException', 'slow down', 429);
      return { Payload: args.Payload };
    }
    if (args.Name === 'answer' && !this.tokens.includes(args.Token as string)) this.tokens.push(args.Token as string);
    return {};
  };

  /** A caller that retries: what it sends again may have been taken already. */
  sendAnswers({ interpreter }: Cloud): void {
    for (const token of this.tokens) {
      try {
        interpreter.sendTaskSuccess(token, { plus: 100 });
      } catch (error) {
        if ((error as { type?: string }).type !== 'TaskTimedOut') throw error;
      }
    }
  }
}

async function live(on: Cloud, world: World, down = () => false): Promise<string> {
  const arn = startAgain(on, on.interpreter.machines.list()[0]!.arn);
  for (let instant = on.clock.now(); instant <= START + 120_000 && !down(); instant += 10_000) {
    await on.clock.advanceTo(instant);
    world.sendAnswers(on);
    await on.clock.settled();
  }
  return arn;
}

/** A caller that starts the execution, not knowing whether it has done so before. */
function startAgain({ interpreter }: Cloud, stateMachineArn: string): string {
  try {
    return interpreter.startExecution({ stateMachineArn, name: 'order-1', input: { n: 10 } }).arn;
  } catch (error) {
    if ((error as { type?: string }).type !== 'ExecutionAlreadyExists') throw error;
    return executionArn(stateMachineArn, 'order-1');
  }
}

const EXPECTED = { both: [110, 'silent'], each: [11, 12, 13] };

const BASE = join(folder, 'base.sqlite');

/** The machine deployed, once: checking a definition takes longer than running it. */
function deployBase(): void {
  const on = cloud(() => ({}), { database: new DatabaseSync(BASE) });
  deploy(on, LIFE);
  on.database.close();
}

async function lifeWithCrash(path: string, at: number, moment: 'before' | 'after') {
  const clock = new SteppedClock(START);
  const world = new World();
  copyFileSync(BASE, path);
  const database = new CrashingDatabase(path, at, moment);
  // What is at stake is the process, not the machine: no need to wait for the disk.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF');
  const faults: unknown[] = [];
  const first = cloud(world.answer, { database, clock, onFault: (error) => faults.push(error) });
  try {
    await live(first, world, () => faults.length > 0);
  } catch (error) {
    faults.push(error);
  }
  expect(faults.every((fault) => fault instanceof Crash)).toBe(true);
  first.interpreter.halt();
  database.close();
  const second = cloud(world.answer, { database: new DatabaseSync(path), clock });
  second.interpreter.resume();
  const arn = await live(second, world);
  const record = second.interpreter.execution(arn);
  const events = second.interpreter.store.events(record.id);
  second.database.close();
  return { crashed: faults.length > 0, record, events, commits: database.commits };
}

describe('After a crash', () => {
  it('at every commit, before or after it, the execution ends as if nothing had happened', async () => {
    deployBase();
    const calm = await lifeWithCrash(join(folder, 'calm.sqlite'), 0, 'before');
    expect(JSON.parse(calm.record.output!)).toEqual(EXPECTED);
    const entered = (events: { type: string }[]) => events.filter(({ type }) => type.endsWith('Entered')).length;
    for (let at = 1; at <= calm.commits; at++) {
      for (const moment of ['before', 'after'] as const) {
        const { record, events, crashed } = await lifeWithCrash(join(folder, `${at}-${moment}.sqlite`), at, moment);
        const where = `crash ${moment} commit ${at}`;
        expect(crashed, where).toBe(true);
        expect(JSON.parse(record.output ?? 'null'), where).toEqual(EXPECTED);
        // The throttled call may be made again by the second process, and then it is no retry.
        const retries = events.filter(({ type }) => type === 'TaskFailed').length;
        expect(record.transitions, where).toBe(entered(events) + retries);
        expect(entered(events), where).toBe(entered(calm.events));
        expect(
          events.map(({ id }) => id),
          where,
        ).toEqual(events.map((_, index) => index + 1));
        expect(
          events.every(({ id, previousEventId }) => previousEventId < id),
          where,
        ).toBe(true);
      }
    }
    expect(calm.commits).toBeGreaterThan(20);
  }, 60_000);

  it('timers that fell due meanwhile run at once, and the rest at their instant', async () => {
    const path = join(folder, 'late.sqlite');
    const first = cloud(() => ({}), { database: new DatabaseSync(path) });
    const sleep = (Seconds: number) => ({ Sleep: { Type: 'Wait', Seconds, End: true } });
    const { arn: soon } = first.interpreter.startExecution({ stateMachineArn: deploy(first, sleep(10)), name: 'soon' });
    const { arn: late } = first.interpreter.startExecution({
      stateMachineArn: deploy(first, sleep(100)),
      name: 'late',
    });
    await first.clock.settled();
    first.interpreter.halt();
    first.database.close();
    const second = cloud(() => ({}), { database: new DatabaseSync(path), clock: new SteppedClock(START + 50_000) });
    second.interpreter.resume();
    await second.clock.advanceTo(START + 200_000);
    expect(second.interpreter.execution(soon).stopDate).toBe(START + 50_000);
    expect(second.interpreter.execution(late).stopDate).toBe(START + 100_000);
  });

  it('a task in flight is called again, a submitted callback is not', async () => {
    const path = join(folder, 'flight.sqlite');
    const never = new Promise(() => {});
    const hanging = (call: Call) => (call.resource.service === 'lambda' ? never : {});
    const states = {
      Both: {
        Type: 'Parallel',
        Branches: [
          {
            StartAt: 'Ask',
            States: { Ask: { Type: 'Task', Resource: TASK, Arguments: { FunctionName: 'f' }, End: true } },
          },
          { StartAt: 'Back', States: { Back: { ...callback('back'), End: true } } },
        ],
        End: true,
      },
    };
    const first = cloud(hanging, { database: new DatabaseSync(path) });
    const { arn } = first.interpreter.startExecution({ stateMachineArn: deploy(first, states) });
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    expect(first.calls.map(({ resource }) => resource.service)).toEqual(['lambda', 'dynamodb']);
    first.interpreter.halt();
    first.database.close();
    const second = cloud(() => ({ Payload: 1 }), { database: new DatabaseSync(path) });
    second.interpreter.resume();
    await second.clock.settled();
    expect(second.calls.map(({ resource }) => resource.service)).toEqual(['lambda']);
    second.interpreter.sendTaskSuccess(first.calls[1]!.args.Token as string, 2);
    await second.clock.settled();
    expect(second.interpreter.execution(arn).output).toBe('[{"Payload":1},2]');
  });

  it('of a killed process, another takes its executions up', async () => {
    const path = join(folder, 'killed.sqlite');
    const token = await tokenOfKilledProcess(path);
    const on = cloud(() => ({}), { database: new DatabaseSync(path), clock: new SteppedClock(START) });
    on.interpreter.resume();
    await on.clock.settled();
    expect(on.calls).toEqual([]);
    on.interpreter.sendTaskSuccess(token, { ok: true });
    await on.clock.settled();
    const [record] = on.interpreter.store.list({
      by: 'machineArn',
      value: on.interpreter.machines.list()[0]!.arn,
      limit: 1,
    });
    expect(record).toMatchObject({ status: 'SUCCEEDED', output: '{"ok":true}' });
  });
});

/** Runs an execution to its callback in a process of its own and ends that with SIGKILL; returns the token. */
function tokenOfKilledProcess(path: string): Promise<string> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'waiting-process.ts'), path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    let token = '';
    child.stdout.on('data', (chunk: Buffer) => {
      token += chunk;
      if (token.endsWith('\n')) child.kill('SIGKILL');
    });
    child.on('exit', (_code, signal) => {
      if (signal === 'SIGKILL') resolve(token.trim());
      else reject(new Error('The process ended before it was killed.'));
    });
  });
}
