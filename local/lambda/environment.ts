import { type ChildProcess, spawn } from 'node:child_process';
import type { ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { FunctionRegistration } from './registration.ts';

const bootstrapFile = fileURLToPath(new URL('./bootstrap.mjs', import.meta.url));

/** One line that a function wrote, or that the host says about it. */
export type LogSink = (functionName: string, requestId: string | undefined, line: string) => void;

/** What an environment answers: the payload is still JSON text. */
export type RawOutcome =
  | { ok: true; payload: string }
  | { ok: false; errorType: string; errorMessage: string; trace?: string[] };

export interface Invocation {
  requestId: string;
  /** JSON text. */
  payload: string;
}

interface Running {
  requestId: string;
  settle: (outcome: RawOutcome) => void;
  timer: NodeJS.Timeout;
}

export interface EnvironmentOptions {
  region: string;
  /** `AWS_ENDPOINT_URL`: where every AWS client of the function goes. */
  endpointUrl: string;
  /** `AWS_LAMBDA_RUNTIME_API` of this environment alone. */
  runtimeApi: string;
  logStreamName: string;
  log: LogSink;
  initTimeoutMs: number;
  wallNow: () => number;
  onExit: (environment: ExecutionEnvironment) => void;
}

/** One execution environment: a child process that serves one invocation at a time. */
export class ExecutionEnvironment {
  readonly registration: FunctionRegistration;
  /** Settles once the function's module is loaded, with the error that kept it from loading if there was one. */
  readonly initialised: Promise<{ ok: true } | (RawOutcome & { ok: false })>;
  readonly startedAt: number;
  #initialisedAt: number | undefined;
  readonly #options: EnvironmentOptions;
  readonly #child: ChildProcess;
  #settleInit: (outcome: { ok: true } | (RawOutcome & { ok: false })) => void = () => {};
  #initTimer: NodeJS.Timeout;
  #poll: ServerResponse | undefined;
  #waiting: { invocation: Invocation; deadline: number } | undefined;
  #running: Running | undefined;
  #lastRequestId: string | undefined;
  #alive = true;

  constructor(registration: FunctionRegistration, options: EnvironmentOptions) {
    this.registration = registration;
    this.#options = options;
    this.startedAt = options.wallNow();
    this.initialised = new Promise((resolve) => {
      this.#settleInit = (outcome) => {
        clearTimeout(this.#initTimer);
        this.#initialisedAt ??= options.wallNow();
        resolve(outcome);
      };
    });
    this.#initTimer = setTimeout(() => this.#initTimedOut(), options.initTimeoutMs);
    this.#child = spawn(process.execPath, [...nodeFlags(registration.memoryMb), bootstrapFile], {
      cwd: registration.assetDirectory,
      env: environmentVariables(registration, options),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child.stdin?.on('error', () => {});
    // Lambda begins the log of an environment with this line.
    this.#log(`INIT_START Runtime Version: ${registration.runtime}`);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream) forEachLine(stream, (line) => this.#log(line));
    }
    this.#child.on('error', (error) => this.#ended(`Runtime failed to start: ${error.message}`));
    this.#child.on('exit', (code, signal) => this.#ended(exitReason(code, signal)));
  }

  get alive(): boolean {
    return this.#alive;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** How long loading took, in wall ms; undefined while it still loads. */
  get initMs(): number | undefined {
    return this.#initialisedAt === undefined ? undefined : this.#initialisedAt - this.startedAt;
  }

  /** Runs one invocation; the function's timeout counts from here. */
  run(invocation: Invocation): Promise<RawOutcome> {
    if (this.#running) throw new Error(`${this.registration.name} already runs ${this.#running.requestId}.`);
    if (!this.#alive) return Promise.resolve(this.#exitError(invocation.requestId, 'Runtime has ended'));
    const timeoutMs = this.registration.timeoutSeconds * 1000;
    this.#lastRequestId = invocation.requestId;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#timedOut(), timeoutMs);
      this.#running = { requestId: invocation.requestId, settle: resolve, timer };
      this.#waiting = { invocation, deadline: this.#options.wallNow() + timeoutMs };
      this.#deliver();
    });
  }

  /** GET /runtime/invocation/next: answered when there is something to do. */
  next(response: ServerResponse): void {
    this.#settleInit({ ok: true });
    this.#poll = response;
    response.on('close', () => {
      if (this.#poll === response) this.#poll = undefined;
    });
    this.#deliver();
  }

  /** The function's answer; false if that request does not run here. */
  settle(requestId: string, outcome: RawOutcome): boolean {
    const running = this.#running;
    if (running?.requestId !== requestId) return false;
    clearTimeout(running.timer);
    this.#running = undefined;
    running.settle(outcome);
    return true;
  }

  /** POST /runtime/init/error. */
  failInit(outcome: RawOutcome & { ok: false }): void {
    this.#settleInit(outcome);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #deliver(): void {
    const { invocation, deadline } = this.#waiting ?? {};
    const response = this.#poll;
    if (!invocation || !response || deadline === undefined) return;
    this.#waiting = undefined;
    this.#poll = undefined;
    const trace = invocation.requestId.replaceAll('-', '');
    response.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': invocation.requestId,
      'lambda-runtime-deadline-ms': String(deadline),
      'lambda-runtime-invoked-function-arn': this.registration.arn,
      'lambda-runtime-trace-id': `Root=1-${trace.slice(0, 8)}-${trace.slice(8, 32)};Sampled=0`,
    });
    response.end(invocation.payload);
  }

  #timedOut(): void {
    const running = this.#running;
    if (!running) return;
    const seconds = this.registration.timeoutSeconds.toFixed(2);
    const errorMessage = `RequestId: ${running.requestId} Error: Task timed out after ${seconds} seconds`;
    this.#log(errorMessage);
    this.settle(running.requestId, { ok: false, errorType: 'Sandbox.Timedout', errorMessage });
    this.#alive = false;
    this.kill();
  }

  #initTimedOut(): void {
    const seconds = (this.#options.initTimeoutMs / 1000).toFixed(2);
    const errorMessage = `Init of ${this.registration.name} timed out after ${seconds} seconds`;
    this.#log(errorMessage);
    this.#settleInit({ ok: false, errorType: 'Sandbox.Timedout', errorMessage });
    this.kill();
  }

  #ended(reason: string): void {
    this.#alive = false;
    if (this.#running) {
      const outcome = this.#exitError(this.#running.requestId, reason);
      this.#log(outcome.errorMessage);
      this.settle(this.#running.requestId, outcome);
    }
    // No effect if the module had been loaded or had reported why not.
    this.#settleInit({ ok: false, errorType: 'Runtime.ExitError', errorMessage: `Error: ${reason}` });
    this.#options.onExit(this);
  }

  #exitError(requestId: string, reason: string): RawOutcome & { ok: false } {
    return { ok: false, errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${requestId} Error: ${reason}` };
  }

  #log(line: string): void {
    this.#options.log(this.registration.name, this.#running?.requestId ?? this.#lastRequestId, line);
  }
}

function exitReason(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal) return `Runtime exited with error: signal: ${signal === 'SIGKILL' ? 'killed' : signal}`;
  return code === 0 ? 'Runtime exited without providing a reason' : `Runtime exited with error: exit status ${code}`;
}

/**
 * A small young generation keeps an idle child small, one of 1 MB spends a fifth of its time on clearing it; the old one is
 * bounded as the function's memory is.
 */
function nodeFlags(memoryMb: number): string[] {
  return [`--max-old-space-size=${Math.floor(memoryMb * 0.9)}`, '--max-semi-space-size=4'];
}

/** What AWS sets, the function's own variables, and nothing of this process. */
function environmentVariables(registration: FunctionRegistration, options: EnvironmentOptions): Record<string, string> {
  const { name, credentials } = registration;
  return {
    ...registration.environment,
    AWS_REGION: options.region,
    AWS_DEFAULT_REGION: options.region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    ...(credentials.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: credentials.sessionToken }),
    AWS_ENDPOINT_URL: options.endpointUrl,
    // Without these the SDK would read the profile of the person who runs the host.
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_EXECUTION_ENV: `AWS_Lambda_${registration.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(registration.memoryMb),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: options.logStreamName,
    AWS_LAMBDA_RUNTIME_API: options.runtimeApi,
    LAMBDA_TASK_ROOT: registration.assetDirectory,
    _HANDLER: registration.handler,
    LANG: 'en_US.UTF-8',
    PATH: '/usr/local/bin:/usr/bin:/bin',
    TZ: 'UTC',
  };
}

function forEachLine(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
  stream.on('end', () => {
    if (rest !== '') onLine(rest);
  });
}
