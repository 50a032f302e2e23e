import { type OperationId, originKeyHeader, type Route, routes } from '../../../lambdas/http/routes.ts';
import type { Cloud } from '../../../local/cloud.ts';

/** Who calls: as the authorizer tells it to a function, and the token with which the gateway is convinced of it. */
export interface Caller {
  context: { kind: string; id?: string; subject?: string };
  token: string | null;
}

export interface Call {
  operation: OperationId;
  as: Caller;
  params?: Record<string, string>;
  body?: object;
}

export interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers of every operation
  body: any;
}

export type Transport = (call: Call) => Promise<Answer>;

let keyCount = 0;

/** The way of a browser or a phone: HTTP API, authorizer, Lambda process, database. */
export function throughCloud({ url }: Pick<Cloud, 'url'>): Transport {
  return async ({ operation, as, params = {}, body }) => {
    const route = routeOf(operation);
    const response = await fetch(`${url}${pathOf(route, params)}`, {
      method: route.method,
      headers: { ...headersOf(route), ...(as.token !== null && { authorization: `Bearer ${as.token}` }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text) };
  };
}

type Handler = (event: object, context: object) => Promise<{ statusCode: number; body?: string }>;

/**
 * The same handlers in this process, given the event that the gateway would give them, against the same database: what
 * a call costs without the gateway, the authorizer and the processes of the embedded Lambda.
 */
export async function bare({ deployment, servicesUrl, operatorCredentials, clock }: Cloud): Promise<Transport> {
  const functions = deployment.ofType('AWS::Lambda::Function');
  Object.assign(process.env, ...functions.map(({ properties }) => properties.Environment?.Variables ?? {}), {
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL: servicesUrl,
    AWS_ENDPOINT_URL_S3: servicesUrl.replace('//localhost', '//127.0.0.1'),
    AWS_ACCESS_KEY_ID: operatorCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: operatorCredentials.secretAccessKey,
  });
  // Modules read the environment when they are loaded, as they do in Lambda.
  const names = ['ordering', 'readiness', 'drivers', 'tracking'];
  const modules = await Promise.all(names.map((name) => import(`../../../lambdas/http/${name}.ts`)));
  const handlers = new Map(modules.map(({ handler }, index) => [names[index]!, handler as Handler]));
  return async ({ operation, as, params = {}, body }) => {
    const route = routeOf(operation);
    const handler = handlers.get(route.function.toLowerCase());
    if (!handler) throw new Error(`${operation} is of ${route.function}, which is not measured here.`);
    const path = pathOf(route, params);
    const event = {
      version: '2.0',
      routeKey: `${route.method} ${route.path}`,
      rawPath: path,
      rawQueryString: '',
      headers: { ...headersOf(route), [originKeyHeader]: process.env.ORIGIN_KEYS },
      pathParameters: params,
      requestContext: {
        requestId: `bench-${++keyCount}`,
        timeEpoch: clock.now(),
        http: { method: route.method, path },
        authorizer: { lambda: as.context },
      },
      ...(body && { body: JSON.stringify(body) }),
      isBase64Encoded: false,
    };
    const answer = await handler(event, {});
    return { status: answer.statusCode, body: answer.body ? JSON.parse(answer.body) : null };
  };
}

function routeOf(operation: OperationId): Route {
  return routes.find(({ operationId }) => operationId === operation)!;
}

function pathOf({ path }: Route, params: Record<string, string>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
}

function headersOf({ method }: Route): Record<string, string> {
  if (method !== 'POST') return {};
  return { 'content-type': 'application/json', 'idempotency-key': `bench-${++keyCount}` };
}
