import { defineConfig } from 'vitest/config';

/**
 * Whose tests leave nothing behind in their process, so that the next file may go on in it: half of their time was its
 * start.
 */
const sharing = 'adapters application architecture corpus domain leaks lib races web workflow'.split(' ');
const inFolders = (folders: string) => [`test/${folders}/**/*.test.ts`, `test/${folders}/**/*.test.tsx`];

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 240_000,
    pool: 'forks',
    maxWorkers: 3,
    projects: [
      { extends: true, test: { name: 'shared process', include: inFolders(`{${sharing.join(',')}}`), isolate: false } },
      { extends: true, test: { name: 'process of its own', include: inFolders(`!(${sharing.join('|')})`) } },
    ],
  },
});
