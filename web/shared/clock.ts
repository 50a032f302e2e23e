import { signal } from '@preact/signals';

/**
 * Business time as the pages show it. A snapshot corrects it; between two snapshots it goes on at the speed that is
 * known, or at the one that the last two snapshots show. Without any snapshot it is the device's own clock.
 */
export class BusinessClock {
  /** Epoch ms of business time, as of the last tick. */
  readonly now;
  /** Business seconds per second of the wall. */
  readonly speed;
  readonly #wallNow: () => number;
  #base: { businessMs: number; wallMs: number } | null = null;

  constructor(wallNow: () => number = () => Date.now()) {
    this.#wallNow = wallNow;
    this.now = signal(wallNow());
    this.speed = signal(1);
  }

  /** Takes the `now` of a snapshot, and the speed where the snapshot says it. */
  observe(now: string, speed?: number): void {
    const businessMs = Date.parse(now);
    if (Number.isNaN(businessMs)) return;
    const wallMs = this.#wallNow();
    const before = this.#base;
    if (speed !== undefined) this.speed.value = speed;
    else if (before && wallMs - before.wallMs >= 1000) {
      this.speed.value = plausibleSpeed((businessMs - before.businessMs) / (wallMs - before.wallMs));
    }
    this.#base = { businessMs, wallMs };
    this.tick();
  }

  tick(): void {
    const base = this.#base;
    const wallMs = this.#wallNow();
    this.now.value = base ? base.businessMs + (wallMs - base.wallMs) * this.speed.value : wallMs;
  }

  /** Ticks every second until the page is left. */
  start(): void {
    setInterval(() => this.tick(), 1000);
  }
}

/** Network delay makes a clock at ×1 look like ×0.9 or ×1.2; a jump over a night is no speed. */
function plausibleSpeed(measured: number): number {
  if (measured < 1.5) return 1;
  return measured > 600 ? 1 : Math.round(measured);
}

export const clock = new BusinessClock();
