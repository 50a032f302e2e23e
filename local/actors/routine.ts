import type { Clock, Timer } from '../clock.ts';

/** Somebody who looks at what is there and does what is due. */
export interface Actor {
  readonly id: string;
  /** Does all that is due now; answers the business instant (ms) of the next thing to do, or null when none is known. */
  step(): Promise<number | null>;
}

export interface RoutineOptions {
  clock: Clock;
  actor: Actor;
  /** Looks again after this long (business ms), even if nothing is expected. */
  pollMs?: number;
  /** While true the actor is left alone: somebody else plays it. */
  isPaused?: () => boolean;
  onError?: (actor: Actor, error: unknown) => void;
}

/** The published habit of actors: they look every half minute of business time. */
export const usualPollMs = 30_000;

/** Lets an actor act on business time: when it said it would, each poll, and when woken. Never twice at once. */
export class Routine {
  readonly #options: RoutineOptions;
  #timer: Timer | undefined;
  #acting: Promise<void> | undefined;
  #wokenMeanwhile = false;
  #stopped = false;

  constructor(options: RoutineOptions) {
    this.#options = options;
  }

  get actor(): Actor {
    return this.#options.actor;
  }

  /** Something happened that concerns the actor. */
  wake(): void {
    if (this.#acting) this.#wokenMeanwhile = true;
    else this.#at(this.#options.clock.now());
  }

  /** Ends after what is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#acting;
  }

  #at(due: number): void {
    this.#timer?.cancel();
    if (!this.#stopped) this.#timer = this.#options.clock.schedule(due, () => this.#act());
  }

  #act(): Promise<void> {
    this.#acting = this.#step().finally(() => {
      this.#acting = undefined;
    });
    return this.#acting;
  }

  async #step(): Promise<void> {
    const { clock, actor, pollMs = usualPollMs, isPaused, onError } = this.#options;
    this.#wokenMeanwhile = false;
    let next: number | null = null;
    if (!isPaused?.()) {
      try {
        next = await actor.step();
      } catch (error) {
        onError?.(actor, error);
      }
    }
    const now = clock.now();
    // At least one business second apart, so that an actor whose act is refused does not spin.
    const due = this.#wokenMeanwhile
      ? now
      : Math.max(now + 1_000, Math.min(next ?? Number.POSITIVE_INFINITY, now + pollMs));
    this.#at(due);
  }
}
