import type { Mall, Store } from '../domain/directory.ts';
import type { MallId, StoreId } from '../domain/ids.ts';
import type { Database, Item } from './database.ts';
import { dataOf, keys, lists } from './records.ts';
import { load } from './situations.ts';

/** The version guards the item; it is no part of the mall. */
export function mallOf(item: Item): Mall {
  return item.data as Mall;
}

export async function findMall(database: Database, id: MallId): Promise<Mall | null> {
  const item = await database.get(keys.mall(id));
  return item && mallOf(item);
}

export function findStore(database: Database, id: StoreId): Promise<Store | null> {
  return load<Store>(database.get(keys.store(id)));
}

export async function findStores(database: Database, ids: readonly StoreId[]): Promise<Store[]> {
  return (await database.getMany(ids.map((id) => keys.store(id)))).map((item) => dataOf<Store>(item));
}

/** Every mall of this deployment: tens at most, so one page. */
export async function allMalls(database: Database): Promise<Mall[]> {
  const page = await database.queryIndex({ table: 'catalogue', index: 'lists', pk: lists.malls, limit: 100 });
  return (await database.getMany(page.keys)).map(mallOf);
}

export async function storesOfMall(database: Database, mallId: MallId): Promise<Store[]> {
  const pk = lists.storesOfMall(mallId);
  const page = await database.queryIndex({ table: 'catalogue', index: 'lists', pk, limit: 1000 });
  return (await database.getMany(page.keys)).map((item) => dataOf<Store>(item));
}
