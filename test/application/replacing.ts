import type { Database } from '../../lambdas/application/database.ts';

/** The same tables, some of whose calls go otherwise. */
export function replacing(database: Database, others: Partial<Database>): Database {
  return new Proxy(database, {
    get(target, name: keyof Database) {
      return others[name] ?? (target[name] as (...given: unknown[]) => unknown).bind(target);
    },
  });
}
