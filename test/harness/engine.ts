import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { DynamoDatabase } from '../../lambdas/adapters/dynamodb-database.ts';
import type { IndexName, Item, TableName } from '../../lambdas/application/database.ts';
import { dynamoDbService } from '../../local/dynamodb/dynamodb-service.ts';
import { startEngine } from '../../local/dynamodb/engine.ts';
import { deployTables, type TableDefinition } from '../../local/dynamodb/tables.ts';
import { clientSettings, countingMeter, serve } from '../local/service-server.ts';

/** The DynamoDB engine of the embedded cloud, with fresh tables whenever they are asked for. */
export interface TestEngine {
  openTables(): Promise<EngineTables>;
  stop(): Promise<void>;
}

export interface EngineTables {
  database: DynamoDatabase;
  client: DynamoDBClient;
  names: Record<TableName, string>;
  /** Everything that a table holds. */
  scan(table: TableName): Promise<Item[]>;
}

const indexes: Record<TableName, IndexName[]> = {
  orders: ['lists', 'due', 'dispatch'],
  fleet: ['lists', 'due'],
  catalogue: ['lists'],
  personal: [],
  requests: [],
};

export async function startTestEngine(): Promise<TestEngine> {
  const directory = mkdtempSync(join(tmpdir(), 'mallway-engine-'));
  const engine = await startEngine({ directory, log: () => {} });
  const server = await serve(dynamoDbService({ client: engine.client, meter: countingMeter(), onWrite: () => {} }));
  const client = new DynamoDBClient(clientSettings(server.port));
  let opened = 0;
  return {
    openTables: async () => {
      opened += 1;
      const names = Object.fromEntries(
        Object.keys(indexes).map((table) => [table, `${table}-${opened}`]),
      ) as EngineTables['names'];
      await deployTables(
        engine.client,
        (Object.keys(indexes) as TableName[]).map((table) => definition(names[table], indexes[table])),
      );
      return {
        client,
        names,
        database: new DynamoDatabase(names, client),
        scan: (table) => scan(client, names[table]),
      };
    },
    stop: async () => {
      client.destroy();
      server.close();
      await engine.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function scan(client: DynamoDBClient, TableName: string): Promise<Item[]> {
  const found: Item[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName, ConsistentRead: true })) {
    found.push(...Items.map((item) => unmarshall(item) as Item));
  }
  return found;
}

/** A table keyed and indexed as lib/data-stack.ts makes them. */
function definition(name: string, its: IndexName[]): TableDefinition {
  const attribute = { lists: 'list', due: 'due', dispatch: 'dispatch' } as const;
  const keyed = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: 'HASH' as const },
    { AttributeName: range, KeyType: 'RANGE' as const },
  ];
  const names = its.flatMap((index) => [`${attribute[index]}Pk`, `${attribute[index]}Sk`]);
  return {
    name,
    properties: {
      AttributeDefinitions: ['pk', 'sk', ...names].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S' as const,
      })),
      KeySchema: keyed('pk', 'sk'),
      BillingMode: 'PAY_PER_REQUEST',
      ...(its.length > 0 && {
        GlobalSecondaryIndexes: its.map((index) => ({
          IndexName: index,
          KeySchema: keyed(`${attribute[index]}Pk`, `${attribute[index]}Sk`),
          Projection: { ProjectionType: 'KEYS_ONLY' as const },
        })),
      }),
    },
  };
}
