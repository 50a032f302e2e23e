import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { relaySubject } from '../application/relay.ts';
import { database, nudges } from '../compose.ts';
import { eachSubject } from './records.ts';

const ports = { database: database('orders', 'fleet', 'requests'), nudges: nudges() };

/** On a new event of an order, driver, offer or run, hands on what has not been handed on yet. */
export function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return eachSubject(event, async (pk, records) => {
    const written = records.filter(({ sk }) => sk.startsWith('EVENT#')).at(-1);
    if (written) await relaySubject(ports, written.table, pk, written.writtenAt);
  });
}
