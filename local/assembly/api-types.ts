import { z } from 'zod';
import { byName, generatedId, type Identity, noOp } from './resource-type.ts';
import { tags, text, whole } from './shapes.ts';

/* The HTTP API. */

export const httpApi = {
  properties: z.strictObject({
    Name: text.optional(),
    ProtocolType: z.literal('HTTP'),
    CorsConfiguration: z
      .strictObject({
        AllowOrigins: z.array(text).optional(),
        AllowMethods: z.array(text).optional(),
        AllowHeaders: z.array(text).optional(),
        ExposeHeaders: z.array(text).optional(),
        MaxAge: whole.optional(),
        AllowCredentials: z.boolean().optional(),
      })
      .optional(),
    Description: text.optional(),
    DisableExecuteApiEndpoint: noOp('there is one address'),
    Tags: tags,
  }),
  defaultName: generatedId(10),
  ref: byName,
  attributes: { ApiId: byName, ApiEndpoint: ({ urls }: Identity) => urls.api },
};

export const integration = {
  properties: z.strictObject({
    ApiId: text,
    IntegrationType: z.literal('AWS_PROXY'),
    IntegrationUri: text,
    PayloadFormatVersion: z.literal('2.0'),
    TimeoutInMillis: whole.min(50).max(30_000).optional(),
    Description: text.optional(),
  }),
  defaultName: generatedId(7),
  ref: byName,
  attributes: { IntegrationId: byName },
};

export const authorizer = {
  properties: z.strictObject({
    ApiId: text,
    Name: text,
    AuthorizerType: z.literal('REQUEST'),
    AuthorizerUri: text,
    AuthorizerPayloadFormatVersion: z.literal('2.0'),
    EnableSimpleResponses: z.literal(true),
    AuthorizerResultTtlInSeconds: whole.min(0).max(3600).optional(),
    IdentitySource: z.array(text).optional(),
  }),
  defaultName: generatedId(6),
  ref: byName,
  attributes: { AuthorizerId: byName },
};

export const route = {
  properties: z.strictObject({
    ApiId: text,
    RouteKey: text,
    Target: text,
    AuthorizationType: z.enum(['NONE', 'CUSTOM']).optional(),
    AuthorizerId: text.optional(),
  }),
  defaultName: generatedId(7),
  ref: byName,
  attributes: { RouteId: byName },
};

const throttling = z.strictObject({
  ThrottlingBurstLimit: whole.optional(),
  ThrottlingRateLimit: z.coerce.number().optional(),
  DetailedMetricsEnabled: noOp('the meter counts every request'),
});

export const stage = {
  properties: z.strictObject({
    ApiId: text,
    StageName: text,
    AutoDeploy: noOp('what is in the template is deployed'),
    AccessLogSettings: z.strictObject({ DestinationArn: text, Format: text }).optional(),
    DefaultRouteSettings: throttling.optional(),
    RouteSettings: z.record(text, throttling).optional(),
    StageVariables: z.record(text, text).optional(),
    Description: text.optional(),
    Tags: tags,
  }),
  nameProperty: 'StageName',
  defaultName: (_: string, logicalId: string) => logicalId,
  ref: byName,
  attributes: {},
};
