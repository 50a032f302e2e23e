import type { Item, Key, Write } from './database.ts';

/** Puts a record of the catalogue, with its place in a list if it has one, where what was read of it is still what is there. */
export function catalogueWrite(
  { pk, sk }: Key,
  data: object,
  list: { listPk: string; listSk: string } | null,
  known: Item | null,
): Write {
  return {
    kind: 'put',
    table: 'catalogue',
    item: { pk, sk, version: (known?.version ?? 0) + 1, data, ...list },
    // Items from before catalogue records had versions have none.
    ifVersion: known ? (known.version ?? 'any') : 'absent',
  };
}
