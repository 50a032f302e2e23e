import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { EngineClient } from './engine-client.ts';

/** Whatever speaks the DynamoDB API for the tables of the template. */
export interface Engine {
  readonly client: EngineClient;
  /** The SQLite file of the engine of this package; undefined for an engine elsewhere. */
  readonly databaseFile: string | undefined;
  /** Of the engine's process; undefined for an engine elsewhere. */
  readonly pid: number | undefined;
  /** Ends it at once, as a crash would; for tests. */
  kill(): void;
  stop(): Promise<void>;
}

export interface EngineOptions {
  /** Its files lie here. */
  directory: string;
  /** An engine that already runs somewhere, such as DynamoDB Local. */
  endpoint?: string | undefined;
  log: (line: string) => void;
}

/** What the engine says when nothing is wrong. */
const usualLine = /^(Dynoxide listening on|Shutting down)/;
const startTimeoutMs = 15_000;
const restartDelayMs = 50;

/** Starts the engine on its data, or connects to the one at `endpoint`. */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  if (options.endpoint) {
    const client = new EngineClient(options.endpoint);
    await client.untilReady(startTimeoutMs).catch(() => {
      throw new Error(`Nothing answers at DYNAMODB_ENDPOINT ${options.endpoint}; start DynamoDB there, or unset it.`);
    });
    return { client, databaseFile: undefined, pid: undefined, kill: () => {}, stop: async () => {} };
  }
  const engine = new ChildEngine(options, programPath());
  await engine.start();
  return engine;
}

function programPath(): string {
  try {
    return fileURLToPath(import.meta.resolve('@dynoxide/linux-x64/dynoxide'));
  } catch {
    throw new Error(
      'The DynamoDB engine @dynoxide/linux-x64 is not installed on this host: ' +
        'start DynamoDB Local and set DYNAMODB_ENDPOINT to its address, such as http://localhost:8000.',
    );
  }
}

/** The engine as a child of this process, started again whenever it ends by itself. */
class ChildEngine implements Engine {
  readonly client = new EngineClient('http://127.0.0.1:0');
  readonly databaseFile: string;
  readonly #options: EngineOptions;
  readonly #program: string;
  readonly #record: string;
  #child: ChildProcess | undefined;
  #isStopping = false;
  #restart: NodeJS.Timeout | undefined;

  constructor(options: EngineOptions, program: string) {
    this.#options = options;
    this.#program = program;
    mkdirSync(options.directory, { recursive: true });
    this.databaseFile = join(options.directory, 'tables.sqlite');
    this.#record = join(options.directory, 'engine.pid');
  }

  async start(): Promise<void> {
    await endOrphan(this.#record, this.databaseFile);
    const port = await freePort();
    const child = spawn(this.#program, ['serve', '--port', String(port), '--db-path', this.databaseFile], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {},
      // A group of its own: Ctrl-C is for this process, which ends the engine when the rest has ended.
      detached: true,
    });
    this.#child = child;
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (line.trim() && !usualLine.test(line)) this.#options.log(`DynamoDB engine: ${line}`);
    });
    const guard = endWithParent(child);
    child.once('exit', (code, signal) => {
      guard?.kill('SIGKILL');
      if (this.#child !== child || this.#isStopping) return;
      this.#options.log(`The DynamoDB engine ended (${signal ?? code}); it is started again.`);
      this.#restart = setTimeout(() => void this.#startAgain(), restartDelayMs);
    });
    writeFileSync(this.#record, String(child.pid));
    this.client.endpoint = `http://127.0.0.1:${port}`;
    await this.client.untilReady(startTimeoutMs);
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  kill(): void {
    this.#child?.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#restart);
    this.client.close();
    const child = this.#child;
    if (child && child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      const impatience = setTimeout(() => child.kill('SIGKILL'), 3_000);
      await ended;
      clearTimeout(impatience);
    }
    rmSync(this.#record, { force: true });
  }

  async #startAgain(): Promise<void> {
    if (this.#isStopping) return;
    try {
      await this.start();
    } catch (error) {
      this.#options.log(`The DynamoDB engine does not start: ${error}`);
      this.#child?.kill('SIGKILL');
      if (!this.#isStopping) this.#restart = setTimeout(() => void this.#startAgain(), 1_000);
    }
  }
}

/**
 * Ends `child` when this process ends, even by kill -9: a shell waits at a pipe that only we hold open. The engine
 * itself would live on, keeping its port and its file.
 */
function endWithParent(child: ChildProcess): ChildProcess | undefined {
  if (child.pid === undefined) return undefined;
  const guard = spawn('/bin/sh', ['-c', 'read -r _; kill -9 "$1"', 'sh', String(child.pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    env: {},
  });
  guard.unref();
  guard.stdin?.on('error', () => {});
  return guard;
}

/** Ends an engine that an earlier process left behind on the same file. */
async function endOrphan(record: string, databaseFile: string): Promise<void> {
  if (!existsSync(record)) return;
  const pid = Number(readFileSync(record, 'utf8'));
  const isOurs = () => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(databaseFile);
    } catch {
      return false;
    }
  };
  if (isOurs()) {
    process.kill(pid, 'SIGKILL');
    for (let waited = 0; isOurs() && waited < 5_000; waited += 20)
      await new Promise((resolve) => setTimeout(resolve, 20));
  }
  rmSync(record, { force: true });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
