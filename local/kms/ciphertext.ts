import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { KmsKey } from './key-store.ts';

export type EncryptionContext = Record<string, string>;

const version = 1;
const ivBytes = 12;
const tagBytes = 16;

/** AES-256-GCM; the blob is version, length of key id, key id, IV, tag, text. Key id and context are authenticated. */
export function encrypt(key: KmsKey, plaintext: Buffer, context: EncryptionContext): Buffer {
  const header = headerOf(key.keyId);
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', key.material, iv);
  cipher.setAAD(Buffer.concat([header, canonical(context)]));
  const text = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([header, iv, cipher.getAuthTag(), text]);
}

/** The id of the key a blob names, undefined if it is no blob of ours. */
export function keyIdOf(blob: Buffer): string | undefined {
  const length = blob[1];
  if (blob[0] !== version || length === undefined || blob.length < 2 + length + ivBytes + tagBytes) return undefined;
  return blob.subarray(2, 2 + length).toString('utf8');
}

/** The plaintext, or undefined if the blob was changed or belongs to another context. */
export function decrypt(key: KmsKey, blob: Buffer, context: EncryptionContext): Buffer | undefined {
  const header = headerOf(key.keyId);
  const iv = blob.subarray(header.length, header.length + ivBytes);
  const tag = blob.subarray(header.length + ivBytes, header.length + ivBytes + tagBytes);
  const decipher = createDecipheriv('aes-256-gcm', key.material, iv);
  decipher.setAAD(Buffer.concat([header, canonical(context)]));
  decipher.setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(blob.subarray(header.length + ivBytes + tagBytes)), decipher.final()]);
  } catch {
    return undefined;
  }
}

function headerOf(keyId: string): Buffer {
  const id = Buffer.from(keyId);
  return Buffer.concat([Buffer.from([version, id.length]), id]);
}

/** The order of its pairs does not matter. */
function canonical(context: EncryptionContext): Buffer {
  return Buffer.from(JSON.stringify(Object.entries(context).sort(([one], [other]) => (one < other ? -1 : 1))));
}
