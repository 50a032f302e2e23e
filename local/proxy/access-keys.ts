import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';

export interface AccessKey {
  role: string;
  accessKeyId: string;
  secretAccessKey: string;
}

const columns = 'role, access_key_id AS accessKeyId, secret_access_key AS secretAccessKey';

/** One access key for each role, made once and kept in table `access_keys`: a caller is whoever signs with it. */
export class AccessKeys {
  readonly #database: DatabaseSync;
  readonly #byId = new Map<string, AccessKey>();
  readonly #byRole = new Map<string, AccessKey>();

  constructor(database: DatabaseSync) {
    this.#database = database;
    database.exec(
      `CREATE TABLE IF NOT EXISTS access_keys (
         role TEXT PRIMARY KEY, access_key_id TEXT NOT NULL UNIQUE, secret_access_key TEXT NOT NULL) STRICT`,
    );
  }

  /** The key of a role, which is known from now on. */
  declare(role: string): AccessKey {
    const known = this.#byRole.get(role);
    if (known) return known;
    this.#database
      .prepare('INSERT INTO access_keys VALUES (?, ?, ?) ON CONFLICT (role) DO NOTHING')
      .run(role, `AKIA${randomBytes(8).toString('hex').toUpperCase()}`, randomBytes(30).toString('base64'));
    const key = this.#database
      .prepare(`SELECT ${columns} FROM access_keys WHERE role = ?`)
      .get(role) as unknown as AccessKey;
    this.#byRole.set(role, key);
    this.#byId.set(key.accessKeyId, key);
    return key;
  }

  /** Keys of roles that the template no longer has are nobody's. */
  readonly find = (accessKeyId: string): AccessKey | undefined => this.#byId.get(accessKeyId);

  ofRole(role: string): AccessKey {
    const key = this.#byRole.get(role);
    if (!key) throw new Error(`There is no role ${role} in the template.`);
    return key;
  }
}
