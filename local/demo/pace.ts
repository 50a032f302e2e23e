import type { RunningClock } from '../clock.ts';
import { isOpen, nextOpening } from './opening-hours.ts';

export interface PaceOptions {
  clock: Pick<RunningClock, 'now' | 'speed' | 'setSpeed' | 'jumpTo'>;
  /** Business seconds a wall second while nobody has to answer. */
  speed: number;
  malls: Parameters<typeof isOpen>[0][];
  /** True while an actor that a person plays has an offer to answer or a card to touch. */
  isPersonAsked: () => boolean;
  /** Open orders, or null while that is not known. */
  openCount: () => number | null;
}

/** Wall ms for one look at the open orders that a machine with time to spare needs at most. */
const easyLookMs = 400;
/** A machine that is busy with other things gets this share of the speed at least. */
const leastShare = 1 / 20;

/** Drivers start their shifts this long before the first mall opens. */
const earlyMs = 10 * 60_000;

/** How fast the demo's business time runs: slow for people, and straight through nights. */
export class Pace {
  readonly #options: PaceOptions;
  #usualLookMs = 0;

  constructor(options: PaceOptions) {
    this.#options = options;
  }

  /** How long (wall ms) the machine needed for a look: a busy one gets slower time rather than missed deadlines. */
  looked(lookMs: number): void {
    this.#usualLookMs = this.#usualLookMs * 0.7 + lookMs * 0.3;
  }

  /** Looks at what there is to wait for; called a few times each wall second. */
  adjust(): void {
    const { clock, isPersonAsked } = this.#options;
    const wanted = isPersonAsked() ? Math.min(1, this.#speed()) : this.#speed();
    if (clock.speed !== wanted) clock.setSpeed(wanted);
    this.#skipNight();
  }

  #speed(): number {
    const { speed } = this.#options;
    if (this.#usualLookMs <= easyLookMs) return speed;
    return Math.max(1, Math.round(speed * Math.max(leastShare, easyLookMs / this.#usualLookMs)));
  }

  #skipNight(): void {
    const { clock, malls, openCount } = this.#options;
    const now = clock.now();
    if (openCount() !== 0 || malls.some((mall) => isOpen(mall, now))) return;
    const openings = malls.map((mall) => nextOpening(mall, now)).filter((at) => at !== null);
    if (openings.length > 0) clock.jumpTo(Math.min(...openings) - earlyMs);
  }
}
