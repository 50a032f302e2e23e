import { request as httpRequest } from 'node:http';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from 'vitest';
import document from '../../docs/api/openapi.json' with { type: 'json' };
import { type CallerKind, type OperationId, routes } from '../../lambdas/http/routes.ts';
import { digestOf, report, rounds } from '../harness/rounds.ts';
import { hasEngine, test } from '../local/with-engine.ts';
import { faultsIn, type JsonSchema } from './faults.ts';
import { expectProblem } from './problem.ts';
import { bodyFor, pathTo, type Targets } from './requests.ts';
import { type Answer, type Request, World } from './world.ts';

interface Operation {
  operationId: OperationId;
  parameters: { $ref?: string; name: string; in: 'path' | 'query'; schema: JsonSchema }[];
  requestBody?: { content: { 'application/json': { schema: JsonSchema } } };
  responses: Record<string, unknown>;
}
const paths = document.paths as unknown as Record<string, Record<string, Operation>>;
const operationOf = (route: Route) => paths[route.path]![route.method.toLowerCase()]!;
type Route = (typeof routes)[number];

/** Each round is one request with one fault, of each operation that takes a body. */
const asked = rounds(12);

let world: World;
let targets: Targets;
let before: Awaited<ReturnType<World['everything']>>;
const outcomes: Record<string, number> = {};

beforeAll(async () => {
  if (!hasEngine) return;
  world = await World.open();
  targets = await world.offered();
});
afterAll(async () => {
  report('malformed requests', asked, digestOf(outcomes));
  await world?.close();
});
beforeEach(async () => {
  if (!hasEngine) return;
  // Two business seconds refill the throttle of a route.
  await world.pass(2);
  before = await world.everything();
});
afterEach(async () => {
  if (hasEngine) expect(await world.everything()).toEqual(before);
});

const tokenFor = ({ callers }: Route) => {
  const caller = callers[0] as CallerKind;
  return caller === 'anyone' ? null : world.tokens[caller];
};
const rightRequest = (route: Route): Request => ({
  method: route.method,
  path: pathTo(route.path, world, targets),
  token: tokenFor(route),
  body: bodyFor(route.operationId, world, targets),
});

/** Refused with a status that the document names, at the place at fault. */
function expectRefusal(route: Route, answer: Answer, what: string, status: number, pointer?: string): void {
  expectProblem(answer, what);
  expect([answer.status, answer.text], what).toEqual([status, answer.text]);
  expect(Object.keys(operationOf(route).responses), what).toContain(String(status));
  if (pointer === undefined) return;
  const pointers: string[] = answer.body.errors.map((error: { pointer: string }) => error.pointer);
  const isThere = pointers.some((at) => at === pointer || at.startsWith(`${pointer}/`));
  expect(isThere, `${what}: ${pointer} is not in ${answer.text}`).toBe(true);
}

const withBody = routes.filter((route) => operationOf(route).requestBody);
const withoutBody = routes.filter((route) => route.method === 'POST' && !operationOf(route).requestBody);

describe('a body with one fault', () => {
  for (const route of withBody) {
    test(`${route.method} ${route.path}`, async () => {
      const { schema } = operationOf(route).requestBody!.content['application/json'];
      const right = rightRequest(route);
      let sent = 0;
      await fc.assert(
        fc.asyncProperty(faultsIn(schema, right.body), async ({ what, pointer, value }) => {
          if (++sent % 90 === 0) await world.pass(2);
          const answer = await world.send({ ...right, body: undefined, rawBody: JSON.stringify(value) });
          outcomes[`${route.operationId} ${what} ${answer.status}`] =
            (outcomes[`${route.operationId} ${what} ${answer.status}`] ?? 0) + 1;
          expectRefusal(route, answer, `${what} at ${pointer}`, 422, pointer);
          expect(answer.body.code).toBe('invalid_request');
        }),
        { seed: asked.seed, numRuns: asked.rounds },
      );
    });
  }
});

describe('what only we can tell', () => {
  const hours = (opens: string, closes: string) => ({ weekly: { mon: { opens, closes } } });
  const changes: [string, OperationId, object, string][] = [
    ['a zone that is none', 'applyMall', { zone: 'America/Atlantis' }, '/zone'],
    ['closing before opening', 'applyMall', { hours: hours('20:00', '10:00') }, '/hours/weekly/mon'],
    ['never open', 'applyStore', { hours: hours('10:00', '10:00') }, '/hours/weekly/mon'],
    [
      'a date that is none',
      'applyStore',
      { hours: { weekly: {}, exceptions: { '2026-02-30': null } } },
      '/hours/exceptions/2026-02-30',
    ],
    ['a year beyond sorting', 'delayPickup', { readyAt: '9999-12-31T23:59:59-14:00' }, '/readyAt'],
    ['a year before any', 'acceptPickup', { readyAt: '0000-01-01T00:00:00+14:00' }, '/readyAt'],
    ['an instant without offset', 'acceptPickup', { readyAt: '2026-12-01T19:40:00' }, '/readyAt'],
  ];
  for (const [what, operationId, change, pointer] of changes) {
    test(what, async () => {
      const route = routes.find((candidate) => candidate.operationId === operationId)!;
      const right = rightRequest(route);
      const answer = await world.send({ ...right, body: { ...(right.body as object), ...change } });
      expectRefusal(route, answer, what, 422, pointer);
    });
  }

  test('a store named twice', async () => {
    const route = routes.find(({ operationId }) => operationId === 'placeOrder')!;
    const answer = await world.send({ ...rightRequest(route), body: world.basket([0, 0]) });
    expectRefusal(route, answer, 'twice', 422, '/pickups');
  });

  test('numbers that are too small to keep, and letters of any script, are nothing to refuse', async () => {
    const at = new Date(world.cloud.clock.now()).toISOString();
    const body = { positions: [{ at, position: [-1e-310, 33.300000000000004] }] };
    await world.succeed({ method: 'POST', path: '/v1/driver/positions', token: world.tokens.driver, body });
    const name = 'Ρόμπιν 羅賓 🛵 Zoë';
    await world.succeed({ method: 'PUT', path: '/v1/retailers/new', token: world.tokens.operations, body: { name } });
    before = await world.everything();
    expect(JSON.stringify(before)).toContain(name);
  });
});

describe('a body that is none', () => {
  const notJson = [
    '{',
    '{"a":}',
    "{'a':1}",
    '{"a":1,}',
    'undefined',
    'NaN',
    '\ufeff{}',
    '{"a":"\n"}',
    '['.repeat(30_000),
  ];
  const notAnObject = ['null', '[]', '"text"', '17', 'true', `${'['.repeat(30_000)}${']'.repeat(30_000)}`];
  const tooLarge = [
    JSON.stringify({ note: 'x'.repeat(64 * 1024) }),
    JSON.stringify({ note: 'ä'.repeat(33 * 1024) }),
    `${' '.repeat(64 * 1024)}{}`,
  ];
  for (const route of [...withBody, ...withoutBody]) {
    test(`${route.method} ${route.path}`, async () => {
      const send = (rawBody: string) => world.send({ ...rightRequest(route), body: undefined, rawBody });
      for (const rawBody of notJson) {
        const answer = await send(rawBody);
        expectRefusal(route, answer, rawBody.slice(0, 20), 400);
        expect(answer.body.code).toBe('malformed_json');
      }
      for (const rawBody of notAnObject) expectRefusal(route, await send(rawBody), rawBody.slice(0, 20), 422, '');
      for (const rawBody of tooLarge) expectRefusal(route, await send(rawBody), 'too large', 413);
      const right = JSON.stringify(rightRequest(route).body ?? {}).slice(1, -1);
      const deep = `{${right && `${right},`}"deep":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`;
      expectRefusal(route, await send(deep), 'deep', 422, '/deep');
    });
  }

  test('says it of a body that is larger than the gateway takes', async () => {
    const path = '/v1/orders';
    const rawBody = JSON.stringify({ note: 'x'.repeat(10 * 1024 * 1024) });
    const answer = await world.send({ method: 'POST', path, token: world.tokens.channel, rawBody });
    expect([answer.status, answer.body]).toEqual([413, { message: 'Request Entity Too Large' }]);
  });

  test('wants JSON to be called so', async () => {
    const path = '/v1/orders';
    const route = routes.find(({ operationId }) => operationId === 'placeOrder')!;
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/octet-stream',
      'application/jsonp',
    ]) {
      const answer = await world.send({ ...rightRequest(route), path, contentType: type });
      expectRefusal(route, answer, type, 415);
      expect(answer.body.detail).toContain(type);
    }
  });
});

describe('an Idempotency-Key', () => {
  for (const route of routes.filter(({ method }) => method === 'POST')) {
    test(`of POST ${route.path} is there, and no longer than 255 characters`, async () => {
      for (const key of [null, '', ' ', 'k'.repeat(256)]) {
        const answer = await world.send({ ...rightRequest(route), key });
        expectRefusal(route, answer, `key ${key}`, 400);
        expect(answer.body.code).toBe('idempotency_key_missing');
      }
    });
  }
});

describe('query parameters', () => {
  const wrong: Record<string, string[]> = {
    limit: ['0', '-1', '101', '1.5', 'ten', '', 'NaN', 'Infinity', '1e400', '1,2', '1&limit=2'],
    cursor: ['x', '', 'bnVsbA', 'W10', 'WyJhIiwiYiJd', 'eyJwayI6IngifQ', '%00', 'WyIiLCIiLCIiXQ', 'x'.repeat(2001)],
    after: ['-1', '1.5', 'x', '1e400', '2&after=3', '9007199254740993'],
    orderId: ['', ' ', 'a b', '%00', 'x'.repeat(81)],
    driverId: ['', ' ', 'a b', '%00', 'x'.repeat(81)],
    from: ['', ' ', 'yesterday', '2026-12-01', '2026-12-01T19:00:00', '1850-01-01T00:00:00Z', '%00'],
    to: ['', ' ', 'tomorrow', '2026-12-01', '2026-12-01T25:00:00Z', '2250-01-01T00:00:00Z', '%00'],
    state: ['', 'closed', 'open%20', 'OPEN', '%00', 'open&state=open'],
    list: ['', 'all', 'papers%20', 'PAPERS', '%00', 'papers&list=papers'],
    channelId: ['', ' ', 'a b', '%00', 'x'.repeat(81), 'a&retailerId=b'],
    retailerId: ['', ' ', 'a b', '%00', 'x'.repeat(81)],
    mallId: ['', ' ', 'a b', '%00', '../x', 'a&mallId=b', 'x'.repeat(81), '%f0%9f%9b%b5'],
  };
  for (const route of routes.filter((candidate) =>
    operationOf(candidate).parameters.some((one) => one.in === 'query'),
  )) {
    test(`of ${route.method} ${route.path}`, async () => {
      const names = operationOf(route).parameters.flatMap((one) => (one.in === 'query' ? [one.name] : []));
      for (const name of names) {
        for (const value of wrong[name]!) {
          const answer = await world.send({
            ...rightRequest(route),
            path: `${rightRequest(route).path}?${name}=${value}`,
          });
          expectRefusal(route, answer, `${name}=${value}`, 400, `/query/${name}`);
        }
      }
    });
  }

  for (const route of routes.filter(({ method }) => method === 'GET')) {
    test(`nobody knows are refused by GET ${route.path}`, async () => {
      for (const name of ['unknown', '__proto__', 'a/b']) {
        const path = `${rightRequest(route).path}?${encodeURIComponent(name)}=1`;
        const answer = await world.send({ ...rightRequest(route), path });
        expectRefusal(route, answer, name, 400, `/query/${name.replace('/', '~1')}`);
      }
    });
  }

  test('may not be the cursor of another list', async () => {
    const { channel, otherChannel } = world.tokens;
    for (const token of [channel, channel]) {
      await world.succeed({ method: 'POST', path: '/v1/orders', token, body: world.basket() });
    }
    const { body } = await world.send({ method: 'GET', path: '/v1/orders?limit=1', token: channel });
    before = await world.everything();
    const stolen = await world.send({
      method: 'GET',
      path: `/v1/orders?cursor=${body.nextCursor}`,
      token: otherChannel,
    });
    expect([stolen.status, stolen.body.data]).toEqual([200, []]);
  });
});

describe('ids in paths', () => {
  const odd = [
    '%00',
    '%',
    '%zz',
    '%ff%fe',
    '%c0%af',
    '%ed%a0%80',
    '%20',
    '.',
    '..',
    '%2e%2e',
    'a%2Fb',
    '%2F',
    '-a',
    '%F0%9F%9B%B5',
    "'",
    '%22',
    '%3Cscript%3E',
    '{orderId}',
    'a%3Fb',
    'a%23b',
    '*',
    '%0d%0aX:%201',
    'x'.repeat(81),
    'x'.repeat(4_000),
  ];
  for (const route of routes.filter(({ path }) => path.includes('{'))) {
    test(`of ${route.method} ${route.path}`, async () => {
      const right = rightRequest(route);
      const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
      for (const name of names) {
        for (const id of odd) {
          const path = pathTo(route.path.replace(`{${name}}`, 'HERE') as Route['path'], world, targets).replace(
            'HERE',
            id,
          );
          const { status, body } = await sendAsIs({ ...right, path });
          expect([id, status], JSON.stringify(body)).toEqual([id, 404]);
          expect([body.code, body.message], id).toEqual(['invalid_request', undefined]);
          expect(body.errors[0].pointer, id).toBe(`/path/${name}`);
        }
      }
    });
  }
});

/** `fetch` would mend the path before it sends it. */
function sendAsIs({ method, path, token, body }: Request): Promise<{ status: number; body: Answer['body'] }> {
  const { port, hostname } = new URL(world.cloud.url);
  const headers = {
    ...(token && { authorization: `Bearer ${token}` }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
    'idempotency-key': 'odd-path',
  };
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ hostname, port, method, path, headers }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      resolve({ status: response.statusCode!, body: JSON.parse(Buffer.concat(chunks).toString()) });
    });
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
