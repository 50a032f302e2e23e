import { KMSClient, RotateKeyOnDemandCommand } from '@aws-sdk/client-kms';
import { decodeProtectedHeader, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { originKeyHeader } from '../../../lambdas/http/routes.ts';
import type { ApiKey } from '../../../local/actors/credentials.ts';
import type { Deployment } from '../../../local/assembly/deployment.ts';
import { operationsId } from '../../../local/demo/cast.ts';
import { edgeOf } from '../../../local/front/edge.ts';
import { type Request, World } from '../../api/world.ts';
import { sharedAssembly } from '../../assembly.ts';
import { hasEngine, test } from '../with-engine.ts';
import { type Signer, Traffic } from './traffic.ts';

/** What docs/rotation.md says of a provider: a key is published so long before it signs. */
const publishedBeforeMs = 5_000;

let world: World;
let traffic: Traffic;
/** Of both keys of the distribution, and of the second alone. */
let assemblies: { both: string; next: string };
let firstTablet: Signer;

beforeAll(async () => {
  if (!hasEngine) return;
  world = await World.open();
  const [both, next] = await Promise.all(['1,2', '2'].map((originKeys) => sharedAssembly('dev', { originKeys })));
  assemblies = { both: both!, next: next! };
  firstTablet = await pairedTablet();
  const person = (sub: string) => () => world.cloud.mint({ sub });
  traffic = new Traffic(world, {
    channel: signerOf(world.keys.channel),
    retailer: signerOf(world.keys.retailer),
    tablet: firstTablet,
    driver: person(world.mall.drivers[0]!.id),
    operations: person(operationsId),
  });
  traffic.start();
  await traffic.goOn();
}, 600_000);
afterAll(async () => {
  await traffic?.stop();
  await world?.close();
}, 60_000);

let signed = 0;

/** Each token is another one: the API has no answer of the authorizer in its memory. */
function selfSigned(alg: 'HS256' | 'ES256', kid: string, key: Parameters<SignJWT['sign']>[0]): Signer {
  return () =>
    new SignJWT({ jti: String(++signed) })
      .setProtectedHeader({ alg, kid })
      .setAudience(world.cloud.audience)
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(key);
}

function signerOf({ keyId, secret }: ApiKey): Signer {
  return selfSigned('HS256', keyId, Buffer.from(secret, 'base64url'));
}

/** A tablet that was paired with the first store, as it signs. */
async function pairedTablet(): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const { kty, crv, x, y } = await exportJWK(publicKey);
  const { code } = await operate('POST', `/v1/stores/${world.mall.stores[0]!.id}/pairing-codes`);
  const body = { code, name: 'Counter', publicKey: { kty, crv, x, y } };
  const { deviceId } = await sendGood({ method: 'POST', path: '/v1/devices', body });
  return selfSigned('ES256', deviceId, privateKey);
}

async function sendGood(request: Request) {
  const answer = await world.send(request);
  expect(answer.status, answer.text).toBeLessThan(300);
  return answer.body;
}

const operate = async (method: string, path: string, body?: object) =>
  sendGood({ method, path, body, token: await world.cloud.mint({ sub: operationsId }) });

const answerTo = async (signer: Signer, path: string) => {
  const { status, body } = await world.send({ method: 'GET', path, token: await signer() });
  return [status, body.detail];
};

const pickups = () => `/v1/stores/${world.mall.stores[0]!.id}/pickups`;

describe.skipIf(!hasEngine)('while everybody goes on, and nobody is refused', { timeout: 600_000 }, () => {
  test('the key of the distribution gives place to another, in two deployments stack by stack', async () => {
    const { cloud } = world;
    const sentBy = (deployment: Deployment) => edgeOf(deployment)!.originHeaders[originKeyHeader]!;
    const directWith = async (key: string) =>
      (await fetch(`${cloud.httpApiUrl}/openapi.json`, { headers: { [originKeyHeader]: key } })).status;
    const deploy = async (assembly: string, stack: string) => {
      const deployed = cloud.deploy(assembly, `mallway-dev-${stack}`);
      await traffic.goOn();
      return deployed;
    };
    const old = sentBy(cloud.deployment);
    expect(sentBy(await deploy(assemblies.both, 'web'))).toBe(old);
    await deploy(assemblies.both, 'api');
    const young = sentBy(await deploy(assemblies.next, 'web'));
    expect(young).not.toBe(old);
    expect([await directWith(old), await directWith(young)]).toEqual([200, 200]);
    await deploy(assemblies.next, 'api');
    expect([await directWith(old), await directWith(young)]).toEqual([403, 200]);
    expect(traffic.refused).toEqual([]);
  });

  test.each(['channel', 'retailer'] as const)(
    'a %s takes another signing key, and the first is revoked',
    async (kind) => {
      const old = world.keys[kind];
      const { data: listed } = await operate('GET', '/v1/keys');
      const { owner } = listed.find(({ keyId }: ApiKey) => keyId === old.keyId);
      const young = (await operate('POST', '/v1/keys', { owner })) as ApiKey;
      const path = kind === 'channel' ? '/v1/orders' : pickups();
      expect(await answerTo(signerOf(old), path)).toEqual([200, undefined]);
      traffic.signers[kind] = signerOf(young);
      await traffic.goOn();
      const revoked = await operate('POST', `/v1/keys/${old.keyId}/revoke`);
      expect(revoked).toMatchObject({ keyId: old.keyId, owner, status: 'revoked' });
      expect(await answerTo(signerOf(old), path)).toEqual([
        401,
        `The API key ${old.keyId} was revoked; sign with another one.`,
      ]);
      await traffic.goOn();
      expect(await operate('POST', `/v1/keys/${old.keyId}/revoke`)).toEqual(revoked);
      const ofOwner = await operate('GET', `/v1/keys?${new URLSearchParams({ [`${kind}Id`]: owner[`${kind}Id`] })}`);
      const found = ofOwner.data.map(({ keyId, status }: { keyId: string; status: string }) => [keyId, status]);
      expect(Object.fromEntries(found)).toEqual({ [old.keyId]: 'revoked', [young.keyId]: 'active' });
      expect(JSON.stringify(ofOwner)).not.toContain('ecret');
      expect(traffic.refused).toEqual([]);
    },
  );

  test('a store takes another tablet, and the first is suspended', async () => {
    traffic.signers.tablet = await pairedTablet();
    await traffic.goOn();
    const { kid } = decodeProtectedHeader(await firstTablet());
    await operate('POST', `/v1/people/${kid}/suspend`);
    expect(await answerTo(firstTablet, pickups())).toEqual([401, `${kid} is suspended; ask operations why.`]);
    await traffic.goOn();
    expect(traffic.refused).toEqual([]);
  });

  test('the issuer of people’s tokens signs with another key', async () => {
    const { keysOfIssuer, mint } = world.cloud;
    const old = await mint({ sub: world.mall.drivers[1]!.id });
    await keysOfIssuer.publishKey();
    const publishedAt = performance.now();
    while (performance.now() - publishedAt < publishedBeforeMs) await traffic.goOn();
    await keysOfIssuer.signWithNewest();
    await traffic.goOn();
    expect(await answerTo(async () => old, '/v1/driver')).toEqual([200, undefined]);
    await keysOfIssuer.withdrawOthers();
    await traffic.goOn();
    expect(traffic.refused).toEqual([]);
  });

  test('the keys of KMS get new material, and what was sealed before is opened still', async () => {
    const { deployment, servicesUrl, operatorCredentials } = world.cloud;
    const request = {
      method: 'POST',
      path: '/v1/keys',
      key: 'made-before',
      token: await world.cloud.mint({ sub: operationsId }),
      body: { owner: { kind: 'channel', channelId: world.mall.channels[0]!.id } },
    };
    const before = await sendGood(request);
    const client = new KMSClient({ endpoint: servicesUrl, region: 'us-east-1', credentials: operatorCredentials });
    for (const { name } of deployment.ofType('AWS::KMS::Key')) {
      await client.send(new RotateKeyOnDemandCommand({ KeyId: name }));
    }
    await traffic.goOn();
    expect(await sendGood(request)).toEqual(before);
    expect(await answerTo(signerOf(before as ApiKey), '/v1/orders')).toEqual([200, undefined]);
    traffic.signers.channel = signerOf((await operate('POST', '/v1/keys', request.body)) as ApiKey);
    await traffic.goOn();
    expect(traffic.refused).toEqual([]);
    expect(traffic.answered).toBeGreaterThan(100);
  });

  test('a key that functions do not accept yet would shut everybody out, and be noticed here', async () => {
    world.cloud.deploy(assemblies.both, 'mallway-dev-web');
    await traffic.goOn();
    world.cloud.deploy(assemblies.next, 'mallway-dev-web');
    await traffic.goOn();
    const refused = traffic.refused.splice(0);
    expect(refused.length).toBeGreaterThan(4);
    expect(refused.filter((it) => !it.includes(': 403 '))).toEqual([]);
    await traffic.goOn();
    expect(traffic.refused).toEqual([]);
  });
});
