import { randomBytes, randomInt } from 'node:crypto';
import type { Randomness } from '../application/ports.ts';
import { epochMs, type Instant } from '../domain/time.ts';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** Identifiers and secrets from the operating system's generator. */
export const systemRandomness: Randomness = {
  id: (prefix, now) => `${prefix}_${ulid(now, randomBytes(16))}`,
  digits: (digits) => String(randomInt(10 ** digits)).padStart(digits, '0'),
  capability: () => randomBytes(16).toString('base64url'),
  bytes: (length) => randomBytes(length),
};

/** Ten characters of time and sixteen of chance in Crockford's base 32, lower case (github.com/ulid/spec). */
export function ulid(now: Instant, entropy: Uint8Array): string {
  let ms = epochMs(now);
  let time = '';
  for (let place = 0; place < 10; place++) {
    time = alphabet[ms % 32] + time;
    ms = Math.floor(ms / 32);
  }
  return time + [...entropy.subarray(0, 16)].map((byte) => alphabet[byte % 32]).join('');
}
