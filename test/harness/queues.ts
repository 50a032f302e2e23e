import type { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { DispatchMessage, ExpiryMessage } from '../../lambdas/adapters/sqs-nudges.ts';
import type { Clock } from '../../local/clock.ts';
import type { Faults } from './faults.ts';

/** As lib/dispatch-stack.ts makes the queues. */
const dispatchDelayMs = 5_000;
const visibilityMs = 180_000;
const mostReceives = 5;
const deduplicationMs = 300_000;

interface Message {
  id: string;
  body: string;
  sentAt: number;
  firstReceivedAt?: number;
  receives: number;
}

/** Both queues in front of one consumer: what `SqsNudges` sends arrives after its delay, at least once. */
export class Queues {
  readonly client: SQSClient;
  /** Messages given up after five deliveries. */
  readonly deadLetters: string[] = [];
  readonly #clock: Clock;
  readonly #faults: Faults;
  readonly #consume: (event: SQSEvent) => Promise<SQSBatchResponse>;
  readonly #seen = new Map<string, number>();
  #sequence = 0;

  constructor(options: { clock: Clock; faults: Faults; consume: (event: SQSEvent) => Promise<SQSBatchResponse> }) {
    this.#clock = options.clock;
    this.#faults = options.faults;
    this.#consume = options.consume;
    this.client = { send: (command: SendMessageCommand) => this.#send(command.input) } as unknown as SQSClient;
  }

  /** A message that arrives now by no queue: a twin of one that did, or one of long ago. It does not come again. */
  async bring(body: DispatchMessage | ExpiryMessage): Promise<void> {
    this.#sequence += 1;
    const sentAt = this.#clock.now();
    const message = { id: `message-${this.#sequence}`, body: JSON.stringify(body), sentAt, receives: 0 };
    await this.#consumed(message);
  }

  async #send(input: SendMessageCommand['input']): Promise<object> {
    await this.#faults.point();
    this.#accept(input);
    await this.#faults.point();
    return {};
  }

  #accept({ MessageBody, MessageDeduplicationId: twin, DelaySeconds }: SendMessageCommand['input']): void {
    const now = this.#clock.now();
    const delay = twin === undefined ? (DelaySeconds ?? 0) * 1000 : dispatchDelayMs;
    if (twin !== undefined) {
      if ((this.#seen.get(twin) ?? -deduplicationMs) > now - deduplicationMs) return;
      this.#seen.set(twin, now);
    }
    if (this.#faults.strikes('messageLost')) return;
    this.#sequence += 1;
    const message = { id: `message-${this.#sequence}`, body: MessageBody!, sentAt: now, receives: 0 };
    this.#arrive(message, delay + (this.#faults.strikes('messageLate') ? this.#faults.random.integer(60_000) : 0));
    if (this.#faults.strikes('messageTwice')) this.#arrive({ ...message }, delay + this.#faults.random.integer(60_000));
  }

  #arrive(message: Message, delayMs: number): void {
    this.#clock.schedule(this.#clock.now() + delayMs, () => {
      void this.#deliver(message);
    });
  }

  async #deliver(message: Message): Promise<void> {
    if (await this.#consumed(message)) return;
    if (message.receives < mostReceives) this.#arrive(message, visibilityMs);
    else this.deadLetters.push(message.body);
  }

  async #consumed(message: Message): Promise<boolean> {
    message.receives += 1;
    message.firstReceivedAt ??= this.#clock.now();
    const event = { Records: [recordOf(message)] } as SQSEvent;
    const answer = await this.#faults.run('message', () => this.#consume(event)).catch(() => null);
    return answer?.batchItemFailures.length === 0;
  }
}

function recordOf({ id, body, sentAt, firstReceivedAt, receives }: Message) {
  return {
    messageId: id,
    body,
    attributes: {
      SentTimestamp: String(sentAt),
      ApproximateFirstReceiveTimestamp: String(firstReceivedAt),
      ApproximateReceiveCount: String(receives),
    },
  };
}
