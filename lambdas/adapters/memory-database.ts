import { isDeepStrictEqual } from 'node:util';
import {
  CommitRefused,
  type Database,
  type IndexName,
  type IndexPage,
  type IndexRange,
  type Item,
  type Key,
  type Range,
  type TableName,
  type Write,
} from '../application/database.ts';
import { cursorOf, type Place, placeOf } from './cursor.ts';

const indexKeys: Record<IndexName, { pk: string; sk: string }> = {
  lists: { pk: 'listPk', sk: 'listSk' },
  due: { pk: 'duePk', sk: 'dueSk' },
  dispatch: { pk: 'dispatchPk', sk: 'dispatchSk' },
};

/** What a stream would carry: which item changed, in which table. */
export interface Change {
  table: TableName;
  pk: string;
  sk: string;
}

/**
 * The twin of the tables for tests: the same conditions and the same atomicity, in memory. What it gives out is frozen:
 * whoever would change an item that was read fails there and then.
 */
export class MemoryDatabase implements Database {
  readonly #tables = new Map<TableName, Map<string, Item>>();
  readonly #listeners: ((change: Change) => void)[] = [];

  /** Calls `listener` after each committed write, in commit order. */
  onChange(listener: (change: Change) => void): void {
    this.#listeners.push(listener);
  }

  async get(key: Key): Promise<Item | null> {
    return this.#at(key) ?? null;
  }

  async getMany(keys: readonly Key[]): Promise<Item[]> {
    const items = await Promise.all(keys.map((key) => this.get(key)));
    return items.filter((item) => item !== null);
  }

  async query({ table, pk, prefix = '', after, before, limit, newestFirst }: Range): Promise<Item[]> {
    const found = this.all(table)
      .filter((item) => item.pk === pk && item.sk.startsWith(prefix) && (after === undefined || item.sk > after))
      .filter((item) => before === undefined || item.sk < before)
      .sort((a, b) => compare(a.sk, b.sk));
    if (newestFirst) found.reverse();
    return found.slice(0, limit);
  }

  async queryIndex({
    table,
    index,
    pk,
    since = '',
    until,
    limit,
    newestFirst,
    cursor,
  }: IndexRange): Promise<IndexPage> {
    const names = indexKeys[index];
    const place = (item: Item): Place => [item[names.sk] as string, item.pk, item.sk];
    const order = (one: Place, other: Place) => compare(one.join('\n'), other.join('\n')) * (newestFirst ? -1 : 1);
    const isWithin = (at: string) => at >= since && (until === undefined || at <= until);
    const found = this.all(table)
      .filter((item) => item[names.pk] === pk && isWithin(item[names.sk] as string))
      .sort((a, b) => order(place(a), place(b)));
    const after = cursor ? placeOf(cursor) : null;
    const start = after ? found.filter((item) => order(place(item), after) <= 0).length : 0;
    const page = found.slice(start, start + limit);
    const last = page.at(-1);
    return {
      keys: page.map((item) => ({ table, pk: item.pk, sk: item.sk, at: item[names.sk] as string })),
      ...(last && start + limit < found.length && { cursor: cursorOf(place(last)) }),
    };
  }

  async commit(writes: readonly Write[]): Promise<void> {
    if (writes.length > 100) throw new Error(`A transaction holds 100 items, not ${writes.length}.`);
    const ids = writes.map((write) => `${keyOf(write).table}\n${idOf(keyOf(write))}`);
    if (new Set(ids).size !== ids.length) throw new Error('A transaction may hold an item only once.');
    const failed = writes.flatMap((write, index) => (this.#holds(write) ? [] : [index]));
    if (failed.length > 0) {
      if (writes.length === 1 && this.#isWritten(writes[0]!)) return;
      throw new CommitRefused(failed);
    }
    for (const write of writes) {
      const key = keyOf(write);
      if (write.kind === 'put') this.#table(key.table).set(idOf(key), frozenCopy(write.item));
      else this.#table(key.table).delete(idOf(key));
    }
    for (const write of writes) {
      const { table, pk, sk } = keyOf(write);
      for (const listener of this.#listeners) listener({ table, pk, sk });
    }
  }

  async yieldToRivals(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Sets attributes of one item as a state of the workflow does with `UpdateItem`, creating it if need be. */
  update(key: Key, attributes: Record<string, unknown>): void | Promise<void> {
    const item = frozenCopy({ pk: key.pk, sk: key.sk, ...this.#at(key), ...attributes });
    this.#table(key.table).set(idOf(key), item);
    for (const listener of this.#listeners) listener({ table: key.table, pk: key.pk, sk: key.sk });
  }

  /** Every item of a table; for checks that look at everything. */
  all(table: TableName): Item[] {
    return [...this.#table(table).values()];
  }

  #table(name: TableName): Map<string, Item> {
    const table = this.#tables.get(name) ?? new Map<string, Item>();
    this.#tables.set(name, table);
    return table;
  }

  #at(key: Key): Item | undefined {
    return this.#table(key.table).get(idOf(key));
  }

  /** A single put that finds what it would write counts as done: it may be that its own earlier answer was lost. */
  #isWritten(write: Write): boolean {
    return write.kind === 'put' && isDeepStrictEqual(this.#at(keyOf(write)), write.item);
  }

  #holds(write: Write): boolean {
    const stored = this.#at(keyOf(write));
    if (write.kind === 'delete') return !write.if || stored?.[write.if.attribute] === write.if.equals;
    if (write.ifVersion === 'any') return true;
    return write.ifVersion === 'absent' ? stored === undefined : stored?.version === write.ifVersion;
  }
}

function keyOf(write: Write): Key {
  return write.kind === 'put' ? { table: write.table, pk: write.item.pk, sk: write.item.sk } : write;
}

/** Within its table. */
function idOf({ pk, sk }: Key): string {
  return `${pk}\n${sk}`;
}

/** Of plain data, which is all that an item can hold. */
function frozenCopy<T>(value: T): T {
  if (Array.isArray(value)) return Object.freeze(value.map(frozenCopy)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const copy: Record<string, unknown> = {};
  for (const [name, inside] of Object.entries(value)) copy[name] = frozenCopy(inside);
  return Object.freeze(copy) as T;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
