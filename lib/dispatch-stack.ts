import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { CfnPlaceIndex, CfnRouteCalculator } from 'aws-cdk-lib/aws-location';
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket } from 'aws-cdk-lib/aws-s3';
import { DeduplicationScope, FifoThroughputLimit, Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledge } from './constructs/acknowledge.ts';
import type { FunctionCode } from './constructs/bundle.ts';
import { HandedOn } from './constructs/handed-on.ts';
import { ServiceFunction } from './constructs/service-function.ts';
import type { DataStack } from './data-stack.ts';
import type { Settings } from './settings.ts';

/** HERE, never Esri: its terms exclude routing delivery vehicles. */
const dataSource = 'Here';

const functionTimeout = Duration.seconds(30);
/** Six times the function's timeout, as Lambda asks for, so that a slow batch is not delivered twice. */
const visibilityTimeout = Duration.seconds(6 * functionTimeout.toSeconds());

/**
 * FIFO limits count for each mall by itself, in place of 300 sends a second for all. Malls have deduplication ids of
 * their own, so nothing is lost by looking for duplicates in one group only. Source: "High throughput for FIFO queues".
 */
const highThroughput = {
  fifo: true,
  deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
  fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
} satisfies QueueProps;

export interface DispatchStackProps extends StackProps {
  settings: Settings;
  code: FunctionCode;
  data: DataStack;
}

/** Who carries what: the planner of offers, what wakes it, and the maps it asks. */
export class DispatchStack extends Stack {
  readonly placeIndex: { name: string; arn: string };

  /** The names of the queues of failures, for whoever watches them. */
  readonly failures: Record<'dispatch' | 'offerExpiry', HandedOn>;

  private readonly queues: Record<'dispatch' | 'offerExpiry', { url: HandedOn; arn: HandedOn }>;

  constructor(scope: Construct, id: string, props: DispatchStackProps) {
    super(scope, id, props);

    // One group per mall plans a mall at a time; the delay gathers what happens within seconds into one plan.
    const dispatchQueue = this.queue('DispatchQueue', { fifo: true, deliveryDelay: Duration.seconds(5) });
    // Messages here carry a delay of their own, which FIFO queues do not have.
    const offerExpiryQueue = this.queue('OfferExpiryQueue', {});
    this.queues = {
      dispatch: this.handOn('DispatchQueue', dispatchQueue, props.settings),
      offerExpiry: this.handOn('OfferExpiryQueue', offerExpiryQueue, props.settings),
    };

    this.failures = {
      dispatch: this.handOnFailures('DispatchFailuresName', dispatchQueue, props.settings),
      offerExpiry: this.handOnFailures('OfferExpiryFailuresName', offerExpiryQueue, props.settings),
    };

    // Positions are kept with the order, which the terms of HERE allow with the intended use `Storage` only.
    const indexName = `mallway-${props.settings.stage}-places`;
    this.placeIndex = {
      name: indexName,
      arn: this.formatArn({ service: 'geo', resource: 'place-index', resourceName: indexName }),
    };
    new CfnPlaceIndex(this, 'PlaceIndex', {
      indexName,
      dataSource,
      dataSourceConfiguration: { intendedUse: 'Storage' },
    });
    const dispatch = new ServiceFunction(this, 'Dispatch', {
      ...props,
      description: 'Plans offers for one mall at a time, and withdraws offers nobody took',
      timeout: functionTimeout,
      failuresGo: 'Invoked by queues, which have dead-letter queues of their own.',
    });
    props.data.grant(dispatch, {
      orders: ['get many', 'query dispatch', 'put'],
      fleet: ['get', 'get many', 'query lists', 'put'],
      requests: ['get', 'get many', 'put'],
      catalogue: ['get', 'get many'],
    });
    this.keepTicks(dispatch, props.settings);
    this.askRoutes(dispatch, props.settings);
    for (const queue of [dispatchQueue, offerExpiryQueue]) this.consume(dispatch, queue);
  }

  /** Lets `fn` wake the planner. */
  grantWake(fn: ServiceFunction): void {
    const { dispatch, offerExpiry } = this.queues;
    fn.addEnvironment('DISPATCH_QUEUE_URL', dispatch.url.in(fn));
    fn.addEnvironment('OFFER_EXPIRY_QUEUE_URL', offerExpiry.url.in(fn));
    fn.allow(['sqs:SendMessage'], dispatch.arn.in(fn), offerExpiry.arn.in(fn));
  }

  private handOn(id: string, queue: Queue, settings: Settings): { url: HandedOn; arn: HandedOn } {
    return {
      url: new HandedOn(this, `${id}Url`, { settings, value: queue.queueUrl }),
      arn: new HandedOn(this, `${id}Arn`, { settings, value: queue.queueArn }),
    };
  }

  private handOnFailures(id: string, { deadLetterQueue }: Queue, settings: Settings): HandedOn {
    return new HandedOn(this, id, { settings, value: deadLetterQueue!.queue.queueName });
  }

  /** What dispatch saw and decided at each tick, so that any of them can be played again. */
  private keepTicks(fn: ServiceFunction, settings: Settings): void {
    const ticks = new Bucket(this, 'Ticks', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: settings.removal,
      lifecycleRules: [{ id: 'Expire ticks', expiration: Duration.days(settings.tickRetentionDays) }],
    });
    acknowledge(ticks, {
      'AwsSolutions-S1': 'Ids and coarse places only, written by one function, read by operators.',
    });
    fn.addEnvironment('TICKS_BUCKET', ticks.bucketName);
    fn.allow(['s3:PutObject'], ticks.arnForObjects('*'));
    acknowledge(fn.role!, {
      [`AwsSolutions-IAM5[Resource::<${this.getLogicalId(ticks.node.defaultChild as CfnBucket)}.Arn>/*]`]:
        'Every tick is an object of its own, named after its mall and instant.',
    });
  }

  /** Lets `fn` ask how long drives take, where the stage pays for it. */
  private askRoutes(fn: ServiceFunction, { routes, stage }: Settings): void {
    if (routes === 'great-circle') return;
    if (routes === 'location-v2') {
      const provider = this.formatArn({
        service: 'geo-routes',
        account: '',
        resource: 'provider',
        resourceName: 'default',
      });
      fn.allow(['geo-routes:CalculateRoutes', 'geo-routes:CalculateRouteMatrix'], provider);
      return;
    }
    const calculatorName = `mallway-${stage}-routes`;
    const calculator = new CfnRouteCalculator(this, 'RouteCalculator', { calculatorName, dataSource });
    fn.addEnvironment('ROUTE_CALCULATOR', calculator.calculatorName);
    fn.allow(
      ['geo:CalculateRoute', 'geo:CalculateRouteMatrix'],
      this.formatArn({ service: 'geo', resource: 'route-calculator', resourceName: calculatorName }),
    );
  }

  private consume(fn: ServiceFunction, queue: Queue): void {
    fn.allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], queue.queueArn);
    const mapping = new EventSourceMapping(this, `${fn.node.id}Reads${queue.node.id}`, {
      target: fn,
      eventSourceArn: queue.queueArn,
      batchSize: 10,
      reportBatchItemFailures: true,
    });
    // Lambda reads with the function's role as soon as the mapping exists, so its policy has to come first.
    mapping.node.addDependency(fn.role!);
    acknowledge(mapping, {
      'Serverless-LambdaEventSourceMappingDestination':
        'Sources that are queues have no such setting: after 5 tries their own dead-letter queue takes the message.',
    });
  }

  private queue(id: string, props: QueueProps): Queue {
    const shared = { ...(props.fifo && highThroughput), encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true };
    const failures = new Queue(this, `${id}Failures`, { ...shared, retentionPeriod: Duration.days(14) });
    acknowledge(failures, {
      'Serverless-SQSRedrivePolicy': 'This is where failures end up; it has no consumer that could fail.',
    });
    return new Queue(this, id, {
      ...shared,
      ...props,
      visibilityTimeout,
      deadLetterQueue: { maxReceiveCount: 5, queue: failures },
    });
  }
}
