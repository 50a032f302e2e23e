import { z } from 'zod';
import { awsJson, awsJsonError, jsonBody, type ServiceHandler } from '../services.ts';
import type { TableStream } from './table-stream.ts';

const target = 'DynamoDBStreams_20120810.';
const namespace = 'com.amazonaws.dynamodb.v20120810#';

const iteratorRequest = z.strictObject({
  StreamArn: z.string(),
  ShardId: z.string(),
  ShardIteratorType: z.enum(['AT_SEQUENCE_NUMBER', 'TRIM_HORIZON']),
  SequenceNumber: z.string().regex(/^\d+$/).optional(),
});
const recordsRequest = z.strictObject({ ShardIterator: z.string(), Limit: z.int().min(1).max(1000).default(1000) });

/**
 * DynamoDB Streams for people who look again at records that a function has given up on; mappings read by themselves.
 * Whatever else is asked of DynamoDB goes on to `tables`.
 */
export function withStreams(tables: ServiceHandler, streams: readonly TableStream[]): ServiceHandler {
  return async (request) => {
    const called = request.headers['x-amz-target'] ?? '';
    if (!called.startsWith(target)) return tables(request);
    const operation = called.slice(target.length);
    const input = jsonBody(request);
    if (operation === 'GetShardIterator') {
      const parsed = iteratorRequest.safeParse(input);
      if (!parsed.success) return awsJsonError(400, 'ValidationException', z.prettifyError(parsed.error));
      const { StreamArn, ShardIteratorType, SequenceNumber = '0' } = parsed.data;
      const from = ShardIteratorType === 'TRIM_HORIZON' ? '0' : SequenceNumber;
      return awsJson({ ShardIterator: JSON.stringify([StreamArn, from]) });
    }
    if (operation === 'GetRecords') {
      const parsed = recordsRequest.safeParse(input);
      if (!parsed.success) return awsJsonError(400, 'ValidationException', z.prettifyError(parsed.error));
      const [arn, from] = JSON.parse(parsed.data.ShardIterator) as [string, string];
      const stream = streams.find(({ streamArn }) => streamArn === arn);
      if (!stream) return awsJsonError(400, `${namespace}ResourceNotFoundException`, `There is no stream ${arn}.`);
      const records = await stream.readAgain(BigInt(from), parsed.data.Limit);
      if (records === null) {
        const message = `The stream begins after ${from}; what came before has been trimmed.`;
        return awsJsonError(400, `${namespace}TrimmedDataAccessException`, message);
      }
      const last = records.at(-1)?.sequence;
      return awsJson({
        Records: records.map(({ event: { eventSourceARN: _, ...record } }) => record),
        NextShardIterator: JSON.stringify([arn, String(last === undefined ? from : last + 1n)]),
      });
    }
    return awsJsonError(400, 'UnknownOperationException', `DynamoDB Streams' ${operation} is not emulated here.`);
  };
}
