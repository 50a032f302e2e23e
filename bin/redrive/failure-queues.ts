import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** A queue that nobody reads but people: where messages and stream records go that failed too often. */
export interface FailureQueue {
  name: string;
  url: string;
  /** As SQS counts them, which takes up to a minute to be right. */
  waiting: number;
  /** The queue whose messages end up here; null for the records of streams. */
  source: { name: string; url: string; tries: number } | null;
}

/** Wall seconds in which nobody else gets a message that is being looked at. */
const holdSeconds = 120;

/** The dead-letter and on-failure queues among the queues whose names begin so, by what the queues themselves say. */
export async function failureQueues(sqs: SQSClient, prefix: string): Promise<FailureQueue[]> {
  const urls: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await sqs.send(
      new ListQueuesCommand({ QueueNamePrefix: prefix, MaxResults: 1000, ...(NextToken && { NextToken }) }),
    );
    urls.push(...(page.QueueUrls ?? []));
    NextToken = page.NextToken;
  } while (NextToken);
  const queues = await Promise.all(
    urls.map(async (url) => {
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
      );
      const redrive = Attributes.RedrivePolicy
        ? (JSON.parse(Attributes.RedrivePolicy) as { deadLetterTargetArn: string; maxReceiveCount: number | string })
        : undefined;
      return { name: url.split('/').at(-1)!, url, arn: Attributes.QueueArn, redrive, Attributes };
    }),
  );
  return queues
    .flatMap(({ name, url, arn, redrive, Attributes }) => {
      const source = queues.find((other) => other.redrive?.deadLetterTargetArn === arn);
      // An on-failure destination looks like any queue; ours are called Failures.
      if (redrive || (!source && !name.includes('Failures'))) return [];
      const tries = Number(source?.redrive?.maxReceiveCount);
      return {
        name,
        url,
        waiting: Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesDelayed),
        source: source ? { name: source.name, url: source.url, tries } : null,
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Every message once, held for two minutes from when it is given out. In a FIFO queue those behind a message that
 * stays are not seen.
 */
export async function* messagesOf(sqs: SQSClient, queue: FailureQueue): AsyncGenerator<Message> {
  const seen = new Set<string>();
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queue.url,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: holdSeconds,
        // Asks all of SQS's servers, so that nothing to be had means nothing there.
        WaitTimeSeconds: 1,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
    );
    const fresh = Messages.filter(({ MessageId }) => !seen.has(MessageId!));
    if (fresh.length === 0) return;
    for (const message of fresh) {
      seen.add(message.MessageId!);
      yield message;
    }
  }
}

/** Others may have the message again. */
export async function release(sqs: SQSClient, { url }: FailureQueue, { ReceiptHandle }: Message): Promise<void> {
  await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 0 }));
}

export async function remove(sqs: SQSClient, { url }: FailureQueue, { ReceiptHandle }: Message): Promise<void> {
  await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
}

/** Puts a copy into the queue it came from; the consumer bears with one message twice. */
export async function sendBack(sqs: SQSClient, sourceUrl: string, message: Message): Promise<void> {
  const group = message.Attributes?.MessageGroupId;
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: sourceUrl,
      MessageBody: message.Body,
      ...(message.MessageAttributes && { MessageAttributes: message.MessageAttributes }),
      ...(group && { MessageGroupId: group, MessageDeduplicationId: `redrive-${message.MessageId}` }),
    }),
  );
}
