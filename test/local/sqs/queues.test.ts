import { DatabaseSync } from 'node:sqlite';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { expect, onTestFinished, test } from 'vitest';
import { SteppedClock } from '../../../local/clock.ts';
import type { FunctionOutcome } from '../../../local/services.ts';
import type { QueueDefinition } from '../../../local/sqs/queue.ts';
import { QueueMapping, type QueueMappingDefinition } from '../../../local/sqs/queue-mapping.ts';
import { QueueStore } from '../../../local/sqs/queue-store.ts';
import { sqsService } from '../../../local/sqs/sqs-service.ts';
import { clientSettings, countingMeter, serve } from '../service-server.ts';

const businessStart = Date.parse('2026-11-23T18:00:00Z');

function queue(more: Partial<QueueDefinition> = {}): QueueDefinition {
  return {
    name: 'jobs',
    arn: 'arn:aws:sqs:us-east-1:000000000000:jobs',
    isFifo: false,
    usesContentBasedDeduplication: false,
    delaySeconds: 0,
    visibilityTimeoutSeconds: 30,
    retentionSeconds: 345_600,
    receiveWaitSeconds: 0,
    maximumMessageBytes: 1_048_576,
    ...more,
  };
}

const fifo = (more: Partial<QueueDefinition> = {}) => queue({ isFifo: true, ...more });

/** Queues whose wall time stands still until told. */
function bench(...definitions: QueueDefinition[]) {
  const clock = new SteppedClock(businessStart);
  const wall = { now: 1_000_000 };
  const database = new DatabaseSync(':memory:');
  const meter = countingMeter();
  const open = () => {
    const store = new QueueStore({ database, clock, wallNow: () => wall.now });
    for (const definition of definitions) store.declare(definition);
    return store;
  };
  const store = open();
  const [first] = definitions;
  const send = (body: string, groupId?: string, deduplicationId = body) =>
    store.send(first!, { body, groupId, deduplicationId: groupId && deduplicationId, senderId: 'r' });
  const bodies = (limit = 10) => store.receive(first!, limit).map((message) => message.body);
  return { clock, wall, store, open, send, bodies, meter };
}

test('a message received is invisible for its timeout of wall time, then comes again', () => {
  const { wall, send, bodies } = bench(queue());
  send('a');
  expect(bodies()).toEqual(['a']);
  expect(bodies()).toEqual([]);
  wall.now += 30_000;
  expect(bodies()).toEqual(['a']);
});

test('delays are business time, and survive a restart', async () => {
  const { clock, wall, store, open, bodies } = bench(queue());
  store.send(queue(), { body: 'later', delaySeconds: 60, senderId: 'r' });
  wall.now += 3_600_000;
  expect(bodies()).toEqual([]);
  const again = open();
  const announced: number[] = [];
  again.listen('jobs', () => announced.push(clock.now()));
  again.resume();
  await clock.advanceBy(60_000);
  expect(announced).toEqual([businessStart, businessStart + 60_000]);
  expect(bodies()).toEqual(['later']);
});

test('after a restart, messages in flight come back at once', () => {
  const { store, open, send, bodies } = bench(fifo());
  send('a1', 'a');
  send('a2', 'a');
  const [held] = store.receive(fifo(), 1);
  const again = open();
  again.resume();
  expect(store.delete(fifo(), held!.receiptHandle)).toBe(false);
  expect(again.receive(fifo(), 10)).toMatchObject([{ body: 'a1', receiveCount: 2 }, { body: 'a2' }]);
  expect(bodies()).toEqual([]);
});

test('a group of a FIFO queue waits for its first message, other groups do not', () => {
  const { store, wall, send, bodies } = bench(fifo());
  send('a1', 'a');
  send('a2', 'a');
  send('b1', 'b');
  const [first] = store.receive(fifo(), 1);
  expect(first?.body).toBe('a1');
  expect(bodies()).toEqual(['b1']);
  store.delete(fifo(), first!.receiptHandle);
  expect(bodies()).toEqual(['a2']);
  wall.now += 30_000;
  expect(bodies()).toEqual(['a2', 'b1']);
});

test('a FIFO queue drops duplicates for 5 business minutes', async () => {
  const { clock, send, store, bodies } = bench(fifo());
  const one = send('x', 'g', 'id');
  expect(send('y', 'g', 'id')).toEqual(one);
  await clock.advanceBy(5 * 60_000);
  send('z', 'g', 'id');
  expect(store.counts(fifo()).visible).toBe(2);
  expect(bodies()).toEqual(['x', 'z']);
});

test('a FIFO queue of high throughput looks for duplicates in one group only', () => {
  const { send, bodies } = bench(fifo({ deduplicatesByGroup: true }));
  const one = send('x', 'g', 'id');
  expect(send('y', 'g', 'id')).toEqual(one);
  send('z', 'h', 'id');
  expect(bodies()).toEqual(['x', 'z']);
});

test('a message received too often goes to the dead-letter queue', () => {
  const dead = queue({ name: 'dead' });
  const { store, wall, send, bodies } = bench(
    queue({ redrive: { deadLetterQueueName: 'dead', maxReceiveCount: 2 } }),
    dead,
  );
  send('poison');
  for (let times = 0; times < 2; times++) {
    expect(bodies()).toEqual(['poison']);
    wall.now += 30_000;
  }
  expect(bodies()).toEqual([]);
  expect(store.receive(dead, 1)).toMatchObject([{ body: 'poison', receiveCount: 1 }]);
});

test('messages are kept no longer than the retention in business time', async () => {
  const { clock, send, bodies } = bench(queue({ retentionSeconds: 60 }));
  send('old');
  await clock.advanceBy(60_000);
  expect(bodies()).toEqual([]);
});

test('the SDK client sends, receives, changes and deletes', async () => {
  const { store, meter } = bench(queue(), fifo({ name: 'line.fifo' }));
  const server = await serve(sqsService({ store, meter, endpoint: () => 'http://localhost:1' }));
  onTestFinished(() => server.close());
  const client = new SQSClient({ ...clientSettings(server.port), useQueueUrlAsEndpoint: false });
  const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: 'jobs' }));
  expect(QueueUrl).toBe('http://localhost:1/000000000000/jobs');
  // The client itself compares the digests of body and attributes.
  await client.send(
    new SendMessageCommand({
      QueueUrl,
      MessageBody: 'hello',
      MessageAttributes: {
        kind: { DataType: 'String', StringValue: 'x' },
        raw: { DataType: 'Binary', BinaryValue: Buffer.from('y') },
      },
    }),
  );
  const receive = () =>
    client.send(
      new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ['All'], MessageAttributeNames: ['All'] }),
    );
  const { Messages = [] } = await receive();
  expect(Messages).toMatchObject([
    { Body: 'hello', Attributes: { SentTimestamp: String(businessStart), ApproximateReceiveCount: '1' } },
  ]);
  const { ReceiptHandle } = Messages[0]!;
  await client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  const again = (await receive()).Messages?.[0];
  await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: again?.ReceiptHandle }));
  const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
  expect(Attributes).toMatchObject({ ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesNotVisible: '0' });
  const line = 'http://localhost:1/000000000000/line.fifo';
  const batch = await client.send(
    new SendMessageBatchCommand({
      QueueUrl: line,
      Entries: [
        { Id: 'good', MessageBody: 'a', MessageGroupId: 'g', MessageDeduplicationId: 'd' },
        { Id: 'bad', MessageBody: 'b' },
      ],
    }),
  );
  expect(batch).toMatchObject({ Successful: [{ Id: 'good' }], Failed: [{ Id: 'bad', Code: 'MissingParameter' }] });
  await expect(client.send(new GetQueueUrlCommand({ QueueName: 'none' }))).rejects.toMatchObject({
    name: 'QueueDoesNotExist',
  });
  // The queue that keeps an order costs more.
  expect(meter.counts).toEqual({ 'sqs.request': 7, 'sqs.fifoRequest': 1 });
});

test('a long poll ends as soon as a message comes', async () => {
  const { store, meter, send } = bench(queue());
  const server = await serve(sqsService({ store, meter, endpoint: () => '' }));
  onTestFinished(() => server.close());
  const client = new SQSClient({ ...clientSettings(server.port), useQueueUrlAsEndpoint: false });
  const received = client.send(new ReceiveMessageCommand({ QueueUrl: 'http://x/jobs', WaitTimeSeconds: 20 }));
  setTimeout(() => send('now'), 20);
  expect((await received).Messages).toMatchObject([{ Body: 'now' }]);
});

interface Delivered {
  Records: { messageId: string; body: string; eventSourceARN: string; attributes: Record<string, string> }[];
}

function map(
  { store, clock, meter }: ReturnType<typeof bench>,
  definition: QueueDefinition,
  respond: (batch: Delivered) => FunctionOutcome,
  more: Partial<QueueMappingDefinition> = {},
) {
  const batches: string[][] = [];
  const mapping = new QueueMapping({
    definition: { functionName: 'dispatch', batchSize: 2, reportsItemFailures: true, maximumConcurrency: 2, ...more },
    queue: definition,
    store,
    clock,
    meter,
    log: () => {},
    invoker: {
      invoke: async (_, payload) => {
        batches.push((payload as Delivered).Records.map(({ body }) => body));
        return respond(payload as Delivered);
      },
    },
  });
  mapping.start();
  return { mapping, batches };
}

const fine: FunctionOutcome = { ok: true, payload: null };

test('messages reach the function in batches as they come, and are then gone', async () => {
  const it = bench(queue());
  it.send('a');
  it.send('b');
  it.send('c');
  const { batches } = map(it, queue(), () => fine);
  it.send('d');
  await it.clock.settled();
  expect(batches.flat().sort()).toEqual(['a', 'b', 'c', 'd']);
  expect(Math.max(...batches.map((batch) => batch.length))).toBe(2);
  expect(it.store.counts(queue())).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
});

test('only what failed comes again, after its visibility timeout', async () => {
  const it = bench(queue());
  let times = 0;
  const { mapping, batches } = map(it, queue(), ({ Records }) => {
    const bad = times++ === 0 ? Records.filter(({ body }) => body === 'b') : [];
    return { ok: true, payload: { batchItemFailures: bad.map(({ messageId }) => ({ itemIdentifier: messageId })) } };
  });
  it.send('b');
  await it.clock.settled();
  it.send('a');
  await it.clock.settled();
  it.wall.now += 30_000;
  mapping.wake();
  await it.clock.settled();
  expect(batches).toEqual([['b'], ['a'], ['b']]);
  expect(it.store.counts(queue())).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
});

test('a throttled batch does not come nearer to the dead-letter queue', async () => {
  const redriven = queue({ redrive: { deadLetterQueueName: 'dead', maxReceiveCount: 1 } });
  const it = bench(redriven, queue({ name: 'dead' }));
  let times = 0;
  const { mapping, batches } = map(it, redriven, () =>
    times++ < 3 ? { ok: false, errorType: 'TooManyRequestsException', errorMessage: '' } : fine,
  );
  it.send('a');
  for (let tries = 0; tries < 4; tries++) {
    await it.clock.settled();
    it.wall.now += 1_000;
    mapping.wake();
  }
  await it.clock.settled();
  expect(batches).toHaveLength(4);
  expect(it.store.counts(queue({ name: 'dead' })).visible).toBe(0);
});

test('a delayed message wakes the mapping at its business instant; groups stay in order', async () => {
  const delayed = fifo({ delaySeconds: 5 });
  const it = bench(delayed);
  const seen: [string, number][] = [];
  map(
    it,
    delayed,
    ({ Records }) => {
      for (const { body } of Records) seen.push([body, it.clock.now() - businessStart]);
      return fine;
    },
    { batchSize: 1 },
  );
  it.send('1', 'g');
  it.send('2', 'g');
  await it.clock.advanceBy(2_000);
  it.send('3', 'g');
  await it.clock.advanceBy(60_000);
  expect(seen).toEqual([
    ['1', 5_000],
    ['2', 5_000],
    ['3', 7_000],
  ]);
});
