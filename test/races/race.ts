import { relative } from 'node:path';
import { expect, test } from 'vitest';
import { isRejection } from '../../lambdas/domain/rejection.ts';
import type { FaultPlan } from '../harness/faults.ts';
import { bringHome } from '../harness/home.ts';
import { breachesAtEnd, breachesNow } from '../harness/invariants.ts';
import { type Rounds, report, rounds } from '../harness/rounds.ts';
import { World } from '../harness/world.ts';

/** Rounds in `npm test`; `npm run test:long` asks for 200 and more. */
const roundsInShort = 25;
/** What one round may take on a machine that is busy with other things. */
export const patienceMs = 2_000;
/** With fewer rounds than this, an outcome may be missing by chance. */
const roundsToSeeAll = 20;

export interface Race {
  /** The file that runs it, to name how to run one round again: `import.meta.filename`. */
  file: string;
  /** What may go wrong beside the interleaving. */
  faults?: FaultPlan;
  rounds?: number;
  /**
   * One round: sets the scene, lets the rivals meet, and says in a few words how it ended. It throws where the
   * outcome is none that may be.
   */
  round: (world: World, seed: number) => Promise<string>;
  /** Every way in which it may end, each of which has to be seen. */
  outcomes: readonly string[];
  /** Ways in which it may end that some seeds do not show. */
  rare?: readonly string[];
}

/** Runs a race once for each seed; afterwards everybody goes home, and the invariants must hold. */
export function race(
  name: string,
  { file, faults = {}, rounds: short = roundsInShort, round, outcomes, rare = [] }: Race,
): void {
  const asked = rounds(short);
  test(name, { timeout: asked.rounds * patienceMs }, async () => {
    const seen = new Map<string, number>();
    for (let seed = asked.seed; seed < asked.seed + asked.rounds; seed++) {
      const outcome = await again(name, file, seed, async () => {
        const world = new World({ seed, faults });
        const ended = await round(world, seed);
        await world.settled();
        expect(breachesNow(world), 'right after the race').toEqual([]);
        await bringHome(world);
        expect(breachesAtEnd(world), 'at the end').toEqual([]);
        expect([...outcomes, ...rare], 'a documented outcome').toContain(ended);
        return ended;
      });
      seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
    }
    if (asked.rounds >= roundsToSeeAll) expect([...seen.keys()]).toEqual(expect.arrayContaining([...outcomes]));
    report(name, asked satisfies Rounds, seen);
  });
}

export async function again<T>(name: string, file: string, seed: number, round: () => Promise<T>): Promise<T> {
  try {
    return await round();
  } catch (error) {
    const path = relative(process.cwd(), file);
    (error as Error).message += `\nThis round alone: SEED=${seed} ROUNDS=1 npx vitest run ${path} -t '${name}'`;
    throw error;
  }
}

/** `done`, or the code of the rejection. */
export function verdict(outcome: unknown): string {
  return isRejection(outcome) ? outcome.code : 'done';
}
