import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { descendantsOf, isAlive, type ProcessId } from './processes.ts';

const root = join(import.meta.dirname, '../..');
const startTimeoutMs = 90_000;
const endTimeoutMs = 20_000;

export interface HostOptions {
  dataDirectory: string;
  /** Business seconds in a wall second, until the control port is told otherwise. */
  speed: number;
  seed: string;
  /** When a new data folder begins, ISO 8601. */
  startAt: string;
  /** Told of every `order` line. */
  onOrder: (id: string, status: string) => void;
}

interface Ready {
  url: string;
  controlUrl: string;
  pid: number;
}

/**
 * `npm start` as its own process group on one data folder, started as often as it is killed. The public port stays
 * what it was at first, as for somebody who starts it again.
 */
export class HostProcess {
  readonly #options: HostOptions;
  #child: ChildProcess | undefined;
  #ready: Ready | undefined;
  #url = '';
  readonly #complaintsSeen = new Set<string>();
  #ended: Promise<string> = Promise.resolve('never started');

  constructor(options: HostOptions) {
    this.#options = options;
  }

  /** The public port. */
  get url(): string {
    return this.#url;
  }

  get pid(): number {
    if (this.#child?.pid === undefined) throw new Error('The host does not run.');
    return this.#child.pid;
  }

  async start(): Promise<void> {
    const { dataDirectory, speed, seed, startAt } = this.#options;
    mkdirSync(join(dataDirectory, 'logs'), { recursive: true, mode: 0o700 });
    const port = this.#url === '' ? '0' : new URL(this.#url).port;
    const args = ['--port', port, '--data-dir', dataDirectory, '--speed', String(speed), '--seed', seed];
    const child = spawn(
      process.execPath,
      [join(root, 'local/start.ts'), ...args, '--start-at', startAt, '--no-demo', '--json'],
      { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.#child = child;
    endWithThisProcess(child);
    const said: string[] = [];
    child.stderr.on('data', (chunk) => said.push(String(chunk)));
    child.stderr.pipe(createWriteStream(join(dataDirectory, 'logs', 'stderr.log'), { flags: 'a' }));
    this.#ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? `exit ${code}`)));
    this.#ready = await new Promise<Ready>((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`npm start ${why}:\n${said.join('')}`));
      const impatience = setTimeout(() => fail(`was not ready after ${startTimeoutMs} ms`), startTimeoutMs);
      void this.#ended.then((how) => fail(`ended (${how})`));
      createInterface({ input: child.stdout }).on('line', (line) => {
        const event = JSON.parse(line) as { event: string } & Ready & { id: string; status: string };
        if (event.event === 'order') this.#options.onOrder(event.id, event.status);
        if (event.event !== 'ready') return;
        clearTimeout(impatience);
        resolve(event);
      });
    });
    this.#url = this.#ready.url;
  }

  /** `kill -9` of this process alone, or of its whole group. Answers what descended from it, once it is dead. */
  async kill(whole: 'host' | 'group'): Promise<ProcessId[]> {
    const { pid } = this;
    const left = descendantsOf(pid);
    process.kill(whole === 'group' ? -pid : pid, 'SIGKILL');
    await this.#ended;
    return left;
  }

  /** `kill -9` of the DynamoDB engine alone; answers it. */
  killEngine(): ProcessId {
    const engine = this.engine();
    process.kill(engine.pid, 'SIGKILL');
    return engine;
  }

  engine(): ProcessId {
    const engine = descendantsOf(this.pid).find(({ command }) => /\bdynoxide serve\b/.test(command));
    if (!engine) throw new Error('No DynamoDB engine runs below the host.');
    return engine;
  }

  /** A signal to the whole group, as a terminal sends it. Answers how the host ended and what descended from it. */
  async signal(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): Promise<{ how: string; left: ProcessId[] }> {
    const { pid } = this;
    const left = descendantsOf(pid);
    process.kill(-pid, signal);
    return { how: await this.#ended, left };
  }

  /** Ends it whatever state it is in. */
  async end(): Promise<void> {
    if (!this.#child || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const { left } = await this.signal('SIGTERM');
    await gone(left);
  }

  async control<T>(method: string, path: string, body?: object): Promise<T> {
    const file = join(this.#options.dataDirectory, 'control.json');
    const { token } = JSON.parse(readFileSync(file, 'utf8')) as { token: string };
    const response = await fetch(`${this.#ready?.controlUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`The control port answered ${method} ${path} with ${response.status}.`);
    return (await response.json()) as T;
  }

  /** The lines of all logs, since the last time this was asked, that tell of something wrong; each with its file. */
  newComplaints(): string[] {
    const folder = join(this.#options.dataDirectory, 'logs');
    const isWrong = /^(cloud|stderr)\.log: |"level":"(ERROR|CRITICAL)"|"errorType"|\bError: /;
    const files = readdirSync(folder).filter((file) => file !== 'access.log');
    const lines = files
      .flatMap((file) => linesOf(join(folder, file)).map((line) => `${file}: ${line}`))
      .filter((line) => isWrong.test(line) && !this.#complaintsSeen.has(line));
    for (const line of lines) this.#complaintsSeen.add(line);
    return lines;
  }
}

/** A test run that is killed leaves no host behind: a shell waits at a pipe that only we hold open. */
function endWithThisProcess(child: ChildProcess): void {
  const script = 'read -r _; kill -9 "-$1"';
  const guard = spawn('/bin/sh', ['-c', script, 'sh', String(child.pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.unref();
  guard.stdin.on('error', () => {});
  child.once('exit', () => guard.kill('SIGKILL'));
}

function linesOf(file: string): string[] {
  return readFileSync(file, 'utf8').split('\n').filter(Boolean);
}

/** Answers those of the processes that have not ended by themselves after some seconds. */
export async function gone(processes: ProcessId[]): Promise<ProcessId[]> {
  const until = Date.now() + endTimeoutMs;
  for (;;) {
    const left = processes.filter(isAlive);
    if (left.length === 0 || Date.now() > until) return left;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
