import { join } from 'node:path';
import { expect } from 'vitest';
import { readInstance } from '../../../local/replay/instance.ts';
import { type Progress, replay } from '../../../local/replay/replay.ts';
import { sharedAssembly } from '../../assembly.ts';
import { temporaryFolder } from '../folder.ts';
import { test } from '../with-engine.ts';
import { writeInstance } from './instance-files.ts';

test('two replays of a seed deliver every order, and agree to the second', { timeout: 240_000 }, async () => {
  const folder = temporaryFolder();
  const [instance, assemblyDirectory] = await Promise.all([readInstance(writeInstance(folder)), sharedAssembly()]);
  const seen: Progress[] = [];
  const play = (name: string) =>
    replay({
      instance,
      assemblyDirectory,
      dataDirectory: join(folder, name),
      seed: 3,
      count: 4,
      speed: 'max',
      onProgress: (progress) => seen.push(progress),
    });
  // One beside the other, so that each finds a machine of another speed at every step.
  const [first, second] = await Promise.all([play('first'), play('second')]);
  expect(first.problems).toEqual([]);
  expect(first.outcomes.flatMap(({ violations }) => violations)).toEqual([]);
  expect(first.figures).toMatchObject({ placed: 4, delivered: 4, lost: 0, seed: 3, instance: 'small' });
  expect(first.outcomes).toEqual(second.outcomes);
  expect(second.figures.digest).toBe(first.figures.digest);
  // Nobody is at the door before the goods are ready, or later than the promise of two hours.
  const minutes = first.outcomes.map(({ clickToDoorSeconds }) => clickToDoorSeconds! / 60);
  expect(Math.min(...minutes)).toBeGreaterThan(8);
  expect(Math.max(...minutes)).toBeLessThan(120);
  expect(first.figures.transitionsPerOrder).toBeLessThanOrEqual(14);
  expect(first.figures.costPerOrderUsd['Step Functions']).toBeGreaterThan(0.0002);
  expect(seen.at(-1)).toMatchObject({ total: 4, placed: 4, settled: 4 });
});
