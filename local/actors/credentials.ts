import { SignJWT } from 'jose';
import type { Credential } from './api-client.ts';

export interface ApiKey {
  keyId: string;
  /** base64url, as the API showed it once. */
  secret: string;
}

/** The API accepts a self-signed token for ten minutes; it is renewed after eight. */
const keyTokenSeconds = 600;
const personTokenSeconds = 3_600;
const renewShare = 0.8;

/** The token a channel or a retailer's system signs with its own key. Wall time. */
export function keyCredential(key: ApiKey, audience: string, wallNow: () => number = Date.now): Credential {
  return renewed(keyTokenSeconds, wallNow, () => signWithKey(key, audience, wallNow));
}

export function signWithKey(
  { keyId, secret }: ApiKey,
  audience: string,
  wallNow: () => number = Date.now,
): Promise<string> {
  const issuedAt = Math.floor(wallNow() / 1000);
  return new SignJWT({})
    .setProtectedHeader({ alg: 'HS256', kid: keyId, typ: 'JWT' })
    .setAudience(audience)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + keyTokenSeconds)
    .sign(Buffer.from(secret, 'base64url'));
}

/** The token of a person, as their issuer gives it. Wall time. */
export function personCredential(
  mint: (lifetimeSeconds: number) => Promise<string>,
  wallNow: () => number = Date.now,
): Credential {
  return renewed(personTokenSeconds, wallNow, () => mint(personTokenSeconds));
}

export const nobody: Credential = async () => null;

function renewed(lifetimeSeconds: number, wallNow: () => number, issue: () => Promise<string>): Credential {
  let held: Promise<string> | undefined;
  let renewAt = 0;
  return () => {
    if (!held || wallNow() >= renewAt) {
      renewAt = wallNow() + lifetimeSeconds * renewShare * 1000;
      held = issue();
      // A failed issue is tried again at the next request.
      held.catch(() => {
        renewAt = 0;
      });
    }
    return held;
  };
}
