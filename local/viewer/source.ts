import type { ExecutionView } from '../stepfunctions/execution-view.ts';
import type { HistoryEvent } from '../stepfunctions/history.ts';

/** One line of the list. Instants are business ms. */
export interface ExecutionSummary {
  name: string;
  machine: string;
  status: ExecutionView['status'];
  startedAt: number;
  endedAt: number | null;
  transitions: number;
}

/** Where the viewer reads executions: `Executions` of the embedded cloud is one. An unknown one is undefined. */
export interface ExecutionSource {
  /** Latest started first. */
  list(): ExecutionSummary[] | Promise<ExecutionSummary[]>;
  describe(nameOrArn: string): ExecutionView | undefined | Promise<ExecutionView | undefined>;
  /** In the order of their ids. */
  history(nameOrArn: string): HistoryEvent[] | undefined | Promise<HistoryEvent[] | undefined>;
}
