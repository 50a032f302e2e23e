import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Deployment } from '../../local/assembly/deployment.ts';
import { startCloud } from '../../local/cloud.ts';
import { enforceAccess } from '../../local/wiring/access.ts';
import { synthesiseTicketApp } from './fixtures/ticket-app.ts';
import { temporaryFolder } from './folder.ts';
import { test } from './with-engine.ts';

interface Statement {
  Action: string | string[];
  Condition?: object;
}
interface Template {
  Resources: Record<
    string,
    { Type: string; Properties: { PolicyDocument: { Statement: Statement[] }; [name: string]: unknown } }
  >;
}

let app: ReturnType<typeof synthesiseTicketApp>;
beforeAll(() => {
  app = synthesiseTicketApp();
}, 30_000);
afterAll(() => app.dispose());

/** The assembly of the ticket app with its template changed. */
function changed(change: (resources: Template['Resources']) => void): string {
  const directory = join(temporaryFolder(), 'cdk.out');
  cpSync(app.directory, directory, { recursive: true });
  const file = join(directory, 'tickets.template.json');
  const template = JSON.parse(readFileSync(file, 'utf8')) as Template;
  change(template.Resources);
  writeFileSync(file, JSON.stringify(template));
  return directory;
}

function policyOf(resources: Template['Resources'], role: string): Statement[] {
  const [, policy] = Object.entries(resources).find(
    ([id, { Type }]) => Type === 'AWS::IAM::Policy' && id.startsWith(role),
  )!;
  return policy.Properties.PolicyDocument.Statement;
}

/** Takes `action` out of whatever the role may do. */
function revoke(resources: Template['Resources'], role: string, action: string): void {
  for (const statement of policyOf(resources, role)) {
    statement.Action = [statement.Action].flat().filter((it) => it !== action);
  }
}

describe('a deployment is refused', () => {
  const deploy = (directory: string) => () =>
    enforceAccess({
      deployment: new Deployment({
        directory,
        parameters: {},
        urls: { services: 'http://localhost:2', api: 'http://localhost:3', pages: 'http://localhost:1' },
      }),
      keys: { find: () => undefined },
      executionOfToken: () => undefined,
      administrators: [],
      log: () => {},
    });

  it('not as it is', () => {
    expect(deploy(app.directory)).not.toThrow();
  });

  it.each([
    [
      'stream',
      'dynamodb:GetRecords',
      /tickets\/StreamToFunction\w+: User: \S+role\/tickets-stream\S+ .+ dynamodb:GetRecords on/,
    ],
    [
      'queue',
      'sqs:DeleteMessage',
      /tickets\/queueSqsEventSource\w+: User: \S+role\/tickets-queue\S+ .+ sqs:DeleteMessage on/,
    ],
  ])('when the role of %s may not %s, which Lambda does to feed it', (role, action, refusal) => {
    expect(deploy(changed((resources) => revoke(resources, role, action)))).toThrow(refusal);
  });

  it('when a service may not assume the role that it is to work with', () => {
    const directory = changed((resources) => {
      const [, role] = Object.entries(resources).find(
        ([id, { Type }]) => Type === 'AWS::IAM::Role' && id.startsWith('tick'),
      )!;
      role.Properties.AssumeRolePolicyDocument = {
        Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'ec2.amazonaws.com' } }],
      };
    });
    expect(deploy(directory)).toThrow(
      /tickets\/tick\w+: User: lambda.amazonaws.com .+ sts:AssumeRole on .+role\/tickets-tick/,
    );
  });

  it.each<[string, (resources: Template['Resources']) => void, RegExp]>([
    [
      'condition key',
      (resources) =>
        Object.assign(policyOf(resources, 'http')[0]!, { Condition: { StringEquals: { 'aws:userid': 'x' } } }),
      /^tickets\/httpServiceRoleDefaultPolicy\w+: the condition key aws:userid is not modelled/,
    ],
    [
      'managed policy',
      (resources) => {
        const [, role] = Object.entries(resources).find(([id]) => id.startsWith('httpServiceRole'))!;
        role.Properties.ManagedPolicyArns = ['arn:aws:iam::aws:policy/AdministratorAccess'];
      },
      /^tickets\/httpServiceRole\w+: the managed policy arn:aws:iam::aws:policy\/AdministratorAccess is not modelled/,
    ],
  ])('when a %s is not modelled, by its logical id', (_, change, refusal) => {
    expect(deploy(changed(change))).toThrow(refusal);
  });
});

test('a denial is an error of the call, told to who runs the cloud; without log permissions nothing is logged', async () => {
  const assemblyDirectory = changed((resources) => {
    revoke(resources, 'httpServiceRole', 'dynamodb:PutItem');
    const roles = Object.entries(resources).filter(([id]) => id.startsWith('httpServiceRole'));
    for (const [, { Properties }] of roles) delete Properties.ManagedPolicyArns;
    const [permission] = Object.entries(resources).find(
      ([id, { Type }]) => Type === 'AWS::Lambda::Permission' && id.includes('done'),
    )!;
    delete resources[permission];
  });
  const told: string[] = [];
  const lines: string[] = [];
  const cloud = await startCloud({
    assemblyDirectory,
    dataDirectory: temporaryFolder(),
    clock: { stepped: true },
    access: { onDenied: ({ message }) => told.push(message) },
    log: (line) => lines.push(line),
  });
  onTestFinished(() => cloud.stop());
  const call = async (method: string, path: string) =>
    (await fetch(`${cloud.url}${path}`, { method, headers: { authorization: 'Bearer let-me-in' } })).status;

  expect(await call('GET', '/v1/tickets/t1')).toBe(200);
  told.length = 0;
  expect(await call('POST', '/v1/tickets/t1')).toBe(500);
  expect(told).toEqual([
    expect.stringMatching(
      /^User: arn:aws:iam::000000000000:role\/tickets-httpServiceRole\w+ is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:us-east-1:000000000000:table\/tickets-Table\w+ because no identity-based policy allows the dynamodb:PutItem action$/,
    ),
  ]);
  told.length = 0;
  expect(await call('POST', '/v1/tickets/t1/done')).toBe(500);
  expect(told).toEqual([
    expect.stringMatching(/^User: apigateway.amazonaws.com .+ lambda:InvokeFunction on .+function:tickets-http/),
  ]);
  expect(lines).toContain(`ERROR ${told[0]}`);
  expect(lines.filter((line) => /role\/tickets-http\S+ .+ logs:CreateLogStream/.test(line))).toHaveLength(1);
  const logOf = (name: string) => {
    const { name: functionName } = cloud.deployment
      .ofType('AWS::Lambda::Function')
      .find(({ logicalId }) => logicalId.startsWith(name))!;
    return join(cloud.dataDirectory, 'logs', `${functionName}.log`);
  };
  expect(existsSync(logOf('http'))).toBe(false);
  expect(existsSync(logOf('authorize'))).toBe(true);
});
