import type { ExecutionView } from '../../../local/stepfunctions/execution-view.ts';
import type { HistoryEvent } from '../../../local/stepfunctions/history.ts';
import type { ExecutionSource } from '../../../local/viewer/source.ts';

const started = Date.parse('2026-11-22T19:00:00.000Z');
const arn = (name: string) => `arn:aws:states:us-east-1:0:execution:M:${name}`;

export const runningExecution: ExecutionView = {
  arn: arn('ord_1'),
  name: 'ord_1',
  machine: 'OrderLifecycle',
  status: 'RUNNING',
  startedAt: started,
  endedAt: null,
  input: { orderId: 'ord_1', url: 'http://localhost:8080/ops/orders/ord_1' },
  output: null,
  error: null,
  states: [
    { name: 'Look the order up', enteredAt: started, exitedAt: started + 1000, comment: null },
    {
      name: 'Stores confirm',
      enteredAt: started + 1000,
      exitedAt: null,
      comment: 'Waits for the stores. Operations may cancel.',
    },
  ],
  waiting: [
    {
      state: 'Stores confirm',
      since: started + 1000,
      until: started + 600_000,
      comment: 'Waits for the stores. Operations may cancel.',
    },
  ],
  transitions: 3,
};

export const failedExecution: ExecutionView = {
  ...runningExecution,
  arn: arn('ord_2'),
  name: 'ord_2',
  status: 'FAILED',
  endedAt: started + 5000,
  error: { error: 'States.Runtime', cause: "<script>alert('cause')</script>" },
  waiting: [],
};

const history: HistoryEvent[] = [
  {
    id: 1,
    previousEventId: 0,
    type: 'ExecutionStarted',
    timestamp: started,
    details: { input: '{"orderId":"ord_1"}' },
  },
  {
    id: 2,
    previousEventId: 1,
    type: 'TaskStateEntered',
    timestamp: started + 1000,
    details: { name: 'Stores confirm' },
  },
  { id: 3, previousEventId: 2, type: 'TaskSubmitted', timestamp: started + 1100 },
];

const executions = [runningExecution, failedExecution];
const find = (nameOrArn: string) => executions.find((view) => view.name === nameOrArn || view.arn === nameOrArn);

export const source: ExecutionSource = {
  list: () => executions,
  describe: find,
  history: (nameOrArn) => (find(nameOrArn) ? history : undefined),
};
