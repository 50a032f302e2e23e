import { randomBytes } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import {
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  KMSClient,
  RotateKeyOnDemandCommand,
} from '@aws-sdk/client-kms';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KeyStore } from '../../../local/kms/key-store.ts';
import { kmsService } from '../../../local/kms/kms-service.ts';
import { clientSettings, countingMeter, type ServiceServer, serve } from '../service-server.ts';

const arn = (keyId: string) => `arn:aws:kms:us-east-1:111122223333:key/${keyId}`;
const database = new DatabaseSync(':memory:');
const meter = countingMeter();
let server: ServiceServer;
let client: KMSClient;

function keysOf(): KeyStore {
  const keys = new KeyStore(database);
  for (const keyId of ['secrets', 'personal']) keys.declare({ keyId, arn: arn(keyId), createdAt: 1_795_000_000 });
  keys.declare({ keyId: 'off', arn: arn('off'), enabled: false, createdAt: 1_795_000_000 });
  keys.declareAlias('alias/secrets', arn('secrets'));
  return keys;
}

beforeAll(async () => {
  server = await serve(kmsService(keysOf(), meter));
  client = new KMSClient(clientSettings(server.port));
});
afterAll(() => server.close());

const Plaintext = Buffer.from('hmac secret of a channel');
const EncryptionContext = { channel: 'c-1', purpose: 'signing' };

async function encrypted(KeyId = 'secrets') {
  return (await client.send(new EncryptCommand({ KeyId, Plaintext, EncryptionContext }))).CiphertextBlob!;
}

test.each(['secrets', arn('secrets'), 'alias/secrets', 'arn:aws:kms:us-east-1:111122223333:alias/secrets'])(
  'what key %s encrypts, Decrypt gives back in the same context',
  async (KeyId) => {
    const CiphertextBlob = await encrypted(KeyId);
    expect(Buffer.from(CiphertextBlob).includes(Plaintext)).toBe(false);
    const reordered = { purpose: 'signing', channel: 'c-1' };
    const decrypted = await client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: reordered }));
    expect(Buffer.from(decrypted.Plaintext!)).toEqual(Plaintext);
    expect(decrypted.KeyId).toBe(arn('secrets'));
  },
);

test('key material survives a restart', async () => {
  const CiphertextBlob = await encrypted();
  const restarted = await serve(kmsService(keysOf(), meter));
  const decrypted = await new KMSClient(clientSettings(restarted.port)).send(
    new DecryptCommand({ CiphertextBlob, EncryptionContext }),
  );
  restarted.close();
  expect(Buffer.from(decrypted.Plaintext!)).toEqual(Plaintext);
});

test('a key that was rotated reads what it encrypted before, also after a restart', async () => {
  const blobs = [await encrypted('personal')];
  for (let rotation = 1; rotation <= 2; rotation++) {
    expect((await client.send(new RotateKeyOnDemandCommand({ KeyId: arn('personal') }))).KeyId).toBe('personal');
    blobs.push(await encrypted('personal'));
  }
  const restarted = await serve(kmsService(keysOf(), meter));
  for (const { port } of [server, restarted]) {
    const reader = new KMSClient(clientSettings(port));
    for (const CiphertextBlob of blobs) {
      const read = await reader.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));
      expect(Buffer.from(read.Plaintext!)).toEqual(Plaintext);
    }
  }
  restarted.close();
});

test('a data key comes in the clear and encrypted', async () => {
  const made = await client.send(
    new GenerateDataKeyCommand({ KeyId: 'personal', KeySpec: 'AES_256', EncryptionContext }),
  );
  expect(made.Plaintext).toHaveLength(32);
  const { Plaintext: again } = await client.send(
    new DecryptCommand({ CiphertextBlob: made.CiphertextBlob, EncryptionContext }),
  );
  expect(again).toEqual(made.Plaintext);
});

test('DescribeKey', async () => {
  const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: 'alias/secrets' }));
  expect(KeyMetadata).toMatchObject({
    KeyId: 'secrets',
    Arn: arn('secrets'),
    Enabled: true,
    AWSAccountId: '111122223333',
  });
});

test('refusals are the typed errors of KMS', async () => {
  const CiphertextBlob = await encrypted();
  const changed = Uint8Array.from(CiphertextBlob);
  changed[changed.length - 1]! ^= 1;
  const refusals: [DecryptCommand | EncryptCommand | GenerateDataKeyCommand, string][] = [
    [
      new DecryptCommand({ CiphertextBlob, EncryptionContext: { channel: 'c-2', purpose: 'signing' } }),
      'InvalidCiphertextException',
    ],
    [new DecryptCommand({ CiphertextBlob }), 'InvalidCiphertextException'],
    [new DecryptCommand({ CiphertextBlob: changed, EncryptionContext }), 'InvalidCiphertextException'],
    [new DecryptCommand({ CiphertextBlob: randomBytes(80) }), 'InvalidCiphertextException'],
    [new DecryptCommand({ CiphertextBlob, EncryptionContext, KeyId: 'personal' }), 'IncorrectKeyException'],
    [new EncryptCommand({ KeyId: 'absent', Plaintext }), 'NotFoundException'],
    [new EncryptCommand({ KeyId: 'off', Plaintext }), 'DisabledException'],
    [new EncryptCommand({ KeyId: 'secrets', Plaintext: randomBytes(4097) }), 'ValidationException'],
    [new EncryptCommand({ KeyId: 'secrets', Plaintext, GrantTokens: ['t'] }), 'ValidationException'],
    [
      new EncryptCommand({ KeyId: 'secrets', Plaintext, EncryptionAlgorithm: 'RSAES_OAEP_SHA_1' }),
      'InvalidKeyUsageException',
    ],
    [new GenerateDataKeyCommand({ KeyId: 'secrets' }), 'ValidationException'],
  ];
  for (const [command, name] of refusals) {
    await expect(client.send(command as EncryptCommand)).rejects.toMatchObject({ name });
  }
});

test('an operation that is not emulated is named', async () => {
  const response = await fetch(`http://127.0.0.1:${server.port}/`, {
    method: 'POST',
    headers: { 'x-amz-target': 'TrentService.ReEncrypt' },
    body: '{}',
  });
  expect(await response.json()).toMatchObject({
    __type: 'UnknownOperationException',
    message: expect.stringContaining('ReEncrypt'),
  });
});

test('every request is metered', async () => {
  const before = meter.counts['kms.request'] ?? 0;
  await encrypted();
  expect(meter.counts['kms.request']).toBe(before + 1);
});

test('an alias of no key stops', () => {
  expect(() => new KeyStore(database).declareAlias('alias/x', 'absent')).toThrow(/alias\/x.*absent/);
});
