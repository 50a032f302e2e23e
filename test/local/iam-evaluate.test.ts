import { assert, constantFrom, property, shuffledSubarray, subarray, uniqueArray } from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { type AccessRequest, evaluate, type Policies } from '../../local/iam/evaluate.ts';
import { grantsOf, without } from '../../local/iam/grants.ts';
import { parsePolicy } from '../../local/iam/policy.ts';

const account = '000000000000';
const role = `arn:aws:iam::${account}:role/reader`;
const table = `arn:aws:dynamodb:us-east-1:${account}:table/orders`;
const queue = `arn:aws:sqs:us-east-1:${account}:wake`;
const key = `arn:aws:kms:us-east-1:${account}:key/k1`;
const fn = `arn:aws:lambda:us-east-1:${account}:function:Ordering`;
const root = `arn:aws:iam::${account}:root`;

const allow = (Action: string | string[], Resource: string | string[], more: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const deny = (Action: string, Resource: string, more: object = {}) => ({ Effect: 'Deny', Action, Resource, ...more });

function policies(own: object[], ofResources: Record<string, object[]> = {}, trust: object[] = []): Policies {
  const resources = Object.entries(ofResources).map(
    ([arn, statements]) => [arn, parsePolicy({ Statement: statements }, 'stack/Policy', 'resource')] as const,
  );
  return {
    ofRoles: new Map([[role, parsePolicy({ Statement: own }, 'stack/Role', 'identity')]]),
    ofResources: new Map([...resources, [role, parsePolicy({ Statement: trust }, 'stack/Role', 'trust')]]),
  };
}

function ask(
  action: string,
  resource: string,
  given: Policies,
  context: AccessRequest['context'] = {},
  principal: AccessRequest['principal'] = { role },
): string {
  const decision = evaluate({ principal, action, resource, context }, given);
  return decision.allowed ? 'allowed' : decision.because;
}

const noIdentity = (action: string) => `because no identity-based policy allows the ${action} action`;
const noResource = (action: string) => `because no resource-based policy allows the ${action} action`;
const explicit = (kind: string) => `with an explicit deny in ${kind}`;

describe('the policies of a role', () => {
  test.each<[string, string, string, object[], string]>([
    ['nothing is granted', 'dynamodb:GetItem', table, [], noIdentity('dynamodb:GetItem')],
    ['granted', 'dynamodb:GetItem', table, [allow('dynamodb:GetItem', table)], 'allowed'],
    ['actions know no case', 'dynamodb:GetItem', table, [allow('DynamoDB:getitem', table)], 'allowed'],
    [
      'resources know case',
      'dynamodb:GetItem',
      table,
      [allow('dynamodb:GetItem', table.toUpperCase())],
      noIdentity('dynamodb:GetItem'),
    ],
    ['* in an action', 'dynamodb:GetItem', table, [allow('dynamodb:Get*', table)], 'allowed'],
    ['? is one character', 'dynamodb:GetItem', table, [allow('dynamodb:?etItem', table)], 'allowed'],
    ['? is not none', 'dynamodb:GetItem', table, [allow('dynamodb:?GetItem', table)], noIdentity('dynamodb:GetItem')],
    ['a dot is a dot', 'dynamodb:GetItem', table, [allow('dynamodb:GetIte.', table)], noIdentity('dynamodb:GetItem')],
    ['* for everything', 'dynamodb:GetItem', table, [allow('*', '*')], 'allowed'],
    ['another action', 'dynamodb:PutItem', table, [allow('dynamodb:GetItem', table)], noIdentity('dynamodb:PutItem')],
    [
      'another resource',
      'dynamodb:GetItem',
      table,
      [allow('dynamodb:GetItem', `${table}2`)],
      noIdentity('dynamodb:GetItem'),
    ],
    [
      'a table is not its index',
      'dynamodb:Query',
      `${table}/index/due`,
      [allow('dynamodb:Query', table)],
      noIdentity('dynamodb:Query'),
    ],
    ['every index', 'dynamodb:Query', `${table}/index/due`, [allow('dynamodb:Query', `${table}/index/*`)], 'allowed'],
    [
      'Deny wins',
      'dynamodb:GetItem',
      table,
      [allow('*', '*'), deny('dynamodb:Get*', '*')],
      explicit('an identity-based policy'),
    ],
    [
      'Deny first wins as well',
      'dynamodb:GetItem',
      table,
      [deny('dynamodb:GetItem', table), allow('*', '*')],
      explicit('an identity-based policy'),
    ],
    [
      'a Deny of another action does not',
      'dynamodb:GetItem',
      table,
      [deny('dynamodb:PutItem', table), allow('*', '*')],
      'allowed',
    ],
    ['NotAction', 'dynamodb:GetItem', table, [{ Effect: 'Allow', NotAction: 'sqs:*', Resource: '*' }], 'allowed'],
    [
      'NotAction leaves out',
      'sqs:SendMessage',
      queue,
      [{ Effect: 'Allow', NotAction: 'sqs:*', Resource: '*' }],
      noIdentity('sqs:SendMessage'),
    ],
    ['NotResource', 'sqs:SendMessage', queue, [{ Effect: 'Allow', Action: '*', NotResource: table }], 'allowed'],
    [
      'NotResource leaves out',
      'dynamodb:GetItem',
      table,
      [{ Effect: 'Allow', Action: '*', NotResource: table }],
      noIdentity('dynamodb:GetItem'),
    ],
    [
      'Deny all but',
      'dynamodb:GetItem',
      table,
      [allow('*', '*'), { Effect: 'Deny', Action: '*', NotResource: queue }],
      explicit('an identity-based policy'),
    ],
  ])('%s', (_, action, resource, own, expected) => {
    expect(ask(action, resource, policies(own))).toBe(expected);
  });

  it('are those of one role only', () => {
    const other = { role: `arn:aws:iam::${account}:role/other` };
    expect(ask('dynamodb:GetItem', table, policies([allow('*', '*')]), {}, other)).toBe(noIdentity('dynamodb:GetItem'));
  });
});

describe('conditions', () => {
  const leading = (operator: string) => ({ [operator]: { 'dynamodb:LeadingKeys': ['a', 'b'] } });
  test.each<[string, object, AccessRequest['context'], boolean]>([
    ['Bool', { Bool: { 'aws:SecureTransport': 'false' } }, { 'aws:securetransport': ['false'] }, true],
    ['Bool, unlike', { Bool: { 'aws:SecureTransport': 'false' } }, { 'aws:securetransport': ['true'] }, false],
    ['a key that is absent', { Bool: { 'aws:SecureTransport': 'false' } }, {}, false],
    ['IfExists of an absent key', { BoolIfExists: { 'aws:SecureTransport': 'false' } }, {}, true],
    ['StringEquals is exact', { StringEquals: { 's3:prefix': 'a*' } }, { 's3:prefix': ['ab'] }, false],
    ['StringLike', { StringLike: { 's3:prefix': ['x', 'a*'] } }, { 's3:prefix': ['ab'] }, true],
    ['StringNotEquals', { StringNotEquals: { 's3:prefix': ['a', 'b'] } }, { 's3:prefix': ['c'] }, true],
    ['StringNotEquals, one equal', { StringNotEquals: { 's3:prefix': ['a', 'b'] } }, { 's3:prefix': ['b'] }, false],
    ['StringNotEquals of an absent key', { StringNotEquals: { 's3:prefix': 'a' } }, {}, true],
    ['ForAllValues', leading('ForAllValues:StringEquals'), { 'dynamodb:leadingkeys': ['a', 'b'] }, true],
    ['ForAllValues, one foreign', leading('ForAllValues:StringEquals'), { 'dynamodb:leadingkeys': ['a', 'c'] }, false],
    ['ForAllValues of none', leading('ForAllValues:StringEquals'), {}, true],
    ['ForAnyValue', leading('ForAnyValue:StringEquals'), { 'dynamodb:leadingkeys': ['c', 'a'] }, true],
    ['ForAnyValue of none', leading('ForAnyValue:StringEquals'), {}, false],
    ['ArnLike', { ArnLike: { 'AWS:SourceArn': `arn:aws:sqs:*:${account}:w*` } }, { 'aws:sourcearn': [queue] }, true],
    [
      'ArnLike stays within its part',
      { ArnLike: { 'aws:SourceArn': 'arn:aws:sqs:*:wake' } },
      { 'aws:sourcearn': [queue] },
      false,
    ],
    ['Null, absent', { Null: { 's3:prefix': 'true' } }, {}, true],
    ['Null, present', { Null: { 's3:prefix': 'true' } }, { 's3:prefix': [''] }, false],
    [
      'every key must hold',
      { StringEquals: { 's3:prefix': 'a', 'aws:SourceAccount': account } },
      { 's3:prefix': ['a'] },
      false,
    ],
    [
      'of a name',
      { StringEquals: { 'kms:EncryptionContext:apiKey': 'k' } },
      { 'kms:encryptioncontext:apikey': ['k'] },
      true,
    ],
  ])('%s', (_, Condition, context, holds) => {
    const given = policies([allow('dynamodb:GetItem', table, { Condition })]);
    expect(ask('dynamodb:GetItem', table, given, context) === 'allowed').toBe(holds);
  });
});

describe('the policy of a resource', () => {
  const wake = (Principal: unknown, more: object = {}) => ({ ...allow('sqs:SendMessage', queue), Principal, ...more });
  test.each<[string, object[], object[], string]>([
    ['lets a role in by itself', [], [wake({ AWS: role })], 'allowed'],
    ['names everybody', [], [wake('*')], 'allowed'],
    ['hands over to the account, which has to allow', [], [wake({ AWS: root })], noIdentity('sqs:SendMessage')],
    ['is not needed where the role may', [allow('sqs:*', queue)], [], 'allowed'],
    [
      'denies everybody',
      [allow('sqs:*', queue)],
      [{ ...wake({ AWS: '*' }), Effect: 'Deny' }],
      explicit('a resource-based policy'),
    ],
    [
      'denies the account, and so its roles',
      [allow('sqs:*', queue)],
      [{ ...wake({ AWS: account }), Effect: 'Deny' }],
      explicit('a resource-based policy'),
    ],
    [
      'denies what is not encrypted',
      [allow('sqs:*', queue)],
      [{ ...wake('*', { Condition: { Bool: { 'aws:SecureTransport': 'false' } } }), Effect: 'Deny' }],
      'allowed',
    ],
  ])('%s', (_, own, ofQueue, expected) => {
    const context = { 'aws:securetransport': ['true'] };
    expect(ask('sqs:SendMessage', queue, policies(own, { [queue]: ofQueue }), context)).toBe(expected);
  });

  test.each<[string, object[], object[], string]>([
    [
      'a key that hands over to the account',
      [allow('kms:Decrypt', key)],
      [{ ...allow('kms:*', '*'), Principal: { AWS: root } }],
      'allowed',
    ],
    [
      'a key that hands over, to a role without the grant',
      [],
      [{ ...allow('kms:*', '*'), Principal: { AWS: root } }],
      noIdentity('kms:Decrypt'),
    ],
    ['a key that names nobody', [allow('kms:Decrypt', key)], [], noResource('kms:Decrypt')],
    ['a key that names the role', [], [{ ...allow('kms:Decrypt', '*'), Principal: { AWS: role } }], 'allowed'],
  ])('%s', (_, own, ofKey, expected) => {
    expect(ask('kms:Decrypt', key, policies(own, { [key]: ofKey }))).toBe(expected);
  });

  it('of a bucket is that of its objects', () => {
    const bucket = 'arn:aws:s3:::proofs';
    const ofBucket = [{ ...deny('s3:*', `${bucket}/*`), Principal: '*' }];
    expect(ask('s3:GetObject', `${bucket}/a/b`, policies([allow('*', '*')], { [bucket]: ofBucket }))).toBe(
      explicit('a resource-based policy'),
    );
  });

  it('is all that counts for a service, and for assuming a role', () => {
    const source = 'arn:aws:execute-api:us-east-1:000000000000:api1/*/*';
    const permission = {
      ...allow('lambda:InvokeFunction', fn),
      Principal: { Service: 'apigateway.amazonaws.com' },
      Condition: { ArnLike: { 'AWS:SourceArn': source } },
    };
    const trust = [
      { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'states.us-east-1.amazonaws.com' } },
    ];
    const given = policies([allow('*', '*')], { [fn]: [permission] }, trust);
    const invoke = (service: string, api: string) =>
      ask('lambda:InvokeFunction', fn, given, { 'aws:sourcearn': [source.replace('api1/*/*', api)] }, { service });
    expect(invoke('apigateway.amazonaws.com', 'api1/$default/GET/v1/orders')).toBe('allowed');
    expect(invoke('apigateway.amazonaws.com', 'api2/$default/GET/v1/orders')).toBe(noResource('lambda:InvokeFunction'));
    expect(invoke('events.amazonaws.com', 'api1/$default/GET/v1/orders')).toBe(noResource('lambda:InvokeFunction'));
    const assume = (principal: AccessRequest['principal']) => ask('sts:AssumeRole', role, given, {}, principal);
    expect(assume({ service: 'states.amazonaws.com' })).toBe('allowed');
    expect(assume({ service: 'lambda.amazonaws.com' })).toBe(noResource('sts:AssumeRole'));
    expect(assume({ role })).toBe(noResource('sts:AssumeRole'));
  });
});

describe('whatever the policies', () => {
  const actions = ['dynamodb:GetItem', 'dynamodb:PutItem', 'sqs:SendMessage', 'dynamodb:*', '*'];
  const resources = [table, queue, `${table}/index/due`, '*'];
  const statements = actions.flatMap((action) =>
    resources.flatMap((resource) => [allow(action, resource), deny(action, resource)]),
  );
  const request = { action: constantFrom(...actions.slice(0, 3)), resource: constantFrom(...resources.slice(0, 3)) };

  it('their order says nothing, and a grant more or a Deny less never takes anything away', () => {
    assert(
      property(shuffledSubarray(statements), request.action, request.resource, (own, action, resource) => {
        const answer = ask(action, resource, policies(own));
        expect(ask(action, resource, policies([...own].reverse()))).toBe(answer);
        if (answer !== 'allowed') return;
        expect(ask(action, resource, policies([...own, allow(action, resource)]))).toBe('allowed');
        expect(ask(action, resource, policies(own.filter(({ Effect }) => Effect === 'Allow')))).toBe('allowed');
      }),
    );
  });

  it('one grant taken away takes that one away and no other', () => {
    const pairs = uniqueArray(constantFrom(...actions.slice(0, 3)), { minLength: 1 });
    assert(
      property(pairs, subarray(resources.slice(0, 3), { minLength: 1 }), (some, on) => {
        const given = policies([allow(some, on)]);
        for (const grant of grantsOf(given)) {
          const rest = without(grant, given);
          for (const action of some) {
            for (const resource of on) {
              const isGone = action === grant.action && resource === grant.resource;
              expect(ask(action, resource, rest) === 'allowed').toBe(!isGone);
            }
          }
        }
      }),
    );
  });
});

describe('a policy that is not modelled stops the reading and says where', () => {
  test.each<[string, object, RegExp]>([
    [
      'condition key',
      allow('*', '*', { Condition: { StringEquals: { 'aws:SourceIp': '10.0.0.1' } } }),
      /aws:SourceIp is not modelled/,
    ],
    [
      'condition operator',
      allow('*', '*', { Condition: { IpAddress: { 'aws:SourceArn': 'x' } } }),
      /IpAddress is not modelled/,
    ],
    [
      'a prefix is no key',
      allow('*', '*', { Condition: { StringEquals: { 'kms:EncryptionContext:': 'x' } } }),
      /is not modelled/,
    ],
    ['policy variable', allow('*', `arn:aws:s3:::proofs/\${aws:username}`), /\$\{aws:username\} is not modelled/],
    ['element', allow('*', '*', { Surprise: 1 }), /Surprise is not modelled/],
    ['principal of a role', allow('*', '*', { Principal: '*' }), /does not/],
    ['neither Action nor NotAction', { Effect: 'Allow', Resource: '*' }, /either Action or NotAction/],
    ['both Resource and NotResource', allow('*', '*', { NotResource: 'x' }), /either Resource or NotResource/],
    ['Effect', { ...allow('*', '*'), Effect: 'allow' }, /neither Allow nor Deny/],
    ['what is no text', allow('*', { Ref: 'Table' } as unknown as string), /is no text/],
  ])('%s', (_, statement, message) => {
    const parse = () => parsePolicy({ Statement: [statement] }, 'api/OrderingRole', 'identity');
    expect(parse).toThrow(message);
    expect(parse).toThrow(/^api\/OrderingRole: /);
  });

  it('NotPrincipal, other kinds of principal, other versions', () => {
    const parse = (statement: object, Version?: string) => () =>
      parsePolicy({ Statement: [statement], ...(Version && { Version }) }, 'data/Key', 'resource');
    expect(parse({ ...deny('*', '*'), NotPrincipal: { AWS: root } })).toThrow(
      'data/Key: the policy element NotPrincipal',
    );
    expect(parse({ ...allow('*', '*'), Principal: { Federated: 'x' } })).toThrow('principals of kind Federated');
    expect(parse({ ...allow('*', '*'), Principal: '*' }, '2008-10-17')).toThrow('version 2008-10-17');
  });
});
