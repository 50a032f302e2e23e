import { executionArn } from './stepfunctions/arns.ts';
import { ApiError } from './stepfunctions/errors.ts';
import { describeExecution, type ExecutionView } from './stepfunctions/execution-view.ts';
import type { HistoryEvent } from './stepfunctions/history.ts';
import type { Interpreter } from './stepfunctions/interpreter.ts';
import type { ExecutionStatus } from './stepfunctions/record.ts';

export interface ExecutionSummary {
  arn: string;
  name: string;
  machine: string;
  status: ExecutionStatus;
  /** Business ms. */
  startedAt: number;
  endedAt: number | null;
  transitions: number;
}

/** Executions as people and scenarios look at them. An execution is named by its name or its ARN. */
export class Executions {
  readonly #interpreter: Interpreter;

  constructor(interpreter: Interpreter) {
    this.#interpreter = interpreter;
  }

  /** Latest started first. */
  list({
    status,
    limit = 100,
  }: {
    status?: ExecutionStatus | undefined;
    limit?: number | undefined;
  } = {}): ExecutionSummary[] {
    return this.#interpreter.machines
      .list()
      .flatMap(({ arn }) =>
        this.#interpreter.store.list({ by: 'machineArn', value: arn, ...(status && { status }), limit }),
      )
      .sort((left, right) => right.startDate - left.startDate || right.id - left.id)
      .slice(0, limit)
      .map((record) => ({
        arn: record.arn,
        name: record.name,
        machine: record.machineName,
        status: record.status,
        startedAt: record.startDate,
        endedAt: record.stopDate,
        transitions: record.transitions,
      }));
  }

  /** Undefined where there is none. */
  describe(nameOrArn: string): ExecutionView | undefined {
    const arn = this.#arnOf(nameOrArn);
    return arn === undefined ? undefined : describeExecution(this.#interpreter, arn);
  }

  history(nameOrArn: string): HistoryEvent[] | undefined {
    const arn = this.#arnOf(nameOrArn);
    return arn === undefined ? undefined : this.#interpreter.store.events(this.#interpreter.execution(arn).id);
  }

  #arnOf(nameOrArn: string): string | undefined {
    const candidates = nameOrArn.startsWith('arn:')
      ? [nameOrArn]
      : this.#interpreter.machines.list().map(({ arn }) => executionArn(arn, nameOrArn));
    return candidates.find((arn) => {
      try {
        return this.#interpreter.execution(arn);
      } catch (error) {
        if (error instanceof ApiError) return false;
        throw error;
      }
    });
  }
}
