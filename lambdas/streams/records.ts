import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { type Instant, instant } from '../domain/time.ts';
import { logger } from '../log.ts';

/** The item that a stream record is about, and when it was written, in business time. */
export interface StreamedKey {
  pk: string;
  sk: string;
  writtenAt: Instant;
}

/**
 * Handles each partition key of a batch once, with all of its records, in the order they came. The first one that
 * fails is reported, so that the stream resumes from it; what came before is not handled again.
 */
export async function eachSubject(
  event: DynamoDBStreamEvent,
  handle: (pk: string, records: StreamedKey[]) => Promise<void>,
): Promise<DynamoDBBatchResponse> {
  const subjects = new Map<string, { first: number; records: StreamedKey[] }>();
  for (const [index, record] of event.Records.entries()) {
    const key = keyOf(record);
    const subject = subjects.get(key.pk) ?? { first: index, records: [] };
    subject.records.push(key);
    subjects.set(key.pk, subject);
  }
  const failed: number[] = [];
  for (const [pk, { first, records }] of subjects) {
    try {
      await handle(pk, records);
    } catch (error) {
      logger.error('record failed', { pk, error: error as Error });
      failed.push(first);
    }
  }
  return {
    batchItemFailures: failed.map((index) => ({ itemIdentifier: event.Records[index]!.dynamodb!.SequenceNumber! })),
  };
}

function keyOf(record: DynamoDBRecord): StreamedKey {
  const keys = record.dynamodb?.Keys;
  const seconds = record.dynamodb?.ApproximateCreationDateTime;
  if (!keys?.pk?.S || !keys.sk?.S || seconds === undefined) {
    throw new Error(`Record ${record.eventID} has no key or no time.`);
  }
  return { pk: keys.pk.S, sk: keys.sk.S, writtenAt: instant(seconds * 1000) };
}
