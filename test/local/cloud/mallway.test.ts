import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { Deployment } from '../../../local/assembly/deployment.ts';
import { resourceTypes } from '../../../local/assembly/resource-types.ts';
import { startCloud } from '../../../local/cloud.ts';
import { temporaryFolder } from '../folder.ts';
import { test } from '../with-engine.ts';

const root = join(import.meta.dirname, '../../..');
let assemblyDirectory: string;
beforeAll(() => {
  assemblyDirectory = mkdtempSync(join(tmpdir(), 'mallway-assembly-'));
  execFileSync(process.execPath, [join(root, 'bin/mallway.ts')], {
    env: { ...process.env, CDK_OUTDIR: assemblyDirectory },
  });
}, 60_000);
afterAll(() => rmSync(assemblyDirectory, { recursive: true, force: true }));

test('every resource of the stacks is emulated, or does nothing here for a reason', () => {
  const { resources } = new Deployment({
    directory: assemblyDirectory,
    parameters: { PublicUrl: 'http://localhost:1' },
    urls: { services: 'http://localhost:2', api: 'http://localhost:3', pages: 'http://localhost:1' },
  });
  const withoutEffect = new Set(resources.map(({ type }) => type).filter((type) => 'noOp' in resourceTypes[type]));
  expect([...withoutEffect].sort()).toEqual([
    'AWS::CloudFront::OriginAccessControl',
    'AWS::CloudWatch::Dashboard',
    'AWS::Cognito::ManagedLoginBranding',
    'AWS::Cognito::UserPoolDomain',
    'AWS::Logs::Delivery',
    'AWS::Logs::DeliveryDestination',
    'AWS::Logs::DeliverySource',
    'AWS::Logs::LogGroup',
    'AWS::SNS::Topic',
    'AWS::SNS::TopicPolicy',
  ]);
});

test('the whole of it starts, and its functions answer', async () => {
  const cloud = await startCloud({ assemblyDirectory, dataDirectory: temporaryFolder(), clock: { stepped: true } });
  onTestFinished(() => cloud.stop());
  const description = await fetch(`${cloud.url}/openapi.json`);
  expect(await description.json()).toMatchObject({ openapi: expect.stringMatching(/^3\.1/) });
  const token = await cloud.mint({ sub: 'nobody' });
  const refusal = await fetch(`${cloud.url}/v1/malls`, { headers: { authorization: `Bearer ${token}` } });
  expect([refusal.status, await refusal.json()]).toMatchObject([401, { detail: expect.stringContaining('nobody') }]);
  expect(cloud.executions.list()).toEqual([]);
}, 30_000);
