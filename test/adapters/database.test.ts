import { afterAll, beforeAll, describe, test } from 'vitest';
import { MemoryDatabase } from '../../lambdas/adapters/memory-database.ts';
import { startTestEngine, type TestEngine } from '../harness/engine.ts';
import { hasEngine } from '../local/with-engine.ts';
import { databaseContract } from './database-contract.ts';

databaseContract('the twin in memory', async () => new MemoryDatabase());

if (hasEngine) {
  describe('with the embedded engine', () => {
    let engine: TestEngine;

    beforeAll(async () => {
      engine = await startTestEngine();
    });

    afterAll(() => engine.stop());

    databaseContract('the tables in DynamoDB', async () => (await engine.openTables()).database);
  });
} else {
  test.skip('the tables in DynamoDB: the engine @dynoxide/linux-x64 is not installed on this host', () => {});
}
