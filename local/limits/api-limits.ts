import { ofType } from './assembly-under-check.ts';
import { type Limit, summed } from './limit.ts';

const quotas = 'API Gateway Developer Guide, "Quotas for configuring and running an HTTP API"';

interface Stage {
  DefaultRouteSettings: { ThrottlingRateLimit?: number; ThrottlingBurstLimit?: number };
  RouteSettings: Record<string, { ThrottlingRateLimit?: number; ThrottlingBurstLimit?: number }>;
}

export const apiLimits: Limit[] = [
  ofApi('routes', 'AWS::ApiGatewayV2::Route', 300, 'Let a route with `{proxy+}` or ANY stand for several.'),
  ofApi('integrations', 'AWS::ApiGatewayV2::Integration', 300, 'Share one integration among the routes of a function.'),
  ofApi('authorizers', 'AWS::ApiGatewayV2::Authorizer', 10, 'Let one authorizer know several credentials.'),
  {
    name: 'milliseconds an integration may take',
    allowed: 30_000,
    source: quotas,
    mend: 'Accept with 202 and do the work behind a queue or in the workflow.',
    measure: (assembly) =>
      ofType<{ TimeoutInMillis: number }>(assembly, 'AWS::ApiGatewayV2::Integration').map(({ where, properties }) => ({
        where,
        value: properties.TimeoutInMillis ?? 30_000,
      })),
  },
  throttle('requests per second that a stage lets through', 'ThrottlingRateLimit', 10_000),
  throttle('requests at once that a stage lets through', 'ThrottlingBurstLimit', 5_000),
];

function ofApi(what: string, type: string, allowed: number, mend: string): Limit {
  return {
    name: `${what} of an API`,
    allowed,
    source: quotas,
    mend,
    measure: (assembly) => {
      const apis = ofType(assembly, 'AWS::ApiGatewayV2::Api');
      return summed(
        ofType<{ ApiId: string }>(assembly, type).map(({ stack, where, properties }) => {
          const api = apis.find((candidate) => candidate.stack === stack && candidate.name === properties.ApiId);
          return { where: api?.where ?? where, value: 1 };
        }),
      );
    },
  };
}

function throttle(name: string, setting: 'ThrottlingRateLimit' | 'ThrottlingBurstLimit', allowed: number): Limit {
  return {
    name,
    allowed,
    source: `${quotas}: of all APIs of an account and region together; new accounts may have less`,
    mend: 'Let through less, in lib/settings.ts, or ask AWS for more.',
    measure: (assembly) =>
      ofType<Stage>(assembly, 'AWS::ApiGatewayV2::Stage').map(({ where, properties }) => {
        const settings = [properties.DefaultRouteSettings ?? {}, ...Object.values(properties.RouteSettings ?? {})];
        return { where, value: Math.max(...settings.map((one) => one[setting] ?? 0)) };
      }),
  };
}
