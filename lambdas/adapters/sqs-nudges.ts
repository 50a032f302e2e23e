import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Nudges } from '../application/ports.ts';
import type { Offer } from '../domain/fleet.ts';
import type { DriverId, MallId } from '../domain/ids.ts';
import { epochMs, type Instant } from '../domain/time.ts';

/** Nudges of one mall within this window become one message (the queue delays each by the same five seconds). */
const debounceMs = 5_000;
const longestDelaySeconds = 900;

export interface DispatchMessage {
  mallId: MallId;
}

export interface ExpiryMessage {
  offerId: Offer['id'];
}

/** In the queue of offers, as they too are due by time. */
export interface BlocksMessage {
  blocksOf: DriverId;
}

export class SqsNudges implements Nudges {
  readonly #client: SQSClient;
  readonly #queues: { dispatch: string; offerExpiry: string };

  constructor(queues: { dispatch: string; offerExpiry: string }, client = new SQSClient({ maxAttempts: 5 })) {
    this.#queues = queues;
    this.#client = client;
  }

  async dispatch(mallId: MallId, now: Instant, urgency: 'soon' | 'now'): Promise<void> {
    const window = Math.floor(epochMs(now) / debounceMs);
    await this.#client.send(
      new SendMessageCommand({
        QueueUrl: this.#queues.dispatch,
        MessageBody: JSON.stringify({ mallId } satisfies DispatchMessage),
        MessageGroupId: mallId,
        MessageDeduplicationId: urgency === 'soon' ? `${mallId}:${window}` : `${mallId}:${epochMs(now)}:now`,
      }),
    );
  }

  async expireOffer(offer: Pick<Offer, 'id' | 'expiresAt'>, now: Instant): Promise<void> {
    const seconds = Math.ceil((epochMs(offer.expiresAt) - epochMs(now)) / 1000);
    await this.#client.send(
      new SendMessageCommand({
        QueueUrl: this.#queues.offerExpiry,
        MessageBody: JSON.stringify({ offerId: offer.id } satisfies ExpiryMessage),
        DelaySeconds: Math.min(longestDelaySeconds, Math.max(0, seconds)),
      }),
    );
  }

  async endBlocks(blocksOf: DriverId): Promise<void> {
    const body = JSON.stringify({ blocksOf } satisfies BlocksMessage);
    await this.#client.send(new SendMessageCommand({ QueueUrl: this.#queues.offerExpiry, MessageBody: body }));
  }
}
