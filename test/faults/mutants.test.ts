import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { dispatchMutants } from './dispatch-mutants.ts';
import { mutants } from './mutants.ts';

interface Hunt {
  names: string[];
  seed: number;
  first: string | null;
}

const days = 8;
/** A mutant is caught on one of the first days; on which one changes with every call that any process makes. */
const huntedDays = 40;
const huntedRounds = 400;
const patienceMs = 120_000;
const run = promisify(execFile);
/** Each process loads the same few hundred modules, all but one or two unchanged. */
const env = {
  ...process.env,
  NODE_COMPILE_CACHE: join(import.meta.dirname, '../../node_modules/.cache/mallway/hunts'),
};

async function hunt(most: number, ...given: string[]): Promise<Hunt> {
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, 'hunt.ts'), ...given, String(most)], {
    env,
  });
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Hunt;
}

test('without a mutant every invariant holds', { timeout: patienceMs }, async () => {
  expect(await hunt(days)).toEqual({ names: [], seed: days, first: null });
});

// Each is a process of its own, and most of its life is one core at work.
test.concurrent.each(mutants)('$name: $caughtBy', { timeout: patienceMs }, async ({ name, caughtBy }) => {
  const { names } = await hunt(huntedDays, name);
  expect(caughtBy.split(' | ').filter((invariant) => names.includes(invariant))).not.toEqual([]);
});

test.concurrent.each(dispatchMutants)(
  'dispatch, $name: $caughtBy',
  { timeout: patienceMs },
  async ({ name, caughtBy }) => {
    const { names } = await hunt(huntedRounds, name);
    expect(caughtBy.split(' | ').filter((invariant) => names.includes(invariant))).not.toEqual([]);
  },
);
