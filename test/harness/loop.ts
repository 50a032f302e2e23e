import { type Change, MemoryDatabase } from '../../lambdas/adapters/memory-database.ts';
import { ulid } from '../../lambdas/adapters/randomness.ts';
import { type DispatchMessage, type ExpiryMessage, SqsNudges } from '../../lambdas/adapters/sqs-nudges.ts';
import type { RepeatableRequest } from '../../lambdas/application/act.ts';
import type { Tick } from '../../lambdas/application/dispatch.ts';
import type { DrivingPorts } from '../../lambdas/application/driving.ts';
import type { ErasurePorts } from '../../lambdas/application/erasure.ts';
import type { OrderingPorts } from '../../lambdas/application/ordering.ts';
import type { EventBus, Nudges, Randomness, Workflow } from '../../lambdas/application/ports.ts';
import { dataOf, keys } from '../../lambdas/application/records.ts';
import { load } from '../../lambdas/application/situations.ts';
import { type SweepOutcome, sweep } from '../../lambdas/application/sweep.ts';
import type { Driver, Run } from '../../lambdas/domain/fleet.ts';
import { asId, type DriverId } from '../../lambdas/domain/ids.ts';
import type { Order } from '../../lambdas/domain/order.ts';
import { epochMs, type Instant, instant } from '../../lambdas/domain/time.ts';
import { logger } from '../../lambdas/log.ts';
import { dispatcher, relay } from '../../lambdas/streams/consumers.ts';
import { SteppedClock } from '../../local/clock.ts';
import { Bus } from './bus.ts';
import { type FaultPlan, Faults, InjectedFault } from './faults.ts';
import type { MirroredDatabase } from './mirrored-database.ts';
import { Queues } from './queues.ts';
import { seeded } from './random.ts';
import { StreamReader } from './stream-reader.ts';
import { UnrulyDatabase } from './unruly-database.ts';

export const publicUrl = 'https://mallway.test';
/** A client gives a request up after as many failures of ours; far more than any plan makes likely. */
const clientTries = 50;

/** No order has an execution: whatever would wait for one is at rest. */
const noWorkflow: Workflow = {
  start: async () => 'running',
  complete: async () => {},
  deadlineChanged: async () => {},
};

export interface LoopOptions {
  startAt?: Instant;
  seed?: number;
  /**
   * What may go wrong, and how often. With a plan, even an empty one, the seed chooses at every call of a port who
   * goes on next; without, it is first come, first served. The same seed and plan give the same run.
   */
  faults?: FaultPlan;
  /** Another bus than that of the faults. */
  bus?: EventBus | null;
  /** Tables in an engine, in place of those in memory: interleavings are then the machine's as well as the seed's. */
  database?: MirroredDatabase;
}

/**
 * Everything that goes round without the workflow, in one process: real use cases, adapters and the relay over the
 * in-memory tables, both queues with dispatch behind them, and the sweeper, on a stepped business clock.
 */
export class Loop {
  readonly clock: SteppedClock;
  /** What the tables hold, without anything in between. */
  readonly database: MemoryDatabase;
  /** The tables as use cases reach them. */
  readonly tables: UnrulyDatabase;
  readonly faults: Faults;
  /** The operator's, where the plan of faults has one. */
  readonly bus: Bus | null;
  readonly randomness: Randomness;
  readonly nudges: Nudges;
  readonly queues: Queues;
  /** Every tick of dispatch that planned something. */
  readonly ticks: Tick[] = [];
  /** Errors that escaped from a process and that nobody injected: defects. */
  readonly surprises: unknown[] = [];
  /** Switched off to prove that the sweeper alone brings everything home. */
  streamsOn = true;
  /** Photos that never came; all others are there. */
  readonly missingProofs = new Set<string>();
  /** Photos to which a link was given, until they are erased. */
  readonly photos = new Set<string>();
  workflow: Workflow = noWorkflow;
  protected readonly readers: StreamReader[];
  readonly #streams: Record<'orders' | 'fleet', StreamReader>;
  #requests = 0;

  constructor({
    startAt = '2026-11-23T19:00:00.000Z' as Instant,
    seed = 1,
    faults,
    bus = null,
    database: given,
  }: LoopOptions = {}) {
    this.clock = new SteppedClock(epochMs(startAt));
    this.database = given ?? new MemoryDatabase();
    given?.follow(this.clock);
    this.faults = new Faults(this.clock, { seed, plan: faults });
    this.tables = new UnrulyDatabase(this.database, this.faults);
    this.bus = faults?.busRefuses === undefined ? null : new Bus(this.faults);
    overhear(logger, (error) => this.noteUnlessInjected(error));
    const random = seeded(seed);
    this.randomness = {
      id: (prefix, now) => `${prefix}_${ulid(now, random.bytes(16))}`,
      digits: (digits) => String(random.integer(10 ** digits)).padStart(digits, '0'),
      capability: () => Buffer.from(random.bytes(16)).toString('base64url'),
      bytes: (length) => random.bytes(length),
    };
    this.queues = new Queues({
      clock: this.clock,
      faults: this.faults,
      consume: dispatcher({
        database: this.tables,
        randomness: this.randomness,
        ticks: { keep: async (tick) => void this.ticks.push(tick) },
      }),
    });
    this.nudges = new SqsNudges({ dispatch: 'dispatch', offerExpiry: 'offer-expiry' }, this.queues.client);
    const relaying = () =>
      this.reader(relay({ database: this.tables, nudges: this.nudges, bus: bus ?? this.bus }), faults);
    this.#streams = { orders: relaying(), fleet: relaying() };
    this.readers = Object.values(this.#streams);
    this.database.onChange((change) => {
      if (this.streamsOn) this.streamed(change);
    });
  }

  now(): Instant {
    return instant(this.clock.now());
  }

  get ordering(): OrderingPorts {
    return {
      database: this.tables,
      randomness: this.randomness,
      geocoder: { search: async () => [] },
      publicUrl,
    };
  }

  get driving(): DrivingPorts {
    return {
      database: this.tables,
      randomness: this.randomness,
      proofs: {
        uploadUrl: async (key) => {
          this.photos.add(key);
          return `https://proofs.test/${key}?put`;
        },
        viewUrl: async (key) => `https://proofs.test/${key}`,
        has: async (key) => !this.missingProofs.has(key),
      },
    };
  }

  get erasure(): ErasurePorts {
    return {
      database: this.tables,
      proofs: {
        eraseBelow: async (prefix) => {
          const found = [...this.photos].filter((key) => key.startsWith(prefix));
          for (const key of found) this.photos.delete(key);
          return found.length;
        },
      },
    };
  }

  /** A request that has not been made before. */
  request(principal: string, operation = 'test'): RepeatableRequest {
    this.#requests += 1;
    return { principal, operation, key: `key-${this.#requests}`, bodyHash: 'body' };
  }

  async order(id: string): Promise<Order> {
    return (await load<Order>(this.database.get(keys.order(asId(id)))))!;
  }

  async driver(id: string): Promise<Driver> {
    return (await load<Driver>(this.database.get(keys.driver(asId<DriverId>(id)))))!;
  }

  async runOf(driverId: string): Promise<Run | null> {
    const { activeRunId } = await this.driver(driverId);
    return activeRunId && load<Run>(this.database.get(keys.run(activeRunId)));
  }

  orders(): Order[] {
    return this.database
      .all('orders')
      .filter(({ sk }) => sk === 'ORDER')
      .map((item) => dataOf<Order>(item));
  }

  /** Nothing is in flight at this instant any more. */
  settled(): Promise<void> {
    return this.clock.settled();
  }

  advance(minutes: number): Promise<void> {
    return this.clock.advanceBy(minutes * 60_000);
  }

  /** Hands what the streams' consumers had given up to them once more, as `npm run redrive` does. */
  async redrive(): Promise<void> {
    for (let tries = 0; tries < 3; tries++) {
      for (const reader of this.readers) reader.redrive();
      await this.settled();
    }
  }

  /** One pass of the sweeper; null when it did not come to its end. */
  async sweep(): Promise<SweepOutcome | null> {
    const ports = { database: this.tables, workflow: this.workflow, nudges: this.nudges };
    try {
      const outcome = await this.#pumped(this.faults.run('sweep', () => sweep(ports, this.now())));
      for (const { error } of outcome.failed) if (!error.startsWith('InjectedFault')) this.surprises.push(error);
      return outcome;
    } catch (error) {
      if (error instanceof InjectedFault) return null;
      throw error;
    }
  }

  /**
   * A request as a client makes it: while the answer is a failure of ours, the same one again, with the same key.
   * `request` must therefore not make a new `RepeatableRequest` each time it is called.
   */
  async call<T>(request: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#pumped(this.faults.run('request', request));
      } catch (error) {
        if (!(error instanceof InjectedFault) || tries === clientTries) throw error;
      }
    }
  }

  /** A message that comes to dispatch now, by none of its queues and once only. */
  bring(body: DispatchMessage | ExpiryMessage): Promise<void> {
    return this.#pumped(this.queues.bring(body));
  }

  /** Calls that meet: each starts at this instant, and the seed decides how their steps interleave. */
  together<T extends unknown[]>(...requests: { [K in keyof T]: () => Promise<T[K]> }): Promise<T> {
    return Promise.all(requests.map((request) => this.call(request))) as Promise<T>;
  }

  /** Where answers take business time, somebody has to let it pass. */
  async #pumped<T>(work: Promise<T>): Promise<T> {
    if (!this.faults.isSlow) return work;
    let over = false;
    const ended = () => {
      over = true;
    };
    work.then(ended, ended);
    for (;;) {
      await this.clock.settled();
      if (over) return work;
      await this.clock.advanceTo(this.clock.nextDue() ?? this.clock.now());
    }
  }

  protected noteUnlessInjected(error: unknown): void {
    if (!(error instanceof InjectedFault)) this.surprises.push(error);
  }

  protected reader(consume: ReturnType<typeof relay>, faults: FaultPlan | undefined): StreamReader {
    return new StreamReader({
      clock: this.clock,
      faults: this.faults,
      consume,
      poison: (pk, times) => this.tables.poison(pk, times),
      varies: faults !== undefined,
    });
  }

  /** What a write sets off by the streams. */
  protected streamed({ table, pk, sk }: Change): void {
    if (table === 'orders' || table === 'fleet') this.#streams[table].push(pk, sk);
  }
}

/** The consumers report what failed to the log and nowhere else. */
function overhear(log: typeof logger, heard: (error: unknown) => void): void {
  log.info = () => {};
  log.warn = () => {};
  log.error = (_message, ...extra) => {
    for (const one of extra) if (typeof one === 'object' && 'error' in one) heard(one.error);
  };
}
