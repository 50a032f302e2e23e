import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { SecretStore } from '../../../local/secrets/secret-store.ts';

test('a secret is drawn once, survives a restart, and is gone for good once the template has it no more', () => {
  const database = new DatabaseSync(':memory:');
  const store = new SecretStore(database);
  expect([store.value('one', () => 'a'), store.value('two', () => 'b')]).toEqual(['a', 'b']);
  const again = new SecretStore(database);
  expect([again.value('one', () => 'c'), again.value('two', () => 'c')]).toEqual(['a', 'b']);
  again.keepOnly(['two', 'three']);
  expect([again.value('one', () => 'd'), again.value('two', () => 'd')]).toEqual(['d', 'b']);
});
