import type { Rounds } from '../harness/rounds.ts';

/** One long check: seeded rounds of tests, or a command of its own. */
export interface LongCheck {
  readonly name: string;
  /** Arguments of vitest, or of node. The rounds are told by the environment: SEED and ROUNDS. */
  readonly vitest?: readonly string[];
  readonly node?: readonly string[];
  /** A file or folder without which the check is skipped, from the root of the repository. */
  readonly needs?: string;
  /** Rounds for each seed of the run; a command that knows no rounds has 1. */
  readonly rounds: number;
  /** So many at a time: what a killed run loses at most. */
  readonly step: number;
  /** False for what is the same whatever the seed: it is done once. */
  readonly isSeeded: boolean;
}

/** Public data, which is not part of the product: 2,724 orders, 238 stores, 330 drivers. */
const largestDay = `${process.env.MALLWAY_BENCHMARKS ?? '../shared/benchmarks'}/mdrp/public_instances/5o100t100s1p100`;

export const longChecks: readonly LongCheck[] = [
  { name: 'domain', vitest: ['test/domain/properties.test.ts'], rounds: 2_000, step: 1_000, isSeeded: true },
  { name: 'races', vitest: ['test/races'], rounds: 1_000, step: 200, isSeeded: true },
  { name: 'engine', vitest: ['test/faults/engine.test.ts'], rounds: 50, step: 10, isSeeded: true },
  // Each of its orders has a seed of its own: done once, it is the same number of orders however many seeds are asked.
  { name: 'orders', vitest: ['test/faults/orders.test.ts'], rounds: 100_000, step: 2_000, isSeeded: false },
  // Its rounds are the seeds, as above.
  { name: 'dispatch', vitest: ['test/faults/dispatch.test.ts'], rounds: 100_000, step: 2_000, isSeeded: false },
  { name: 'kill-9', vitest: ['test/long/kill.test.ts'], rounds: 50, step: 10, isSeeded: true },
  {
    name: 'replay',
    node: ['bin/replay.ts', largestDay, '--steady', '--json'],
    needs: largestDay,
    rounds: 1,
    step: 1,
    isSeeded: false,
  },
  { name: 'scenarios', node: ['bin/scenario.ts', '--all', '--json'], rounds: 1, step: 1, isSeeded: false },
];

/** A part of a long run that is done, or not. */
export interface Unit extends Rounds {
  readonly check: LongCheck;
}

/** Everything that `seeds` seeds ask for; the rounds of seed n follow those of seed n - 1. */
export function unitsOf(checks: readonly LongCheck[], seeds: number): Unit[] {
  return checks.flatMap((check) => {
    const last = check.rounds * (check.isSeeded ? seeds : 1);
    const starts = Array.from({ length: Math.ceil(last / check.step) }, (_, index) => index * check.step);
    return starts.map((done) => ({ check, seed: done + 1, rounds: Math.min(check.step, last - done) }));
  });
}
