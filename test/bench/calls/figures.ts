/** Wall milliseconds of one thing done many times. */
export class Samples {
  readonly #byName = new Map<string, number[]>();

  add(name: string, wallMs: number): void {
    const samples = this.#byName.get(name) ?? [];
    samples.push(wallMs);
    this.#byName.set(name, samples);
  }

  /** Null where there are none. The p-th percentile is the smallest sample that at least p % do not exceed. */
  percentile(name: string, percent: number): number | null {
    const sorted = [...(this.#byName.get(name) ?? [])].sort((left, right) => left - right);
    if (sorted.length === 0) return null;
    return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)]!;
  }
}

/** One call's figures. Milliseconds of wall time; `ratio` is of the warm medians, the cloud's to the bare handler's. */
export interface CallFigures {
  call: string;
  coldMs: number | null;
  p50Ms: number | null;
  p99Ms: number | null;
  bareP50Ms: number | null;
  bareP99Ms: number | null;
  ratio: number | null;
}

export function callFigures(call: string, { cold, warm, bare }: Record<'cold' | 'warm' | 'bare', Samples>) {
  const p50Ms = warm.percentile(call, 50);
  const bareP50Ms = bare.percentile(call, 50);
  const figures: CallFigures = {
    call,
    coldMs: cold.percentile(call, 50),
    p50Ms,
    p99Ms: warm.percentile(call, 99),
    bareP50Ms,
    bareP99Ms: bare.percentile(call, 99),
    ratio: p50Ms !== null && bareP50Ms !== null ? p50Ms / bareP50Ms : null,
  };
  return figures;
}
