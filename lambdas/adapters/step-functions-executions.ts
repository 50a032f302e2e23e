import { paginateListExecutions, SFNClient } from '@aws-sdk/client-sfn';
import type { Executions } from '../application/ports.ts';

const perPage = 1000;

/** The executions of one state machine, whichever version they run. */
export class StepFunctionsExecutions implements Executions {
  readonly #client: SFNClient;
  readonly #machineArn: string;

  constructor(machineArn: string, client = new SFNClient({ maxAttempts: 5 })) {
    this.#client = client;
    this.#machineArn = machineArn;
  }

  async running(): Promise<Set<string>> {
    const names = new Set<string>();
    const request = { stateMachineArn: this.#machineArn, statusFilter: 'RUNNING', maxResults: perPage } as const;
    for await (const { executions = [] } of paginateListExecutions({ client: this.#client }, request)) {
      for (const { name } of executions) names.add(name!);
    }
    return names;
  }
}
