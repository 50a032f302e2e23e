import { region } from '../assembly/home.ts';
import type { Clock } from '../clock.ts';
import type { FunctionInvoker, FunctionOutcome, Meter } from '../services.ts';
import { md5, md5OfAttributes } from './message-digest.ts';
import { type QueueDefinition, type ReceivedMessage, requestUnit } from './queue.ts';
import type { QueueStore } from './queue-store.ts';

/** An AWS::Lambda::EventSourceMapping from a queue. */
export interface QueueMappingDefinition {
  functionName: string;
  batchSize: number;
  reportsItemFailures: boolean;
  /** Batches in flight at once; groups of a FIFO queue never overlap themselves. */
  maximumConcurrency: number;
}

export interface QueueMappingOptions {
  definition: QueueMappingDefinition;
  queue: QueueDefinition;
  store: QueueStore;
  invoker: FunctionInvoker;
  clock: Clock;
  meter: Meter;
  log: (line: string) => void;
}

/** A batch that found no place to run is tried again after this long (wall seconds), and that does not count as a try. */
const throttledSeconds = 1;

/** Delivers the messages of a queue to a function, in batches; what fails comes back by its visibility timeout. */
export class QueueMapping {
  readonly #options: QueueMappingOptions;
  #inFlight = 0;
  #isStopped = false;
  #stopListening: (() => void) | undefined;

  constructor(options: QueueMappingOptions) {
    this.#options = options;
  }

  start(): void {
    this.#stopListening = this.#options.store.listen(this.#options.queue.name, () => this.wake());
    this.wake();
  }

  stop(): void {
    this.#isStopped = true;
    this.#stopListening?.();
  }

  /** There may be messages. */
  wake(): void {
    const { definition, queue, store, clock, meter } = this.#options;
    while (!this.#isStopped && this.#inFlight < definition.maximumConcurrency) {
      const batch = store.receive(queue, definition.batchSize);
      if (batch.length === 0) return;
      // A batch costs one receive for every ten messages, and as many deletes.
      meter.count(requestUnit(queue), 2 * Math.ceil(batch.length / 10), { resource: queue.name });
      this.#inFlight += 1;
      void clock.track(this.#deliver(batch));
    }
  }

  async #deliver(batch: ReceivedMessage[]): Promise<void> {
    const { definition, queue, store, invoker, log } = this.#options;
    try {
      const outcome = await invoker.invoke(definition.functionName, { Records: batch.map((one) => this.#record(one)) });
      // Unfinished when everything ends: the messages come back by their visibility timeout.
      if (this.#isStopped && !outcome.ok) return;
      const failed = this.#failed(batch, outcome);
      for (const message of batch) if (!failed.has(message)) store.delete(queue, message.receiptHandle);
      if (isThrottled(outcome)) {
        for (const message of failed) store.giveBack(queue, message.receiptHandle, throttledSeconds);
      } else if (failed.size > 0) {
        log(`${definition.functionName} failed ${failed.size} of ${batch.length} messages of ${queue.name}.`);
      }
    } catch (error) {
      log(`A batch of ${queue.name} for ${definition.functionName} failed: ${error}`);
    } finally {
      this.#inFlight -= 1;
      this.wake();
    }
  }

  #failed(batch: ReceivedMessage[], outcome: FunctionOutcome): Set<ReceivedMessage> {
    if (!outcome.ok) return new Set(batch);
    if (!this.#options.definition.reportsItemFailures) return new Set();
    const { batchItemFailures = [] } = (outcome.payload ?? {}) as { batchItemFailures?: { itemIdentifier?: string }[] };
    const failed = batchItemFailures.map(({ itemIdentifier }) =>
      batch.find(({ messageId }) => messageId === itemIdentifier),
    );
    // An identifier that is none of the batch's fails all of it.
    return failed.includes(undefined) ? new Set(batch) : new Set(failed as ReceivedMessage[]);
  }

  /** A record of an SQS event. */
  #record(message: ReceivedMessage): object {
    const attributes = Object.entries(message.attributes);
    return {
      messageId: message.messageId,
      receiptHandle: message.receiptHandle,
      body: message.body,
      attributes: {
        ApproximateReceiveCount: String(message.receiveCount),
        SentTimestamp: String(message.sentAt),
        SenderId: message.senderId,
        ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
        ...(message.groupId !== null && {
          SequenceNumber: message.sequenceNumber,
          MessageGroupId: message.groupId,
          MessageDeduplicationId: message.deduplicationId,
        }),
      },
      messageAttributes: Object.fromEntries(
        attributes.map(([name, { DataType, StringValue, BinaryValue }]) => [
          name,
          { dataType: DataType, stringValue: StringValue, binaryValue: BinaryValue },
        ]),
      ),
      md5OfBody: md5(message.body),
      ...(attributes.length > 0 && { md5OfMessageAttributes: md5OfAttributes(message.attributes) }),
      eventSource: 'aws:sqs',
      eventSourceARN: this.#options.queue.arn,
      awsRegion: region,
    };
  }
}

function isThrottled(outcome: FunctionOutcome): boolean {
  return !outcome.ok && outcome.errorType === 'TooManyRequestsException';
}
