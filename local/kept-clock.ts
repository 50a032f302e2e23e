import type { DatabaseSync } from 'node:sqlite';
import { RunningClock, SteppedClock } from './clock.ts';

export interface ClockOptions {
  /** Business ms since the epoch at which a new data folder begins; now unless told. */
  startAt?: number | undefined;
  /** Business seconds in one wall second; 1 unless told. */
  speed?: number | undefined;
  /** Business time moves only when told to. */
  stepped?: boolean | undefined;
}

const saveIntervalMs = 1_000;

/** A business clock that goes on where it was left: while nothing runs, no business time passes. */
export class KeptClock {
  readonly clock: RunningClock | SteppedClock;
  readonly #database: DatabaseSync;
  readonly #timer: NodeJS.Timeout;

  constructor(database: DatabaseSync, { startAt = Date.now(), speed = 1, stepped = false }: ClockOptions) {
    this.#database = database;
    database.exec(
      `CREATE TABLE IF NOT EXISTS clock (
         id INTEGER PRIMARY KEY CHECK (id = 1), position INTEGER NOT NULL, next_position INTEGER NOT NULL) STRICT`,
    );
    const row = database.prepare('SELECT next_position FROM clock').get();
    const position = row ? (row.next_position as number) : startAt;
    this.clock = stepped ? new SteppedClock(position) : new RunningClock({ startAt: position, speed });
    this.save();
    this.#timer = setInterval(() => this.save(), saveIntervalMs);
  }

  /**
   * After a crash the clock begins where it can have been at the latest, two savings after the last: business time
   * never goes back.
   */
  save(isLast = false): void {
    const { clock } = this;
    const now = clock.now();
    const ahead = isLast || clock instanceof SteppedClock ? 0 : clock.speed * saveIntervalMs * 2;
    this.#database
      .prepare(
        `INSERT INTO clock VALUES (1, ?1, ?2)
         ON CONFLICT (id) DO UPDATE SET position = ?1, next_position = max(?2, CASE WHEN ?3 THEN 0 ELSE next_position END)`,
      )
      .run(now, Math.ceil(now + ahead), Number(isLast));
  }

  stop(): void {
    clearInterval(this.#timer);
    if (this.clock instanceof RunningClock) this.clock.stop();
    this.save(true);
  }
}
