import { type MemoryUse, noMemory } from '../memory.ts';

/** What was resident, in whole MB, while each quarter of the orders came to its end. */
export type MbByQuarter = Record<keyof MemoryUse, number[]>;

const parts = ['host', 'functions', 'engine'] as const satisfies readonly (keyof MemoryUse)[];
const quarters = 4;
/** The first quarter warms up; from the second on, whatever grows with the day shows. */
const settledIn = 1;
const tolerated = 1.25;
/** A process of few MB takes a quarter more for a buffer or two. */
const toleratedMb = 16;

/** Keeps what was seen of memory over a day of orders. */
export class MemoryByQuarter {
  readonly #seen: MemoryUse[][] = Array.from({ length: quarters }, () => []);

  /** `share` of the orders have ended. */
  see(share: number, use: MemoryUse): void {
    this.#seen[Math.min(quarters - 1, Math.floor(share * quarters))]!.push(use);
  }

  get peakMb(): MbByQuarter {
    return this.#by((sorted) => sorted.at(-1)!);
  }

  /** The median: a moment's work that takes much and gives it back says nothing of what is kept. */
  get usualMb(): MbByQuarter {
    return this.#by((sorted) => sorted[Math.floor(sorted.length / 2)]!);
  }

  #by(choose: (sorted: number[]) => number): MbByQuarter {
    const ofPart = (part: keyof MemoryUse) =>
      this.#seen.map((uses) => {
        const seen = uses.length > 0 ? uses : [noMemory];
        return Math.round(choose(seen.map((use) => use[part]).sort((a, b) => a - b)));
      });
    return Object.fromEntries(parts.map((part) => [part, ofPart(part)])) as MbByQuarter;
  }
}

/** Whose memory grew with the day: its last quarter usually took a quarter more than its second, and more than a few MB. */
export function growing(usualMb: MbByQuarter): string[] {
  return parts.flatMap((part) => {
    const [before, last] = [usualMb[part][settledIn]!, usualMb[part].at(-1)!];
    const grew = before > 0 && last > Math.max(before * tolerated, before + toleratedMb);
    return grew ? [`The memory of ${part} grew with the day: ${usualMb[part].join(', ')} MB by quarter.`] : [];
  });
}
