import { DatabaseSync } from 'node:sqlite';

/**
 * What the engine leaves undone in its own file. Its writes slow down with every stream record, for want of an index,
 * and it keeps records for ever.
 */
export class EngineFile {
  readonly #database: DatabaseSync;

  constructor(path: string) {
    this.#database = new DatabaseSync(path);
    this.#database.exec('PRAGMA busy_timeout = 5000');
    this.#database.exec(
      `CREATE INDEX IF NOT EXISTS mallway_stream_records
       ON _stream_records (table_name, CAST(sequence_number AS INTEGER))`,
    );
  }

  /** Forgets the records of a table up to a sequence number, but never its newest: the engine counts on from it. */
  trim(tableName: string, upTo: bigint): void {
    this.#database
      .prepare(
        `DELETE FROM _stream_records WHERE table_name = ?1 AND CAST(sequence_number AS INTEGER) <= ?2
         AND CAST(sequence_number AS INTEGER) <
           (SELECT max(CAST(sequence_number AS INTEGER)) FROM _stream_records WHERE table_name = ?1)`,
      )
      .run(tableName, upTo);
  }

  close(): void {
    this.#database.close();
  }
}
