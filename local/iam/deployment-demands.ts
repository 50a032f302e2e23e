import type { Deployment } from '../assembly/deployment.ts';
import { functionNameOf } from '../lambda/registration.ts';
import { tableKeyDemands } from './dynamodb-requests.ts';
import type { Principal } from './evaluate.ts';
import { type Demand, type Lookup, queueKeyDemands, sourceContext } from './requests.ts';

/** What services ask for, with roles of the template, so that its resources can do their work. */
export interface StandingDemand {
  /** Stack and logical id of the resource that cannot work without. */
  origin: string;
  principal: Principal;
  demand: Demand;
}

/** Source: "Using Lambda with DynamoDB / SQS", execution role permissions; Lambda checks them as a mapping is made. */
const sourceActions = {
  stream: ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map((action) => `dynamodb:${action}`),
  queue: ['DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage'].map((action) => `sqs:${action}`),
};

/** Source: "Logging using CloudWatch Logs", Step Functions Developer Guide: asked for as a machine with a log is made. */
const logDeliveryActions = [
  'CreateLogDelivery',
  'DeleteLogDelivery',
  'DescribeLogGroups',
  'DescribeResourcePolicies',
  'GetLogDelivery',
  'ListLogDeliveries',
  'PutResourcePolicy',
  'UpdateLogDelivery',
].map((action) => `logs:${action}`);

/**
 * Everything services do in the name of a role of the template: assume it, poll its event sources, send what failed,
 * set up its log. It is asked once, as the template is deployed, for policies do not change while it runs.
 */
export function deploymentDemands(deployment: Deployment, lookup: Lookup): StandingDemand[] {
  const demands: StandingDemand[] = [];
  const demand = (origin: string, principal: Principal, action: string, resource: string, context = {}) =>
    demands.push({ origin, principal, demand: { action, resource, context } });
  const roles = new Map<string, string>();

  for (const fn of deployment.ofType('AWS::Lambda::Function')) {
    roles.set(fn.name, fn.properties.Role);
    const source = sourceContext(deployment.attribute(fn, 'Arn'));
    demand(originOf(fn), { service: 'lambda.amazonaws.com' }, 'sts:AssumeRole', fn.properties.Role, source);
  }
  for (const machine of deployment.ofType('AWS::StepFunctions::StateMachine')) {
    const { RoleArn, LoggingConfiguration } = machine.properties;
    const source = sourceContext(deployment.attribute(machine, 'Arn'));
    demand(originOf(machine), { service: 'states.amazonaws.com' }, 'sts:AssumeRole', RoleArn, source);
    const { Destinations = [] } = LoggingConfiguration ?? {};
    if (Destinations.length === 0) continue;
    for (const action of logDeliveryActions) demand(originOf(machine), { role: RoleArn }, action, '*');
  }
  for (const mapping of deployment.ofType('AWS::Lambda::EventSourceMapping')) {
    const { FunctionName, EventSourceArn, DestinationConfig } = mapping.properties;
    const role = roleOf(roles, FunctionName, originOf(mapping));
    const isQueue = EventSourceArn.startsWith('arn:aws:sqs:');
    for (const action of sourceActions[isQueue ? 'queue' : 'stream']) {
      demand(originOf(mapping), { role }, action, EventSourceArn);
    }
    const keyDemands = isQueue
      ? queueKeyDemands('ReceiveMessage', EventSourceArn, lookup)
      : tableKeyDemands(EventSourceArn.split('/stream/')[0]!, lookup);
    for (const { action, resource, context } of keyDemands) {
      demand(originOf(mapping), { role }, action, resource, context);
    }
    const destination = DestinationConfig?.OnFailure.Destination;
    if (destination !== undefined) demandSend(demand, originOf(mapping), role, destination, lookup);
  }
  for (const config of deployment.ofType('AWS::Lambda::EventInvokeConfig')) {
    const destination = config.properties.DestinationConfig?.OnFailure.Destination;
    if (destination === undefined) continue;
    const role = roleOf(roles, config.properties.FunctionName, originOf(config));
    demandSend(demand, originOf(config), role, destination, lookup);
  }
  return demands;
}

function demandSend(
  demand: (origin: string, principal: Principal, action: string, resource: string, context?: object) => unknown,
  origin: string,
  role: string,
  queueArn: string,
  lookup: Lookup,
): void {
  demand(origin, { role }, 'sqs:SendMessage', queueArn);
  for (const { action, resource, context } of queueKeyDemands('SendMessage', queueArn, lookup)) {
    demand(origin, { role }, action, resource, context);
  }
}

function roleOf(roles: Map<string, string>, functionReference: string, origin: string): string {
  const role = roles.get(functionNameOf(functionReference));
  if (!role) throw new Error(`${origin}: there is no function ${functionReference} in the template.`);
  return role;
}

function originOf({ stack, logicalId }: { stack: string; logicalId: string }): string {
  return `${stack}/${logicalId}`;
}
