import { DatabaseSync } from 'node:sqlite';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { LocationClient, SearchPlaceIndexForTextCommand } from '@aws-sdk/client-location';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { expect, onTestFinished, test } from 'vitest';
import { SteppedClock } from '../../../local/clock.ts';
import { AccessKeys } from '../../../local/proxy/access-keys.ts';
import { SignatureProxy, type SignatureProxyOptions } from '../../../local/proxy/signature-proxy.ts';
import { S3Service } from '../../../local/s3/s3-service.ts';
import { awsJson, awsJsonError, type ServiceRequest } from '../../../local/services.ts';
import { temporaryFolder } from '../folder.ts';
import { countingMeter } from '../service-server.ts';

const signerOf = (key: { accessKeyId: string; secretAccessKey: string }, port: number) => ({
  region: 'us-east-1',
  endpoint: `http://127.0.0.1:${port}`,
  credentials: key,
  maxAttempts: 1,
});

async function bench(more: Partial<SignatureProxyOptions> = {}) {
  const keys = new AccessKeys(new DatabaseSync(':memory:'));
  const key = keys.declare('OrderingRole');
  const seen: ServiceRequest[] = [];
  const remember = async (request: ServiceRequest) => {
    seen.push(request);
    return awsJson({});
  };
  const s3 = new S3Service({
    directory: temporaryFolder(),
    buckets: [{ name: 'proofs', cors: [{ allowedMethods: ['PUT'], allowedOrigins: ['http://page'] }] }],
    meter: countingMeter(),
  });
  const proxy = new SignatureProxy({
    keys,
    clock: new SteppedClock(0),
    services: { dynamodb: remember, geo: remember, s3: s3.handler },
    cors: s3,
    log: () => {},
    ...more,
  });
  const port = await proxy.listen(0);
  onTestFinished(() => proxy.close());
  return { keys, key, seen, port };
}

const read = new GetItemCommand({ TableName: 't', Key: { pk: { S: 'a' } } });

test('a request reaches its service with the caller known by the key', async () => {
  const { key, seen, port } = await bench();
  await new DynamoDBClient(signerOf(key, port)).send(read);
  expect(seen).toMatchObject([
    { service: 'dynamodb', caller: { role: 'OrderingRole', accessKeyId: key.accessKeyId }, method: 'POST', path: '/' },
  ]);
  expect(JSON.parse(seen[0]!.body.toString())).toMatchObject({ TableName: 't' });
});

test('paths with characters that need encoding verify', async () => {
  const { key, seen, port } = await bench();
  const client = new LocationClient({ ...signerOf(key, port), disableHostPrefix: true });
  await client.send(new SearchPlaceIndexForTextCommand({ IndexName: 'a b(1)', Text: 'x' }));
  expect(seen[0]!.path).toBe('/places/v0/indexes/a%20b%281%29/search/text');
});

test.each<[string, object, string]>([
  ['a wrong secret', { secretAccessKey: 'wrong' }, 'SignatureDoesNotMatch'],
  ['a key nobody has', { accessKeyId: 'AKIANOBODY' }, 'UnrecognizedClientException'],
])('%s is refused', async (_, change, name) => {
  const { key, seen, port } = await bench();
  const client = new DynamoDBClient(signerOf({ ...key, ...change }, port));
  await expect(client.send(read)).rejects.toMatchObject({ name });
  expect(seen).toEqual([]);
});

test('an unsigned request, an old one and an unknown service are refused', async () => {
  const { port, key, keys } = await bench({ services: {} });
  expect((await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: '{}' })).status).toBe(403);
  await expect(new DynamoDBClient(signerOf(key, port)).send(read)).rejects.toThrow(/service dynamodb is not emulated/);
  const late = await bench({ keys, wallNow: () => Date.now() + 6 * 60_000 });
  await expect(new DynamoDBClient(signerOf(key, late.port)).send(read)).rejects.toThrow(/Signature expired/);
});

test('a changed body does not verify', async () => {
  const { key, port } = await bench();
  const client = new DynamoDBClient(signerOf(key, port));
  client.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { body: string };
      request.body = request.body.replace('"t"', '"u"');
      return next(args);
    },
    { step: 'finalizeRequest', priority: 'low' },
  );
  await expect(client.send(read)).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
});

test('authorize and fault answer in place of the service', async () => {
  const denied = await bench({ authorize: () => awsJsonError(400, 'AccessDeniedException', 'no') });
  await expect(new DynamoDBClient(signerOf(denied.key, denied.port)).send(read)).rejects.toMatchObject({
    name: 'AccessDeniedException',
  });
  const faulty = await bench({ fault: async () => awsJsonError(400, 'ThrottlingException', 'slow down') });
  await expect(new DynamoDBClient(signerOf(faulty.key, faulty.port)).send(read)).rejects.toMatchObject({
    name: 'ThrottlingException',
  });
});

test('a page uploads with a presigned URL, and S3 clients sign as well', async () => {
  const { key, port } = await bench();
  const client = new S3Client({
    ...signerOf(key, port),
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  const put = new PutObjectCommand({ Bucket: 'proofs', Key: 'proofs/a b.jpg', ContentType: 'image/jpeg' });
  const url = await getSignedUrl(client, put, { expiresIn: 60 });
  const headers = { 'content-type': 'image/jpeg', origin: 'http://page' };
  const preflight = await fetch(url, {
    method: 'OPTIONS',
    headers: { origin: 'http://page', 'access-control-request-method': 'PUT' },
  });
  expect(preflight.headers.get('access-control-allow-origin')).toBe('http://page');
  const uploaded = await fetch(url, { method: 'PUT', headers, body: 'picture' });
  expect(uploaded.status).toBe(200);
  const { Body } = await client.send(new GetObjectCommand({ Bucket: 'proofs', Key: 'proofs/a b.jpg' }));
  expect(await Body?.transformToString()).toBe('picture');
  const forged = await fetch(url.replace('proofs/a', 'proofs/b'), { method: 'PUT', headers, body: 'picture' });
  expect(forged.status).toBe(403);
});

test('keys stay the same when the cloud starts again, and keys of roles that are gone open nothing', () => {
  const database = new DatabaseSync(':memory:');
  const key = new AccessKeys(database).declare('a');
  const again = new AccessKeys(database);
  expect(again.find(key.accessKeyId)).toBeUndefined();
  expect(again.declare('a')).toEqual(key);
  expect(again.find(key.accessKeyId)).toEqual(key);
});
