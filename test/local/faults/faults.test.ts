import { DatabaseSync } from 'node:sqlite';
import {
  DynamoDBClient,
  PutItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, onTestFinished, test } from 'vitest';
import { SteppedClock } from '../../../local/clock.ts';
import { StreamMapping } from '../../../local/dynamodb/stream-mapping.ts';
import type { StreamRecord, TableStream } from '../../../local/dynamodb/table-stream.ts';
import { Faults } from '../../../local/faults/faults.ts';
import type { FaultPlan } from '../../../local/faults/plan.ts';
import { awsJson } from '../../../local/services.ts';
import { clientSettings, serve } from '../service-server.ts';

/** A service that counts its calls, behind faults, as `role` reaches it. */
async function bench(plan: FaultPlan, { service = 'dynamodb', role = 'CartRole' } = {}) {
  const crashed: string[] = [];
  let performed = 0;
  const faults = new Faults({
    functionOfRole: (name) => (name === 'CartRole' ? 'Cart' : undefined),
    crash: (name) => crashed.push(name),
    spared: ['operator'],
  });
  const handler = faults.around(async () => {
    performed += 1;
    return awsJson({});
  });
  const server = await serve((request) => handler({ ...request, service, caller: { ...request.caller, role } }));
  onTestFinished(() => server.close());
  faults.start(7, plan);
  const settings = clientSettings(server.port);
  return { faults, crashed, performed: () => performed, settings, client: new DynamoDBClient(settings) };
}

const item = { TableName: 'carts', Item: { pk: { S: 'a' } } };
const transaction = new TransactWriteItemsCommand({ TransactItems: [{ Put: item }, { Put: item }] });
const always = 1;

test('a conflict cancels a transaction as DynamoDB does, and no single write', async () => {
  const { client, performed, faults } = await bench({ conflict: always });
  const refusal = await client.send(transaction).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(TransactionCanceledException);
  expect((refusal as TransactionCanceledException).CancellationReasons).toMatchObject([
    { Code: 'TransactionConflict' },
    { Code: 'None' },
  ]);
  expect(performed()).toBe(0);
  await client.send(new PutItemCommand(item));
  expect(performed()).toBe(1);
  expect(faults.state().injected).toEqual({ conflict: 1 });
});

test.each([
  ['dynamodb', 'ThrottlingException'],
  ['sqs', 'RequestThrottled'],
] as const)('a throttle turns a call of %s away by its name', async (service, name) => {
  const { settings, client, performed } = await bench({ throttle: always }, { service });
  const sqs = new SQSClient(settings);
  const call =
    service === 'sqs'
      ? sqs.send(new SendMessageCommand({ QueueUrl: `${settings.endpoint}/0/q`, MessageBody: 'x' }))
      : client.send(new PutItemCommand(item));
  await expect(call).rejects.toMatchObject({ name });
  expect(performed()).toBe(0);
});

test('an answer is lost after its call was performed', async () => {
  const { client, performed } = await bench({ lost: always });
  await expect(client.send(new PutItemCommand(item))).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
  expect(performed()).toBe(1);
});

test('a function dies at some of its calls, before or after they are performed', async () => {
  const { client, crashed, performed } = await bench({ crash: 0.5 });
  for (let call = 0; call < 40; call++) await client.send(new PutItemCommand(item)).catch(() => {});
  expect(new Set(crashed)).toEqual(new Set(['Cart']));
  const unperformed = 40 - performed();
  expect(unperformed).toBeGreaterThan(3);
  expect(crashed.length - unperformed).toBeGreaterThan(3);
});

test('the same seed throws the same dice; who is spared, and a plan that has ended, meet nothing', async () => {
  const strikes = async (role?: string, stopped = false) => {
    const { client, faults } = await bench({ throttle: 0.3 }, role ? { role } : {});
    if (stopped) expect(faults.stop()).toMatchObject({ seed: 7, injected: {} });
    const outcomes: boolean[] = [];
    for (let call = 0; call < 20; call++) {
      outcomes.push(
        await client.send(new PutItemCommand(item)).then(
          () => true,
          () => false,
        ),
      );
    }
    return outcomes;
  };
  const first = await strikes();
  expect(first).toContain(false);
  expect(await strikes()).toEqual(first);
  expect(await strikes('operator')).not.toContain(false);
  expect(await strikes('CartRole', true)).not.toContain(false);
});

/** One record in a stream, and a function that is told of it. */
async function oneRecord(plan: FaultPlan) {
  const faults = new Faults({ functionOfRole: () => undefined, crash: () => {}, spared: [] });
  faults.start(3, plan);
  const clock = new SteppedClock(Date.parse('2026-11-23T18:00:00Z'));
  const at: string[] = [];
  const dynamodb = { SequenceNumber: '1', ApproximateCreationDateTime: 0 };
  const record: StreamRecord = { sequence: 1n, seenAt: 0, event: { eventID: '1', eventSourceARN: 'arn', dynamodb } };
  const stream = {
    streamArn: 'arn',
    add: () => {},
    handled: () => {},
    after: (position: bigint) => (position < 1n ? [record] : []),
  } as unknown as TableStream;
  const mapping = new StreamMapping({
    definition: {
      id: 'm',
      functionName: 'f',
      functionArn: 'arn:f',
      startingPosition: 'TRIM_HORIZON',
      batchSize: 10,
      takes: () => true,
      bisectsOnError: true,
      reportsItemFailures: true,
      maximumRetryAttempts: 2,
      maximumRecordAgeSeconds: -1,
    },
    stream,
    faults: faults.streams,
    invoker: {
      invoke: async () => {
        at.push(new Date(clock.now()).toISOString().slice(11, 19));
        return { ok: true, payload: { batchItemFailures: [] } };
      },
    },
    database: new DatabaseSync(':memory:'),
    clock,
    log: () => {},
    newId: () => 'id',
  });
  await mapping.start();
  mapping.wake();
  await clock.advanceBy(0);
  return { clock, mapping, at };
}

test('a batch of a stream comes twice', async () => {
  const { at } = await oneRecord({ streamTwice: always });
  expect(at).toEqual(['18:00:00', '18:00:00']);
});

test('a stream is held back in business time, whoever wakes it', async () => {
  const { clock, mapping, at } = await oneRecord({ streamHeld: always });
  mapping.wake();
  await clock.advanceBy(1_000);
  expect(at).toEqual([]);
  await clock.advanceBy(180_000);
  expect(at).toHaveLength(1);
  expect(at[0]! > '18:00:01').toBe(true);
});
