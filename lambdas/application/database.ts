/**
 * The port to the tables. Every read of an item or a partition is strongly consistent; an index is not, and gives
 * keys only. Every write is conditional; several writes commit all or nothing.
 */
export interface Database {
  get(key: Key): Promise<Item | null>;
  /** In the order of the keys; missing items are left out. */
  getMany(keys: readonly Key[]): Promise<Item[]>;
  query(range: Range): Promise<Item[]>;
  queryIndex(range: IndexRange): Promise<IndexPage>;
  /**
   * Throws `CommitRefused` when a condition did not hold: nothing was written. Throttles, transaction conflicts and
   * unknown outcomes are retried inside and never surface as a refusal; so a single put that finds the very item it
   * would write counts as done.
   */
  commit(writes: readonly Write[]): Promise<void>;
  /** A short, growing, random wait in wall time after a lost race, so that rivals do not meet again. */
  yieldToRivals(attempt: number): Promise<void>;
}

export type TableName = 'orders' | 'fleet' | 'catalogue' | 'personal' | 'requests';
export type IndexName = 'lists' | 'due' | 'dispatch';

export interface Key {
  table: TableName;
  pk: string;
  sk: string;
}

/**
 * `version` guards the item. `expiresAt` (epoch seconds) lets it go some time later, perhaps days: until then it is
 * read like any other, and whoever reads it asks `hasExpired`, since only they know the business time.
 */
export interface Item {
  pk: string;
  sk: string;
  version?: number;
  expiresAt?: number;
  [attribute: string]: unknown;
}

export interface Range {
  table: TableName;
  pk: string;
  /** Sort keys that begin so. */
  prefix?: string;
  /** Sort keys above this one, in whichever order they come. */
  after?: string;
  /** Sort keys below this one; without `prefix` and `after`. */
  before?: string;
  limit?: number;
  /** The highest sort key first. */
  newestFirst?: boolean;
}

export interface IndexRange {
  table: TableName;
  index: IndexName;
  pk: string;
  /** Sort keys from this one on. */
  since?: string;
  /** Sort keys up to and including this one. */
  until?: string;
  limit: number;
  newestFirst?: boolean;
  cursor?: string;
}

/** `at` is the sort key of the index. */
export interface IndexedKey extends Key {
  at: string;
}

export interface IndexPage {
  keys: IndexedKey[];
  cursor?: string;
}

export type Write =
  /** Puts the whole item if the stored version is `ifVersion`, or if there is none (`absent`), or always (`any`). */
  | { kind: 'put'; table: TableName; item: Item; ifVersion: number | 'absent' | 'any' }
  /** Deletes; with `if`, only while that attribute still has that value. */
  | { kind: 'delete'; table: TableName; pk: string; sk: string; if?: { attribute: string; equals: string } };

/** The cursor was not made by this list, or not by us. */
export class UnknownCursor extends Error {
  constructor() {
    super('This cursor is not known here.');
    this.name = 'UnknownCursor';
  }
}

/** The item's time is over, whether or not the table has dropped it yet. */
export function hasExpired({ expiresAt }: Item, nowMs: number): boolean {
  return expiresAt !== undefined && expiresAt * 1000 <= nowMs;
}

/** A condition did not hold. `failed` are the indexes of the writes whose condition failed. */
export class CommitRefused extends Error {
  readonly failed: readonly number[];

  constructor(failed: readonly number[]) {
    super(`The condition of write ${failed.join(', ')} did not hold; nothing was written.`);
    this.name = 'CommitRefused';
    this.failed = failed;
  }
}
