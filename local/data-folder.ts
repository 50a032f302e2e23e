import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * All that one embedded cloud keeps: `cloud.sqlite`, `dynamodb/`, `s3/`, `logs/`. One process at a time may have it
 * open; the operating system gives the lock back however that process ends.
 */
export class DataFolder {
  readonly path: string;
  readonly database: DatabaseSync;
  readonly #lock: DatabaseSync;

  constructor(path: string) {
    this.path = resolve(path);
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    this.#lock = lock(this.path);
    writeFileSync(join(this.path, 'pid'), `${process.pid}\n`);
    this.database = new DatabaseSync(join(this.path, 'cloud.sqlite'));
    this.database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000');
  }

  file(...names: string[]): string {
    return join(this.path, ...names);
  }

  /** Writes a file that only its owner may read. */
  writeSecret(name: string, content: unknown): void {
    writeFileSync(this.file(name), `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  }

  close(): void {
    this.database.close();
    this.#lock.close();
  }
}

function lock(folder: string): DatabaseSync {
  const database = new DatabaseSync(join(folder, 'lock'));
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return database;
  } catch {
    database.close();
    const pidFile = join(folder, 'pid');
    const pid = existsSync(pidFile) ? ` (process ${readFileSync(pidFile, 'utf8').trim()})` : '';
    throw new Error(`${folder} is in use${pid}: stop what runs there, or choose another folder with --data-dir.`);
  }
}
