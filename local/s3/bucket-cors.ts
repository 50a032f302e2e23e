import type { UnverifiedRequest } from './presigned-url.ts';

/** A rule of AWS::S3::Bucket CorsConfiguration. */
export interface BucketCorsRule {
  allowedMethods: string[];
  /** With one `*` at most. */
  allowedOrigins: string[];
  allowedHeaders?: string[];
  exposedHeaders?: string[];
  maxAgeSeconds?: number;
}

/** The CORS headers of an answer to this request; undefined where no rule allows it. */
export function corsHeaders(rules: BucketCorsRule[], request: UnverifiedRequest): Record<string, string> | undefined {
  const { origin } = request.headers;
  if (!origin) return undefined;
  const isPreflight = request.method === 'OPTIONS';
  const method = isPreflight ? (request.headers['access-control-request-method'] ?? '') : request.method;
  const asked = (isPreflight ? (request.headers['access-control-request-headers'] ?? '') : '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  const rule = rules.find(
    ({ allowedMethods, allowedOrigins, allowedHeaders = [] }) =>
      allowedMethods.includes(method) &&
      allowedOrigins.some((pattern) => matches(pattern, origin)) &&
      asked.every((name) => allowedHeaders.some((pattern) => matches(pattern.toLowerCase(), name))),
  );
  if (!rule) return undefined;
  const isAny = rule.allowedOrigins.includes('*');
  return {
    'access-control-allow-origin': isAny ? '*' : origin,
    'access-control-allow-methods': rule.allowedMethods.join(', '),
    ...(isAny ? {} : { 'access-control-allow-credentials': 'true' }),
    ...(asked.length > 0 ? { 'access-control-allow-headers': asked.join(', ') } : {}),
    ...(rule.exposedHeaders?.length ? { 'access-control-expose-headers': rule.exposedHeaders.join(', ') } : {}),
    ...(isPreflight && rule.maxAgeSeconds !== undefined
      ? { 'access-control-max-age': String(rule.maxAgeSeconds) }
      : {}),
    vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
  };
}

function matches(pattern: string, text: string): boolean {
  const star = pattern.indexOf('*');
  if (star < 0) return pattern === text;
  const [before, after] = [pattern.slice(0, star), pattern.slice(star + 1)];
  return text.length >= before.length + after.length && text.startsWith(before) && text.endsWith(after);
}
