import { createRemoteJWKSet, type JWTVerifyGetKey } from 'jose';

/** A key that its issuer has withdrawn is believed so long at most; in wall time, as tokens are. */
const believedMs = 5 * 60_000;
/** Tokens of keys that are not known make one request in this time at most, whoever sends them and however many. */
const askedAgainMs = 5_000;

/** The public keys of an issuer, kept. A token of a key that is not among them lets them be asked for anew. */
export function issuerKeys(issuer: string): JWTVerifyGetKey {
  const url = new URL(`${issuer}/.well-known/jwks.json`);
  return createRemoteJWKSet(url, { cacheMaxAge: believedMs, cooldownDuration: askedAgainMs });
}
