import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cloud, startCloud } from '../../local/cloud.ts';
import { sharedAssembly } from '../assembly.ts';
import { hasEngine } from './with-engine.ts';

const root = join(import.meta.dirname, '..', '..');

describe.skipIf(!hasEngine)('npm run admin', () => {
  let folder: string;
  let cloud: Cloud;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mallway-admin-'));
    cloud = await startCloud({
      assemblyDirectory: await sharedAssembly(),
      dataDirectory: join(folder, 'data'),
      dynamoDbEndpoint: process.env.DYNAMODB_ENDPOINT,
    });
  }, 120_000);
  afterAll(async () => {
    await cloud?.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  const admin = async (...words: string[]) => {
    const given = [join(root, 'bin', 'admin.ts'), ...words, '--data-dir', join(folder, 'data')];
    return (await promisify(execFile)(process.execPath, given)).stdout;
  };
  const personOf = async (subject: string) => {
    const { servicesUrl: endpoint, operatorCredentials: credentials, deployment } = cloud;
    const table = deployment.ofType('AWS::DynamoDB::Table').find(({ logicalId }) => /^catalogue/.test(logicalId))!;
    const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials });
    const Key = { pk: { S: `PERSON#${subject}` }, sk: { S: 'PERSON' } };
    const { Item } = await client.send(new GetItemCommand({ TableName: table.name, Key }));
    client.destroy();
    return unmarshall(Item!).data;
  };

  it('invites the first person of operations, once', { timeout: 60_000 }, async () => {
    const invite = ['invite', '--role', 'operations', '--email', 'kim@example.com', '--name', 'Kim'];
    const said = await admin(...invite);
    expect(said).toMatch(/^kim@example\.com is operations, as [0-9a-f-]{36}\.\n$/);
    expect(await admin(...invite)).toBe(said);
    const subject = /as (\S+)\.$/m.exec(said)![1]!;
    expect(await personOf(subject)).toEqual({
      subject,
      role: { kind: 'operations' },
      status: 'active',
      name: 'Kim',
      email: 'kim@example.com',
    });
  });

  it('binds a subject of another provider', { timeout: 60_000 }, async () => {
    const bind = ['bind', '--role', 'operations', '--subject', 'oidc-7'];
    expect(await admin(...bind)).toBe('oidc-7 is operations, as oidc-7.\n');
    const answer = await fetch(`${cloud.url}/v1/people`, {
      headers: { authorization: `Bearer ${await cloud.mint({ sub: 'oidc-7' })}` },
    });
    expect(((await answer.json()) as { data: object[] }).data).toHaveLength(2);
  });

  it('erases an order, and says why not; after a restore, all that were', { timeout: 120_000 }, async () => {
    expect(await admin('erase', '--order', 'ord_nothing')).toMatch(/^ord_nothing: There is no order ord_nothing\. /);
    expect(await admin('erase', '--again', '--since', '2026-11-01')).toBe(
      'The hourly pass goes through all lists anew.\n',
    );
    const failed = await admin('erase', '--since', '2026-11-01').catch((error) => error);
    expect(failed.code).toBe(2);
  });

  it('says what it does where it is asked for something else', async () => {
    const failed = await admin('invite', '--role', 'driver', '--email', 'a@example.com').catch((error) => error);
    expect([failed.code, failed.stderr]).toEqual([2, expect.stringContaining('npm run admin -- invite')]);
  });
});
