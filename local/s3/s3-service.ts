import path from 'node:path';
import type { Meter, ServiceHandler, ServiceRequest, ServiceResponse } from '../services.ts';
import { type BucketCorsRule, corsHeaders } from './bucket-cors.ts';
import { verifyChecksums } from './checksums.ts';
import { listObjects } from './listing.ts';
import { type ObjectRecord, ObjectStore } from './object-store.ts';
import type { UnverifiedRequest } from './presigned-url.ts';
import { notImplemented, S3Error } from './s3-error.ts';

export interface BucketDefinition {
  name: string;
  cors?: BucketCorsRule[];
}

export interface S3Options {
  /** Each bucket gets a folder in it. */
  directory: string;
  buckets: BucketDefinition[];
  meter: Meter;
  wallNow?: () => number;
}

interface Bucket extends BucketDefinition {
  objects: ObjectStore;
}

/** Headers of PutObject that come back on read. */
const keptHeaders =
  /^(content-type|content-encoding|content-language|content-disposition|cache-control|expires|x-amz-meta-.+)$/;
const subresources = [
  'acl',
  'attributes',
  'legal-hold',
  'partNumber',
  'retention',
  'select',
  'tagging',
  'torrent',
  'uploadId',
  'uploads',
  'versionId',
  'versions',
  'policy',
  'cors',
  'lifecycle',
  'versioning',
  'delete',
  'encryption',
  'notification',
  'location',
];
const unsupportedHeaders = [
  'x-amz-copy-source',
  'x-amz-acl',
  'x-amz-tagging',
  'x-amz-website-redirect-location',
  'x-amz-object-lock-mode',
  'x-amz-server-side-encryption-customer-algorithm',
];

/** Where a request points, whichever way it names the bucket: `/<bucket>/<key>` or host `<bucket>.localhost`. */
export function s3Target(request: UnverifiedRequest): { bucket: string; key: string } {
  const host = (request.headers.host ?? '').replace(/:\d+$/, '');
  const bucketOfHost = /^(.+)\.localhost$/.exec(host)?.[1]?.replace(/\.s3(\.[a-z0-9-]+)?$/, '');
  const [first = '', ...rest] = request.path.slice(1).split('/');
  return bucketOfHost && bucketOfHost !== 's3'
    ? { bucket: bucketOfHost, key: decodeURIComponent(request.path.slice(1)) }
    : { bucket: decodeURIComponent(first), key: decodeURIComponent(rest.join('/')) };
}

/** Buckets in folders behind the REST API of S3: put, get, head, delete and list objects. */
export class S3Service {
  readonly #buckets: Map<string, Bucket>;
  readonly #meter: Meter;
  readonly #wallNow: () => number;

  constructor(options: S3Options) {
    this.#meter = options.meter;
    this.#wallNow = options.wallNow ?? Date.now;
    this.#buckets = new Map(
      options.buckets.map((bucket) => [
        bucket.name,
        { ...bucket, objects: new ObjectStore(path.join(options.directory, bucket.name)) },
      ]),
    );
  }

  /** Serves a request whose caller has been verified and allowed. */
  readonly handler: ServiceHandler = async (request) => {
    const response = await this.#serve(request).catch((error: unknown) => {
      if (error instanceof S3Error) return error.toResponse(request.method);
      throw error;
    });
    return this.withCors(request, response);
  };

  /** The answer to a browser's preflight; nobody signs one. */
  preflight(request: UnverifiedRequest): ServiceResponse {
    const { bucket } = s3Target(request);
    const headers = corsHeaders(this.#buckets.get(bucket)?.cors ?? [], request);
    if (headers) return { status: 200, headers, body: '' };
    return new S3Error(403, 'AccessForbidden', `CORSResponse: no rule of bucket ${bucket} allows this.`).toResponse(
      'OPTIONS',
    );
  }

  /** Adds the CORS headers of the bucket; for errors answered before the handler as well. */
  withCors(request: UnverifiedRequest, response: ServiceResponse): ServiceResponse {
    const headers = corsHeaders(this.#buckets.get(s3Target(request).bucket)?.cors ?? [], request);
    return headers ? { ...response, headers: { ...response.headers, ...headers } } : response;
  }

  async #serve(request: ServiceRequest): Promise<ServiceResponse> {
    const { bucket: bucketName, key } = s3Target(request);
    const bucket = this.#buckets.get(bucketName);
    if (!bucket) throw new S3Error(404, 'NoSuchBucket', `The bucket ${bucketName} does not exist.`);
    const unsupported =
      subresources.find((name) => request.query.has(name)) ?? unsupportedHeaders.find((name) => request.headers[name]);
    if (unsupported) throw notImplemented(`${request.method} with ${unsupported}`);
    if (key === '') return this.#serveBucket(bucket, request);
    switch (request.method) {
      case 'PUT':
        this.#meter.count('s3.put', 1, { resource: bucket.name });
        return this.#put(bucket, key, request);
      case 'GET':
      case 'HEAD': {
        this.#meter.count('s3.get', 1, { resource: bucket.name });
        const response = await read(bucket, key, request);
        const sentBytes = request.method === 'HEAD' ? 0 : response.body.length;
        this.#meter.count('transfer.gb', sentBytes / 1e9, { resource: bucket.name });
        return response;
      }
      case 'DELETE':
        await bucket.objects.delete(key);
        return { status: 204, headers: {}, body: '' };
      default:
        throw notImplemented(`${request.method} on an object`);
    }
  }

  #serveBucket(bucket: Bucket, request: ServiceRequest): ServiceResponse {
    if (request.method === 'HEAD') return { status: 200, headers: {}, body: '' };
    if (request.method === 'GET' && request.query.get('list-type') === '2') {
      this.#meter.count('s3.put', 1, { resource: bucket.name });
      return listObjects(bucket.name, bucket.objects.list(), request.query);
    }
    throw notImplemented(`${request.method} on a bucket without list-type=2`);
  }

  async #put(bucket: Bucket, key: string, request: ServiceRequest): Promise<ServiceResponse> {
    if (Buffer.byteLength(key) > 1024) throw new S3Error(400, 'KeyTooLongError', 'A key is 1024 bytes at most.');
    if (request.headers['content-encoding']?.includes('aws-chunked'))
      throw notImplemented('A body in aws-chunked encoding');
    if (request.headers['if-none-match'] === '*' && bucket.objects.get(key)) {
      throw new S3Error(412, 'PreconditionFailed', 'If-None-Match: the object exists already.');
    }
    verifyChecksums(request);
    const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => keptHeaders.test(name)));
    headers['content-type'] ??= 'binary/octet-stream';
    const encryption = encryptionHeaders(request);
    const record = await bucket.objects.put(
      { key, lastModified: this.#wallNow(), headers: { ...headers, ...encryption } },
      request.body,
    );
    return { status: 200, headers: { etag: `"${record.etag}"`, ...encryption }, body: '' };
  }
}

async function read(bucket: Bucket, key: string, request: ServiceRequest): Promise<ServiceResponse> {
  const record = bucket.objects.get(key);
  if (!record) throw new S3Error(404, 'NoSuchKey', 'The specified key does not exist.');
  const etag = `"${record.etag}"`;
  const headers: Record<string, string> = {
    ...record.headers,
    etag,
    'last-modified': new Date(record.lastModified).toUTCString(),
    'accept-ranges': 'bytes',
  };
  for (const [name, value] of request.query) {
    const overridden =
      /^response-(content-type|content-language|expires|cache-control|content-disposition|content-encoding)$/.exec(
        name,
      )?.[1];
    if (overridden) headers[overridden] = value;
  }
  if (request.headers['if-none-match'] === etag) return { status: 304, headers: { etag }, body: '' };
  if (request.headers['if-match'] && request.headers['if-match'] !== etag) {
    throw new S3Error(412, 'PreconditionFailed', 'If-Match: the object has another ETag.');
  }
  const range = request.headers.range === undefined ? undefined : byteRange(request.headers.range, record);
  const [start, end] = range ?? [0, record.size - 1];
  if (range) headers['content-range'] = `bytes ${start}-${end}/${record.size}`;
  headers['content-length'] = String(end - start + 1);
  const status = range ? 206 : 200;
  if (request.method === 'HEAD') return { status, headers, body: '' };
  return { status, headers, body: (await bucket.objects.read(key)).subarray(start, end + 1) };
}

function byteRange(header: string, { size }: ObjectRecord): [number, number] {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header) ?? [];
  if (first === '' && last === '') throw notImplemented(`The range ${header}`);
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(size - 1, Number(last));
  if (start > end) throw new S3Error(416, 'InvalidRange', 'The requested range is not satisfiable.');
  return [start, end];
}

/** S3 encrypts every object; a bucket without a rule uses its own key (AES256). */
function encryptionHeaders(request: ServiceRequest): Record<string, string> {
  const given = (name: string) => request.headers[name] ?? request.query.get(name) ?? undefined;
  const algorithm = given('x-amz-server-side-encryption') ?? 'AES256';
  const keyId = given('x-amz-server-side-encryption-aws-kms-key-id');
  return {
    'x-amz-server-side-encryption': algorithm,
    ...(keyId ? { 'x-amz-server-side-encryption-aws-kms-key-id': keyId } : {}),
  };
}
