import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../clock.ts';
import type { StreamFaults } from '../faults/faults.ts';
import type { FunctionInvoker, FunctionOutcome } from '../services.ts';
import type { StreamConsumer, StreamRecord, TableStream } from './table-stream.ts';

/** An AWS::Lambda::EventSourceMapping from a stream; ages and retries in wall time, as Lambda's own. */
export interface StreamMappingDefinition {
  id: string;
  functionName: string;
  functionArn: string;
  startingPosition: 'TRIM_HORIZON' | 'LATEST';
  batchSize: number;
  /** Records that do not pass are dealt with unseen. */
  takes: (record: StreamRecord['event']) => boolean;
  bisectsOnError: boolean;
  reportsItemFailures: boolean;
  /** -1 for ever. */
  maximumRetryAttempts: number;
  /** -1 for any age. */
  maximumRecordAgeSeconds: number;
}

export interface StreamMappingOptions {
  definition: StreamMappingDefinition;
  stream: TableStream;
  faults?: StreamFaults;
  invoker: FunctionInvoker;
  database: DatabaseSync;
  clock: Clock;
  /** Sends the description of a batch that was given up to the on-failure destination. */
  onFailure?: ((description: object) => void) | undefined;
  /** Wall ms since the last record of a batch was seen, as the function gets the batch. */
  onIteratorAge?: (functionName: string, ageMs: number) => void;
  log: (line: string) => void;
  wallNow?: () => number;
  newId: () => string;
  /** Wall ms before a batch is tried again. */
  retryDelayMs?: (attempt: number) => number;
}

const shardId = 'shardId-00000001';

/** Delivers a stream to a function, one batch at a time, in order, at least once. */
export class StreamMapping implements StreamConsumer {
  readonly #options: StreamMappingOptions;
  readonly #wallNow: () => number;
  #position = 0n;
  /** Business ms; 0 while the stream is not held back. */
  #heldUntil = 0;
  #isRunning = false;
  #isStopped = false;
  #isAwake = false;

  constructor(options: StreamMappingOptions) {
    this.#options = options;
    this.#wallNow = options.wallNow ?? Date.now;
    options.database.exec(
      'CREATE TABLE IF NOT EXISTS stream_positions (mapping TEXT PRIMARY KEY, sequence TEXT NOT NULL) STRICT',
    );
  }

  get position(): bigint {
    return this.#position;
  }

  /** Takes up the stream where this mapping left it, or at its starting position. */
  async start(): Promise<void> {
    const { database, definition, stream } = this.#options;
    const row = database.prepare('SELECT sequence FROM stream_positions WHERE mapping = ?').get(definition.id);
    if (row) this.#position = BigInt(row.sequence as string);
    else this.#moveTo(definition.startingPosition === 'LATEST' ? await stream.newest() : 0n);
    stream.add(this);
  }

  stop(): void {
    this.#isStopped = true;
  }

  wake(): void {
    this.#isAwake = true;
    if (this.#isRunning || this.#isStopped) return;
    void this.#options.clock.track(this.#run());
  }

  async #run(): Promise<void> {
    const { definition, stream, faults, invoker, log } = this.#options;
    this.#isRunning = true;
    try {
      while (this.#isAwake && !this.#isStopped) {
        this.#isAwake = false;
        for (;;) {
          const batch = stream.after(this.#position, definition.batchSize);
          if (batch.length === 0 || this.#isStopped) break;
          if (this.#isHeldBack()) return;
          const taken = batch.filter(({ event }) => definition.takes(event));
          await this.#deliver(taken, 0);
          if (this.#isStopped) break;
          if (this.#position < batch.at(-1)!.sequence) this.#moveOn(batch);
          if (taken.length > 0 && faults?.isTwice())
            await invoker.invoke(definition.functionName, { Records: taken.map(eventOf) });
        }
      }
    } catch (error) {
      log(`The mapping of ${definition.functionName} stopped and goes on at the next record: ${error}`);
    } finally {
      this.#isRunning = false;
    }
  }

  /** Whether nothing is to be read before a later instant of business time. */
  #isHeldBack(): boolean {
    const { faults, clock } = this.#options;
    const now = clock.now();
    if (now < this.#heldUntil) return true;
    // What has been held back is let through once.
    const wasHeld = this.#heldUntil > 0;
    this.#heldUntil = 0;
    const heldMs = wasHeld ? 0 : (faults?.heldBackMs() ?? 0);
    if (heldMs === 0) return false;
    this.#heldUntil = now + heldMs;
    clock.schedule(this.#heldUntil, () => this.wake());
    return true;
  }

  /** Ends when every record of the batch is handled or given up, or when the mapping is stopped. */
  async #deliver(batch: StreamRecord[], attempts: number): Promise<void> {
    const { definition, invoker, onIteratorAge, retryDelayMs = exponential } = this.#options;
    let rest = batch;
    for (let attempt = attempts; rest.length > 0 && !this.#isStopped; ) {
      const tooOld = this.#tooOld(rest);
      if (tooOld.length > 0) {
        this.#giveUp(tooOld, 'RecordAgeExceeded', attempt);
        rest = rest.slice(tooOld.length);
        continue;
      }
      onIteratorAge?.(definition.functionName, this.#wallNow() - rest.at(-1)!.seenAt);
      const outcome = await invoker.invoke(definition.functionName, { Records: rest.map(eventOf) });
      if (this.#isStopped) return;
      const failedAt = this.#firstFailure(rest, outcome);
      if (failedAt === undefined) return this.#moveOn(rest);
      if (failedAt > 0) {
        // What came before the failure is done; what follows starts afresh.
        this.#moveOn(rest.slice(0, failedAt));
        rest = rest.slice(failedAt);
        attempt = 0;
        await pause(retryDelayMs(0));
        continue;
      }
      if (isThrottled(outcome)) {
        await pause(retryDelayMs(0));
        continue;
      }
      if (definition.bisectsOnError && rest.length > 1) {
        // Splitting does not count as a retry: it is how the one record that fails is found.
        const half = Math.ceil(rest.length / 2);
        await this.#deliver(rest.slice(0, half), attempt);
        rest = rest.slice(half);
        continue;
      }
      if (definition.maximumRetryAttempts >= 0 && attempt >= definition.maximumRetryAttempts) {
        this.#giveUp(rest, 'RetryAttemptsExhausted', attempt + 1);
        return;
      }
      attempt += 1;
      await pause(retryDelayMs(attempt));
    }
  }

  /** The index of the first record that failed, undefined for none; 0 where the whole batch did. */
  #firstFailure(batch: StreamRecord[], outcome: FunctionOutcome): number | undefined {
    if (!outcome.ok) return 0;
    if (!this.#options.definition.reportsItemFailures) return undefined;
    const { batchItemFailures = [] } = (outcome.payload ?? {}) as { batchItemFailures?: { itemIdentifier?: string }[] };
    if (batchItemFailures.length === 0) return undefined;
    const indexes = batchItemFailures.map(({ itemIdentifier }) =>
      batch.findIndex(({ event }) => event.dynamodb.SequenceNumber === itemIdentifier),
    );
    // An identifier that is none of the batch's fails all of it.
    return Math.max(0, Math.min(...indexes));
  }

  #tooOld(batch: StreamRecord[]): StreamRecord[] {
    const { maximumRecordAgeSeconds } = this.#options.definition;
    if (maximumRecordAgeSeconds < 0) return [];
    const oldest = this.#wallNow() - maximumRecordAgeSeconds * 1000;
    const young = batch.findIndex(({ seenAt }) => seenAt >= oldest);
    return young < 0 ? batch : batch.slice(0, young);
  }

  #giveUp(batch: StreamRecord[], condition: string, attempts: number): void {
    const { definition, stream, onFailure, clock, log, newId } = this.#options;
    const first = batch[0]!.event.dynamodb;
    const last = batch.at(-1)!.event.dynamodb;
    const instant = (seconds: number) => new Date(seconds * 1000).toISOString();
    log(
      `${definition.functionName} did not take records ${first.SequenceNumber} to ${last.SequenceNumber} of ${stream.streamArn}: ${condition}.`,
    );
    onFailure?.({
      requestContext: {
        requestId: newId(),
        functionArn: definition.functionArn,
        condition,
        approximateInvokeCount: attempts,
      },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      version: '1.0',
      timestamp: instant(clock.now() / 1000),
      DDBStreamBatchInfo: {
        shardId,
        startSequenceNumber: first.SequenceNumber,
        endSequenceNumber: last.SequenceNumber,
        approximateArrivalOfFirstRecord: instant(first.ApproximateCreationDateTime),
        approximateArrivalOfLastRecord: instant(last.ApproximateCreationDateTime),
        batchSize: batch.length,
        streamArn: stream.streamArn,
      },
    });
    this.#moveOn(batch);
  }

  #moveOn(batch: StreamRecord[]): void {
    this.#moveTo(batch.at(-1)!.sequence);
    this.#options.stream.handled(batch.length);
  }

  #moveTo(sequence: bigint): void {
    this.#position = sequence;
    this.#options.database
      .prepare(
        'INSERT INTO stream_positions VALUES (?, ?) ON CONFLICT (mapping) DO UPDATE SET sequence = excluded.sequence',
      )
      .run(this.#options.definition.id, String(sequence));
  }
}

function eventOf({ event }: StreamRecord): StreamRecord['event'] {
  return event;
}

function isThrottled(outcome: FunctionOutcome): boolean {
  return !outcome.ok && outcome.errorType === 'TooManyRequestsException';
}

function exponential(attempt: number): number {
  return Math.min(100 * 2 ** attempt, 10_000);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
