import type { StoreId } from './ids.ts';
import type { Instant } from './time.ts';

/** A code under which one tablet may become a device of a store. */
export interface Pairing {
  storeId: StoreId;
  /** SHA-256, base64url, of the secret part of the code. */
  secretHash: string;
  expiresAt: Instant;
  /** Wrong tries so far. */
  attempts: number;
  usedAt?: Instant;
  /** Subject of whoever made it. */
  by: string;
}

export const pairingMinutes = 15;
export const pairingAttempts = 5;

/** Nothing in it is taken for something else when read aloud or from a screen: no 0 O, 1 I L, 2 Z, 5 S, 8 B, U V. */
const alphabet = '34679ACDEFGHJKMNPQRTWXY';
const handleLength = 4;

/**
 * Four characters say which code it is, six are its secret: 148 million, of which five may be tried.
 * @param entropy ten random bytes
 */
export function pairingCode(entropy: Uint8Array): { handle: string; secret: string } {
  const text = [...entropy].map((byte) => alphabet[byte % alphabet.length]).join('');
  return { handle: text.slice(0, handleLength), secret: text.slice(handleLength) };
}

export function isPairingOver({ usedAt, attempts, expiresAt }: Pairing, now: Instant): boolean {
  return usedAt !== undefined || attempts >= pairingAttempts || expiresAt <= now;
}
