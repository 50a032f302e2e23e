import type { IncomingMessage } from 'node:http';
import type { HttpApiDefinition } from './definition.ts';
import { decode, type RouteMatch } from './route-table.ts';

/** What the event is made of; `now` is business time in ms since the epoch. */
export interface EventParts {
  definition: HttpApiDefinition;
  request: IncomingMessage;
  match: RouteMatch;
  body: Buffer;
  requestId: string;
  now: number;
}

/** The event of payload format 2.0 without `body` and authorizer context: what an authorizer sees too. */
export interface BaseEvent {
  version: '2.0';
  routeKey: string;
  rawPath: string;
  rawQueryString: string;
  cookies?: string[];
  headers: Record<string, string>;
  queryStringParameters?: Record<string, string>;
  pathParameters?: Record<string, string>;
  stageVariables?: Record<string, string>;
  requestContext: RequestContext;
}

export interface RequestContext {
  accountId: string;
  apiId: string;
  domainName: string;
  domainPrefix: string;
  http: { method: string; path: string; protocol: string; sourceIp: string; userAgent: string };
  requestId: string;
  routeKey: string;
  stage: string;
  /** Business time, as `22/Nov/2026:20:00:00 +0000`. */
  time: string;
  /** Business time in ms. */
  timeEpoch: number;
}

export function baseEvent({ definition, request, match, requestId, now }: EventParts): BaseEvent {
  const { pathname, rawQueryString } = splitUrl(request.url ?? '/');
  const path = decode(pathname);
  const sourceIp = addressOf(request);
  const { headers, cookies } = headersOf(request, sourceIp);
  const queryStringParameters = queryParameters(rawQueryString);
  const { pathParameters, route } = match;
  return {
    version: '2.0',
    routeKey: route.routeKey,
    rawPath: path,
    rawQueryString,
    ...(cookies ? { cookies } : {}),
    headers,
    ...(isEmpty(queryStringParameters) ? {} : { queryStringParameters }),
    ...(isEmpty(pathParameters) ? {} : { pathParameters }),
    ...(definition.stageVariables && !isEmpty(definition.stageVariables)
      ? { stageVariables: definition.stageVariables }
      : {}),
    requestContext: {
      accountId: definition.accountId,
      apiId: definition.apiId,
      domainName: definition.domainName,
      domainPrefix: definition.domainName.split('.')[0] ?? '',
      http: {
        method: request.method ?? 'GET',
        path,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId,
      routeKey: route.routeKey,
      stage: definition.stage,
      time: commonLogTime(now),
      timeEpoch: now,
    },
  };
}

/** The event of the integration. */
export function integrationEvent(base: BaseEvent, body: Buffer, authorizerContext: object | undefined): object {
  const { requestContext, ...rest } = base;
  const isText = isTextual(base.headers);
  return {
    ...rest,
    requestContext: authorizerContext
      ? { ...requestContext, authorizer: { lambda: authorizerContext } }
      : requestContext,
    ...(body.length > 0 ? { body: body.toString(isText ? 'utf8' : 'base64') } : {}),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

/** The URL as sent, cut at the question mark: nothing is normalised. */
export function splitUrl(url: string): { pathname: string; rawQueryString: string } {
  const mark = url.indexOf('?');
  return mark < 0
    ? { pathname: url, rawQueryString: '' }
    : { pathname: url.slice(0, mark), rawQueryString: url.slice(mark + 1) };
}

/** Bodies of these types stay text; all others arrive base64-encoded, forms included, as in AWS. */
function isTextual(headers: Record<string, string>): boolean {
  if (headers['content-encoding'] && headers['content-encoding'] !== 'identity') return false;
  return /^\s*(text\/|application\/(json|javascript|xml)\s*(;|$))/i.test(headers['content-type'] ?? '');
}

function headersOf(
  request: IncomingMessage,
  sourceIp: string,
): { headers: Record<string, string>; cookies: string[] | undefined } {
  const headers: Record<string, string> = {};
  let cookies: string[] | undefined;
  for (const [name, values = []] of Object.entries(request.headersDistinct)) {
    if (name === 'cookie') cookies = values.flatMap((value) => value.split(/;\s*/)).filter((cookie) => cookie !== '');
    else if (name !== 'connection' && name !== 'transfer-encoding') headers[name] = values.join(',');
  }
  const forwardedFor = headers['x-forwarded-for'];
  headers['x-forwarded-for'] = forwardedFor ? `${forwardedFor}, ${sourceIp}` : sourceIp;
  headers['x-forwarded-proto'] ??= 'http';
  headers['x-forwarded-port'] ??= String(request.socket.localPort ?? '');
  return { headers, cookies };
}

/** Decoded; several values of one name joined by commas. */
function queryParameters(rawQueryString: string): Record<string, string> {
  // Without a prototype, so that `__proto__` is a name like any other.
  const parameters: Record<string, string> = Object.create(null);
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    const before = parameters[name];
    parameters[name] = before === undefined ? value : `${before},${value}`;
  }
  return parameters;
}

function addressOf(request: IncomingMessage): string {
  return (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
}

function isEmpty(record: object): boolean {
  return Object.keys(record).length === 0;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export function commonLogTime(now: number): string {
  const [date = '', time = ''] = new Date(now).toISOString().split('T');
  const [year, month, day] = date.split('-');
  return `${day}/${months[Number(month) - 1]}/${year}:${time.slice(0, 8)} +0000`;
}
