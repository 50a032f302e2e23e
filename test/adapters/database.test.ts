import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { DynamoDatabase } from '../../lambdas/adapters/dynamodb-database.ts';
import { MemoryDatabase } from '../../lambdas/adapters/memory-database.ts';
import type { IndexName, TableName } from '../../lambdas/application/database.ts';
import { dynamoDbService } from '../../local/dynamodb/dynamodb-service.ts';
import { type Engine, startEngine } from '../../local/dynamodb/engine.ts';
import { deployTables, type TableDefinition } from '../../local/dynamodb/tables.ts';
import { clientSettings, countingMeter, type ServiceServer, serve } from '../local/service-server.ts';
import { databaseContract } from './database-contract.ts';

databaseContract('the twin in memory', async () => new MemoryDatabase());

if (isEngineInstalled()) {
  describe('with the embedded engine', () => {
    let engine: Engine;
    let server: ServiceServer;
    let opened = 0;
    const directory = mkdtempSync(join(tmpdir(), 'mallway-contract-'));

    beforeAll(async () => {
      engine = await startEngine({ directory, log: () => {} });
      server = await serve(dynamoDbService({ client: engine.client, meter: countingMeter(), onWrite: () => {} }));
    });

    afterAll(async () => {
      server.close();
      await engine.stop();
      rmSync(directory, { recursive: true, force: true });
    });

    databaseContract('the tables in DynamoDB', async () => {
      opened += 1;
      const tables = { orders: `orders-${opened}`, fleet: `fleet-${opened}` };
      await deployTables(engine.client, [
        table(tables.orders, ['lists', 'due', 'dispatch']),
        table(tables.fleet, ['lists', 'due']),
      ]);
      return new DynamoDatabase(
        tables satisfies Partial<Record<TableName, string>>,
        new DynamoDBClient(clientSettings(server.port)),
      );
    });
  });
} else {
  test.skip('the tables in DynamoDB: the engine @dynoxide/linux-x64 is not installed on this host', () => {});
}

function isEngineInstalled(): boolean {
  try {
    return import.meta.resolve('@dynoxide/linux-x64/dynoxide') !== '';
  } catch {
    return false;
  }
}

/** A table keyed and indexed as lib/data-stack.ts makes them. */
function table(name: string, indexes: IndexName[]): TableDefinition {
  const attribute = { lists: 'list', due: 'due', dispatch: 'dispatch' } as const;
  const keyed = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: 'HASH' as const },
    { AttributeName: range, KeyType: 'RANGE' as const },
  ];
  const names = indexes.flatMap((index) => [`${attribute[index]}Pk`, `${attribute[index]}Sk`]);
  return {
    name,
    properties: {
      AttributeDefinitions: ['pk', 'sk', ...names].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S' as const,
      })),
      KeySchema: keyed('pk', 'sk'),
      BillingMode: 'PAY_PER_REQUEST',
      GlobalSecondaryIndexes: indexes.map((index) => ({
        IndexName: index,
        KeySchema: keyed(`${attribute[index]}Pk`, `${attribute[index]}Sk`),
        Projection: { ProjectionType: 'KEYS_ONLY' as const },
      })),
    },
  };
}
