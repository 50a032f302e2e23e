import { DatabaseSync } from 'node:sqlite';
import type { Change } from '../../lambdas/adapters/memory-database.ts';
import { StepFunctionsWorkflow } from '../../lambdas/adapters/step-functions-workflow.ts';
import { deadlinePassed, settle } from '../../lambdas/application/lifecycle.ts';
import { asId, type OrderId } from '../../lambdas/domain/ids.ts';
import { instant } from '../../lambdas/domain/time.ts';
import type { WaitKey } from '../../lambdas/domain/waits.ts';
import { resumer } from '../../lambdas/streams/consumers.ts';
import { FunctionFailure, ServiceCallError } from '../../local/stepfunctions/errors.ts';
import { Interpreter } from '../../local/stepfunctions/interpreter.ts';
import { synthesisedDefinition } from './definition.ts';
import { engineClient } from './engine-client.ts';
import { Loop, type LoopOptions, publicUrl } from './loop.ts';
import type { StreamReader } from './stream-reader.ts';

/** The whole of Mallway in one process: the loop, and the synthesised state machine in our interpreter. */
export class World extends Loop {
  readonly interpreter: Interpreter;
  readonly #machineArn: string;
  readonly #resumer: StreamReader;

  constructor(options: LoopOptions = {}) {
    super(options);
    this.interpreter = new Interpreter({
      region: 'us-east-1',
      account: '000000000000',
      clock: this.clock,
      database: new DatabaseSync(':memory:'),
      seed: String(options.seed ?? 1),
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
    this.workflow = new StepFunctionsWorkflow(this.#machineArn, publicUrl, engineClient(this.interpreter, this.faults));
    this.#resumer = this.reader(resumer({ database: this.tables, workflow: this.workflow }), options.faults);
    this.readers.unshift(this.#resumer);
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

  /** Somebody stops an execution in the console. */
  stopExecution(name: string): void {
    this.interpreter.stopExecution(this.executionArn(name));
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
      this.noteUnlessInjected(error);
      throw new FunctionFailure((error as Error).name, (error as Error).message);
    }
  }

  protected override streamed(change: Change): void {
    if (change.table === 'orders') this.#resumer.push(change.pk, change.sk);
    super.streamed(change);
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
