import type { FunctionName } from '../../lib/functions.ts';

const actions: Record<string, string> = {
  get: 'GetItem',
  'get many': 'BatchGetItem',
  query: 'Query',
  put: 'PutItem',
  delete: 'DeleteItem',
};
/** `due` and the like are queries of an index. */
const on = (table: string, ...acts: string[]) =>
  acts.map((act) => (actions[act] ? `dynamodb:${actions[act]} ${table}` : `dynamodb:Query ${table}/index/${act}`));
const stream = (table: string) =>
  ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map((action) => `dynamodb:${action} ${table}`);
/** Where records of a stream go that keep failing. */
const putAside = 'sqs:SendMessage StreamFailures';
const openPersonal = 'kms:Decrypt PersonalKey';
const showPapers = ['s3:PutObject Proofs/documents/*', 's3:GetObject Proofs/documents/*'];
const eraseProofs = ['s3:DeleteObject Proofs/proofs/*', 's3:ListBucket Proofs'];
const resume = ['StartExecution', 'SendTaskSuccess', 'SendTaskFailure'].map(
  (action) => `states:${action} OrderLifecycleMachine`,
);
const wake = ['sqs:SendMessage DispatchQueue', 'sqs:SendMessage OfferExpiryQueue'];
const consume = (queue: string) =>
  ['DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage'].map((action) => `sqs:${action} ${queue}`);

const agreed: Record<FunctionName, string[]> = {
  Authorizer: [...on('catalogue', 'get'), 'kms:Decrypt SecretsKey'],
  Ordering: [
    ...on('orders', 'get', 'get many', 'query', 'lists', 'put'),
    ...on('personal', 'get', 'put'),
    openPersonal,
    ...on('requests', 'get', 'get many', 'put'),
    ...on('fleet', 'get', 'get many', 'lists', 'put'),
    ...on('catalogue', 'get', 'get many'),
    'geo:SearchPlaceIndexForText arn:AWS::Partition:geo:AWS::Region:AWS::AccountId:place-index/mallway-dev-places',
  ],
  Readiness: [
    ...on('orders', 'get', 'get many', 'lists', 'put'),
    ...on('requests', 'get', 'put'),
    ...on('fleet', 'get', 'get many', 'lists', 'put'),
    ...on('catalogue', 'get'),
  ],
  Drivers: [
    ...on('fleet', 'get', 'get many', 'put'),
    ...on('orders', 'get many', 'put'),
    ...on('requests', 'get', 'get many', 'put'),
    ...on('personal', 'get', 'get many', 'put'),
    openPersonal,
    ...on('catalogue', 'get', 'get many'),
    's3:PutObject Proofs/proofs/*',
    's3:GetObject Proofs/proofs/*',
    ...showPapers,
  ],
  Tracking: [
    ...on('orders', 'get', 'get many', 'query'),
    ...on('personal', 'get'),
    openPersonal,
    ...on('requests', 'get', 'get many'),
    ...on('fleet', 'get', 'get many', 'lists'),
    ...on('catalogue', 'get', 'get many'),
    's3:GetObject Proofs/proofs/*',
  ],
  Operations: [
    ...on('orders', 'get', 'get many', 'query', 'due', 'put'),
    ...on('fleet', 'get', 'get many', 'lists', 'put'),
    ...on('requests', 'get', 'get many', 'put', 'delete'),
    ...on('catalogue', 'get', 'get many', 'lists'),
    ...on('personal', 'get', 'query', 'put', 'delete'),
    openPersonal,
    ...eraseProofs,
    's3:GetObject Proofs/documents/*',
  ],
  Directory: [
    ...on('catalogue', 'get', 'get many', 'lists', 'put'),
    ...on('fleet', 'get', 'get many', 'lists', 'put'),
    ...on('requests', 'get', 'put'),
    'kms:Encrypt SecretsKey',
    'kms:Decrypt SecretsKey',
  ],
  People: [
    ...on('catalogue', 'get', 'get many', 'lists', 'put'),
    ...on('fleet', 'get', 'query', 'put'),
    ...on('requests', 'get', 'query', 'put'),
    ...on('orders', 'query'),
    ...on('personal', 'get', 'get many', 'put'),
    openPersonal,
    ...showPapers,
    'kms:Encrypt SecretsKey',
    'kms:Decrypt SecretsKey',
    ...['Operations', 'Staff'].flatMap((pool) =>
      ['AdminCreateUser', 'AdminGetUser'].map(
        (call) =>
          `cognito-idp:${call} arn:AWS::Partition:cognito-idp:AWS::Region:AWS::AccountId:userpool/People${pool}Pool`,
      ),
    ),
  ],
  Dispatch: [
    ...on('orders', 'get many', 'dispatch', 'put'),
    ...on('fleet', 'get', 'get many', 'lists', 'put'),
    ...on('requests', 'get', 'get many', 'put'),
    ...on('catalogue', 'get', 'get many'),
    's3:PutObject Ticks/*',
    ...consume('DispatchQueue'),
    ...consume('OfferExpiryQueue'),
  ],
  Lifecycle: [...on('orders', 'get', 'get many', 'query', 'put'), ...on('fleet', 'get', 'get many', 'put')],
  Resumer: [...on('orders', 'get', 'query', 'delete'), ...stream('orders'), putAside, ...resume],
  Relay: [
    ...on('orders', 'get', 'query', 'put', 'delete'),
    'events:PutEvents OrderEvents',
    ...on('fleet', 'get', 'query'),
    ...on('requests', 'get', 'put'),
    ...wake,
    ...stream('orders'),
    ...stream('fleet'),
    putAside,
  ],
  Sweeper: [
    ...on('orders', 'get', 'get many', 'query', 'due', 'put', 'delete'),
    ...on('fleet', 'due'),
    ...on('catalogue', 'get many', 'lists'),
    ...resume,
    ...wake,
  ],
  Reconciler: [
    ...on('orders', 'get', 'get many', 'query', 'lists', 'due', 'delete'),
    ...on('fleet', 'get many'),
    ...on('catalogue', 'get many', 'lists', 'put'),
    ...on('requests', 'get', 'get many', 'put'),
    ...on('personal', 'get many', 'query', 'delete'),
    openPersonal,
    ...eraseProofs,
    's3:DeleteObject Proofs/documents/*',
    'states:ListExecutions OrderLifecycleMachine',
  ],
};

/** What each function may do beside writing its own log; a wider or narrower role has to be agreed here first. */
export const agreedPermissions = Object.fromEntries(
  Object.entries(agreed).map(([name, permissions]) => [
    name,
    [...permissions, `logs:CreateLogStream ${name}Logs`, `logs:PutLogEvents ${name}Logs`].sort(),
  ]),
);
