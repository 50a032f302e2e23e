import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { countPlatformLines } from '../meter/logs.ts';
import type { FunctionInvoker, FunctionOutcome, Meter } from '../services.ts';
import { AsynchronousInvocations, throttled } from './asynchronous.ts';
import { ConcurrencyLimit } from './concurrency.ts';
import { ExecutionEnvironment, type LogSink, type RawOutcome } from './environment.ts';
import { checkRegistration, type FunctionRegistration, functionNameOf } from './registration.ts';
import { RuntimeApiServer } from './runtime-api.ts';

export interface LambdaHostOptions {
  clock: Clock;
  meter: Meter;
  log: LogSink;
  /** Sees how each invocation ended, and those that were refused for want of a place. */
  onInvocation?: (functionName: string, outcome: FunctionOutcome) => void;
  region: string;
  /** Where the functions' AWS clients go, for example `http://localhost:4566`. */
  endpointUrl: string;
  /** Concurrent executions of all functions together; 10 unless told, as in a new account. */
  concurrency?: number;
  /** Wall ms a synchronous invocation may wait for a place before it is refused; 5,000 unless told. */
  queueWaitMs?: number;
  /** Wall ms after which an idle child ends; 60,000 unless told. */
  idleMs?: number;
  /** Children alive at once, busy or idle; an idle one makes room. 14 unless told, never below `concurrency`. */
  environments?: number;
  /** Wall ms for loading a function; 30,000 unless told (AWS: 10 s, but a laptop may be busy). */
  initTimeoutMs?: number;
  /** Wall ms that invocations in flight may still take when the host closes; 3,000 unless told. */
  closeWaitMs?: number;
  wallNow?: () => number;
  newId?: () => string;
}

interface IdleEnvironment {
  environment: ExecutionEnvironment;
  reaper: NodeJS.Timeout;
}

/** Runs deployed functions in child processes, each invocation alone in its process, as Lambda does. */
export class LambdaHost implements FunctionInvoker {
  readonly #options: LambdaHostOptions;
  readonly #registrations = new Map<string, FunctionRegistration>();
  readonly #runtimeApi = new RuntimeApiServer();
  readonly #alive = new Set<ExecutionEnvironment>();
  /** Idle longest first. */
  #idle: IdleEnvironment[] = [];
  readonly #limit: ConcurrencyLimit;
  readonly #asynchronous: AsynchronousInvocations;
  readonly #wallNow: () => number;
  readonly #newId: () => string;
  readonly #environmentLimit: number;
  readonly #inFlight = new Set<Promise<RawOutcome>>();
  #closed = false;

  private constructor(options: LambdaHostOptions) {
    this.#options = options;
    this.#wallNow = options.wallNow ?? Date.now;
    this.#newId = options.newId ?? randomUUID;
    const concurrency = options.concurrency ?? 10;
    this.#environmentLimit = Math.max(concurrency, options.environments ?? 14);
    this.#limit = new ConcurrencyLimit(concurrency, options.queueWaitMs ?? 5_000);
    this.#asynchronous = new AsynchronousInvocations(options.clock, (registration, payload, requestId) =>
      this.#run(registration, payload, requestId),
    );
  }

  static async start(options: LambdaHostOptions): Promise<LambdaHost> {
    const host = new LambdaHost(options);
    await host.#runtimeApi.listen();
    return host;
  }

  register(registration: FunctionRegistration): void {
    checkRegistration(registration);
    if (this.#registrations.has(registration.name)) {
      throw new Error(`Function ${registration.name} is registered twice; two functions of the template share a name.`);
    }
    this.#registrations.set(registration.name, registration);
  }

  /** New code or settings of a function: what is at work ends with the old ones, and serves nobody after that. */
  update(registration: FunctionRegistration): void {
    checkRegistration(registration);
    if (!this.#registrations.has(registration.name)) throw new Error(`There is no function ${registration.name}.`);
    this.#registrations.set(registration.name, registration);
    for (const { environment } of this.#idle.filter((it) => !this.#isCurrent(it.environment)))
      this.#retire(environment);
  }

  registration(functionName: string): FunctionRegistration | undefined {
    return this.#registrations.get(functionNameOf(functionName));
  }

  /** Starts one environment of each named function (all of them unless told), so that the first caller does not wait. */
  async prestart(functionNames: string[] = [...this.#registrations.keys()]): Promise<void> {
    await Promise.all(
      functionNames.map(async (name) => {
        const registration = this.#registrations.get(name);
        if (!registration) throw new Error(`There is no function ${name} to start.`);
        const environment = this.#startEnvironment(registration);
        const initialised = await environment.initialised;
        if (initialised.ok && environment.alive) this.#rest(environment);
        else environment.kill();
      }),
    );
  }

  /** A synchronous invocation. A function that fails is an outcome, not an exception. */
  invoke(functionName: string, payload: unknown): Promise<FunctionOutcome> {
    const registration = this.registration(functionName);
    if (!registration) return Promise.resolve(notFound(functionName));
    return this.#options.clock.track(this.#run(registration, payload, this.#newId()));
  }

  /** An asynchronous (`Event`) invocation: accepted now, retried by business time, then sent to its destination. */
  invokeAsync(functionName: string, payload: unknown): { accepted: boolean; requestId: string } {
    const registration = this.registration(functionName);
    const requestId = this.#newId();
    if (!registration) return { accepted: false, requestId };
    this.#asynchronous.accept(registration, payload, requestId);
    return { accepted: true, requestId };
  }

  /** Process ids of the live children, by function name; for operations and tests. */
  processes(): { functionName: string; pid: number | undefined }[] {
    return [...this.#alive].map(({ registration, pid }) => ({ functionName: registration.name, pid }));
  }

  /** Ends the child of the function that has been at work the longest, if there is one, as a crash would. */
  crash(functionName: string): void {
    const idle = new Set(this.#idle.map(({ environment }) => environment));
    const busy = [...this.#alive].find((it) => it.registration.name === functionNameOf(functionName) && !idle.has(it));
    busy?.kill();
  }

  /**
   * Takes no more invocations and ends every child. Those in flight may end first; those that take longer fail with
   * `Runtime.ExitError`.
   */
  async close(): Promise<void> {
    this.#closed = true;
    this.#asynchronous.cancelAll();
    await this.#inFlightEnded(this.#options.closeWaitMs ?? 3_000);
    for (const { reaper } of this.#idle) clearTimeout(reaper);
    this.#idle = [];
    for (const environment of this.#alive) environment.kill();
    await this.#runtimeApi.close();
  }

  async #run(registration: FunctionRegistration, payload: unknown, requestId: string): Promise<FunctionOutcome> {
    const outcome = await this.#runInTurn(registration, payload, requestId);
    this.#options.onInvocation?.(registration.name, outcome);
    return outcome;
  }

  async #runInTurn(registration: FunctionRegistration, payload: unknown, requestId: string): Promise<FunctionOutcome> {
    if (!(await this.#limit.acquire())) return { ok: false, errorType: throttled, errorMessage: 'Rate Exceeded.' };
    try {
      // Also those that waited for their place are too late.
      if (this.#closed) return closing;
      const running = this.#runInEnvironment(registration, JSON.stringify(payload ?? null), requestId);
      this.#inFlight.add(running);
      const outcome = await running.finally(() => this.#inFlight.delete(running));
      return outcome.ok ? { ok: true, payload: parsePayload(outcome.payload) } : outcome;
    } finally {
      this.#limit.release();
    }
  }

  async #inFlightEnded(limitMs: number): Promise<void> {
    let impatience: NodeJS.Timeout | undefined;
    const limit = new Promise((resolve) => {
      impatience = setTimeout(resolve, limitMs);
    });
    await Promise.race([Promise.allSettled(this.#inFlight), limit]);
    clearTimeout(impatience);
  }

  async #runInEnvironment(registration: FunctionRegistration, payload: string, requestId: string): Promise<RawOutcome> {
    const { meter } = this.#options;
    const environment = this.#takeIdle(registration.name) ?? this.#startEnvironment(registration);
    const isCold = environment.initMs === undefined;
    const initialised = await environment.initialised;
    const initMs = isCold ? (environment.initMs ?? 0) : 0;
    meter.count('lambda.request', 1, { resource: registration.name });
    countPlatformLines(meter, registration.name, isCold);
    if (!initialised.ok) {
      environment.kill();
      this.#countDuration(registration, initMs);
      return initialised;
    }
    const startedAt = this.#wallNow();
    const outcome = await environment.run({ requestId, payload });
    // AWS bills the loading of a function as well (since 2025-08).
    this.#countDuration(registration, this.#wallNow() - startedAt + initMs);
    if (environment.alive) this.#rest(environment);
    return outcome;
  }

  #countDuration(registration: FunctionRegistration, durationMs: number): void {
    const billedSeconds = Math.max(1, Math.ceil(durationMs)) / 1000;
    this.#options.meter.count('lambda.gbSecond', billedSeconds * (registration.memoryMb / 1024), {
      resource: registration.name,
    });
  }

  #startEnvironment(registration: FunctionRegistration): ExecutionEnvironment {
    if (this.#alive.size >= this.#environmentLimit) this.#retireIdlest();
    const key = this.#newId().replaceAll('-', '');
    const environment = new ExecutionEnvironment(registration, {
      region: this.#options.region,
      endpointUrl: this.#options.endpointUrl,
      runtimeApi: this.#runtimeApi.addressOf(key),
      logStreamName: `[$LATEST]${key}`,
      log: this.#options.log,
      initTimeoutMs: this.#options.initTimeoutMs ?? 30_000,
      wallNow: this.#wallNow,
      onExit: (ended) => {
        this.#runtimeApi.detach(key);
        this.#alive.delete(ended);
        this.#forgetIdle(ended);
      },
    });
    this.#runtimeApi.attach(key, environment);
    this.#alive.add(environment);
    this.#options.meter.count('lambda.init', 1, { resource: registration.name });
    return environment;
  }

  #takeIdle(functionName: string): ExecutionEnvironment | undefined {
    // The one used last is the likeliest to be warm; the others may then be reaped.
    const found = this.#idle.findLast(({ environment }) => environment.registration.name === functionName);
    if (!found) return undefined;
    this.#forgetIdle(found.environment);
    return found.environment;
  }

  #rest(environment: ExecutionEnvironment): void {
    if (this.#closed || !this.#isCurrent(environment)) {
      environment.kill();
      return;
    }
    const reaper = setTimeout(() => this.#retire(environment), this.#options.idleMs ?? 60_000);
    reaper.unref();
    this.#idle.push({ environment, reaper });
  }

  #isCurrent({ registration }: ExecutionEnvironment): boolean {
    return this.#registrations.get(registration.name) === registration;
  }

  /** A second idle child of a function is missed less than the only one of another. */
  #retireIdlest(): void {
    const names = this.#idle.map(({ environment }) => environment.registration.name);
    const spare = this.#idle.find((_, index) => names.indexOf(names[index]!, index + 1) > 0);
    const idlest = spare ?? this.#idle[0];
    if (idlest) this.#retire(idlest.environment);
  }

  #retire(environment: ExecutionEnvironment): void {
    this.#forgetIdle(environment);
    this.#alive.delete(environment);
    environment.kill();
  }

  #forgetIdle(environment: ExecutionEnvironment): void {
    this.#idle = this.#idle.filter((idle) => {
      if (idle.environment !== environment) return true;
      clearTimeout(idle.reaper);
      return false;
    });
  }
}

function parsePayload(text: string): unknown {
  return text === '' ? null : JSON.parse(text);
}

const closing: FunctionOutcome = {
  ok: false,
  errorType: 'ServiceException',
  errorMessage: 'The Lambda host is closing.',
};

function notFound(functionName: string): FunctionOutcome {
  return {
    ok: false,
    errorType: 'ResourceNotFoundException',
    errorMessage: `Function not found: ${functionName}; the template declares no function of this name.`,
  };
}
