import { AwsCallError, type AwsCalls } from './aws-calls.ts';

/** What Lambda sends to the on-failure destination of a stream. Source: "Lambda with DynamoDB", on-failure destinations. */
export interface StreamFailure {
  requestContext: { requestId: string; functionArn: string; condition: string; approximateInvokeCount: number };
  DDBStreamBatchInfo: {
    shardId: string;
    startSequenceNumber: string;
    endSequenceNumber: string;
    approximateArrivalOfFirstRecord: string;
    batchSize: number;
    streamArn: string;
  };
}

interface StreamRecord {
  dynamodb: { SequenceNumber: string; Keys: { pk: { S: string } } };
}

export function isStreamFailure(body: unknown): body is StreamFailure {
  return typeof body === 'object' && body !== null && 'DDBStreamBatchInfo' in body && 'requestContext' in body;
}

/** The records that the message is about, from the stream itself; null when it no longer has them (24 hours). */
export async function recordsOf(calls: AwsCalls, failure: StreamFailure): Promise<StreamRecord[] | null> {
  const { streamArn, shardId, startSequenceNumber, endSequenceNumber } = failure.DDBStreamBatchInfo;
  const records: StreamRecord[] = [];
  try {
    let { ShardIterator } = await calls.streams<{ ShardIterator?: string }>('GetShardIterator', {
      StreamArn: streamArn,
      ShardId: shardId,
      ShardIteratorType: 'AT_SEQUENCE_NUMBER',
      SequenceNumber: startSequenceNumber,
    });
    while (ShardIterator) {
      const page: { Records?: StreamRecord[]; NextShardIterator?: string } = await calls.streams('GetRecords', {
        ShardIterator,
        Limit: 1000,
      });
      for (const record of page.Records ?? []) {
        if (BigInt(record.dynamodb.SequenceNumber) > BigInt(endSequenceNumber)) return records;
        records.push(record);
      }
      if (records.at(-1)?.dynamodb.SequenceNumber === endSequenceNumber || !page.Records?.length) return records;
      ShardIterator = page.NextShardIterator;
    }
    return records;
  } catch (error) {
    if (!(error instanceof AwsCallError)) throw error;
    if (['TrimmedDataAccessException', 'ResourceNotFoundException'].includes(error.type)) return null;
    throw error;
  }
}

/** The items that the records are about: `order ord_…`, `run run_…`. */
export function subjectsOf(records: readonly StreamRecord[]): string[] {
  const subjects = records.map(({ dynamodb }) => {
    const [kind = '', ...id] = dynamodb.Keys.pk.S.split('#');
    return `${kind.toLowerCase()} ${id.join('#')}`;
  });
  return [...new Set(subjects)];
}

/** Gives the records to the function once more, as Lambda did. Rejects when it does not take all of them. */
export async function deliverAgain(calls: AwsCalls, failure: StreamFailure, records: StreamRecord[]): Promise<void> {
  const Records = records.map((record) => ({ ...record, eventSourceARN: failure.DDBStreamBatchInfo.streamArn }));
  const name = functionOf(failure);
  const answer = await calls.invoke<{ batchItemFailures?: unknown[] } | null>(name, { Records });
  const refused = answer?.batchItemFailures?.length ?? 0;
  if (refused > 0) throw new AwsCallError(name, 'BatchItemFailure', 'its log says why');
}

/** `arn:aws:lambda:<region>:<account>:function:<name>`, perhaps with a version. */
export function functionOf({ requestContext }: StreamFailure): string {
  return requestContext.functionArn.split(':')[6] ?? requestContext.functionArn;
}
