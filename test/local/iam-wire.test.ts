import { DatabaseSync } from 'node:sqlite';
import { DynamoDBClient, GetItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { EncryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { LocationClient, SearchPlaceIndexForTextCommand } from '@aws-sdk/client-location';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, expect, it, test } from 'vitest';
import { SteppedClock } from '../../local/clock.ts';
import { Authoriser, roleArn } from '../../local/iam/authoriser.ts';
import type { Denial } from '../../local/iam/denial.ts';
import { parsePolicy } from '../../local/iam/policy.ts';
import type { Lookup } from '../../local/iam/requests.ts';
import { AccessKeys } from '../../local/proxy/access-keys.ts';
import { SignatureProxy } from '../../local/proxy/signature-proxy.ts';
import { awsJson, type ServiceHandler } from '../../local/services.ts';

const home = 'us-east-1:000000000000';
const lookup: Lookup = {
  tableKey: () => undefined,
  queueKey: () => undefined,
  bucketKey: () => undefined,
  tableHashKey: () => 'pk',
  kmsKey: (reference) => `arn:aws:kms:${home}:key/${reference}`,
  kmsKeyOfCiphertext: () => undefined,
  machineOfToken: () => undefined,
};
const may = [
  {
    Effect: 'Allow',
    Action: ['dynamodb:GetItem', 'dynamodb:PutItem'],
    Resource: `arn:aws:dynamodb:${home}:table/orders`,
  },
  { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::proofs/proofs/*' },
];

const served: string[] = [];
const denials: Denial[] = [];
const serve: ServiceHandler = async ({ service }) => {
  served.push(service);
  return awsJson({});
};
const keys = new AccessKeys(new DatabaseSync(':memory:'));
const credentials = keys.declare('Ordering');
const operator = keys.declare('operator');
const authoriser = new Authoriser({
  policies: {
    ofRoles: new Map([[roleArn('Ordering'), parsePolicy({ Statement: may }, 'api/OrderingRole', 'identity')]]),
    ofResources: new Map(),
  },
  lookup,
  administrators: ['operator'],
  onDenied: (denial) => denials.push(denial),
});
const proxy = new SignatureProxy({
  keys,
  clock: new SteppedClock(0),
  services: { dynamodb: serve, sqs: serve, s3: serve, kms: serve, states: serve, geo: serve },
  authorize: authoriser.authorize,
  log: () => {},
});

let at: { endpoint: string; region: string; credentials: typeof credentials; maxAttempts: number };
beforeAll(async () => {
  at = { endpoint: `http://127.0.0.1:${await proxy.listen(0)}`, region: 'us-east-1', credentials, maxAttempts: 1 };
});
afterAll(() => proxy.close());

const message = (action: string, resource: string) =>
  `User: arn:aws:iam::000000000000:role/Ordering is not authorized to perform: ${action} on resource: ${resource} ` +
  `because no identity-based policy allows the ${action} action`;
const key = { pk: { S: 'a' }, sk: { S: 'b' } };

test.each<[string, () => Promise<unknown>, string, number, string, string]>([
  [
    'DynamoDB',
    () => new DynamoDBClient(at).send(new GetItemCommand({ TableName: 'personal', Key: key })),
    'AccessDeniedException',
    400,
    'dynamodb:GetItem',
    `arn:aws:dynamodb:${home}:table/personal`,
  ],
  [
    'one item of a transaction',
    () =>
      new DynamoDBClient(at).send(
        new TransactWriteItemsCommand({
          TransactItems: [{ Put: { TableName: 'orders', Item: key } }, { Delete: { TableName: 'orders', Key: key } }],
        }),
      ),
    'AccessDeniedException',
    400,
    'dynamodb:DeleteItem',
    `arn:aws:dynamodb:${home}:table/orders`,
  ],
  [
    'SQS',
    () =>
      new SQSClient(at).send(
        new SendMessageCommand({ QueueUrl: `${at.endpoint}/000000000000/wake`, MessageBody: 'x' }),
      ),
    'AccessDenied',
    403,
    'sqs:SendMessage',
    `arn:aws:sqs:${home}:wake`,
  ],
  [
    'S3',
    () =>
      new S3Client({ ...at, forcePathStyle: true }).send(
        new PutObjectCommand({ Bucket: 'proofs', Key: 'proofs/1', Body: 'x' }),
      ),
    'AccessDenied',
    403,
    's3:PutObject',
    'arn:aws:s3:::proofs/proofs/1',
  ],
  [
    'KMS',
    () => new KMSClient(at).send(new EncryptCommand({ KeyId: 'k1', Plaintext: Buffer.from('x') })),
    'AccessDeniedException',
    400,
    'kms:Encrypt',
    `arn:aws:kms:${home}:key/k1`,
  ],
  [
    'Step Functions',
    () =>
      new SFNClient(at).send(
        new StartExecutionCommand({ stateMachineArn: `arn:aws:states:${home}:stateMachine:life:live` }),
      ),
    'AccessDeniedException',
    400,
    'states:StartExecution',
    `arn:aws:states:${home}:stateMachine:life`,
  ],
  [
    'Location',
    () =>
      new LocationClient({ ...at, disableHostPrefix: true }).send(
        new SearchPlaceIndexForTextCommand({ IndexName: 'places', Text: 'x' }),
      ),
    'AccessDeniedException',
    403,
    'geo:SearchPlaceIndexForText',
    `arn:aws:geo:${home}:place-index/places`,
  ],
])('%s refuses as AWS does, and nothing is served', async (_, call, name, status, action, resource) => {
  served.length = denials.length = 0;
  await expect(call()).rejects.toMatchObject({
    name,
    message: message(action, resource),
    $metadata: { httpStatusCode: status },
  });
  expect(served).toEqual([]);
  expect(denials.map(({ request }) => [request.principal, request.action, request.resource])).toEqual([
    [{ role: roleArn('Ordering') }, action, resource],
  ]);
});

it('serves what is granted, and everything to the administrator', async () => {
  served.length = denials.length = 0;
  await new DynamoDBClient(at).send(new GetItemCommand({ TableName: 'orders', Key: key }));
  const administrator = new DynamoDBClient({ ...at, credentials: operator });
  await administrator.send(new GetItemCommand({ TableName: 'personal', Key: key }));
  expect([served, denials]).toEqual([['dynamodb', 'dynamodb'], []]);
});

it('a signed link may do what its signer may', async () => {
  const client = new S3Client({ ...at, forcePathStyle: true });
  const link = (command: GetObjectCommand | PutObjectCommand) => getSignedUrl(client, command as GetObjectCommand);
  const get = await fetch(await link(new GetObjectCommand({ Bucket: 'proofs', Key: 'proofs/1' })));
  const elsewhere = await fetch(await link(new GetObjectCommand({ Bucket: 'proofs', Key: 'other/1' })));
  const put = await fetch(await link(new PutObjectCommand({ Bucket: 'proofs', Key: 'proofs/1' })), { method: 'PUT' });
  expect([get.status, elsewhere.status, put.status]).toEqual([200, 403, 403]);
  expect(await put.text()).toContain('<Code>AccessDenied</Code>');
});

it('what is no JSON is for the service to refuse', async () => {
  const { caller, ...rest } = { caller: { role: 'Ordering', accessKeyId: '' }, method: 'POST', path: '/', headers: {} };
  const request = { ...rest, caller, service: 'sqs', query: new URLSearchParams(), body: Buffer.from('{') };
  expect(authoriser.authorize(request)).toBeUndefined();
});
