import { randomBytes } from 'node:crypto';
import { awsJson, awsJsonError, type Meter, type ServiceHandler } from '../services.ts';
import { decrypt, type EncryptionContext, encrypt, keyIdOf } from './ciphertext.ts';
import type { KeyStore, KmsKey } from './key-store.ts';

const jsonType = 'application/x-amz-json-1.1';
const longestPlaintextBytes = 4096;
const longestCiphertextBytes = 6144;

class KmsError extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

type Input = Record<string, unknown>;

/** What each operation takes; any other member stops it. */
const members: Record<string, string[]> = {
  Encrypt: ['KeyId', 'Plaintext', 'EncryptionContext', 'EncryptionAlgorithm'],
  Decrypt: ['KeyId', 'CiphertextBlob', 'EncryptionContext', 'EncryptionAlgorithm'],
  GenerateDataKey: ['KeyId', 'EncryptionContext', 'NumberOfBytes', 'KeySpec'],
  GenerateDataKeyWithoutPlaintext: ['KeyId', 'EncryptionContext', 'NumberOfBytes', 'KeySpec'],
  DescribeKey: ['KeyId'],
  RotateKeyOnDemand: ['KeyId'],
};

/** KMS with symmetric keys: Encrypt, Decrypt, GenerateDataKey (also without plaintext), DescribeKey and RotateKeyOnDemand. */
export function kmsService(keys: KeyStore, meter: Meter): ServiceHandler {
  return async (request) => {
    const operation = (request.headers['x-amz-target'] ?? '').replace(/^TrentService\./, '');
    try {
      const input = readInput(operation, request.body);
      meter.count('kms.request', 1);
      return awsJson(perform(keys, operation, input), jsonType);
    } catch (error) {
      if (error instanceof KmsError) return awsJsonError(400, error.type, error.message);
      throw error;
    }
  };
}

function readInput(operation: string, body: Buffer): Input {
  const known = members[operation];
  if (!known) throw new KmsError('UnknownOperationException', `The KMS operation ${operation} is not emulated.`);
  const input = JSON.parse(body.toString('utf8') || '{}') as Input;
  const unknown = Object.keys(input).find((name) => !known.includes(name));
  if (unknown) throw new KmsError('ValidationException', `${operation}: ${unknown} is not emulated.`);
  const { EncryptionAlgorithm = 'SYMMETRIC_DEFAULT' } = input;
  if (EncryptionAlgorithm !== 'SYMMETRIC_DEFAULT') {
    throw new KmsError('InvalidKeyUsageException', `The keys here are symmetric; ${EncryptionAlgorithm} is not.`);
  }
  return input;
}

function perform(keys: KeyStore, operation: string, input: Input): object {
  switch (operation) {
    case 'Encrypt': {
      const key = usable(keys, input.KeyId);
      const blob = encrypt(key, bytes(input, 'Plaintext', longestPlaintextBytes), contextOf(input));
      return { CiphertextBlob: blob.toString('base64'), KeyId: key.arn, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
    }
    case 'Decrypt': {
      const blob = bytes(input, 'CiphertextBlob', longestCiphertextBytes);
      const keyId = keyIdOf(blob);
      if (keyId === undefined || !keys.find(keyId)) throw new KmsError('InvalidCiphertextException', '');
      const key = usable(keys, keyId);
      if (input.KeyId !== undefined && usable(keys, input.KeyId).keyId !== keyId) {
        throw new KmsError('IncorrectKeyException', 'The key id does not identify the key that encrypted this.');
      }
      const plaintext = decrypt(key, blob, contextOf(input));
      if (!plaintext) throw new KmsError('InvalidCiphertextException', '');
      return { Plaintext: plaintext.toString('base64'), KeyId: key.arn, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
    }
    case 'GenerateDataKey':
    case 'GenerateDataKeyWithoutPlaintext': {
      const key = usable(keys, input.KeyId);
      const dataKey = randomBytes(dataKeyBytes(input));
      return {
        CiphertextBlob: encrypt(key, dataKey, contextOf(input)).toString('base64'),
        ...(operation === 'GenerateDataKey' ? { Plaintext: dataKey.toString('base64') } : {}),
        KeyId: key.arn,
      };
    }
    case 'RotateKeyOnDemand': {
      const key = usable(keys, input.KeyId);
      keys.rotate(key);
      return { KeyId: key.keyId };
    }
    default:
      return { KeyMetadata: metadata(existing(keys, input.KeyId)) };
  }
}

function existing(keys: KeyStore, reference: unknown): KmsKey {
  if (typeof reference !== 'string' || reference === '')
    throw new KmsError('ValidationException', 'KeyId is required.');
  const key = keys.find(reference);
  if (!key) throw new KmsError('NotFoundException', `Key '${reference}' does not exist`);
  return key;
}

function usable(keys: KeyStore, reference: unknown): KmsKey {
  const key = existing(keys, reference);
  if (!key.enabled) throw new KmsError('DisabledException', `${key.arn} is disabled.`);
  return key;
}

function bytes(input: Input, member: string, longest: number): Buffer {
  const value = Buffer.from(String(input[member] ?? ''), 'base64');
  if (value.length < 1 || value.length > longest) {
    throw new KmsError('ValidationException', `${member} must be 1 to ${longest} bytes, not ${value.length}.`);
  }
  return value;
}

function contextOf({ EncryptionContext = {} }: Input): EncryptionContext {
  const pairs = Object.entries(EncryptionContext as object);
  if (pairs.some(([, value]) => typeof value !== 'string')) {
    throw new KmsError('ValidationException', 'Every value of EncryptionContext must be a string.');
  }
  return Object.fromEntries(pairs);
}

function dataKeyBytes({ KeySpec, NumberOfBytes }: Input): number {
  if ((KeySpec === undefined) === (NumberOfBytes === undefined)) {
    throw new KmsError('ValidationException', 'Give either KeySpec or NumberOfBytes.');
  }
  if (KeySpec === 'AES_256') return 32;
  if (KeySpec === 'AES_128') return 16;
  const count = Number(NumberOfBytes);
  if (KeySpec !== undefined || !Number.isInteger(count) || count < 1 || count > 1024) {
    throw new KmsError('ValidationException', 'KeySpec must be AES_256 or AES_128, NumberOfBytes 1 to 1024.');
  }
  return count;
}

function metadata(key: KmsKey): object {
  return {
    AWSAccountId: key.arn.split(':')[4],
    KeyId: key.keyId,
    Arn: key.arn,
    CreationDate: key.createdAt,
    Enabled: key.enabled,
    Description: key.description,
    KeyUsage: 'ENCRYPT_DECRYPT',
    KeyState: key.enabled ? 'Enabled' : 'Disabled',
    Origin: 'AWS_KMS',
    KeyManager: 'CUSTOMER',
    KeySpec: 'SYMMETRIC_DEFAULT',
    CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
    EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
    MultiRegion: false,
  };
}
