import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';

export interface PoolUser {
  pool: string;
  sub: string;
  email: string;
  /** As Cognito says it: until they sign in for the first time they have a first password only. */
  status: 'FORCE_CHANGE_PASSWORD' | 'CONFIRMED';
  /** Wall ms. */
  createdAt: number;
}

const columns = 'pool, sub, email, status, created_at AS createdAt';

/** The people of the pools of the template, kept in table `pool_users`. */
export class UserPools {
  readonly #database: DatabaseSync;
  readonly #ids: readonly string[];

  constructor(database: DatabaseSync, ids: readonly string[]) {
    this.#database = database;
    this.#ids = ids;
    database.exec(
      `CREATE TABLE IF NOT EXISTS pool_users (
         pool TEXT NOT NULL, sub TEXT NOT NULL, email TEXT NOT NULL COLLATE NOCASE, status TEXT NOT NULL,
         created_at INTEGER NOT NULL, PRIMARY KEY (pool, email)) STRICT`,
    );
  }

  has(pool: string): boolean {
    return this.#ids.includes(pool);
  }

  /** Undefined when the address is taken. */
  create(pool: string, email: string, wallNow: number, sub = randomUUID() as string): PoolUser | undefined {
    const { changes } = this.#database
      .prepare('INSERT INTO pool_users VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING')
      .run(pool, sub, email, 'FORCE_CHANGE_PASSWORD', wallNow);
    return changes === 1 ? this.find(pool, email) : undefined;
  }

  /** By address, or by `sub`, as Cognito takes either for a user name. */
  find(pool: string, username: string): PoolUser | undefined {
    return this.#database
      .prepare(`SELECT ${columns} FROM pool_users WHERE pool = ? AND (email = ? OR sub = ?)`)
      .get(pool, username, username) as PoolUser | undefined;
  }

  of(pool: string): PoolUser[] {
    return this.#database
      .prepare(`SELECT ${columns} FROM pool_users WHERE pool = ? ORDER BY email`)
      .all(pool) as unknown as PoolUser[];
  }

  confirm({ pool, email }: PoolUser): void {
    this.#database.prepare("UPDATE pool_users SET status = 'CONFIRMED' WHERE pool = ? AND email = ?").run(pool, email);
  }
}
