import { beforeAll, expect, onTestFinished } from 'vitest';
import { Deployment } from '../../../local/assembly/deployment.ts';
import { resourceTypes } from '../../../local/assembly/resource-types.ts';
import { startCloud } from '../../../local/cloud.ts';
import { sharedAssembly } from '../../assembly.ts';
import { temporaryFolder } from '../folder.ts';
import { test } from '../with-engine.ts';

let assemblyDirectory: string;
beforeAll(async () => {
  assemblyDirectory = await sharedAssembly();
}, 240_000);

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
