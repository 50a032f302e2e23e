import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { KmsKey } from './key-store.ts';

export type EncryptionContext = Record<string, string>;

/** Before the key was ever rotated, and since: then two bytes behind the key id tell how often it had been. */
const versions = { first: 1, rotated: 2 };
const rotationBytes = 2;
const ivBytes = 12;
const tagBytes = 16;

/** AES-256-GCM; the blob is version, length of key id, key id, rotation, IV, tag, text. All but IV and tag is authenticated. */
export function encrypt(key: KmsKey, plaintext: Buffer, context: EncryptionContext): Buffer {
  const rotation = key.materials.length - 1;
  const header = headerOf(key.keyId, rotation);
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', key.materials[rotation]!, iv);
  cipher.setAAD(Buffer.concat([header, canonical(context)]));
  const text = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([header, iv, cipher.getAuthTag(), text]);
}

/** The id of the key a blob names, undefined if it is no blob of ours. */
export function keyIdOf(blob: Buffer): string | undefined {
  const length = blob[1];
  if (
    !Object.values(versions).includes(blob[0] ?? 0) ||
    length === undefined ||
    blob.length < 2 + length + ivBytes + tagBytes
  )
    return undefined;
  return blob.subarray(2, 2 + length).toString('utf8');
}

/** The plaintext, or undefined if the blob was changed or belongs to another context. */
export function decrypt(key: KmsKey, blob: Buffer, context: EncryptionContext): Buffer | undefined {
  const rotation = rotationOf(blob, key.keyId);
  const material = key.materials[rotation];
  if (!material) return undefined;
  const header = headerOf(key.keyId, rotation);
  const iv = blob.subarray(header.length, header.length + ivBytes);
  const tag = blob.subarray(header.length + ivBytes, header.length + ivBytes + tagBytes);
  const decipher = createDecipheriv('aes-256-gcm', material, iv);
  decipher.setAAD(Buffer.concat([header, canonical(context)]));
  decipher.setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(blob.subarray(header.length + ivBytes + tagBytes)), decipher.final()]);
  } catch {
    return undefined;
  }
}

function headerOf(keyId: string, rotation: number): Buffer {
  const id = Buffer.from(keyId);
  if (rotation === 0) return Buffer.concat([Buffer.from([versions.first, id.length]), id]);
  const times = Buffer.alloc(rotationBytes);
  times.writeUInt16BE(rotation);
  return Buffer.concat([Buffer.from([versions.rotated, id.length]), id, times]);
}

function rotationOf(blob: Buffer, keyId: string): number {
  return blob[0] === versions.rotated ? blob.readUInt16BE(2 + Buffer.byteLength(keyId)) : 0;
}

/** The order of its pairs does not matter. */
function canonical(context: EncryptionContext): Buffer {
  return Buffer.from(JSON.stringify(Object.entries(context).sort(([one], [other]) => (one < other ? -1 : 1))));
}
