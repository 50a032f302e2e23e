import { type MemoryUse, noMemory } from '../memory.ts';

/** The most that was resident, in whole MB, while each quarter of the orders came to its end. */
export type PeakMb = Record<keyof MemoryUse, number[]>;

const parts = ['host', 'functions', 'engine'] as const satisfies readonly (keyof MemoryUse)[];
const quarters = 4;
/** The first quarter warms up; from the second on, whatever grows with the day shows. */
const settledIn = 1;
const tolerated = 1.25;

/** Keeps the peaks of memory over a day of orders. */
export class MemoryByQuarter {
  readonly #peaks: MemoryUse[] = Array.from({ length: quarters }, () => noMemory);

  /** `share` of the orders have ended. */
  see(share: number, use: MemoryUse): void {
    const quarter = Math.min(quarters - 1, Math.floor(share * quarters));
    const peak = this.#peaks[quarter]!;
    this.#peaks[quarter] = {
      host: Math.max(peak.host, use.host),
      functions: Math.max(peak.functions, use.functions),
      engine: Math.max(peak.engine, use.engine),
    };
  }

  get peakMb(): PeakMb {
    return Object.fromEntries(
      parts.map((part) => [part, this.#peaks.map((peak) => Math.round(peak[part]))]),
    ) as unknown as PeakMb;
  }
}

/** Whose memory grew with the day: its last quarter took a quarter more than its second. */
export function growing(peakMb: PeakMb): string[] {
  return parts.flatMap((part) => {
    const [before, last] = [peakMb[part][settledIn]!, peakMb[part].at(-1)!];
    const grew = before > 0 && last > before * tolerated;
    return grew ? [`The memory of ${part} grew with the day: ${peakMb[part].join(', ')} MB by quarter.`] : [];
  });
}
