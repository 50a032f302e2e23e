import { createHash, randomBytes } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { hasEngine, test } from '../local/with-engine.ts';
import { expectProblem } from './problem.ts';
import { type Answer, World } from './world.ts';

let world: World;
beforeAll(async () => {
  if (hasEngine) world = await World.open();
});
afterAll(() => world?.close());

const operations = (method: string, path: string, body?: object) =>
  world.succeed({ method, path, token: world.tokens.operations, body });
const refusalOf = ({ status, body }: Answer) => [status, body.code];
const storeId = () => world.mall.stores[0]!.id;
const board = (token: string) => world.send({ method: 'GET', path: `/v1/stores/${storeId()}/pickups`, token });

interface Config {
  signIn: Record<'ops' | 'store' | 'drive', { authorizeUrl: string; tokenUrl: string; clientId: string }>;
}

/** As a browser does it: the sign-in page, the choice, the code, the tokens. */
async function signIn(page: keyof Config['signIn'], subject: string) {
  const config = (await (await fetch(`${world.cloud.url}/config.json`)).json()) as Config;
  const { authorizeUrl, tokenUrl, clientId } = config.signIn[page];
  const verifier = randomBytes(32).toString('base64url');
  const asked = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: `${world.cloud.url}/${page}`,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    state: 'a-state',
  };
  const chosen = await fetch(authorizeUrl, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ ...asked, user: subject }),
  });
  const back = new URL(chosen.headers.get('location')!);
  expect(back.searchParams.get('state')).toBe('a-state');
  const exchange = (more: object) =>
    fetch(tokenUrl, { method: 'POST', body: new URLSearchParams({ client_id: clientId, ...more }) });
  const code = {
    grant_type: 'authorization_code',
    code: back.searchParams.get('code')!,
    redirect_uri: asked.redirect_uri,
  };
  return { exchange, withCode: (by = verifier) => exchange({ ...code, code_verifier: by }) };
}

interface Tokens {
  access_token: string;
  id_token: string;
  refresh_token?: string;
}
const tokensOf = async (answer: Response) => (await answer.json()) as Tokens;

async function tablet() {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const { kty, crv, x, y } = await exportJWK(publicKey);
  const pair = (code: string) =>
    world.send({ method: 'POST', path: '/v1/devices', body: { code, name: 'Counter', publicKey: { kty, crv, x, y } } });
  const token = (deviceId: string, seconds = 300) =>
    new SignJWT()
      .setProtectedHeader({ alg: 'ES256', kid: deviceId })
      .setAudience('mallway')
      .setIssuedAt()
      .setExpirationTime(`${seconds}s`)
      .sign(privateKey);
  return { pair, token };
}
const newCode = async () => (await operations('POST', `/v1/stores/${storeId()}/pairing-codes`)).code as string;

describe('somebody who is invited', () => {
  test('signs in with a code and PKCE, and acts with the access token alone', async () => {
    const role = { kind: 'store', storeId: storeId() };
    const invitation = { email: 'ana@example.com', name: 'Ana', role };
    const { subject } = await operations('POST', '/v1/people', invitation);
    const first = await signIn('store', subject);
    expect((await first.withCode('another verifier')).status).toBe(400);
    expect((await first.withCode()).status).toBe(400);
    const { exchange, withCode } = await signIn('store', subject);
    const tokens = await tokensOf(await withCode());
    expect((await board(tokens.access_token)).status).toBe(200);
    const me = await world.succeed({ method: 'GET', path: '/v1/me', token: tokens.access_token });
    expect(me).toEqual({ subject, role, status: 'active', name: 'Ana', email: 'ana@example.com' });
    const byIdToken = await board(tokens.id_token);
    expect([...refusalOf(byIdToken), byIdToken.body.detail]).toEqual([
      401,
      'not_authenticated',
      'This is an id token: send the access token.',
    ]);
    const again = await tokensOf(await exchange({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token }));
    expect(again.refresh_token).toBeUndefined();
    expect((await board(again.access_token)).status).toBe(200);
    expect((await exchange({ grant_type: 'refresh_token', refresh_token: 'another' })).status).toBe(400);
    // Invited again they stay who they are.
    expect((await operations('POST', '/v1/people', invitation)).subject).toBe(subject);
    const other = { ...invitation, role: { kind: 'store', storeId: world.mall.stores[1]!.id } };
    const taken = await world.send({ method: 'POST', path: '/v1/people', token: world.tokens.operations, body: other });
    expect(refusalOf(taken)).toEqual([409, 'role_taken']);
  });

  test('to operations is not let in by an application of store staff', async () => {
    const role = { kind: 'store', storeId: storeId() };
    const { subject } = await operations('POST', '/v1/people', { email: 'eve@example.com', name: 'Eve', role });
    const tokens = await tokensOf(await (await signIn('store', subject)).withCode());
    await operations('PUT', `/v1/people/${subject}`, { role: { kind: 'operations' } });
    const answer = await world.send({ method: 'GET', path: '/v1/people', token: tokens.access_token });
    expectProblem(answer, 'a staff token');
    expect([...refusalOf(answer), answer.body.detail]).toEqual([
      401,
      'not_authenticated',
      'The token is meant for another application.',
    ]);
  });

  test('is suspended within a minute, and not by themselves', async () => {
    const subject = world.mall.drivers[1]!.id;
    // The authorizer's answer to a token is remembered for a minute of wall time; so each request has another.
    const asDriver = async () =>
      world.send({ method: 'GET', path: '/v1/driver', token: await world.cloud.mint({ sub: subject }) });
    expect((await asDriver()).status).toBe(200);
    await operations('POST', `/v1/people/${subject}/suspend`);
    const refused = await asDriver();
    expect([...refusalOf(refused), refused.body.detail]).toEqual([
      401,
      'not_authenticated',
      `${subject} is suspended; ask operations why.`,
    ]);
    await operations('POST', `/v1/people/${subject}/reinstate`);
    expect((await asDriver()).status).toBe(200);
    const path = '/v1/people/operations/suspend';
    const self = await world.send({ method: 'POST', path, token: world.tokens.operations });
    expect(refusalOf(self)).toEqual([409, 'not_yourself']);
    const nobody = await world.send({ method: 'POST', path: '/v1/people/x/suspend', token: world.tokens.operations });
    expect(refusalOf(nobody)).toEqual([404, 'not_found']);
  });
});

describe('a tablet', () => {
  test('is paired once by a code, signs its own tokens, and can be suspended', async () => {
    const { pair, token } = await tablet();
    const code = await newCode();
    expect(code).toMatch(/^[34679A-Y]{5}-[34679A-Y]{5}$/);
    expect(JSON.stringify(await world.everything())).not.toContain(code.replace('-', ''));
    const paired = await pair(code.toLowerCase());
    expect([paired.status, paired.body.storeId]).toEqual([201, storeId()]);
    const { deviceId } = paired.body;
    expect((await board(await token(deviceId))).status).toBe(200);
    expect(refusalOf(await pair(code))).toEqual([422, 'pairing_code_wrong']);
    expect(refusalOf(await board(await token(deviceId, 3600)))).toEqual([401, 'not_authenticated']);
    const stranger = await tablet();
    expect(refusalOf(await board(await stranger.token(deviceId)))).toEqual([401, 'not_authenticated']);
    await operations('POST', `/v1/people/${deviceId}/suspend`);
    expect(refusalOf(await board(await token(deviceId)))).toEqual([401, 'not_authenticated']);
    const list = await operations('GET', '/v1/people?limit=100');
    const shown = list.data.find(({ subject }: { subject: string }) => subject === deviceId);
    expect(shown).toMatchObject({ status: 'suspended', name: 'Counter', device: { pairedAt: expect.any(String) } });
  });

  test('guesses five times at most, within a quarter of an hour', async () => {
    const { pair } = await tablet();
    const code = await newCode();
    const wrong = code.slice(0, -1) + (code.endsWith('A') ? 'C' : 'A');
    for (let guess = 0; guess < 5; guess++) {
      expect(refusalOf(await pair(wrong))).toEqual([422, 'pairing_code_wrong']);
    }
    expect(refusalOf(await pair(code))).toEqual([422, 'pairing_code_wrong']);
    await world.pass(2);
    const late = await newCode();
    await world.pass(15 * 60);
    expect(refusalOf(await pair(late))).toEqual([422, 'pairing_code_wrong']);
  });

  test('is one of two when two show the same code at once', async () => {
    const code = await newCode();
    const answers = await Promise.all([1, 2, 3].map(async () => (await tablet()).pair(code)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 422, 422]);
  });
});

describe('the audit', () => {
  test('holds the acts of operations, newest first, by page', async () => {
    const { id } = world.mall.mall;
    await world.pass(1);
    await operations('POST', `/v1/malls/${id}/state`, { state: 'paused', reason: 'A burst pipe' });
    await world.pass(1);
    await operations('POST', `/v1/malls/${id}/state`, { state: 'open' });
    const first = await operations('GET', '/v1/audit?limit=1');
    const second = await operations('GET', `/v1/audit?limit=1&cursor=${first.nextCursor}`);
    for (const { data } of [first, second]) {
      expect(data).toEqual([
        {
          recordedAt: expect.any(String),
          by: { kind: 'operations', subject: 'operations', requestId: expect.any(String) },
          act: 'setMallState',
          on: { mallId: id },
        },
      ]);
    }
    expect(second.data[0].by.requestId).not.toBe(first.data[0].by.requestId);
    const everything = await operations('GET', '/v1/audit?limit=100');
    const acts = new Set(everything.data.map(({ act }: { act: string }) => act));
    for (const act of [
      'applyMall',
      'applyStore',
      'applyPerson',
      'applyDriver',
      'createKey',
      'invitePerson',
      'suspendPerson',
      'pairDevice',
    ])
      expect(acts).toContain(act);
    expect(JSON.stringify(everything)).not.toContain('example.com');
  });

  test('holds who did what to an order, and to whom a driver’s shift belongs', async () => {
    const { orderId } = await world.offered();
    await operations('POST', `/v1/ops/orders/${orderId}/resolve`, { resolution: 'cancel' });
    const { data } = await operations('GET', `/v1/audit?orderId=${orderId}&limit=100`);
    const by = (act: string) => data.find((entry: { act: string }) => entry.act === act)?.by;
    const requestId = expect.any(String);
    expect(by('order.created')).toEqual({ kind: 'channel', id: world.mall.channels[0]!.id, requestId });
    expect(by('pickup.accepted')).toMatchObject({ kind: 'store', subject: storeId(), requestId });
    expect(by('offer.made')).toBeNull();
    expect(by('delivery.cancelled')).toEqual({ kind: 'operations', subject: 'operations', requestId });
    const rest = await operations('GET', `/v1/audit?orderId=${orderId}&limit=1`);
    const next = await operations('GET', `/v1/audit?orderId=${orderId}&limit=100&cursor=${rest.nextCursor}`);
    expect([...rest.data, ...next.data]).toEqual(data);
    const driverId = world.mall.drivers[0]!.id;
    const shifts = await operations('GET', `/v1/audit?driverId=${driverId}&limit=100`);
    const started = shifts.data.find(({ act }: { act: string }) => act === 'driver.shift_started');
    expect(started.by).toEqual({ kind: 'driver', id: driverId, subject: driverId, requestId });
  });
});
