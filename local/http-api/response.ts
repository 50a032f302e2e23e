/** What goes back to the caller. */
export interface HttpAnswer {
  status: number;
  headers: Record<string, string>;
  cookies: string[];
  body: Buffer;
}

/** An answer of the API itself, as `{"message": ...}`. */
export function gatewayAnswer(status: number, message: string): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    cookies: [],
    body: Buffer.from(JSON.stringify({ message })),
  };
}

/**
 * Reads a function's answer as payload format 2.0 does: with a `statusCode` it is a response, anything else is the
 * body of a 200. Undefined if it is malformed; the API then answers 500.
 */
export function answerOf(payload: unknown): HttpAnswer | undefined {
  if (typeof payload !== 'object' || payload === null || !('statusCode' in payload)) return inferred(payload);
  const {
    statusCode,
    headers = {},
    cookies = [],
    body = '',
    isBase64Encoded = false,
  } = payload as Record<string, unknown>;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 100 || status > 599) return undefined;
  if (body !== null && typeof body !== 'string') return undefined;
  if (typeof headers !== 'object' || !Array.isArray(cookies)) return undefined;
  const lowerCased: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (typeof value === 'object') return undefined;
    lowerCased[name.toLowerCase()] = String(value);
  }
  if (body) lowerCased['content-type'] ??= 'text/plain;charset=UTF-8';
  return {
    status,
    headers: lowerCased,
    cookies: cookies.map(String),
    body: Buffer.from(body ?? '', isBase64Encoded === true ? 'base64' : 'utf8'),
  };
}

function inferred(payload: unknown): HttpAnswer {
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    cookies: [],
    body: Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload ?? null)),
  };
}
