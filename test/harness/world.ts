import { DatabaseSync } from 'node:sqlite';
import { type Change, MemoryDatabase } from '../../lambdas/adapters/memory-database.ts';
import { ulid } from '../../lambdas/adapters/randomness.ts';
import { workflowInput } from '../../lambdas/adapters/step-functions-workflow.ts';
import type { RepeatableRequest } from '../../lambdas/application/act.ts';
import { dispatchMall, expireOffer } from '../../lambdas/application/dispatch.ts';
import type { DrivingPorts } from '../../lambdas/application/driving.ts';
import { deadlinePassed, settle } from '../../lambdas/application/lifecycle.ts';
import type { OrderingPorts } from '../../lambdas/application/ordering.ts';
import type { Nudges, Randomness, Workflow } from '../../lambdas/application/ports.ts';
import { dataOf, keys } from '../../lambdas/application/records.ts';
import { relaySubject } from '../../lambdas/application/relay.ts';
import { resumeOrder } from '../../lambdas/application/resume.ts';
import { load } from '../../lambdas/application/situations.ts';
import { sweep } from '../../lambdas/application/sweep.ts';
import type { Driver, Run } from '../../lambdas/domain/fleet.ts';
import { asId, type DriverId, type OfferId, type OrderId } from '../../lambdas/domain/ids.ts';
import type { Order } from '../../lambdas/domain/order.ts';
import { epochMs, type Instant, instant } from '../../lambdas/domain/time.ts';
import type { WaitKey } from '../../lambdas/domain/waits.ts';
import { SteppedClock } from '../../local/clock.ts';
import { ApiError, ServiceCallError } from '../../local/stepfunctions/errors.ts';
import { Interpreter } from '../../local/stepfunctions/interpreter.ts';
import { synthesisedDefinition } from './definition.ts';
import { seeded } from './random.ts';

const doneAlready = new Set(['TaskTimedOut', 'TaskDoesNotExist', 'ExecutionAlreadyExists']);
const dispatchDelayMs = 5_000;

export interface WorldOptions {
  startAt?: Instant;
  seed?: number;
}

/**
 * The whole of Mallway in one process: real use cases over the in-memory tables, the synthesised state machine in our
 * interpreter, both stream consumers and both queues, on a stepped business clock.
 */
export class World {
  readonly clock: SteppedClock;
  readonly database = new MemoryDatabase();
  readonly interpreter: Interpreter;
  readonly randomness: Randomness;
  readonly workflow: Workflow;
  readonly nudges: Nudges;
  /** Switched off to prove that the sweeper alone brings everything home. */
  streamsOn = true;
  readonly #machineArn: string;
  #requests = 0;
  readonly #pendingDispatch = new Set<string>();

  constructor({ startAt = '2026-11-23T19:00:00.000Z' as Instant, seed = 1 }: WorldOptions = {}) {
    this.clock = new SteppedClock(epochMs(startAt));
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
      services: { call: (resource, args) => this.#call(`${resource.service}:${resource.action}`, args) },
    });
    this.#machineArn = this.interpreter.machines.put({
      name: 'OrderLifecycle',
      definition: synthesisedDefinition(),
      roleArn: 'arn:aws:iam::000000000000:role/Machine',
    }).arn;
    this.workflow = this.#makeWorkflow();
    this.nudges = this.#makeNudges();
    this.database.onChange((change) => this.#streamed(change));
  }

  now(): Instant {
    return instant(this.clock.now());
  }

  get ordering(): OrderingPorts {
    return {
      database: this.database,
      randomness: this.randomness,
      geocoder: { locate: async () => null },
      publicUrl: 'https://mallway.test',
    };
  }

  get driving(): DrivingPorts {
    return {
      database: this.database,
      randomness: this.randomness,
      proofs: {
        uploadUrl: async (key) => `https://proofs.test/${key}?put`,
        viewUrl: async (key) => `https://proofs.test/${key}`,
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
    const record = this.interpreter.execution(this.executionArn(name));
    return this.interpreter.store
      .events(record.id)
      .filter(({ type }) => type.endsWith('StateEntered'))
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

  sweep() {
    return sweep({ database: this.database, workflow: this.workflow, nudges: this.nudges }, this.now());
  }

  async #call(action: string, args: unknown): Promise<unknown> {
    if (action === 'dynamodb:updateItem') return this.#storeWait(args as UpdateItemArguments);
    if (action === 'lambda:invoke') {
      const { Payload } = args as { Payload: LifecyclePayload };
      return { StatusCode: 200, ExecutedVersion: '$LATEST', Payload: await this.#lifecycle(Payload) };
    }
    throw new Error(`The workflow called ${action}, which the harness does not know.`);
  }

  /** What `UpdateItem` of a wait does: every `SET` is applied if the tombstone condition holds. */
  async #storeWait({
    Key,
    UpdateExpression,
    ExpressionAttributeNames = {},
    ExpressionAttributeValues,
  }: UpdateItemArguments) {
    const key = { table: 'orders', pk: Key.pk.S, sk: Key.sk.S } as const;
    const stored = await this.database.get(key);
    if (stored && 'superseded' in stored) {
      throw new ServiceCallError('ConditionalCheckFailedException', 'The conditional request failed', 400, 'harness');
    }
    const assignments = UpdateExpression.replace(/^SET\s+/, '').split(',');
    const attributes = assignments.map((assignment) => {
      const [name = '', value = ''] = assignment.split('=').map((part) => part.trim());
      return [ExpressionAttributeNames[name] ?? name, ExpressionAttributeValues[value]?.S];
    });
    this.database.update(key, Object.fromEntries(attributes));
    return {};
  }

  #lifecycle(payload: LifecyclePayload): Promise<object> {
    const input = { orderId: asId<OrderId>(payload.orderId), generation: payload.generation };
    const now = instant(Date.parse(payload.now));
    if (payload.action === 'settle') return settle(this.database, input, now);
    return deadlinePassed(this.database, { ...input, wait: payload.state }, now);
  }

  #makeWorkflow(): Workflow {
    const tolerant = (call: () => unknown) => {
      try {
        call();
      } catch (error) {
        if (!(error instanceof ApiError) || !doneAlready.has(error.name)) throw error;
      }
    };
    return {
      start: async (order) => {
        const input = workflowInput(order, 'https://mallway.test');
        const name = order.workflowGeneration === 1 ? order.id : `${order.id}-r${order.workflowGeneration}`;
        tolerant(() => this.interpreter.startExecution({ stateMachineArn: this.#machineArn, name, input }));
      },
      complete: async (token, result) =>
        tolerant(() => this.interpreter.sendTaskSuccess(token, JSON.stringify(result))),
      deadlineChanged: async (token, deadlines) =>
        tolerant(() => this.interpreter.sendTaskFailure(token, 'DeadlineChanged', JSON.stringify(deadlines))),
    };
  }

  #makeNudges(): Nudges {
    return {
      dispatch: async (mallId, now) => {
        const window = `${mallId}:${Math.floor(epochMs(now) / dispatchDelayMs)}`;
        if (this.#pendingDispatch.has(window)) return;
        this.#pendingDispatch.add(window);
        this.clock.schedule(this.clock.now() + dispatchDelayMs, async () => {
          this.#pendingDispatch.delete(window);
          await dispatchMall({ database: this.database, randomness: this.randomness }, mallId, this.now());
        });
      },
      expireOffer: async (offer) => {
        this.clock.schedule(Math.max(this.clock.now(), epochMs(offer.expiresAt)), async () => {
          await expireOffer(
            { database: this.database, randomness: this.randomness },
            asId<OfferId>(offer.id),
            this.now(),
          );
        });
      },
    };
  }

  #streamed({ table, pk, sk }: Change): void {
    if (!this.streamsOn) return;
    const resumes = table === 'orders' && pk.startsWith('ORDER#') && (sk === 'ORDER' || sk.startsWith('WAIT#'));
    if (resumes) {
      const orderId = asId<OrderId>(pk.slice('ORDER#'.length));
      this.#after(() => resumeOrder({ database: this.database, workflow: this.workflow }, orderId));
    }
    if ((table === 'orders' || table === 'fleet') && sk.startsWith('EVENT#')) {
      this.#after(() => relaySubject({ database: this.database, nudges: this.nudges }, table, pk, this.now()));
    }
  }

  #after(work: () => Promise<unknown>): void {
    void this.clock.track(new Promise((resolve) => setImmediate(resolve)).then(work));
  }
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
