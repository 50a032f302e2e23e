import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Frame } from './frames.ts';
import type { HistoryEvent } from './history.ts';
import type { Commit } from './journal.ts';
import type { JsonObject } from './json.ts';
import type { ExecutionIdentity, ExecutionRecord, ExecutionStatus } from './record.ts';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS sfn_executions (
  id INTEGER PRIMARY KEY,
  arn TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  machineArn TEXT NOT NULL,
  machineName TEXT NOT NULL,
  versionArn TEXT,
  aliasArn TEXT,
  definitionHash TEXT NOT NULL,
  roleArn TEXT NOT NULL,
  input TEXT NOT NULL,
  startDate INTEGER NOT NULL,
  status TEXT NOT NULL,
  stopDate INTEGER,
  output TEXT,
  error TEXT,
  cause TEXT,
  redriveCount INTEGER NOT NULL,
  redriveDate INTEGER,
  transitions INTEGER NOT NULL,
  nextEventId INTEGER NOT NULL,
  nextFrameId INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS sfn_executions_status ON sfn_executions (status);
CREATE INDEX IF NOT EXISTS sfn_executions_machine ON sfn_executions (machineArn, id);
CREATE TABLE IF NOT EXISTS sfn_frames (
  executionId INTEGER NOT NULL, frameId INTEGER NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (executionId, frameId)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sfn_events (
  executionId INTEGER NOT NULL, eventId INTEGER NOT NULL, previousEventId INTEGER NOT NULL,
  type TEXT NOT NULL, timestamp INTEGER NOT NULL, details TEXT,
  PRIMARY KEY (executionId, eventId)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sfn_tokens (
  token TEXT PRIMARY KEY, executionId INTEGER NOT NULL, frameId INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sfn_tokens_execution ON sfn_tokens (executionId);
`;

const PROGRESS = [
  'status',
  'stopDate',
  'output',
  'error',
  'cause',
  'redriveCount',
  'redriveDate',
  'transitions',
  'nextEventId',
  'nextFrameId',
] as const;
const IDENTITY = [
  'id',
  'arn',
  'name',
  'machineArn',
  'machineName',
  'versionArn',
  'aliasArn',
  'definitionHash',
  'roleArn',
  'input',
  'startDate',
] as const satisfies readonly (keyof ExecutionIdentity)[];
const COLUMNS = [...IDENTITY, ...PROGRESS];

export interface ExecutionFilter {
  /** The column that must equal `value`. */
  by: 'machineArn' | 'versionArn' | 'aliasArn';
  value: string;
  status?: ExecutionStatus;
  /** Only executions started before the one with this id. */
  beforeId?: number;
  limit: number;
}

/** Executions, their frames, history and tokens, in the tables `sfn_*` of a database shared with other parts. */
export class ExecutionStore {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
    database.exec(SCHEMA);
  }

  nextId(): number {
    const row = this.#prepare('SELECT coalesce(max(id), 0) + 1 AS id FROM sfn_executions').get() as { id: number };
    return row.id;
  }

  /** One step of one execution, all or nothing. */
  save(commit: Commit): void {
    const { record } = commit;
    this.transaction(() => {
      this.#prepare(
        `INSERT INTO sfn_executions (${COLUMNS.join()}) VALUES (${COLUMNS.map(() => '?').join()})
         ON CONFLICT (id) DO UPDATE SET ${PROGRESS.map((column) => `${column} = excluded.${column}`).join()}`,
      ).run(...COLUMNS.map((column) => record[column]));
      for (const frame of commit.frames) {
        this.#prepare('INSERT OR REPLACE INTO sfn_frames VALUES (?, ?, ?)').run(
          record.id,
          frame.id,
          JSON.stringify(frame),
        );
      }
      for (const frameId of commit.removedFrames) {
        this.#prepare('DELETE FROM sfn_frames WHERE executionId = ? AND frameId = ?').run(record.id, frameId);
      }
      for (const { id, previousEventId, type, timestamp, details } of commit.events) {
        const text = details ? JSON.stringify(details) : null;
        this.#prepare('INSERT INTO sfn_events VALUES (?, ?, ?, ?, ?, ?)').run(
          record.id,
          id,
          previousEventId,
          type,
          timestamp,
          text,
        );
      }
      for (const { token, frameId } of commit.tokens) {
        this.#prepare('INSERT INTO sfn_tokens VALUES (?, ?, ?)').run(token, record.id, frameId);
      }
    });
  }

  execution(arn: string): ExecutionRecord | undefined {
    return this.#prepare('SELECT * FROM sfn_executions WHERE arn = ?').get(arn) as unknown as
      | ExecutionRecord
      | undefined;
  }

  running(): ExecutionRecord[] {
    return this.#prepare(
      "SELECT * FROM sfn_executions WHERE status = 'RUNNING' ORDER BY id",
    ).all() as unknown as ExecutionRecord[];
  }

  /** Latest started first. */
  list(filter: ExecutionFilter): ExecutionRecord[] {
    const { by, value, status, beforeId, limit } = filter;
    const rows = this.#prepare(
      `SELECT * FROM sfn_executions WHERE ${by} = ? AND (? IS NULL OR status = ?) AND (? IS NULL OR id < ?)
       ORDER BY id DESC LIMIT ?`,
    ).all(value, status ?? null, status ?? null, beforeId ?? null, beforeId ?? null, limit);
    return rows as unknown as ExecutionRecord[];
  }

  frames(executionId: number): Frame[] {
    const rows = this.#prepare('SELECT body FROM sfn_frames WHERE executionId = ? ORDER BY frameId').all(executionId);
    return rows.map((row) => JSON.parse(row.body as string) as Frame);
  }

  /** Events above (or, in reverse, below) `after`, in order. */
  events(executionId: number, options: { after?: number; reverse?: boolean; limit?: number } = {}): HistoryEvent[] {
    const { after, reverse = false, limit = -1 } = options;
    const rows = this.#prepare(
      `SELECT * FROM sfn_events WHERE executionId = ? AND (? IS NULL OR eventId ${reverse ? '<' : '>'} ?)
       ORDER BY eventId ${reverse ? 'DESC' : 'ASC'} LIMIT ?`,
    ).all(executionId, after ?? null, after ?? null, limit);
    return rows.map((row) => ({
      id: row.eventId as number,
      previousEventId: row.previousEventId as number,
      type: row.type as string,
      timestamp: row.timestamp as number,
      ...(row.details !== null && { details: JSON.parse(row.details as string) as JsonObject }),
    }));
  }

  token(token: string): { arn: string; frameId: number } | undefined {
    return this.#prepare(
      `SELECT sfn_executions.arn, sfn_tokens.frameId FROM sfn_tokens
       JOIN sfn_executions ON sfn_executions.id = sfn_tokens.executionId WHERE token = ?`,
    ).get(token) as unknown as { arn: string; frameId: number } | undefined;
  }

  /** Executions closed before `instant` are forgotten with all they have. */
  forgetClosedBefore(instant: number): void {
    this.transaction(() => {
      const closed = 'SELECT id FROM sfn_executions WHERE stopDate < ?';
      for (const table of ['sfn_frames', 'sfn_events', 'sfn_tokens']) {
        this.#prepare(`DELETE FROM ${table} WHERE executionId IN (${closed})`).run(instant);
      }
      this.#prepare('DELETE FROM sfn_executions WHERE stopDate < ?').run(instant);
    });
  }

  transaction(work: () => void): void {
    this.#prepare('BEGIN IMMEDIATE').run();
    try {
      work();
      this.#prepare('COMMIT').run();
    } catch (error) {
      this.#prepare('ROLLBACK').run();
      throw error;
    }
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}
