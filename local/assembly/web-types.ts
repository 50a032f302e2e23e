import { z } from 'zod';
import { arn, partition } from './home.ts';
import { byName, generatedId, generatedName, type Identity, noOp } from './resource-type.ts';
import { tags, text, whole } from './shapes.ts';

/* The one public address: distribution, what it adds to answers, and the files it serves. */

const oneCertificate = noOp('the front port speaks plain HTTP, on this machine only');

const behaviour = z.strictObject({
  TargetOriginId: text,
  ResponseHeadersPolicyId: text.optional(),
  FunctionAssociations: z
    .array(z.strictObject({ EventType: z.literal('viewer-request'), FunctionARN: text }))
    .optional(),
  AllowedMethods: noOp('the API refuses methods it has no route for; pages are read only'),
  CachePolicyId: noOp('nothing is cached on the way to the same machine'),
  Compress: noOp('nothing is won by it on one machine'),
  OriginRequestPolicyId: noOp('every header is handed on'),
  ViewerProtocolPolicy: oneCertificate,
});

export const distribution = {
  properties: z.strictObject({
    DistributionConfig: z.strictObject({
      DefaultCacheBehavior: behaviour,
      CacheBehaviors: z.array(behaviour.extend({ PathPattern: text })).optional(),
      Origins: z.array(
        z.strictObject({
          Id: text,
          DomainName: text,
          OriginAccessControlId: noOp('the front port reads the built pages from the assembly'),
          S3OriginConfig: z.strictObject({ OriginAccessIdentity: z.literal('') }).optional(),
          CustomOriginConfig: z
            .strictObject({ OriginProtocolPolicy: z.literal('https-only'), OriginSSLProtocols: z.array(text) })
            .optional(),
          OriginCustomHeaders: z.array(z.strictObject({ HeaderName: text, HeaderValue: text })).optional(),
        }),
      ),
      Enabled: z.literal(true),
      Aliases: noOp('there is one address'),
      Comment: noOp('for people'),
      HttpVersion: noOp('the front port speaks HTTP/1.1'),
      IPV6Enabled: noOp('the front port listens on the loopback address'),
      PriceClass: noOp('there is one edge'),
      ViewerCertificate: oneCertificate,
      WebACLId: noOp('nobody else reaches the loopback address'),
    }),
    Tags: tags,
  }),
  defaultName: (stack: string, logicalId: string) => `E${generatedId(13)(stack, logicalId).toUpperCase()}`,
  ref: byName,
  attributes: {
    Id: byName,
    DomainName: ({ name }: Identity) => `${name.toLowerCase()}.cloudfront.net`,
  },
};

export const edgeFunction = {
  properties: z.strictObject({
    Name: text,
    FunctionCode: text,
    FunctionConfig: z.strictObject({ Comment: text, Runtime: z.literal('cloudfront-js-2.0') }),
    AutoPublish: z.literal(true),
    Tags: tags,
  }),
  nameProperty: 'Name',
  defaultName: generatedName(64),
  ref: byName,
  attributes: { FunctionARN: ({ name }: Identity) => `arn:${partition}:cloudfront::000000000000:function/${name}` },
};

const override = z.literal(true);

export const responseHeadersPolicy = {
  properties: z.strictObject({
    ResponseHeadersPolicyConfig: z.strictObject({
      Name: text,
      Comment: noOp('for people'),
      SecurityHeadersConfig: z.strictObject({
        ContentSecurityPolicy: z.strictObject({ ContentSecurityPolicy: text, Override: override }),
        ContentTypeOptions: z.strictObject({ Override: override }),
        FrameOptions: z.strictObject({ FrameOption: text, Override: override }),
        ReferrerPolicy: z.strictObject({ ReferrerPolicy: text, Override: override }),
        StrictTransportSecurity: z.strictObject({
          AccessControlMaxAgeSec: whole,
          IncludeSubdomains: z.literal(true),
          Override: override,
        }),
      }),
      CustomHeadersConfig: z.strictObject({
        Items: z.array(z.strictObject({ Header: text, Value: text, Override: override })),
      }),
    }),
  }),
  defaultName: generatedId(36),
  ref: byName,
  attributes: {},
};

/** CDK's `BucketDeployment`: the front port serves the files of the assets themselves. */
export const bucketDeployment = {
  properties: z.strictObject({
    SourceObjectKeys: z.array(text),
    DestinationBucketName: text,
    Exclude: z.array(text).optional(),
    Include: z.array(text).optional(),
    SystemMetadata: z.strictObject({ 'cache-control': text }),
    Prune: z.literal(false),
    RetainOnDelete: noOp('the data folder stays until it is deleted as a whole'),
    ServiceToken: noOp('no function uploads anything here'),
    SourceBucketNames: noOp('assets lie in the assembly'),
    SourceMarkers: noOp('/config.json is told by the embedded cloud, which is the issuer'),
    SourceMarkersConfig: noOp('/config.json is told by the embedded cloud, which is the issuer'),
    OutputObjectKeys: noOp('nobody asks for them'),
    WaitForDistributionInvalidation: noOp('nothing is cached on the way to the same machine'),
  }),
  defaultName: generatedId(12),
  ref: byName,
  attributes: {},
};

export const ssmParameter = {
  properties: z.strictObject({
    Name: text,
    Type: z.literal('String'),
    Value: text,
    Description: text.optional(),
    Tags: tags,
  }),
  nameProperty: 'Name',
  defaultName: generatedName(128),
  ref: byName,
  attributes: { Value: (identity: Identity) => String(identity.properties().Value) },
};

export const deliveryArn =
  (kind: string) =>
  ({ name }: Identity) =>
    arn('logs', `${kind}:${name}`);
