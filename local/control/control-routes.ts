import { z } from 'zod';
import type { Deployment } from '../assembly/deployment.ts';
import { RunningClock, SteppedClock } from '../clock.ts';
import type { Alarms } from '../cloudwatch/alarms.ts';
import type { Engine } from '../dynamodb/engine.ts';
import type { Executions } from '../executions.ts';
import type { Faults } from '../faults/faults.ts';
import { everyFault, type FaultPlan, faultRequest } from '../faults/plan.ts';
import type { LambdaHost } from '../lambda/host.ts';
import type { UsageMeter } from '../meter/usage-meter.ts';
import type { QueueStore } from '../sqs/queue-store.ts';
import { ControlError, type ControlHandler } from './control-server.ts';

export interface ControlledCloud {
  alarms: Alarms;
  clock: RunningClock | SteppedClock;
  meter: UsageMeter;
  executions: Executions;
  queues: QueueStore;
  engine: Engine;
  lambda: LambdaHost;
  deployment: Deployment;
  faults: Faults;
  mint: (request: { sub: string; lifetimeSeconds?: number; claims?: Record<string, unknown> }) => Promise<string>;
  url: string;
  /** With what the person who deploys calls services. */
  operator: { endpoint: string; region: string; credentials: { accessKeyId: string; secretAccessKey: string } };
  /** Wall ms. */
  startedAt: number;
}

const clockChange = z
  .strictObject({
    /** Business seconds in one wall second. */
    speed: z.number().positive().optional(),
    /** An ISO instant ahead; every timer on the way runs. */
    jumpTo: z.iso.datetime().optional(),
    /** Business ms to move on. */
    advanceMs: z.number().nonnegative().optional(),
  })
  .refine((change) => Object.keys(change).length === 1, 'Give one of speed, jumpTo and advanceMs.');

const tokenRequest = z.strictObject({
  sub: z.string().min(1),
  lifetimeSeconds: z.number().int().positive().optional(),
  claims: z.record(z.string(), z.unknown()).optional(),
});

const executionFilter = z.strictObject({
  status: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']).optional(),
  limit: z.coerce.number().int().min(1).max(1_000).optional(),
});

/** What scenarios, the invariant checker and the command line may ask of a running cloud. */
export function controlRoutes(cloud: ControlledCloud): Record<string, ControlHandler> {
  const {
    alarms,
    clock,
    meter,
    executions,
    queues,
    engine,
    lambda,
    deployment,
    faults,
    mint,
    operator,
    url,
    startedAt,
  } = cloud;
  const clockState = () => ({
    now: new Date(clock.now()).toISOString(),
    ...(clock instanceof SteppedClock
      ? { kind: 'stepped', nextDue: instant(clock.nextDue()) }
      : { kind: 'running', speed: clock.speed }),
  });
  return {
    'GET /state': () => ({
      pid: process.pid,
      url,
      startedAt: new Date(startedAt).toISOString(),
      clock: clockState(),
      processes: lambda.processes(),
      queues: Object.fromEntries(
        deployment.ofType('AWS::SQS::Queue').map(({ name }) => [name, queues.counts(queues.find(name)!)]),
      ),
    }),
    'GET /clock': clockState,
    'PUT /clock': async ({ body }) => {
      const { speed, jumpTo, advanceMs } = read(clockChange, body);
      const target = jumpTo !== undefined ? Date.parse(jumpTo) : clock.now() + (advanceMs ?? 0);
      if (clock instanceof RunningClock) {
        if (speed !== undefined) clock.setSpeed(speed);
        else clock.jumpTo(target);
      } else {
        if (speed !== undefined) throw new ControlError(409, 'A stepped clock has no speed; move it with advanceMs.');
        await clock.advanceTo(target);
      }
      return clockState();
    },
    'GET /executions': ({ query }) => executions.list(read(executionFilter, Object.fromEntries(query))),
    'GET /executions/{name}': ({ parameters }) => found(parameters.name, executions.describe(parameters.name ?? '')),
    'GET /executions/{name}/history': ({ parameters }) =>
      found(parameters.name, executions.history(parameters.name ?? '')),
    'GET /meter': () => meter.usage(),
    'GET /alarms': () => alarms.list(),
    'GET /operator': () => operator,
    'GET /outputs': () => deployment.outputs,
    'POST /tokens': async ({ body }) => ({ token: await mint(defined(read(tokenRequest, body))) }),
    'GET /faults': () => faults.state(),
    'PUT /faults': ({ body }) => {
      const { seed, plan = everyFault } = read(faultRequest, body);
      faults.start(seed, plan as FaultPlan);
      return faults.state();
    },
    'DELETE /faults': () => faults.stop(),
    'POST /engine/kill': () => engine.kill(),
  };
}

function read<Shape extends z.ZodType>(shape: Shape, given: unknown): z.infer<Shape> {
  const parsed = shape.safeParse(given);
  if (!parsed.success) throw new ControlError(400, z.prettifyError(parsed.error));
  return parsed.data;
}

function found<Found>(name: string | undefined, it: Found | undefined): Found {
  if (it === undefined) throw new ControlError(404, `There is no execution ${name}.`);
  return it;
}

function instant(due: number | undefined): string | null {
  return due === undefined ? null : new Date(due).toISOString();
}

function defined<Shape extends object>(shape: Shape): { [Key in keyof Shape]: Exclude<Shape[Key], undefined> } {
  return Object.fromEntries(Object.entries(shape).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Shape]: Exclude<Shape[Key], undefined>;
  };
}
