import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnCondition, CfnOutput, CfnParameter, Fn, RemovalPolicy, Stack, type StackProps, Token } from 'aws-cdk-lib';
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  AllowedMethods,
  type BehaviorOptions,
  CachePolicy,
  type CfnDistribution,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HttpVersion,
  OriginRequestPolicy,
  PriceClass,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { originKeyHeader, type Route } from '../lambdas/http/routes.ts';
import { acknowledge } from './constructs/acknowledge.ts';
import { EdgeLog } from './constructs/edge-log.ts';
import { OriginKeys } from './constructs/origin-keys.ts';
import { SecurityHeaders } from './constructs/security-headers.ts';
import { bucketName, publicUrlName, signInHost } from './parameters.ts';
import type { Settings } from './settings.ts';

export interface WebStackProps extends StackProps {
  settings: Settings;
  routes: readonly Route[];
}

/**
 * The one address of an installation: pages and API behind one distribution. It comes before all other stacks, which
 * need that address; so it makes the API, and the API stack fills it with routes.
 */
export class WebStack extends Stack {
  readonly api: HttpApi;
  /** By which the API knows what came through the distribution. */
  readonly originKeys: OriginKeys;

  private readonly settings: Settings;

  constructor(scope: Construct, id: string, props: WebStackProps) {
    super(scope, id, props);
    const { settings, routes } = props;
    this.settings = settings;

    this.api = new HttpApi(this, 'Api', {
      apiName: `mallway-${settings.stage}`,
      description: 'Same-day delivery from the stores of a mall',
      createDefaultStage: false,
    });
    // CDK's own types do not agree here under exactOptionalPropertyTypes.
    const pages = new Bucket(this, 'Pages', {
      bucketName: bucketName(this, settings, 'pages'),
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      // Whatever the stage: it holds what every deployment makes anew.
      removalPolicy: RemovalPolicy.DESTROY,
    }) as IBucket;
    acknowledge(pages, { 'AwsSolutions-S1': 'It holds the public pages, and only the distribution reads it.' });

    this.originKeys = new OriginKeys(this, settings);
    const distribution = this.distribution(pages, apiPatterns(routes));
    const url = this.ownDomain(distribution);
    new EdgeLog(this, 'EdgeLog', { settings, distribution });
    new StringParameter(this, 'PublicUrl', {
      parameterName: publicUrlName(settings),
      description: 'Scheme and host of the pages of Mallway; the other stacks read it when they are deployed',
      stringValue: url,
    });
    new CfnOutput(this, 'PagesUrl', { value: url, description: 'Where shoppers and people see this installation' });
    new CfnOutput(this, 'ApiUrl', { value: `${url}/v1`, description: 'Where the API answers' });
  }

  private distribution(pages: IBucket, patterns: string[]): Distribution {
    const headers = new SecurityHeaders(this, 'SecurityHeaders', {
      comment: `mallway-${this.settings.stage}`,
      objectStore: `https://${bucketName(this, this.settings, 'proofs')}.s3.${this.region}.${this.urlSuffix}`,
      signIn: this.signInOrigins(),
    });
    const addresses = new EdgeFunction(this, 'PageAddresses', {
      comment: 'Turns the address of a page into the file that serves it',
      runtime: FunctionRuntime.JS_2_0,
      code: FunctionCode.fromInline(readFileSync(join(import.meta.dirname, 'page-addresses.js'), 'utf8')),
    });
    const api: BehaviorOptions = {
      origin: new HttpOrigin(`${this.api.apiId}.execute-api.${this.region}.${this.urlSuffix}`, {
        customHeaders: { [originKeyHeader]: this.originKeys.sentIn(this) },
      }),
      allowedMethods: AllowedMethods.ALLOW_ALL,
      cachePolicy: CachePolicy.CACHING_DISABLED,
      // The API knows itself by its own host name only.
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      // What is asked with a credential is not answered with a redirect: it was sent in the clear already.
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      responseHeadersPolicy: headers,
    };
    const distribution = new Distribution(this, 'Distribution', {
      comment: `mallway-${this.settings.stage}`,
      httpVersion: HttpVersion.HTTP2_AND_3,
      priceClass: PriceClass.PRICE_CLASS_100,
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(pages),
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        cachePolicy: CachePolicy.CACHING_OPTIMIZED,
        responseHeadersPolicy: headers,
        functionAssociations: [{ function: addresses, eventType: FunctionEventType.VIEWER_REQUEST }],
      },
      additionalBehaviors: Object.fromEntries(patterns.map((pattern) => [pattern, api])),
    });
    acknowledge(distribution, {
      'AwsSolutions-CFR1': 'Malls deliver where they are; who orders, or watches a delivery, may be anywhere.',
      'AwsSolutions-CFR2': 'A web ACL costs $5 a month and more; its ARN is the parameter WebAclArn of this stack.',
      'AwsSolutions-CFR3':
        'EdgeLog logs requests without their paths, for the path of a tracking link is a credential.',
      'AwsSolutions-CFR4': 'The name *.cloudfront.net has a fixed policy; with a domain of its own it is TLSv1.2_2021.',
      'CloudFormation-Validate::F3014': 'Each of the two certificates that Fn::If chooses between is of one kind.',
    });
    return distribution;
  }

  /**
   * A domain of the operator's own and a web ACL, both optional. They are parameters, which CloudFormation remembers:
   * a later deployment need not name them again. Certificate and web ACL must be of us-east-1, whatever the region of
   * this stack.
   */
  private ownDomain(distribution: Distribution): string {
    const optional = (id: string, allowedPattern: string, description: string) => {
      const { valueAsString } = new CfnParameter(this, id, {
        type: 'String',
        default: '',
        allowedPattern: `|${allowedPattern}`,
        description,
      });
      const isGiven = new CfnCondition(this, `Has${id}`, {
        expression: Fn.conditionNot(Fn.conditionEquals(valueAsString, '')),
      });
      return { valueAsString, or: (given: unknown, otherwise: unknown) => ifGiven(isGiven, given, otherwise) };
    };
    const domain = optional('DomainName', '[a-z0-9.-]+', 'Host name of the pages, e.g. delivery.example.com');
    const certificate = optional(
      'CertificateArn',
      'arn:aws[a-z-]*:acm:us-east-1:\\d{12}:certificate/.+',
      'ARN of the certificate of DomainName in ACM of us-east-1',
    );
    const webAcl = optional(
      'WebAclArn',
      'arn:aws[a-z-]*:wafv2:us-east-1:\\d{12}:global/webacl/.+',
      'ARN of a web ACL of AWS WAF with scope CLOUDFRONT in us-east-1',
    );
    const config = distribution.node.defaultChild as CfnDistribution;
    const noValue = { Ref: 'AWS::NoValue' };
    const set = (property: string, value: unknown) =>
      config.addPropertyOverride(`DistributionConfig.${property}`, value);
    set('Aliases', domain.or([domain.valueAsString], noValue));
    set(
      'ViewerCertificate',
      certificate.or(
        {
          AcmCertificateArn: certificate.valueAsString,
          MinimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
          SslSupportMethod: 'sni-only',
        },
        { CloudFrontDefaultCertificate: true },
      ),
    );
    set('WebACLId', webAcl.or(webAcl.valueAsString, noValue));
    return `https://${Token.asString(domain.or(domain.valueAsString, distribution.distributionDomainName))}`;
  }

  /** The pages send nothing anywhere else, so the policy has to name the hosts that exchange their sign-in codes. */
  private signInOrigins(): string {
    const { identityProvider } = this.settings;
    if (identityProvider !== 'cognito') return new URL(identityProvider.tokenUrl).origin;
    return (['operations', 'staff'] as const)
      .map((kind) => `https://${signInHost(this, this.settings, kind)}`)
      .join(' ');
  }
}

function ifGiven(condition: CfnCondition, given: unknown, otherwise: unknown) {
  return Fn.conditionIf(condition.logicalId, given, otherwise);
}

/** `/v1/*` and `/openapi.json`: what of the one address is the API. */
function apiPatterns(routes: readonly Route[]): string[] {
  return [...new Set(routes.map(({ path }) => path.replace(/^(\/[^/]+)\/.+$/, '$1/*')))].toSorted();
}
