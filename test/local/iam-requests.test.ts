import { describe, expect, it, test } from 'vitest';
import { demandsOf, type Lookup } from '../../local/iam/requests.ts';
import type { ServiceRequest } from '../../local/services.ts';

const home = 'us-east-1:000000000000';
const table = (name: string) => `arn:aws:dynamodb:${home}:table/${name}`;
const key = (name: string) => `arn:aws:kms:${home}:key/${name}`;
const machine = `arn:aws:states:${home}:stateMachine:lifecycle`;

const lookup: Lookup = {
  tableKey: (arn) => (arn === table('personal') ? key('personal') : undefined),
  queueKey: (arn) => (arn.endsWith(':secret') ? key('queue') : undefined),
  bucketKey: (arn) => (arn.endsWith(':::secret') ? key('bucket') : undefined),
  tableHashKey: (_, index) => (index === 'due' ? 'duePk' : 'pk'),
  kmsKey: (reference) => (reference === 'alias/none' ? undefined : key(reference)),
  kmsKeyOfCiphertext: (blob) => (blob.toString() === 'foreign' ? undefined : key('secrets')),
  machineOfToken: (token) => (token === 'known' ? machine : undefined),
};

function request(service: string, operation: string, body: object, more: Partial<ServiceRequest> = {}): ServiceRequest {
  return {
    service,
    caller: { role: 'Ordering', accessKeyId: 'AKIA' },
    method: 'POST',
    path: '/',
    query: new URLSearchParams(),
    headers: { host: 'localhost:1', 'x-amz-target': `Some_20260101.${operation}` },
    body: Buffer.from(JSON.stringify(body)),
    ...more,
  };
}

/** `action resource` of each demand, with the account and the region left out. */
function asked(given: ServiceRequest): string[] {
  return demandsOf(given, lookup).map(({ action, resource }) =>
    `${action} ${resource}`.replace(/arn:aws:[a-z0-9-]+:(us-east-1)?:(000000000000)?:/, ''),
  );
}

const item = (TableName: string) => ({ TableName, Key: { pk: { S: 'ORDER#1' }, sk: { S: 'ORDER' } } });

describe('DynamoDB', () => {
  test.each<[string, string, object, string[]]>([
    ['an item', 'GetItem', item('orders'), ['dynamodb:GetItem table/orders']],
    ['a table by its ARN', 'GetItem', item(table('orders')), ['dynamodb:GetItem table/orders']],
    [
      'an index, and not its table',
      'Query',
      { TableName: 'orders', IndexName: 'due' },
      ['dynamodb:Query table/orders/index/due'],
    ],
    [
      'each item of a transaction by the action of its own',
      'TransactWriteItems',
      {
        TransactItems: [
          { Put: item('orders') },
          { Update: item('fleet') },
          { Delete: item('requests') },
          { ConditionCheck: item('catalogue') },
        ],
      },
      [
        'dynamodb:PutItem table/orders',
        'dynamodb:UpdateItem table/fleet',
        'dynamodb:DeleteItem table/requests',
        'dynamodb:ConditionCheckItem table/catalogue',
      ],
    ],
    [
      'a transaction of reads',
      'TransactGetItems',
      { TransactItems: [{ Get: item('orders') }] },
      ['dynamodb:GetItem table/orders'],
    ],
    [
      'a batch is an action of its own on each table',
      'BatchGetItem',
      { RequestItems: { orders: { Keys: [] }, fleet: { Keys: [] } } },
      ['dynamodb:BatchGetItem table/orders', 'dynamodb:BatchGetItem table/fleet'],
    ],
    ['a batch of writes', 'BatchWriteItem', { RequestItems: { orders: [] } }, ['dynamodb:BatchWriteItem table/orders']],
    [
      'a table with a key of its own, read',
      'GetItem',
      item('personal'),
      ['dynamodb:GetItem table/personal', 'kms:Decrypt key/personal'],
    ],
    [
      'and written, once however many items',
      'TransactWriteItems',
      { TransactItems: [{ Put: item('personal') }, { Delete: item('personal') }] },
      ['dynamodb:PutItem table/personal', 'dynamodb:DeleteItem table/personal', 'kms:Decrypt key/personal'],
    ],
    [
      'an operation that is not emulated',
      'CreateTable',
      { TableName: 'orders' },
      ['dynamodb:CreateTable table/orders'],
    ],
    ['all tables', 'ListTables', {}, ['dynamodb:ListTables *']],
  ])('%s', (_, operation, body, expected) => {
    expect(asked(request('dynamodb', operation, body))).toEqual(expected);
  });

  it('names partition keys, attributes and the enclosing transaction', () => {
    const context = (operation: string, body: object) =>
      demandsOf(request('dynamodb', operation, body), lookup)[0]!.context;
    expect(
      context('Query', {
        TableName: 'orders',
        IndexName: 'due',
        KeyConditionExpression: '#p = :pk AND dueSk <= :until',
        FilterExpression: 'attribute_not_exists(ended) OR size(#d.lines) > :n',
        ExpressionAttributeNames: { '#p': 'duePk', '#d': 'data' },
        ExpressionAttributeValues: { ':pk': { S: 'OPEN#1' }, ':until': { S: 'x' }, ':n': { N: '1' } },
        Select: 'COUNT',
      }),
    ).toEqual({
      'dynamodb:leadingkeys': ['OPEN#1'],
      'dynamodb:attributes': ['duePk', 'dueSk', 'ended', 'data'],
      'dynamodb:select': ['COUNT'],
    });
    expect(
      context('TransactWriteItems', {
        TransactItems: [{ Put: { TableName: 'orders', Item: { pk: { S: 'a' }, sk: { S: 'b' } } } }],
      }),
    ).toEqual({
      'dynamodb:leadingkeys': ['a'],
      'dynamodb:attributes': ['pk', 'sk'],
      'dynamodb:enclosingoperation': ['TransactWriteItems'],
    });
    expect(
      context('BatchWriteItem', {
        RequestItems: {
          orders: [{ PutRequest: { Item: { pk: { S: 'a' } } } }, { DeleteRequest: { Key: { pk: { S: 'b' } } } }],
        },
      }),
    ).toMatchObject({ 'dynamodb:leadingkeys': ['a', 'b'] });
    expect(
      context('Query', {
        TableName: 'orders',
        KeyConditions: { pk: { AttributeValueList: [{ S: 'old' }], ComparisonOperator: 'EQ' } },
      }),
    ).toEqual({ 'dynamodb:leadingkeys': ['old'], 'dynamodb:attributes': ['pk'] });
    expect(context('Scan', { TableName: 'orders' })).toEqual({});
  });
});

describe('queues', () => {
  const queueUrl = (name: string) => ({ QueueUrl: `http://localhost:1/000000000000/${name}` });
  test.each<[string, object, string[]]>([
    ['SendMessage', queueUrl('wake.fifo'), ['sqs:SendMessage wake.fifo']],
    ['SendMessageBatch', queueUrl('wake'), ['sqs:SendMessage wake']],
    ['DeleteMessageBatch', queueUrl('wake'), ['sqs:DeleteMessage wake']],
    ['GetQueueUrl', { QueueName: 'wake' }, ['sqs:GetQueueUrl wake']],
    [
      'SendMessage',
      queueUrl('secret'),
      ['sqs:SendMessage secret', 'kms:GenerateDataKey key/queue', 'kms:Decrypt key/queue'],
    ],
    ['ReceiveMessage', queueUrl('secret'), ['sqs:ReceiveMessage secret', 'kms:Decrypt key/queue']],
    ['DeleteMessage', queueUrl('secret'), ['sqs:DeleteMessage secret']],
  ])('%s of %j', (operation, body, expected) => {
    expect(asked(request('sqs', operation, body))).toEqual(expected);
  });
});

describe('objects', () => {
  test.each<[string, string, string[]]>([
    ['PUT', '/proofs/a%20b/c', ['s3:PutObject proofs/a b/c']],
    ['GET', '/proofs/a', ['s3:GetObject proofs/a']],
    ['HEAD', '/proofs/a', ['s3:GetObject proofs/a']],
    ['DELETE', '/proofs/a', ['s3:DeleteObject proofs/a']],
    ['GET', '/proofs', ['s3:ListBucket proofs']],
    ['PUT', '/secret/a', ['s3:PutObject secret/a', 'kms:GenerateDataKey key/bucket']],
    ['GET', '/secret/a', ['s3:GetObject secret/a', 'kms:Decrypt key/bucket']],
  ])('%s %s', (method, path, expected) => {
    expect(asked(request('s3', '', {}, { method, path }))).toEqual(expected);
  });

  it('under a key that the request names', () => {
    const headers = { host: 'localhost:1', 'x-amz-server-side-encryption-aws-kms-key-id': 'mine' };
    expect(asked(request('s3', '', {}, { method: 'PUT', path: '/proofs/a', headers }))).toContain(
      'kms:GenerateDataKey key/mine',
    );
  });
});

describe('keys, machines, functions, places', () => {
  test.each<[string, string, object, string[]]>([
    ['kms', 'Encrypt', { KeyId: 'secrets' }, ['kms:Encrypt key/secrets']],
    ['kms', 'Decrypt', { CiphertextBlob: 'eA==' }, ['kms:Decrypt key/secrets']],
    ['kms', 'Decrypt', { CiphertextBlob: Buffer.from('foreign').toString('base64') }, []],
    ['kms', 'Encrypt', { KeyId: 'alias/none' }, []],
    ['states', 'StartExecution', { stateMachineArn: machine }, ['states:StartExecution stateMachine:lifecycle']],
    [
      'states',
      'StartExecution',
      { stateMachineArn: `${machine}:live` },
      ['states:StartExecution stateMachine:lifecycle'],
    ],
    ['states', 'SendTaskSuccess', { taskToken: 'known' }, ['states:SendTaskSuccess stateMachine:lifecycle']],
    ['states', 'SendTaskSuccess', { taskToken: 'unknown' }, []],
    [
      'states',
      'StopExecution',
      { executionArn: `${machine.replace('stateMachine', 'execution')}:ord_1` },
      ['states:StopExecution execution:lifecycle:ord_1'],
    ],
    ['states', 'ListStateMachines', {}, ['states:ListStateMachines *']],
    [
      'events',
      'PutEvents',
      { Entries: [{ EventBusName: 'orders' }, { EventBusName: 'orders' }, {}] },
      ['events:PutEvents event-bus/orders', 'events:PutEvents event-bus/default'],
    ],
    ['iam', 'ListRoles', {}, ['iam:ListRoles *']],
  ])('%s %s %j', (service, operation, body, expected) => {
    expect(asked(request(service, operation, body))).toEqual(expected);
  });

  it('tell the alias and the encryption context', () => {
    const [start] = demandsOf(request('states', 'StartExecution', { stateMachineArn: `${machine}:live` }), lookup);
    expect(start!.context).toEqual({ 'states:statemachinequalifier': ['live'] });
    const [decrypt] = demandsOf(
      request('kms', 'Decrypt', { CiphertextBlob: 'eA==', EncryptionContext: { apiKey: 'k1' } }),
      lookup,
    );
    expect(decrypt!.context).toEqual({ 'kms:encryptioncontext:apikey': ['k1'] });
  });

  test.each<[string, string, string]>([
    ['lambda', '/2015-03-31/functions/Ordering/invocations', 'lambda:InvokeFunction function:Ordering'],
    ['lambda', '/2015-03-31/functions/Ordering%3A2/invocations', 'lambda:InvokeFunction function:Ordering:2'],
    [
      'lambda',
      `/2015-03-31/functions/${encodeURIComponent(`arn:aws:lambda:${home}:function:Ordering`)}/invocations`,
      'lambda:InvokeFunction function:Ordering',
    ],
    ['geo', '/routes/v0/calculators/maps/calculate/route', 'geo:CalculateRoute route-calculator/maps'],
    ['geo', '/routes/v0/calculators/maps/calculate/route-matrix', 'geo:CalculateRouteMatrix route-calculator/maps'],
    ['geo', '/places/v0/indexes/places/search/text', 'geo:SearchPlaceIndexForText place-index/places'],
    ['geo-routes', '/v2/route-matrix', 'geo-routes:CalculateRouteMatrix provider/default'],
    ['geo', '/maps/v0/maps', 'geo:/maps/v0/maps *'],
  ])('%s %s', (service, path, expected) => {
    expect(asked(request(service, '', {}, { path }))).toEqual([expected]);
  });
});
