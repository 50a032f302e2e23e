import { createHash } from 'node:crypto';

/** What is kept of a link that opens something for whoever holds it: enough to know it by, and not to make it from. */
export function capabilityHash(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
