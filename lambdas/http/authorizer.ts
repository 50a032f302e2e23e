import type { APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda';
import {
  decodeJwt,
  decodeProtectedHeader,
  errors,
  importJWK,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import type { ApiKeyRecord } from '../application/api-keys.ts';
import type { Principal } from '../application/principal.ts';
import { keys } from '../application/records.ts';
import { load } from '../application/situations.ts';
import { database, secrets, setting } from '../compose.ts';
import type { Person } from '../domain/directory.ts';
import { logger } from '../log.ts';
import { type AuthorizerContext, contextOf } from './credentials.ts';
import { issuerKeys } from './issuer-keys.ts';
import { originGuard } from './origin.ts';

/** A self-signed token lives ten minutes at most, so that a stolen one is soon of no use. */
const longestLifeSeconds = 600;
/** What every token that its bearer signs itself must say: what it is meant for, and that it is fresh. */
const selfSigned = {
  audience: 'mallway',
  requiredClaims: ['iat', 'exp'],
  maxTokenAge: longestLifeSeconds,
  clockTolerance: 30,
};
const openedMs = 5 * 60_000;
/** The issuer could not be asked for its keys: that says nothing of the token. */
const issuerFailures = ['ERR_JWKS_TIMEOUT', 'ERR_JOSE_GENERIC'];

/** Who gives people their tokens; operations come from one that demands a second factor. */
const staff = { issuer: setting('PEOPLE_ISSUER'), clients: setting('PEOPLE_CLIENTS').split(',') };
const operations = { issuer: setting('OPERATIONS_ISSUER'), clients: setting('OPERATIONS_CLIENTS').split(',') };
const cameThroughEdge = originGuard(setting('ORIGIN_KEYS'));
const tables = database('catalogue');
const box = secrets();
const keysOf = new Map([staff, operations].map(({ issuer }) => [issuer, issuerKeys(issuer)]));
/** By what was sealed. */
const opened = new Map<string, { until: number; secret: Uint8Array }>();

class NotAuthenticated extends Error {}

/**
 * Says who is calling, nothing more; what they may do is decided where it is done. A credential that is not accepted
 * is passed on with the reason, so that the function can answer with a problem that names it. Whoever came by another
 * way than the distribution is refused unread.
 */
export async function handler(
  event: APIGatewayRequestAuthorizerEventV2,
): Promise<{ isAuthorized: true; context: AuthorizerContext } | { isAuthorized: false }> {
  if (!cameThroughEdge(event.headers)) return { isAuthorized: false };
  const header = event.headers?.authorization ?? '';
  try {
    return { isAuthorized: true, context: contextOf(await authenticate(header)) };
  } catch (error) {
    if (error instanceof NotAuthenticated) return { isAuthorized: true, context: { kind: 'none', why: error.message } };
    if (error instanceof errors.JOSEError && !issuerFailures.includes(error.code)) {
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
  const known = keysOf.get(iss);
  if (known) return person(token, iss, known);
  const keyId = keyIdOf(token);
  return keyId.startsWith('dev_') ? device(token, keyId) : apiKey(token, keyId);
}

/** The token says who; the binding in our own table says what they are. */
async function person(token: string, issuer: string, known: JWTVerifyGetKey): Promise<Principal> {
  const { payload } = await jwtVerify(token, known, { issuer, algorithms: ['RS256', 'ES256'] });
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

/**
 * A short token that a channel or retailer signed itself with the secret of one of its keys. The record is read each
 * time, so that a key which was revoked is refused as soon as a person who was suspended.
 */
async function apiKey(token: string, keyId: string): Promise<Principal> {
  const record = await load<ApiKeyRecord>(tables.get(keys.apiKey(keyId)));
  if (!record) throw new NotAuthenticated(`There is no API key ${keyId}.`);
  if (record.revokedAt) throw new NotAuthenticated(`The API key ${keyId} was revoked; sign with another one.`);
  const { payload } = await jwtVerify(token, await secretOf(record, keyId), { ...selfSigned, algorithms: ['HS256'] });
  refuseLongLife(payload);
  const { owner } = record;
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

async function secretOf({ sealedSecret }: ApiKeyRecord, keyId: string): Promise<Uint8Array> {
  const known = opened.get(sealedSecret);
  // Wall time: this is a cache of this process, not a fact of the business.
  const now = performance.now();
  if (known && known.until > now) return known.secret;
  const secret = await box.open(sealedSecret, keyId);
  opened.set(sealedSecret, { until: now + openedMs, secret });
  return secret;
}
