import { z } from 'zod';
import { accountId } from '../assembly/home.ts';
import { awsJson, awsJsonError, jsonBody, type Meter, type ServiceHandler, type ServiceRequest } from '../services.ts';
import { md5, md5OfAttributes } from './message-digest.ts';
import { type MessageAttribute, type QueueDefinition, type ReceivedMessage, requestUnit } from './queue.ts';
import type { QueueStore } from './queue-store.ts';

export interface SqsServiceOptions {
  store: QueueStore;
  meter: Meter;
  /** Queue URLs begin with it. */
  endpoint: () => string;
}

class SqsError extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

/** SQS bills each 64 KB of a request as one (SQS pricing). */
const billedBytes = 64 * 1024;

const attribute = z.strictObject({
  DataType: z.string(),
  StringValue: z.string().optional(),
  BinaryValue: z.string().optional(),
});
const message = {
  MessageBody: z.string().min(1),
  DelaySeconds: z.int().min(0).max(900).optional(),
  MessageAttributes: z.record(z.string(), attribute).optional(),
  MessageGroupId: z.string().max(128).optional(),
  MessageDeduplicationId: z.string().max(128).optional(),
};
const QueueUrl = z.string();
const batch = <Shape extends z.ZodRawShape>(entry: Shape) =>
  z
    .array(z.strictObject({ Id: z.string(), ...entry }))
    .min(1)
    .max(10);
const visibility = { ReceiptHandle: z.string(), VisibilityTimeout: z.int().min(0).max(43_200) };

const shapes = {
  SendMessage: z.strictObject({ QueueUrl, ...message }),
  SendMessageBatch: z.strictObject({ QueueUrl, Entries: batch(message) }),
  ReceiveMessage: z.strictObject({
    QueueUrl,
    MaxNumberOfMessages: z.int().min(1).max(10).default(1),
    VisibilityTimeout: z.int().min(0).max(43_200).optional(),
    WaitTimeSeconds: z.int().min(0).max(20).optional(),
    AttributeNames: z.array(z.string()).optional(),
    MessageSystemAttributeNames: z.array(z.string()).optional(),
    MessageAttributeNames: z.array(z.string()).optional(),
    ReceiveRequestAttemptId: z.string().optional(),
  }),
  DeleteMessage: z.strictObject({ QueueUrl, ReceiptHandle: z.string() }),
  DeleteMessageBatch: z.strictObject({ QueueUrl, Entries: batch({ ReceiptHandle: z.string() }) }),
  ChangeMessageVisibility: z.strictObject({ QueueUrl, ...visibility }),
  ChangeMessageVisibilityBatch: z.strictObject({ QueueUrl, Entries: batch(visibility) }),
  GetQueueAttributes: z.strictObject({ QueueUrl, AttributeNames: z.array(z.string()).optional() }),
  GetQueueUrl: z.strictObject({ QueueName: z.string(), QueueOwnerAWSAccountId: z.string().optional() }),
  PurgeQueue: z.strictObject({ QueueUrl }),
  ListQueues: z.strictObject({
    QueueNamePrefix: z.string().optional(),
    MaxResults: z.int().min(1).max(1000).optional(),
  }),
};

type Operation = keyof typeof shapes;
type Message = z.infer<z.ZodObject<typeof message>>;

/** SQS as its clients speak it: AWS JSON 1.0, target `AmazonSQS.<operation>`. */
export function sqsService(options: SqsServiceOptions): ServiceHandler {
  const service = new SqsService(options);
  return async (request) => {
    try {
      return awsJson(await service.perform(request));
    } catch (error) {
      if (error instanceof SqsError) return awsJsonError(400, `com.amazonaws.sqs#${error.type}`, error.message);
      throw error;
    }
  };
}

class SqsService {
  readonly #options: SqsServiceOptions;

  constructor(options: SqsServiceOptions) {
    this.#options = options;
  }

  async perform(request: ServiceRequest): Promise<object> {
    const { headers, body, caller } = request;
    const operation = (headers['x-amz-target'] ?? '').replace(/^AmazonSQS\./, '');
    if (!Object.hasOwn(shapes, operation)) {
      throw new SqsError('UnsupportedOperation', `The SQS operation ${operation} is not emulated here.`);
    }
    const shape: z.ZodType = shapes[operation as Operation];
    const parsed = shape.safeParse(jsonBody(request));
    if (!parsed.success) throw new SqsError('InvalidParameterValue', z.prettifyError(parsed.error));
    const { store, meter } = this.#options;
    if (operation === 'ListQueues') {
      const { QueueNamePrefix = '', MaxResults = 1000 } = parsed.data as z.infer<(typeof shapes)['ListQueues']>;
      const names = store.names().filter((name) => name.startsWith(QueueNamePrefix));
      if (names.length > MaxResults)
        throw new SqsError('UnsupportedOperation', 'Pages of queues are not emulated here.');
      meter.count('sqs.request', 1);
      return { QueueUrls: names.map((name) => this.#urlOf(name)) };
    }
    const input = parsed.data as { QueueUrl?: string; QueueName?: string };
    const name = input.QueueName ?? input.QueueUrl?.split('/').at(-1) ?? '';
    const queue = store.find(name);
    if (!queue) throw new SqsError('QueueDoesNotExist', `The specified queue ${name} does not exist.`);
    meter.count(requestUnit(queue), Math.max(1, Math.ceil(body.length / billedBytes)), { resource: queue.name });
    const given = parsed.data as never;
    switch (operation as Exclude<Operation, 'ListQueues'>) {
      case 'SendMessage':
        return this.#send(queue, given, caller.role);
      case 'SendMessageBatch':
        return this.#each(given, (entry: Message) => this.#send(queue, entry, caller.role));
      case 'ReceiveMessage':
        return this.#receive(queue, given);
      case 'DeleteMessage':
        store.delete(queue, (given as { ReceiptHandle: string }).ReceiptHandle);
        return {};
      case 'DeleteMessageBatch':
        return this.#each(given, ({ ReceiptHandle }: { ReceiptHandle: string }) => {
          store.delete(queue, ReceiptHandle);
          return {};
        });
      case 'ChangeMessageVisibility':
        return this.#changeVisibility(queue, given);
      case 'ChangeMessageVisibilityBatch':
        return this.#each(given, (entry: Visibility) => this.#changeVisibility(queue, entry));
      case 'GetQueueAttributes':
        return { Attributes: this.#attributes(queue, given) };
      case 'GetQueueUrl':
        return { QueueUrl: this.#urlOf(queue.name) };
      case 'PurgeQueue':
        store.purge(queue);
        return {};
    }
  }

  #urlOf(name: string): string {
    return `${this.#options.endpoint()}/${accountId}/${name}`;
  }

  /** Each entry of a batch succeeds or fails alone. */
  #each<Entry>({ Entries }: { Entries: ({ Id: string } & Entry)[] }, perform: (entry: Entry) => object): object {
    const Successful: object[] = [];
    const Failed: object[] = [];
    for (const entry of Entries) {
      try {
        Successful.push({ Id: entry.Id, ...perform(entry) });
      } catch (error) {
        if (!(error instanceof SqsError)) throw error;
        Failed.push({ Id: entry.Id, Code: error.type, Message: error.message, SenderFault: true });
      }
    }
    return { Successful, ...(Failed.length > 0 && { Failed }) };
  }

  #send(queue: QueueDefinition, given: Message, senderId: string): object {
    const { MessageBody, MessageAttributes = {}, DelaySeconds, MessageGroupId, MessageDeduplicationId } = given;
    if (Buffer.byteLength(MessageBody) > queue.maximumMessageBytes) {
      throw new SqsError(
        'InvalidParameterValue',
        `One or more parameters are invalid. Reason: Message must be shorter than ${queue.maximumMessageBytes} bytes.`,
      );
    }
    if (queue.isFifo) checkFifo(queue, given);
    const sent = this.#options.store.send(queue, {
      body: MessageBody,
      attributes: MessageAttributes as Record<string, MessageAttribute>,
      delaySeconds: DelaySeconds,
      groupId: MessageGroupId,
      deduplicationId: MessageDeduplicationId,
      senderId,
    });
    return {
      MessageId: sent.messageId,
      MD5OfMessageBody: md5(MessageBody),
      ...(Object.keys(MessageAttributes).length > 0 && {
        MD5OfMessageAttributes: md5OfAttributes(MessageAttributes as Record<string, MessageAttribute>),
      }),
      ...(sent.sequenceNumber && { SequenceNumber: sent.sequenceNumber }),
    };
  }

  async #receive(queue: QueueDefinition, given: z.infer<(typeof shapes)['ReceiveMessage']>): Promise<object> {
    const { store } = this.#options;
    const take = () => store.receive(queue, given.MaxNumberOfMessages, given.VisibilityTimeout);
    let messages = take();
    const waitMs = (given.WaitTimeSeconds ?? queue.receiveWaitSeconds) * 1000;
    for (const deadline = Date.now() + waitMs; messages.length === 0 && Date.now() < deadline; ) {
      await nextNews(store, queue.name, deadline - Date.now());
      messages = take();
    }
    const names = [...(given.AttributeNames ?? []), ...(given.MessageSystemAttributeNames ?? [])];
    return messages.length === 0
      ? {}
      : { Messages: messages.map((one) => wireMessage(one, names, given.MessageAttributeNames ?? [])) };
  }

  #changeVisibility(queue: QueueDefinition, { ReceiptHandle, VisibilityTimeout }: Visibility): object {
    if (!this.#options.store.changeVisibility(queue, ReceiptHandle, VisibilityTimeout)) {
      throw new SqsError('ReceiptHandleIsInvalid', 'The receipt handle is not the latest of a message in flight.');
    }
    return {};
  }

  #attributes(queue: QueueDefinition, { AttributeNames = [] }: { AttributeNames?: string[] }): object {
    const { visible, inFlight, delayed } = this.#options.store.counts(queue);
    const all: Record<string, string> = {
      QueueArn: queue.arn,
      ApproximateNumberOfMessages: String(visible),
      ApproximateNumberOfMessagesNotVisible: String(inFlight),
      ApproximateNumberOfMessagesDelayed: String(delayed),
      DelaySeconds: String(queue.delaySeconds),
      VisibilityTimeout: String(queue.visibilityTimeoutSeconds),
      MessageRetentionPeriod: String(queue.retentionSeconds),
      ...(queue.isFifo && { FifoQueue: 'true' }),
      ...(queue.redrive && {
        RedrivePolicy: JSON.stringify({
          deadLetterTargetArn: this.#options.store.find(queue.redrive.deadLetterQueueName)?.arn,
          maxReceiveCount: queue.redrive.maxReceiveCount,
        }),
      }),
    };
    if (AttributeNames.includes('All')) return all;
    return Object.fromEntries(Object.entries(all).filter(([name]) => AttributeNames.includes(name)));
  }
}

interface Visibility {
  ReceiptHandle: string;
  VisibilityTimeout: number;
}

function checkFifo(queue: QueueDefinition, { MessageGroupId, MessageDeduplicationId, DelaySeconds }: Message): void {
  if (MessageGroupId === undefined) {
    throw new SqsError('MissingParameter', 'The request must contain the parameter MessageGroupId.');
  }
  if (MessageDeduplicationId === undefined && !queue.usesContentBasedDeduplication) {
    throw new SqsError(
      'InvalidParameterValue',
      'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    );
  }
  if (DelaySeconds) {
    throw new SqsError(
      'InvalidParameterValue',
      'A message of a FIFO queue has no DelaySeconds of its own; the queue has.',
    );
  }
}

function wireMessage(message: ReceivedMessage, names: string[], attributeNames: string[]): object {
  const all: Record<string, string | null> = {
    SenderId: message.senderId,
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(message.receiveCount),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    MessageGroupId: message.groupId,
    MessageDeduplicationId: message.deduplicationId,
    SequenceNumber: message.groupId === null ? null : message.sequenceNumber,
  };
  const wanted = Object.entries(all).filter(
    ([name, value]) => value !== null && (names.includes('All') || names.includes(name)),
  );
  const given = Object.fromEntries(
    Object.entries(message.attributes).filter(([name]) => isSelected(name, attributeNames)),
  );
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: md5(message.body),
    ...(wanted.length > 0 && { Attributes: Object.fromEntries(wanted) }),
    ...(Object.keys(given).length > 0 && { MessageAttributes: given, MD5OfMessageAttributes: md5OfAttributes(given) }),
  };
}

/** `All`, `.*`, a name, or a prefix followed by `.*`. */
function isSelected(name: string, selectors: string[]): boolean {
  return selectors.some(
    (selector) =>
      selector === 'All' || selector === name || (selector.endsWith('.*') && name.startsWith(selector.slice(0, -2))),
  );
}

/** Resolves when something happens in the queue, or after `ms` wall ms. */
function nextNews(store: QueueStore, name: string, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      stop();
      resolve();
    };
    // A message may also come back by its visibility timeout, which nobody announces.
    const timer = setTimeout(end, Math.min(ms, 250));
    const stop = store.listen(name, end);
  });
}
