import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Caller, ServiceRequest } from '../services.ts';
import { S3Error } from './s3-error.ts';

/** Whose access key it is, and its secret; undefined for a key nobody has. */
export type KeyLookup = (accessKeyId: string) => { role: string; secretAccessKey: string } | undefined;

/** A request whose caller is not known yet. */
export type UnverifiedRequest = Omit<ServiceRequest, 'caller'>;

const longestExpirySeconds = 7 * 24 * 3600;

export function isPresigned(request: UnverifiedRequest): boolean {
  return request.query.has('X-Amz-Signature');
}

/**
 * Who signed the URL. It throws the `S3Error` to answer if the URL has expired by wall time, if a signed header or
 * parameter was changed, or if nobody has that key. Source: "Authenticating Requests: Using Query Parameters (SigV4)".
 */
export function verifyPresignedUrl(request: UnverifiedRequest, keyOf: KeyLookup, wallNow: number): Caller {
  const parameter = (name: string): string => {
    const value = request.query.get(`X-Amz-${name}`);
    if (value === null) {
      throw new S3Error(400, 'AuthorizationQueryParametersError', `The query parameter X-Amz-${name} is missing.`);
    }
    return value;
  };
  if (parameter('Algorithm') !== 'AWS4-HMAC-SHA256') {
    throw new S3Error(400, 'AuthorizationQueryParametersError', 'X-Amz-Algorithm must be AWS4-HMAC-SHA256.');
  }
  const [accessKeyId = '', date = '', region = '', service = '', terminator] = parameter('Credential').split('/');
  const signedAt = parameter('Date');
  const expiresSeconds = Number(parameter('Expires'));
  if (terminator !== 'aws4_request' || service !== 's3' || !signedAt.startsWith(date)) {
    throw new S3Error(400, 'AuthorizationQueryParametersError', 'X-Amz-Credential is malformed.');
  }
  if (!(expiresSeconds >= 1 && expiresSeconds <= longestExpirySeconds)) {
    throw new S3Error(400, 'AuthorizationQueryParametersError', 'X-Amz-Expires must be 1 to 604800 seconds.');
  }
  const signedAtMs = instantOf(signedAt);
  if (wallNow > signedAtMs + expiresSeconds * 1000) throw new S3Error(403, 'AccessDenied', 'Request has expired');
  if (wallNow < signedAtMs - 15 * 60_000) throw new S3Error(403, 'AccessDenied', 'Request is not yet valid');
  const key = keyOf(accessKeyId);
  if (!key) throw new S3Error(403, 'InvalidAccessKeyId', 'The access key id of this URL does not exist.');
  const canonical = canonicalRequest(request, parameter('SignedHeaders').split(';'));
  const scope = `${date}/${region}/${service}/aws4_request`;
  const stringToSign = ['AWS4-HMAC-SHA256', signedAt, scope, sha256(canonical)].join('\n');
  const signingKey = [date, region, service, 'aws4_request'].reduce<Buffer | string>(
    (secret, part) => hmac(secret, part),
    `AWS4${key.secretAccessKey}`,
  );
  const expected = hmac(signingKey, stringToSign);
  const given = Buffer.from(parameter('Signature'), 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new S3Error(
      403,
      'SignatureDoesNotMatch',
      'The signature does not match: method, path, parameters and signed headers must be as they were signed.',
    );
  }
  return { role: key.role, accessKeyId };
}

function canonicalRequest(request: UnverifiedRequest, signedHeaders: string[]): string {
  const query = [...request.query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
  const headers = signedHeaders.map(
    (name) => `${name}:${(request.headers[name] ?? '').trim().replaceAll(/ +/g, ' ')}\n`,
  );
  const payloadHash = request.query.get('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD';
  return [request.method, request.path, query, headers.join(''), signedHeaders.join(';'), payloadHash].join('\n');
}

/** `20261122T200000Z` in ms since the epoch. */
function instantOf(signedAt: string): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(signedAt) ?? [];
  const instant = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(instant)) throw new S3Error(400, 'AuthorizationQueryParametersError', 'X-Amz-Date is malformed.');
  return instant;
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
