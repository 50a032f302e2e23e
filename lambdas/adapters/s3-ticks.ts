import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Tick } from '../application/dispatch.ts';
import type { TickStore } from '../application/ports.ts';

/** Ticks as objects `<mall>/<date>/<instant>-<digest>.json.gz`; the bucket lets them go after some days. */
export class S3Ticks implements TickStore {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(bucket: string, client = new S3Client({ requestChecksumCalculation: 'WHEN_REQUIRED' })) {
    this.#bucket = bucket;
    this.#client = client;
  }

  async keep(tick: Tick): Promise<void> {
    const body = packTick(tick);
    const digest = createHash('sha256').update(body).digest('hex').slice(0, 8);
    await this.#client.send(
      new PutObjectCommand({
        Bucket: this.#bucket,
        Key: `${tick.mallId}/${tick.at.slice(0, 10)}/${tick.at}-${digest}.json.gz`,
        Body: body,
        ContentType: 'application/gzip',
      }),
    );
  }
}

export function packTick(tick: Tick): Buffer {
  return gzipSync(JSON.stringify(tick));
}

export function unpackTick(packed: Uint8Array): Tick {
  return JSON.parse(gunzipSync(packed).toString('utf8')) as Tick;
}
