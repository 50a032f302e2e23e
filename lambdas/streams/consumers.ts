import type { DynamoDBBatchResponse, DynamoDBStreamEvent, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { BlocksMessage, DispatchMessage, ExpiryMessage } from '../adapters/sqs-nudges.ts';
import { endBlocks } from '../application/blocks.ts';
import { type DispatchPorts, dispatchMall, expireOffer, type TickOutcome } from '../application/dispatch.ts';
import type { Database, TickStore, Workflow } from '../application/ports.ts';
import { publishAgain } from '../application/publication.ts';
import { type RelayPorts, relaySubject } from '../application/relay.ts';
import { resumeOrder } from '../application/resume.ts';
import { asId, type OrderId } from '../domain/ids.ts';
import { type Instant, instant, latest } from '../domain/time.ts';
import { logger } from '../log.ts';
import { emitMetrics } from '../metrics.ts';
import { eachSubject } from './records.ts';

const orderPrefix = 'ORDER#';

/** On any write of an order or of its waits, brings the two into line. */
export function resumer(ports: { database: Database; workflow: Workflow }) {
  return (event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> =>
    eachSubject(event, async (pk, records) => {
      if (!pk.startsWith(orderPrefix)) return;
      if (!records.some(({ sk }) => sk === 'ORDER' || sk.startsWith('WAIT#'))) return;
      await resumeOrder(ports, asId<OrderId>(pk.slice(orderPrefix.length)));
    });
}

/** On a new event of an order, driver, offer or run, hands on what has not been handed on yet; or tries the bus again. */
export function relay(ports: RelayPorts) {
  return (event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> =>
    eachSubject(event, async (pk, records) => {
      const written = records.filter(({ sk }) => sk.startsWith('EVENT#')).at(-1);
      if (written) await relaySubject(ports, pk.startsWith(orderPrefix) ? 'orders' : 'fleet', pk, written.writtenAt);
      const late = records.filter(({ sk }) => sk === 'UNPUBLISHED').at(-1);
      if (late) await publishAgain(ports, asId<OrderId>(pk.slice(orderPrefix.length)), late.writtenAt);
    });
}

/**
 * On a tick of one mall, plans it; at the end of one offer's time, expires it; at that of a driver's block, settles it.
 * Ticks of a batch are run once each.
 */
export function dispatcher(ports: DispatchPorts & { ticks: TickStore }) {
  return async (event: SQSEvent): Promise<SQSBatchResponse> => {
    const failures: SQSBatchResponse['batchItemFailures'] = [];
    const ticked = new Set<string>();
    for (const record of event.Records) {
      try {
        const message = JSON.parse(record.body) as DispatchMessage | ExpiryMessage | BlocksMessage;
        if ('offerId' in message) await expireOffer(ports, message.offerId, arrivedAt(record));
        else if ('blocksOf' in message) await endBlocks(ports.database, message.blocksOf, arrivedAt(record));
        else if (!ticked.has(message.mallId)) {
          const outcome = await dispatchMall(ports, message.mallId, arrivedAt(record));
          ticked.add(message.mallId);
          if (outcome) await account(ports.ticks, outcome);
        }
      } catch (error) {
        logger.error('message failed', { messageId: record.messageId, error: error as Error });
        failures.push({ itemIdentifier: record.messageId });
      }
    }
    return { batchItemFailures: failures };
  };
}

/**
 * A line for each order of the tick that says why this driver, or why not yet; and the tick itself, to be replayed. Of a
 * minute in which nothing changed the line of the minute before still tells.
 */
async function account(ticks: TickStore, { tick, isNews, offered, lost, held, roads }: TickOutcome): Promise<void> {
  if (roads.paid + roads.estimated > 0) {
    emitMetrics({ RoutesPaid: roads.paid, RoutesEstimated: roads.estimated }, tick.at);
  }
  if (!isNews) return;
  for (const { because, ...planned } of lost) logger.info('offer lost', { ...planned, because: because.rejected });
  for (const planned of offered) logger.info('offered', { ...planned });
  for (const hold of held) logger.info('held', { ...hold });
  // The offers stand without it, so a tick that cannot be kept is not run again.
  await ticks.keep(tick).catch((error: Error) => logger.error('tick not kept', { mallId: tick.mallId, error }));
}

/** Business time of the message's arrival: when it was first received, and no earlier than it was sent. */
function arrivedAt(record: SQSRecord): Instant {
  const sent = instant(Number(record.attributes.SentTimestamp));
  const received = Number(record.attributes.ApproximateFirstReceiveTimestamp);
  return Number.isFinite(received) && received > 0 ? latest(sent, instant(received)) : sent;
}
