import { fileURLToPath } from 'node:url';
import { test as anyTest } from 'vitest';

/** Whether the DynamoDB engine of the embedded cloud can run here: its package is made for some hosts only. */
export const hasEngine = ((): boolean => {
  if (process.env.DYNAMODB_ENDPOINT) return true;
  try {
    return Boolean(fileURLToPath(import.meta.resolve('@dynoxide/linux-x64/dynoxide')));
  } catch {
    console.warn('tests of the embedded cloud skipped: @dynoxide/linux-x64 is not installed on this host');
    return false;
  }
})();

/** A test that needs the engine; skipped, with a word, where there is none. */
export const test = anyTest.skipIf(!hasEngine);
