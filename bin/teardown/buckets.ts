import {
  DeleteObjectsCommand,
  GetBucketTaggingCommand,
  ListBucketsCommand,
  ListObjectVersionsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { StackPlan } from './plan.ts';

export interface OwnBucket {
  name: string;
  stack: string;
  logicalId: string;
}

/** The buckets that CloudFormation is to delete, which it does only when they are empty. */
export function doomed(buckets: OwnBucket[], plans: StackPlan[]): OwnBucket[] {
  return buckets.filter(({ stack, logicalId }) =>
    plans.some((plan) => plan.stack === stack && plan.deleted.some((it) => it.logicalId === logicalId)),
  );
}

/** Buckets of these stacks, by the tags that CloudFormation puts on what it makes: a name alone proves nothing. */
export async function bucketsOf(client: S3Client, stage: string): Promise<OwnBucket[]> {
  const { Buckets = [] } = await client.send(new ListBucketsCommand({ Prefix: `mallway-${stage}-` }));
  const found: OwnBucket[] = [];
  for (const { Name: name = '' } of Buckets) {
    const { TagSet = [] } = await client
      .send(new GetBucketTaggingCommand({ Bucket: name }))
      .catch(() => ({ TagSet: [] }));
    const tag = (key: string) => TagSet.find(({ Key }) => Key === `aws:cloudformation:${key}`)?.Value;
    const [stack, logicalId] = [tag('stack-name'), tag('logical-id')];
    if (stack && logicalId) found.push({ name, stack, logicalId });
  }
  return found;
}

/** Removes every version of every object; answers how many there were. */
export async function empty(client: S3Client, bucket: string): Promise<number> {
  let removed = 0;
  for (;;) {
    const { Versions = [], DeleteMarkers = [] } = await client.send(new ListObjectVersionsCommand({ Bucket: bucket }));
    const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key: Key!, VersionId }));
    if (Objects.length === 0) return removed;
    const { Errors = [] } = await client.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
    );
    const [error] = Errors;
    if (error) throw new Error(`${bucket}/${error.Key} could not be removed: ${error.Message}`);
    removed += Objects.length;
  }
}
