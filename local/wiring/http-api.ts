import type { Deployment, Resource } from '../assembly/deployment.ts';
import { accountId, arn, region } from '../assembly/home.ts';
import { type Clock, SteppedClock } from '../clock.ts';
import type { Listener } from '../front/front-server.ts';
import type { HttpApiDefinition, RouteDefinition, Throttling } from '../http-api/definition.ts';
import { HttpApi } from '../http-api/http-api.ts';
import type { Authoriser } from '../iam/authoriser.ts';
import type { LogFiles } from '../lambda/log-files.ts';
import { functionNameOf } from '../lambda/registration.ts';
import { meteredLog } from '../meter/logs.ts';
import type { FunctionInvoker, Meter } from '../services.ts';

interface DeployedApi {
  definition: HttpApiDefinition;
  accessLogFormat: string | undefined;
}

/** AWS::ApiGatewayV2::Authorizer, AuthorizerResultTtlInSeconds. */
const defaultTtlSeconds = 300;

export interface ApiOptions {
  deployment: Deployment;
  clock: Clock;
  meter: Meter;
  lambda: FunctionInvoker;
  authoriser: Authoriser;
  logs: LogFiles;
  /** Sees the status of each answer. */
  onAnswer: (apiId: string, status: number) => void;
  /** Puts it where the public port has it. */
  mount: (listener: Listener) => void;
  url: string;
}

/** Serves the HTTP API of the template, if it has one, on the public port. */
export function mountApi(options: ApiOptions): void {
  const { deployment, clock, meter, lambda, authoriser, logs, onAnswer, mount, url } = options;
  const api = httpApiOf(deployment, new URL(url).host);
  if (!api) return;
  const { definition } = api;
  const accessLog = meteredLog(logs.sink, meter);
  const { listener } = new HttpApi({
    // On a stepped clock many requests share one instant, and a bucket would refuse what AWS lets through.
    definition: clock instanceof SteppedClock ? unthrottled(definition) : definition,
    invoker: authoriser.invokerFor('apigateway.amazonaws.com', lambda, (event) => sourceArn(event, definition.routes)),
    clock,
    meter,
    onAnswer: (status) => onAnswer(definition.apiId, status),
    ...(api.accessLogFormat && {
      accessLog: { format: api.accessLogFormat, sink: (line: string) => accessLog('access', undefined, line) },
    }),
  });
  mount(listener);
}

function unthrottled({ throttling: _, routes, ...definition }: HttpApiDefinition): HttpApiDefinition {
  return { ...definition, routes: routes.map(({ throttling: __, ...route }) => route) };
}

/** The HTTP API of the template with its stage, routes and authorizers; undefined where there is none. */
function httpApiOf(deployment: Deployment, domainName: string): DeployedApi | undefined {
  const [api, other] = deployment.ofType('AWS::ApiGatewayV2::Api');
  if (other) throw new Error(`${other.stack}/${other.logicalId} is a second HTTP API; the front port serves one.`);
  if (!api) return undefined;
  const [stage, otherStage] = deployment.ofType('AWS::ApiGatewayV2::Stage');
  if (!stage || otherStage) throw new Error(`${api.stack}/${api.logicalId} must have exactly one stage.`);
  const cors = api.properties.CorsConfiguration;
  const { DefaultRouteSettings, RouteSettings = {}, StageVariables, AccessLogSettings } = stage.properties;
  const throttling = throttlingOf(DefaultRouteSettings);
  return {
    accessLogFormat: AccessLogSettings?.Format,
    definition: {
      apiId: api.ref,
      accountId,
      region,
      domainName,
      stage: stage.properties.StageName,
      ...(StageVariables && { stageVariables: StageVariables }),
      ...(throttling && { throttling }),
      ...(cors && {
        cors: defined({
          allowOrigins: cors.AllowOrigins,
          allowMethods: cors.AllowMethods,
          allowHeaders: cors.AllowHeaders,
          exposeHeaders: cors.ExposeHeaders,
          maxAgeSeconds: cors.MaxAge,
          allowCredentials: cors.AllowCredentials,
        }),
      }),
      routes: deployment
        .ofType('AWS::ApiGatewayV2::Route')
        .map((route) => routeOf(deployment, route, throttlingOf(RouteSettings[route.properties.RouteKey]))),
    },
  };
}

function routeOf(
  deployment: Deployment,
  { stack, logicalId, properties }: Resource<'AWS::ApiGatewayV2::Route'>,
  throttling: Throttling | undefined,
): RouteDefinition {
  const { RouteKey, Target, AuthorizationType = 'NONE', AuthorizerId } = properties;
  const integration = deployment
    .ofType('AWS::ApiGatewayV2::Integration')
    .find(({ ref }) => Target === `integrations/${ref}`)?.properties;
  if (!integration) throw new Error(`${stack}/${logicalId}: there is no integration ${Target}.`);
  const authorizer = deployment.ofType('AWS::ApiGatewayV2::Authorizer').find(({ ref }) => ref === AuthorizerId);
  if (AuthorizationType === 'CUSTOM' && !authorizer) {
    throw new Error(`${stack}/${logicalId}: there is no authorizer ${AuthorizerId}.`);
  }
  return {
    routeKey: RouteKey,
    functionName: functionOfUri(integration.IntegrationUri),
    ...(integration.TimeoutInMillis && { timeoutMs: integration.TimeoutInMillis }),
    ...(throttling && { throttling }),
    ...(authorizer && {
      authorizer: {
        id: authorizer.ref,
        functionName: functionOfUri(authorizer.properties.AuthorizerUri),
        identitySources: authorizer.properties.IdentitySource ?? [],
        ttlSeconds: authorizer.properties.AuthorizerResultTtlInSeconds ?? defaultTtlSeconds,
        simpleResponses: true,
      },
    }),
  };
}

interface ApiEvent {
  routeKey: string;
  /** What an authorizer gets, and an integration does not. */
  routeArn?: string;
  requestContext: { apiId: string; stage: string; http: { method: string } };
}

/**
 * The ARN by which the API names itself to a function: of the authorizer, or of stage, method and the path as the route
 * has it, with the names of its parameters; CDK's permissions of one route count on that.
 */
function sourceArn(event: unknown, routes: RouteDefinition[]): string {
  const { routeKey, routeArn, requestContext } = event as ApiEvent;
  const { apiId, stage, http } = requestContext;
  const path = routeKey.split(' ')[1] ?? '/$default';
  const authorizerId = routeArn && routes.find((route) => route.routeKey === routeKey)?.authorizer?.id;
  return arn(
    'execute-api',
    `${apiId}/${authorizerId ? `authorizers/${authorizerId}` : `${stage}/${http.method}${path}`}`,
  );
}

/** A function's ARN, or `arn:aws:apigateway:...:lambda:path/2015-03-31/functions/<function ARN>/invocations`. */
function functionOfUri(uri: string): string {
  return functionNameOf(/\/functions\/(.+)\/invocations$/.exec(uri)?.[1] ?? uri);
}

function throttlingOf(
  settings: { ThrottlingRateLimit?: number | undefined; ThrottlingBurstLimit?: number | undefined } | undefined,
): Throttling | undefined {
  if (settings?.ThrottlingRateLimit === undefined || settings.ThrottlingBurstLimit === undefined) return undefined;
  return { rateLimit: settings.ThrottlingRateLimit, burstLimit: settings.ThrottlingBurstLimit };
}

function defined<Shape extends object>(shape: Shape): { [Key in keyof Shape]: Exclude<Shape[Key], undefined> } {
  return Object.fromEntries(Object.entries(shape).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Shape]: Exclude<Shape[Key], undefined>;
  };
}
