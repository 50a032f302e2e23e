import { region } from '../assembly/home.ts';
import type { Clock } from '../clock.ts';
import type { EngineClient } from './engine-client.ts';

/** One record of a stream as consumers get it. */
export interface StreamRecord {
  sequence: bigint;
  /** Wall ms at which it was first read: the age of a record is a matter of wall time. */
  seenAt: number;
  /** As in an event of Lambda. */
  event: {
    eventID: string;
    eventSourceARN: string;
    dynamodb: { SequenceNumber: string; ApproximateCreationDateTime: number; [more: string]: unknown };
    [more: string]: unknown;
  };
}

/** One who reads the whole stream in order. */
export interface StreamConsumer {
  /** The sequence number up to which everything is dealt with. */
  readonly position: bigint;
  /** There may be records after `position`. */
  wake(): void;
}

export interface TableStreamOptions {
  tableName: string;
  /** The ARN the template knows; the engine has one of its own. */
  streamArn: string;
  client: EngineClient;
  clock: Clock;
  /** Tells the engine's file that nobody needs the records up to a sequence number any more. */
  trim: (tableName: string, upTo: bigint) => void;
  log: (line: string) => void;
  wallNow?: () => number;
}

const recordsPerTrim = 500;
const recordsPerPage = 1000;
/** A page of fewer ends with the newest record: it is not 1 MB that cut it short. More can only come with another write. */
const recordsOfFullPage = 100;
const retryDelayMs = 100;
const retryLimit = 100;

interface RawRecord {
  dynamodb: { SequenceNumber: string; [more: string]: unknown };
  [more: string]: unknown;
}

/**
 * Reads the stream of one table once for all its consumers. A record is stamped with the business time at which it is
 * first seen, as `ApproximateCreationDateTime`: the engine knows wall time only.
 */
export class TableStream {
  readonly streamArn: string;
  readonly #options: TableStreamOptions;
  readonly #wallNow: () => number;
  readonly #consumers: StreamConsumer[] = [];
  /** Records that some consumer still has to deal with, in order. */
  #records: StreamRecord[] = [];
  #lastSeen = 0n;
  #iterators: { shardId: string; next: string | undefined }[] | undefined;
  #isReading = false;
  #hasNews = false;
  #isStopped = false;
  #handledSinceTrim = 0;

  constructor(options: TableStreamOptions) {
    this.streamArn = options.streamArn;
    this.#options = options;
    this.#wallNow = options.wallNow ?? Date.now;
  }

  add(consumer: StreamConsumer): void {
    this.#consumers.push(consumer);
  }

  /** The newest sequence number there is; 0 for an empty stream. */
  async newest(): Promise<bigint> {
    await this.#readToEnd();
    return this.#lastSeen;
  }

  /** Something was written: reads it and wakes the consumers. */
  nudge(): void {
    const { clock } = this.#options;
    if (this.#hasNews) return;
    this.#hasNews = true;
    clock.whenQuiet(() => {
      if (this.#isReading || this.#isStopped) return;
      void clock.track(this.#readWhileNews());
    });
  }

  /** The first records after a position. */
  after(position: bigint, limit: number): StreamRecord[] {
    const from = this.#records.findIndex(({ sequence }) => sequence > position);
    return from < 0 ? [] : this.#records.slice(from, from + limit);
  }

  /**
   * Up to `limit` records from a sequence number on, whether or not somebody has dealt with them; null where the first
   * of them has been trimmed.
   */
  async readAgain(from: bigint, limit: number): Promise<StreamRecord[] | null> {
    const found: StreamRecord[] = [];
    let isWhole = from === 0n;
    for (const shard of await this.#openShards()) {
      while (shard.next && found.length < limit) {
        const { Records = [], NextShardIterator } = await this.#recordsAt(shard.next);
        for (const record of Records.map((raw) => this.#stamped(raw))) {
          isWhole ||= record.sequence <= from;
          if (record.sequence >= from && found.length < limit) found.push(record);
        }
        shard.next = Records.length === 0 ? undefined : NextShardIterator;
      }
    }
    return isWhole || found.length === 0 ? found : null;
  }

  /** A consumer has moved on. */
  handled(count: number): void {
    const upTo = this.#consumers.reduce((least, { position }) => (position < least ? position : least), this.#lastSeen);
    const kept = this.#records.findIndex(({ sequence }) => sequence > upTo);
    this.#records = kept < 0 ? [] : this.#records.slice(kept);
    this.#handledSinceTrim += count;
    if (this.#handledSinceTrim < recordsPerTrim) return;
    this.#handledSinceTrim = 0;
    this.#options.trim(this.#options.tableName, upTo);
  }

  stop(): void {
    this.#isStopped = true;
  }

  async #readWhileNews(): Promise<void> {
    this.#isReading = true;
    try {
      for (let failures = 0; this.#hasNews && !this.#isStopped; ) {
        this.#hasNews = false;
        try {
          await this.#readToEnd();
          for (const consumer of this.#consumers) consumer.wake();
        } catch (error) {
          if (this.#isStopped) return;
          this.#iterators = undefined;
          failures += 1;
          if (failures > retryLimit) {
            this.#options.log(`The stream of ${this.#options.tableName} cannot be read: ${error}`);
            return;
          }
          this.#hasNews = true;
          await new Promise((resolve) => setTimeout(resolve, retryDelayMs));
        }
      }
    } finally {
      this.#isReading = false;
    }
  }

  async #readToEnd(): Promise<void> {
    this.#iterators ??= await this.#openShards();
    while (this.#iterators.length > 0) {
      const shard = this.#iterators[0]!;
      const { Records = [], NextShardIterator } = await this.#recordsAt(shard.next!);
      for (const record of Records) this.#take(record);
      shard.next = NextShardIterator;
      if (!NextShardIterator) this.#iterators.shift();
      else if (Records.length < recordsOfFullPage) return;
    }
    // Every shard known is closed: the next reading looks for new ones.
    this.#iterators = undefined;
  }

  #recordsAt(ShardIterator: string) {
    return this.#options.client.call<{ Records?: RawRecord[]; NextShardIterator?: string }>(
      'GetRecords',
      { ShardIterator, Limit: recordsPerPage },
      'streams',
    );
  }

  #take(record: RawRecord): void {
    const taken = this.#stamped(record);
    if (taken.sequence <= this.#lastSeen) return;
    this.#lastSeen = taken.sequence;
    this.#records.push(taken);
  }

  #stamped(record: RawRecord): StreamRecord {
    return {
      sequence: BigInt(record.dynamodb.SequenceNumber),
      seenAt: this.#wallNow(),
      event: {
        ...record,
        eventID: String(record.eventID),
        awsRegion: region,
        eventSourceARN: this.streamArn,
        dynamodb: { ...record.dynamodb, ApproximateCreationDateTime: this.#options.clock.now() / 1000 },
      },
    };
  }

  /** Shards in the order they were opened; sequence numbers rise across them. */
  async #openShards(): Promise<{ shardId: string; next: string | undefined }[]> {
    const { client, tableName } = this.#options;
    const { Table } = await client.call<{ Table: { LatestStreamArn: string } }>('DescribeTable', {
      TableName: tableName,
    });
    const StreamArn = Table.LatestStreamArn;
    const { StreamDescription } = await client.call<{ StreamDescription: { Shards?: { ShardId: string }[] } }>(
      'DescribeStream',
      { StreamArn },
      'streams',
    );
    const shards = (StreamDescription.Shards ?? []).map(({ ShardId }) => ShardId).sort();
    return Promise.all(
      shards.map(async (shardId) => {
        const { ShardIterator } = await client.call<{ ShardIterator?: string }>(
          'GetShardIterator',
          { StreamArn, ShardId: shardId, ShardIteratorType: 'TRIM_HORIZON' },
          'streams',
        );
        return { shardId, next: ShardIterator };
      }),
    );
  }
}
