import type { Bundle } from '../../local/limits/assembly-under-check.ts';

interface TestResource {
  Type: string;
  Properties?: Record<string, unknown>;
}

export interface BreakingFixture {
  /** The logical id, or parameter, that must be named; '' where the stack is. */
  names: string;
  template: {
    Resources: Record<string, TestResource>;
    Parameters?: Record<string, { Type: string; Description?: string }>;
    Outputs?: Record<string, { Value: string }>;
    Mappings?: Record<string, Record<string, Record<string, string>>>;
  };
  bundles?: Map<string, Bundle>;
  /** What no template can break without breaking this as well. */
  also?: string;
}

function one(
  names: string,
  Type: string,
  Properties: Record<string, unknown>,
  others: Record<string, TestResource> = {},
) {
  return { names, template: { Resources: { [names]: { Type, Properties }, ...others } } };
}

function many(count: number, make: (index: number) => TestResource): Record<string, TestResource> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`R${index}`, make(index)]));
}

const fn = (Properties: Record<string, unknown>) => one('Busy', 'AWS::Lambda::Function', Properties);
const queue = (Properties: Record<string, unknown>) => one('Slow', 'AWS::SQS::Queue', Properties);
const table = (Properties: Record<string, unknown>) => one('Wide', 'AWS::DynamoDB::Table', Properties);
const role = (Properties: Record<string, unknown>) => one('Mighty', 'AWS::IAM::Role', Properties);
const machine = (definition: unknown) =>
  one('Life', 'AWS::StepFunctions::StateMachine', {
    DefinitionString: typeof definition === 'string' ? definition : JSON.stringify(definition),
  });
const policy = (statements: number) => ({
  Version: '2012-10-17',
  Statement: Array.from({ length: statements }, (_, index) => ({
    Effect: 'Allow',
    Action: 'dynamodb:GetItem',
    Resource: { 'Fn::Join': ['', ['arn:aws:dynamodb:us-east-1:123456789012:table/', `orders${index}`]] },
  })),
});
const ofApi = (Type: string, count: number) => ({
  names: 'Api',
  template: {
    Resources: {
      Api: { Type: 'AWS::ApiGatewayV2::Api' },
      ...many(count, () => ({ Type, Properties: { ApiId: { Ref: 'Api' } } })),
    },
  },
});
const bundle = (unzippedBytes: number, zippedBytes: number) => ({
  ...fn({ Code: { S3Bucket: 'assets', S3Key: 'large.zip' } }),
  bundles: new Map([['large.zip', { unzippedBytes, zippedBytes }]]),
});
const readerOf = (source: string, Properties: Record<string, unknown> = {}): TestResource => ({
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: { EventSourceArn: { 'Fn::GetAtt': source.split('.') }, FunctionName: { Ref: 'Reader' }, ...Properties },
});
const succeeds = { QueryLanguage: 'JSONata', StartAt: 'Done', States: { Done: { Type: 'Succeed' } } };

/** For each limit, by its name, the least that breaks it. */
export const breakingFixtures: Record<string, BreakingFixture> = {
  'resources in a stack': { names: '', template: { Resources: many(501, () => ({ Type: 'AWS::SQS::Queue' })) } },
  'bytes of a template': {
    names: '',
    template: { Resources: { Long: { Type: 'AWS::SQS::Queue', Properties: { Tags: 'x'.repeat(1_000_000) } } } },
  },
  'dynamic references of a template': {
    names: '',
    template: {
      Resources: many(61, () => ({
        Type: 'AWS::Lambda::Function',
        Properties: { Description: '{{resolve:secretsmanager:key:SecretString}}' },
      })),
    },
  },
  'parameters of a stack': {
    names: '',
    template: {
      Resources: {},
      Parameters: Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`P${index}`, { Type: 'String' }])),
    },
  },
  'outputs of a stack': {
    names: '',
    template: {
      Resources: {},
      Outputs: Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`O${index}`, { Value: 'x' }])),
    },
  },
  'mappings of a stack': {
    names: '',
    template: {
      Resources: {},
      Mappings: Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`M${index}`, { a: { b: 'c' } }])),
    },
  },
  "characters of a parameter's description": {
    names: 'Wordy',
    template: { Resources: {}, Parameters: { Wordy: { Type: 'String', Description: 'x'.repeat(4_001) } } },
  },
  "bytes of a function's policy": {
    names: 'Routed',
    template: {
      Resources: {
        Routed: { Type: 'AWS::Lambda::Function' },
        ...many(80, () => ({
          Type: 'AWS::Lambda::Permission',
          Properties: {
            Action: 'lambda:InvokeFunction',
            FunctionName: { 'Fn::GetAtt': ['Routed', 'Arn'] },
            Principal: 'apigateway.amazonaws.com',
            SourceArn: 'arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/*/*/v1/orders/{orderId}',
          },
        })),
      },
    },
  },
  "characters of a role's inline policies": {
    names: 'Mighty',
    template: {
      Resources: {
        Mighty: { Type: 'AWS::IAM::Role', Properties: { Policies: [{ PolicyDocument: policy(50) }] } },
        MightyPolicy: {
          Type: 'AWS::IAM::Policy',
          Properties: { Roles: [{ Ref: 'Mighty' }], PolicyDocument: policy(50) },
        },
      },
    },
  },
  "characters of a role's trust policy": role({ AssumeRolePolicyDocument: policy(20) }),
  'managed policies attached to a role': role({
    ManagedPolicyArns: Array.from({ length: 11 }, (_, i) => `arn:aws:iam::aws:policy/P${i}`),
  }),
  'characters of a managed policy': one('Shared', 'AWS::IAM::ManagedPolicy', { PolicyDocument: policy(60) }),
  "bytes of a queue's policy": one('Gate', 'AWS::SQS::QueuePolicy', { PolicyDocument: policy(80) }),
  "bytes of a bucket's policy": one('Gate', 'AWS::S3::BucketPolicy', { PolicyDocument: policy(200) }),
  "bytes of a key's policy": one('Secret', 'AWS::KMS::Key', { KeyPolicy: policy(300) }),
  'bytes of unzipped code': bundle(262_144_001, 1),
  'bytes of zipped code': bundle(1, 52_428_801),
  "bytes of a function's environment": fn({ Environment: { Variables: { LONG: 'x'.repeat(4_096) } } }),
  'megabytes of memory on a new account': fn({ MemorySize: 4_096 }),
  'seconds of timeout': fn({ Timeout: 901 }),
  layers: fn({ Layers: ['1', '2', '3', '4', '5', '6'] }),
  "characters of a function's description": fn({ Description: 'x'.repeat(257) }),
  'reserved concurrency': fn({ ReservedConcurrentExecutions: 1 }),
  'provisioned concurrency': one('Warm', 'AWS::Lambda::Alias', {
    ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 1 },
  }),
  'functions that read a stream': {
    names: 'R2',
    template: {
      Resources: {
        Reader: { Type: 'AWS::Lambda::Function' },
        Orders: { Type: 'AWS::DynamoDB::Table' },
        ...many(3, () => readerOf('Orders.StreamArn')),
      },
    },
  },
  'messages of a FIFO queue in a batch': {
    names: 'R0',
    template: {
      Resources: {
        Reader: { Type: 'AWS::Lambda::Function' },
        Lane: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true } },
        ...many(1, () => readerOf('Lane.Arn', { BatchSize: 11 })),
      },
    },
  },
  'seconds that a queue hides messages too short': {
    names: 'Lane',
    template: {
      Resources: {
        Reader: { Type: 'AWS::Lambda::Function', Properties: { Timeout: 31 } },
        Lane: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 30 } },
        ...many(1, () => readerOf('Lane.Arn')),
      },
    },
  },
  'routes of an API': ofApi('AWS::ApiGatewayV2::Route', 301),
  'integrations of an API': ofApi('AWS::ApiGatewayV2::Integration', 301),
  'authorizers of an API': ofApi('AWS::ApiGatewayV2::Authorizer', 11),
  'milliseconds an integration may take': one('Patient', 'AWS::ApiGatewayV2::Integration', { TimeoutInMillis: 30_001 }),
  'requests per second that a stage lets through': one('Open', 'AWS::ApiGatewayV2::Stage', {
    DefaultRouteSettings: { ThrottlingRateLimit: 10_001 },
  }),
  'requests at once that a stage lets through': one('Open', 'AWS::ApiGatewayV2::Stage', {
    RouteSettings: { 'GET /': { ThrottlingBurstLimit: 5_001 } },
  }),
  'bytes of a workflow definition': {
    ...machine({ ...succeeds, Comment: 'x'.repeat(1_048_576) }),
    also: 'bytes of a template',
  },
  'faults of a workflow definition': machine({ ...succeeds, StartAt: 'Nowhere' }),
  'characters of the name of a state': {
    ...machine({
      QueryLanguage: 'JSONata',
      StartAt: 'Both',
      States: {
        Both: {
          Type: 'Parallel',
          End: true,
          Branches: [{ StartAt: 'x'.repeat(81), States: { ['x'.repeat(81)]: { Type: 'Succeed' } } }],
        },
      },
    }),
    also: 'faults of a workflow definition',
  },
  'global secondary indexes of a table': table({ GlobalSecondaryIndexes: Array.from({ length: 21 }, () => ({})) }),
  'local secondary indexes of a table': table({ LocalSecondaryIndexes: Array.from({ length: 6 }, () => ({})) }),
  'seconds that a queue delays': queue({ DelaySeconds: 901 }),
  'seconds that a queue keeps a message': queue({ MessageRetentionPeriod: 1_209_601 }),
  'seconds that a queue hides a message': queue({ VisibilityTimeout: 43_201 }),
  'targets of a rule': one('Bell', 'AWS::Events::Rule', { Targets: Array.from({ length: 6 }, () => ({})) }),
  'rules of an event bus': { names: 'R100', template: { Resources: many(101, () => ({ Type: 'AWS::Events::Rule' })) } },
  'characters of RoleName': role({ RoleName: 'x'.repeat(65) }),
  'characters of FunctionName': fn({ FunctionName: 'x'.repeat(65) }),
  'characters of QueueName': queue({ QueueName: 'x'.repeat(81) }),
  'characters of BucketName': one('Bucket', 'AWS::S3::Bucket', { BucketName: 'x'.repeat(64) }),
  'characters of StateMachineName': one('Life', 'AWS::StepFunctions::StateMachine', {
    StateMachineName: 'x'.repeat(81),
    DefinitionString: JSON.stringify(succeeds),
  }),
  'characters of TableName': table({ TableName: 'x'.repeat(256) }),
  'characters of IndexName': one('Places', 'AWS::Location::PlaceIndex', { IndexName: 'x'.repeat(101) }),
  'characters of CalculatorName': one('Routes', 'AWS::Location::RouteCalculator', { CalculatorName: 'x'.repeat(101) }),
};
