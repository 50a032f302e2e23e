import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, jwtVerify, SignJWT } from 'jose';
import { expect, onTestFinished, test, vi } from 'vitest';
import { issuerKeys } from '../../lambdas/http/issuer-keys.ts';

/** An issuer with as many keys as it publishes, and how often it was asked for them. */
async function issuer() {
  const published: JWK[] = [];
  let asked = 0;
  let isDown = false;
  const server = createServer((request, response) => {
    asked += 1;
    expect(request.url).toBe('/pool/.well-known/jwks.json');
    response.writeHead(isDown ? 503 : 200).end(JSON.stringify({ keys: published }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const { port } = server.address() as AddressInfo;
  const known = issuerKeys(`http://127.0.0.1:${port}/pool`);
  const newKey = async (kid: string) => {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const publish = async () => void published.push({ ...(await exportJWK(publicKey)), kid, alg: 'ES256' });
    const withdraw = () =>
      void published.splice(
        published.findIndex((it) => it.kid === kid),
        1,
      );
    const isAccepted = async () => {
      const token = new SignJWT().setProtectedHeader({ alg: 'ES256', kid }).setExpirationTime('10m');
      return jwtVerify(await token.sign(privateKey), known).then(
        () => true,
        (error: { code: string }) => error.code,
      );
    };
    return { publish, withdraw, isAccepted };
  };
  return {
    newKey,
    asked: () => asked,
    goDown: () => {
      isDown = true;
    },
    pass: (ms: number) => vi.setSystemTime(Date.now() + ms),
  };
}

test('a key that is new is asked for when its first token comes, and the old one stays good beside it', async () => {
  const { newKey, asked, pass } = await issuer();
  const [old, young] = [await newKey('old'), await newKey('young')];
  await old.publish();
  expect(await old.isAccepted()).toBe(true);
  await young.publish();
  pass(5_000);
  expect(await young.isAccepted()).toBe(true);
  expect(await old.isAccepted()).toBe(true);
  expect(asked()).toBe(2);
});

test('tokens of keys that nobody knows make no more than a request in five seconds', async () => {
  const { newKey, asked, pass } = await issuer();
  const [old, stranger] = [await newKey('old'), await newKey('stranger')];
  await old.publish();
  expect(await old.isAccepted()).toBe(true);
  for (let second = 0; second < 20; second++) {
    expect(await stranger.isAccepted()).toBe('ERR_JWKS_NO_MATCHING_KEY');
    expect(await stranger.isAccepted()).toBe('ERR_JWKS_NO_MATCHING_KEY');
    pass(1_000);
  }
  expect(asked()).toBe(1 + 3);
});

test('a key that was withdrawn is believed for five minutes at most', async () => {
  const { newKey, pass } = await issuer();
  const [old, young] = [await newKey('old'), await newKey('young')];
  await old.publish();
  await young.publish();
  expect(await old.isAccepted()).toBe(true);
  old.withdraw();
  pass(5 * 60_000);
  expect(await old.isAccepted()).toBe('ERR_JWKS_NO_MATCHING_KEY');
  expect(await young.isAccepted()).toBe(true);
});

test('an issuer that does not answer says nothing of a token', async () => {
  const { newKey, goDown } = await issuer();
  const key = await newKey('key');
  goDown();
  expect(await key.isAccepted()).toBe('ERR_JOSE_GENERIC');
});
