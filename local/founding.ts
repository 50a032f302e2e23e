import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { ApiClient } from './actors/api-client.ts';
import { personCredential } from './actors/credentials.ts';
import type { Cloud } from './cloud.ts';
import { castOf, channelId, operationsId, pageOf } from './demo/cast.ts';
import { type Applied, applyMallDocument } from './pilot/apply-mall.ts';
import type { MallDocument } from './pilot/mall-document.ts';
import type { Credentials } from './running-cloud.ts';

type FoundedCloud = Pick<
  Cloud,
  'url' | 'mint' | 'servicesUrl' | 'operatorCredentials' | 'deployment' | 'dataDirectory'
>;

/**
 * Brings the malls into a cloud through its API: an operator, the malls, everybody's roles, and one key for the
 * shoppers' channel, all kept in `credentials.json`. Doing it again changes nothing.
 */
export async function found(
  cloud: FoundedCloud,
  malls: MallDocument[],
): Promise<{ credentials: Credentials; applied: Applied[] }> {
  await bindFirstOperator(cloud);
  const operations = new ApiClient({
    baseUrl: cloud.url,
    actor: operationsId,
    credential: personCredential((lifetimeSeconds) => cloud.mint({ sub: operationsId, lifetimeSeconds })),
  });
  const applied: Applied[] = [];
  for (const document of malls) applied.push(...(await applyMallDocument(operations, document)));
  for (const { mall, stores, drivers } of malls) {
    const bind = (subject: string, role: object) => operations.put(`/v1/people/${subject}`, { role });
    for (const { id } of stores) await bind(id, { kind: 'store', storeId: id });
    for (const { id } of drivers) await bind(id, { kind: 'driver', driverId: id });
    applied.push({ kind: 'mall', id: `${mall.id}, people`, outcome: 'applied' });
  }
  const file = join(cloud.dataDirectory, 'credentials.json');
  const known = await readJson<Credentials>(file);
  const key =
    known?.channels.find(({ id }) => id === channelId) ??
    (await operations.post<{ keyId: string; secret: string }>('/v1/keys', { owner: { kind: 'channel', channelId } }));
  const credentials: Credentials = {
    actors: castOf(malls).map((member) => ({
      id: member.id,
      role: member.role,
      name: member.name,
      mall: member.mallId,
      url: `${cloud.url}${pageOf(member)}`,
    })),
    channels: [{ id: channelId, keyId: key.keyId, secret: key.secret }],
  };
  await writeFile(file, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600 });
  return { credentials, applied };
}

/**
 * Somebody has to be the first who may apply anything: the person who deploys binds them, with their own AWS
 * credentials, by this one item.
 */
async function bindFirstOperator({ servicesUrl, operatorCredentials, deployment }: FoundedCloud): Promise<void> {
  const tableNames = deployment
    .ofType('AWS::Lambda::Function')
    .map(({ properties }) => properties.Environment?.Variables?.CATALOGUE_TABLE);
  const TableName = tableNames.find((name) => name !== undefined);
  if (!TableName) throw new Error('No function of the assembly has CATALOGUE_TABLE; synthesise it again.');
  const client = new DynamoDBClient({ endpoint: servicesUrl, region: 'us-east-1', credentials: operatorCredentials });
  const person = { subject: operationsId, role: { kind: 'operations' } };
  const Item = marshall({ pk: `PERSON#${operationsId}`, sk: 'PERSON', data: person });
  try {
    await client.send(new PutItemCommand({ TableName, Item }));
  } finally {
    client.destroy();
  }
}

async function readJson<T>(file: string): Promise<T | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T;
  } catch {
    return null;
  }
}
