import type { APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda';
import {
  createRemoteJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  importJWK,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
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
/** What every token that its bearer signs itself must say: what it is meant for, and that it is fresh. */
const selfSigned = {
  audience: 'mallway',
  requiredClaims: ['iat', 'exp'],
  maxTokenAge: longestLifeSeconds,
  clockTolerance: 30,
};
const secretCacheMs = 5 * 60_000;

/** Who gives people their tokens; operations come from one that demands a second factor. */
const staff = { issuer: setting('PEOPLE_ISSUER'), clients: setting('PEOPLE_CLIENTS').split(',') };
const operations = { issuer: setting('OPERATIONS_ISSUER'), clients: setting('OPERATIONS_CLIENTS').split(',') };
const tables = database('catalogue');
const box = secrets();
const issuerKeys = new Map(
  [staff, operations].map(({ issuer }) => [issuer, createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`))]),
);
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
  const { iss = '' } = decodeJwt(token);
  const known = issuerKeys.get(iss);
  if (known) return person(token, iss, known);
  const keyId = keyIdOf(token);
  return keyId.startsWith('dev_') ? device(token, keyId) : apiKey(token, keyId);
}

/** The token says who; the binding in our own table says what they are. */
async function person(token: string, issuer: string, issuerKeys: JWTVerifyGetKey): Promise<Principal> {
  const { payload } = await jwtVerify(token, issuerKeys, { issuer, algorithms: ['RS256', 'ES256'] });
  const subject = payload.sub ?? '';
  const bound = await findActive(subject);
  const trusted = bound.role.kind === 'operations' ? operations : staff;
  if (trusted.issuer !== issuer) {
    throw new NotAuthenticated(`${subject} is ${bound.role.kind}, whose tokens come from ${trusted.issuer}.`);
  }
  if (!clientsOf(payload).some((client) => trusted.clients.includes(client))) {
    throw new NotAuthenticated('The token is meant for another application.');
  }
  return principalOf(bound);
}

/**
 * Whom a token is meant for. An access token of Cognito has no `aud`: its `client_id` says which page it was given to.
 * Its id tokens are for the page itself, and no credential here. Source: "Understanding the access token", Cognito.
 */
function clientsOf({ aud = [], client_id, token_use }: JWTPayload): string[] {
  if (token_use === 'id') throw new NotAuthenticated('This is an id token: send the access token.');
  return [aud, typeof client_id === 'string' ? client_id : []].flat();
}

/** A tablet of a store signs its own tokens, with a key that never leaves it. */
async function device(token: string, deviceId: string): Promise<Principal> {
  const bound = await findActive(deviceId);
  if (!bound.device) throw new NotAuthenticated(`${deviceId} is no device.`);
  const publicKey = await importJWK({ ...bound.device.publicKey }, 'ES256');
  const { payload } = await jwtVerify(token, publicKey, { ...selfSigned, algorithms: ['ES256'] });
  refuseLongLife(payload);
  return principalOf(bound);
}

async function findActive(subject: string): Promise<Person> {
  const bound = await load<Person>(tables.get(keys.person(subject)));
  if (!bound) throw new NotAuthenticated(`Nobody here is known as ${subject}; ask operations to invite you.`);
  if (bound.status === 'suspended') throw new NotAuthenticated(`${subject} is suspended; ask operations why.`);
  return bound;
}

function principalOf({ subject, role }: Person): Principal {
  if (role.kind === 'store') return { kind: 'store', storeId: role.storeId, subject };
  if (role.kind === 'driver') return { kind: 'driver', driverId: role.driverId, subject };
  return { kind: 'operations', subject };
}

/** A short token that a channel or retailer signed itself with the secret of its API key. */
async function apiKey(token: string, keyId: string): Promise<Principal> {
  const { secret, owner } = await openKey(keyId);
  const { payload } = await jwtVerify(token, secret, { ...selfSigned, algorithms: ['HS256'] });
  refuseLongLife(payload);
  return owner.kind === 'channel'
    ? { kind: 'channel', channelId: owner.channelId }
    : { kind: 'retailer', retailerId: owner.retailerId };
}

function refuseLongLife({ iat, exp }: JWTPayload): void {
  if (exp! - iat! <= longestLifeSeconds) return;
  throw new NotAuthenticated(`The token lives longer than ${longestLifeSeconds} seconds: sign a shorter one.`);
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
