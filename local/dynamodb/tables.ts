import type { PropertiesOf } from '../assembly/resource-types.ts';
import { type EngineClient, EngineError } from './engine-client.ts';

/** AWS::DynamoDB::Table with its physical name. */
export interface TableDefinition {
  name: string;
  properties: PropertiesOf<'AWS::DynamoDB::Table'>;
}

interface Description {
  TableStatus: string;
  KeySchema: { AttributeName: string; KeyType: string }[];
  GlobalSecondaryIndexes?: {
    IndexName: string;
    IndexStatus: string;
    KeySchema: { AttributeName: string; KeyType: string }[];
  }[];
  StreamSpecification?: { StreamEnabled: boolean; StreamViewType?: string };
}

/** Creates the tables of the template, and brings those that exist into line with it, through the API alone. */
export async function deployTables(client: EngineClient, definitions: TableDefinition[]): Promise<void> {
  for (const definition of definitions) {
    const existing = await describe(client, definition.name);
    if (existing) await update(client, definition, existing);
    else await create(client, definition);
    await setTimeToLive(client, definition);
  }
}

async function describe(client: EngineClient, name: string): Promise<Description | undefined> {
  try {
    return (await client.call<{ Table: Description }>('DescribeTable', { TableName: name })).Table;
  } catch (error) {
    if (error instanceof EngineError && error.type === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

async function create(client: EngineClient, { name, properties }: TableDefinition): Promise<void> {
  const { AttributeDefinitions, KeySchema, BillingMode, GlobalSecondaryIndexes, StreamSpecification } = properties;
  await client.call('CreateTable', {
    TableName: name,
    AttributeDefinitions,
    KeySchema,
    BillingMode,
    ...(GlobalSecondaryIndexes && { GlobalSecondaryIndexes }),
    ...(StreamSpecification && { StreamSpecification: { StreamEnabled: true, ...StreamSpecification } }),
  });
  await untilActive(client, name);
}

async function update(client: EngineClient, { name, properties }: TableDefinition, existing: Description) {
  if (keys(existing.KeySchema) !== keys(properties.KeySchema)) {
    throw new Error(
      `Table ${name} has the key (${keys(existing.KeySchema)}) and the template wants (${keys(properties.KeySchema)}), ` +
        'which no table can change: start on a new data folder.',
    );
  }
  const wanted = new Map((properties.GlobalSecondaryIndexes ?? []).map((index) => [index.IndexName, index]));
  const present = new Map((existing.GlobalSecondaryIndexes ?? []).map((index) => [index.IndexName, index]));
  // DynamoDB changes one index at a time.
  for (const [IndexName, { KeySchema }] of present) {
    const same = wanted.get(IndexName);
    if (same && keys(same.KeySchema) === keys(KeySchema)) continue;
    await change(client, name, { GlobalSecondaryIndexUpdates: [{ Delete: { IndexName } }] });
    present.delete(IndexName);
  }
  for (const [IndexName, index] of wanted) {
    if (present.has(IndexName)) continue;
    const { AttributeDefinitions } = properties;
    await change(client, name, { AttributeDefinitions, GlobalSecondaryIndexUpdates: [{ Create: index }] });
  }
  await setStream(client, name, properties.StreamSpecification?.StreamViewType, existing.StreamSpecification);
}

async function setStream(
  client: EngineClient,
  name: string,
  wanted: string | undefined,
  existing: Description['StreamSpecification'],
): Promise<void> {
  const present = existing?.StreamEnabled ? existing.StreamViewType : undefined;
  if (wanted === present) return;
  if (present) await change(client, name, { StreamSpecification: { StreamEnabled: false } });
  if (wanted) await change(client, name, { StreamSpecification: { StreamEnabled: true, StreamViewType: wanted } });
}

async function change(client: EngineClient, name: string, changes: object): Promise<void> {
  await client.call('UpdateTable', { TableName: name, ...changes });
  await untilActive(client, name);
}

async function untilActive(client: EngineClient, name: string): Promise<void> {
  for (;;) {
    const table = await describe(client, name);
    const indexes = table?.GlobalSecondaryIndexes ?? [];
    if (table?.TableStatus === 'ACTIVE' && indexes.every(({ IndexStatus }) => IndexStatus === 'ACTIVE')) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function setTimeToLive(client: EngineClient, { name, properties }: TableDefinition): Promise<void> {
  const { TimeToLiveDescription: present } = await client.call<{
    TimeToLiveDescription?: { TimeToLiveStatus?: string; AttributeName?: string };
  }>('DescribeTimeToLive', { TableName: name });
  const { AttributeName, Enabled = false } = properties.TimeToLiveSpecification ?? {};
  const isEnabled = present?.TimeToLiveStatus === 'ENABLED';
  if (isEnabled === Enabled && (!Enabled || present?.AttributeName === AttributeName)) return;
  await client.call('UpdateTimeToLive', {
    TableName: name,
    TimeToLiveSpecification: { AttributeName: AttributeName ?? present?.AttributeName, Enabled },
  });
}

function keys(schema: { AttributeName: string; KeyType: string }[]): string {
  return schema.map(({ AttributeName, KeyType }) => `${AttributeName} ${KeyType}`).join(', ');
}
