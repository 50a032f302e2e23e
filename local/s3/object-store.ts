import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** What is known of one object besides its bytes. */
export interface ObjectRecord {
  key: string;
  size: number;
  /** MD5 in hexadecimal, without quotes. */
  etag: string;
  /** Milliseconds since the epoch, wall time. */
  lastModified: number;
  /** Lower-cased headers given back on read: content-type, cache-control, x-amz-meta-*, x-amz-server-side-encryption ... */
  headers: Record<string, string>;
}

/**
 * The objects of one bucket in a folder: `<sha256 of the key>` holds the bytes, `<same>.json` the record. The record
 * is renamed into place last, so an object is either whole or absent, also after a crash.
 */
export class ObjectStore {
  readonly #directory: string;
  readonly #records = new Map<string, ObjectRecord>();

  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true });
    for (const file of readdirSync(directory)) {
      if (!file.endsWith('.json')) continue;
      const record = JSON.parse(readFileSync(path.join(directory, file), 'utf8')) as ObjectRecord;
      this.#records.set(record.key, record);
    }
  }

  get(key: string): ObjectRecord | undefined {
    return this.#records.get(key);
  }

  /** Keys in the order of S3: by their UTF-8 bytes. */
  list(): ObjectRecord[] {
    return [...this.#records.values()].sort((one, other) =>
      Buffer.compare(Buffer.from(one.key), Buffer.from(other.key)),
    );
  }

  read(key: string): Promise<Buffer> {
    return readFile(this.#fileOf(key));
  }

  async put(record: Omit<ObjectRecord, 'size' | 'etag'>, bytes: Buffer): Promise<ObjectRecord> {
    const complete = { ...record, size: bytes.length, etag: createHash('md5').update(bytes).digest('hex') };
    await this.#replace(this.#fileOf(record.key), bytes);
    await this.#replace(`${this.#fileOf(record.key)}.json`, JSON.stringify(complete));
    this.#records.set(record.key, complete);
    return complete;
  }

  async delete(key: string): Promise<void> {
    if (!this.#records.delete(key)) return;
    await rm(`${this.#fileOf(key)}.json`, { force: true });
    await rm(this.#fileOf(key), { force: true });
  }

  #fileOf(key: string): string {
    return path.join(this.#directory, createHash('sha256').update(key).digest('hex'));
  }

  async #replace(file: string, content: Buffer | string): Promise<void> {
    const temporary = `${file}.${randomUUID()}.part`;
    await writeFile(temporary, content, { mode: 0o600 });
    await rename(temporary, file);
  }
}
