import { expect, test } from 'vitest';
import { MemoryDatabase } from '../../lambdas/adapters/memory-database.ts';
import { systemRandomness } from '../../lambdas/adapters/randomness.ts';
import type { RepeatableRequest } from '../../lambdas/application/act.ts';
import { type ApiKeyOwner, createKey, listKeys, revokeKey } from '../../lambdas/application/api-keys.ts';
import { keys } from '../../lambdas/application/records.ts';
import { asId, type ChannelId, type RetailerId } from '../../lambdas/domain/ids.ts';
import { instant } from '../../lambdas/domain/time.ts';

const channel = (id: string): ApiKeyOwner => ({ kind: 'channel', channelId: asId<ChannelId>(id) });
const retailer = (id: string): ApiKeyOwner => ({ kind: 'retailer', retailerId: asId<RetailerId>(id) });
const noon = Date.parse('2026-12-01T19:00:00Z');
const at = (minute: number) => instant(noon + minute * 60_000);

/** Channels and retailers without a key. */
async function directory() {
  const database = new MemoryDatabase();
  const owners = [keys.channel('shop'), keys.channel('shop-2'), keys.retailer('books')];
  await database.commit(
    owners.map(({ table, pk, sk }) => ({ kind: 'put', table, item: { pk, sk, data: {} }, ifVersion: 'absent' })),
  );
  const secrets = {
    seal: async (secret: Uint8Array) => Buffer.from(secret).toString('hex'),
    open: async (sealed: string) => Buffer.from(sealed, 'hex'),
  };
  const ports = { database, secrets, randomness: systemRandomness };
  let requests = 0;
  const request = (operation: string): RepeatableRequest => {
    requests += 1;
    const by = { kind: 'operations' as const, subject: 'kim', requestId: `request-${requests}` };
    return { principal: 'operations', operation, key: `key-${requests}`, bodyHash: '', by };
  };
  return {
    database,
    create: async (owner: ApiKeyOwner, minute: number) => {
      const made = await createKey(ports, owner, request('createKey'), at(minute));
      return (made as { body: { keyId: string } }).body.keyId;
    },
    revoke: (keyId: string, minute: number) => revokeKey(ports, keyId, request('revokeKey'), at(minute)),
    list: async (query: { channelId?: string; retailerId?: string; cursor?: string }, limit = 25) =>
      (await listKeys(ports, { ...query, limit })) as {
        data: { keyId: string; status: string; revokedAt: string | null }[];
        nextCursor: string | null;
      },
  };
}

const idsOf = ({ data }: { data: { keyId: string }[] }) => data.map(({ keyId }) => keyId);

test('keys are listed by owner, oldest first and page by page, without what they are secret for', async () => {
  const { create, list } = await directory();
  const ofOther = await create(channel('shop-2'), 0);
  const [first, second] = [await create(channel('shop'), 1), await create(channel('shop'), 2)];
  const ofRetailer = await create(retailer('books'), 3);
  expect(idsOf(await list({ channelId: 'shop' }))).toEqual([first, second]);
  expect(idsOf(await list({ channelId: 'shop-2' }))).toEqual([ofOther]);
  expect(idsOf(await list({ retailerId: 'books' }))).toEqual([ofRetailer]);
  const page = await list({ channelId: 'shop' }, 1);
  const rest = await list({ channelId: 'shop', cursor: page.nextCursor! });
  expect([...idsOf(page), ...idsOf(rest)]).toEqual([first, second]);
  const all = await list({});
  expect(idsOf(all).toSorted()).toEqual([first, second, ofOther, ofRetailer].toSorted());
  for (const { data } of [page, all]) {
    expect(Object.keys(data[0]!)).toEqual(['keyId', 'owner', 'createdAt', 'status', 'revokedAt']);
  }
});

test('a key is revoked once and for good, and the others of its owner are not', async () => {
  const { create, revoke, list } = await directory();
  const [old, young] = [await create(channel('shop'), 0), await create(channel('shop'), 1)];
  const revoked = await revoke(old, 5);
  expect(revoked).toMatchObject({ status: 200, body: { keyId: old, status: 'revoked', revokedAt: at(5) } });
  expect(await revoke(old, 9)).toMatchObject({ body: { revokedAt: at(5) } });
  const { data } = await list({ channelId: 'shop' });
  expect(data.map(({ keyId, status, revokedAt }) => [keyId, status, revokedAt])).toEqual([
    [old, 'revoked', at(5)],
    [young, 'active', null],
  ]);
  expect(await revoke('key_of_nobody', 9)).toMatchObject({ rejected: true, code: 'not_found' });
});

test('a key that was made before there was a list is revoked by its id, and listed from then on', async () => {
  const { database, revoke, list } = await directory();
  const { pk, sk } = keys.apiKey('key_before');
  const data = { owner: channel('shop'), sealedSecret: 'ff', createdAt: at(0) };
  await database.commit([{ kind: 'put', table: 'catalogue', item: { pk, sk, data }, ifVersion: 'absent' }]);
  expect(idsOf(await list({ channelId: 'shop' }))).toEqual([]);
  await revoke('key_before', 5);
  expect(await list({ channelId: 'shop' })).toMatchObject({ data: [{ keyId: 'key_before', status: 'revoked' }] });
  expect((await database.get(keys.apiKey('key_before')))?.data).toMatchObject({ sealedSecret: 'ff', revokedAt: at(5) });
});
