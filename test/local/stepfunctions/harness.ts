import { DatabaseSync } from 'node:sqlite';
import { SteppedClock } from '../../../local/clock.ts';
import { Interpreter } from '../../../local/stepfunctions/interpreter.ts';
import type { Json } from '../../../local/stepfunctions/json.ts';
import type { TaskResource } from '../../../local/stepfunctions/resources.ts';
import { readCarriedOut } from '../../../local/stepfunctions/validate.ts';

export const START = Date.parse('2026-11-22T11:00:00Z');
export const ROLE = 'arn:aws:iam::123456789012:role/Machine';
export const HOME = { region: 'eu-west-1', account: '123456789012' };

export interface Call {
  resource: TaskResource;
  args: { [key: string]: Json };
  roleArn: string;
}

/** What a test lets the services answer; by default each call returns `{}`. */
export type Answer = (call: Call, count: number) => unknown;

export interface Cloud {
  clock: SteppedClock;
  database: DatabaseSync;
  interpreter: Interpreter;
  calls: Call[];
  metered: { unit: string; quantity: number; dimensions: object | undefined }[];
}

export function cloud(
  answer: Answer = () => ({}),
  options: { database?: DatabaseSync; clock?: SteppedClock; seed?: string; onFault?: (error: unknown) => void } = {},
): Cloud {
  const clock = options.clock ?? new SteppedClock(START);
  const database = options.database ?? new DatabaseSync(':memory:');
  const calls: Call[] = [];
  const metered: Cloud['metered'] = [];
  const interpreter = new Interpreter({
    ...HOME,
    clock,
    database,
    seed: options.seed ?? 'seed',
    checkDefinition: readCarriedOut,
    ...(options.onFault && { onFault: options.onFault }),
    meter: { count: (unit, quantity, dimensions) => metered.push({ unit, quantity, dimensions }) },
    services: {
      call: async (resource, args, { roleArn }) => {
        const call = { resource, args: args as Call['args'], roleArn };
        calls.push(call);
        return answer(call, calls.length);
      },
    },
  });
  return { clock, database, interpreter, calls, metered };
}

export function deploy(
  { interpreter }: Cloud,
  states: object,
  extra: { StartAt?: string; [key: string]: unknown } = {},
) {
  const definition = { QueryLanguage: 'JSONata', StartAt: Object.keys(states)[0], States: states, ...extra };
  return interpreter.machines.put({ name: 'Machine', definition, roleArn: ROLE }).arn;
}

/** Runs `states` on `input` until nothing is left to do before `untilMs` of business time have passed. */
export async function run(on: Cloud, states: object, input: Json = {}, untilMs = 0) {
  const { arn } = on.interpreter.startExecution({ stateMachineArn: deploy(on, states), input });
  await on.clock.settled();
  if (untilMs > 0) await on.clock.advanceBy(untilMs);
  const record = on.interpreter.execution(arn);
  return {
    arn,
    record,
    status: record.status,
    output: record.output === null ? undefined : (JSON.parse(record.output) as Json),
    error: record.error,
    cause: record.cause,
    events: on.interpreter.store.events(record.id),
  };
}

export const TASK = 'arn:aws:states:::lambda:invoke';
export const CALLBACK = 'arn:aws:states:::aws-sdk:dynamodb:updateItem.waitForTaskToken';
