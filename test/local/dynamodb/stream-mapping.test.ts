import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished } from 'vitest';
import { SteppedClock } from '../../../local/clock.ts';
import { startEngine } from '../../../local/dynamodb/engine.ts';
import { EngineFile } from '../../../local/dynamodb/engine-file.ts';
import { StreamMapping, type StreamMappingDefinition } from '../../../local/dynamodb/stream-mapping.ts';
import { TableStream } from '../../../local/dynamodb/table-stream.ts';
import { deployTables } from '../../../local/dynamodb/tables.ts';
import type { FunctionOutcome } from '../../../local/services.ts';
import { temporaryFolder } from '../folder.ts';
import { test } from '../with-engine.ts';

const streamArn = 'arn:aws:dynamodb:us-east-1:000000000000:table/orders/stream/x';
const start = Date.parse('2026-11-23T18:00:00Z');

interface Delivered {
  Records: { dynamodb: { Keys: { pk: { S: string } }; SequenceNumber: string; ApproximateCreationDateTime: number } }[];
}

const definition: StreamMappingDefinition = {
  takes: () => true,
  id: 'm',
  functionName: 'resumer',
  functionArn: 'arn:resumer',
  startingPosition: 'TRIM_HORIZON',
  batchSize: 10,
  bisectsOnError: true,
  reportsItemFailures: true,
  maximumRetryAttempts: 2,
  maximumRecordAgeSeconds: -1,
};

/** A table with a stream, and one mapping to a function of the test. */
async function bench(wallNow: () => number = Date.now) {
  const engine = await startEngine({ directory: temporaryFolder(), log: () => {} });
  const file = new EngineFile(engine.databaseFile!);
  onTestFinished(async () => {
    file.close();
    await engine.stop();
  });
  await deployTables(engine.client, [
    {
      name: 'orders',
      properties: {
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
        StreamSpecification: { StreamViewType: 'KEYS_ONLY' },
      },
    },
  ]);
  const clock = new SteppedClock(start);
  const database = new DatabaseSync(':memory:');
  const options = { clock, log: () => {}, client: engine.client, wallNow };
  const newStream = () =>
    new TableStream({ ...options, tableName: 'orders', streamArn, trim: (name, upTo) => file.trim(name, upTo) });
  let stream = newStream();
  const batches: string[][] = [];
  const failures: { condition?: string; DDBStreamBatchInfo: { batchSize: number } }[] = [];
  const map = async (respond: (batch: Delivered) => FunctionOutcome, more: Partial<StreamMappingDefinition> = {}) => {
    const mapping = new StreamMapping({
      ...options,
      definition: { ...definition, ...more },
      stream,
      database,
      invoker: {
        invoke: async (_, payload) => {
          batches.push((payload as Delivered).Records.map((record) => record.dynamodb.Keys.pk.S));
          return respond(payload as Delivered);
        },
      },
      onFailure: (failure) => failures.push(failure as (typeof failures)[number]),
      newId: () => 'id',
      retryDelayMs: () => 0,
    });
    await mapping.start();
    return mapping;
  };
  const write = async (...pks: string[]) => {
    for (const pk of pks) await engine.client.call('PutItem', { TableName: 'orders', Item: { pk: { S: pk } } });
  };
  const settle = () => {
    stream.nudge();
    return clock.settled();
  };
  const restart = () => {
    stream.stop();
    stream = newStream();
  };
  return { engine, clock, batches, failures, map, write, settle, restart };
}

const fine: FunctionOutcome = { ok: true, payload: null };
const crash: FunctionOutcome = { ok: false, errorType: 'Error', errorMessage: 'no' };
const has = (batch: Delivered, pk: string) => batch.Records.some((record) => record.dynamodb.Keys.pk.S === pk);

test('records come in order, in batches, with business time and the ARN of the template', async () => {
  const { clock, batches, map, write, settle } = await bench();
  const seen: Delivered[] = [];
  await map(
    (batch) => {
      seen.push(batch);
      return fine;
    },
    { batchSize: 2 },
  );
  await write('a', 'b', 'c');
  await settle();
  await clock.advanceBy(60_000);
  await write('d');
  await settle();
  expect(batches).toEqual([['a', 'b'], ['c'], ['d']]);
  expect(seen[2]!.Records[0]).toMatchObject({
    eventName: 'INSERT',
    awsRegion: 'us-east-1',
    eventSourceARN: streamArn,
    dynamodb: { ApproximateCreationDateTime: (start + 60_000) / 1000, StreamViewType: 'KEYS_ONLY' },
  });
});

test('one bad record is found by halving, given up after its retries, and all others are delivered', async () => {
  const { batches, failures, map, write, settle } = await bench();
  await map((batch) => (has(batch, 'c') ? crash : fine));
  await write('a', 'b', 'c', 'd', 'e');
  await settle();
  expect(batches).toEqual([['a', 'b', 'c', 'd', 'e'], ['a', 'b', 'c'], ['a', 'b'], ['c'], ['c'], ['c'], ['d', 'e']]);
  expect(failures).toMatchObject([
    {
      requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 3 },
      DDBStreamBatchInfo: { batchSize: 1, streamArn },
    },
  ]);
});

test('a reported failure keeps what came before it and goes on from there', async () => {
  const { batches, map, write, settle } = await bench();
  let times = 0;
  await map((batch) => {
    const bad = batch.Records.find((record) => record.dynamodb.Keys.pk.S === 'b');
    if (!bad || ++times > 1) return fine;
    return { ok: true, payload: { batchItemFailures: [{ itemIdentifier: bad.dynamodb.SequenceNumber }] } };
  });
  await write('a', 'b', 'c');
  await settle();
  expect(batches).toEqual([
    ['a', 'b', 'c'],
    ['b', 'c'],
  ]);
});

test('throttling is no failure', async () => {
  const { batches, failures, map, write, settle } = await bench();
  let times = 0;
  const throttled: FunctionOutcome = {
    ok: false,
    errorType: 'TooManyRequestsException',
    errorMessage: 'Rate Exceeded.',
  };
  await map(() => (++times < 6 ? throttled : fine), { maximumRetryAttempts: 0 });
  await write('a', 'b');
  await settle();
  expect(batches).toHaveLength(6);
  expect(failures).toEqual([]);
});

test('records too old by wall time are given up without a call', async () => {
  let wall = 1_000_000;
  const { batches, failures, map, write, settle } = await bench(() => wall);
  await map(
    () => {
      wall += 61_000;
      return crash;
    },
    { maximumRecordAgeSeconds: 60, bisectsOnError: false },
  );
  await write('a');
  await settle();
  expect(batches).toEqual([['a']]);
  expect(failures).toMatchObject([{ requestContext: { condition: 'RecordAgeExceeded' } }]);
});

test('a restart goes on after the last batch that was handled; LATEST starts at the end', async () => {
  const { batches, map, write, settle, restart } = await bench();
  await write('before');
  await map(() => fine, { id: 'late', startingPosition: 'LATEST' });
  await write('a');
  await settle();
  restart();
  await map(() => fine, { id: 'late', startingPosition: 'LATEST' });
  await write('b');
  await settle();
  expect(batches).toEqual([['a'], ['b']]);
});

test('two mappings read one stream, each at its own pace', async () => {
  const { batches, failures, map, write, settle } = await bench();
  await map(() => fine, { id: 'one' });
  await map(() => crash, { id: 'two', maximumRetryAttempts: 0, bisectsOnError: false });
  await write('a', 'b');
  await settle();
  expect(batches).toEqual([
    ['a', 'b'],
    ['a', 'b'],
  ]);
  expect(failures).toHaveLength(1);
});

test('an engine that dies in between loses no record', async () => {
  const { engine, batches, map, write, settle } = await bench();
  await map(() => fine);
  await write('a');
  engine.kill();
  await settle();
  await write('b');
  await settle();
  expect(batches.flat()).toEqual(['a', 'b']);
});
