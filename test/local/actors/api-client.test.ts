import { jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { ApiClient, ApiProblem } from '../../../local/actors/api-client.ts';
import { keyCredential, personCredential, signWithKey } from '../../../local/actors/credentials.ts';
import { Dice } from '../../../local/actors/dice.ts';
import { fakeApi } from './fake-api.ts';

describe('the API client', () => {
  it('repeats a POST that met a 5xx with the same key', async () => {
    let tries = 0;
    const { client, requests } = fakeApi(() =>
      ++tries < 3 ? { status: 503, body: { detail: 'busy' } } : { body: { ok: true } },
    );
    expect(await client.post('/v1/orders', {})).toEqual({ ok: true });
    expect(requests.map(({ key }) => key)).toEqual(['key-1', 'key-1', 'key-1']);
  });

  it('repeats after a broken connection, and gives up in the end', async () => {
    let tries = 0;
    const client = new ApiClient({
      baseUrl: 'http://api',
      credential: async () => null,
      fetch: async () => {
        tries += 1;
        throw new TypeError('fetch failed');
      },
      pause: async () => {},
    });
    await expect(client.get('/v1/malls')).rejects.toThrow('fetch failed');
    expect(tries).toBe(5);
  });

  it('throws the problem with its mend and does not repeat a refusal', async () => {
    const { client, requests } = fakeApi(() => ({
      status: 409,
      body: { detail: 'The offer has changed.', code: 'offer_changed', mend: 'Look again.', current: { version: 2 } },
    }));
    const problem = await client.post('/v1/driver/offers/1/accept', {}).catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(ApiProblem);
    expect(problem).toMatchObject({ status: 409, code: 'offer_changed', mend: 'Look again.', current: { version: 2 } });
    expect(requests).toHaveLength(1);
  });

  it('sends no key with a GET', async () => {
    const { client, requests } = fakeApi(() => ({ body: {} }));
    await client.get('/v1/malls');
    expect(requests[0]!.key).toBeNull();
  });
});

describe('credentials', () => {
  const key = { keyId: 'key_1', secret: Buffer.from('a'.repeat(32)).toString('base64url') };

  it('sign as the API demands: HS256, kid, audience, ten minutes at most', async () => {
    const token = await signWithKey(key, 'mallway');
    const { payload, protectedHeader } = await jwtVerify(token, Buffer.from('a'.repeat(32)), { audience: 'mallway' });
    expect(protectedHeader).toMatchObject({ alg: 'HS256', kid: 'key_1' });
    expect(payload.exp! - payload.iat!).toBe(600);
  });

  it('are renewed before they lapse', async () => {
    let now = Date.parse('2026-11-23T00:00:00Z');
    const credential = keyCredential(key, 'mallway', () => now);
    const first = await credential();
    now += 400_000;
    expect(await credential()).toBe(first);
    now += 100_000;
    expect(await credential()).not.toBe(first);
  });

  it('are asked for again when the issuer failed', async () => {
    let tries = 0;
    const credential = personCredential(async () => {
      if (++tries === 1) throw new Error('no issuer');
      return `token-${tries}`;
    });
    await expect(credential()).rejects.toThrow('no issuer');
    expect(await credential()).toBe('token-2');
  });
});

describe('dice', () => {
  it('throw the same for the same seed and others for another', () => {
    const throws = (seed: string) =>
      Array.from(
        { length: 5 },
        (
          (dice) => () =>
            dice.next()
        )(new Dice(seed)),
      );
    expect(throws('7')).toEqual(throws('7'));
    expect(throws('7')).not.toEqual(throws('8'));
  });

  it('are fair enough and keep to their bounds', () => {
    const dice = new Dice('1');
    const wholes = Array.from({ length: 6_000 }, () => dice.whole(1, 6));
    for (const face of [1, 2, 3, 4, 5, 6]) {
      expect(wholes.filter((value) => value === face).length).toBeGreaterThan(850);
    }
    expect(new Set(wholes).size).toBe(6);
    expect(new Set(dice.sample([1, 2, 3, 4], 3)).size).toBe(3);
  });
});
