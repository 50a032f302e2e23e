import { Duration } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import {
  Choice,
  Condition,
  Errors,
  type IChainable,
  IntegrationPattern,
  JitterType,
  Parallel,
  Pass,
  type RetryProps,
  type State,
  Succeed,
  TaskInput,
  Timeout,
} from 'aws-cdk-lib/aws-stepfunctions';
import { CallAwsService, LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';

/** What an order may wait for; each is one state, one stored token and one deadline. */
export type WaitKey =
  | 'storesConfirm'
  | 'storesGetReady'
  | 'findDriver'
  | 'driverCollects'
  | 'driverDelivers'
  | 'returnToStores'
  | 'operationsDecide';

/**
 * Four tries with full jitter, at most 1 + 2 + 4 + 8 = 15 s in all. Each retry is a paid transition, so only errors
 * that pass by themselves are listed.
 */
const untilItPasses = {
  interval: Duration.seconds(1),
  backoffRate: 2,
  maxDelay: Duration.seconds(8),
  maxAttempts: 4,
  jitterStrategy: JitterType.FULL,
} satisfies RetryProps;

/** SDK integrations name errors after the classes of the AWS SDK for Java: prefix `DynamoDb`, suffix `Exception`. */
const transientTableErrors = [
  'DynamoDb.InternalServerErrorException',
  'DynamoDb.ProvisionedThroughputExceededException',
  'DynamoDb.RequestLimitExceededException',
  'DynamoDb.SdkClientException',
  'DynamoDb.ThrottlingException',
  'DynamoDb.TransactionConflictException',
];

/** Sent by the resumer with the cause `{"deadlines": ...}` when a deadline has moved earlier than the running timer. */
const deadlineChanged = 'DeadlineChanged';

export interface OrderLifecycleProps {
  orders: Table;
  /** Decides what a passed deadline means, and settles an ended order. */
  lifecycle: IFunction;
}

/**
 * The life of one order, from placed to settled, as operations read it in the console: every state says whom we wait
 * for. It never decides who won a race; it waits until the order in the table satisfies a condition, or until the
 * wait's deadline, and reads the outcome.
 *
 * Execution input: `{ orderId, generation, storesConfirmBy, url }`, no personal data. Every wait and every decision
 * hands on `{ outcome, deadlines: { <wait>: ISO instant } }`, so each wait knows its deadline as of the last fact.
 */
export class OrderLifecycle extends Construct {
  readonly start: IChainable;

  private readonly props: OrderLifecycleProps;

  constructor(scope: Construct, id: string, props: OrderLifecycleProps) {
    super(scope, id);
    this.props = props;

    const storesConfirm = this.wait(
      'Stores confirm',
      'storesConfirm',
      'Waiting for every store to accept or reject its part. Operations may call a silent store, or cancel the order.',
    );
    const driverCollects = this.wait(
      'Driver collects',
      'driverCollects',
      'Waiting for the driver to take over the parcels of every store. Operations may reassign the order, or cancel it.',
    );
    const driverDelivers = this.wait(
      'Driver delivers',
      'driverDelivers',
      'Waiting for the driver to bring the parcels to the door. Operations may call the driver, or cancel (a return).',
    );
    const returnToStores = this.wait(
      'Return to stores',
      'returnToStores',
      'Waiting for the driver to bring parcels back to their stores. Operations may ask for another try at the door.',
    );
    const operationsDecide = this.wait(
      'Operations decide',
      'operationsDecide',
      'Waiting for operations: resume, hand over to another driver, return, or declare returned or lost.',
    );

    const settle = this.decide(
      'Settle',
      { action: 'settle' },
      'The order has ended: its fees, pay and refunds are entered, each once. Operations need do nothing.',
    );
    const closed = Succeed.jsonata(this, 'Order closed', { comment: 'Delivered, returned, cancelled or failed.' });
    const superseded = Succeed.jsonata(this, 'Superseded', {
      comment: 'A newer execution has taken this order over; its name ends in -r and a number.',
    });
    settle.next(closed);

    const getReadyAndFindDriver = this.getReadyAndFindDriver();
    getReadyAndFindDriver.next(driverCollects);

    const afterConfirmation = this.choice('Did the stores confirm?', 'Whether there is something to deliver.')
      .when(outcomeIs('confirmed'), getReadyAndFindDriver)
      .when(outcomeIs('not_due'), storesConfirm)
      .when(outcomeIs('ended'), settle)
      .when(outcomeIs('superseded'), superseded)
      .otherwise(driverCollects);

    const afterCollection = this.choice('What has the driver?', 'Everything, nothing, or something to bring back.')
      .when(outcomeIs('collected'), driverDelivers)
      .when(outcomeIs('driver_lost'), getReadyAndFindDriver)
      .when(outcomeIs('return'), returnToStores)
      .when(outcomeIs('not_due'), driverCollects)
      .when(outcomeIs('ended'), settle)
      .when(outcomeIs('superseded'), superseded)
      .otherwise(operationsDecide);

    const afterDoor = this.choice('How did it go at the door?', 'Delivered, refused, or nobody knows.')
      .when(outcomeIs('ended'), settle)
      .when(outcomeIs('return'), returnToStores)
      .when(outcomeIs('not_due'), driverDelivers)
      .when(outcomeIs('superseded'), superseded)
      .otherwise(operationsDecide);

    const afterReturn = this.choice('Are the parcels back?', 'Back, to be tried again, or nobody knows.')
      .when(outcomeIs('ended'), settle)
      .when(outcomeIs('reattempt'), driverDelivers)
      .when(outcomeIs('not_due'), returnToStores)
      .when(outcomeIs('superseded'), superseded)
      .otherwise(operationsDecide);

    const afterDecision = this.choice('What did operations decide?', 'To go on, to return, or to end it.')
      .when(outcomeIs('ended'), settle)
      .when(outcomeIs('return'), returnToStores)
      .when(outcomeIs('not_due'), operationsDecide)
      .when(outcomeIs('superseded'), superseded)
      .otherwise(driverCollects);

    this.lead(storesConfirm, 'storesConfirm', afterConfirmation);
    this.lead(driverCollects, 'driverCollects', afterCollection);
    this.lead(driverDelivers, 'driverDelivers', afterDoor);
    this.lead(returnToStores, 'returnToStores', afterReturn);
    this.lead(operationsDecide, 'operationsDecide', afterDecision);

    this.start = storesConfirm;
  }

  /** Preparing and finding a driver go on side by side; each ends as soon as the other need not be waited for. */
  private getReadyAndFindDriver(): Parallel {
    const storesGetReady = this.wait(
      'Stores get ready',
      'storesGetReady',
      'Waiting for every store to have its parcels ready. Operations may call a late store, or cancel the order.',
    );
    const readyOrNot = this.choice('Are the stores ready?', 'A store that got more time is waited for again.')
      .when(outcomeIs('not_due'), storesGetReady)
      .otherwise(this.goOn('Go on with what is ready'));
    this.leadBranch(storesGetReady, 'storesGetReady', readyOrNot);

    const findDriver = this.wait(
      'Find a driver',
      'findDriver',
      'Waiting for a driver to accept the run. Operations may assign one, or cancel the order.',
    );
    const foundOrNot = this.choice('Is there a driver?', 'While there is time left, the search goes on.')
      .when(outcomeIs('not_due'), findDriver)
      .otherwise(this.goOn('Go on without a driver'));
    this.leadBranch(findDriver, 'findDriver', foundOrNot);

    // The branches differ at most in how fresh their deadlines are, and a stale one only makes the next wait start anew.
    return Parallel.jsonata(this, 'Get ready and find a driver', {
      comment: 'Waiting for the stores and for a driver, whichever takes longer.',
      outputs: '{% $states.result[0] %}',
    })
      .branch(storesGetReady)
      .branch(findDriver);
  }

  /** Stores this task's token under the order; the resumer returns it once the order satisfies the condition. */
  private wait(name: string, key: WaitKey, comment: string): CallAwsService {
    const due =
      key === 'storesConfirm'
        ? '($exists($states.input.deadlines) ? $states.input.deadlines.storesConfirm : $states.input.storesConfirmBy)'
        : `$states.input.deadlines.${key}`;
    const execution = '$states.context.Execution';
    const wait = CallAwsService.jsonata(this, name, {
      comment,
      service: 'dynamodb',
      action: 'updateItem',
      iamAction: 'dynamodb:UpdateItem',
      integrationPattern: IntegrationPattern.WAIT_FOR_TASK_TOKEN,
      iamResources: [this.props.orders.tableArn],
      parameters: {
        TableName: this.props.orders.tableName,
        Key: {
          pk: { S: `{% 'ORDER#' & ${execution}.Input.orderId %}` },
          sk: { S: `{% 'WAIT#' & $string(${execution}.Input.generation) & '#${key}' %}` },
        },
        UpdateExpression:
          'SET #token = :token, #state = :state, dueAt = :dueAt, enteredAt = :enteredAt, #execution = :execution, ' +
          'duePk = :duePk, dueSk = :dueAt',
        ExpressionAttributeNames: { '#token': 'token', '#state': 'state', '#execution': 'execution' },
        ExpressionAttributeValues: {
          ':token': { S: '{% $states.context.Task.Token %}' },
          ':state': { S: '{% $states.context.State.Name %}' },
          ':dueAt': { S: `{% ${due} %}` },
          ':enteredAt': { S: '{% $states.context.State.EnteredTime %}' },
          ':execution': { S: `{% ${execution}.Id %}` },
          ':duePk': { S: 'WAIT' },
        },
      },
      // A timeout of 0 or less fails the state, so a deadline that has already passed is due in one second.
      taskTimeout: Timeout.jsonata(
        `{% $max([1, $ceil(($toMillis(${due}) - $toMillis($states.context.State.EnteredTime)) / 1000)]) %}`,
      ),
    });
    wait.addRetry({ errors: transientTableErrors, ...untilItPasses });
    wait.addCatch(wait, { errors: [deadlineChanged], outputs: '{% $parse($states.errorOutput.Cause) %}' });
    return wait;
  }

  /** Calls the Lifecycle function. Whatever went wrong in it is tried again: it changes nothing the second time. */
  private decide(name: string, payload: { action: string; state?: WaitKey }, comment: string): LambdaInvoke {
    const decision = LambdaInvoke.jsonata(this, name, {
      comment,
      lambdaFunction: this.props.lifecycle,
      payload: TaskInput.fromObject({
        ...payload,
        orderId: '{% $states.context.Execution.Input.orderId %}',
        generation: '{% $states.context.Execution.Input.generation %}',
        now: '{% $states.context.State.EnteredTime %}',
      }),
      outputs: '{% $states.result.Payload %}',
      retryOnServiceExceptions: false,
    });
    decision.addRetry({ errors: [Errors.TASKS_FAILED], ...untilItPasses });
    return decision;
  }

  private choice(name: string, comment: string): Choice {
    return Choice.jsonata(this, name, { comment });
  }

  private goOn(name: string): Pass {
    return Pass.jsonata(this, name, { comment: 'What this means is read from the order as it now stands.' });
  }

  /** A fulfilled wait and a passed deadline lead to the same question. */
  private lead(wait: CallAwsService, key: WaitKey, question: Choice): void {
    wait.next(question);
    wait.addCatch(this.timeIsUp(wait, key, question), { errors: [Errors.TIMEOUT] });
  }

  /** A fulfilled wait ends its branch. A branch cannot leave its Parallel: a superseded execution ends at the next wait. */
  private leadBranch(wait: CallAwsService, key: WaitKey, question: Choice): void {
    wait.addCatch(this.timeIsUp(wait, key, question), { errors: [Errors.TIMEOUT] });
  }

  private timeIsUp(wait: CallAwsService, key: WaitKey, question: Choice): State {
    const decision = this.decide(
      `Time is up: ${wait.id.toLowerCase()}`,
      { action: 'deadline', state: key },
      `The deadline of "${wait.id}" has come. What that means is decided by the order; if it has moved, we wait again.`,
    );
    decision.next(question);
    return decision;
  }
}

function outcomeIs(outcome: string): Condition {
  return Condition.jsonata(`{% $states.input.outcome = '${outcome}' %}`);
}
