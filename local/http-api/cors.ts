import type { IncomingMessage } from 'node:http';
import type { CorsConfiguration } from './definition.ts';
import type { HttpAnswer } from './response.ts';

/** The answer to a preflight request, or undefined if this is none. With CORS set the API answers it by itself. */
export function preflight(cors: CorsConfiguration, request: IncomingMessage): HttpAnswer | undefined {
  const { origin } = request.headers;
  if (request.method !== 'OPTIONS' || !origin || !request.headers['access-control-request-method']) return undefined;
  const headers: Record<string, string> = {};
  if (allowedOrigin(cors, origin)) {
    Object.assign(headers, originHeaders(cors, origin));
    if (cors.allowMethods?.length) headers['access-control-allow-methods'] = cors.allowMethods.join(',');
    if (cors.allowHeaders?.length) headers['access-control-allow-headers'] = cors.allowHeaders.join(',');
    if (cors.maxAgeSeconds !== undefined) headers['access-control-max-age'] = String(cors.maxAgeSeconds);
  }
  return { status: 204, headers, cookies: [], body: Buffer.alloc(0) };
}

/** Replaces whatever CORS headers the integration sent, as API Gateway does once CORS is configured. */
export function withCors(cors: CorsConfiguration, origin: string | undefined, answer: HttpAnswer): HttpAnswer {
  const headers = Object.fromEntries(
    Object.entries(answer.headers).filter(([name]) => !name.startsWith('access-control-')),
  );
  if (origin && allowedOrigin(cors, origin)) {
    Object.assign(headers, originHeaders(cors, origin));
    if (cors.exposeHeaders?.length) headers['access-control-expose-headers'] = cors.exposeHeaders.join(',');
  }
  return { ...answer, headers };
}

function allowedOrigin(cors: CorsConfiguration, origin: string): boolean {
  return (cors.allowOrigins ?? []).some((allowed) => {
    if (allowed === '*' || allowed.toLowerCase() === origin.toLowerCase()) return true;
    // `https://*` and `http://*` stand for every origin of that scheme.
    return /^https?:\/\/\*$/.test(allowed) && origin.startsWith(allowed.slice(0, -1));
  });
}

function originHeaders(cors: CorsConfiguration, origin: string): Record<string, string> {
  const isAny = cors.allowOrigins?.includes('*') ?? false;
  return {
    'access-control-allow-origin': isAny ? '*' : origin,
    ...(isAny ? {} : { vary: 'origin' }),
    ...(cors.allowCredentials ? { 'access-control-allow-credentials': 'true' } : {}),
  };
}
