import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DynamoDBClient, GetItemCommand, PutItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { expect, onTestFinished } from 'vitest';
import { SteppedClock } from '../../../local/clock.ts';
import { dynamoDbService } from '../../../local/dynamodb/dynamodb-service.ts';
import { type Engine, startEngine } from '../../../local/dynamodb/engine.ts';
import { EngineFile } from '../../../local/dynamodb/engine-file.ts';
import { Expiry } from '../../../local/dynamodb/expiry.ts';
import { deployTables, type TableDefinition } from '../../../local/dynamodb/tables.ts';
import { temporaryFolder } from '../folder.ts';
import { clientSettings, countingMeter, serve } from '../service-server.ts';
import { test } from '../with-engine.ts';

async function engineIn(directory: string, logged: string[] = []): Promise<Engine> {
  const engine = await startEngine({ directory, log: (line) => logged.push(line) });
  onTestFinished(() => engine.stop());
  return engine;
}

function table(more: Partial<TableDefinition['properties']> = {}, indexes: string[] = []): TableDefinition {
  return {
    name: 'orders',
    properties: {
      AttributeDefinitions: ['pk', 'sk', ...indexes.map((index) => `${index}Pk`)].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S' as const,
      })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      ...(indexes.length > 0 && {
        GlobalSecondaryIndexes: indexes.map((index) => ({
          IndexName: index,
          KeySchema: [{ AttributeName: `${index}Pk`, KeyType: 'HASH' as const }],
          Projection: { ProjectionType: 'KEYS_ONLY' as const },
        })),
      }),
      ...more,
    },
  };
}

/** The service behind a loopback server, with the SDK's client. */
async function clientOf(engine: Engine, maxAttempts = 1) {
  const meter = countingMeter();
  const written: string[][] = [];
  const handler = dynamoDbService({ client: engine.client, meter, onWrite: (tables) => written.push(tables) });
  const server = await serve(handler);
  onTestFinished(() => server.close());
  const client = new DynamoDBClient({ ...clientSettings(server.port), maxAttempts });
  return { client, meter, written };
}

const item = (sk: string, more = {}) => ({ pk: { S: 'ORDER#1' }, sk: { S: sk }, ...more });

test('writes and reads go through, are counted, and writes are told of', async () => {
  const engine = await engineIn(temporaryFolder());
  await deployTables(engine.client, [table()]);
  const { client, meter, written } = await clientOf(engine);

  const put = await client.send(
    new PutItemCommand({ TableName: 'orders', Item: item('a', { text: { S: 'x'.repeat(1500) } }) }),
  );
  expect(put.ConsumedCapacity).toBeUndefined();
  expect(meter.counts['dynamodb.writeUnit']).toBe(2);
  await client.send(new GetItemCommand({ TableName: 'orders', Key: item('a') }));
  expect(meter.counts['dynamodb.readUnit']).toBe(0.5);
  await client.send(
    new TransactWriteItemsCommand({
      TransactItems: ['b', 'c'].map((sk) => ({ Put: { TableName: 'orders', Item: item(sk) } })),
    }),
  );
  expect(meter.counts['dynamodb.writeUnit']).toBe(6);
  const refused = client.send(
    new PutItemCommand({ TableName: 'orders', Item: item('a'), ConditionExpression: 'attribute_not_exists(pk)' }),
  );
  await expect(refused).rejects.toThrow(expect.objectContaining({ name: 'ConditionalCheckFailedException' }));
  expect(meter.counts['dynamodb.writeUnit']).toBe(7);
  expect(written).toEqual([['orders'], ['orders']]);
});

test('operations on tables themselves are refused', async () => {
  const engine = await engineIn(temporaryFolder());
  const handler = dynamoDbService({ client: engine.client, meter: countingMeter(), onWrite: () => {} });
  const refusal = await handler({
    service: 'dynamodb',
    caller: { role: 'r', accessKeyId: 'k' },
    method: 'POST',
    path: '/',
    query: new URLSearchParams(),
    headers: { 'x-amz-target': 'DynamoDB_20120810.DeleteTable' },
    body: Buffer.from('{}'),
  });
  expect(refusal).toMatchObject({ status: 400, body: expect.stringContaining('DeleteTable is not emulated') });
});

test('an engine that dies is started again, with its data, and clients that retry see nothing of it', async () => {
  const logged: string[] = [];
  const engine = await engineIn(temporaryFolder(), logged);
  await deployTables(engine.client, [table()]);
  const { client } = await clientOf(engine, 8);
  await client.send(new PutItemCommand({ TableName: 'orders', Item: item('a') }));
  engine.kill();
  const { Item } = await client.send(new GetItemCommand({ TableName: 'orders', Key: item('a') }));
  expect(Item).toEqual(item('a'));
  expect(logged.join()).toMatch(/engine ended/);
});

test('another engine is used where its endpoint is given, and is left running', async () => {
  const elsewhere = await engineIn(temporaryFolder());
  const engine = await startEngine({
    directory: temporaryFolder(),
    endpoint: elsewhere.client.endpoint,
    log: () => {},
  });
  await deployTables(engine.client, [table()]);
  await engine.stop();
  expect(engine.databaseFile).toBeUndefined();
  expect(await elsewhere.client.call('ListTables', {})).toEqual({ TableNames: ['orders'] });
});

test('tables follow the template: indexes, stream and time to live change, keys cannot', async () => {
  const engine = await engineIn(temporaryFolder());
  const describe = async () =>
    (await engine.client.call<{ Table: Record<string, unknown> }>('DescribeTable', { TableName: 'orders' })).Table;
  await deployTables(engine.client, [table({}, ['lists'])]);
  expect(await describe()).toMatchObject({ GlobalSecondaryIndexes: [{ IndexName: 'lists' }] });
  const changed = table(
    {
      StreamSpecification: { StreamViewType: 'KEYS_ONLY' },
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    },
    ['dispatch'],
  );
  await deployTables(engine.client, [changed]);
  await deployTables(engine.client, [changed]);
  expect(await describe()).toMatchObject({
    GlobalSecondaryIndexes: [{ IndexName: 'dispatch', IndexStatus: 'ACTIVE' }],
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
  });
  const other = table({ KeySchema: [{ AttributeName: 'sk', KeyType: 'HASH' }] });
  await expect(deployTables(engine.client, [other])).rejects.toThrow(/orders.*new data folder/);
});

test('items expire by business time, unless they were given longer', async () => {
  const engine = await engineIn(temporaryFolder());
  const definition = table({ TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true } });
  await deployTables(engine.client, [definition]);
  const clock = new SteppedClock(1_000_000);
  const written: string[][] = [];
  const { client } = engine;
  const expiry = new Expiry({
    client,
    clock,
    tables: [definition],
    onWrite: (names) => written.push(names),
    log: () => {},
  });
  expiry.start();
  for (const [sk, seconds] of [
    ['old', 1_500],
    ['young', 1_000_000],
  ] as const) {
    await client.call('PutItem', { TableName: 'orders', Item: item(sk, { expiresAt: { N: String(seconds) } }) });
  }
  await client.call('PutItem', { TableName: 'orders', Item: item('kept') });
  await clock.advanceBy(6 * 3_600_000);
  const { Items } = await client.call<{ Items: { sk: { S: string } }[] }>('Scan', { TableName: 'orders' });
  expect(Items.map(({ sk }) => sk.S).sort()).toEqual(['kept', 'young']);
  expect(written).toEqual([['orders']]);
});

test('what could not be deleted because the engine was down is deleted a minute later', async () => {
  const engine = await engineIn(temporaryFolder());
  const definition = table({ TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true } });
  await deployTables(engine.client, [definition]);
  const clock = new SteppedClock(1_000_000);
  const said: string[] = [];
  const { client } = engine;
  const log = (line: string) => said.push(line);
  const expiry = new Expiry({ client, clock, tables: [definition], onWrite: () => {}, log });
  await client.call('PutItem', { TableName: 'orders', Item: item('old', { expiresAt: { N: '1500' } }) });
  expiry.start();
  const { endpoint } = client;
  client.endpoint = 'http://127.0.0.1:9';
  await clock.advanceBy(6 * 3_600_000);
  expect(said).toEqual([expect.stringMatching(/^Expired items .*; it is tried again in a minute\.$/)]);
  client.endpoint = endpoint;
  await clock.advanceBy(60_000);
  expect(await client.call('Scan', { TableName: 'orders' })).toMatchObject({ Count: 0 });
  expiry.stop();
});

test('records of streams are trimmed, but never the newest', async () => {
  const engine = await engineIn(temporaryFolder());
  await deployTables(engine.client, [table({ StreamSpecification: { StreamViewType: 'KEYS_ONLY' } })]);
  const file = new EngineFile(engine.databaseFile!);
  onTestFinished(() => file.close());
  for (const sk of ['a', 'b', 'c']) await engine.client.call('PutItem', { TableName: 'orders', Item: item(sk) });
  file.trim('orders', 3n);
  const database = new DatabaseSync(engine.databaseFile!, { readOnly: true });
  expect(database.prepare('SELECT sequence_number FROM _stream_records').all()).toEqual([{ sequence_number: '3' }]);
  database.close();
});

test('an orphan of a killed host is ended, and so is the engine of a host that is killed', async () => {
  const directory = temporaryFolder();
  const script = `import { startEngine } from '${join(import.meta.dirname, '../../../local/dynamodb/engine.ts')}';
    await startEngine({ directory: ${JSON.stringify(directory)}, log: () => {} });
    console.log('ready'); setInterval(() => {}, 1000);`;
  const host = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => host.stdout.once('data', resolve));
  const pid = Number(readFileSync(join(directory, 'engine.pid'), 'utf8'));
  expect(runs(pid)).toBe(true);
  host.kill('SIGKILL');
  const engine = await engineIn(directory);
  expect(readFileSync(join(directory, 'engine.pid'), 'utf8')).not.toBe(String(pid));
  await expect.poll(() => runs(pid)).toBe(false);
  expect(await engine.client.call('ListTables', {})).toEqual({ TableNames: [] });
});

/** A process that ended but that nobody has waited for has no command line any more. */
function runs(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
  } catch {
    return false;
  }
}
