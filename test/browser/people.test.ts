import { createHash, createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { chromiumExecutable } from './chromium.ts';
import type { Answering } from './fake-cloud.ts';
import { config, zone } from './fixtures.ts';
import {
  browserPages,
  demoAnswers,
  desktop,
  expectAccessible,
  expectNoSidewaysScroll,
  phone,
  picture,
} from './pages.ts';

const person = (subject: string, more: object) => ({ subject, status: 'active', ...more });
const ana = person('sub-ana', {
  name: 'Ana Ruiz',
  email: 'ana@example.com',
  role: { kind: 'driver', driverId: 'drv-1' },
});
const counter = person('dev_1', {
  name: 'Counter tablet',
  role: { kind: 'store', storeId: 'st-juniper' },
  device: { pairedAt: '2026-11-22T19:00:00.000Z' },
});
const code = { storeId: 'st-juniper', expiresAt: '2026-11-22T19:15:00.000Z', code: 'ACDE4-FGHJK' };
const malls = { data: [{ id: 'chandler', name: 'Chandler Fashion Center', zone, state: 'open' }] };

const opsAnswers = (): Answering => ({
  ...demoAnswers,
  'GET /v1/malls': () => ({ body: malls }),
  'GET /v1/ops/waiting': () => ({ body: { data: [] } }),
  'GET /v1/ops/orders': () => ({ body: { data: [] } }),
  'GET /v1/people': () => ({ body: { data: [ana, counter], nextCursor: null } }),
  'GET /v1/malls/chandler/stores': () => ({ body: { data: [{ id: 'st-juniper', name: 'Juniper & Thread' }] } }),
  'POST /v1/stores/st-juniper/pairing-codes': () => ({ body: code }),
  'POST /v1/people': ({ body }) => ({ body: person('sub-new', body as object) }),
  'POST /v1/people/sub-ana/suspend': () => ({ body: { ...ana, status: 'suspended' } }),
});

describe.skipIf(!chromiumExecutable)('people on the operations page', () => {
  const pages = browserPages();

  it.each([
    { scheme: 'light', size: desktop },
    { scheme: 'dark', size: phone },
  ] as const)('are listed with their roles, accessibly ($scheme)', async ({ scheme, size }) => {
    pages.cloud.answers = opsAnswers();
    const page = await pages.open('/ops?actor=ops', { scheme, size });
    await page.getByRole('link', { name: 'People' }).click();
    await page.getByRole('row', { name: /Ana Ruiz.*Driver.*active/ }).waitFor();
    await page.getByRole('row', { name: /Counter tablet.*Tablet.*st-juniper/ }).waitFor();
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    await picture(page, `ops people ${scheme}`);
  });

  it('are invited, suspended, and tablets get a code', async () => {
    pages.cloud.answers = opsAnswers();
    const page = await pages.open('/ops/people?actor=ops');
    await page.getByLabel('Name', { exact: true }).fill('Lee');
    await page.getByLabel('E-mail').fill('lee@example.com');
    await page.getByLabel('Role', { exact: true }).selectOption('store');
    const invite = page.getByRole('form', { name: 'Invite somebody' });
    await invite.getByLabel('Mall').selectOption('chandler');
    await invite.getByLabel('Store', { exact: true }).selectOption('st-juniper');
    await invite.getByRole('button', { name: 'Invite' }).click();
    await page.getByText('lee@example.com is invited').waitFor();
    const role = { kind: 'store', storeId: 'st-juniper' };
    expect(pages.cloud.acts('/v1/people')[0]!.body).toEqual({ email: 'lee@example.com', name: 'Lee', role });
    await page.getByRole('button', { name: 'Suspend Ana Ruiz' }).click();
    await expect.poll(() => pages.cloud.acts('/v1/people/sub-ana/suspend').length).toBe(1);
    const pair = page.getByRole('form', { name: 'Pair a tablet of a store' });
    await pair.getByLabel('Mall').selectOption('chandler');
    await pair.getByLabel('Store', { exact: true }).selectOption('st-juniper');
    await pair.getByRole('button', { name: 'Make a pairing code' }).click();
    await page.getByText('ACDE4-FGHJK').waitFor();
    await expectAccessible(page);
  });
});

describe.skipIf(!chromiumExecutable)('signing in', () => {
  const pages = browserPages();

  /** An issuer below the fake cloud; its sign-in page is played by the test. */
  function answers(): Answering {
    const { url } = pages.cloud;
    const addresses = {
      authorizeUrl: `${url}/oauth2/authorize`,
      tokenUrl: `${url}/oauth2/token`,
      logoutUrl: `${url}/logout`,
      clientId: 'a-client',
    };
    return {
      ...opsAnswers(),
      'GET /config.json': () => ({
        body: {
          issuer: config.issuer,
          audience: 'mallway',
          signIn: { ops: addresses, store: addresses, drive: addresses },
        },
      }),
      'GET /oauth2/authorize': () => ({ body: 'Who are you?' }),
      'POST /oauth2/token': () => ({ body: { access_token: 'token-1', refresh_token: 'refresh-1', expires_in: 900 } }),
      'GET /logout': () => ({ body: 'Signed out' }),
      'GET /v1/me': () => ({ body: person('sub-kim', { name: 'Kim', role: { kind: 'operations' } }) }),
    };
  }

  async function signIn(path: string) {
    const page = await pages.open(path);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(/\/oauth2\/authorize/);
    const asked = new URL(page.url()).searchParams;
    await page.goto(`${asked.get('redirect_uri')}?code=the-code&state=${asked.get('state')}`);
    return { page, asked };
  }

  it('goes by code and PKCE, and back to where the person was', async () => {
    pages.cloud.answers = answers();
    const tokens: URLSearchParams[] = [];
    const exchange = pages.cloud.answers['POST /oauth2/token']!;
    pages.cloud.answers['POST /oauth2/token'] = (request) => {
      tokens.push(new URLSearchParams(request.text));
      return exchange(request);
    };
    const { page, asked } = await signIn('/ops/people');
    await page.getByRole('row', { name: /Ana Ruiz/ }).waitFor();
    expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe('/ops/people');
    expect(Object.fromEntries(asked)).toMatchObject({ response_type: 'code', client_id: 'a-client', scope: 'openid' });
    const [given] = tokens;
    expect(Object.fromEntries(given!)).toMatchObject({ grant_type: 'authorization_code', code: 'the-code' });
    const digest = createHash('sha256').update(given!.get('code_verifier')!).digest('base64url');
    expect(digest).toBe(asked.get('code_challenge'));
    const people = pages.cloud.requests.find(({ path }) => path === '/v1/people');
    expect(people!.authorization).toBe('Bearer token-1');
    await page.reload();
    await page.getByRole('row', { name: /Ana Ruiz/ }).waitFor();
    expect(tokens).toHaveLength(1);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(/\/logout\?client_id=a-client/);
    await page.goto(`${pages.cloud.url}/ops`);
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
  });

  it('takes no code that it did not ask for', async () => {
    pages.cloud.answers = answers();
    const page = await pages.open('/ops');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(/\/oauth2\/authorize/);
    await page.goto(`${pages.cloud.url}/ops?code=of-another&state=of-another`);
    await page.getByText('This sign-in was not begun here.').waitFor();
    expect(pages.cloud.acts('/oauth2/token')).toEqual([]);
  });

  it('is asked for again when the session is over, and what was typed is still there', async () => {
    pages.cloud.answers = answers();
    const { page } = await signIn('/ops/people');
    await page.getByRole('row', { name: /Ana Ruiz/ }).waitFor();
    await page.getByLabel('E-mail').fill('lee@example.com');
    await page.getByLabel('Name', { exact: true }).fill('Lee');
    await page.getByLabel('Role', { exact: true }).selectOption('operations');
    pages.cloud.answers['POST /v1/people'] = () => ({
      status: 401,
      body: { code: 'not_authenticated', detail: 'Expired.' },
    });
    pages.cloud.answers['POST /oauth2/token'] = () => ({ status: 400, body: { error: 'invalid_grant' } });
    await page.getByRole('button', { name: 'Invite', exact: true }).click();
    await page.getByRole('button', { name: 'Sign in again' }).waitFor();
    await expectAccessible(page);
    pages.cloud.answers = answers();
    await page.getByRole('button', { name: 'Sign in again' }).click();
    await page.waitForURL(/\/oauth2\/authorize/);
    const asked = new URL(page.url()).searchParams;
    await page.goto(`${asked.get('redirect_uri')}?code=the-code&state=${asked.get('state')}`);
    await page.getByRole('row', { name: /Ana Ruiz/ }).waitFor();
    expect(await page.getByLabel('E-mail').inputValue()).toBe('lee@example.com');
  });
});

describe.skipIf(!chromiumExecutable)('a tablet of a store', () => {
  const pages = browserPages();

  it('is paired with a code, signs its own tokens, and stays signed in', async () => {
    let publicKey: object | undefined;
    const addresses = { authorizeUrl: '/a', tokenUrl: '/t', logoutUrl: '/l', clientId: 'c' };
    pages.cloud.answers = {
      'GET /config.json': () => ({
        body: {
          issuer: config.issuer,
          audience: 'mallway',
          signIn: { ops: addresses, store: addresses, drive: addresses },
        },
      }),
      'POST /v1/devices': ({ body }) => {
        publicKey = (body as { publicKey: object }).publicKey;
        return { status: 201, body: { deviceId: 'dev_1', storeId: 'st-juniper', storeName: 'Juniper & Thread' } };
      },
      'GET /v1/stores/st-juniper/pickups': () => ({
        body: { now: '2026-11-22T19:00:00.000Z', data: [], nextCursor: null, mall: { zone, state: 'open' } },
      }),
    };
    const page = await pages.open('/store', { size: phone });
    await page.getByLabel('Pairing code').fill('ACDE4-FGHJK');
    await page.getByLabel('What to call this tablet').fill('Counter');
    await expectAccessible(page);
    await picture(page, 'store pairing');
    await page.getByRole('button', { name: 'Pair this tablet' }).click();
    await page.getByRole('heading', { name: 'Juniper & Thread: orders' }).waitFor();
    const { authorization } = pages.cloud.requests.find(({ path }) => path.endsWith('/pickups'))!;
    const [header, payload, signature] = authorization!.replace('Bearer ', '').split('.');
    const decoded = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
    expect(decoded(header!)).toEqual({ alg: 'ES256', typ: 'JWT', kid: 'dev_1' });
    const { aud, iat, exp } = decoded(payload!);
    expect([aud, exp - iat]).toEqual(['mallway', 300]);
    const key = createPublicKey({ key: publicKey as never, format: 'jwk' });
    const signed = Buffer.from(`${header}.${payload}`);
    const isRight = verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature!, 'base64url'));
    expect(isRight).toBe(true);
    await page.reload();
    await page.getByRole('heading', { name: 'Juniper & Thread: orders' }).waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Unpair this tablet' }).click();
    await page.getByLabel('Pairing code').waitFor();
  });
});
