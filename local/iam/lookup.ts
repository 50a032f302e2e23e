import type { Deployment } from '../assembly/deployment.ts';
import { keyIdOf } from '../kms/ciphertext.ts';
import type { KeyStore } from '../kms/key-store.ts';
import type { Lookup } from './requests.ts';

export interface LookupSources {
  deployment: Deployment;
  keys: Pick<KeyStore, 'find'>;
  /** The ARN of the execution whose task has the token, also when that is over. */
  executionOfToken: (token: string) => string | undefined;
}

interface BucketEncryption {
  ServerSideEncryptionConfiguration?: { ServerSideEncryptionByDefault?: { KMSMasterKeyID?: string } }[];
}

/** Reads from the template which key encrypts what, and which attribute is the partition key. */
export function lookupOf({ deployment, keys, executionOfToken }: LookupSources): Lookup {
  const arnOf = (reference: unknown) => (typeof reference === 'string' ? keys.find(reference)?.arn : undefined);
  const tables = new Map(
    deployment.ofType('AWS::DynamoDB::Table').map((table) => [deployment.attribute(table, 'Arn'), table.properties]),
  );
  const queues = new Map(
    deployment.ofType('AWS::SQS::Queue').map((queue) => [deployment.attribute(queue, 'Arn'), queue.properties]),
  );
  const buckets = new Map(
    deployment.ofType('AWS::S3::Bucket').map((bucket) => [deployment.attribute(bucket, 'Arn'), bucket.properties]),
  );
  return {
    tableKey: (table) => arnOf((tables.get(table)?.SSESpecification as { KMSMasterKeyId?: string })?.KMSMasterKeyId),
    queueKey: (queue) => arnOf(queues.get(queue)?.KmsMasterKeyId),
    bucketKey: (bucket) => {
      const [rule] =
        (buckets.get(bucket)?.BucketEncryption as BucketEncryption)?.ServerSideEncryptionConfiguration ?? [];
      return arnOf(rule?.ServerSideEncryptionByDefault?.KMSMasterKeyID);
    },
    tableHashKey: (table, index) => {
      const properties = tables.get(table);
      const schema =
        index === undefined
          ? properties?.KeySchema
          : properties?.GlobalSecondaryIndexes?.find(({ IndexName }) => IndexName === index)?.KeySchema;
      return schema?.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName;
    },
    kmsKey: arnOf,
    kmsKeyOfCiphertext: (blob) => arnOf(keyIdOf(blob)),
    // `arn:...:execution:<machine>:<name>`
    machineOfToken: (token) =>
      executionOfToken(token)?.replace(':execution:', ':stateMachine:').split(':').slice(0, 7).join(':'),
  };
}
