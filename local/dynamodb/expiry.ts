import type { Clock, Timer } from '../clock.ts';
import { type EngineClient, EngineError } from './engine-client.ts';
import type { TableDefinition } from './tables.ts';

/** AWS deletes an expired item "within a few days"; here it takes a quarter of a business day at most. */
const sweepIntervalMs = 6 * 3_600_000;
/** Business ms: the engine may be starting again. */
const retryMs = 60_000;

export interface ExpiryOptions {
  client: EngineClient;
  clock: Clock;
  tables: TableDefinition[];
  onWrite: (tableNames: string[]) => void;
  log: (line: string) => void;
}

/** Deletes items whose time to live has passed by business time; the engine expires none by itself. */
export class Expiry {
  readonly #options: ExpiryOptions;
  #timer: Timer | undefined;

  constructor(options: ExpiryOptions) {
    this.#options = options;
  }

  start(): void {
    this.#sweepIn(sweepIntervalMs);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #sweepIn(ms: number): void {
    const { clock, log } = this.#options;
    this.#timer = clock.schedule(clock.now() + ms, async () => {
      const failure = await this.sweep().then(
        () => null,
        (error: unknown) => ({ error }),
      );
      // The engine ends with everything else; what has expired is found again after the next start.
      if (!this.#timer) return;
      if (failure) log(`Expired items could not be deleted (${failure.error}); it is tried again in a minute.`);
      this.#sweepIn(failure ? retryMs : sweepIntervalMs);
    });
  }

  /** One pass over every table that has a time to live. */
  async sweep(): Promise<void> {
    for (const { name, properties } of this.#options.tables) {
      const { AttributeName, Enabled } = properties.TimeToLiveSpecification ?? {};
      if (!Enabled || !AttributeName) continue;
      const keyNames = properties.KeySchema.map((key) => key.AttributeName);
      if ((await this.#sweepTable(name, AttributeName, keyNames)) > 0) this.#options.onWrite([name]);
    }
  }

  async #sweepTable(TableName: string, attribute: string, keyNames: string[]): Promise<number> {
    const { client, clock } = this.#options;
    // An item may have been given a later time since it was read: the delete looks again.
    const expired = {
      ExpressionAttributeNames: { '#ttl': attribute },
      ExpressionAttributeValues: { ':now': { N: String(Math.floor(clock.now() / 1000)) } },
    };
    let deleted = 0;
    let ExclusiveStartKey: object | undefined;
    do {
      const page: { Items?: Record<string, object>[]; LastEvaluatedKey?: object } = await client.call('Scan', {
        TableName,
        FilterExpression: '#ttl < :now',
        ...expired,
        ...(ExclusiveStartKey && { ExclusiveStartKey }),
      });
      for (const item of page.Items ?? []) {
        const Key = Object.fromEntries(keyNames.map((name) => [name, item[name]]));
        try {
          await client.call('DeleteItem', { TableName, Key, ConditionExpression: '#ttl < :now', ...expired });
          deleted += 1;
        } catch (error) {
          if (!(error instanceof EngineError && error.type === 'ConditionalCheckFailedException')) throw error;
        }
      }
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
    return deleted;
  }
}
