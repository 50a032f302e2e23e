import type { Throttling } from './definition.ts';

/** Throttling as API Gateway does it; `now` in ms of the clock that refills it. */
export class TokenBucket {
  readonly #throttling: Throttling;
  #tokens: number;
  #filledAt: number;

  constructor(throttling: Throttling, now: number) {
    this.#throttling = throttling;
    this.#tokens = throttling.burstLimit;
    this.#filledAt = now;
  }

  take(now: number): boolean {
    const { rateLimit, burstLimit } = this.#throttling;
    this.#tokens = Math.min(burstLimit, this.#tokens + (Math.max(0, now - this.#filledAt) / 1000) * rateLimit);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
