import type { Readable } from 'node:stream';

/**
 * What the parts of the embedded cloud agree on. Each AWS service is one `ServiceHandler` behind the one proxy;
 * the proxy has verified the signature and knows the caller before a handler sees the request.
 */
export interface Caller {
  /** The role whose access key signed the request: the name of an AWS::IAM::Role (stack and logical id), or `operator`. */
  role: string;
  accessKeyId: string;
}

export interface ServiceRequest {
  /** The service name of the credential scope: dynamodb, states, sqs, s3, kms, geo, events, lambda ... */
  service: string;
  caller: Caller;
  method: string;
  /** Path without query, still percent-encoded. */
  path: string;
  query: URLSearchParams;
  /** Lower-cased names. */
  headers: Record<string, string>;
  body: Buffer;
}

export interface ServiceResponse {
  status: number;
  headers: Record<string, string>;
  body: string | Buffer;
}

export type ServiceHandler = (request: ServiceRequest) => Promise<ServiceResponse>;

const parsed = new WeakMap<Buffer, unknown>();

/** The body as JSON, read once for everybody who looks at the request; an empty one is an object without members. */
export function jsonBody({ body }: Pick<ServiceRequest, 'body'>): unknown {
  if (!parsed.has(body)) parsed.set(body, JSON.parse(body.toString('utf8') || '{}'));
  return parsed.get(body);
}

/** The whole body of a message, or undefined when it is longer than `limitBytes`; the rest of it is read and dropped. */
export function readWhole(message: Readable, limitBytes = Number.POSITIVE_INFINITY): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    message.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= limitBytes) chunks.push(chunk);
      else chunks.length = 0;
    });
    message.once('end', () => {
      if (bytes > limitBytes) resolve(undefined);
      else resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
    });
    message.once('error', reject);
    message.once('close', () => {
      if (!message.readableEnded) reject(new Error('The connection was closed before the message had ended.'));
    });
  });
}

/** Counts billable units. `unit` is a stable name such as `states.transition`; `dimensions` say whose it was. */
export interface Meter {
  count(unit: string, quantity: number, dimensions?: { resource?: string }): void;
}

/** Invokes a deployed function. `functionName` may be a name, an ARN or an ARN with a qualifier. */
export interface FunctionInvoker {
  invoke(functionName: string, payload: unknown): Promise<FunctionOutcome>;
}

export type FunctionOutcome =
  | { ok: true; payload: unknown }
  | { ok: false; errorType: string; errorMessage: string; trace?: string[] };

/** The error body of the AWS JSON protocols, surfaced by the SDK as a typed exception. */
export function awsJsonError(status: number, type: string, message: string, extra: object = {}): ServiceResponse {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': type },
    body: JSON.stringify({ __type: type, message, ...extra }),
  };
}

export function awsJson(body: unknown, contentType = 'application/x-amz-json-1.0'): ServiceResponse {
  return { status: 200, headers: { 'content-type': contentType }, body: JSON.stringify(body) };
}
