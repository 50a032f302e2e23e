/**
 * The account's concurrent executions (10 in a new AWS account). AWS refuses the next one at once; here it may wait
 * a short wall time first, because a laptop is slower than the service and a burst would otherwise look like a fault.
 */
export class ConcurrencyLimit {
  readonly #limit: number;
  readonly #maximumWaitMs: number;
  #inUse = 0;
  #waiting: { grant: () => void }[] = [];

  constructor(limit: number, maximumWaitMs: number) {
    this.#limit = limit;
    this.#maximumWaitMs = maximumWaitMs;
  }

  get inUse(): number {
    return this.#inUse;
  }

  /** True once a place is ours (give it back with `release`), false if none came free in time. */
  acquire(): Promise<boolean> {
    if (this.#inUse < this.#limit) {
      this.#inUse++;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      const waiter = {
        grant: () => {
          clearTimeout(timer);
          resolve(true);
        },
      };
      const timer = setTimeout(() => {
        this.#waiting = this.#waiting.filter((other) => other !== waiter);
        resolve(false);
      }, this.#maximumWaitMs);
      this.#waiting.push(waiter);
    });
  }

  /** Hands the place to whoever has waited longest. */
  release(): void {
    const next = this.#waiting.shift();
    if (next) next.grant();
    else this.#inUse--;
  }
}
