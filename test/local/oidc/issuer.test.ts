import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { OidcIssuer } from '../../../local/oidc/issuer.ts';

const database = new DatabaseSync(':memory:');
let server: Server;
let url: string;
let issuer: OidcIssuer;
const wall = { now: Date.now() };

beforeAll(async () => {
  server = createServer((request, response) => {
    if (!issuer.serve(request, response)) response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/oidc`;
  issuer = await OidcIssuer.open({ database, issuer: url, wallNow: () => wall.now });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const request = { sub: 'driver-7', audience: 'mallway', lifetimeSeconds: 600, claims: { name: 'Ana' } };

async function verify(token: string) {
  const configuration = (await (await fetch(`${url}/.well-known/openid-configuration`)).json()) as {
    jwks_uri: string;
    issuer: string;
  };
  const keys = createRemoteJWKSet(new URL(configuration.jwks_uri));
  return jwtVerify(token, keys, { issuer: configuration.issuer, audience: 'mallway', algorithms: ['RS256'] });
}

test('a token verifies against the published keys', async () => {
  const { payload } = await verify(await issuer.mint(request));
  expect(payload).toMatchObject({ iss: url, sub: 'driver-7', aud: 'mallway', name: 'Ana' });
  expect(payload.exp! - payload.iat!).toBe(600);
});

test('a token expires by wall time', async () => {
  wall.now -= 601_000;
  const token = await issuer.mint(request);
  wall.now += 601_000;
  await expect(verify(token)).rejects.toMatchObject({ code: 'ERR_JWT_EXPIRED' });
});

test('the key survives a restart', async () => {
  const restarted = await OidcIssuer.open({ database, issuer: url });
  await expect(verify(await restarted.mint(request))).resolves.toMatchObject({ payload: { sub: 'driver-7' } });
});

test('a new key is published before it signs, and the old one stays until it is withdrawn', async () => {
  const own = new DatabaseSync(':memory:');
  const options = { database: own, issuer: url };
  const usual = issuer;
  onTestFinished(() => {
    issuer = usual;
  });
  issuer = await OidcIssuer.open(options);
  const before = await issuer.mint(request);
  const keyOf = (token: string) => decodeProtectedHeader(token).kid;
  const published = async () => ((await (await fetch(`${url}/jwks.json`)).json()) as { keys: object[] }).keys.length;

  await issuer.publishKey();
  expect([await published(), keyOf(await issuer.mint(request))]).toEqual([2, keyOf(before)]);
  await issuer.signWithNewest();
  const after = await issuer.mint(request);
  expect(keyOf(after)).not.toBe(keyOf(before));
  issuer = await OidcIssuer.open(options);
  expect(keyOf(await issuer.mint(request))).toBe(keyOf(after));
  for (const token of [before, after]) await expect(verify(token)).resolves.toBeDefined();
  await issuer.withdrawOthers();
  expect(await published()).toBe(1);
  await expect(verify(after)).resolves.toBeDefined();
  await expect(verify(before)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
});

test('a token of another issuer does not verify', async () => {
  const stranger = await OidcIssuer.open({ database: new DatabaseSync(':memory:'), issuer: url });
  await expect(verify(await stranger.mint(request))).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
});

test('keys are at both places, and the private part at none', async () => {
  for (const path of ['/jwks.json', '/.well-known/jwks.json']) {
    const { keys } = (await (await fetch(url + path)).json()) as { keys: object[] };
    expect(keys).toHaveLength(1);
    expect(Object.keys(keys[0] ?? {}).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
  }
  expect((await fetch(`${url}/other`)).status).toBe(404);
  expect((await fetch(`${url}/jwks.json`, { method: 'POST' })).status).toBe(404);
});

test('registered claims are the issuer’s', () => {
  expect(() => issuer.mint({ ...request, claims: { exp: 1 } })).toThrow(/exp/);
});
