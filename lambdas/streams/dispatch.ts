import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { systemRandomness } from '../adapters/randomness.ts';
import type { DispatchMessage, ExpiryMessage } from '../adapters/sqs-nudges.ts';
import { dispatchMall, expireOffer } from '../application/dispatch.ts';
import { database } from '../compose.ts';
import { type Instant, instant, latest, plusSeconds } from '../domain/time.ts';
import { logger } from '../log.ts';

const ports = { database: database('orders', 'fleet', 'requests', 'catalogue'), randomness: systemRandomness };

/** A tick of one mall, or the end of one offer's time. Mall ticks of a batch are run once each. */
export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  const failures: SQSBatchResponse['batchItemFailures'] = [];
  const ticked = new Set<string>();
  for (const record of event.Records) {
    try {
      const message = JSON.parse(record.body) as DispatchMessage | ExpiryMessage;
      if ('offerId' in message) await expireOffer(ports, message.offerId, sentAndDelayed(record));
      else if (!ticked.has(message.mallId)) {
        ticked.add(message.mallId);
        const outcome = await dispatchMall(ports, message.mallId, sentAndDelayed(record));
        if (outcome)
          logger.info('dispatch', { mallId: message.mallId, offered: outcome.offered, proposals: outcome.proposals });
      }
    } catch (error) {
      logger.error('message failed', { messageId: record.messageId, error: error as Error });
      failures.push({ itemIdentifier: record.messageId });
    }
  }
  return { batchItemFailures: failures };
}

/** Business time of the message's arrival: when it was first received, and no earlier than it was sent. */
function sentAndDelayed(record: SQSRecord): Instant {
  const sent = instant(Number(record.attributes.SentTimestamp));
  const received = Number(record.attributes.ApproximateFirstReceiveTimestamp);
  return Number.isFinite(received) && received > 0 ? latest(sent, instant(received)) : plusSeconds(sent, 0);
}
