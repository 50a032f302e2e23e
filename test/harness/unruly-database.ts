import type { Database, IndexPage, IndexRange, Item, Key, Range, Write } from '../../lambdas/application/database.ts';
import { type Faults, InjectedFault } from './faults.ts';

/** The tables as they are in the field: every answer takes its time, and now and then none comes. */
export class UnrulyDatabase implements Database {
  readonly #tables: Database;
  readonly #faults: Faults;
  /** How many more times each partition cannot be read by a stream's consumer. */
  readonly #poisoned = new Map<string, number>();

  constructor(tables: Database, faults: Faults) {
    this.#tables = tables;
    this.#faults = faults;
  }

  /** Makes the partition unreadable to consumers of streams, `times` times. */
  poison(pk: string, times: number): void {
    this.#poisoned.set(pk, times);
  }

  get(key: Key): Promise<Item | null> {
    return this.#call(() => this.#tables.get(key), key.pk);
  }

  getMany(keys: readonly Key[]): Promise<Item[]> {
    return this.#call(() => this.#tables.getMany(keys));
  }

  query(range: Range): Promise<Item[]> {
    return this.#call(() => this.#tables.query(range), range.pk);
  }

  queryIndex(range: IndexRange): Promise<IndexPage> {
    return this.#call(() => this.#tables.queryIndex(range));
  }

  async commit(writes: readonly Write[]): Promise<void> {
    while (this.#faults.strikes('conflict')) await this.#faults.point();
    await this.#call(() => this.#tables.commit(writes));
    if (this.#faults.strikes('lostCommit')) throw new InjectedFault('lostCommit');
  }

  yieldToRivals(): Promise<void> {
    return this.#faults.point();
  }

  /** The question travels, the tables act at one instant, the answer travels. */
  async #call<T>(work: () => Promise<T>, pk?: string): Promise<T> {
    await this.#faults.point();
    if (this.#faults.strikes('throttle')) throw new InjectedFault('throttle');
    if (pk !== undefined) this.#spit(pk);
    try {
      return await work();
    } finally {
      await this.#faults.point();
    }
  }

  #spit(pk: string): void {
    const times = this.#poisoned.get(pk) ?? 0;
    if (times === 0 || this.#faults.processKind !== 'stream') return;
    this.#poisoned.set(pk, times - 1);
    throw new InjectedFault('poison');
  }
}
