import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import { type FunctionInvoker, type FunctionOutcome, type Meter, readWhole } from '../services.ts';
import { type AccessLogContext, accessLogLine } from './access-log.ts';
import { Authorizer, type Verdict } from './authorizer.ts';
import { preflight, withCors } from './cors.ts';
import type { HttpApiDefinition, RouteDefinition } from './definition.ts';
import { baseEvent, commonLogTime, integrationEvent, splitUrl } from './event.ts';
import { answerOf, gatewayAnswer, type HttpAnswer } from './response.ts';
import { type RouteMatch, RouteTable } from './route-table.ts';
import { TokenBucket } from './token-bucket.ts';

/** Quotas of HTTP APIs. */
const bodyLimitBytes = 10 * 1024 * 1024;
const eventLimitBytes = 6_291_556;
const longestTimeoutMs = 30_000;
/** HTTP APIs are metered in steps of 512 KB. */
const meteredStepBytes = 512 * 1024;

export interface HttpApiOptions {
  definition: HttpApiDefinition;
  invoker: FunctionInvoker;
  /** Business time: `requestContext.time` and `timeEpoch`. */
  clock: Clock;
  meter: Meter;
  accessLog?: { format: string; sink: (line: string) => void };
  onAnswer?: (status: number) => void;
  wallNow?: () => number;
  newId?: () => string;
}

/** One HTTP API (payload format 2.0) as a request listener. */
export class HttpApi {
  readonly #options: HttpApiOptions;
  readonly #routes: RouteTable;
  readonly #authorizers = new Map<string, Authorizer>();
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #wallNow: () => number;
  readonly #newId: () => string;

  constructor(options: HttpApiOptions) {
    this.#options = options;
    this.#wallNow = options.wallNow ?? Date.now;
    this.#newId = options.newId ?? randomUUID;
    const { definition } = options;
    this.#routes = new RouteTable(definition.routes);
    for (const { authorizer } of definition.routes) {
      if (!authorizer || this.#authorizers.has(authorizer.id)) continue;
      this.#authorizers.set(authorizer.id, new Authorizer(authorizer, definition, options.invoker, this.#wallNow));
    }
  }

  /** For `http.createServer` or a front that serves several APIs. */
  readonly listener = (request: IncomingMessage, response: ServerResponse): void => {
    void this.#options.clock
      .track(this.#serve(request, response))
      .catch((error: unknown) => response.destroy(error as Error));
  };

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { definition, meter, accessLog, onAnswer, clock } = this.#options;
    const startedAt = this.#wallNow();
    const requestId = this.#newId();
    const arrivedAt = clock.now();
    const log: AccessLogContext = {
      requestId,
      requestTime: commonLogTime(arrivedAt),
      requestTimeEpoch: arrivedAt,
    };
    const body = await readWhole(request, bodyLimitBytes);
    meter.count('apigateway.request', Math.max(1, Math.ceil((body?.length ?? bodyLimitBytes) / meteredStepBytes)), {
      resource: definition.apiId,
    });
    let answer =
      (definition.cors && preflight(definition.cors, request)) ?? (await this.#answer(request, body, requestId, log));
    if (definition.cors && request.method !== 'OPTIONS') {
      answer = withCors(definition.cors, request.headers.origin, answer);
    }
    send(request, response, answer, requestId);
    onAnswer?.(answer.status);
    meter.count('transfer.gb', answer.body.length / 1e9, { resource: definition.apiId });
    accessLog?.sink(
      accessLogLine(accessLog.format, {
        ...log,
        apiId: definition.apiId,
        stage: definition.stage,
        httpMethod: request.method,
        path: splitUrl(request.url ?? '').pathname,
        protocol: `HTTP/${request.httpVersion}`,
        'identity.sourceIp': request.socket.remoteAddress,
        'identity.userAgent': request.headers['user-agent'],
        status: answer.status,
        responseLength: answer.body.length,
        responseLatency: this.#wallNow() - startedAt,
      }),
    );
  }

  async #answer(
    request: IncomingMessage,
    body: Buffer | undefined,
    requestId: string,
    log: AccessLogContext,
  ): Promise<HttpAnswer> {
    const match = this.#match(request);
    if (!match) return gatewayAnswer(404, 'Not Found');
    log.routeKey = match.route.routeKey;
    if (!this.#admits(match.route)) return gatewayAnswer(429, 'Too Many Requests');
    if (!body) return gatewayAnswer(413, 'Request Entity Too Large');
    const { definition, clock } = this.#options;
    const base = baseEvent({ definition, request, match, body, requestId, now: clock.now() });
    const verdict = await this.#authorize(match.route, base);
    switch (verdict?.kind) {
      case 'identity_missing':
        return gatewayAnswer(401, 'Unauthorized');
      case 'forbidden':
        return gatewayAnswer(403, 'Forbidden');
      case 'failed':
        log['authorizer.error'] = verdict.reason;
        return gatewayAnswer(500, 'Internal Server Error');
    }
    return this.#integrate(match.route, integrationEvent(base, body, verdict?.context), log);
  }

  #match(request: IncomingMessage): RouteMatch | undefined {
    const { stage } = this.#options.definition;
    let { pathname } = splitUrl(request.url ?? '/');
    if (stage !== '$default') {
      const prefix = `/${stage}`;
      if (pathname !== prefix && !pathname.startsWith(`${prefix}/`)) return undefined;
      pathname = pathname.slice(prefix.length) || '/';
    }
    return this.#routes.match(request.method ?? 'GET', pathname);
  }

  #admits(route: RouteDefinition): boolean {
    const throttling = route.throttling ?? this.#options.definition.throttling;
    if (!throttling) return true;
    const now = this.#options.clock.now();
    let bucket = this.#buckets.get(route.routeKey);
    if (!bucket) {
      bucket = new TokenBucket(throttling, now);
      this.#buckets.set(route.routeKey, bucket);
    }
    return bucket.take(now);
  }

  async #authorize(
    route: RouteDefinition,
    event: Parameters<Authorizer['authorize']>[0],
  ): Promise<Verdict | undefined> {
    return route.authorizer && this.#authorizers.get(route.authorizer.id)?.authorize(event);
  }

  async #integrate(route: RouteDefinition, event: object, log: AccessLogContext): Promise<HttpAnswer> {
    if (Buffer.byteLength(JSON.stringify(event)) > eventLimitBytes)
      return gatewayAnswer(413, 'Request Entity Too Large');
    const startedAt = this.#wallNow();
    const timeoutMs = Math.min(route.timeoutMs ?? longestTimeoutMs, longestTimeoutMs);
    const outcome = await within(timeoutMs, this.#options.invoker.invoke(route.functionName, event));
    log.integrationLatency = this.#wallNow() - startedAt;
    if (!outcome) {
      log.integrationErrorMessage = `The integration did not answer within ${timeoutMs} ms.`;
      return gatewayAnswer(503, 'Service Unavailable');
    }
    if (!outcome.ok) {
      log.integrationErrorMessage = `${outcome.errorType}: ${outcome.errorMessage}`;
      const isThrottled = outcome.errorType === 'TooManyRequestsException';
      return isThrottled ? gatewayAnswer(503, 'Service Unavailable') : gatewayAnswer(500, 'Internal Server Error');
    }
    const answer = answerOf(outcome.payload);
    if (!answer) log.integrationErrorMessage = 'The function answered a malformed response.';
    return answer ?? gatewayAnswer(500, 'Internal Server Error');
  }
}

/** The outcome, or undefined if it takes longer. */
async function within(timeoutMs: number, outcome: Promise<FunctionOutcome>): Promise<FunctionOutcome | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, undefined);
  });
  try {
    return await Promise.race([outcome, late]);
  } finally {
    clearTimeout(timer);
  }
}

function send(request: IncomingMessage, response: ServerResponse, answer: HttpAnswer, requestId: string): void {
  const { 'content-length': _, 'transfer-encoding': __, connection: ___, ...headers } = answer.headers;
  response.writeHead(answer.status, {
    ...headers,
    ...(answer.status === 204 || answer.status === 304 ? {} : { 'content-length': answer.body.length }),
    ...(answer.cookies.length > 0 ? { 'set-cookie': answer.cookies } : {}),
    'apigw-requestid': requestId,
  });
  response.end(request.method === 'HEAD' ? undefined : answer.body);
}
