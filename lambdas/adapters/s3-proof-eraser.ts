import { DeleteObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import type { ProofEraser } from '../application/ports.ts';

/** The bucket keeps no versions: what is deleted is gone. Deletions are free, so each object is one. */
export class S3ProofEraser implements ProofEraser {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(bucket: string, client = new S3Client({})) {
    this.#bucket = bucket;
    this.#client = client;
  }

  async eraseBelow(prefix: string): Promise<number> {
    const Bucket = this.#bucket;
    let erased = 0;
    let ContinuationToken: string | undefined;
    do {
      const page = await this.#client.send(
        new ListObjectsV2Command({ Bucket, Prefix: prefix, ...(ContinuationToken && { ContinuationToken }) }),
      );
      for (const { Key } of page.Contents ?? []) {
        await this.#client.send(new DeleteObjectCommand({ Bucket, Key }));
        erased += 1;
      }
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    return erased;
  }
}
