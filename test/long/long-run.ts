import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { digestOf } from '../harness/rounds.ts';
import type { Unit } from './checks.ts';

/** What came of one unit. */
export interface UnitOutcome {
  /** `skipped`: nothing went wrong, and nothing was checked. */
  readonly verdict: 'ok' | 'failed' | 'skipped';
  /** sha256 (hex) over what the checks of the unit reported. */
  readonly digest: string;
  readonly wallSeconds: number;
  /** What it said, where it failed. */
  readonly said?: string;
}

export interface UnitResult extends UnitOutcome {
  readonly name: string;
  readonly seed: number;
  readonly rounds: number;
  /** Done by an earlier run that was ended before its end. */
  readonly isKept: boolean;
}

export interface Summary {
  readonly ok: boolean;
  readonly units: number;
  readonly failed: number;
  readonly skipped: number;
  /** The same for the same seeds on any machine, however often the run was ended and taken up again. */
  readonly digest: string;
}

export interface LongRunOptions {
  readonly units: readonly Unit[];
  /** Keeps what is done; gone once all is. */
  readonly stateFile: string;
  /** What is done counts only for the sources it was done with. */
  readonly sources: string;
  readonly run: (unit: Unit) => Promise<UnitOutcome>;
  readonly onResult: (result: UnitResult) => void;
}

type Kept = Pick<UnitResult, 'name' | 'seed' | 'rounds' | 'digest' | 'wallSeconds'> & { sources: string };

/** Runs what is not done yet, one unit after another; a failure does not keep the others from being tried. */
export async function longRun(options: LongRunOptions): Promise<Summary> {
  const { units, stateFile, sources, run, onResult } = options;
  const kept = keptOf(stateFile).filter((one) => one.sources === sources);
  const results: UnitResult[] = [];
  keep(stateFile, kept);
  for (const unit of units) {
    const { seed, rounds } = unit;
    const { name } = unit.check;
    const done = kept.find((one) => one.name === name && one.seed === seed && one.rounds === rounds);
    const outcome: UnitOutcome = done ? { ...done, verdict: 'ok' } : await run(unit);
    const { verdict, digest, wallSeconds, said } = outcome;
    const result = { name, seed, rounds, verdict, digest, wallSeconds, isKept: done !== undefined };
    if (verdict === 'ok' && !done) {
      kept.push({ name, seed, rounds, digest, wallSeconds, sources });
      keep(stateFile, kept);
    }
    results.push(result);
    onResult({ ...result, ...(said !== undefined && { said }) });
  }
  const count = (verdict: UnitOutcome['verdict']) => results.filter((result) => result.verdict === verdict).length;
  const failed = count('failed');
  if (failed === 0) rmSync(stateFile, { force: true });
  const digest = digestOf(results.map(({ name, seed, rounds, digest: of }) => [name, seed, rounds, of]));
  return { ok: failed === 0, units: results.length, failed, skipped: count('skipped'), digest };
}

/** A digest of files that changes with any of them. */
export function digestOfFiles(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of [...files].sort()) hash.update(file).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

function keptOf(file: string): Kept[] {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Kept[]) : [];
}

/** In one step: a kill leaves what was there, or all of the new. */
function keep(file: string, kept: Kept[]): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(kept));
  renameSync(`${file}.new`, file);
}
