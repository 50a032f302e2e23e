import { Annotations, CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Dashboard, GraphWidget, type IWidget, Metric, Stats, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { acknowledge } from './constructs/acknowledge.ts';
import { OperatorAlarm, type OperatorAlarmProps } from './constructs/alarm.ts';
import type { HandedOn } from './constructs/handed-on.ts';
import { metricsNamespace } from './constructs/service-function.ts';
import type { DispatchStack } from './dispatch-stack.ts';
import type { FunctionName } from './functions.ts';
import type { LifecycleStack } from './lifecycle-stack.ts';
import type { Settings } from './settings.ts';
import type { WebStack } from './web-stack.ts';

export interface OperationsStackProps extends StackProps {
  settings: Settings;
  web: WebStack;
  dispatch: DispatchStack;
  lifecycle: LifecycleStack;
}

/** What people see of a running installation, and what wakes them. Nothing depends on it. */
export class OperationsStack extends Stack {
  private readonly props: OperationsStackProps;
  private readonly topic: Topic;

  constructor(scope: Construct, id: string, props: OperationsStackProps) {
    super(scope, id, props);
    this.props = props;
    this.topic = this.alarmTopic();
    this.alarmsOfTheBusiness();
    this.alarmsOfTheMachinery();
    this.alarmsOfWhatFailed();
    this.dashboard();
  }

  private alarmTopic(): Topic {
    const { alarmEmail } = this.props.settings;
    const topic = new Topic(this, 'Alarms', { displayName: 'Mallway alarms', enforceSSL: true });
    if (alarmEmail) {
      acknowledge(topic.addSubscription(new EmailSubscription(alarmEmail)), {
        'Serverless-SNSRedrivePolicy':
          'Mail that cannot be delivered tells nobody from a queue; the alarm stays on the dashboard.',
      });
    } else Annotations.of(this).addWarningV2('mallway:nobody-is-woken', nobody);
    new CfnOutput(this, 'AlarmsGoTo', {
      value: alarmEmail ?? 'nobody',
      description: alarmEmail ? 'Confirm the subscription in the message that AWS sends there' : nobody,
    });
    new CfnOutput(this, 'AlarmTopic', { value: topic.topicArn });
    return topic;
  }

  private alarmsOfTheBusiness(): void {
    const { lateOrders } = this.props.settings;
    const minutes = { values: 3, within: 5 };
    this.alarm('OrdersLateAtStores', {
      metric: this.own('Sweeper', 'OrdersLateAtStores'),
      atLeast: lateOrders,
      breaching: minutes,
      impact:
        'Stores do not answer or do not finish: shoppers wait, and orders are cancelled when the time to confirm is over.',
    });
    this.alarm('OrdersLateForDriver', {
      metric: this.own('Sweeper', 'OrdersLateForDriver'),
      atLeast: lateOrders,
      breaching: minutes,
      impact: 'Goods stand at the counters and no driver comes: promises are about to be broken.',
    });
    this.alarm('OrdersNeedOperations', {
      metric: this.own('Sweeper', 'OrdersNeedingOperations'),
      atLeast: 1,
      breaching: minutes,
      impact: 'Parcels are with somebody and nobody decides what becomes of them; the shopper hears nothing.',
    });
    this.alarm('MallPaused', {
      metric: this.own('Sweeper', 'MallsPaused', Stats.MINIMUM),
      atLeast: 1,
      period: Duration.hours(1),
      impact: 'A mall takes no orders during its hours and nobody has said for how long: channels are turned away.',
    });
    this.alarm('AddressSearchFails', {
      metric: this.own('Ordering', 'GeocodingFailures', Stats.SUM),
      atLeast: 3,
      period: Duration.minutes(5),
      impact: 'Orders without a position of the door are refused with 503, as addresses cannot be looked up.',
    });
    this.alarm('ApiErrors', {
      metric: new Metric({
        namespace: 'AWS/ApiGateway',
        metricName: '5xx',
        dimensionsMap: { ApiId: this.props.web.api.apiId },
        statistic: Stats.SUM,
      }),
      atLeast: 5,
      period: Duration.minutes(5),
      impact: 'Channels, stores and drivers get errors for what they ask; drivers may be unable to hand over.',
    });
  }

  private alarmsOfTheMachinery(): void {
    const { lifecycle } = this.props;
    this.alarm('ExecutionsFailed', {
      metric: new Metric({
        namespace: 'AWS/States',
        metricName: 'ExecutionsFailed',
        dimensionsMap: { StateMachineArn: lifecycle.machineArn },
        statistic: Stats.SUM,
      }),
      atLeast: 1,
      period: Duration.minutes(5),
      impact: 'An order has lost its execution: its deadlines pass unnoticed until it has another one.',
    });
    this.alarm('WaitsOverdue', {
      metric: this.own('Sweeper', 'WaitsOverdue'),
      atLeast: 1,
      breaching: { values: 5, within: 5 },
      impact: 'A deadline has passed and nothing was decided: a shopper waits for an order that should have ended.',
    });
    for (const name of ['Resumer', 'Relay'] as const) {
      this.alarm(`${name}Behind`, {
        metric: new Metric({
          namespace: 'AWS/Lambda',
          metricName: 'IteratorAge',
          dimensionsMap: { FunctionName: this.nameOf(lifecycle.watched[name === 'Resumer' ? 'resumer' : 'relay']) },
          statistic: Stats.MAXIMUM,
        }),
        atLeast: 60_000,
        period: Duration.minutes(5),
        impact:
          name === 'Resumer'
            ? 'Orders move minutes late: the sweeper alone completes what they wait for.'
            : 'Drivers get offers minutes late, as the planner is woken by the sweeper alone; events come late.',
      });
    }
    this.alarm('SweeperSilent', {
      metric: this.own('Sweeper', 'OpenOrders', Stats.SAMPLE_COUNT),
      below: 3,
      period: Duration.minutes(5),
      silenceBreaches: true,
      impact: 'The net under every order is gone: what the streams lose stays lost, and nothing below is measured.',
    });
    this.alarm('OrdersLeftBehind', {
      metric: this.own('Sweeper', 'OrdersLeftBehind'),
      atLeast: 1,
      breaching: { values: 3, within: 3 },
      impact:
        'The sweeper fails on some orders, or gets to them late: they stand still if a stream misses them as well.',
    });
    this.alarm('RecordsDisagree', {
      metric: this.own('Reconciler', 'Mismatches'),
      atLeast: 1,
      period: Duration.hours(1),
      impact:
        'What is kept of an order contradicts itself: somebody may be paid wrongly, or a parcel be looked for in vain.',
    });
    this.alarm('ReconcilerFailing', {
      metric: new Metric({
        namespace: 'AWS/Lambda',
        metricName: 'Errors',
        dimensionsMap: { FunctionName: this.nameOf(lifecycle.watched.reconciler) },
        statistic: Stats.SUM,
      }),
      atLeast: 1,
      period: Duration.hours(1),
      breaching: { values: 2, within: 2 },
      impact:
        'Nobody compares the records of orders, and what shoppers and applicants asked to be erased may still be there.',
    });
    this.alarm('EventsUnpublished', {
      metric: this.own('Sweeper', 'OrdersUnpublished', Stats.MINIMUM),
      atLeast: 1,
      period: Duration.minutes(15),
      impact: "The operator's own integrations do not hear of orders; orders themselves go on.",
    });
  }

  private alarmsOfWhatFailed(): void {
    const { dispatch, lifecycle } = this.props;
    const waits = (queue: HandedOn) => ({
      metric: new Metric({
        namespace: 'AWS/SQS',
        metricName: 'ApproximateNumberOfMessagesVisible',
        dimensionsMap: { QueueName: this.nameOf(queue) },
        statistic: Stats.MAXIMUM,
      }),
      atLeast: 1,
    });
    this.alarm('StreamRecordsFailed', {
      ...waits(lifecycle.watched.streamFailures),
      impact: 'A change of an order or a driver was not acted on; that order may stand still, and no other does.',
    });
    this.alarm('DispatchMessagesFailed', {
      ...waits(dispatch.failures.dispatch),
      impact: 'A mall could not be planned: its orders get no driver until the next attempt works.',
    });
    this.alarm('OfferExpiriesFailed', {
      ...waits(dispatch.failures.offerExpiry),
      impact: 'An offer nobody answered could not be withdrawn: its orders are offered to nobody else.',
    });
  }

  private alarm(id: string, props: Omit<OperatorAlarmProps, 'settings' | 'topic'>): void {
    new OperatorAlarm(this, id, { ...props, settings: this.props.settings, topic: this.topic });
  }

  /** What a function of ours measures. */
  private own(service: FunctionName, metricName: string, statistic: string = Stats.MAXIMUM): Metric {
    const namespace = metricsNamespace(this.props.settings);
    return new Metric({ namespace, metricName, dimensionsMap: { service }, statistic });
  }

  private nameOf(handedOn: HandedOn): string {
    return handedOn.in(this);
  }

  private dashboard(): void {
    const { settings, lifecycle } = this.props;
    const graph = (title: string, left: Metric[], more: { right?: Metric[] } = {}): IWidget =>
      new GraphWidget({ title, left, ...more, width: 8, height: 6 });
    const sweeper = (name: string) => this.own('Sweeper', name);
    const stage = (name: string) => this.own('Lifecycle', name, Stats.p(50));
    new Dashboard(this, 'Dashboard', {
      dashboardName: `mallway-${settings.stage}`,
      widgets: [
        [new TextWidget({ markdown: `# Mallway ${settings.stage}\nAlarms: docs/runbook.md`, width: 24, height: 2 })],
        [
          graph('Orders', ['OpenOrders', 'OrdersAwaitingDriver'].map(sweeper)),
          graph(
            'Waiting too long',
            ['OrdersLateAtStores', 'OrdersLateForDriver', 'OrdersNeedingOperations'].map(sweeper),
          ),
          graph(
            'Stages of delivered orders, median seconds',
            ['StoresConfirmSeconds', 'FindDriverSeconds', 'CollectSeconds', 'DeliverSeconds'].map(stage),
            { right: [this.own('Lifecycle', 'OffersPerOrder', Stats.AVERAGE)] },
          ),
        ],
        [
          graph(
            'Age of stream records, ms',
            [lifecycle.watched.resumer, lifecycle.watched.relay].map(
              (fn) =>
                new Metric({
                  namespace: 'AWS/Lambda',
                  metricName: 'IteratorAge',
                  dimensionsMap: { FunctionName: this.nameOf(fn) },
                  statistic: Stats.MAXIMUM,
                }),
            ),
          ),
          graph(
            'Done by the sweeper',
            ['WaitsOverdue', 'WaitsResumed', 'ExecutionsRestarted', 'OrdersLeftBehind'].map(sweeper),
          ),
          graph('Not taken, and what disagrees', [
            sweeper('OrdersUnpublished'),
            this.own('Ordering', 'GeocodingFailures', Stats.SUM),
            this.own('Reconciler', 'Mismatches'),
            ...(settings.routes === 'great-circle' ? [] : [this.own('Dispatch', 'RoutesEstimated', Stats.SUM)]),
          ]),
        ],
      ],
    });
  }
}

const nobody =
  'Alarms reach nobody: deploy with -c alarmEmail=… (or set it in lib/settings.ts), and confirm the address. docs/runbook.md';
