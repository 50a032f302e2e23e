import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { mutants } from './mutants.ts';

interface Hunt {
  names: string[];
  seed: number;
  first: string | null;
}

const days = 8;
const patienceMs = 120_000;
const run = promisify(execFile);

async function hunt(...given: string[]): Promise<Hunt> {
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, 'hunt.ts'), ...given, String(days)]);
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Hunt;
}

test('without a mutant every invariant holds', { timeout: patienceMs }, async () => {
  expect(await hunt()).toEqual({ names: [], seed: days, first: null });
});

test.each(mutants)('$name: $caughtBy', { timeout: patienceMs }, async ({ name, caughtBy }) => {
  expect((await hunt(name)).names).toContain(caughtBy);
});
