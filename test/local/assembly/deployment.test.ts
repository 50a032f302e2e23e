import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Deployment } from '../../../local/assembly/deployment.ts';
import { changesOf } from '../../../local/wiring/redeploy.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A cloud assembly of these templates, deployed. */
function deploy(templates: Record<string, object>, parameters: Record<string, string> = {}): Deployment {
  const directory = mkdtempSync(join(tmpdir(), 'mallway-assembly-'));
  folders.push(directory);
  const artifacts = Object.fromEntries(
    Object.keys(templates).map((name) => [
      name,
      { type: 'aws:cloudformation:stack', properties: { templateFile: `${name}.json` } },
    ]),
  );
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ artifacts }));
  for (const [name, template] of Object.entries(templates)) {
    writeFileSync(join(directory, `${name}.json`), JSON.stringify(template));
  }
  const urls = { services: 'http://localhost:1', api: 'http://localhost:2', pages: 'http://localhost:3' };
  return new Deployment({ directory, parameters, urls });
}

const queue = (properties: object = {}, more: object = {}) => ({
  Type: 'AWS::SQS::Queue',
  Properties: properties,
  ...more,
});

/** Resolves one expression as the name of a queue. */
function name(expression: unknown, template: object = {}, parameters: Record<string, string> = {}): string {
  const deployment = deploy(
    { app: { Resources: { Other: queue(), It: queue({ QueueName: expression }) }, ...template } },
    parameters,
  );
  return deployment.resources.find(({ logicalId }) => logicalId === 'It')!.name;
}

test('names and ARNs come from stack and logical id', () => {
  const [plain, fifo] = deploy({ app: { Resources: { Plain: queue(), Line: queue({ FifoQueue: true }) } } }).resources;
  expect(plain).toMatchObject({ name: 'app-Plain', ref: 'http://localhost:1/000000000000/app-Plain' });
  expect(fifo!.name).toBe('app-Line.fifo');
});

test('a parameter read from SSM has the value that another stack keeps under its name, or the one that is given', () => {
  const Parameters = { Address: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/app/address' } };
  const reader = { Parameters, Resources: { It: queue({ QueueName: { Ref: 'Address' } }) } };
  const kept = {
    Type: 'AWS::SSM::Parameter',
    Properties: { Name: '/app/address', Type: 'String', Value: { Ref: 'AWS::Region' } },
  };
  const nameOf = (deployment: Deployment) => deployment.ofType('AWS::SQS::Queue')[0]!.name;
  const stacks = { reader, writer: { Resources: { Kept: kept } } };
  expect(nameOf(deploy(stacks))).toBe('us-east-1');
  expect(nameOf(deploy(stacks, { Address: 'given' }))).toBe('given');
  expect(() => deploy({ reader })).toThrow('Stack reader needs a value for its parameter Address.');
});

test('a secret is drawn once, and stands where other properties refer to it', () => {
  const generated = { GenerateSecretString: { ExcludePunctuation: true, PasswordLength: 40 } };
  const Kept = { Type: 'AWS::SecretsManager::Secret', Properties: generated };
  const refer = (to: unknown, rest = ':SecretString:::') => ({
    'Fn::Join': ['', ['{{resolve:secretsmanager:', to, `${rest}}}`]],
  });
  const arn = { Type: 'AWS::SSM::Parameter', Properties: { Name: '/arn', Type: 'String', Value: { Ref: 'Kept' } } };
  const value = (it: unknown) => ({
    Type: 'AWS::SSM::Parameter',
    Properties: { Name: '/value', Type: 'String', Value: it },
  });
  const owner = { Resources: { Kept, arn, One: value(refer({ Ref: 'Kept' })) } };
  const Parameters = { Key: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/arn' } };
  const reader = (of: unknown) => ({ Parameters, Resources: { Two: value(of) } });
  const both = { 'Fn::Join': [',', [refer({ Ref: 'Key' }), refer({ Ref: 'Key' }, ':SecretString')]] };
  const parameterOf = (deployment: Deployment, id: string) =>
    deployment.ofType('AWS::SSM::Parameter').find(({ logicalId }) => logicalId === id)!.properties.Value;

  const deployed = deploy({ owner, reader: reader(both) });
  const one = parameterOf(deployed, 'One');
  expect(one).toMatch(/^[A-Za-z0-9]{40}$/);
  expect(parameterOf(deployed, 'Two')).toBe(`${one},${one}`);
  expect(parameterOf(deploy({ owner }), 'One')).not.toBe(one);
  expect(() => deploy({ owner, reader: reader(refer('another')) })).toThrow('the secret another, which no stack has');
  expect(() => deploy({ owner, reader: reader(refer({ Ref: 'Key' }, ':SecretString:password::')) })).toThrow(
    /reader\/Two: the dynamic reference .* is not emulated/,
  );
});

test('while it runs, parameters and secrets of one stack may change; anything else is refused by its logical id', () => {
  const parameter = (Value: string) => ({
    Type: 'AWS::SSM::Parameter',
    Properties: { Name: '/value', Type: 'String', Value },
  });
  const app = (Resources: object) => deploy({ app: { Resources }, other: { Resources: { Line: queue() } } });
  const before = app({ Told: parameter('a'), Line: queue() });
  const changed = (Resources: object) => changesOf('app', before, app(Resources)).map(({ logicalId }) => logicalId);
  expect(changed({ Told: parameter('a'), Line: queue() })).toEqual([]);
  expect(changed({ Told: parameter('b'), More: parameter('a'), Line: queue() })).toEqual(['Told', 'More']);
  expect(changed({ Line: queue() })).toEqual([]);
  expect(() => changed({ Told: parameter('a'), Line: queue({ DelaySeconds: 5 }) })).toThrow(
    'app/Line (AWS::SQS::Queue)',
  );
  expect(() => changed({ Told: parameter('a') })).toThrow('app/Line (AWS::SQS::Queue)');
  expect(() => changesOf('none', before, before)).toThrow('The assembly has no stack none.');
});

test('what only serves to deploy is not there', () => {
  const fn = {
    Type: 'AWS::Lambda::Function',
    Properties: { Runtime: 'python3.13', Role: { 'Fn::GetAtt': ['Role', 'Arn'] } },
  };
  const deployment = deploy({
    app: {
      Resources: {
        Layer: { Type: 'AWS::Lambda::LayerVersion' },
        Helper: fn,
        Role: { Type: 'AWS::IAM::Role' },
        Policy: { Type: 'AWS::IAM::Policy', Properties: { Roles: [{ Ref: 'Role' }] } },
        Upload: {
          Type: 'Custom::CDKBucketDeployment',
          Properties: {
            ServiceToken: { 'Fn::GetAtt': ['Helper', 'Arn'] },
            SourceObjectKeys: [],
            DestinationBucketName: 'pages',
            SystemMetadata: { 'cache-control': 'no-cache' },
            Prune: false,
          },
        },
      },
    },
  });
  expect(deployment.resources.map(({ logicalId }) => logicalId)).toEqual(['Upload']);
});

test.each<[string, unknown, string]>([
  ['Ref of a pseudo parameter', { Ref: 'AWS::Region' }, 'us-east-1'],
  ['Ref of the stack', { Ref: 'AWS::StackName' }, 'app'],
  ['Ref of a resource', { Ref: 'Other' }, 'http://localhost:1/000000000000/app-Other'],
  ['GetAtt', { 'Fn::GetAtt': ['Other', 'Arn'] }, 'arn:aws:sqs:us-east-1:000000000000:app-Other'],
  ['GetAtt as text', { 'Fn::GetAtt': 'Other.QueueName' }, 'app-Other'],
  ['Join', { 'Fn::Join': ['-', ['a', { Ref: 'AWS::Partition' }, 'c']] }, 'a-aws-c'],
  ['Sub', { 'Fn::Sub': '${Other.QueueName}/${AWS::AccountId}/${!kept}' }, 'app-Other/000000000000/${kept}'],
  ['Sub with variables', { 'Fn::Sub': ['${x}-${AWS::Region}', { x: { Ref: 'AWS::Partition' } }] }, 'aws-us-east-1'],
  ['Select and Split', { 'Fn::Select': [5, { 'Fn::Split': [':', { 'Fn::GetAtt': ['Other', 'Arn'] }] }] }, 'app-Other'],
  ['FindInMap', { 'Fn::FindInMap': ['Sizes', 'small', 'name'] }, 'tiny'],
  ['If', { 'Fn::If': ['IsHere', 'here', 'elsewhere'] }, 'here'],
  ['If with And, Or, Not', { 'Fn::If': ['IsNowhere', 'nowhere', 'somewhere'] }, 'somewhere'],
  ['NoValue', { Ref: 'AWS::NoValue' }, 'app-It'],
  ['a parameter', { Ref: 'Colour' }, 'blue'],
])('%s', (_, expression, expected) => {
  const template = {
    Parameters: { Colour: { Type: 'String', Default: 'red' } },
    Mappings: { Sizes: { small: { name: 'tiny' } } },
    Conditions: {
      IsHere: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-east-1'] },
      IsNowhere: { 'Fn::And': [{ 'Fn::Not': [{ Condition: 'IsHere' }] }, { 'Fn::Or': [{ Condition: 'IsHere' }] }] },
    },
  };
  expect(name(expression, template, { Colour: 'blue' })).toBe(expected);
});

test('stacks import what others export', () => {
  const { resources } = deploy({
    reader: {
      Resources: {
        Reader: queue({ QueueName: { 'Fn::Select': [2, { 'Fn::Split': ['.', { 'Fn::ImportValue': 'data:it' }] }] } }),
      },
    },
    data: {
      Resources: {},
      Outputs: { Out: { Value: 'a.b.c', Export: { Name: { 'Fn::Sub': '${AWS::StackName}:it' } } } },
    },
  });
  expect(resources[0]!.name).toBe('c');
});

test('a resource whose condition does not hold is not there', () => {
  const { resources } = deploy({
    app: { Conditions: { Never: { 'Fn::Equals': [1, 2] } }, Resources: { Gone: queue({}, { Condition: 'Never' }) } },
  });
  expect(resources).toEqual([]);
});

test('a version and its alias have ARNs before the version has a number', () => {
  const deployment = deploy({
    app: {
      Resources: {
        Machine: { Type: 'AWS::StepFunctions::StateMachine', Properties: { DefinitionString: '{}', RoleArn: 'r' } },
        V: { Type: 'AWS::StepFunctions::StateMachineVersion', Properties: { StateMachineArn: { Ref: 'Machine' } } },
        Live: {
          Type: 'AWS::StepFunctions::StateMachineAlias',
          Properties: {
            Name: 'live',
            RoutingConfiguration: [{ StateMachineVersionArn: { 'Fn::GetAtt': ['V', 'Arn'] }, Weight: 100 }],
          },
        },
      },
    },
  });
  expect(deployment.ofType('AWS::StepFunctions::StateMachineAlias')[0]!.ref).toBe(
    'arn:aws:states:us-east-1:000000000000:stateMachine:app-Machine:live',
  );
});

test.each<[string, object, RegExp]>([
  [
    'an unknown type',
    { Bucket: { Type: 'AWS::EC2::Instance' } },
    /app\/Bucket is a AWS::EC2::Instance.*resource-types/,
  ],
  ['an unknown property', { Q: queue({ Colour: 'red' }) }, /app\/Q \(AWS::SQS::Queue\)[\s\S]*Colour/],
  ['a wrong value', { Q: queue({ DelaySeconds: 901 }) }, /app\/Q[\s\S]*DelaySeconds/],
  ['an unknown attribute of a resource', { Q: queue({}, { CreationPolicy: {} }) }, /app\/Q: .*CreationPolicy/],
  ['an unknown function', { Q: queue({ QueueName: { 'Fn::GetAZs': '' } }) }, /Fn::GetAZs is not emulated/],
  ['a reference to nothing', { Q: queue({ QueueName: { Ref: 'Nobody' } }) }, /refers to Nobody/],
  [
    'an attribute not emulated',
    { Q: queue({ QueueName: { 'Fn::GetAtt': ['P', 'Colour'] } }), P: queue() },
    /attribute Colour/,
  ],
  ['an import of nothing', { Q: queue({ QueueName: { 'Fn::ImportValue': 'none' } }) }, /imports none/],
  ['a name that depends on itself', { Q: queue({ QueueName: { 'Fn::GetAtt': ['Q', 'Arn'] } }) }, /depends on itself/],
])('%s stops it', (_, Resources, message) => {
  expect(() => deploy({ app: { Resources } })).toThrow(message);
});

test('parameters are checked', () => {
  const template = { Parameters: { Url: { Type: 'String', AllowedPattern: 'https?://[^/]+' } }, Resources: {} };
  expect(() => deploy({ app: template })).toThrow(/app needs a value for its parameter Url/);
  expect(() => deploy({ app: template }, { Url: 'ftp://x' })).toThrow(/Parameter Url/);
  expect(() => deploy({ app: template }, { Url: 'http://x', Uri: 'x' })).toThrow(/No stack has a parameter Uri/);
});
