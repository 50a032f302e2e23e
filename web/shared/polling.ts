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
  #running: Promise<void> | null = null;

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
  async now(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.connection.value === 'ended') return;
    await this.#running;
    this.#running = this.#once();
    await this.#running;
    this.#running = null;
  }

  async #once(): Promise<void> {
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
      clearTimeout(this.#timer);
      if (nextMs !== null && !document.hidden) this.#timer = setTimeout(() => void this.now(), jitter(nextMs));
    }
  }
}

const retryMs = 5000;

/** ±20 %, so that many pages do not ask in step. */
function jitter(ms: number): number {
  return ms * (0.8 + Math.random() * 0.4);
}
