import { readdirSync } from 'node:fs';
import { join, matchesGlob, sep } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import type { Deployment, Resource } from '../assembly/deployment.ts';
import { region } from '../assembly/home.ts';
import type { PageFile } from './static-pages.ts';

/** What the distribution of a template is to the front port. */
export interface Edge {
  /** `/v1`, `/openapi.json`: paths whose requests, and all below them, go to the API. */
  apiPaths: string[];
  /** What it tells the API with each request, in place of whatever the caller says under the same name. */
  originHeaders: Record<string, string>;
  /** What every answer tells a browser. */
  headers: Record<string, string>;
  /** By address, as the pages' bucket would hold them. */
  files: Map<string, PageFile>;
  /** The file that an address stands for, or undefined where there is no such page. */
  rewrite: (path: string) => string | undefined;
}

/** Reads the distribution of a template; undefined where it has none. */
export function edgeOf(deployment: Deployment): Edge | undefined {
  const [distribution, other] = deployment.ofType('AWS::CloudFront::Distribution');
  if (other) throw new Error(`${other.stack}/${other.logicalId} is a second distribution; there is one front port.`);
  if (!distribution) return undefined;
  const { CacheBehaviors = [], DefaultCacheBehavior } = distribution.properties.DistributionConfig;
  return {
    apiPaths: CacheBehaviors.map(({ PathPattern }) => prefixOf(PathPattern)),
    originHeaders: originHeadersOf(distribution),
    headers: headersOf(deployment, DefaultCacheBehavior.ResponseHeadersPolicyId),
    files: filesOf(deployment),
    rewrite: rewriterOf(deployment, DefaultCacheBehavior.FunctionAssociations?.[0]?.FunctionARN),
  };
}

/** All paths that are not pages lead to one API. */
function originHeadersOf({ stack, logicalId, properties }: Resource<'AWS::CloudFront::Distribution'>) {
  const { CacheBehaviors = [], Origins } = properties.DistributionConfig;
  const [api, other] = Origins.filter(({ Id }) => CacheBehaviors.some(({ TargetOriginId }) => TargetOriginId === Id));
  if (other) throw new Error(`${stack}/${logicalId}: its paths lead to several origins; there is one API.`);
  const headers = api?.OriginCustomHeaders ?? [];
  return Object.fromEntries(headers.map(({ HeaderName, HeaderValue }) => [HeaderName.toLowerCase(), HeaderValue]));
}

/** `/v1/*` is everything below `/v1`; other patterns are paths. */
function prefixOf(pattern: string): string {
  const prefix = pattern.replace(/\/\*$/, '');
  if (/[*?]/.test(prefix)) throw new Error(`The path pattern ${pattern} of the distribution is not emulated.`);
  return prefix;
}

function headersOf(deployment: Deployment, policyId: string | undefined): Record<string, string> {
  const policy = deployment.ofType('AWS::CloudFront::ResponseHeadersPolicy').find(({ ref }) => ref === policyId);
  if (!policy) return {};
  const { SecurityHeadersConfig: security, CustomHeadersConfig: custom } =
    policy.properties.ResponseHeadersPolicyConfig;
  const { AccessControlMaxAgeSec } = security.StrictTransportSecurity;
  return {
    'content-security-policy': withLocalBuckets(deployment, security.ContentSecurityPolicy.ContentSecurityPolicy),
    'x-content-type-options': 'nosniff',
    'x-frame-options': security.FrameOptions.FrameOption,
    'referrer-policy': security.ReferrerPolicy.ReferrerPolicy,
    'strict-transport-security': `max-age=${AccessControlMaxAgeSec}; includeSubDomains`,
    ...Object.fromEntries(custom.Items.map(({ Header, Value }) => [Header, Value])),
  };
}

/** Buckets are reached at the services port, by number: see the functions' AWS_ENDPOINT_URL_S3. */
function withLocalBuckets(deployment: Deployment, policy: string): string {
  const local = deployment.urls.services.replace('//localhost', '//127.0.0.1');
  return deployment
    .ofType('AWS::S3::Bucket')
    .reduce((text, { name }) => text.replaceAll(`https://${name}.s3.${region}.amazonaws.com`, local), policy);
}

function filesOf(deployment: Deployment): Map<string, PageFile> {
  const files = new Map<string, PageFile>();
  for (const upload of deployment.ofType('Custom::CDKBucketDeployment')) {
    for (const key of upload.properties.SourceObjectKeys) {
      const directory = deployment.asset(key);
      for (const path of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
        const name = path.split(sep).join('/');
        if (!isUploaded(upload, name)) continue;
        files.set(`/${name}`, {
          path: join(directory, path),
          cacheControl: upload.properties.SystemMetadata['cache-control'],
        });
      }
    }
  }
  return files;
}

/** As `aws s3 sync` reads the filters: exclusions first, and what is included again stays. */
function isUploaded({ properties }: Resource<'Custom::CDKBucketDeployment'>, name: string): boolean {
  const { Exclude = [], Include = [] } = properties;
  const matches = (pattern: string) => matchesGlob(name.replaceAll('/', '|'), pattern);
  return Include.some(matches) || !Exclude.some(matches);
}

/** Runs the CloudFront Function itself on each address. */
function rewriterOf(deployment: Deployment, functionArn: string | undefined): Edge['rewrite'] {
  const fn = deployment
    .ofType('AWS::CloudFront::Function')
    .find((candidate) => deployment.attribute(candidate, 'FunctionARN') === functionArn);
  if (!fn) return (path) => path;
  const context = createContext({});
  runInContext(fn.properties.FunctionCode, context, { filename: 'page-addresses.js' });
  return (path) => {
    context.event = {
      version: '1.0',
      request: { method: 'GET', uri: path, querystring: {}, headers: {}, cookies: {} },
    };
    const answer = runInContext('handler(event)', context) as { uri?: string };
    return answer.uri;
  };
}
