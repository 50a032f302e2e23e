import type { Deployment, Resource } from '../assembly/deployment.ts';
import type { Clock } from '../clock.ts';
import { type AlarmDefinition, type AlarmState, Alarms } from '../cloudwatch/alarms.ts';
import type { MetricId, Metrics, Statistic } from '../cloudwatch/metrics.ts';
import type { FunctionOutcome } from '../services.ts';
import type { QueueStore } from '../sqs/queue-store.ts';
import type { HistoryEvent } from '../stepfunctions/history.ts';
import type { ExecutionRecord } from '../stepfunctions/record.ts';

/** What the services measure of themselves here: the names of their metrics, and the dimensions that alarms may name. */
const serviceMetrics: Record<string, { names: readonly string[]; dimensions: readonly string[] }> = {
  'AWS/Lambda': { names: ['Invocations', 'Errors', 'Throttles', 'IteratorAge'], dimensions: ['FunctionName'] },
  'AWS/SQS': { names: ['ApproximateNumberOfMessagesVisible'], dimensions: ['QueueName'] },
  'AWS/States': {
    names: ['ExecutionsStarted', 'ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted'],
    dimensions: ['StateMachineArn'],
  },
  'AWS/ApiGateway': { names: ['Count', '5xx'], dimensions: ['ApiId'] },
};
/** What functions say themselves, in the embedded metric format. */
const ownNamespace = /^Mallway\//;

const comparisons: Record<string, AlarmDefinition['comparison']> = {
  GreaterThanThreshold: 'above',
  GreaterThanOrEqualToThreshold: 'at least',
  LessThanThreshold: 'below',
  LessThanOrEqualToThreshold: 'at most',
};

export interface AlarmsOptions {
  deployment: Deployment;
  clock: Clock;
  metrics: Metrics;
  queues: QueueStore;
  onChange: (alarm: AlarmState) => void;
}

/** The alarms of the template. One on a metric that nobody measures here stops the start with its logical id. */
export function alarmsOf({ deployment, clock, metrics, queues, onChange }: AlarmsOptions): Alarms {
  const definitions = deployment.ofType('AWS::CloudWatch::Alarm').map(definitionOf);
  const sample = (at: number) => {
    for (const name of queues.names()) {
      const { visible } = queues.counts(queues.find(name)!);
      const metric = { namespace: 'AWS/SQS', name: 'ApproximateNumberOfMessagesVisible' };
      metrics.add({ ...metric, dimensions: { QueueName: name } }, visible, at);
    }
  };
  return new Alarms({ definitions, metrics, clock, sample, onChange });
}

function definitionOf({ stack, logicalId, name, properties }: Resource<'AWS::CloudWatch::Alarm'>): AlarmDefinition {
  const { Namespace, MetricName, Statistic, Dimensions = [], EvaluationPeriods } = properties;
  const metric: MetricId = {
    namespace: Namespace,
    name: MetricName,
    dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value])),
  };
  const known = serviceMetrics[Namespace];
  const isMeasured =
    ownNamespace.test(Namespace) ||
    (known?.names.includes(MetricName) &&
      Object.keys(metric.dimensions).sort().join() === known.dimensions.toSorted().join());
  if (!isMeasured) {
    throw new Error(
      `${stack}/${logicalId} watches ${Namespace} ${MetricName} by ${Object.keys(metric.dimensions).join(', ') || 'no dimension'}, which nobody measures here. Measure it, and say so in local/wiring/alarms.ts.`,
    );
  }
  return {
    name,
    description: properties.AlarmDescription,
    metric,
    statistic: Statistic as Statistic,
    periodSeconds: properties.Period,
    evaluationPeriods: EvaluationPeriods,
    datapointsToAlarm: properties.DatapointsToAlarm ?? EvaluationPeriods,
    threshold: properties.Threshold,
    comparison: comparisons[properties.ComparisonOperator]!,
    missingBreaches: properties.TreatMissingData === 'breaching',
  };
}

/** What an invocation says of its function. */
export function measureInvocation(metrics: Metrics, clock: Clock) {
  return (functionName: string, outcome: FunctionOutcome): void => {
    const add = (name: string, value: number) =>
      metrics.add({ namespace: 'AWS/Lambda', name, dimensions: { FunctionName: functionName } }, value, clock.now());
    const isThrottled = !outcome.ok && outcome.errorType === 'TooManyRequestsException';
    add('Throttles', isThrottled ? 1 : 0);
    if (isThrottled) return;
    add('Invocations', 1);
    add('Errors', outcome.ok ? 0 : 1);
  };
}

/** How old the last record of a batch is as a function gets it. */
export function measureIteratorAge(metrics: Metrics, clock: Clock) {
  return (functionName: string, ageMs: number): void => {
    const metric = { namespace: 'AWS/Lambda', name: 'IteratorAge', dimensions: { FunctionName: functionName } };
    metrics.add(metric, ageMs, clock.now());
  };
}

/** What the history of an execution says of its machine. */
export function measureHistory(metrics: Metrics, clock: Clock) {
  return ({ machineArn }: ExecutionRecord, events: HistoryEvent[]): void => {
    for (const { type } of events) {
      const [, how] = /^Execution(Started|Failed|TimedOut|Aborted)$/.exec(type) ?? [];
      if (!how) continue;
      const metric = { namespace: 'AWS/States', name: `Executions${how}`, dimensions: { StateMachineArn: machineArn } };
      metrics.add(metric, 1, clock.now());
    }
  };
}

/** What an answer says of its API. */
export function measureAnswer(metrics: Metrics, clock: Clock) {
  return (apiId: string, status: number): void => {
    const add = (name: string, value: number) =>
      metrics.add({ namespace: 'AWS/ApiGateway', name, dimensions: { ApiId: apiId } }, value, clock.now());
    add('Count', 1);
    add('5xx', status >= 500 ? 1 : 0);
  };
}
