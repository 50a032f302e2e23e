import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';

/** How far a seeded check goes: rounds `seed`, `seed + 1`, … `seed + rounds - 1`. */
export interface Rounds {
  readonly seed: number;
  readonly rounds: number;
}

/** One line of the file named by LONG_REPORT: what `npm run test:long` prints and digests. */
export interface RoundsReport extends Rounds {
  readonly check: string;
  /** sha256 (hex) of the outcomes: the same seed and rounds give the same digest on any machine. */
  readonly digest: string;
}

/**
 * The rounds asked for by the environment: SEED (the first seed, default 1) and ROUNDS (how many,
 * default `defaultRounds`). Throws when either is not a whole number that makes sense.
 */
export function rounds(defaultRounds: number): Rounds {
  return {
    seed: wholeNumber('SEED', 1, 0),
    rounds: wholeNumber('ROUNDS', defaultRounds, 1),
  };
}

/**
 * Appends the outcome of a finished check to the file named by LONG_REPORT; does nothing without it.
 * `outcomes` is what every run of these rounds must repeat exactly: winners, statuses, counts; no
 * ids, no wall times. Call it once, after the last round has passed.
 */
export function report(check: string, { seed, rounds }: Rounds, outcomes: unknown): void {
  const file = process.env.LONG_REPORT;
  if (file === undefined || file === '') return;
  const line: RoundsReport = { check, seed, rounds, digest: digestOf(outcomes) };
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}

/** sha256 (hex) of a value as JSON with its keys sorted. */
export function digestOf(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(value)) ?? 'undefined')
    .digest('hex');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value instanceof Map) return sorted(Object.fromEntries(value));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

function wholeNumber(name: string, otherwise: number, least: number): number {
  const given = process.env[name];
  if (given === undefined || given === '') return otherwise;
  const value = Number(given);
  if (!Number.isSafeInteger(value) || value < least) {
    throw new Error(`${name}=${given} must be a whole number of at least ${least}.`);
  }
  return value;
}
