import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '../../local/clock.ts';
import { type SeededRandom, seeded } from './random.ts';
import { Turns } from './turns.ts';

/** What may go wrong, each at its own place in the harness. */
export const faultClasses = [
  /** A process dies where it waits for an answer: it never goes on. */
  'crash',
  /** A commit meets a rival transaction and is tried again later, as the adapter does. */
  'conflict',
  /** A call of the tables is turned away after all its retries. */
  'throttle',
  /** A commit happens, and its caller hears an error. */
  'lostCommit',
  /** An answer takes up to a minute of business time. */
  'slow',
  /** The workflow engine turns a call away. */
  'workflowThrottle',
  /** The workflow engine does what it was asked, and its caller hears an error. */
  'workflowLost',
  /** The workflow engine is asked twice. */
  'workflowTwice',
  /** A token of a wait that is over is sent again. */
  'staleToken',
  /** A message is delivered twice, late, or not at all. */
  'messageTwice',
  'messageLate',
  'messageLost',
  /** A batch of a stream is delivered again, late, or in another order. */
  'batchTwice',
  'batchLate',
  'batchShuffled',
  /** The operator's bus does not take an event, or takes it twice. */
  'busRefuses',
  'busTwice',
  /** An item that cannot be read by a stream's consumer, one to eight times: five retries may not be enough. */
  'poison',
] as const;
export type FaultClass = (typeof faultClasses)[number];

/** The chance of each fault at each place where it can strike; 0 where nothing is said. */
export type FaultPlan = Partial<Record<FaultClass, number>>;

/** Every class of fault, each often enough to be met in a few rounds, and seldom enough for work to get done. */
export const everyFault: FaultPlan = {
  crash: 0.005,
  conflict: 0.05,
  throttle: 0.005,
  lostCommit: 0.03,
  slow: 0.01,
  workflowThrottle: 0.05,
  workflowLost: 0.05,
  workflowTwice: 0.1,
  staleToken: 0.1,
  messageTwice: 0.1,
  messageLate: 0.2,
  messageLost: 0.1,
  batchTwice: 0.1,
  batchLate: 0.05,
  batchShuffled: 0.2,
  busRefuses: 0.05,
  busTwice: 0.05,
  poison: 0.05,
};

/** A failure that the harness made. Whatever else escapes from a process is a defect of the product. */
export class InjectedFault extends Error {
  readonly fault: FaultClass;

  constructor(fault: FaultClass) {
    super(`Injected: ${fault}.`);
    this.name = 'InjectedFault';
    this.fault = fault;
  }
}

export type ProcessKind = 'request' | 'stream' | 'message' | 'decision' | 'sweep';

/** One invocation: it can die at any place where it waits. */
interface Process {
  kind: ProcessKind;
  dead: boolean;
  die: () => void;
}

const slowestMs = 60_000;

/** Decides by its seed what goes wrong, counts what did, and knows which process is at work. */
export class Faults {
  readonly turns: Turns;
  readonly random: SeededRandom;
  readonly struck = new Map<FaultClass, number>();
  /** Processes of these kinds fail as soon as they are started, as a bad deployment makes them. */
  readonly broken = new Set<ProcessKind>();
  /** Who died so far. */
  readonly deaths: ProcessKind[] = [];
  /** Nothing goes wrong while this is false: a scene is set in peace. */
  armed = true;
  /** Nobody waits for anything any more either: what is begun goes through at once. */
  isQuiet = false;
  readonly #clock: Clock;
  readonly #plan: FaultPlan;
  readonly #processes = new AsyncLocalStorage<Process>();
  #pointsUntilDeath = 0;
  #doomed: ProcessKind | undefined;

  constructor(clock: Clock, { seed, plan }: { seed: number; plan: FaultPlan | undefined }) {
    this.#clock = clock;
    this.#plan = plan ?? {};
    this.random = seeded(seed ^ 0x5eed);
    this.turns = new Turns(plan && seeded(seed ^ 0x7a57));
  }

  get isSlow(): boolean {
    return (this.#plan.slow ?? 0) > 0;
  }

  strikes(fault: FaultClass): boolean {
    const chance = this.#plan[fault] ?? 0;
    if (!this.armed || chance === 0 || this.random.next() >= chance) return false;
    this.#count(fault);
    return true;
  }

  /** The process, of that kind if one is named, that reaches the `points`-th point from now dies there; 0: none. */
  dieAfter(points: number, kind?: ProcessKind): void {
    this.#pointsUntilDeath = points;
    this.#doomed = kind;
  }

  /** Runs one invocation. It rejects when the process dies; what the process was doing then goes no further. */
  run<T>(kind: ProcessKind, work: () => Promise<T>): Promise<T> {
    if (this.broken.has(kind)) return Promise.reject(new InjectedFault('crash'));
    return new Promise((resolve, reject) => {
      const process: Process = {
        kind,
        dead: false,
        die: () => {
          process.dead = true;
          this.deaths.push(kind);
          reject(new InjectedFault('crash'));
        },
      };
      this.#processes.run(process, () => work().then(resolve, reject));
    });
  }

  /** Runs what belongs to no invocation, though one set it off: it does not die with it. */
  outside<T>(work: () => T): T {
    return this.#processes.exit(work);
  }

  /** The kind of the process that asks. */
  get processKind(): ProcessKind | undefined {
    return this.#processes.getStore()?.kind;
  }

  /** A place where a process waits for an answer: others go on meanwhile, and it may die here. */
  async point(): Promise<void> {
    const process = this.#processes.getStore();
    if (process?.dead) await never();
    if (this.isQuiet) return this.#clock.track(Promise.resolve());
    if (process && process.kind !== 'decision' && this.strikes('slow')) await this.delay();
    await this.#clock.track(this.turns.next());
    if (!process) return;
    if (!process.dead && this.#isDeathDue(process.kind)) process.die();
    if (process.dead) await never();
  }

  /** Up to a minute of business time. */
  delay(): Promise<void> {
    const due = this.#clock.now() + 1 + this.random.integer(slowestMs);
    return new Promise((resolve) => void this.#clock.schedule(due, resolve));
  }

  #isDeathDue(kind: ProcessKind): boolean {
    if (this.#pointsUntilDeath > 0 && this.armed && (this.#doomed ?? kind) === kind) {
      this.#pointsUntilDeath -= 1;
      if (this.#pointsUntilDeath === 0) {
        this.#count('crash');
        return true;
      }
    }
    return this.strikes('crash');
  }

  #count(fault: FaultClass): void {
    this.struck.set(fault, (this.struck.get(fault) ?? 0) + 1);
  }
}

function never(): Promise<never> {
  return new Promise(() => {});
}
