import { beforeAll, describe, expect, it } from 'vitest';
import { settingsFor } from '../../lib/settings.ts';
import { type Assembly, assemblyOf, stacks } from './templates.ts';

let dev: Assembly;

beforeAll(async () => {
  dev = await assemblyOf('dev');
}, 240_000);

const config = () => dev.resource('web', 'AWS::CloudFront::Distribution', 'Distribution').Properties.DistributionConfig;

describe('the distribution', () => {
  it('hands the paths of the API on whole, by every method, and keeps nothing of them', () => {
    const { CacheBehaviors, Origins } = config();
    expect(CacheBehaviors.map(({ PathPattern }: { PathPattern: string }) => PathPattern)).toEqual([
      '/openapi.json',
      '/v1/*',
    ]);
    for (const behaviour of CacheBehaviors) {
      expect(behaviour).toMatchObject({
        AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
        CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad', // Managed-CachingDisabled
        OriginRequestPolicyId: 'b689b0a8-53d0-40ab-baf2-68738e2966ac', // Managed-AllViewerExceptHostHeader
        ViewerProtocolPolicy: 'https-only',
      });
      const origin = Origins.find(({ Id }: { Id: string }) => Id === behaviour.TargetOriginId);
      expect(JSON.stringify(origin.DomainName)).toContain('.execute-api.');
      expect(origin.CustomOriginConfig).toEqual({
        OriginProtocolPolicy: 'https-only',
        OriginSSLProtocols: ['TLSv1.2'],
      });
    }
  });

  it('alone reads the bucket of pages, and by TLS', () => {
    const { DefaultCacheBehavior, Origins } = config();
    const origin = Origins.find(({ Id }: { Id: string }) => Id === DefaultCacheBehavior.TargetOriginId);
    expect(origin.OriginAccessControlId).toBeDefined();
    expect(DefaultCacheBehavior.ViewerProtocolPolicy).toBe('redirect-to-https');
    const { Statement } = dev.resource('web', 'AWS::S3::BucketPolicy', 'PagesPolicy').Properties.PolicyDocument;
    expect(Statement.map(({ Effect, Action }: { Effect: string; Action: string }) => [Effect, Action])).toEqual([
      ['Deny', 's3:*'],
      ['Allow', 's3:GetObject'],
    ]);
    expect(Statement[0].Condition).toEqual({ Bool: { 'aws:SecureTransport': 'false' } });
    expect(Object.keys(Statement[1].Condition.StringEquals)).toEqual(['AWS:SourceArn']);
    expect(dev.resource('web', 'AWS::S3::Bucket', 'Pages').Properties.PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
  });

  it('has a domain and TLS 1.2 of 2021, and a web ACL, when it is given them', () => {
    const { Aliases, ViewerCertificate, WebACLId } = config();
    expect(Aliases['Fn::If'][1]).toEqual([{ Ref: 'DomainName' }]);
    expect(ViewerCertificate['Fn::If'][1]).toEqual({
      AcmCertificateArn: { Ref: 'CertificateArn' },
      MinimumProtocolVersion: 'TLSv1.2_2021',
      SslSupportMethod: 'sni-only',
    });
    expect(WebACLId['Fn::If'][1]).toEqual({ Ref: 'WebAclArn' });
  });

  it('logs, where CloudFront can, no path, query, referrer or cookie: tracking links are credentials', () => {
    const [[, { Properties }] = ['', { Properties: {} }]] = dev.resources('web', 'AWS::Logs::Delivery');
    expect(Properties.RecordFields).toContain('sc-status');
    expect(Properties.RecordFields.filter((field: string) => /uri|query|referer|cookie|host/.test(field))).toEqual([]);
    const conditions = (dev.template('web') as unknown as { Conditions: Record<string, object> }).Conditions;
    const [condition] = Object.entries(conditions).find(([id]) => id.startsWith('EdgeLog'))!;
    expect(conditions[condition]).toEqual({ 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-east-1'] });
  });

  it('answers everything, pages and API, with a policy that lets nothing run or be framed but ours', () => {
    const { CacheBehaviors, DefaultCacheBehavior } = config();
    const [[policyId] = []] = dev.resources('web', 'AWS::CloudFront::ResponseHeadersPolicy');
    for (const { ResponseHeadersPolicyId } of [DefaultCacheBehavior, ...CacheBehaviors]) {
      expect(ResponseHeadersPolicyId).toEqual({ Ref: policyId });
    }
    const { SecurityHeadersConfig } = dev.resource('web', 'AWS::CloudFront::ResponseHeadersPolicy', 'SecurityHeaders')
      .Properties.ResponseHeadersPolicyConfig;
    const policy = JSON.stringify(SecurityHeadersConfig.ContentSecurityPolicy.ContentSecurityPolicy);
    expect(policy).not.toMatch(/unsafe-inline|unsafe-eval|\*/);
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    const { AccessControlMaxAgeSec, IncludeSubdomains, Override } = SecurityHeadersConfig.StrictTransportSecurity;
    expect(AccessControlMaxAgeSec).toBeGreaterThanOrEqual(31_536_000);
    expect([IncludeSubdomains, Override]).toEqual([true, true]);
  });
});

describe('the key that the distribution tells the API', () => {
  const keysIn = (value: unknown) =>
    [...JSON.stringify(value).matchAll(/"Ref":"OriginKey(\d+?)(?:[0-9A-F]{8})?"/g)].map(([, it]) => Number(it));
  const sent = (of: Assembly) =>
    keysIn(of.resource('web', 'AWS::CloudFront::Distribution', 'Distribution').Properties.DistributionConfig.Origins);
  const made = (of: Assembly) =>
    of.resources('web', 'AWS::SecretsManager::Secret').flatMap(([id]) => keysIn({ Ref: id }));
  const accepted = (of: Assembly) => {
    const lists = of
      .resources('api', 'AWS::Lambda::Function')
      .map(([, { Properties }]) => keysIn(Properties.Environment.Variables.ORIGIN_KEYS).join());
    expect(lists).toHaveLength(8);
    expect(new Set(lists).size).toBe(1);
    return lists[0]!.split(',').map(Number);
  };

  it('is drawn by CloudFormation, and stands in no template', () => {
    const [[, { Properties }] = ['', { Properties: {} }]] = dev.resources('web', 'AWS::SecretsManager::Secret');
    expect(Properties.GenerateSecretString).toEqual({ ExcludePunctuation: true, PasswordLength: 48 });
    expect([sent(dev), accepted(dev), made(dev)]).toEqual([[1], [1], [1]]);
    const { OriginCustomHeaders } = config().Origins.at(-1);
    expect(OriginCustomHeaders).toEqual([{ HeaderName: 'x-mallway-origin-key', HeaderValue: expect.anything() }]);
    expect(JSON.stringify(OriginCustomHeaders)).toContain('{{resolve:secretsmanager:');
  });

  it('gives place to another in two deployments; the one before stays for functions that have to go back', async () => {
    const both = await assemblyOf('dev', { originKeys: '1,2' });
    expect([sent(both), accepted(both), made(both)]).toEqual([[1], [1, 2], [1, 2]]);
    const next = await assemblyOf('dev', { originKeys: '2' });
    expect([sent(next), accepted(next), made(next)]).toEqual([[2], [2], [1, 2]]);
  }, 240_000);

  it.each(['0', 'one', '1,1', ''])('is told by numbers, not by "%s"', (list) => {
    if (list === '') expect(settingsFor('dev', { originKeys: list }).originKeys).toEqual([1]);
    else expect(() => settingsFor('dev', { originKeys: list })).toThrow('-c originKeys=1,2');
  });
});

describe('the address of the pages', () => {
  it('is read by name at each deployment, in one pass: nobody imports it', () => {
    const { Properties: kept } = dev.resource('web', 'AWS::SSM::Parameter', 'PublicUrl');
    const readers = stacks.filter((stack) => dev.template(stack).Parameters?.PublicUrl);
    expect(readers).toEqual(['people', 'data', 'lifecycle', 'api']);
    const { artifacts } = dev.read<{ artifacts: Record<string, { dependencies?: string[] }> }>('manifest.json');
    for (const stack of readers) {
      expect(dev.template(stack).Parameters!.PublicUrl).toMatchObject({
        Type: 'AWS::SSM::Parameter::Value<String>',
        Default: kept.Name,
      });
      expect(artifacts[`mallway-dev-${stack}`]!.dependencies).toContain('mallway-dev-web');
    }
  });
});

describe('between stacks', () => {
  it('nobody waits for somebody who waits for them', () => {
    const { artifacts } = dev.read<{ artifacts: Record<string, { dependencies?: string[] }> }>('manifest.json');
    const waiting = new Map(
      stacks.map((stack) => {
        const { dependencies = [] } = artifacts[`mallway-dev-${stack}`]!;
        return [stack, stacks.filter((other) => dependencies.includes(`mallway-dev-${other}`))];
      }),
    );
    const deployed: string[] = [];
    for (const _ of stacks) {
      const next = stacks.filter(
        (it) => !deployed.includes(it) && waiting.get(it)!.every((on) => deployed.includes(on)),
      );
      deployed.push(...next);
    }
    expect(deployed.toSorted()).toEqual(stacks.toSorted());
    expect(deployed[0]).toBe('web');
  });

  const exported = () =>
    stacks.flatMap((stack) =>
      Object.values(dev.template(stack).Outputs ?? {}).flatMap(({ Value, Export }) => {
        if (!Export) return [];
        const [[intrinsic, argument] = ['', '']] = Object.entries(Value);
        const [id, attribute] = intrinsic === 'Ref' ? [argument, 'Ref'] : (argument as [string, string]);
        return [{ name: Export.Name, what: `${dev.template(stack).Resources[id]!.Type} ${attribute}` }];
      }),
    );

  it('only that is exported which never changes: the names of what holds data, and of the API', () => {
    expect([...new Set(exported().map(({ what }) => what))].toSorted()).toEqual([
      'AWS::ApiGatewayV2::Api Ref',
      'AWS::DynamoDB::Table Arn',
      'AWS::DynamoDB::Table Ref',
      'AWS::KMS::Key Arn',
      'AWS::KMS::Key Ref',
      'AWS::S3::Bucket Arn',
      'AWS::S3::Bucket Ref',
    ]);
  });

  it('an export does not go when nobody imports it any more, which CloudFormation would refuse', () => {
    const imported = new Set(
      stacks.flatMap((stack) =>
        [...JSON.stringify(dev.template(stack)).matchAll(/"Fn::ImportValue":"([^"]+)"/g)].map(([, name]) => name!),
      ),
    );
    expect([...imported].filter((name) => !exported().some((it) => it.name === name))).toEqual([]);
    for (const [id, { Type }] of Object.entries(dev.template('data').Resources)) {
      if (Type !== 'AWS::DynamoDB::Table' && Type !== 'AWS::KMS::Key') continue;
      expect(
        exported().filter(({ name }) => name.includes(id)),
        id,
      ).toHaveLength(2);
    }
  });

  it('what may change is read by its name, from a parameter that a stack before keeps', () => {
    const kept = dev.all('AWS::SSM::Parameter').map(([, { Properties }]) => Properties.Name);
    const read = stacks.flatMap((stack) =>
      Object.entries(dev.template(stack).Parameters ?? {})
        .filter(([name, { Type }]) => Type.startsWith('AWS::SSM') && name !== 'BootstrapVersion')
        .map(([, { Default }]) => Default),
    );
    // The person who deploys reads these, with npm run admin.
    const byAdmin = ['/mallway/dev/people-tables', '/mallway/dev/erasure-stores'];
    expect([...new Set([...read, ...byAdmin])].toSorted()).toEqual(kept.toSorted());
  });
});
