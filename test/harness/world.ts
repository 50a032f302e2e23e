import { DatabaseSync } from 'node:sqlite';
import { type Change, MemoryDatabase } from '../../lambdas/adapters/memory-database.ts';
import { ulid } from '../../lambdas/adapters/randomness.ts';
import { SqsNudges } from '../../lambdas/adapters/sqs-nudges.ts';
import { StepFunctionsWorkflow } from '../../lambdas/adapters/step-functions-workflow.ts';
import type { RepeatableRequest } from '../../lambdas/application/act.ts';
import type { Database } from '../../lambdas/application/database.ts';
import type { Tick } from '../../lambdas/application/dispatch.ts';
import type { DrivingPorts } from '../../lambdas/application/driving.ts';
import type { ErasurePorts } from '../../lambdas/application/erasure.ts';
import { deadlinePassed, settle } from '../../lambdas/application/lifecycle.ts';
import type { OrderingPorts } from '../../lambdas/application/ordering.ts';
import type { EventBus, Nudges, Randomness, Workflow } from '../../lambdas/application/ports.ts';
import { dataOf, keys } from '../../lambdas/application/records.ts';
import { load } from '../../lambdas/application/situations.ts';
import { type SweepOutcome, sweep } from '../../lambdas/application/sweep.ts';
import type { Driver, Run } from '../../lambdas/domain/fleet.ts';
import { asId, type DriverId, type OrderId } from '../../lambdas/domain/ids.ts';
import type { Order } from '../../lambdas/domain/order.ts';
import { epochMs, type Instant, instant } from '../../lambdas/domain/time.ts';
import type { WaitKey } from '../../lambdas/domain/waits.ts';
import { logger } from '../../lambdas/log.ts';
import { dispatcher, relay, resumer } from '../../lambdas/streams/consumers.ts';
import { SteppedClock } from '../../local/clock.ts';
import { FunctionFailure, ServiceCallError } from '../../local/stepfunctions/errors.ts';
import { Interpreter } from '../../local/stepfunctions/interpreter.ts';
import { Bus } from './bus.ts';
import { synthesisedDefinition } from './definition.ts';
import { engineClient } from './engine-client.ts';
import { type FaultPlan, Faults, InjectedFault } from './faults.ts';
import type { MirroredDatabase } from './mirrored-database.ts';
import { Queues } from './queues.ts';
import { seeded } from './random.ts';
import { StreamReader } from './stream-reader.ts';
import { UnrulyDatabase } from './unruly-database.ts';

const publicUrl = 'https://mallway.test';
/** A client gives a request up after as many failures of ours; far more than any plan makes likely. */
const clientTries = 50;

export interface WorldOptions {
  startAt?: Instant;
  seed?: number;
  /**
   * What may go wrong, and how often. With a plan, even an empty one, the seed chooses at every call of a port who
   * goes on next; without, it is first come, first served. The same seed and plan give the same run.
   */
  faults?: FaultPlan;
  /** Another bus than that of the faults. */
  bus?: EventBus | null;
  /** Tables in an engine, in place of those in memory: interleavings are then the machine's as well as the seed's. */
  database?: MirroredDatabase;
}

/**
 * The whole of Mallway in one process: real use cases, adapters and stream consumers over the in-memory tables, the
 * synthesised state machine in our interpreter, and both queues, on a stepped business clock.
 */
export class World {
  readonly clock: SteppedClock;
  /** What the tables hold, without anything in between. */
  readonly database: MemoryDatabase;
  /** The tables as use cases reach them. */
  readonly tables: UnrulyDatabase;
  readonly faults: Faults;
  /** The operator's, where the plan of faults has one. */
  readonly bus: Bus | null;
  readonly interpreter: Interpreter;
  readonly randomness: Randomness;
  readonly workflow: Workflow;
  readonly nudges: Nudges;
  readonly queues: Queues;
  /** Every tick of dispatch that planned something. */
  readonly ticks: Tick[] = [];
  /** Errors that escaped from a process and that nobody injected: defects. */
  readonly surprises: unknown[] = [];
  /** Switched off to prove that the sweeper alone brings everything home. */
  streamsOn = true;
  /** Photos that never came; all others are there. */
  readonly missingProofs = new Set<string>();
  /** Photos to which a link was given, until they are erased. */
  readonly photos = new Set<string>();
  readonly #machineArn: string;
  readonly #streams: Record<'resumer' | 'orders' | 'fleet', StreamReader>;
  #requests = 0;

  constructor({
    startAt = '2026-11-23T19:00:00.000Z' as Instant,
    seed = 1,
    faults,
    bus = null,
    database: given,
  }: WorldOptions = {}) {
    this.clock = new SteppedClock(epochMs(startAt));
    this.database = given ?? new MemoryDatabase();
    given?.follow(this.clock);
    this.faults = new Faults(this.clock, { seed, plan: faults });
    this.tables = new UnrulyDatabase(this.database, this.faults);
    this.bus = faults?.busRefuses === undefined ? null : new Bus(this.faults);
    overhear(logger, (error) => this.#noteUnlessInjected(error));
    const random = seeded(seed);
    this.randomness = {
      id: (prefix, now) => `${prefix}_${ulid(now, random.bytes(16))}`,
      digits: (digits) => String(random.integer(10 ** digits)).padStart(digits, '0'),
      capability: () => Buffer.from(random.bytes(16)).toString('base64url'),
      bytes: (length) => random.bytes(length),
    };
    this.interpreter = new Interpreter({
      region: 'us-east-1',
      account: '000000000000',
      clock: this.clock,
      database: new DatabaseSync(':memory:'),
      seed: String(seed),
      services: {
        call: (resource, args) => this.faults.outside(() => this.#call(`${resource.service}:${resource.action}`, args)),
      },
      // The definition has been checked once for all worlds.
      checkDefinition: () => synthesisedDefinition(),
    });
    this.#machineArn = this.interpreter.machines.put({
      name: 'OrderLifecycle',
      definition: synthesisedDefinition(),
      roleArn: 'arn:aws:iam::000000000000:role/Machine',
    }).arn;
    const database: Database = this.tables;
    this.workflow = new StepFunctionsWorkflow(this.#machineArn, publicUrl, engineClient(this.interpreter, this.faults));
    this.queues = new Queues({
      clock: this.clock,
      faults: this.faults,
      consume: dispatcher({
        database,
        randomness: this.randomness,
        ticks: { keep: async (tick) => void this.ticks.push(tick) },
      }),
    });
    this.nudges = new SqsNudges({ dispatch: 'dispatch', offerExpiry: 'offer-expiry' }, this.queues.client);
    const readerOf = (consume: ReturnType<typeof relay>) =>
      new StreamReader({
        clock: this.clock,
        faults: this.faults,
        consume,
        poison: (pk, times) => this.tables.poison(pk, times),
        varies: faults !== undefined,
      });
    this.#streams = {
      resumer: readerOf(resumer({ database, workflow: this.workflow })),
      orders: readerOf(relay({ database, nudges: this.nudges, bus: bus ?? this.bus })),
      fleet: readerOf(relay({ database, nudges: this.nudges, bus: bus ?? this.bus })),
    };
    this.database.onChange((change) => this.#streamed(change));
  }

  now(): Instant {
    return instant(this.clock.now());
  }

  get ordering(): OrderingPorts {
    return {
      database: this.tables,
      randomness: this.randomness,
      geocoder: { search: async () => [] },
      publicUrl,
    };
  }

  get driving(): DrivingPorts {
    return {
      database: this.tables,
      randomness: this.randomness,
      proofs: {
        uploadUrl: async (key) => {
          this.photos.add(key);
          return `https://proofs.test/${key}?put`;
        },
        viewUrl: async (key) => `https://proofs.test/${key}`,
        has: async (key) => !this.missingProofs.has(key),
      },
    };
  }

  get erasure(): ErasurePorts {
    return {
      database: this.tables,
      proofs: {
        eraseBelow: async (prefix) => {
          const found = [...this.photos].filter((key) => key.startsWith(prefix));
          for (const key of found) this.photos.delete(key);
          return found.length;
        },
      },
    };
  }

  /** A request that has not been made before. */
  request(principal: string, operation = 'test'): RepeatableRequest {
    this.#requests += 1;
    return { principal, operation, key: `key-${this.#requests}`, bodyHash: 'body' };
  }

  async order(id: string): Promise<Order> {
    return (await load<Order>(this.database.get(keys.order(asId(id)))))!;
  }

  async driver(id: string): Promise<Driver> {
    return (await load<Driver>(this.database.get(keys.driver(asId<DriverId>(id)))))!;
  }

  async runOf(driverId: string): Promise<Run | null> {
    const { activeRunId } = await this.driver(driverId);
    return activeRunId && load<Run>(this.database.get(keys.run(activeRunId)));
  }

  orders(): Order[] {
    return this.database
      .all('orders')
      .filter(({ sk }) => sk === 'ORDER')
      .map((item) => dataOf<Order>(item));
  }

  executionArn(name: string): string {
    return this.#machineArn.replace(':stateMachine:', ':execution:').concat(`:${name}`);
  }

  /** Every execution that was ever started, the latest first. */
  executions(): { name: string; status: string }[] {
    return this.interpreter.store.list({ by: 'machineArn', value: this.#machineArn, limit: -1 });
  }

  /** Undefined when there is no execution of that name. */
  executionStatus(name: string): string | undefined {
    return this.executions().find((execution) => execution.name === name)?.status;
  }

  /** Names of the states that an execution entered, in order. */
  statesEntered(name: string): string[] {
    return this.#states(name, 'StateEntered');
  }

  /** Names of the states that an execution left, in order. */
  statesExited(name: string): string[] {
    return this.#states(name, 'StateExited');
  }

  #states(name: string, event: string): string[] {
    const record = this.interpreter.execution(this.executionArn(name));
    return this.interpreter.store
      .events(record.id)
      .filter(({ type }) => type.endsWith(event))
      .map(({ details }) => (details as { name: string }).name);
  }

  transitionsOf(name: string): number {
    return this.interpreter.transitionsOf(this.executionArn(name));
  }

  /** Nothing is in flight at this instant any more. */
  settled(): Promise<void> {
    return this.clock.settled();
  }

  advance(minutes: number): Promise<void> {
    return this.clock.advanceBy(minutes * 60_000);
  }

  /** Somebody stops an execution in the console. */
  stopExecution(name: string): void {
    this.interpreter.stopExecution(this.executionArn(name));
  }

  /** Hands what the streams' consumers had given up to them once more, as `npm run redrive` does. */
  async redrive(): Promise<void> {
    const readers = Object.values(this.#streams);
    for (let tries = 0; tries < 3; tries++) {
      for (const reader of readers) reader.redrive();
      await this.settled();
    }
  }

  /** One pass of the sweeper; null when it did not come to its end. */
  async sweep(): Promise<SweepOutcome | null> {
    const ports = { database: this.tables, workflow: this.workflow, nudges: this.nudges };
    try {
      const outcome = await this.#pumped(this.faults.run('sweep', () => sweep(ports, this.now())));
      for (const { error } of outcome.failed) if (!error.startsWith('InjectedFault')) this.surprises.push(error);
      return outcome;
    } catch (error) {
      if (error instanceof InjectedFault) return null;
      throw error;
    }
  }

  /**
   * A request as a client makes it: while the answer is a failure of ours, the same one again, with the same key.
   * `request` must therefore not make a new `RepeatableRequest` each time it is called.
   */
  async call<T>(request: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#pumped(this.faults.run('request', request));
      } catch (error) {
        if (!(error instanceof InjectedFault) || tries === clientTries) throw error;
      }
    }
  }

  /** Calls that meet: each starts at this instant, and the seed decides how their steps interleave. */
  together<T extends unknown[]>(...requests: { [K in keyof T]: () => Promise<T[K]> }): Promise<T> {
    return Promise.all(requests.map((request) => this.call(request))) as Promise<T>;
  }

  /** Where answers take business time, somebody has to let it pass. */
  async #pumped<T>(work: Promise<T>): Promise<T> {
    if (!this.faults.isSlow) return work;
    let over = false;
    const ended = () => {
      over = true;
    };
    work.then(ended, ended);
    for (;;) {
      await this.clock.settled();
      if (over) return work;
      await this.clock.advanceTo(this.clock.nextDue() ?? this.clock.now());
    }
  }

  #noteUnlessInjected(error: unknown): void {
    if (!(error instanceof InjectedFault)) this.surprises.push(error);
  }

  async #call(action: string, args: unknown): Promise<unknown> {
    if (action === 'dynamodb:updateItem') return this.#storeWait(args as UpdateItemArguments);
    if (action === 'lambda:invoke') {
      const { Payload } = args as { Payload: LifecyclePayload };
      return { StatusCode: 200, ExecutedVersion: '$LATEST', Payload: await this.#lifecycle(Payload) };
    }
    throw new Error(`The workflow called ${action}, which the harness does not know.`);
  }

  /** What `UpdateItem` of a wait does: every `SET` is applied. */
  async #storeWait(input: UpdateItemArguments): Promise<object> {
    const { Key, UpdateExpression, ExpressionAttributeNames = {}, ExpressionAttributeValues } = input;
    const key = { table: 'orders', pk: Key.pk.S, sk: Key.sk.S } as const;
    await this.faults.point();
    if (this.faults.strikes('throttle')) throw new ServiceCallError('ThrottlingException', 'Rate exceeded');
    const assignments = UpdateExpression.replace(/^SET\s+/, '').split(',');
    const attributes = assignments.map((assignment) => {
      const [name = '', value = ''] = assignment.split('=').map((part) => part.trim());
      return [ExpressionAttributeNames[name] ?? name, ExpressionAttributeValues[value]?.S];
    });
    await this.database.update(key, Object.fromEntries(attributes));
    await this.faults.point();
    if (this.faults.strikes('lostCommit')) throw new ServiceCallError('InternalServerError', 'Lost', 500);
    return {};
  }

  async #lifecycle(payload: LifecyclePayload): Promise<object> {
    const input = { orderId: asId<OrderId>(payload.orderId), generation: payload.generation };
    const now = instant(Date.parse(payload.now));
    const decide = (): Promise<object> =>
      payload.action === 'settle'
        ? settle(this.tables, input, now)
        : deadlinePassed(this.tables, { ...input, wait: payload.state }, now);
    try {
      return await this.faults.run('decision', decide);
    } catch (error) {
      this.#noteUnlessInjected(error);
      throw new FunctionFailure((error as Error).name, (error as Error).message);
    }
  }

  #streamed({ table, pk, sk }: Change): void {
    if (!this.streamsOn) return;
    if (table === 'orders') this.#streams.resumer.push(pk, sk);
    if (table === 'orders' || table === 'fleet') this.#streams[table].push(pk, sk);
  }
}

/** The consumers report what failed to the log and nowhere else. */
function overhear(log: typeof logger, heard: (error: unknown) => void): void {
  log.info = () => {};
  log.warn = () => {};
  log.error = (_message, ...extra) => {
    for (const one of extra) if (typeof one === 'object' && 'error' in one) heard(one.error);
  };
}

type LifecyclePayload = { orderId: string; generation: number; now: string } & (
  | { action: 'deadline'; state: WaitKey }
  | { action: 'settle' }
);

interface UpdateItemArguments {
  Key: { pk: { S: string }; sk: { S: string } };
  UpdateExpression: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues: Record<string, { S: string }>;
}
