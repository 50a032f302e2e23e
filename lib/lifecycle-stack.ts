import { ArnFormat, CfnDeletionPolicy, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { EventBus, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping, FilterCriteria, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import {
  type CfnStateMachine,
  CfnStateMachineAlias,
  CfnStateMachineVersion,
  DefinitionBody,
  LogLevel,
  QueryLanguage,
  StateMachine,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { acknowledge } from './constructs/acknowledge.ts';
import type { FunctionCode } from './constructs/bundle.ts';
import { HandedOn } from './constructs/handed-on.ts';
import { ServiceFunction, type ServiceFunctionProps, untracedReason } from './constructs/service-function.ts';
import type { DataStack, TableName } from './data-stack.ts';
import type { DispatchStack } from './dispatch-stack.ts';
import { publicUrlParameter } from './parameters.ts';
import type { Settings } from './settings.ts';
import { OrderLifecycle } from './workflow/order-lifecycle.ts';

export interface LifecycleStackProps extends StackProps {
  settings: Settings;
  code: FunctionCode;
  data: DataStack;
  dispatch: DispatchStack;
}

/** What moves an order on: its state machine, and the functions that tell it and others what has happened. */
export class LifecycleStack extends Stack {
  /** The names of what is watched. */
  readonly watched: Record<'resumer' | 'relay' | 'reconciler' | 'streamFailures', HandedOn>;
  readonly machineArn: string;

  private readonly props: LifecycleStackProps;
  private readonly streamFailures: Queue;

  constructor(scope: Construct, id: string, props: LifecycleStackProps) {
    super(scope, id, props);
    this.props = props;
    const { data, dispatch } = props;

    const lifecycle = this.function('Lifecycle', {
      description: 'Decides what a passed deadline of an order means, and settles ended orders',
      failuresGo: 'Invoked by the state machine, which tries again and keeps what failed.',
    });
    data.grant(lifecycle, { orders: ['get', 'get many', 'query', 'put'], fleet: ['get', 'get many', 'put'] });

    this.machineArn = this.machineArnOf(props.settings);
    const machine = this.stateMachine(lifecycle);
    const live = this.publish(machine);

    this.streamFailures = new Queue(this, 'StreamFailures', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledge(this.streamFailures, {
      'AwsSolutions-SQS3': failureQueueReason,
      'Serverless-SQSRedrivePolicy': failureQueueReason,
    });

    const resumes = { PUBLIC_URL: publicUrlParameter(this, props.settings), STATE_MACHINE_ALIAS_ARN: live.attrArn };
    const resumer = this.function('Resumer', {
      description: 'Brings executions into line with their orders: completes waits that came true, starts executions',
      environment: resumes,
      failuresGo: 'Invoked by streams, which send records that keep failing to the queue of stream failures.',
    });
    data.grant(resumer, { orders: ['get', 'query', 'delete'] });
    this.grantResume(resumer, machine);
    this.readStream(resumer, 'orders', ['ORDER', { prefix: 'WAIT#' }]);

    const relay = this.function('Relay', {
      description: 'Tells others what happened to orders and drivers, and wakes the planner',
      failuresGo: 'Invoked by streams, which send records that keep failing to the queue of stream failures.',
    });
    data.grant(relay, { orders: ['get', 'query'], fleet: ['get', 'query'], requests: ['get', 'put'] });
    dispatch.grantWake(relay);
    if (props.settings.publishEvents) this.publishEvents(relay);
    this.readStream(relay, 'orders', [{ prefix: 'EVENT#' }, 'UNPUBLISHED']);
    this.readStream(relay, 'fleet', [{ prefix: 'EVENT#' }]);

    const sweeper = this.function('Sweeper', {
      description: 'Every minute finds overdue waits, orders without an execution, and offers nobody answered',
      // A whole processor: sixteen orders at once compute more than they wait.
      memoryMegabytes: 1769,
      environment: resumes,
      failuresGo: nextMinuteReason,
    });
    data.grant(sweeper, {
      orders: ['get', 'get many', 'query', 'query due', 'put', 'delete'],
      fleet: ['query due'],
      catalogue: ['get many', 'query lists'],
    });
    this.grantResume(sweeper, machine);
    dispatch.grantWake(sweeper);
    const everyMinute = new Rule(this, 'EveryMinute', {
      description: 'The second, independent net under every order',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(sweeper)],
    });
    const handOn = (part: string, value: string) =>
      new HandedOn(this, `${part}Name`, { settings: props.settings, value });
    this.watched = {
      resumer: handOn('Resumer', resumer.functionName),
      relay: handOn('Relay', relay.functionName),
      reconciler: handOn('Reconciler', this.reconcile(machine)),
      streamFailures: handOn('StreamFailures', this.streamFailures.queueName),
    };
    acknowledge(everyMinute, { 'Serverless-EventBusDLQ': nextMinuteReason });
  }

  /**
   * What the records of an order say of each other, none of which is changed; and what was kept for long enough. Gives the
   * name of who looks.
   */
  private reconcile(machine: StateMachine): string {
    const reconciler = this.function('Reconciler', {
      description: 'Every hour compares the records of orders, and erases what was kept of shoppers for long enough',
      timeout: Duration.minutes(5),
      environment: { STATE_MACHINE_ARN: machine.stateMachineArn },
      failuresGo: nextHourReason,
    });
    this.props.data.grant(reconciler, {
      orders: ['get', 'get many', 'query', 'query lists', 'query due', 'delete'],
      fleet: ['get many'],
      catalogue: ['get many', 'query lists', 'put'],
      requests: ['get', 'get many', 'put'],
      personal: ['get many', 'query', 'delete'],
    });
    this.props.data.grantErasingPictures(reconciler);
    reconciler.allow(['states:ListExecutions'], machine.stateMachineArn);
    const everyHour = new Rule(this, 'EveryHour', {
      description: 'Whether records agree',
      schedule: Schedule.rate(Duration.hours(1)),
      targets: [new LambdaFunction(reconciler)],
    });
    acknowledge(everyHour, { 'Serverless-EventBusDLQ': nextHourReason });
    return reconciler.functionName;
  }

  /** Rules, targets and archives are the operator's; what the bus does not take is kept beside its order. */
  private publishEvents(relay: ServiceFunction): void {
    const bus = new EventBus(this, 'OrderEvents', {
      eventBusName: `mallway-${this.props.settings.stage}-order-events`,
      description: 'What happens to orders, for integrations of your own: docs/events.md',
    });
    relay.addEnvironment('EVENT_BUS_NAME', bus.eventBusName);
    relay.allow(['events:PutEvents'], bus.eventBusArn);
    this.props.data.grant(relay, { orders: ['put', 'delete'] });
  }

  private function(
    name: 'Lifecycle' | 'Resumer' | 'Relay' | 'Sweeper' | 'Reconciler',
    props: Pick<ServiceFunctionProps, 'description' | 'failuresGo' | 'environment' | 'memoryMegabytes' | 'timeout'>,
  ): ServiceFunction {
    return new ServiceFunction(this, name, { settings: this.props.settings, code: this.props.code, ...props });
  }

  private stateMachine(lifecycle: ServiceFunction): StateMachine {
    const { settings, data } = this.props;
    const name = machineName(settings);
    const definition = new OrderLifecycle(this, 'OrderLifecycle', { orders: data.tables.orders, lifecycle });
    const role = this.machineRole(lifecycle);
    const machine = new StateMachine(this, 'OrderLifecycleMachine', {
      stateMachineName: name,
      role: role.withoutPolicyUpdates(),
      comment: 'The life of one order; the execution is named after it',
      queryLanguage: QueryLanguage.JSONATA,
      definitionBody: DefinitionBody.fromChainable(definition.start),
      // No timeout of the machine: every wait has its own, and an order may be held for days.
      tracingEnabled: settings.tracing,
      logs: {
        // This prefix keeps the account's resource policy for log delivery from outgrowing its limit.
        destination: new LogGroup(this, 'OrderLifecycleLogs', {
          logGroupName: `/aws/vendedlogs/states/${name}`,
          retention: settings.logRetention,
          removalPolicy: settings.removal,
        }),
        level: LogLevel.ALL,
        includeExecutionData: false,
      },
      removalPolicy: settings.removal,
    });
    // Step Functions sets up the log with this role as soon as the machine exists, so its policy has to come first.
    machine.node.addDependency(role);
    if (!settings.tracing) {
      acknowledge(machine, {
        'AwsSolutions-SF2': untracedReason,
        'Serverless-StepFunctionStateMachineXray': untracedReason,
      });
    }
    return machine;
  }

  /**
   * What CDK would grant by itself is more than the machine does: any version of the function, though it invokes the
   * newest only.
   */
  private machineRole(lifecycle: ServiceFunction): Role {
    const machine = this.machineArn;
    const role = new Role(this, 'OrderLifecycleMachineRole', {
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: { ArnLike: { 'aws:SourceArn': machine }, StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    });
    const allow = (actions: string[], resource: string) =>
      role.addToPolicy(new PolicyStatement({ actions, resources: [resource] }));
    allow(['dynamodb:UpdateItem'], this.props.data.tables.orders.tableArn);
    allow(['lambda:InvokeFunction'], lifecycle.functionArn);
    allow(logDelivery, '*');
    if (this.props.settings.tracing) allow(traces, '*');
    acknowledge(role, {
      'AwsSolutions-IAM5[Resource::*]': 'The actions that set up log delivery, or send traces, know no resources.',
    });
    return role;
  }

  /** Known before the machine is there. */
  private machineArnOf(settings: Settings): string {
    return this.formatArn({
      service: 'states',
      resource: 'stateMachine',
      resourceName: machineName(settings),
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  /** Versions stay for the executions that began on them; new orders start on what the alias `live` points to. */
  private publish(machine: StateMachine): CfnStateMachineAlias {
    const { attrStateMachineRevisionId } = machine.node.defaultChild as CfnStateMachine;
    const version = new CfnStateMachineVersion(this, 'OrderLifecycleVersion', {
      stateMachineArn: machine.stateMachineArn,
      stateMachineRevisionId: attrStateMachineRevisionId,
    });
    version.applyRemovalPolicy(RemovalPolicy.RETAIN);
    // That is for those that a newer one replaces; the last goes with the machine.
    if (this.props.settings.removal === RemovalPolicy.DESTROY) {
      version.cfnOptions.deletionPolicy = CfnDeletionPolicy.DELETE;
    }
    return new CfnStateMachineAlias(this, 'OrderLifecycleLive', {
      name: 'live',
      routingConfiguration: [{ stateMachineVersionArn: version.attrArn, weight: 100 }],
    });
  }

  /** Starting through an alias is authorised on the machine itself. */
  private grantResume(fn: ServiceFunction, machine: StateMachine): void {
    fn.allow(['states:StartExecution', 'states:SendTaskSuccess', 'states:SendTaskFailure'], machine.stateMachineArn);
  }

  /**
   * Lambda drops what `sortKeys` does not name before it would be charged. A record that fails stops only its own key:
   * the batch reports what failed, and after five tries, or an hour, the record goes to the queue of failures and the
   * sweeper takes care of its order.
   */
  private readStream(fn: ServiceFunction, tableName: TableName & ('orders' | 'fleet'), sortKeys: SortKeys): void {
    const stream = this.props.data.streams[tableName].in(this);
    fn.allow(
      ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
      stream,
    );
    fn.allow(['sqs:SendMessage'], this.streamFailures.queueArn);
    const mapping = new EventSourceMapping(this, `${fn.node.id}Reads${tableName}`, {
      target: fn,
      eventSourceArn: stream,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      filters: [FilterCriteria.filter({ dynamodb: { Keys: { sk: { S: sortKeys } } } })],
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      retryAttempts: 5,
      maxRecordAge: Duration.hours(1),
      onFailure: { bind: () => ({ destination: this.streamFailures.queueArn }) },
    });
    // Lambda reads with the function's role as soon as the mapping exists, so its policy has to come first.
    mapping.node.addDependency(fn.role!);
  }
}

/** Of stream records, in the language of Lambda's event filtering. */
type SortKeys = (string | { prefix: string })[];

function machineName({ stage }: Settings): string {
  return `mallway-${stage}-order-lifecycle`;
}

/** Source: "Logging using CloudWatch Logs", Step Functions Developer Guide. */
const logDelivery = [
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
];
/** Source: "Trace Step Functions request data in AWS X-Ray". */
const traces = [
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
];
const nextMinuteReason = 'A missed minute is made up for by the next one, which looks at everything again.';
const nextHourReason = 'An hour that is missed is looked at in the next one, from where the last one ended.';
const failureQueueReason = 'This is where failures end up; it has no consumer that could fail.';
