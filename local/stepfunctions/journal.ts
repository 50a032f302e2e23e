import type { Frame } from './frames.ts';
import { HISTORY_LIMIT_EVENTS, type HistoryEvent } from './history.ts';
import type { JsonObject } from './json.ts';
import type { ExecutionRecord } from './record.ts';

/** What one step changed: written in one transaction. */
export interface Commit {
  record: ExecutionRecord;
  frames: Frame[];
  removedFrames: number[];
  events: HistoryEvent[];
  tokens: { token: string; frameId: number }[];
  transitions: number;
}

/** Thrown inside a step that would overrun the history; the execution fails instead. */
export class HistoryFull extends Error {}

/** Gathers what a step changes until it is taken to be written. */
export class Journal {
  readonly #record: ExecutionRecord;
  readonly #changed = new Map<number, Frame>();
  readonly #removed = new Set<number>();
  #events: HistoryEvent[] = [];
  #tokens: { token: string; frameId: number }[] = [];
  #transitions = 0;

  constructor(record: ExecutionRecord) {
    this.#record = record;
  }

  /** Room is left only for the event that says how the execution ended. */
  get full(): boolean {
    return this.#record.nextEventId >= HISTORY_LIMIT_EVENTS;
  }

  take(): Commit {
    const commit: Commit = {
      record: this.#record,
      frames: [...this.#changed.values()],
      removedFrames: [...this.#removed],
      events: this.#events,
      tokens: this.#tokens,
      transitions: this.#transitions,
    };
    this.#changed.clear();
    this.#removed.clear();
    this.#events = [];
    this.#tokens = [];
    this.#transitions = 0;
    return commit;
  }

  changed(frame: Frame): void {
    this.#changed.set(frame.id, frame);
  }

  removed(frame: Frame): void {
    this.#changed.delete(frame.id);
    this.#removed.add(frame.id);
  }

  token(token: string, frame: Frame): void {
    this.#tokens.push({ token, frameId: frame.id });
  }

  countTransition(): void {
    this.#record.transitions++;
    this.#transitions++;
  }

  /** Adds an event after the last one of `frame`, or after the last of all; returns its id. */
  event(frame: Frame | null, type: string, timestamp: number, details?: JsonObject): number {
    if (this.full) throw new HistoryFull();
    return this.lastEvent(frame, type, timestamp, details);
  }

  /** As `event`, without looking at the quota: for how the execution ended. */
  lastEvent(frame: Frame | null, type: string, timestamp: number, details?: JsonObject): number {
    const id = this.#record.nextEventId++;
    const previousEventId = frame ? frame.lastEventId : id - 1;
    this.#events.push({ id, previousEventId, type, timestamp, ...(details && { details }) });
    if (frame) {
      frame.lastEventId = id;
      if (!this.#removed.has(frame.id)) this.changed(frame);
    }
    return id;
  }
}
