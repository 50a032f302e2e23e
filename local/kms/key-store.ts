import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';

export interface KmsKey {
  keyId: string;
  arn: string;
  description: string;
  enabled: boolean;
  /** Seconds since the epoch. */
  createdAt: number;
  /** 256 bits each, the newest last; they never leave this process. What an older one encrypted can still be read. */
  materials: Buffer[];
}

interface Row {
  key_id: string;
  arn: string;
  description: string;
  enabled: number;
  created_at: number;
  material: Uint8Array;
}

/** The keys of the template, with material made once and kept in table `kms_keys`; aliases come from the template. */
export class KeyStore {
  readonly #database: DatabaseSync;
  readonly #keys = new Map<string, KmsKey>();
  readonly #aliases = new Map<string, string>();

  constructor(database: DatabaseSync) {
    this.#database = database;
    database.exec(
      `CREATE TABLE IF NOT EXISTS kms_keys (
         key_id TEXT PRIMARY KEY, arn TEXT NOT NULL, description TEXT NOT NULL, enabled INTEGER NOT NULL,
         created_at INTEGER NOT NULL, material BLOB NOT NULL) STRICT;
       CREATE TABLE IF NOT EXISTS kms_rotations (
         key_id TEXT NOT NULL, rotation INTEGER NOT NULL, material BLOB NOT NULL, PRIMARY KEY (key_id, rotation)) STRICT`,
    );
  }

  /** Declares a key of the template; its material survives restarts. `createdAt` in seconds since the epoch. */
  declare(key: { keyId: string; arn: string; description?: string; enabled?: boolean; createdAt: number }): void {
    this.#database
      .prepare(
        `INSERT INTO kms_keys VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (key_id) DO UPDATE SET arn = excluded.arn, description = excluded.description, enabled = excluded.enabled`,
      )
      .run(key.keyId, key.arn, key.description ?? '', Number(key.enabled ?? true), key.createdAt, randomBytes(32));
    const row = this.#database.prepare('SELECT * FROM kms_keys WHERE key_id = ?').get(key.keyId) as unknown as Row;
    this.#keys.set(row.key_id, {
      keyId: row.key_id,
      arn: row.arn,
      description: row.description,
      enabled: row.enabled === 1,
      createdAt: row.created_at,
      materials: [Buffer.from(row.material), ...this.#rotationsOf(row.key_id)],
    });
  }

  /** Ids of keys that are kept and that nobody has declared. */
  strangers(): string[] {
    const rows = this.#database.prepare('SELECT key_id FROM kms_keys ORDER BY key_id').all();
    return rows.map((row) => row.key_id as string).filter((id) => !this.#keys.has(id));
  }

  /** From now on it encrypts with new material. */
  rotate(key: KmsKey): void {
    const material = randomBytes(32);
    this.#database.prepare('INSERT INTO kms_rotations VALUES (?, ?, ?)').run(key.keyId, key.materials.length, material);
    key.materials.push(material);
  }

  #rotationsOf(keyId: string): Buffer[] {
    const rows = this.#database
      .prepare('SELECT material FROM kms_rotations WHERE key_id = ? ORDER BY rotation')
      .all(keyId) as { material: Uint8Array }[];
    return rows.map(({ material }) => Buffer.from(material));
  }

  /** `name` as `alias/<name>`. */
  declareAlias(name: string, keyReference: string): void {
    const key = this.find(keyReference);
    if (!key)
      throw new Error(`The alias ${name} points to the key ${keyReference}, which the template does not declare.`);
    this.#aliases.set(name, key.keyId);
  }

  /** By key id, key ARN, alias name or alias ARN. */
  find(reference: string): KmsKey | undefined {
    const name = reference.startsWith('arn:') ? reference.split(':').slice(5).join(':') : reference;
    const keyId = name.startsWith('alias/') ? this.#aliases.get(name) : name.replace(/^key\//, '');
    return keyId === undefined ? undefined : this.#keys.get(keyId);
  }
}
