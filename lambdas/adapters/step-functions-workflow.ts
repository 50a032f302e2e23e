import { SendTaskFailureCommand, SendTaskSuccessCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Workflow } from '../application/ports.ts';
import { executionName } from '../application/views.ts';
import type { Order } from '../domain/order.ts';
import type { Deadlines, WaitResult } from '../domain/waits.ts';

/** The task has been dealt with. */
const doneAlready = new Set(['TaskTimedOut', 'TaskDoesNotExist']);

export class StepFunctionsWorkflow implements Workflow {
  readonly #client: SFNClient;
  readonly #aliasArn: string;
  readonly #publicUrl: string;

  constructor(aliasArn: string, publicUrl: string, client = new SFNClient({ maxAttempts: 5 })) {
    this.#client = client;
    this.#aliasArn = aliasArn;
    this.#publicUrl = publicUrl;
  }

  async start(order: Order): Promise<'running' | 'closed'> {
    try {
      await this.#client.send(
        new StartExecutionCommand({
          stateMachineArn: this.#aliasArn,
          name: executionName(order),
          input: JSON.stringify(workflowInput(order, this.#publicUrl)),
        }),
      );
      return 'running';
    } catch (error) {
      // With the same name and input, one that runs is answered like a new one (AWS: StartExecution).
      if ((error as Error).name === 'ExecutionAlreadyExists') return 'closed';
      throw error;
    }
  }

  async complete(token: string, result: WaitResult): Promise<void> {
    await settleFor(
      this.#client.send(new SendTaskSuccessCommand({ taskToken: token, output: JSON.stringify(result) })),
    );
  }

  async deadlineChanged(token: string, deadlines: { deadlines: Deadlines }): Promise<void> {
    await settleFor(
      this.#client.send(
        new SendTaskFailureCommand({ taskToken: token, error: 'DeadlineChanged', cause: JSON.stringify(deadlines) }),
      ),
    );
  }
}

/** The same order gives the same input, so that a start can be repeated. It holds nothing personal. */
export function workflowInput(order: Order, publicUrl: string) {
  return {
    orderId: order.id,
    generation: order.workflowGeneration,
    storesConfirmBy: order.storesConfirmBy,
    url: `${publicUrl}/ops/orders/${order.id}`,
  };
}

async function settleFor(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!doneAlready.has((error as Error).name)) throw error;
  }
}
