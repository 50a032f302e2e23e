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

/** Drivers start their shifts this long before the first mall opens. */
const earlyMs = 10 * 60_000;

/** How fast the demo's business time runs: slow for people, and straight through nights. */
export class Pace {
  readonly #options: PaceOptions;

  constructor(options: PaceOptions) {
    this.#options = options;
  }

  /** Looks at what there is to wait for; called a few times each wall second. */
  adjust(): void {
    const { clock, speed, isPersonAsked } = this.#options;
    const wanted = isPersonAsked() ? Math.min(1, speed) : speed;
    if (clock.speed !== wanted) clock.setSpeed(wanted);
    this.#skipNight();
  }

  #skipNight(): void {
    const { clock, malls, openCount } = this.#options;
    const now = clock.now();
    if (openCount() !== 0 || malls.some((mall) => isOpen(mall, now))) return;
    const openings = malls.map((mall) => nextOpening(mall, now)).filter((at) => at !== null);
    if (openings.length > 0) clock.jumpTo(Math.min(...openings) - earlyMs);
  }
}
