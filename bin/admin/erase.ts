import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDatabase } from '../../lambdas/adapters/dynamodb-database.ts';
import { S3ProofEraser } from '../../lambdas/adapters/s3-proof-eraser.ts';
import type { RepeatableRequest } from '../../lambdas/application/act.ts';
import { erasedSince } from '../../lambdas/application/audit.ts';
import { eraseOrder } from '../../lambdas/application/erasure.ts';
import { beginRetentionAnew } from '../../lambdas/application/retention.ts';
import { asId, type OrderId } from '../../lambdas/domain/ids.ts';
import { isRejection } from '../../lambdas/domain/rejection.ts';
import { type Instant, parseInstant } from '../../lambdas/domain/time.ts';

/** Names of the tables and of the bucket, as the stack of the API tells them. */
export interface ErasureStores {
  orders: string;
  personal: string;
  requests: string;
  catalogue: string;
  proofs: string;
}

/** One order; or, after something was restored, every order that was erased since then. */
export type What = { orderId: string } | { since: string };

/** Erases with the credentials at hand; says of each order what came of it. */
export async function erase(
  access: DynamoDBClientConfig,
  { proofs, ...tables }: ErasureStores,
  what: What,
  request: RepeatableRequest,
  now: Instant,
): Promise<string[]> {
  const dynamoDb = new DynamoDBClient(access);
  const s3 = new S3Client({ ...(access as object), forcePathStyle: access.endpoint !== undefined });
  const database = new DynamoDatabase(tables, dynamoDb);
  const ports = { database, proofs: new S3ProofEraser(proofs, s3) };
  const one = async (orderId: OrderId) => {
    const outcome = await eraseOrder(ports, { kind: 'operations' }, orderId, { ...request, on: { orderId } }, now);
    if (isRejection(outcome)) return `${orderId}: ${outcome.detail} ${outcome.mend}`;
    return `${orderId} is erased.`;
  };
  try {
    if ('orderId' in what) return [await one(asId<OrderId>(what.orderId))];
    const said: string[] = [];
    for (const orderId of await erasedSince(database, parseInstant(what.since))) said.push(await one(orderId));
    await beginRetentionAnew(database);
    return [...said, 'The hourly pass goes through all lists anew.'];
  } finally {
    dynamoDb.destroy();
    s3.destroy();
  }
}
