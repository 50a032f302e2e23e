import { describe, expect, it } from 'vitest';
import { readUnderCheck, underCheck } from '../../local/limits/assembly-under-check.ts';
import { breachLines, checkLimits, limits, limitsTable } from '../../local/limits/check-limits.ts';
import { breakingFixtures } from './limits-fixtures.ts';
import { assemblyOf, stacks } from './templates.ts';

describe.each(['dev', 'prod'] as const)('the stacks at their stage %s', (stage) => {
  it('fit', async () => {
    const { directory } = await assemblyOf(stage);
    const assembly = readUnderCheck(directory);
    expect(assembly.stacks).toHaveLength(stacks.length);
    const findings = checkLimits(assembly);
    expect(breachLines(findings)).toEqual([]);
    // A limit that finds nothing to measure cannot be broken: only these may be of things we have none of.
    const mayBeAbsent = [
      'characters of a managed policy',
      'provisioned concurrency',
      'characters of RoleName',
      'characters of CalculatorName',
      'characters of FunctionName',
      'characters of QueueName',
      'characters of BucketName',
      'characters of TableName',
    ];
    const unmeasured = findings.filter(({ worst }) => !worst).map(({ limit }) => limit);
    expect(unmeasured.filter((limit) => !mayBeAbsent.includes(limit))).toEqual([]);
    const worst = (limit: string) => findings.find((finding) => finding.limit === limit)?.worst?.value;
    expect(worst('functions that read a stream')).toBe(2);
    expect(worst('bytes of unzipped code')).toBeGreaterThan(100_000);
    expect(worst("bytes of a function's policy")).toBeGreaterThan(300);
    expect(worst("characters of a role's inline policies")).toBeGreaterThan(1_000);
  });
});

describe('a limit that is broken', () => {
  it('is one of those with a fixture', () => {
    expect(Object.keys(breakingFixtures).sort()).toEqual(limits.map(({ name }) => name).sort());
  });

  it.each(limits.map((limit) => [limit.name, limit] as const))(
    '%s: is told with its place and the mend',
    (name, limit) => {
      const { names, template, bundles, also } = breakingFixtures[name]!;
      const findings = checkLimits(underCheck([{ name: 'shop', template }], bundles));
      const lines = breachLines(findings.filter((finding) => finding.limit === name));
      expect(lines.length).toBeGreaterThan(0);
      expect(lines.join('\n')).toContain(names ? `shop/${names}` : 'shop:');
      expect(lines[0]).toContain(limit.mend);
      // The fixture breaks this limit alone, so that it is this limit that is seen to work.
      const broken = findings.filter(({ breaches }) => breaches.length > 0).map((finding) => finding.limit);
      expect(broken.filter((one) => one !== also)).toEqual([name]);
    },
  );
});

describe('a limit that is just kept', () => {
  it('lets 500 resources, 300 routes and 20 indexes through', () => {
    const api = { Type: 'AWS::ApiGatewayV2::Api' };
    const table = {
      Type: 'AWS::DynamoDB::Table',
      Properties: { GlobalSecondaryIndexes: Array.from({ length: 20 }, () => ({})) },
    };
    const routes = Array.from({ length: 300 }, (_, index) => [
      `Route${index}`,
      { Type: 'AWS::ApiGatewayV2::Route', Properties: { ApiId: { Ref: 'Api' } } },
    ]);
    const others = Array.from({ length: 198 }, (_, index) => [`Queue${index}`, { Type: 'AWS::SQS::Queue' }]);
    const Resources = { Api: api, Table: table, ...Object.fromEntries([...routes, ...others]) };
    const findings = checkLimits(underCheck([{ name: 'shop', template: { Resources } }]));
    expect(breachLines(findings)).toEqual([]);
    expect(limitsTable(findings)).toMatch(/resources in a stack +500 +500 +shop\n/);
    expect(limitsTable(findings)).toMatch(/routes of an API +300 +300 +shop\/Api\n/);
  });

  it('counts the routes of each API by themselves', () => {
    const routesOf = (api: string) =>
      Array.from({ length: 200 }, (_, index) => [
        `${api}Route${index}`,
        { Type: 'AWS::ApiGatewayV2::Route', Properties: { ApiId: { Ref: api } } },
      ]);
    const api = { Type: 'AWS::ApiGatewayV2::Api' };
    const Resources = { One: api, Two: api, ...Object.fromEntries([...routesOf('One'), ...routesOf('Two')]) };
    expect(breachLines(checkLimits(underCheck([{ name: 'shop', template: { Resources } }])))).toEqual([]);
  });

  it('stops at a reference to what is not there', () => {
    const Resources = { Fn: { Type: 'AWS::Lambda::Function', Properties: { Role: { Ref: 'Nobody' } } } };
    expect(() => underCheck([{ name: 'shop', template: { Resources } }])).toThrow(
      'Stack shop refers to Nobody, which it does not have.',
    );
  });
});
