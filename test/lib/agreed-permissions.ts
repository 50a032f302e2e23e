import type { FunctionName } from '../../lib/functions.ts';

const indexes: Record<string, string[]> = {
  orders: ['dispatch', 'due', 'lists'],
  fleet: ['due', 'lists'],
  catalogue: ['lists'],
};
const on = (table: string, ...actions: string[]) => actions.map((action) => `dynamodb:${action} ${table}`);
const read = (...tables: string[]) =>
  tables.flatMap((table) => [
    ...on(table, 'GetItem', 'BatchGetItem', 'Query'),
    ...(indexes[table] ?? []).map((index) => `dynamodb:Query ${table}/index/${index}`),
    ...(table === 'personal' ? ['kms:Decrypt PersonalKey', 'kms:DescribeKey PersonalKey'] : []),
  ]);
const write = (...tables: string[]) =>
  tables.flatMap((table) => [
    ...read(table),
    ...on(table, 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'),
    ...(table === 'personal'
      ? ['Encrypt', 'GenerateDataKey', 'GenerateDataKeyWithoutPlaintext', 'ReEncryptFrom', 'ReEncryptTo'].map(
          (action) => `kms:${action} PersonalKey`,
        )
      : []),
  ]);
const stream = (table: string) => on(table, 'DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams');
/** Where records of a stream go that keep failing. */
const putAside = ['GetQueueAttributes', 'GetQueueUrl', 'SendMessage'].map((action) => `sqs:${action} StreamFailures`);
const resume = ['StartExecution', 'SendTaskSuccess', 'SendTaskFailure'].map(
  (action) => `states:${action} OrderLifecycleMachine`,
);
const wake = ['sqs:SendMessage DispatchQueue', 'sqs:SendMessage OfferExpiryQueue'];
const consume = (queue: string) =>
  ['ChangeMessageVisibility', 'DeleteMessage', 'GetQueueAttributes', 'GetQueueUrl', 'ReceiveMessage'].map(
    (action) => `sqs:${action} ${queue}`,
  );

const agreed: Record<FunctionName, string[]> = {
  Authorizer: [...read('catalogue'), 'kms:Decrypt SecretsKey'],
  Ordering: [
    ...write('orders', 'personal', 'requests', 'fleet'),
    ...read('catalogue'),
    'geo:SearchPlaceIndexForText PlaceIndex',
  ],
  Readiness: [...write('orders', 'requests', 'fleet'), ...read('catalogue')],
  Drivers: [...write('fleet', 'orders', 'requests'), ...read('personal', 'catalogue'), 's3:PutObject Proofs/proofs/*'],
  Tracking: [...read('orders', 'personal', 'requests', 'fleet', 'catalogue'), 's3:GetObject Proofs/proofs/*'],
  Operations: [
    ...write('orders', 'fleet', 'requests'),
    ...read('catalogue', 'personal'),
    's3:GetObject Proofs/proofs/*',
  ],
  Directory: [...write('catalogue', 'fleet', 'requests'), 'kms:Encrypt SecretsKey', 'kms:Decrypt SecretsKey'],
  Dispatch: [
    ...write('orders', 'fleet'),
    ...read('requests', 'catalogue'),
    'geo:CalculateRoute RouteCalculator',
    'geo:CalculateRouteMatrix RouteCalculator',
    ...consume('DispatchQueue'),
    ...consume('OfferExpiryQueue'),
  ],
  Lifecycle: [...write('orders', 'fleet'), ...read('catalogue')],
  Resumer: [...read('orders'), ...on('orders', 'DeleteItem'), ...stream('orders'), ...putAside, ...resume],
  Relay: [
    ...read('orders', 'fleet'),
    ...write('requests'),
    ...wake,
    ...stream('orders'),
    ...stream('fleet'),
    ...putAside,
  ],
  Sweeper: [...read('orders', 'fleet', 'catalogue'), ...on('orders', 'DeleteItem'), ...resume, ...wake],
};

/** What each function may do beside writing its own log; a wider or narrower role has to be agreed here first. */
export const agreedPermissions = Object.fromEntries(
  Object.entries(agreed).map(([name, permissions]) => [
    name,
    [...permissions, `logs:CreateLogStream ${name}Logs`, `logs:PutLogEvents ${name}Logs`].sort(),
  ]),
);
