import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import type { Clock } from '../../local/clock.ts';
import type { Faults } from './faults.ts';

/** As lib/lifecycle-stack.ts maps the streams. */
const batchSize = 100;
const retryAttempts = 5;

interface Record {
  record: DynamoDBRecord;
  failures: number;
}

/**
 * Hands the records of one table to one consumer as an event source mapping does: in order, in batches, again from
 * the first that failed, a failing batch in halves, and after five retries not any more.
 */
export class StreamReader {
  /** Records given up: the sweeper has to make up for them. */
  readonly givenUp: DynamoDBRecord[] = [];
  readonly #faults: Faults;
  readonly #clock: Clock;
  readonly #consume: (event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse>;
  readonly #poison: (pk: string, times: number) => void;
  readonly #varies: boolean;
  #records: Record[] = [];
  #sequence = 0;
  #reading = false;

  constructor(options: {
    faults: Faults;
    clock: Clock;
    consume: (event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse>;
    poison: (pk: string, times: number) => void;
    /** Whether batches end anywhere rather than after a hundred records. */
    varies: boolean;
  }) {
    this.#faults = options.faults;
    this.#clock = options.clock;
    this.#consume = options.consume;
    this.#poison = options.poison;
    this.#varies = options.varies;
  }

  push(pk: string, sk: string): void {
    this.#sequence += 1;
    const record: DynamoDBRecord = {
      eventID: String(this.#sequence),
      dynamodb: {
        Keys: { pk: { S: pk }, sk: { S: sk } },
        SequenceNumber: String(this.#sequence).padStart(21, '0'),
        ApproximateCreationDateTime: Math.floor(this.#clock.now() / 1000),
      },
    };
    this.#records.push({ record, failures: 0 });
    if (!this.#reading) void this.#faults.outside(() => this.#read());
  }

  redrive(): void {
    for (const record of this.givenUp.splice(0)) this.#records.push({ record, failures: 0 });
    if (!this.#reading && this.#records.length > 0) void this.#faults.outside(() => this.#read());
  }

  async #read(): Promise<void> {
    this.#reading = true;
    await this.#faults.point();
    let atMost = batchSize;
    while (this.#records.length > 0) {
      if (this.#faults.strikes('batchLate')) await this.#faults.delay();
      const wanted = this.#varies ? 1 + this.#faults.random.integer(10) : batchSize;
      const batch = this.#records.slice(0, Math.min(wanted, atMost));
      const handled = await this.#deliver(batch);
      if (handled === batch.length) atMost = batchSize;
      else if (handled === 0 && batch.length > 1) atMost = Math.ceil(batch.length / 2);
      this.#records = this.#records.slice(handled);
      if (handled < batch.length && (handled > 0 || batch.length === 1)) this.#countFailure();
    }
    this.#reading = false;
  }

  /** How many records of the batch need not be delivered again. */
  async #deliver(batch: Record[]): Promise<number> {
    let records = batch.map(({ record }) => record);
    if (this.#faults.strikes('batchShuffled')) records = this.#shuffled(records);
    if (this.#faults.strikes('poison')) {
      const { dynamodb } = this.#faults.random.pick(records);
      this.#poison(dynamodb!.Keys!.pk!.S!, 1 + this.#faults.random.integer(8));
    }
    if (this.#faults.strikes('batchTwice')) void this.#invoke(records);
    const failed = await this.#invoke(records);
    if (failed === 'all') return 0;
    const first = batch.findIndex(({ record }) => failed.has(record.dynamodb!.SequenceNumber!));
    return first < 0 ? batch.length : first;
  }

  /** Records of one partition key stay in their order, as a stream keeps them. */
  #shuffled(records: DynamoDBRecord[]): DynamoDBRecord[] {
    const byKey = Map.groupBy(records, ({ dynamodb }) => dynamodb!.Keys!.pk!.S!);
    const places = records.map(({ dynamodb }) => dynamodb!.Keys!.pk!.S!).sort(() => this.#faults.random.next() - 0.5);
    return places.map((pk) => byKey.get(pk)!.shift()!);
  }

  async #invoke(Records: DynamoDBRecord[]): Promise<Set<string> | 'all'> {
    const answer = await this.#faults.run('stream', () => this.#consume({ Records })).catch(() => null);
    return answer ? new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)) : 'all';
  }

  /** The first record is the one that failed. */
  #countFailure(): void {
    const [first] = this.#records;
    first!.failures += 1;
    if (first!.failures <= retryAttempts) return;
    this.givenUp.push(first!.record);
    this.#records.shift();
  }
}
