import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { synthesise } from '../../../local/synthesise.ts';
import { temporaryFolder } from '../folder.ts';

test('an assembly is made when it was made from other sources, and only then', async () => {
  const folder = temporaryFolder();
  const manifest = join(folder, 'manifest.json');
  writeFileSync(join(folder, 'made-from.txt'), 'other sources');
  await synthesise(folder);
  expect(existsSync(manifest)).toBe(true);
  rmSync(manifest);
  await synthesise(folder);
  expect(existsSync(manifest), 'it is made again').toBe(false);
});
