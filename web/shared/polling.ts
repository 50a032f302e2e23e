import { signal } from '@preact/signals';
import { Problem, Unreachable } from './api.ts';

export type Connection = 'connecting' | 'live' | 'offline' | 'ended';

/**
 * Reads again and again while the page is visible. What was read last stays when a read fails; `failure` says why.
 * `read` answers with the ms until the next read, or null when there is nothing more to wait for.
 */
export class Poller {
  readonly connection = signal<Connection>('connecting');
  readonly failure = signal<Error | null>(null);
  readonly #read: () => Promise<number | null>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #queue: Promise<void> = Promise.resolve();

  constructor(read: () => Promise<number | null>) {
    this.#read = read;
  }

  start(): void {
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) void this.now();
    });
    window.addEventListener('online', () => void this.now());
    void this.now();
  }

  /** Reads at once, e.g. after an act. Two reads never overlap: the later one waits for the first. */
  now(): Promise<void> {
    const next = this.#queue.then(() => this.#once());
    this.#queue = next.catch(() => undefined);
    return next;
  }

  async #once(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.connection.value === 'ended') return;
    let nextMs: number | null = retryMs;
    try {
      nextMs = await this.#read();
      this.failure.value = null;
      this.connection.value = nextMs === null ? 'ended' : 'live';
    } catch (error) {
      this.failure.value = error as Error;
      this.connection.value = 'offline';
      if (!(error instanceof Unreachable || error instanceof Problem)) throw error;
    } finally {
      if (nextMs !== null && !document.hidden) this.#timer = setTimeout(() => void this.now(), jitter(nextMs));
    }
  }
}

const retryMs = 5000;

/** ±20 %, so that many pages do not ask in step. */
function jitter(ms: number): number {
  return ms * (0.8 + Math.random() * 0.4);
}
