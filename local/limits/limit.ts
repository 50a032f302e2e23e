import type { AssemblyUnderCheck } from './assembly-under-check.ts';

/** How much of a limit one thing takes. */
export interface Measurement {
  /** `stack/LogicalId`, or `stack` where the stack itself is measured. */
  where: string;
  value: number;
  /** What was found there, when the number alone does not tell. */
  found?: string;
}

/** A quota of AWS, or a rule of ours about quotas, that a template can break before anything is deployed. */
export interface Limit {
  /** With its unit. */
  name: string;
  allowed: number;
  /** Where AWS says so. */
  source: string;
  /** What to do about a breach. */
  mend: string;
  measure(assembly: AssemblyUnderCheck): Measurement[];
}

export interface Finding {
  limit: string;
  allowed: number;
  /** Undefined where the assembly has nothing of the kind. */
  worst: Measurement | undefined;
  breaches: Measurement[];
  mend: string;
  source: string;
}

export function check(limit: Limit, assembly: AssemblyUnderCheck): Finding {
  const { name, allowed, mend, source } = limit;
  const measured = limit.measure(assembly).toSorted((a, b) => b.value - a.value);
  return {
    limit: name,
    allowed,
    worst: measured[0],
    breaches: measured.filter(({ value }) => value > allowed),
    mend,
    source,
  };
}

/** Adds up what several things put on one. */
export function summed(parts: Measurement[]): Measurement[] {
  const sums = new Map<string, number>();
  for (const { where, value } of parts) sums.set(where, (sums.get(where) ?? 0) + value);
  return [...sums].map(([where, value]) => ({ where, value }));
}

/** Bytes of a text as AWS stores it. */
export function bytes(value: unknown): number {
  return Buffer.byteLength(typeof value === 'string' ? value : JSON.stringify(value));
}
