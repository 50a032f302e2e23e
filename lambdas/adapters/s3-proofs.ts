import {
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { type ProofStore, uploadLinkMinutes } from '../application/ports.ts';

const uploadSeconds = uploadLinkMinutes * 60;
const viewSeconds = 5 * 60;

/** Proofs of delivery in a private bucket, reached by short-lived signed links only. */
export class S3Proofs implements ProofStore {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(bucket: string, client = new S3Client({ requestChecksumCalculation: 'WHEN_REQUIRED' })) {
    this.#bucket = bucket;
    this.#client = client;
  }

  uploadUrl(key: string, contentType: string): Promise<string> {
    const command = new PutObjectCommand({ Bucket: this.#bucket, Key: key, ContentType: contentType });
    // The presigner leaves the content type unsigned unless told; then anything could be uploaded as a photo.
    return getSignedUrl(this.#client, command, {
      expiresIn: uploadSeconds,
      signableHeaders: new Set(['host', 'content-type']),
    });
  }

  async has(key: string): Promise<boolean> {
    try {
      await this.#client.send(new HeadObjectCommand({ Bucket: this.#bucket, Key: key }));
      return true;
    } catch (error) {
      // Whoever may not list the bucket is told 403 of what is not there (API reference, HeadObject).
      const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
      if (status === 404 || status === 403) return false;
      throw error;
    }
  }

  viewUrl(key: string): Promise<string> {
    return getSignedUrl(this.#client, new GetObjectCommand({ Bucket: this.#bucket, Key: key }), {
      expiresIn: viewSeconds,
    });
  }
}
