import { accountId, arn, region } from '../assembly/home.ts';
import { functionNameOf } from '../lambda/registration.ts';
import { s3Target } from '../s3/s3-service.ts';
import { jsonBody, type ServiceRequest } from '../services.ts';
import type { Context } from './condition.ts';
import { dynamoDbDemands } from './dynamodb-requests.ts';
import type { AccessRequest } from './evaluate.ts';

/** What a call asks for, of whoever makes it; all of it must be allowed. */
export type Demand = Omit<AccessRequest, 'principal'>;

/** What the template and the running parts know of resources that a request only points at. */
export interface Lookup {
  /** The ARN of the customer's own key of a table, queue or bucket (each by its ARN), if it has one. */
  tableKey(tableArn: string): string | undefined;
  queueKey(queueArn: string): string | undefined;
  bucketKey(bucketArn: string): string | undefined;
  /** The name of the partition key of a table or of its index. */
  tableHashKey(tableArn: string, index: string | undefined): string | undefined;
  /** The ARN of a KMS key by id, ARN or alias. */
  kmsKey(reference: string): string | undefined;
  kmsKeyOfCiphertext(blob: Buffer): string | undefined;
  /** The ARN of the machine whose task has the token. */
  machineOfToken(token: string): string | undefined;
}

/** What a call of a service asks for; nothing where the service itself refuses what it cannot find. */
export function demandsOf(request: ServiceRequest, lookup: Lookup): Demand[] {
  const target = (request.headers['x-amz-target'] ?? '').split('.').at(-1) ?? '';
  const body = () => jsonBody(request) as Record<string, unknown>;
  switch (request.service) {
    case 'dynamodb':
      return dynamoDbDemands(target, body(), lookup);
    case 'sqs':
      return queueDemands(target, body(), lookup);
    case 's3':
      return objectDemands(request, lookup);
    case 'kms':
      return keyDemands(target, body(), lookup);
    case 'states':
      return machineDemands(target, body(), lookup);
    case 'events':
      return busDemands(target, body());
    case 'cognito-idp':
      return [userPoolDemand(target, body())];
    case 'ssm':
      return [{ action: `ssm:${target}`, resource: arn('ssm', `parameter${body().Name}`), context: {} }];
    case 'lambda':
      return [functionDemand(decodeURIComponent(request.path.split('/')[3] ?? ''))];
    case 'geo':
    case 'geo-routes':
    case 'geo-places':
      return [placeDemand(request)];
    default:
      return [{ action: `${request.service}:${target}`, resource: '*', context: {} }];
  }
}

/** Each entry names its bus, by name or ARN; without one it is the account's own. */
function busDemands(operation: string, input: Record<string, unknown>): Demand[] {
  const entries = (Array.isArray(input.Entries) ? input.Entries : []) as { EventBusName?: string }[];
  const buses = new Set(entries.map(({ EventBusName = 'default' }) => EventBusName));
  return [...buses].map((bus) => ({
    action: `events:${operation}`,
    resource: bus.startsWith('arn:') ? bus : arn('events', `event-bus/${bus}`),
    context: {},
  }));
}

function userPoolDemand(operation: string, { UserPoolId }: Record<string, unknown>): Demand {
  return { action: `cognito-idp:${operation}`, resource: arn('cognito-idp', `userpool/${UserPoolId}`), context: {} };
}

function queueDemands(operation: string, input: Record<string, unknown>, lookup: Lookup): Demand[] {
  const name = String(input.QueueName ?? input.QueueUrl ?? '')
    .split('/')
    .at(-1)!;
  const resource = operation === 'ListQueues' ? '*' : arn('sqs', name);
  const action = operation.replace(/Batch$/, '');
  return [{ action: `sqs:${action}`, resource, context: {} }, ...queueKeyDemands(action, resource, lookup)];
}

/** Source: "Key management", SQS Developer Guide: who sends makes data keys, who receives opens them. */
export function queueKeyDemands(action: string, queueArn: string, { queueKey }: Lookup): Demand[] {
  const key = queueKey(queueArn);
  if (key === undefined) return [];
  const context = via('sqs');
  const actions =
    { SendMessage: ['kms:GenerateDataKey', 'kms:Decrypt'], ReceiveMessage: ['kms:Decrypt'] }[action] ?? [];
  return actions.map((it) => ({ action: it, resource: key, context }));
}

const objectActions: Record<string, string> = {
  PUT: 's3:PutObject',
  GET: 's3:GetObject',
  HEAD: 's3:GetObject',
  DELETE: 's3:DeleteObject',
};

function objectDemands(request: ServiceRequest, { bucketKey, kmsKey }: Lookup): Demand[] {
  const { bucket, key } = s3Target(request);
  const bucketArn = `arn:aws:s3:::${bucket}`;
  if (key === '') {
    const prefix = request.query.get('prefix');
    return [
      { action: 's3:ListBucket', resource: bucketArn, context: prefix === null ? {} : { 's3:prefix': [prefix] } },
    ];
  }
  const action = objectActions[request.method] ?? `s3:${request.method}`;
  const given = request.headers['x-amz-server-side-encryption-aws-kms-key-id'];
  const kms = (given !== undefined && request.method === 'PUT' ? kmsKey(given) : undefined) ?? bucketKey(bucketArn);
  const kmsAction = { 's3:PutObject': 'kms:GenerateDataKey', 's3:GetObject': 'kms:Decrypt' }[action];
  return [
    { action, resource: `${bucketArn}/${key}`, context: {} },
    ...(kms !== undefined && kmsAction !== undefined ? [{ action: kmsAction, resource: kms, context: via('s3') }] : []),
  ];
}

function keyDemands(
  operation: string,
  input: Record<string, unknown>,
  { kmsKey, kmsKeyOfCiphertext }: Lookup,
): Demand[] {
  const reference = String(input.KeyId ?? '');
  const key =
    operation === 'Decrypt'
      ? kmsKeyOfCiphertext(Buffer.from(String(input.CiphertextBlob ?? ''), 'base64'))
      : kmsKey(reference);
  // KMS itself says what does not exist, and what is no ciphertext of its own.
  if (key === undefined) return [];
  const pairs = Object.entries((input.EncryptionContext ?? {}) as Record<string, string>);
  const context = Object.fromEntries(
    pairs.map(([name, value]) => [`kms:encryptioncontext:${name.toLowerCase()}`, [value]]),
  );
  return [{ action: `kms:${operation}`, resource: key, context }];
}

/**
 * A version or an alias is authorised as its machine, and says itself in a condition key.
 * Source: "Authorization for versions and aliases in Step Functions workflows".
 */
function machineDemands(operation: string, input: Record<string, unknown>, { machineOfToken }: Lookup): Demand[] {
  const action = `states:${operation}`;
  if (typeof input.taskToken === 'string') {
    const machine = machineOfToken(input.taskToken);
    return machine === undefined ? [] : [{ action, resource: machine, context: {} }];
  }
  const given =
    input.executionArn ?? input.stateMachineArn ?? input.stateMachineAliasArn ?? input.stateMachineVersionArn;
  if (typeof given !== 'string') return [{ action, resource: '*', context: {} }];
  const [machine, qualifier] = [given.split(':').slice(0, 7).join(':'), given.split(':')[7]];
  if (!machine.includes(':stateMachine:')) return [{ action, resource: given, context: {} }];
  const context = qualifier === undefined ? {} : { 'states:statemachinequalifier': [qualifier] };
  return [{ action, resource: machine, context }];
}

/** `reference` is a name or an ARN, with or without a version. */
export function functionDemand(reference: string): Demand {
  const plain = arn('lambda', `function:${functionNameOf(reference)}`);
  const qualifier = reference.startsWith('arn:') ? reference.split(':')[7] : reference.split(':')[1];
  const resource = qualifier === undefined ? plain : `${plain}:${qualifier}`;
  return { action: 'lambda:InvokeFunction', resource, context: {} };
}

function placeDemand({ service, path }: ServiceRequest): Demand {
  const provider = `arn:aws:${service}:${region}::provider/default`;
  const [, calculator, kind] = /^\/routes\/v0\/calculators\/([^/]+)\/calculate\/(route|route-matrix)$/.exec(path) ?? [];
  if (calculator !== undefined) {
    const action = kind === 'route' ? 'geo:CalculateRoute' : 'geo:CalculateRouteMatrix';
    return { action, resource: arn('geo', `route-calculator/${decodeURIComponent(calculator)}`), context: {} };
  }
  const [, index] = /^\/places\/v0\/indexes\/([^/]+)\/search\/text$/.exec(path) ?? [];
  if (index !== undefined) {
    const resource = arn('geo', `place-index/${decodeURIComponent(index)}`);
    return { action: 'geo:SearchPlaceIndexForText', resource, context: {} };
  }
  if (path === '/v2/routes') return { action: 'geo-routes:CalculateRoutes', resource: provider, context: {} };
  if (path === '/v2/route-matrix')
    return { action: 'geo-routes:CalculateRouteMatrix', resource: provider, context: {} };
  return { action: `${service}:${path}`, resource: '*', context: {} };
}

/** What KMS is told of a call that a service makes for its own caller. */
export function via(service: string): Context {
  return { 'aws:viaawsservice': ['true'], 'kms:viaservice': [`${service}.${region}.amazonaws.com`] };
}

/** What a policy is told of the resource for which a service asks. */
export function sourceContext(sourceArn: string): Context {
  return { 'aws:sourcearn': [sourceArn], 'aws:sourceaccount': [accountId] };
}

/** Keys of the context that every request has. */
export function commonContext(principal: AccessRequest['principal']): Context {
  const isRole = 'role' in principal;
  return {
    'aws:requestedregion': [region],
    'aws:resourceaccount': [accountId],
    // Clients speak TLS to AWS; here they are on the same machine as the service.
    'aws:securetransport': ['true'],
    'aws:principalisawsservice': [String(!isRole)],
    'aws:viaawsservice': ['false'],
    ...(isRole && { 'aws:principalarn': [principal.role], 'aws:principalaccount': [accountId] }),
  };
}
