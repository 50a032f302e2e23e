import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { MemoryDatabase } from '../../lambdas/adapters/memory-database.ts';
import type { IndexPage, IndexRange, Item, Key, Range, Write } from '../../lambdas/application/database.ts';
import type { SteppedClock } from '../../local/clock.ts';
import type { EngineTables } from './engine.ts';

/**
 * Tables in a DynamoDB engine, which decides every condition and answers every read. What it took is repeated in
 * memory, for streams to carry and for checks that look at everything at once; `differences` says where the two part.
 */
export class MirroredDatabase extends MemoryDatabase {
  readonly #tables: EngineTables;
  #clock: SteppedClock | undefined;

  constructor(tables: EngineTables) {
    super();
    this.#tables = tables;
  }

  /** Business time stands still while an answer is awaited. */
  follow(clock: SteppedClock): void {
    this.#clock = clock;
  }

  override get(key: Key): Promise<Item | null> {
    return this.#awaited(this.#tables.database.get(key));
  }

  override getMany(keys: readonly Key[]): Promise<Item[]> {
    return this.#awaited(this.#tables.database.getMany(keys));
  }

  override query(range: Range): Promise<Item[]> {
    return this.#awaited(this.#tables.database.query(range));
  }

  override queryIndex(range: IndexRange): Promise<IndexPage> {
    return this.#awaited(this.#tables.database.queryIndex(range));
  }

  override async commit(writes: readonly Write[]): Promise<void> {
    await this.#awaited(this.#tables.database.commit(writes));
    await super.commit(writes.filter((write) => !this.#isOutrun(write)).map(unconditional));
  }

  override async update(key: Key, attributes: Record<string, unknown>): Promise<void> {
    const names = Object.keys(attributes);
    await this.#awaited(
      this.#tables.client.send(
        new UpdateItemCommand({
          TableName: this.#tables.names[key.table],
          Key: marshall({ pk: key.pk, sk: key.sk }),
          UpdateExpression: `SET ${names.map((_, index) => `#${index} = :${index}`).join(', ')}`,
          ExpressionAttributeNames: Object.fromEntries(names.map((name, index) => [`#${index}`, name])),
          ExpressionAttributeValues: marshall(
            Object.fromEntries(names.map((name, index) => [`:${index}`, attributes[name]])),
          ),
        }),
      ),
    );
    super.update(key, attributes);
  }

  /** Keys of orders and fleet of which engine and memory do not hold the same version. */
  async differences(): Promise<string[]> {
    const all = await Promise.all(
      (['orders', 'fleet'] as const).map(async (table) => {
        const of = (items: Item[]) => new Set(items.map(({ pk, sk, version }) => `${pk} ${sk} ${version ?? ''}`));
        const [engine, memory] = [of(await this.#tables.scan(table)), of(this.all(table))];
        return [
          ...[...engine].filter((one) => !memory.has(one)).map((one) => `only in the engine: ${one}`),
          ...[...memory].filter((one) => !engine.has(one)).map((one) => `only in memory: ${one}`),
        ];
      }),
    );
    return all.flat();
  }

  /** Another commit of the same item was answered first, though it came later. */
  #isOutrun(write: Write): boolean {
    if (write.kind !== 'put' || write.item.version === undefined) return false;
    const { pk, sk, version } = write.item;
    const held = this.all(write.table).find((item) => item.pk === pk && item.sk === sk);
    return held?.version !== undefined && held.version > version;
  }

  #awaited<T>(answer: Promise<T>): Promise<T> {
    return this.#clock ? this.#clock.track(answer) : answer;
  }
}

function unconditional(write: Write): Write {
  if (write.kind === 'put') return { ...write, ifVersion: 'any' };
  const { if: _if, ...rest } = write;
  return rest;
}
