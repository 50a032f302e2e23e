import type { S3Client } from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, it } from 'vitest';
import { bucketsOf, doomed, empty } from '../../bin/teardown/buckets.ts';
import { planOf, planText, type StackPlan } from '../../bin/teardown/plan.ts';
import { readAssembly } from '../../local/assembly/assembly.ts';
import { type Assembly, assemblyOf, stacks } from './templates.ts';

let prod: Assembly;
let plans: Record<'dev' | 'prod', StackPlan[]>;

beforeAll(async () => {
  const [dev, other] = await Promise.all([assemblyOf('dev'), assemblyOf('prod')]);
  prod = other;
  plans = { dev: planOf(readAssembly(dev.directory).stacks), prod: planOf(readAssembly(prod.directory).stacks) };
}, 90_000);

describe('a teardown', () => {
  it('of dev leaves nothing', () => {
    expect(plans.dev.flatMap(({ survives }) => survives)).toEqual([]);
    expect(plans.dev.flatMap(({ deleted }) => deleted).length).toBeGreaterThan(100);
  });

  it('of prod leaves what the templates retain, and no more', () => {
    const retained = stacks.flatMap((stack) =>
      Object.entries(prod.template(stack).Resources)
        .filter(([, { DeletionPolicy }]) => DeletionPolicy?.startsWith('Retain'))
        .map(([logicalId, { Type }]) => `mallway-prod-${stack} ${Type} ${logicalId}`),
    );
    const listed = plans.prod.flatMap(({ stack, survives }) =>
      survives.map(({ logicalId, type }) => `${stack} ${type} ${logicalId}`),
    );
    expect(listed.toSorted()).toEqual(retained.toSorted());
    const types = new Set(plans.prod.flatMap(({ survives }) => survives.map(({ type }) => type)));
    for (const type of ['AWS::DynamoDB::Table', 'AWS::KMS::Key', 'AWS::S3::Bucket']) expect(types).toContain(type);
    const text = planText(plans.prod);
    for (const line of listed) expect(text).toContain(line.split(' ').slice(1).join(' '));
  });

  it('deletes no stack before those that depend on it', () => {
    const order = plans.prod.map(({ stack }) => stack);
    expect(order.toSorted()).toEqual(stacks.map((stack) => `mallway-prod-${stack}`).toSorted());
    const { artifacts } = prod.read<{ artifacts: Record<string, { dependencies?: string[] }> }>('manifest.json');
    for (const [at, stack] of order.entries()) {
      const needs = (artifacts[stack]!.dependencies ?? []).filter((it) => order.includes(it));
      expect(
        needs.filter((it) => order.indexOf(it) < at),
        stack,
      ).toEqual([]);
    }
  });

  it('says whose names a new deployment would find taken', () => {
    const named = plans.prod.flatMap(({ survives }) => survives.filter((it) => it.isNamed).map(({ type }) => type));
    expect(new Set(named)).toEqual(
      new Set(['AWS::S3::Bucket', 'AWS::Logs::LogGroup', 'AWS::StepFunctions::StateMachine']),
    );
    expect(planText(plans.prod)).toContain('cdk import');
    expect(planText(plans.dev)).not.toContain('name taken');
  });
});

describe('buckets', () => {
  /** S3 as far as it is asked here: two buckets of ours, one that only looks like it. */
  function s3() {
    const tags = (stack: string, id: string) => ({
      TagSet: [
        { Key: 'aws:cloudformation:stack-name', Value: stack },
        { Key: 'aws:cloudformation:logical-id', Value: id },
      ],
    });
    const objects = new Map([['mallway-dev-proofs', ['a', 'b']]]);
    const answers: Record<string, (input: { Bucket: string; Delete: { Objects: { Key: string }[] } }) => unknown> = {
      ListBucketsCommand: () => ({
        Buckets: ['mallway-dev-proofs', 'mallway-dev-kept', 'mallway-dev-of-somebody'].map((Name) => ({ Name })),
      }),
      GetBucketTaggingCommand: ({ Bucket }) => {
        if (Bucket === 'mallway-dev-of-somebody') throw new Error('NoSuchTagSet');
        return tags('mallway-dev-data', Bucket === 'mallway-dev-proofs' ? 'Proofs' : 'Kept');
      },
      ListObjectVersionsCommand: ({ Bucket }) => ({
        Versions: (objects.get(Bucket) ?? []).slice(0, 1).map((Key) => ({ Key, VersionId: 'null' })),
      }),
      DeleteObjectsCommand: ({ Bucket, Delete }) => {
        const gone = Delete.Objects.map(({ Key }) => Key);
        objects.set(
          Bucket,
          (objects.get(Bucket) ?? []).filter((key) => !gone.includes(key)),
        );
        return {};
      },
    };
    const send = async (command: { constructor: { name: string }; input: never }) =>
      answers[command.constructor.name]!(command.input);
    return { client: { send } as unknown as S3Client, objects };
  }

  it('are emptied only where CloudFormation made them and is to delete them', async () => {
    const { client, objects } = s3();
    const bucket = (logicalId: string) => ({ logicalId, type: 'AWS::S3::Bucket', isNamed: false });
    const plan = [{ stack: 'mallway-dev-data', deleted: [bucket('Proofs')], survives: [bucket('Kept')] }];
    const found = doomed(await bucketsOf(client, 'dev'), plan);
    expect(found.map(({ name }) => name)).toEqual(['mallway-dev-proofs']);
    expect(await empty(client, 'mallway-dev-proofs')).toBe(2);
    expect(objects.get('mallway-dev-proofs')).toEqual([]);
  });
});
