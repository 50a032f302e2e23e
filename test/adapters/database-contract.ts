import { describe, expect, test } from 'vitest';
import {
  CommitRefused,
  type Database,
  hasExpired,
  type Item,
  type Key,
  UnknownCursor,
  type Write,
} from '../../lambdas/application/database.ts';

/** The same promises for every database behind the port: what `open` gives is empty and has every table. */
export function databaseContract(name: string, open: () => Promise<Database>): void {
  describe(name, () => {
    const opened = test.extend<{ database: Database }>({
      // biome-ignore lint/correctness/noEmptyPattern: vitest reads what a fixture needs from its first parameter
      database: async ({}, use) => use(await open()),
    });

    opened('a put is read back as it was, and a missing item is null', async ({ database }) => {
      const item = { ...at('a'), version: 1, data: { list: [1, 'two', null], flag: true }, expiresAt: 4_102_444_800 };
      await database.commit([put(item)]);
      expect(await database.get(key('a'))).toEqual(item);
      expect(await database.get(key('b'))).toBeNull();
      expect(await database.get({ ...key('a'), table: 'fleet' })).toBeNull();
    });

    opened('nothing to write is nothing done', async ({ database }) => {
      await expect(database.commit([])).resolves.toBeUndefined();
    });

    opened('absent holds once, and any always', async ({ database }) => {
      await database.commit([put(at('a'), 'absent')]);
      await expect(database.commit([put({ ...at('a'), data: 'other' }, 'absent')])).rejects.toThrow(CommitRefused);
      await database.commit([put({ ...at('a'), data: 'new' }, 'any')]);
      expect(await database.get(key('a'))).toMatchObject({ data: 'new' });
    });

    opened(
      'a single put that finds the very item it would write is done, as if its answer had been lost',
      async ({ database }) => {
        const item = { ...at('a'), version: 2, data: { list: [1] } };
        await database.commit([put(item)]);
        await database.commit([put({ ...item, data: { list: [1] } }, 1)]);
        await database.commit([put(item, 'absent')]);
        expect(await refusedBy(database, [put({ ...item, data: { list: [2] } }, 1)])).toEqual([0]);
        expect(await refusedBy(database, [put(item, 1), put(at('b'))])).toEqual([0]);
        expect(await database.get(key('a'))).toEqual(item);
      },
    );

    opened('a version guards the item: of two who read it, one writes', async ({ database }) => {
      await database.commit([put({ ...at('a'), version: 1 }, 'absent')]);
      await database.commit([put({ ...at('a'), version: 2, by: 'first' }, 1)]);
      expect(await refusedBy(database, [put({ ...at('a'), version: 2, by: 'second' }, 1)])).toEqual([0]);
      expect(await database.get(key('a'))).toMatchObject({ version: 2, by: 'first' });
      expect(await refusedBy(database, [put({ ...at('b'), version: 2 }, 1)])).toEqual([0]);
    });

    opened('several writes commit all or nothing, and a refusal names those that failed', async ({ database }) => {
      await database.commit([put({ ...at('a'), version: 1 }), put({ ...at('b'), version: 1 })]);
      const writes = [
        put({ ...at('a'), version: 2 }, 1),
        put({ ...at('b'), version: 9 }, 8),
        put(at('c'), 'absent'),
        put(at('a'), 5, 'fleet'),
      ];
      expect(await refusedBy(database, writes)).toEqual([1, 3]);
      expect(await database.query({ table: 'orders', pk })).toEqual([
        { ...at('a'), version: 1 },
        { ...at('b'), version: 1 },
      ]);
      await database.commit([writes[0]!, writes[2]!, put(at('a'), 'any', 'fleet')]);
      expect(await database.query({ table: 'orders', pk })).toHaveLength(3);
      expect(await database.get({ ...key('a'), table: 'fleet' })).toEqual(at('a'));
    });

    opened('a delete with a condition acts only while the attribute has that value', async ({ database }) => {
      const remove = (token: string): Write => ({
        kind: 'delete',
        ...key('a'),
        if: { attribute: 'token', equals: token },
      });
      await database.commit([put({ ...at('a'), token: 'second' })]);
      expect(await refusedBy(database, [remove('first')])).toEqual([0]);
      expect(await refusedBy(database, [put(at('b'), 'absent'), remove('first')])).toEqual([1]);
      expect(await database.get(key('b'))).toBeNull();
      await database.commit([remove('second')]);
      expect(await database.get(key('a'))).toBeNull();
      expect(await refusedBy(database, [remove('second')])).toEqual([0]);
      await database.commit([{ kind: 'delete', ...key('a') }]);
    });

    opened(
      'getMany keeps the order of the keys, repeats what is asked twice, leaves out what is missing',
      async ({ database }) => {
        const names = Array.from({ length: 130 }, (_, index) => `item-${String(index).padStart(3, '0')}`);
        for (let start = 0; start < names.length; start += 100) {
          await database.commit(names.slice(start, start + 100).map((sk) => put(at(sk))));
        }
        await database.commit([put(at('a'), 'any', 'fleet')]);
        const asked = [...names.toReversed(), 'missing', names[0]!].map(key);
        const found = await database.getMany([{ ...key('a'), table: 'fleet' }, ...asked]);
        expect(found.map(({ sk }) => sk)).toEqual(['a', ...names.toReversed(), names[0]]);
        expect(await database.getMany([])).toEqual([]);
      },
    );

    opened(
      'a query is in the order of the sort key, with prefix, after, limit and newest first',
      async ({ database }) => {
        const names = ['EVENT#000001', 'EVENT#000002', 'EVENT#000010', 'ORDER', 'WAIT#1#a'];
        await database.commit(names.toReversed().map((sk) => put(at(sk))));
        await database.commit([put({ pk: `${pk}0`, sk: 'EVENT#000001' })]);
        const sorted = async (range: object) =>
          (await database.query({ table: 'orders', pk, ...range })).map(({ sk }) => sk);
        expect(await sorted({})).toEqual(names);
        expect(await sorted({ prefix: 'EVENT#' })).toEqual(names.slice(0, 3));
        expect(await sorted({ prefix: 'EVENT#', after: 'EVENT#000000' })).toEqual(names.slice(0, 3));
        expect(await sorted({ prefix: 'EVENT#', after: 'EVENT#000001' })).toEqual(names.slice(1, 3));
        expect(await sorted({ prefix: 'EVENT#', after: 'EVENT#000005' })).toEqual(['EVENT#000010']);
        expect(await sorted({ prefix: 'EVENT#', after: 'EVENT#000010' })).toEqual([]);
        expect(await sorted({ after: 'EVENT#000010' })).toEqual(names.slice(3));
        expect(await sorted({ limit: 2 })).toEqual(names.slice(0, 2));
        expect(await sorted({ prefix: 'EVENT#', limit: 2, newestFirst: true })).toEqual([names[2], names[1]]);
        expect(await sorted({ prefix: 'EVENT#', after: 'EVENT#000001', newestFirst: true })).toEqual([
          names[2],
          names[1],
        ]);
        expect(await sorted({ prefix: 'EVENT#', after: 'EVENT#000001', newestFirst: true, limit: 1 })).toEqual([
          names[2],
        ]);
        expect(await sorted({ prefix: 'EVENT#', after: 'EVENT#000001', newestFirst: true, limit: 2 })).toEqual([
          names[2],
          names[1],
        ]);
        expect(await sorted({ prefix: 'EVENT#', after: 'EVENT#000001', limit: 1 })).toEqual([names[1]]);
        expect(await sorted({ prefix: 'EVENT#', after: 'EVENT#000001', limit: 2 })).toEqual(names.slice(1, 3));
        expect(await sorted({ prefix: 'EVENT#', after: 'A' })).toEqual(names.slice(0, 3));
        expect(await sorted({ prefix: 'EVENT#', after: 'ORDER' })).toEqual([]);
        expect(await sorted({ after: 'EVENT#000010', newestFirst: true })).toEqual([names[4], names[3]]);
        expect(await sorted({ prefix: 'NONE' })).toEqual([]);
      },
    );

    opened('an item past its time is there until the table drops it', async ({ database }) => {
      const item = { ...at('a'), expiresAt: 1_000_000_000 };
      await database.commit([put(item)]);
      expect(await database.get(key('a'))).toEqual(item);
      expect(await database.query({ table: 'orders', pk })).toEqual([item]);
      await expect(database.commit([put(item, 'absent'), put(at('b'))])).rejects.toThrow(CommitRefused);
      expect([hasExpired(item, 1e12 - 1), hasExpired(item, 1e12), hasExpired(at('b'), 1e12)]).toEqual([
        false,
        true,
        false,
      ]);
    });

    opened('a query goes on past a page of one megabyte', async ({ database }) => {
      const text = 'x'.repeat(300_000);
      for (const sk of ['1', '2', '3', '4', '5']) await database.commit([put({ ...at(sk), text })]);
      expect(await database.query({ table: 'orders', pk })).toHaveLength(5);
      expect(await database.query({ table: 'orders', pk, limit: 4 })).toHaveLength(4);
    });

    opened(
      'an index gives keys and its own sort key page by page, each once, in either direction',
      async ({ database }) => {
        const names = ['1', '2', '3', '4', '5'];
        await database.commit(names.map((name) => put({ ...at(`item-${name}`), listPk: 'LIST', listSk: name })));
        await database.commit([put(at('unlisted')), put({ ...at('elsewhere'), listPk: 'OTHER', listSk: '1' })]);
        const listed = names.map((name) => ({ ...key(`item-${name}`), at: name }));
        expect(await pages(database, 'LIST', { limit: 2 })).toEqual([
          listed.slice(0, 2),
          listed.slice(2, 4),
          listed.slice(4),
        ]);
        const newest = listed.toReversed();
        expect((await pages(database, 'LIST', { limit: 3, newestFirst: true })).flat()).toEqual(newest);
        expect((await pages(database, 'LIST', { limit: 2, until: '3' })).flat()).toEqual(listed.slice(0, 3));
        expect((await pages(database, 'LIST', { limit: 2, since: '3' })).flat()).toEqual(listed.slice(2));
        expect((await pages(database, 'LIST', { limit: 2, since: '2', until: '4' })).flat()).toEqual(
          listed.slice(1, 4),
        );
        expect(await database.queryIndex({ table: 'orders', index: 'lists', pk: 'NONE', limit: 2 })).toEqual({
          keys: [],
        });
      },
    );

    opened('a page goes on where the last one ended, though its last item is gone', async ({ database }) => {
      const names = ['a', 'b', 'c'];
      await database.commit(names.map((sk) => put({ ...at(sk), listPk: 'LIST', listSk: sk })));
      const range = { table: 'orders', index: 'lists', pk: 'LIST', limit: 2 } as const;
      const { cursor } = await database.queryIndex(range);
      await database.commit([{ kind: 'delete', ...key('b') }]);
      expect(await database.queryIndex({ ...range, cursor: cursor! })).toEqual({ keys: [{ ...key('c'), at: 'c' }] });
    });

    opened('a cursor from elsewhere is refused, or begins where it says in this list', async ({ database }) => {
      await database.commit(['a', 'b'].map((sk) => put({ ...at(sk), listPk: `LIST ${sk}`, listSk: sk })));
      const range = { table: 'orders', index: 'lists', pk: 'LIST b', limit: 1 } as const;
      const triple = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url');
      const made = ['x', triple('a'), triple('a', 'b', 1), triple('', 'b', 'c'), triple('x'.repeat(1025), 'b', 'c')];
      for (const cursor of made) {
        await expect(database.queryIndex({ ...range, cursor }), cursor).rejects.toThrow(UnknownCursor);
      }
      const foreign = triple('a', pk, 'a');
      expect((await database.queryIndex({ ...range, cursor: foreign })).keys).toEqual([{ ...key('b'), at: 'b' }]);
    });

    opened('an item leaves an index when it loses the attribute, and moves when it changes', async ({ database }) => {
      const due = async () =>
        (await database.queryIndex({ table: 'orders', index: 'due', pk: 'WAIT', limit: 9 })).keys.map(({ sk }) => sk);
      await database.commit(['a', 'b'].map((sk) => put({ ...at(sk), duePk: 'WAIT', dueSk: sk })));
      expect(await due()).toEqual(['a', 'b']);
      await database.commit([put({ ...at('a'), duePk: 'WAIT', dueSk: 'c' }, 'any')]);
      expect(await due()).toEqual(['b', 'a']);
      await database.commit([put(at('b'), 'any')]);
      expect(await due()).toEqual(['a']);
      await database.commit([{ kind: 'delete', ...key('a') }]);
      expect(await due()).toEqual([]);
    });
  });
}

const pk = 'ORDER#1';

function key(sk: string): Key {
  return { table: 'orders', pk, sk };
}

function at(sk: string): Item {
  return { pk, sk };
}

function put(item: Item, ifVersion: number | 'absent' | 'any' = 'any', table: Key['table'] = 'orders'): Write {
  return { kind: 'put', table, item, ifVersion };
}

/** The writes whose conditions did not hold; fails when everything was committed. */
async function refusedBy(database: Database, writes: Write[]): Promise<readonly number[]> {
  const error = await database.commit(writes).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(CommitRefused);
  return (error as CommitRefused).failed;
}

async function pages(
  database: Database,
  list: string,
  range: { limit: number; newestFirst?: boolean; since?: string; until?: string },
): Promise<Key[][]> {
  const found: Key[][] = [];
  let cursor: string | undefined;
  do {
    const page = await database.queryIndex({
      table: 'orders',
      index: 'lists',
      pk: list,
      ...range,
      ...(cursor && { cursor }),
    });
    if (page.keys.length > 0) found.push(page.keys);
    cursor = page.cursor;
  } while (cursor);
  return found;
}
