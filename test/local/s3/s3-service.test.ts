import dns from 'node:dns';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isPresigned, verifyPresignedUrl } from '../../../local/s3/presigned-url.ts';
import { S3Error } from '../../../local/s3/s3-error.ts';
import { S3Service } from '../../../local/s3/s3-service.ts';
import { clientSettings, countingMeter, type ServiceServer, serve } from '../service-server.ts';

const wall = { now: Date.now() };
const meter = countingMeter();
let directory: string;
let server: ServiceServer;
let client: S3Client;

function service(): S3Service {
  const cors = [
    {
      allowedMethods: ['PUT', 'GET'],
      allowedOrigins: ['http://localhost:*'],
      allowedHeaders: ['*'],
      exposedHeaders: ['ETag'],
      maxAgeSeconds: 300,
    },
  ];
  return new S3Service({ directory, buckets: [{ name: 'proofs', cors }], meter, wallNow: () => wall.now });
}

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 's3-'));
  const s3 = service();
  server = await serve(async (request) => {
    if (request.method === 'OPTIONS') return s3.preflight(request);
    if (!isPresigned(request)) return s3.handler(request);
    try {
      const keyOf = (id: string) => (id === 'AKID' ? { role: 'Drivers', secretAccessKey: 'secret' } : undefined);
      return await s3.handler({ ...request, caller: verifyPresignedUrl(request, keyOf, wall.now) });
    } catch (error) {
      if (error instanceof S3Error) return s3.withCors(request, error.toResponse(request.method));
      throw error;
    }
  });
  client = new S3Client(clientSettings(server.port));
});
afterAll(async () => {
  server.close();
  await rm(directory, { recursive: true });
});

const Bucket = 'proofs';

test('an object comes back as it was put, with type and metadata, also after a restart', async () => {
  const Key = 'proofs/order 1/döør+photo.jpg';
  const Body = Buffer.from([0, 255, 1, 254]);
  const put = await client.send(
    new PutObjectCommand({
      Bucket,
      Key,
      Body,
      ContentType: 'image/jpeg',
      Metadata: { order: 'o-1' },
      ServerSideEncryption: 'AES256',
    }),
  );
  expect(put).toMatchObject({ ETag: '"e60bc83b2d77afcd721b626437a3b805"', ServerSideEncryption: 'AES256' });
  const got = await client.send(new GetObjectCommand({ Bucket, Key }));
  expect(Buffer.from((await got.Body?.transformToByteArray()) ?? [])).toEqual(Body);
  expect(got).toMatchObject({
    ContentType: 'image/jpeg',
    Metadata: { order: 'o-1' },
    ETag: put.ETag,
    ContentLength: 4,
  });
  expect(await client.send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject({
    ContentLength: 4,
    ContentType: 'image/jpeg',
  });
  const restarted = await service().handler({
    service: 's3',
    caller: { role: 'operator', accessKeyId: 'AKID' },
    method: 'GET',
    path: `/${Bucket}/${encodeURIComponent(Key)}`,
    query: new URLSearchParams(),
    headers: { range: 'bytes=1-2' },
    body: Buffer.alloc(0),
  });
  expect(restarted).toMatchObject({
    status: 206,
    headers: { 'content-range': 'bytes 1-2/4' },
    body: Body.subarray(1, 3),
  });
  await client.send(new DeleteObjectCommand({ Bucket, Key }));
  await expect(client.send(new GetObjectCommand({ Bucket, Key }))).rejects.toMatchObject({ name: 'NoSuchKey' });
  await expect(client.send(new HeadObjectCommand({ Bucket, Key }))).rejects.toMatchObject({ name: 'NotFound' });
  await client.send(new DeleteObjectCommand({ Bucket, Key }));
});

test('the bucket may be in the host name', async () => {
  const original = dns.lookup;
  // What the functions' bootstrap does: a plain Node does not resolve names under localhost.
  Object.assign(dns, {
    lookup: (_: string, options: { all?: boolean }, done: (...result: unknown[]) => void) =>
      options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4),
  });
  try {
    const virtual = new S3Client(clientSettings(server.port, 'localhost'));
    await virtual.send(new PutObjectCommand({ Bucket, Key: 'a/b', Body: 'x' }));
    const got = await client.send(new GetObjectCommand({ Bucket, Key: 'a/b' }));
    expect(await got.Body?.transformToString()).toBe('x');
  } finally {
    Object.assign(dns, { lookup: original });
  }
});

test('lists by prefix and delimiter, page by page', async () => {
  for (const Key of ['list/1/a', 'list/1/b', 'list/2/a', 'list/x', 'list/y']) {
    await client.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
  }
  const rolled = await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'list/', Delimiter: '/' }));
  expect(rolled.CommonPrefixes).toEqual([{ Prefix: 'list/1/' }, { Prefix: 'list/2/' }]);
  expect(rolled.Contents?.map(({ Key, Size }) => [Key, Size])).toEqual([
    ['list/x', 6],
    ['list/y', 6],
  ]);
  const pages: (string | undefined)[][] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await client.send(
      new ListObjectsV2Command({
        Bucket,
        Prefix: 'list/',
        Delimiter: '/',
        MaxKeys: 1,
        ...(ContinuationToken ? { ContinuationToken } : {}),
      }),
    );
    pages.push([
      ...(page.Contents ?? []).map(({ Key }) => Key),
      ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix),
    ]);
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken);
  expect(pages).toEqual([['list/1/'], ['list/2/'], ['list/x'], ['list/y']]);
});

test('stops at what it does not know', async () => {
  await expect(client.send(new HeadBucketCommand({ Bucket: 'absent' }))).rejects.toMatchObject({ name: 'NotFound' });
  await expect(client.send(new PutObjectCommand({ Bucket: 'absent', Key: 'a', Body: 'x' }))).rejects.toMatchObject({
    name: 'NoSuchBucket',
  });
  await expect(
    client.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'x', Tagging: 'a=b' })),
  ).rejects.toMatchObject({
    name: 'NotImplemented',
    message: expect.stringContaining('x-amz-tagging'),
  });
  await expect(client.send(new GetObjectCommand({ Bucket, Key: 'a', VersionId: '7' }))).rejects.toMatchObject({
    message: expect.stringContaining('versionId'),
  });
});

test('a put may insist that the key is new, and that the body is whole', async () => {
  await client.send(new PutObjectCommand({ Bucket, Key: 'once', Body: '1', IfNoneMatch: '*' }));
  await expect(
    client.send(new PutObjectCommand({ Bucket, Key: 'once', Body: '2', IfNoneMatch: '*' })),
  ).rejects.toMatchObject({
    name: 'PreconditionFailed',
  });
  await expect(
    client.send(new PutObjectCommand({ Bucket, Key: 'damaged', Body: 'x', ChecksumCRC32: 'AAAAAA==' })),
  ).rejects.toMatchObject({ name: 'BadDigest' });
});

describe('a presigned URL', () => {
  const signer = () => new S3Client({ ...clientSettings(server.port), requestChecksumCalculation: 'WHEN_REQUIRED' });
  const sign = (overrides: { ContentType?: string; expiresIn?: number } = {}) =>
    getSignedUrl(
      signer(),
      new PutObjectCommand({ Bucket, Key: 'proofs/door 1.jpg', ContentType: overrides.ContentType ?? 'image/jpeg' }),
      {
        expiresIn: overrides.expiresIn ?? 60,
        signableHeaders: new Set(['content-type']),
      },
    );
  const put = (url: string, contentType = 'image/jpeg') =>
    fetch(url, {
      method: 'PUT',
      body: 'photo',
      headers: { 'content-type': contentType, origin: 'http://localhost:3000' },
    });

  test('takes the upload, and gives it back', async () => {
    const response = await put(await sign());
    expect([response.status, await response.text()]).toEqual([200, '']);
    expect(response.headers.get('access-control-allow-origin')).toBe('http://localhost:3000');
    const url = await getSignedUrl(
      signer(),
      new GetObjectCommand({ Bucket, Key: 'proofs/door 1.jpg', ResponseContentType: 'image/png' }),
    );
    const got = await fetch(url);
    expect([got.headers.get('content-type'), await got.text()]).toEqual(['image/png', 'photo']);
  });

  test.each([
    ['another type than signed', async () => put(await sign(), 'text/html'), 'SignatureDoesNotMatch'],
    ['another key than signed', async () => put((await sign()).replace('door', 'porch')), 'SignatureDoesNotMatch'],
    [
      'a longer life than signed',
      async () => put((await sign()).replace('Expires=60', 'Expires=600')),
      'SignatureDoesNotMatch',
    ],
    [
      'another method',
      async () => fetch(await sign(), { headers: { 'content-type': 'image/jpeg' } }),
      'SignatureDoesNotMatch',
    ],
    ['an unknown key', async () => put((await sign()).replace('AKID', 'AKIX')), 'InvalidAccessKeyId'],
  ])('refuses %s', async (_, send, code) => {
    const response = await send();
    expect(response.status).toBe(403);
    expect(await response.text()).toContain(`<Code>${code}</Code>`);
  });

  test('expires by wall time', async () => {
    const url = await sign();
    wall.now = Date.now() + 62_000;
    const response = await put(url);
    wall.now = Date.now();
    expect([response.status, await response.text()]).toEqual([403, expect.stringContaining('Request has expired')]);
  });

  test('is preceded by a preflight, which the rules of the bucket answer', async () => {
    const ask = (origin: string, method: string) =>
      fetch(`http://127.0.0.1:${server.port}/proofs/x`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': 'content-type' },
      });
    const allowed = await ask('http://localhost:3000', 'PUT');
    expect(Object.fromEntries(allowed.headers)).toMatchObject({
      'access-control-allow-origin': 'http://localhost:3000',
      'access-control-allow-methods': 'PUT, GET',
      'access-control-allow-headers': 'content-type',
      'access-control-max-age': '300',
    });
    expect((await ask('https://evil.example', 'PUT')).status).toBe(403);
    expect((await ask('http://localhost:3000', 'DELETE')).status).toBe(403);
  });
});

test('meters requests in the two classes that S3 bills; deletes are free', async () => {
  const before = { ...meter.counts };
  await client.send(new PutObjectCommand({ Bucket, Key: 'metered', Body: 'x' }));
  await client.send(new ListObjectsV2Command({ Bucket }));
  await client.send(new HeadObjectCommand({ Bucket, Key: 'metered' }));
  await client.send(new DeleteObjectCommand({ Bucket, Key: 'metered' }));
  expect((meter.counts['s3.put'] ?? 0) - (before['s3.put'] ?? 0)).toBe(2);
  expect((meter.counts['s3.get'] ?? 0) - (before['s3.get'] ?? 0)).toBe(1);
});
