import type { DatabaseSync } from 'node:sqlite';

/** The secrets of the template, drawn once and kept in table `secrets` until the template has them no more. */
export class SecretStore {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    database.exec('CREATE TABLE IF NOT EXISTS secrets (arn TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT');
  }

  /** What is kept, or else what `draw` gives, which then is. */
  value(arn: string, draw: () => string): string {
    this.#database.prepare('INSERT INTO secrets VALUES (?, ?) ON CONFLICT (arn) DO NOTHING').run(arn, draw());
    const row = this.#database.prepare('SELECT value FROM secrets WHERE arn = ?').get(arn) as { value: string };
    return row.value;
  }

  /** As CloudFormation deletes secrets: there is no way back. */
  keepOnly(arns: readonly string[]): void {
    this.#database
      .prepare('DELETE FROM secrets WHERE arn NOT IN (SELECT value FROM json_each(?))')
      .run(JSON.stringify(arns));
  }
}
