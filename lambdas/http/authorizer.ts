import type { APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, errors, jwtVerify } from 'jose';
import type { ApiKeyRecord } from '../application/directory.ts';
import type { Principal } from '../application/principal.ts';
import { keys } from '../application/records.ts';
import { load } from '../application/situations.ts';
import { database, secrets, setting } from '../compose.ts';
import type { Person } from '../domain/directory.ts';
import { logger } from '../log.ts';
import { type AuthorizerContext, contextOf } from './credentials.ts';

/** A self-signed token lives ten minutes at most, so that a stolen one is soon of no use. */
const longestLifeSeconds = 600;
const secretCacheMs = 5 * 60_000;

const issuer = setting('PEOPLE_ISSUER');
const audience = setting('PEOPLE_AUDIENCE');
const tables = database('catalogue');
const box = secrets();
const issuerKeys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`));
const opened = new Map<string, { until: number; secret: Uint8Array; owner: ApiKeyRecord['owner'] }>();

class NotAuthenticated extends Error {}

/**
 * Says who is calling, nothing more; what they may do is decided where it is done. A credential that is not accepted
 * is passed on with the reason, so that the function can answer with a problem that names it.
 */
export async function handler(
  event: APIGatewayRequestAuthorizerEventV2,
): Promise<{ isAuthorized: boolean; context: AuthorizerContext }> {
  const header = event.headers?.authorization ?? '';
  try {
    return { isAuthorized: true, context: contextOf(await authenticate(header)) };
  } catch (error) {
    if (error instanceof NotAuthenticated) return { isAuthorized: true, context: { kind: 'none', why: error.message } };
    if (error instanceof errors.JOSEError && error.code !== 'ERR_JWKS_TIMEOUT') {
      return { isAuthorized: true, context: { kind: 'none', why: `The token was not accepted: ${error.message}.` } };
    }
    logger.error('authorizer failed', { error: error as Error });
    throw error;
  }
}

async function authenticate(header: string): Promise<Principal> {
  const token = /^Bearer (\S+)$/i.exec(header)?.[1];
  if (!token) throw new NotAuthenticated('The Authorization header is not of the form "Bearer <token>".');
  return isFromIssuer(token) ? person(token) : apiKey(token);
}

function isFromIssuer(token: string): boolean {
  return decodeJwt(token).iss === issuer;
}

/** The token says who; the binding in our own table says what they are. */
async function person(token: string): Promise<Principal> {
  const { payload } = await jwtVerify(token, issuerKeys, { issuer, audience, algorithms: ['RS256', 'ES256'] });
  const subject = payload.sub ?? '';
  const bound = await load<Person>(tables.get(keys.person(subject)));
  if (!bound) throw new NotAuthenticated(`Nobody here is known as ${subject}; ask operations to invite you.`);
  const { role } = bound;
  if (role.kind === 'store') return { kind: 'store', storeId: role.storeId, subject };
  if (role.kind === 'driver') return { kind: 'driver', driverId: role.driverId, subject };
  return { kind: 'operations', subject };
}

/** A short token that a channel or retailer signed itself with the secret of its API key. */
async function apiKey(token: string): Promise<Principal> {
  const { secret, owner } = await openKey(keyIdOf(token));
  const { payload } = await jwtVerify(token, secret, {
    audience,
    algorithms: ['HS256'],
    requiredClaims: ['iat', 'exp'],
    maxTokenAge: longestLifeSeconds,
    clockTolerance: 30,
  });
  if (payload.exp! - payload.iat! > longestLifeSeconds) {
    throw new NotAuthenticated(`The token lives longer than ${longestLifeSeconds} seconds: sign a shorter one.`);
  }
  return owner.kind === 'channel'
    ? { kind: 'channel', channelId: owner.channelId }
    : { kind: 'retailer', retailerId: owner.retailerId };
}

/** The header comes from anybody: what is no key id must not reach the database. */
function keyIdOf(token: string): string {
  let keyId: unknown;
  try {
    keyId = decodeProtectedHeader(token).kid;
  } catch {
    throw new NotAuthenticated('The token is not a JWT: its header cannot be read.');
  }
  if (typeof keyId === 'string' && /^[A-Za-z0-9_.:-]{1,80}$/.test(keyId)) return keyId;
  throw new NotAuthenticated('The token names no key: put the id of your API key into the header as kid.');
}

async function openKey(keyId: string): Promise<{ secret: Uint8Array; owner: ApiKeyRecord['owner'] }> {
  const known = opened.get(keyId);
  // Wall time: this is a cache of this process, not a fact of the business.
  const now = performance.now();
  if (known && known.until > now) return known;
  const record = await load<ApiKeyRecord>(tables.get(keys.apiKey(keyId)));
  if (!record) throw new NotAuthenticated(`There is no API key ${keyId}.`);
  const entry = {
    until: now + secretCacheMs,
    secret: await box.open(record.sealedSecret, keyId),
    owner: record.owner,
  };
  opened.set(keyId, entry);
  return entry;
}
