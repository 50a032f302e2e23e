import { z } from 'zod';
import { accountId, arn, partition, region } from './home.ts';
import { arnOf, byName, generatedId, generatedName, generatedUuid, type Identity, noOp } from './resource-type.ts';
import { encryption, policyDocument, tags, text, whole } from './shapes.ts';

/* Where things are kept: tables, queues, buckets, keys. */

const keySchema = z.array(z.strictObject({ AttributeName: text, KeyType: z.enum(['HASH', 'RANGE']) }));

export const table = {
  properties: z.strictObject({
    TableName: text.optional(),
    AttributeDefinitions: z.array(z.strictObject({ AttributeName: text, AttributeType: z.enum(['S', 'N', 'B']) })),
    KeySchema: keySchema,
    BillingMode: z.literal('PAY_PER_REQUEST'),
    GlobalSecondaryIndexes: z
      .array(
        z.strictObject({
          IndexName: text,
          KeySchema: keySchema,
          Projection: z.strictObject({
            ProjectionType: z.enum(['KEYS_ONLY', 'INCLUDE', 'ALL']),
            NonKeyAttributes: z.array(text).optional(),
          }),
        }),
      )
      .optional(),
    StreamSpecification: z
      .strictObject({ StreamViewType: z.enum(['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES']) })
      .optional(),
    TimeToLiveSpecification: z.strictObject({ AttributeName: text.optional(), Enabled: z.boolean() }).optional(),
    DeletionProtectionEnabled: noOp('nothing here deletes a table'),
    PointInTimeRecoverySpecification: noOp('the engine keeps no backups; copy the data folder'),
    SSESpecification: encryption,
    Tags: tags,
  }),
  nameProperty: 'TableName',
  defaultName: generatedName(255),
  ref: byName,
  attributes: {
    Arn: arnOf('dynamodb', 'table/'),
    // AWS labels a stream by the instant it began; a label that never changes keeps the template deterministic.
    StreamArn: ({ name }: Identity) => arn('dynamodb', `table/${name}/stream/2026-01-01T00:00:00.000`),
  },
};

export const queue = {
  properties: z.strictObject({
    QueueName: text.optional(),
    FifoQueue: z.boolean().optional(),
    ContentBasedDeduplication: z.boolean().optional(),
    DeduplicationScope: z.enum(['queue', 'messageGroup']).optional(),
    FifoThroughputLimit: noOp('throughput of a queue is not limited here'),
    DelaySeconds: whole.min(0).max(900).optional(),
    VisibilityTimeout: whole.min(0).max(43_200).optional(),
    MessageRetentionPeriod: whole.min(60).max(1_209_600).optional(),
    ReceiveMessageWaitTimeSeconds: whole.min(0).max(20).optional(),
    MaximumMessageSize: whole.min(1024).max(1_048_576).optional(),
    RedrivePolicy: z.strictObject({ deadLetterTargetArn: text, maxReceiveCount: whole.min(1).max(1000) }).optional(),
    RedriveAllowPolicy: noOp('it guards against other accounts'),
    SqsManagedSseEnabled: encryption,
    KmsMasterKeyId: encryption,
    Tags: tags,
  }),
  nameProperty: 'QueueName',
  defaultName: generatedName(75),
  ref: ({ name, urls }: Identity) => `${urls.services}/${accountId}/${name}`,
  attributes: { Arn: arnOf('sqs'), QueueName: byName },
};

export const bucket = {
  properties: z.strictObject({
    BucketName: text.optional(),
    CorsConfiguration: z
      .strictObject({
        CorsRules: z.array(
          z.strictObject({
            Id: text.optional(),
            AllowedHeaders: z.array(text).optional(),
            AllowedMethods: z.array(text),
            AllowedOrigins: z.array(text),
            ExposedHeaders: z.array(text).optional(),
            MaxAge: whole.optional(),
          }),
        ),
      })
      .optional(),
    BucketEncryption: encryption,
    LifecycleConfiguration: noOp('proofs stay until the data folder is deleted'),
    PublicAccessBlockConfiguration: noOp('every request is signed or refused'),
    OwnershipControls: noOp('there is one account'),
    VersioningConfiguration: noOp('the newest version is kept'),
    Tags: tags,
  }),
  nameProperty: 'BucketName',
  defaultName: generatedName(63, true),
  ref: byName,
  attributes: {
    Arn: ({ name }: Identity) => `arn:${partition}:s3:::${name}`,
    RegionalDomainName: ({ name }: Identity) => `${name}.s3.${region}.amazonaws.com`,
  },
};

export const key = {
  properties: z.strictObject({
    Description: text.optional(),
    Enabled: z.boolean().optional(),
    KeyPolicy: policyDocument,
    EnableKeyRotation: noOp('once a year is seldom here; RotateKeyOnDemand does the same at once'),
    PendingWindowInDays: noOp('nothing here deletes a key'),
    KeySpec: z.literal('SYMMETRIC_DEFAULT').optional(),
    KeyUsage: z.literal('ENCRYPT_DECRYPT').optional(),
    Tags: tags,
  }),
  defaultName: generatedUuid,
  ref: byName,
  attributes: { Arn: arnOf('kms', 'key/'), KeyId: byName },
};

export const keyAlias = {
  properties: z.strictObject({ AliasName: text, TargetKeyId: text }),
  nameProperty: 'AliasName',
  defaultName: generatedId(8),
  ref: byName,
  attributes: {},
};
