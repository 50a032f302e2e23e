import { createHash } from 'node:crypto';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as z from 'zod/mini';
import { type ActOutcome, KeyReused, type RepeatableRequest } from '../application/act.ts';
import { UnknownCursor } from '../application/database.ts';
import { GeocoderUnavailable } from '../application/ports.ts';
import { actorOf, type Principal, principalKey } from '../application/principal.ts';
import { setting } from '../compose.ts';
import { isRejection, type Rejection } from '../domain/rejection.ts';
import { type Instant, instant } from '../domain/time.ts';
import { logger } from '../log.ts';
import { readPrincipal } from './credentials.ts';
import { explain } from './explain.ts';
import { originGuard } from './origin.ts';
import { HttpProblem, problemOfError, problemOfRejection, unexpectedProblem } from './problem.ts';
import { type OperationId, type Route, routes } from './routes.ts';
import type { OperationSchema } from './schemas/parts.ts';
import { schemas } from './schemas.ts';

const bodyLimitBytes = 64 * 1024;
/** Enough to mend a request by; a body of nothing but faults is not answered with as many words. */
const errorsShown = 20;

/** One request, validated: what the operation's schema says is what the handler gets. */
export interface Call<O extends OperationId> {
  params: z.infer<(typeof schemas)[O]['params']>;
  query: z.infer<(typeof schemas)[O]['query']>;
  body: z.infer<(typeof schemas)[O]['body']>;
  /** Business time of the request. */
  now: Instant;
  request: RepeatableRequest;
}

type CallOf<O extends OperationId, K extends Principal['kind'] | 'anyone'> = Call<O> & {
  principal: K extends 'anyone' ? null : Extract<Principal, { kind: K }>;
};

type CallersOf<O extends OperationId> = Extract<(typeof routes)[number], { operationId: O }>['callers'][number];

/** Answers with a body (200), an outcome with its own status, or a rejection. */
export type Handler<O extends OperationId> = (
  call: CallOf<O, CallersOf<O>>,
) => Promise<object | ActOutcome | Rejection>;

type Handlers<O extends OperationId> = { [K in O]: Handler<K> };

/** A Lambda handler for the operations of one function: it validates, finds the caller, answers, and maps errors. */
export function api<O extends OperationId>(handlers: Handlers<O>) {
  const cameThroughEdge = originGuard(setting('ORIGIN_KEYS'));
  const handle = async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    const { requestId } = event.requestContext;
    if (!cameThroughEdge(event.headers)) {
      throw new HttpProblem(
        403,
        'wrong_address',
        'This host answers its own distribution and nobody else.',
        'Send the request to the address of the pages; ask who runs this installation for it.',
      );
    }
    const route = routes.find(({ method, path }) => `${method} ${path}` === event.routeKey);
    if (!route || !(route.operationId in handlers)) {
      throw new HttpProblem(404, 'not_found', `There is no ${event.routeKey}.`, 'See /openapi.json for every route.');
    }
    const principal = authorise(route, event);
    const schema: OperationSchema = schemas[route.operationId];
    const params = parse(schema.params, event.pathParameters ?? {}, ['path'], 404);
    const query = parse(schema.query, event.queryStringParameters ?? {}, ['query'], 400);
    const body = parse(schema.body, readBody(event), [], 422);
    const call = {
      params,
      query,
      body,
      principal,
      now: instant(event.requestContext.timeEpoch),
      request: repeatable(route, principal, event, body),
    };
    const outcome = await handlers[route.operationId as O](call as never);
    if (isRejection(outcome)) return problem(problemOfRejection(outcome, requestId));
    if (isActOutcome(outcome)) return answerOf(outcome, requestId);
    return answer(200, outcome, requestId);
  };
  return middy(handle).onError((request) => {
    const { requestId } = request.event.requestContext;
    const error = known(request.error);
    if (error instanceof HttpProblem) request.response = problem(problemOfError(error, requestId));
    else {
      logger.error('request failed', { route: request.event.routeKey, requestId, error: error as Error });
      request.response = problem(unexpectedProblem(requestId));
    }
  });
}

/** The route's callers and nobody else. What does not belong to the caller is then "not found". */
function authorise(route: Route, event: APIGatewayProxyEventV2): Principal | null {
  if (route.callers.includes('anyone')) return null;
  const principal = readPrincipal(event);
  if ((route.callers as readonly string[]).includes(principal.kind)) return principal;
  throw new HttpProblem(
    403,
    'wrong_caller',
    `A ${principal.kind} may not call ${route.method} ${route.path}.`,
    `Use the credential of a ${route.callers.join(' or ')}.`,
  );
}

function readBody(event: APIGatewayProxyEventV2): unknown {
  if (event.body === undefined || event.body === '') return undefined;
  const type = event.headers['content-type'] ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new HttpProblem(
      415,
      'unsupported_media_type',
      `The body is sent as ${type || 'nothing in particular'}.`,
      'Send JSON with content-type application/json.',
    );
  }
  const text = event.isBase64Encoded ? Buffer.from(event.body, 'base64').toString('utf8') : event.body;
  if (Buffer.byteLength(text) > bodyLimitBytes) {
    throw new HttpProblem(
      413,
      'body_too_large',
      `The body is larger than ${bodyLimitBytes} bytes.`,
      'Send less at once.',
    );
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpProblem(
      400,
      'malformed_json',
      'The body is not JSON.',
      'Send a JSON object with content-type application/json.',
    );
  }
}

function parse(schema: z.ZodMiniType, value: unknown, where: string[], status: number): unknown {
  const result = z.safeParse(schema, value, { error: explain });
  if (result.success) return result.data;
  const errors = result.error.issues
    .flatMap((issue) => {
      const at = [...where, ...issue.path.map(String)];
      if (issue.code !== 'unrecognized_keys') return [{ pointer: pointerTo(at), detail: issue.message }];
      return issue.keys.map((key) => ({ pointer: pointerTo([...at, key]), detail: 'is not known here; leave it out' }));
    })
    .slice(0, errorsShown);
  throw new HttpProblem(
    status,
    'invalid_request',
    errors.map(({ pointer, detail }) => `${pointer || 'The body'} ${detail}.`).join(' '),
    'Mend the fields that errors names; /openapi.json has the schema.',
    errors,
  );
}

/** RFC 6901; the body itself is the empty pointer. */
function pointerTo(path: string[]): string {
  return path.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function repeatable(
  route: Route,
  principal: Principal | null,
  event: APIGatewayProxyEventV2,
  body: unknown,
): RepeatableRequest {
  const key = event.headers['idempotency-key'] ?? '';
  if (route.method === 'POST' && (key === '' || key.length > 255)) {
    throw new HttpProblem(
      400,
      'idempotency_key_missing',
      'Every POST needs an Idempotency-Key header of 1 to 255 characters.',
      'Send a new UUID for each new act, and the same one when you repeat it.',
    );
  }
  return {
    by: actorOf(principal, event.requestContext.requestId),
    on: (event.pathParameters ?? {}) as Record<string, string>,
    principal: principal ? principalKey(principal) : 'anyone',
    operation: route.operationId,
    key,
    bodyHash: createHash('sha256')
      .update(`${event.rawPath}\n${JSON.stringify(body ?? null)}`)
      .digest('base64url'),
  };
}

function isActOutcome(outcome: object): outcome is ActOutcome {
  return 'replayed' in outcome && 'status' in outcome && 'body' in outcome;
}

/** A refusal may itself be a recorded fact, as a wrong PIN is: then it is repeated like any other answer. */
function answerOf({ status, body, replayed }: ActOutcome, requestId: string): APIGatewayProxyStructuredResultV2 {
  if (isRejection(body)) return problem(problemOfRejection(body, requestId), replayed);
  return answer(status, body, requestId, replayed);
}

function answer(status: number, body: unknown, requestId: string, replayed = false): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode: status,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-request-id': requestId,
      ...(replayed && { 'idempotency-replayed': 'true' }),
    },
    body: JSON.stringify(body),
  };
}

function problem(body: { status: number; requestId: string }, replayed = false): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode: body.status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'x-request-id': body.requestId,
      ...(replayed && { 'idempotency-replayed': 'true' }),
    },
    body: JSON.stringify(body),
  };
}

/** What the use cases throw because of the request, as the problem that it is. */
function known(error: unknown): unknown {
  if (error instanceof KeyReused) {
    return new HttpProblem(
      422,
      'idempotency_key_reused',
      'This Idempotency-Key was used for another request.',
      'Use a new key for a new act, or repeat the first request exactly.',
    );
  }
  if (error instanceof UnknownCursor) {
    const errors = [{ pointer: '/query/cursor', detail: 'is not a cursor of this list' }];
    return new HttpProblem(
      400,
      'unknown_cursor',
      'This cursor was not given by this list.',
      'Take nextCursor of the page before as it is, or leave the cursor out to begin anew.',
      errors,
    );
  }
  if (error instanceof GeocoderUnavailable) {
    // The address that was searched for may be in what the service said.
    logger.error('addresses cannot be looked up', { error: (error.cause as Error).name });
    return new HttpProblem(
      503,
      'address_search_unavailable',
      'Addresses cannot be looked up just now.',
      'Send dropoff.position as [lon, lat], or the same request again in some minutes.',
    );
  }
  return error;
}
