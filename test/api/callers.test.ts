import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { type CallerKind, type Route, routes } from '../../lambdas/http/routes.ts';
import { signWithKey } from '../../local/actors/credentials.ts';
import { operationsId } from '../../local/demo/cast.ts';
import { hasEngine, test } from '../local/with-engine.ts';
import { expectProblem } from './problem.ts';
import { bodyFor, pathTo, type Targets } from './requests.ts';
import { type Owner, World } from './world.ts';

let world: World;
let targets: Targets;
/** Tokens that prove nothing; what each is, and the token. */
const worthless: Record<string, string> = {};

beforeAll(async () => {
  if (!hasEngine) return;
  world = await World.open();
  targets = await world.offered();
  Object.assign(worthless, await worthlessTokens());
});
afterAll(() => world?.close());

const kinds = ['channel', 'retailer', 'store', 'driver', 'operations'] as const satisfies readonly CallerKind[];
const guarded = routes.filter(({ callers }) => !(callers as readonly string[]).includes('anyone'));

const requestOf = (route: (typeof routes)[number]) => ({
  method: route.method,
  path: pathTo(route.path, world, targets),
  body: bodyFor(route.operationId, world, targets),
});

describe('callers who have no business there', () => {
  for (const route of guarded) {
    test(`${route.method} ${route.path}`, async () => {
      const before = await world.everything();
      for (const kind of kinds.filter((kind) => !(route.callers as readonly string[]).includes(kind))) {
        const answer = await world.send({ ...requestOf(route), token: world.tokens[kind] });
        expectProblem(answer, kind);
        expect([answer.status, answer.body.code], kind).toEqual([403, 'wrong_caller']);
      }
      const nobody = await world.send(requestOf(route));
      expect([nobody.status, nobody.body]).toEqual([401, { message: 'Unauthorized' }]);
      for (const [what, token] of Object.entries(worthless)) {
        const answer = await world.send({ ...requestOf(route), token });
        expectProblem(answer, what);
        expect([answer.status, answer.body.code], what).toEqual([401, 'not_authenticated']);
      }
      expect(await world.everything()).toEqual(before);
    });
  }
});

describe('the right kind of caller, but of another owner', () => {
  const others: Partial<Record<CallerKind, Owner>> = {
    channel: 'otherChannel',
    retailer: 'otherRetailer',
    store: 'otherStore',
    driver: 'otherDriver',
  };
  const owned: Route[] = guarded.filter(({ path }) => /\{(orderId|storeId|offerId|stopId|retailerId)\}/.test(path));
  for (const route of owned) {
    for (const kind of route.callers) {
      const other = others[kind];
      if (!other) continue;
      test(`${other}: ${route.method} ${route.path}`, async () => {
        const before = await world.everything();
        const request = requestOf(route as (typeof routes)[number]);
        const answer = await world.send({ ...request, token: world.tokens[other] });
        expectProblem(answer, other);
        // A stop is looked for in the caller's own run, and this caller has none.
        const expected = route.path.includes('{stopId}') ? [409, 'no_active_run'] : [404, 'not_found'];
        expect([answer.status, answer.body.code]).toEqual(expected);
        expect(answer.body.current).toBeUndefined();
        expect(await world.everything()).toEqual(before);
      });
    }
  }

  test('what is not there looks the same as what is another owner’s', async () => {
    const token = world.tokens.otherChannel;
    const detailOf = async (orderId: string) => {
      const { body } = await world.send({ method: 'GET', path: `/v1/orders/${orderId}`, token });
      return { ...body, detail: body.detail.replace(orderId, 'ID'), requestId: '' };
    };
    expect(await detailOf(targets.orderId)).toEqual(await detailOf('ord_nothing'));
  });

  test('lists and the driver’s own pages hold nothing of another', async () => {
    const reads: [Owner, string][] = [
      ['otherChannel', '/v1/orders'],
      ['otherDriver', '/v1/driver'],
      ['otherDriver', '/v1/driver/offers'],
      ['otherDriver', '/v1/driver/run'],
    ];
    for (const [owner, path] of reads) {
      const answer = await world.send({ method: 'GET', path, token: world.tokens[owner] });
      expect(answer.status, path).toBe(200);
      for (const id of [targets.orderId, targets.offerId, world.mall.drivers[0]!.id]) {
        expect(answer.text, path).not.toContain(id);
      }
    }
  });

  test('a store sees its own lines and neither the shopper nor the other store’s part', async () => {
    const { stores } = world.mall;
    const path = `/v1/stores/${stores[0]!.id}/pickups/${targets.orderId}`;
    for (const owner of ['store', 'retailer'] as const) {
      const { status, text } = await world.send({ method: 'GET', path, token: world.tokens[owner] });
      expect(status).toBe(200);
      for (const secret of ['Robin Secret', '+14805550199', stores[1]!.id]) expect(text).not.toContain(secret);
    }
  });
});

async function worthlessTokens(): Promise<Record<string, string>> {
  const { cloud, keys, mall } = world;
  const { issuer, audience } = cloud;
  const hour = 3_600_000;
  const driver = mall.drivers[0]!.id;
  const stranger = await generateKeyPair('RS256');
  const claims = () => new SignJWT().setSubject(operationsId).setIssuedAt().setExpirationTime('5m');
  const withHeader = (header: string, payload: object = {}) =>
    `${Buffer.from(header).toString('base64url')}.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.c2ln`;
  return {
    garbage: 'garbage',
    'three words': 'a.b.c',
    'another scheme': 'Basic dXNlcjpwYXNz',
    'a header that is no JSON': withHeader('{'),
    'a header that is null': withHeader('null'),
    'no key named': withHeader('{"alg":"HS256"}'),
    'an unknown key': withHeader('{"alg":"HS256","kid":"key_nothing"}'),
    'a key id that is no text': withHeader('{"alg":"HS256","kid":{"a":1}}'),
    'a key id longer than any': withHeader(JSON.stringify({ alg: 'HS256', kid: 'k'.repeat(3_000) })),
    'an expired token of a person': await cloud.mint({ sub: driver, lifetimeSeconds: -60 }),
    'an expired token of a key': await signWithKey(keys.channel, audience, () => Date.now() - hour),
    'a token of a key from tomorrow': await signWithKey(keys.channel, audience, () => Date.now() + 24 * hour),
    'alg none for a person': new UnsecuredJWT({ iss: issuer, sub: operationsId, aud: audience }).encode(),
    'alg none for a key': withHeader(JSON.stringify({ alg: 'none', kid: keys.channel.keyId }), { aud: audience }),
    'another audience': await signWithKey(keys.channel, 'another-audience'),
    'the secret of another key': await signWithKey({ ...keys.otherChannel, keyId: keys.channel.keyId }, audience),
    'another issuer': await claims()
      .setIssuer('https://elsewhere.example')
      .setAudience(audience)
      .setProtectedHeader({ alg: 'RS256', kid: 'elsewhere' })
      .sign(stranger.privateKey),
    'our issuer, another’s signature': await claims()
      .setIssuer(issuer)
      .setAudience(audience)
      .setProtectedHeader({ alg: 'RS256' })
      .sign(stranger.privateKey),
    'a key signing as our issuer': await claims()
      .setIssuer(issuer)
      .setAudience(audience)
      .setProtectedHeader({ alg: 'HS256', kid: keys.channel.keyId })
      .sign(Buffer.from(keys.channel.secret, 'base64url')),
    'a key’s token that lives a day': await new SignJWT()
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime('24h')
      .setProtectedHeader({ alg: 'HS256', kid: keys.channel.keyId })
      .sign(Buffer.from(keys.channel.secret, 'base64url')),
    'a person nobody knows': await cloud.mint({ sub: 'nobody' }),
  };
}
