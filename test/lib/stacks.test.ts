import { readFileSync } from 'node:fs';
import { join as path } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { routes } from '../../lambdas/http/routes.ts';
import { functionEntries } from '../../lib/functions.ts';
import { agreedAcknowledgements } from './agreed-acknowledgements.ts';
import { agreedPermissions } from './agreed-permissions.ts';
import { type Assembly, assemblyOf, stacks, unhashed } from './templates.ts';

/** CDK's function that uploads the pages. */
const deployHelper = 'CustomCDKBucketDeployment';

let dev: Assembly;
let prod: Assembly;

beforeAll(async () => {
  [dev, prod] = await Promise.all([assemblyOf('dev'), assemblyOf('prod')]);
}, 240_000);

describe('tables', () => {
  it.each([
    ['orders', ['lists', 'due', 'dispatch'], true],
    ['fleet', ['lists', 'due'], true],
    ['catalogue', ['lists'], false],
    ['personal', [], false],
    ['requests', [], false],
  ])('%s: keys, indexes %j, stream %j', (name, indexes, hasStream) => {
    const { Properties: table } = dev.resource('data', 'AWS::DynamoDB::Table', name);
    expect(table).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    });
    expect(table.StreamSpecification?.StreamViewType).toBe(hasStream ? 'KEYS_ONLY' : undefined);
    const prefixes: Record<string, string> = { lists: 'list', due: 'due', dispatch: 'dispatch' };
    expect(table.GlobalSecondaryIndexes ?? []).toEqual(
      indexes.map((index) => ({
        IndexName: index,
        KeySchema: [
          { AttributeName: `${prefixes[index]}Pk`, KeyType: 'HASH' },
          { AttributeName: `${prefixes[index]}Sk`, KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      })),
    );
  });

  it('of persons has a key of its own, which turns once a year', () => {
    const { Properties: table } = dev.resource('data', 'AWS::DynamoDB::Table', 'personal');
    const key = table.SSESpecification.KMSMasterKeyId['Fn::GetAtt'][0];
    expect(key).toMatch(/^PersonalKey/);
    expect(dev.template('data').Resources[key]!.Properties.EnableKeyRotation).toBe(true);
  });

  it('go with a dev stage, and stay and are protected in prod', () => {
    for (const [, table] of dev.all('AWS::DynamoDB::Table')) expect(table.DeletionPolicy).toBe('Delete');
    for (const [, table] of prod.all('AWS::DynamoDB::Table')) {
      expect(table.DeletionPolicy).toBe('Retain');
      expect(table.Properties.DeletionProtectionEnabled).toBe(true);
    }
    for (const [, key] of prod.all('AWS::KMS::Key')) expect(key.DeletionPolicy).toBe('Retain');
  });
});

describe('functions', () => {
  it('are those of the list, all alike', () => {
    const functions = dev.all('AWS::Lambda::Function').filter(([id]) => !id.startsWith(deployHelper));
    expect(functions.map(([id]) => unhashed(id)).sort()).toEqual(Object.keys(functionEntries).sort());
    for (const [id, { Properties: fn }] of functions) {
      const isApi = dev.resources('api', 'AWS::Lambda::Function').some(([it]) => it === id);
      expect(fn).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        MemorySize: { Authorizer: 256, Sweeper: 1769 }[unhashed(id)] ?? 512,
        Timeout: isApi ? 10 : unhashed(id) === 'Reconciler' ? 300 : 30,
      });
      expect(fn.ReservedConcurrentExecutions).toBeUndefined();
      expect(fn.LoggingConfig.LogGroup).toBeDefined();
    }
  });

  it('may do exactly what was agreed', () => {
    const names = Object.keys(functionEntries) as (keyof typeof functionEntries)[];
    const actual = names.map((name) => {
      const stack = stacks.find((it) =>
        dev.resources(it, 'AWS::Lambda::Function').some(([id]) => unhashed(id) === name),
      );
      return [name, dev.permissions(stack!, name)];
    });
    expect(Object.fromEntries(actual)).toEqual(agreedPermissions);
  });

  it('have roles with nothing but that', () => {
    const roles = dev.all('AWS::IAM::Role').filter(([id]) => !id.startsWith(deployHelper));
    for (const [, { Properties: role }] of roles) expect(role.ManagedPolicyArns).toBeUndefined();
  });

  it('keep logs a week in dev and a quarter in prod', () => {
    const retention = (of: Assembly) =>
      of.all('AWS::Logs::LogGroup').map(([, { Properties }]) => Properties.RetentionInDays);
    expect(new Set(retention(dev))).toEqual(new Set([7]));
    expect(new Set(retention(prod))).toEqual(new Set([90]));
  });
});

describe('the API', () => {
  it('has the routes of the table, each guarded unless it is for anyone', () => {
    const deployed = dev.resources('api', 'AWS::ApiGatewayV2::Route').map(([, { Properties }]) => Properties);
    const expected = routes.map((route) => [
      `${route.method} ${route.path}`,
      (route.callers as readonly string[]).includes('anyone') ? 'NONE' : 'CUSTOM',
    ]);
    expect(deployed.map(({ RouteKey, AuthorizationType }) => [RouteKey, AuthorizationType]).sort()).toEqual(
      expected.sort(),
    );
    for (const route of deployed) expect(Boolean(route.AuthorizerId)).toBe(route.AuthorizationType === 'CUSTOM');
  });

  it('sends each route to its function, by one integration and one permission per function', () => {
    const integrations = Object.fromEntries(dev.resources('api', 'AWS::ApiGatewayV2::Integration'));
    expect(Object.keys(integrations)).toHaveLength(7);
    for (const [, { Properties: route }] of dev.resources('api', 'AWS::ApiGatewayV2::Route')) {
      const integration = integrations[route.Target['Fn::Join'][1][1].Ref]!.Properties;
      const declared = routes.find(({ method, path }) => `${method} ${path}` === route.RouteKey)!;
      expect(integration.IntegrationUri['Fn::GetAtt'][0]).toMatch(new RegExp(`^${declared.function}[0-9A-F]{8}$`));
      expect(integration.PayloadFormatVersion).toBe('2.0');
    }
    const permitted = dev
      .resources('api', 'AWS::Lambda::Permission')
      .map(([, { Properties }]) => unhashed(Properties.FunctionName['Fn::GetAtt'][0]));
    expect(permitted.sort()).toEqual([
      'Authorizer',
      'Directory',
      'Drivers',
      'Operations',
      'Ordering',
      'People',
      'Readiness',
      'Tracking',
    ]);
  });

  it('asks one authorizer, whose simple answer holds for a minute per credential and way', () => {
    const authorizers = dev.resources('api', 'AWS::ApiGatewayV2::Authorizer');
    expect(authorizers.map(([, { Properties }]) => Properties)).toEqual([
      expect.objectContaining({
        AuthorizerType: 'REQUEST',
        AuthorizerPayloadFormatVersion: '2.0',
        EnableSimpleResponses: true,
        AuthorizerResultTtlInSeconds: 60,
        IdentitySource: ['$request.header.Authorization', '$request.header.x-mallway-origin-key'],
      }),
    ]);
  });

  it('has its routes before its stage, which names some of them', () => {
    const { DependsOn = [] } = dev.resource('api', 'AWS::ApiGatewayV2::Stage', 'Stage');
    const routeIds = dev.resources('api', 'AWS::ApiGatewayV2::Route').map(([id]) => id);
    expect(routeIds.filter((id) => !DependsOn.includes(id))).toEqual([]);
  });

  it('is throttled, and its log names no path, query or token', () => {
    const stage = dev.resource('api', 'AWS::ApiGatewayV2::Stage', 'Stage').Properties;
    expect(stage.StageName).toBe('$default');
    expect(stage.DefaultRouteSettings).toEqual({ ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 });
    const share = (of: number) => ({ ThrottlingRateLimit: 50 * of, ThrottlingBurstLimit: 100 * of });
    expect(stage.RouteSettings).toEqual({
      'GET /v1/track/{token}': share(0.4),
      'POST /v1/devices': share(0.1),
      'POST /v1/driver/positions': share(0.4),
      'POST /v1/driver/proofs': share(0.2),
      'GET /openapi.json': share(0.1),
      'GET /v1/join': share(0.1),
      'POST /v1/join': share(0.1),
      'GET /v1/join/{token}': share(0.1),
      'POST /v1/join/{token}/uploads': share(0.1),
      'POST /v1/join/{token}/documents': share(0.1),
      'POST /v1/join/{token}/withdraw': share(0.1),
      'POST /v1/driver/documents/uploads': share(0.1),
    });
    const log = stage.AccessLogSettings.DestinationArn['Fn::GetAtt'][0];
    expect(dev.template('api').Resources[log]).toMatchObject({
      Type: 'AWS::Logs::LogGroup',
      Properties: { RetentionInDays: 7 },
    });
    const format = JSON.parse(stage.AccessLogSettings.Format);
    expect(Object.values(format)).not.toContain('$context.path');
    expect(format).toMatchObject({ route: '$context.routeKey', status: '$context.status' });
  });
});

describe('queues and streams', () => {
  it('plan a mall at a time, five seconds after the first reason to', () => {
    expect(dev.resource('dispatch', 'AWS::SQS::Queue', 'DispatchQueue').Properties).toMatchObject({
      FifoQueue: true,
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
      DelaySeconds: 5,
      VisibilityTimeout: 180,
    });
    expect(dev.resource('dispatch', 'AWS::SQS::Queue', 'OfferExpiryQueue').Properties.FifoQueue).toBeUndefined();
  });

  it('encrypt, and put aside what fails five times', () => {
    for (const [id, { Properties }] of dev.all('AWS::SQS::Queue')) {
      expect(Properties.SqsManagedSseEnabled).toBe(true);
      if (!id.includes('Failures')) expect(Properties.RedrivePolicy.maxReceiveCount).toBe(5);
    }
  });

  it('have two readers at most, and lose no record that keeps failing', () => {
    const mappings = dev.resources('lifecycle', 'AWS::Lambda::EventSourceMapping');
    expect(mappings.map(([id]) => unhashed(id)).sort()).toEqual([
      'RelayReadsfleet',
      'RelayReadsorders',
      'ResumerReadsorders',
    ]);
    for (const [, { Properties }] of mappings) {
      expect(Properties).toMatchObject({
        BatchSize: 100,
        BisectBatchOnFunctionError: true,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        MaximumRetryAttempts: 5,
        MaximumRecordAgeInSeconds: 3600,
        StartingPosition: 'TRIM_HORIZON',
      });
      expect(Properties.DestinationConfig.OnFailure.Destination['Fn::GetAtt'][0]).toMatch(/^StreamFailures/);
    }
  });

  it('are read for what their readers act on, so that Lambda drops the rest unbilled', () => {
    const sortKeysOf = (id: string) => {
      const { Filters } = dev.resource('lifecycle', 'AWS::Lambda::EventSourceMapping', id).Properties.FilterCriteria;
      return Filters.map(({ Pattern }: { Pattern: string }) => JSON.parse(Pattern).dynamodb.Keys.sk.S);
    };
    expect(sortKeysOf('ResumerReadsorders')).toEqual([['ORDER', { prefix: 'WAIT#' }]]);
    expect(sortKeysOf('RelayReadsorders')).toEqual([[{ prefix: 'EVENT#' }, 'UNPUBLISHED']]);
    expect(sortKeysOf('RelayReadsfleet')).toEqual([[{ prefix: 'EVENT#' }]]);
  });

  it('ask maps of HERE: the terms of Esri exclude delivery vehicles', () => {
    const maps = [...dev.all('AWS::Location::PlaceIndex'), ...dev.all('AWS::Location::RouteCalculator')];
    expect(maps.map(([, { Properties }]) => Properties.DataSource)).toEqual(['Here']);
  });

  it.each([
    [
      'location-v1',
      ['Here'],
      ['geo:CalculateRoute', 'geo:CalculateRouteMatrix'],
      'route-calculator/mallway-dev-routes',
    ],
    ['location-v2', [], ['geo-routes:CalculateRouteMatrix', 'geo-routes:CalculateRoutes'], 'provider/default'],
  ])(
    'with routes from %s dispatch may ask for them, and nothing else may',
    async (routes, sources, actions, on) => {
      const paying = await assemblyOf('dev', { routes });
      const calculators = paying.all('AWS::Location::RouteCalculator');
      expect(calculators.map(([, { Properties }]) => Properties.DataSource)).toEqual(sources);
      const asking = (fn: string) => paying.permissions('dispatch', fn).filter((it) => /^geo/.test(it));
      expect(asking('Dispatch').map((it) => it.split(' ')[0])).toEqual(actions);
      expect(asking('Dispatch').every((it) => it.endsWith(on))).toBe(true);
      expect(JSON.stringify(paying.template('api'))).not.toContain('CalculateRoute');
      const { outputs } = paying.read<{ outputs: Record<string, { bytes: number }> }>('bundle/meta.json');
      const [, bundle] = Object.entries(outputs).find(([file]) => file.endsWith('/Dispatch/index.mjs'))!;
      expect(bundle.bytes / 1000).toBeLessThanOrEqual(560);
    },
    240_000,
  );
});

describe('the state machine', () => {
  it('is Standard, logs every step without its data, and has no timeout', () => {
    const machine = dev.resource('lifecycle', 'AWS::StepFunctions::StateMachine', 'OrderLifecycleMachine').Properties;
    expect(machine.StateMachineType ?? 'STANDARD').toBe('STANDARD');
    expect(machine.LoggingConfiguration).toMatchObject({ Level: 'ALL', IncludeExecutionData: false });
  });

  it('is started through an alias; versions stay for the executions that began on them', () => {
    const version = dev.resource('lifecycle', 'AWS::StepFunctions::StateMachineVersion', 'OrderLifecycleVersion');
    expect([version.DeletionPolicy, version.UpdateReplacePolicy]).toEqual(['Delete', 'Retain']);
    expect(version.Properties.StateMachineRevisionId['Fn::GetAtt'][1]).toBe('StateMachineRevisionId');
    const alias = dev.resource('lifecycle', 'AWS::StepFunctions::StateMachineAlias', 'OrderLifecycleLive').Properties;
    expect(alias.Name).toBe('live');
  });
});

describe('rules', () => {
  it('are kept, or broken for a reason that was agreed', () => {
    const found = stacks.flatMap((stack) =>
      Object.entries(
        dev.read<Record<string, { type: string; data: Record<string, string> }[]>>(
          `mallway-dev-${stack}.metadata.json`,
        ),
      ).flatMap(([construct, entries]) =>
        entries
          .filter(({ type }) => type === 'aws:cdk:acknowledged-rules')
          .flatMap(({ data }) => Object.entries(data))
          .map(([rule, reason]) => ({ rule: rule.replace(/^Annotation::/, ''), construct, reason })),
      ),
    );
    for (const { rule, construct, reason } of found)
      expect(reason.length, `${rule} on ${construct}`).toBeGreaterThan(30);
    const byRule: Record<string, string[]> = {};
    for (const { rule, construct } of found) {
      byRule[rule.replace(/<(\w+?)[0-9A-F]{8}\./, '<$1.')] ??= [];
      byRule[rule.replace(/<(\w+?)[0-9A-F]{8}\./, '<$1.')]!.push(construct.replace('/mallway-dev-', ''));
    }
    expect(byRule).toEqual(agreedAcknowledgements);
  });

  it('of CloudFormation leave room: size, resources, policies', () => {
    for (const stack of stacks) {
      const file = path(dev.directory, `mallway-dev-${stack}.template.json`);
      expect(readFileSync(file).byteLength, stack).toBeLessThan(1_000_000 / 2);
      expect(Object.keys(dev.template(stack).Resources).length, stack).toBeLessThan(500 / 2);
    }
    for (const [id, { Properties }] of dev.all('AWS::IAM::Policy')) {
      expect(JSON.stringify(Properties.PolicyDocument).length, id).toBeLessThan(10_240);
    }
  });

  it('of the embedded cloud: nothing runs only while deploying but the upload of the pages', () => {
    const types = stacks.flatMap((stack) => Object.values(dev.template(stack).Resources).map(({ Type }) => Type));
    expect(
      types.filter((type) => type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource'),
    ).toEqual(['Custom::CDKBucketDeployment', 'Custom::CDKBucketDeployment']);
  });
});

describe('bundles', () => {
  const clientsWithWeight = /node_modules\/@aws-sdk\/client-(s3|location|kms)\//;
  /** Handed out as it is, and held to a budget of its own: it grows with every route. */
  const apiDocument = 'docs/api/openapi.json';
  /** The API knows every schema, so each function grows a little with every route. */
  const base = 425;
  const [first, further] = [165, 30];

  it.each(Object.keys(functionEntries))('%s stays light enough to start fast', (name) => {
    const { outputs } = dev.read<{
      outputs: Record<string, { bytes: number; inputs: Record<string, { bytesInOutput: number }> }>;
    }>('bundle/meta.json');
    const [, output] = Object.entries(outputs).find(([file]) => file.endsWith(`/${name}/index.mjs`))!;
    const inputs = Object.entries(output.inputs);
    const clients = new Set(inputs.flatMap(([file]) => clientsWithWeight.exec(file)?.[1] ?? []));
    const budgetKilobytes = base + (clients.size > 0 ? first + (clients.size - 1) * further : 0);
    const documentBytes = output.inputs[apiDocument]?.bytesInOutput ?? 0;
    expect(documentBytes / 1000).toBeLessThanOrEqual(250);
    const biggest = inputs
      .map(([file, { bytesInOutput }]) => ({ file, bytesInOutput }))
      .sort((one, other) => other.bytesInOutput - one.bytesInOutput)
      .slice(0, 10)
      .map(({ file, bytesInOutput }) => `${(bytesInOutput / 1000).toFixed(1)} KB ${file}`);
    expect(
      (output.bytes - documentBytes) / 1000,
      `${name} grew. Its biggest parts:\n${biggest.join('\n')}`,
    ).toBeLessThanOrEqual(budgetKilobytes);
  });

  it.each(Object.keys(functionEntries))('%s imports what is not in it only when asked for', (name) => {
    const { outputs } = dev.read<{ outputs: Record<string, { imports: { path: string; kind: string }[] }> }>(
      'bundle/meta.json',
    );
    const [, output] = Object.entries(outputs).find(([file]) => file.endsWith(`/${name}/index.mjs`))!;
    const outside = output.imports.filter((it) => it.path.startsWith('@') && it.kind === 'import-statement');
    expect(outside).toEqual([]);
  });
});
