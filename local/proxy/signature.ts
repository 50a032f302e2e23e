import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import type { Caller, ServiceRequest } from '../services.ts';

/** What AWS answers when it does not believe a signature. */
export class SignatureError extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.name = 'SignatureError';
    this.type = type;
  }
}

export type UnverifiedRequest = Omit<ServiceRequest, 'caller' | 'service'>;

/** `Authorization` of Signature Version 4, taken apart. */
export interface Authorization {
  accessKeyId: string;
  date: string;
  region: string;
  service: string;
  signedHeaders: string[];
  signature: string;
}

const clockSkewMs = 5 * 60_000;

export function readAuthorization(header: string | undefined): Authorization {
  if (!header) {
    throw new SignatureError(
      'MissingAuthenticationTokenException',
      'Missing Authentication Token: the request is not signed.',
    );
  }
  const parts = /^AWS4-HMAC-SHA256 +Credential=([^,]+), *SignedHeaders=([^,]+), *Signature=([0-9a-f]{64})$/.exec(
    header,
  );
  const [accessKeyId, date, region, service, terminator] = parts?.[1]?.split('/') ?? [];
  if (!parts || !accessKeyId || !date || !region || !service || terminator !== 'aws4_request') {
    throw new SignatureError('IncompleteSignatureException', `The Authorization header is malformed: ${header}`);
  }
  return { accessKeyId, date, region, service, signedHeaders: parts[2]!.split(';'), signature: parts[3]! };
}

/**
 * Who signed the request. Source: "Create a signed AWS API request", IAM User Guide. Time is wall time.
 */
export function verifySignature(
  request: UnverifiedRequest,
  authorization: Authorization,
  keyOf: (accessKeyId: string) => { role: string; secretAccessKey: string } | undefined,
  wallNow: number,
): Caller {
  const { accessKeyId, date, region, service, signedHeaders, signature } = authorization;
  const key = keyOf(accessKeyId);
  if (!key) {
    throw new SignatureError(
      'UnrecognizedClientException',
      'The security token included in the request is invalid: nobody has this access key.',
    );
  }
  const signedAt = request.headers['x-amz-date'] ?? '';
  if (Math.abs(instantOf(signedAt) - wallNow) > clockSkewMs) {
    throw new SignatureError(
      'SignatureDoesNotMatch',
      `Signature expired: it is of ${signedAt}, more than 5 minutes from now.`,
    );
  }
  if (!signedHeaders.includes('host')) {
    throw new SignatureError('SignatureDoesNotMatch', 'The header host must be signed.');
  }
  const stringToSign = [
    'AWS4-HMAC-SHA256',
    signedAt,
    `${date}/${region}/${service}/aws4_request`,
    sha256(canonicalRequest(request, service, signedHeaders)),
  ].join('\n');
  const signingKey = signingKeyOf(key.secretAccessKey, [date, region, service, 'aws4_request']);
  if (!timingSafeEqual(hmac(signingKey, stringToSign), Buffer.from(signature, 'hex'))) {
    throw new SignatureError(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your secret access key and signing method.',
    );
  }
  return { role: key.role, accessKeyId };
}

/** A key holds for a day, a region and a service, and is made once; those of days gone by are dropped with the rest. */
const signingKeys = new Map<string, Buffer>();
const signingKeysKept = 1_000;

function signingKeyOf(secretAccessKey: string, scope: string[]): Buffer {
  const name = [secretAccessKey, ...scope].join('/');
  let key = signingKeys.get(name);
  if (!key) {
    if (signingKeys.size >= signingKeysKept) signingKeys.clear();
    key = scope.reduce<Buffer>((secret, part) => hmac(secret, part), Buffer.from(`AWS4${secretAccessKey}`));
    signingKeys.set(name, key);
  }
  return key;
}

function canonicalRequest(request: UnverifiedRequest, service: string, signedHeaders: string[]): string {
  const { method, path, query, headers, body } = request;
  const pairs = [...query].map(([name, value]) => `${encode(name)}=${encode(value)}`).sort();
  const lines = signedHeaders.map((name) => `${name}:${(headers[name] ?? '').trim().replaceAll(/ +/g, ' ')}\n`);
  // S3 says what it hashed, which may be nothing; all others hash what they send.
  const declared = service === 's3' ? headers['x-amz-content-sha256'] : undefined;
  if (declared && /^[0-9a-f]{64}$/.test(declared) && declared !== sha256(body)) {
    throw new SignatureError(
      'XAmzContentSHA256Mismatch',
      'The provided x-amz-content-sha256 does not match what was sent.',
    );
  }
  // S3 signs the path as it is sent; every other service encodes it once more.
  const canonicalPath = service === 's3' ? path : path.split('/').map(encode).join('/');
  return [
    method,
    canonicalPath,
    pairs.join('&'),
    lines.join(''),
    signedHeaders.join(';'),
    declared ?? sha256(body),
  ].join('\n');
}

/** `20261122T200000Z` in ms since the epoch. */
function instantOf(signedAt: string): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(signedAt) ?? [];
  const instant = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(instant))
    throw new SignatureError('IncompleteSignatureException', 'The header X-Amz-Date is malformed.');
  return instant;
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

function sha256(data: string | Buffer): string {
  return hash('sha256', data);
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
