/**
 * Business time of the embedded cloud: deadlines, offers, workflow timers, queue delays, schedules and TTL.
 * Wall time (signatures, HTTP timeouts, lambda time limits) never comes from here.
 *
 * Instants are milliseconds since the epoch.
 */
export interface Clock {
  /** Business time now. */
  now(): number;
  /** Runs `task` once business time reaches `due`; earlier due first, then first scheduled first. */
  schedule(due: number, task: () => void | Promise<void>): Timer;
  /** Marks work in flight: a stepped clock does not pass on to a later instant before it has ended. */
  track<T>(work: Promise<T>): Promise<T>;
  /**
   * Runs `task` at this instant, on a stepped clock once nothing is in flight any more: so that what one act did in
   * several steps is seen as a whole, in the same way on every machine.
   */
  whenQuiet(task: () => void): void;
}

export interface Timer {
  cancel(): void;
}

interface Entry {
  due: number;
  sequence: number;
  task: () => void | Promise<void>;
}

/** The timers of one clock, in (due, sequence) order, and the work they started. */
class Agenda {
  #entries: Entry[] = [];
  #sequence = 0;
  readonly #inFlight = new Set<Promise<unknown>>();
  readonly #quietTasks: (() => void)[] = [];
  #isQuietAwaited = false;

  add(due: number, task: Entry['task']): Entry {
    const entry = { due, sequence: this.#sequence++, task };
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#entries[middle]!;
      if (other.due < due || (other.due === due && other.sequence < entry.sequence)) low = middle + 1;
      else high = middle;
    }
    this.#entries.splice(low, 0, entry);
    return entry;
  }

  remove(entry: Entry): void {
    const index = this.#entries.indexOf(entry);
    if (index >= 0) this.#entries.splice(index, 1);
  }

  nextDue(): number | undefined {
    return this.#entries[0]?.due;
  }

  takeDue(now: number): Entry | undefined {
    const first = this.#entries[0];
    return first && first.due <= now ? this.#entries.shift() : undefined;
  }

  track<T>(work: Promise<T>): Promise<T> {
    this.#inFlight.add(work);
    const forget = () => {
      this.#inFlight.delete(work);
      this.#awaitQuiet();
    };
    work.then(forget, forget);
    return work;
  }

  whenQuiet(task: () => void): void {
    this.#quietTasks.push(task);
    this.#awaitQuiet();
  }

  run(entry: Entry): void {
    const outcome = entry.task();
    if (outcome) void this.track(outcome).catch(reportTimerFailure);
  }

  async settled(): Promise<void> {
    while (this.#inFlight.size > 0 || this.#quietTasks.length > 0) {
      await Promise.allSettled(this.#inFlight);
      // Work that has just ended may have started more in its continuations.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #awaitQuiet(): void {
    if (this.#isQuietAwaited || this.#inFlight.size > 0 || this.#quietTasks.length === 0) return;
    this.#isQuietAwaited = true;
    setImmediate(() => {
      this.#isQuietAwaited = false;
      if (this.#inFlight.size === 0) this.#quietTasks.shift()?.();
      this.#awaitQuiet();
    });
  }
}

function reportTimerFailure(error: unknown): void {
  process.stderr.write(`A timer's task failed: ${error instanceof Error ? error.stack : String(error)}\n`);
}

/** Business time that runs `speed` times as fast as wall time; the speed may change while it runs. */
export class RunningClock implements Clock {
  readonly #agenda = new Agenda();
  readonly #wallNow: () => number;
  #anchorBusiness: number;
  #anchorWall: number;
  #speed: number;
  #handle: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: { startAt: number; speed?: number; wallNow?: () => number }) {
    this.#wallNow = options.wallNow ?? Date.now;
    this.#anchorBusiness = options.startAt;
    this.#anchorWall = this.#wallNow();
    this.#speed = options.speed ?? 1;
  }

  get speed(): number {
    return this.#speed;
  }

  now(): number {
    return Math.floor(this.#anchorBusiness + (this.#wallNow() - this.#anchorWall) * this.#speed);
  }

  schedule(due: number, task: () => void | Promise<void>): Timer {
    const entry = this.#agenda.add(due, task);
    this.#arm();
    return { cancel: () => this.#agenda.remove(entry) };
  }

  track<T>(work: Promise<T>): Promise<T> {
    return this.#agenda.track(work);
  }

  whenQuiet(task: () => void): void {
    task();
  }

  setSpeed(speed: number): void {
    if (!(speed > 0)) throw new RangeError(`The speed of the business clock must be above 0, not ${speed}.`);
    this.#reanchor(this.now());
    this.#speed = speed;
    this.#arm();
  }

  /** Jumps forward; every timer that falls due on the way runs at once. Never jumps back. */
  jumpTo(instant: number): void {
    if (instant <= this.now()) return;
    this.#reanchor(instant);
    this.#arm();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#handle);
  }

  #reanchor(business: number): void {
    this.#anchorBusiness = business;
    this.#anchorWall = this.#wallNow();
  }

  #arm(): void {
    clearTimeout(this.#handle);
    const due = this.#agenda.nextDue();
    if (this.#stopped || due === undefined) return;
    const wallMs = Math.max(0, (due - this.now()) / this.#speed);
    // setTimeout overflows above 2^31-1 ms; a far timer is looked at again each hour.
    this.#handle = setTimeout(() => this.#fire(), Math.min(Math.ceil(wallMs), 3_600_000));
  }

  #fire(): void {
    for (let entry = this.#agenda.takeDue(this.now()); entry; entry = this.#agenda.takeDue(this.now())) {
      this.#agenda.run(entry);
    }
    this.#arm();
  }
}

/** Business time that moves only when told to, timer by timer, each run to quiescence before the next. */
export class SteppedClock implements Clock {
  readonly #agenda = new Agenda();
  #now: number;

  constructor(startAt: number) {
    this.#now = startAt;
  }

  now(): number {
    return this.#now;
  }

  schedule(due: number, task: () => void | Promise<void>): Timer {
    const entry = this.#agenda.add(due, task);
    return { cancel: () => this.#agenda.remove(entry) };
  }

  track<T>(work: Promise<T>): Promise<T> {
    return this.#agenda.track(work);
  }

  whenQuiet(task: () => void): void {
    this.#agenda.whenQuiet(task);
  }

  /** When the next timer falls due, if there is one. */
  nextDue(): number | undefined {
    return this.#agenda.nextDue();
  }

  /** Ends when nothing is in flight any more. */
  settled(): Promise<void> {
    return this.#agenda.settled();
  }

  /** Moves to `instant`, running every timer due on the way at its own instant. */
  async advanceTo(instant: number): Promise<void> {
    await this.#agenda.settled();
    for (let due = this.#agenda.nextDue(); due !== undefined && due <= instant; due = this.#agenda.nextDue()) {
      this.#now = Math.max(this.#now, due);
      const entry = this.#agenda.takeDue(this.#now);
      if (entry) this.#agenda.run(entry);
      await this.#agenda.settled();
    }
    this.#now = Math.max(this.#now, instant);
  }

  /**
   * Discrete-event time: jumps from timer to timer until it is `over`, no timer is left, or the next is due after
   * `limit`. Each timer runs alone, until nothing is in flight any more.
   */
  async runUntil(limit: number, isOver: () => boolean): Promise<void> {
    await this.#agenda.settled();
    for (let due = this.#agenda.nextDue(); due !== undefined && due <= limit && !isOver(); due = this.#agenda.nextDue())
      await this.advanceTo(due);
  }

  advanceBy(ms: number): Promise<void> {
    return this.advanceTo(this.#now + ms);
  }
}
