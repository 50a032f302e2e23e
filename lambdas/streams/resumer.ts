import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { resumeOrder } from '../application/resume.ts';
import { database, workflow } from '../compose.ts';
import { asId, type OrderId } from '../domain/ids.ts';
import { eachSubject } from './records.ts';

const ports = { database: database('orders'), workflow: workflow() };

/** On any write of an order or of its waits, brings the two into line. */
export function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return eachSubject(event, async (pk, records) => {
    if (!pk.startsWith('ORDER#')) return;
    if (!records.some(({ sk }) => sk === 'ORDER' || sk.startsWith('WAIT#'))) return;
    await resumeOrder(ports, asId<OrderId>(pk.slice('ORDER#'.length)));
  });
}
