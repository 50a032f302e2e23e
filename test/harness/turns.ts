import type { SeededRandom } from './random.ts';

/**
 * Decides who goes on next. Everybody who waits for an answer waits here; one at a time goes on, and the next only
 * after everything that one set off has come to rest. With a generator the seed chooses; without, first come first.
 */
export class Turns {
  readonly #random: SeededRandom | undefined;
  readonly #waiting: (() => void)[] = [];
  #armed = false;

  constructor(random?: SeededRandom) {
    this.#random = random;
  }

  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#arm();
    });
  }

  #arm(): void {
    if (this.#armed) return;
    this.#armed = true;
    // After every microtask: what the last one set off consists of nothing else.
    setImmediate(() => {
      this.#armed = false;
      const [goesOn] = this.#waiting.splice(this.#random?.integer(this.#waiting.length) ?? 0, 1);
      if (this.#waiting.length > 0) this.#arm();
      goesOn!();
    });
  }
}
