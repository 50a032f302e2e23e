import { afterEach, expect, it, vi } from 'vitest';
import { Api, newUuid, Problem } from '../../web/shared/api.ts';

afterEach(() => vi.unstubAllGlobals());

/** Answers each request in turn; an Error stands for a connection that fails. */
function answering(...answers: (Response | Error)[]) {
  const requests: { path: string; headers: Record<string, string>; body: unknown }[] = [];
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    requests.push({ path, headers: init.headers as Record<string, string>, body: init.body });
    const answer = answers.shift();
    if (!answer || answer instanceof Error) throw answer ?? new Error('No answer was left.');
    return answer;
  });
  return requests;
}

const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status });

function patientApi() {
  const waits: number[] = [];
  let keys = 0;
  const api = new Api({
    newKey: () => `key-${++keys}`,
    wait: async (ms) => {
      waits.push(ms);
    },
  });
  return { api, waits };
}

it('sends an act again with the same key and body until it is answered, waiting longer each time', async () => {
  const requests = answering(new TypeError('offline'), json(503, {}), json(429, {}), json(200, { done: true }));
  const { api, waits } = patientApi();
  const retries: number[] = [];
  expect(await api.act('/v1/x', { a: 1 }, (attempt) => retries.push(attempt))).toEqual({ done: true });
  expect(requests.map(({ headers }) => headers['idempotency-key'])).toEqual(['key-1', 'key-1', 'key-1', 'key-1']);
  expect(new Set(requests.map(({ body }) => body))).toEqual(new Set(['{"a":1}']));
  expect(retries).toEqual([1, 2, 3]);
  expect(waits).toEqual([500, 1000, 2000]);
});

it('takes a refusal for an answer, with its words, and the next act for a new one', async () => {
  const refusal = { code: 'offer_changed', detail: 'The offer has changed.', mend: 'Look again.', current: { id: 1 } };
  const requests = answering(json(409, refusal), json(200, {}));
  const { api } = patientApi();
  const problem = await api.act('/v1/x').catch((error: unknown) => error as Problem);
  expect(problem).toBeInstanceOf(Problem);
  expect(problem).toMatchObject({
    status: 409,
    code: 'offer_changed',
    message: 'The offer has changed.',
    mend: 'Look again.',
  });
  expect((problem as Problem).body.current).toEqual({ id: 1 });
  await api.act('/v1/x');
  expect(requests.map(({ headers }) => headers['idempotency-key'])).toEqual(['key-1', 'key-2']);
});

it('says something even when the answer is no problem document', async () => {
  answering(new Response('<html>', { status: 404 }));
  await expect(new Api().get('/v1/x')).rejects.toThrow('The server answered 404.');
});

it('asks for another token once when one is refused', async () => {
  const requests = answering(json(401, {}), json(200, { ok: true }), json(401, {}), json(401, { detail: 'Sign in.' }));
  const asked: boolean[] = [];
  const api = new Api({
    token: async (renew) => {
      asked.push(renew);
      return renew ? 'new' : 'old';
    },
  });
  expect(await api.get('/v1/x')).toEqual({ ok: true });
  await expect(api.get('/v1/x')).rejects.toThrow('Sign in.');
  expect(requests.map(({ headers }) => headers.authorization)).toEqual([
    'Bearer old',
    'Bearer new',
    'Bearer old',
    'Bearer new',
  ]);
  expect(asked).toEqual([false, true, false, true]);
});

it('makes version 4 UUIDs that differ', () => {
  const ids = new Set(Array.from({ length: 100 }, newUuid));
  expect(ids.size).toBe(100);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
