import type { ChannelId, RetailerId } from '../domain/ids.ts';
import type { Rejection } from '../domain/rejection.ts';
import type { Instant } from '../domain/time.ts';
import { type ActOutcome, act, asItWas, ofNoAggregate, once, type RepeatableRequest } from './act.ts';
import { catalogueWrite } from './catalogue-write.ts';
import type { Database, Item, Write } from './database.ts';
import { missing } from './directory.ts';
import type { Randomness, SecretBox } from './ports.ts';
import { keys, lists } from './records.ts';
import { load, unknown } from './situations.ts';

export interface ApiKeyPorts {
  database: Database;
  secrets: SecretBox;
  randomness: Randomness;
}

export type ApiKeyOwner = { kind: 'channel'; channelId: ChannelId } | { kind: 'retailer'; retailerId: RetailerId };

/** The record of an API key; the secret is sealed under the deployment's key. */
export interface ApiKeyRecord {
  owner: ApiKeyOwner;
  sealedSecret: string;
  createdAt: Instant;
  /** From then on nothing that is signed with it is accepted. */
  revokedAt?: Instant;
}

/** A key as operations see it; of its secret they see nothing. */
interface ApiKeyView {
  keyId: string;
  owner: ApiKeyOwner;
  createdAt: Instant;
  status: 'active' | 'revoked';
  revokedAt: Instant | null;
}

/**
 * Makes a signing key for a channel or a retailer, beside those it has: each is good until it is revoked. What is kept
 * of the answer is without the secret; a repeat of the request opens the sealed one, so that an answer which got lost
 * on its way does not leave a key that nobody can use.
 */
export async function createKey(
  { database, secrets, randomness }: ApiKeyPorts,
  owner: ApiKeyOwner,
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  const ownerKey = owner.kind === 'channel' ? keys.channel(owner.channelId) : keys.retailer(owner.retailerId);
  if (!(await database.get(ownerKey))) return missing(owner.kind, ownerKey.pk.split('#')[1]!, '/owner');
  const keyId = randomness.id('key', now);
  const secret = randomness.bytes(32);
  const record: ApiKeyRecord = { owner, sealedSecret: await secrets.seal(secret, keyId), createdAt: now };
  const on = {
    keyId,
    ...(owner.kind === 'channel' ? { channelId: owner.channelId } : { retailerId: owner.retailerId }),
  };
  const made = await once(database, { ...request, on }, now, {
    body: { keyId, owner, algorithm: 'HS256', createdAt: now },
    also: [keyWrite(keyId, record, null)],
  });
  const body = made.body as { keyId: string };
  const known = made.replayed ? await openedSecret(database, secrets, body.keyId) : secret;
  return { ...made, body: { ...body, secret: Buffer.from(known).toString('base64url') } };
}

/** All keys, or those of one owner. A key that was made before keys were listed is listed once it is revoked. */
export async function listKeys(
  { database }: ApiKeyPorts,
  query: {
    channelId?: string | undefined;
    retailerId?: string | undefined;
    limit: number;
    cursor?: string | undefined;
  },
): Promise<object> {
  const { channelId, retailerId, limit, cursor } = query;
  const owner = channelId === undefined ? retailerId && `retailer#${retailerId}#` : `channel#${channelId}#`;
  const page = await database.queryIndex({
    table: 'catalogue',
    index: 'lists',
    pk: lists.apiKeys,
    limit,
    ...(owner && { since: owner, until: `${owner}~` }),
    ...(cursor && { cursor }),
  });
  const items = await database.getMany(page.keys);
  return { data: items.map((item) => keyView(keyIdOf(item), recordOf(item))), nextCursor: page.cursor ?? null };
}

/** For good: who needs a key again makes another. Revoking it once more changes nothing. */
export async function revokeKey(
  { database }: ApiKeyPorts,
  keyId: string,
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  let item: Item | null = null;
  let revoked: ApiKeyRecord | undefined;
  return act(database, request, now, {
    load: async () => {
      item = await database.get(keys.apiKey(keyId));
      if (!item) return unknown('key', keyId);
      revoked = { revokedAt: now, ...recordOf(item) };
      return ofNoAggregate;
    },
    decide: asItWas,
    also: () => [keyWrite(keyId, revoked!, item)],
    reply: () => ({ status: 200, body: keyView(keyId, revoked!) }),
  });
}

function keyWrite(keyId: string, record: ApiKeyRecord, known: Item | null): Write {
  const { owner, createdAt } = record;
  const ownerId = owner.kind === 'channel' ? owner.channelId : owner.retailerId;
  const list = { listPk: lists.apiKeys, listSk: `${owner.kind}#${ownerId}#${createdAt}#${keyId}` };
  return catalogueWrite(keys.apiKey(keyId), record, list, known);
}

async function openedSecret(database: Database, secrets: SecretBox, keyId: string): Promise<Uint8Array> {
  const record = await load<ApiKeyRecord>(database.get(keys.apiKey(keyId)));
  if (!record) throw new Error(`The API key ${keyId} was made, but its record is gone.`);
  return secrets.open(record.sealedSecret, keyId);
}

function recordOf(item: Item): ApiKeyRecord {
  return item.data as ApiKeyRecord;
}

function keyIdOf({ pk }: Item): string {
  return pk.slice(pk.indexOf('#') + 1);
}

function keyView(keyId: string, { owner, createdAt, revokedAt }: ApiKeyRecord): ApiKeyView {
  return { keyId, owner, createdAt, status: revokedAt ? 'revoked' : 'active', revokedAt: revokedAt ?? null };
}
