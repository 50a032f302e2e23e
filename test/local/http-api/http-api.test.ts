import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { SteppedClock } from '../../../local/clock.ts';
import type { AuthorizerDefinition, HttpApiDefinition, RouteDefinition } from '../../../local/http-api/definition.ts';
import { HttpApi, type HttpApiOptions } from '../../../local/http-api/http-api.ts';
import type { FunctionOutcome } from '../../../local/services.ts';

const businessNow = Date.UTC(2026, 10, 22, 20, 0, 5);
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

type Fake = (event: never) => unknown;

interface Fixture {
  url: string;
  calls: { functionName: string; event: Record<string, unknown> }[];
  counts: Record<string, number>;
  accessLog: string[];
  clock: SteppedClock;
  wall: { now: number };
}

/** An API whose functions are plain functions; a thrown error is a failed invocation. */
async function api(
  routes: RouteDefinition[],
  functions: Record<string, Fake> = { Echo: () => ({ statusCode: 204 }) },
  definition: Partial<HttpApiDefinition> = {},
  options: Partial<HttpApiOptions> = {},
): Promise<Fixture> {
  const fixture: Fixture = {
    url: '',
    calls: [],
    counts: {},
    accessLog: [],
    clock: new SteppedClock(businessNow),
    wall: { now: 1_000_000 },
  };
  const { listener } = new HttpApi({
    definition: {
      apiId: 'api1',
      accountId: '111122223333',
      region: 'us-east-1',
      domainName: 'api1.execute-api.us-east-1.amazonaws.com',
      stage: '$default',
      routes,
      ...definition,
    },
    invoker: {
      invoke: async (functionName, payload): Promise<FunctionOutcome> => {
        fixture.calls.push({ functionName, event: payload as Record<string, unknown> });
        try {
          return { ok: true, payload: await functions[functionName]?.(payload as never) };
        } catch (error) {
          const { name, message } = error as Error;
          return { ok: false, errorType: name, errorMessage: message };
        }
      },
    },
    clock: fixture.clock,
    meter: {
      count: (unit, quantity) => {
        fixture.counts[unit] = (fixture.counts[unit] ?? 0) + quantity;
      },
    },
    accessLog: {
      format:
        '{"time":"$context.requestTime","key":"$context.routeKey","status":$context.status,"error":"$context.integrationErrorMessage"}',
      sink: (line) => fixture.accessLog.push(line),
    },
    wallNow: () => fixture.wall.now,
    newId: () => 'request-1',
    ...options,
  });
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  fixture.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return fixture;
}

const echo = (routeKey: string): RouteDefinition => ({ routeKey, functionName: 'Echo' });

describe('the event', () => {
  test('is format 2.0, at business time', async () => {
    const { url, calls, counts, accessLog } = await api([echo('POST /v1/orders/{orderId}/cancel')], undefined, {
      stageVariables: { tier: 'dev' },
    });
    const response = await fetch(`${url}/v1/orders/a%20b%2Fc/cancel?tag=x&tag=y&q=a%20b+c&empty=`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'User-Agent': 'test/1',
        Cookie: 'a=1; b=2',
        'X-Forwarded-For': '203.0.113.9',
      },
      body: '{"reason":"late"}',
    });
    expect(response.status).toBe(204);
    expect(response.headers.get('apigw-requestid')).toBe('request-1');
    expect(calls).toHaveLength(1);
    expect(calls[0]?.event).toEqual({
      version: '2.0',
      routeKey: 'POST /v1/orders/{orderId}/cancel',
      rawPath: '/v1/orders/a b/c/cancel',
      rawQueryString: 'tag=x&tag=y&q=a%20b+c&empty=',
      cookies: ['a=1', 'b=2'],
      headers: expect.objectContaining({
        'content-type': 'application/json',
        'x-forwarded-for': '203.0.113.9, 127.0.0.1',
        'x-forwarded-proto': 'http',
      }),
      queryStringParameters: { tag: 'x,y', q: 'a b c', empty: '' },
      pathParameters: { orderId: 'a b/c' },
      stageVariables: { tier: 'dev' },
      requestContext: {
        accountId: '111122223333',
        apiId: 'api1',
        domainName: 'api1.execute-api.us-east-1.amazonaws.com',
        domainPrefix: 'api1',
        http: {
          method: 'POST',
          path: '/v1/orders/a b/c/cancel',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'test/1',
        },
        requestId: 'request-1',
        routeKey: 'POST /v1/orders/{orderId}/cancel',
        stage: '$default',
        time: '22/Nov/2026:20:00:05 +0000',
        timeEpoch: businessNow,
      },
      body: '{"reason":"late"}',
      isBase64Encoded: false,
    });
    expect(calls[0]?.event.headers).not.toHaveProperty('cookie');
    expect(counts).toEqual({ 'apigateway.request': 1, 'transfer.gb': 0 });
    expect(accessLog).toEqual([
      '{"time":"22/Nov/2026:20:00:05 +0000","key":"POST /v1/orders/{orderId}/cancel","status":204,"error":"-"}',
    ]);
  });

  test('counts what goes out to the internet', async () => {
    const { url, counts } = await api([], undefined, {});
    const body = await (await fetch(`${url}/nowhere`)).text();
    expect(body.length).toBeGreaterThan(0);
    expect(counts['transfer.gb']! * 1e9).toBeCloseTo(body.length, 6);
  });

  test('joins headers sent twice, and leaves out what there is not', async () => {
    const { url, calls } = await api([echo('GET /a')]);
    await new Promise<void>((resolve, reject) => {
      const request = httpRequest(`${url}/a`, (response) => response.resume().on('end', resolve));
      request.setHeader('X-Tag', ['one', 'two']);
      request.on('error', reject).end();
    });
    expect(calls[0]?.event.headers).toMatchObject({ 'x-tag': 'one,two' });
    for (const absent of ['body', 'cookies', 'queryStringParameters', 'pathParameters', 'stageVariables']) {
      expect(calls[0]?.event).not.toHaveProperty(absent);
    }
  });

  test.each([
    ['image/jpeg', true],
    ['application/x-www-form-urlencoded', true],
    ['application/json; charset=utf-8', false],
    ['text/csv', false],
  ])('a body of type %s is base64: %s', async (contentType, isBase64Encoded) => {
    const { url, calls } = await api([echo('POST /b')]);
    await fetch(`${url}/b`, { method: 'POST', body: 'þe', headers: { 'content-type': contentType } });
    const body = isBase64Encoded ? Buffer.from('þe').toString('base64') : 'þe';
    expect(calls[0]?.event).toMatchObject({ body, isBase64Encoded });
  });

  test('a named stage is part of the path', async () => {
    const { url, calls } = await api([echo('GET /a')], undefined, { stage: 'live' });
    expect((await fetch(`${url}/a`)).status).toBe(404);
    expect((await fetch(`${url}/live/a`)).status).toBe(204);
    expect(calls[0]?.event).toMatchObject({ rawPath: '/live/a', requestContext: { stage: 'live' } });
  });
});

describe('the answer', () => {
  const answers: [string, Fake, number, string | null, string][] = [
    ['an object without statusCode', () => ({ message: 'hi' }), 200, 'application/json', '{"message":"hi"}'],
    ['a string', () => 'hi', 200, 'application/json', 'hi'],
    [
      'a response',
      () => ({ statusCode: 201, headers: { 'Content-Type': 'text/html' }, body: '<b>' }),
      201,
      'text/html',
      '<b>',
    ],
    ['no type', () => ({ statusCode: '200', body: 'plain' }), 200, 'text/plain;charset=UTF-8', 'plain'],
    ['base64', () => ({ statusCode: 200, body: 'aGk=', isBase64Encoded: true }), 200, 'text/plain;charset=UTF-8', 'hi'],
    ['a bad status', () => ({ statusCode: 'fine' }), 500, 'application/json', '{"message":"Internal Server Error"}'],
    [
      'a body that is no text',
      () => ({ statusCode: 200, body: {} }),
      500,
      'application/json',
      '{"message":"Internal Server Error"}',
    ],
    [
      'an error',
      () => {
        throw new Error('secret');
      },
      500,
      'application/json',
      '{"message":"Internal Server Error"}',
    ],
  ];
  test.each(answers)('of %s', async (_, fn, status, contentType, body) => {
    const { url } = await api([echo('GET /a')], { Echo: fn });
    const response = await fetch(`${url}/a`);
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      status,
      contentType,
      body,
    ]);
  });

  test('sets each cookie', async () => {
    const { url } = await api([echo('GET /a')], { Echo: () => ({ statusCode: 200, cookies: ['a=1; Secure', 'b=2'] }) });
    expect((await fetch(`${url}/a`)).headers.getSetCookie()).toEqual(['a=1; Secure', 'b=2']);
  });

  test('of an integration that takes too long is 503', async () => {
    const slow = { ...echo('GET /a'), timeoutMs: 20 };
    const { url, accessLog } = await api([slow], { Echo: () => new Promise(() => {}) });
    const response = await fetch(`${url}/a`);
    expect([response.status, await response.json()]).toEqual([503, { message: 'Service Unavailable' }]);
    expect(accessLog[0]).toContain('did not answer within 20 ms');
  });

  test('to more than 10 MB is 413', async () => {
    const { url, calls, counts } = await api([echo('POST /a')]);
    const response = await fetch(`${url}/a`, { method: 'POST', body: Buffer.alloc(10 * 1024 * 1024 + 1) });
    expect(response.status).toBe(413);
    expect(calls).toEqual([]);
    expect(counts['apigateway.request']).toBe(20);
  });
});

test('the most specific route wins', async () => {
  const keys = [
    'ANY /{proxy+}',
    '$default',
    'GET /pets/{proxy+}',
    'GET /pets/{id}',
    'ANY /pets/dog',
    'GET /pets/dog',
    'GET /pets/{id}/toys',
  ];
  const { url, calls } = await api(keys.map(echo));
  const requests: [string, string, string][] = [
    ['GET', '/pets/dog', 'GET /pets/dog'],
    ['PUT', '/pets/dog', 'ANY /pets/dog'],
    ['GET', '/pets/cat', 'GET /pets/{id}'],
    ['GET', '/pets/cat/toys', 'GET /pets/{id}/toys'],
    ['GET', '/pets/cat/toys/1', 'GET /pets/{proxy+}'],
    ['POST', '/pets/cat', 'ANY /{proxy+}'],
    ['GET', '/', '$default'],
  ];
  for (const [method, path] of requests) await fetch(url + path, { method });
  expect(calls.map(({ event }) => event.routeKey)).toEqual(requests.map(([, , routeKey]) => routeKey));
});

test('an unknown route is 404', async () => {
  const { url, calls } = await api([echo('GET /a')]);
  for (const [method, path] of [
    ['POST', '/a'],
    ['GET', '/a/'],
    ['GET', '/A'],
    ['GET', '/'],
  ] as const) {
    const response = await fetch(url + path, { method });
    expect([response.status, await response.json()]).toEqual([404, { message: 'Not Found' }]);
  }
  expect(calls).toEqual([]);
});

test.each(['GET', 'GET a', 'FETCH /a', 'GET /{p+}/a', 'GET /a{b}'])('refuses the route key %s', async (routeKey) => {
  await expect(api([echo(routeKey)])).rejects.toThrow(routeKey);
});

describe('the authorizer', () => {
  const authorizer: AuthorizerDefinition = {
    id: 'auth1',
    functionName: 'Authorizer',
    identitySources: ['$request.header.Authorization'],
    ttlSeconds: 60,
    simpleResponses: true,
  };
  const guarded = (routeKey: string, overrides: Partial<AuthorizerDefinition> = {}): RouteDefinition => ({
    ...echo(routeKey),
    authorizer: { ...authorizer, ...overrides },
  });
  const Authorizer = ({ headers }: { headers: Record<string, string> }) =>
    headers.authorization === 'good'
      ? { isAuthorized: true, context: { sub: 'channel-1', roles: ['channel'] } }
      : { isAuthorized: false };
  const functions = { Echo: () => ({ statusCode: 204 }), Authorizer };
  const get = (url: string, authorization?: string) => fetch(url, authorization ? { headers: { authorization } } : {});

  test('sees the request without its body, and its context reaches the function', async () => {
    const { url, calls } = await api([guarded('POST /o/{id}')], functions);
    await fetch(`${url}/o/7`, { method: 'POST', body: '{}', headers: { authorization: 'good' } });
    expect(calls[0]?.functionName).toBe('Authorizer');
    expect(calls[0]?.event).toMatchObject({
      version: '2.0',
      type: 'REQUEST',
      routeArn: 'arn:aws:execute-api:us-east-1:111122223333:api1/$default/POST/o/7',
      identitySource: ['good'],
      routeKey: 'POST /o/{id}',
      pathParameters: { id: '7' },
    });
    expect(calls[0]?.event).not.toHaveProperty('body');
    expect(calls[1]?.event).toMatchObject({
      requestContext: { authorizer: { lambda: { sub: 'channel-1', roles: ['channel'] } } },
    });
  });

  test('no identity is 401 unasked, a refusal 403', async () => {
    const { url, calls } = await api([guarded('GET /o')], functions);
    const anonymous = await get(`${url}/o`);
    expect([anonymous.status, await anonymous.json()]).toEqual([401, { message: 'Unauthorized' }]);
    expect(calls).toEqual([]);
    const refused = await get(`${url}/o`, 'bad');
    expect([refused.status, await refused.json()]).toEqual([403, { message: 'Forbidden' }]);
    expect(calls.map(({ functionName }) => functionName)).toEqual(['Authorizer']);
  });

  test('its answer is kept for the time to live, by wall time and across routes', async () => {
    const { url, calls, wall, clock } = await api([guarded('GET /a'), guarded('GET /b')], functions);
    const asked = () => calls.filter(({ functionName }) => functionName === 'Authorizer').length;
    await get(`${url}/a`, 'good');
    await get(`${url}/b`, 'good');
    await clock.advanceBy(3_600_000);
    await get(`${url}/a`, 'good');
    expect(asked()).toBe(1);
    await get(`${url}/a`, 'other');
    expect(asked()).toBe(2);
    wall.now += 60_000;
    expect((await get(`${url}/a`, 'good')).status).toBe(204);
    expect(asked()).toBe(3);
  });

  test('a failure is 500 and not kept', async () => {
    let isDown = true;
    const { url } = await api([guarded('GET /o')], {
      ...functions,
      Authorizer: () => {
        if (isDown) throw new Error('down');
        return { isAuthorized: true };
      },
    });
    expect((await get(`${url}/o`, 'good')).status).toBe(500);
    isDown = false;
    expect((await get(`${url}/o`, 'good')).status).toBe(204);
  });

  test('stops at an identity source it does not know', async () => {
    await expect(api([guarded('GET /o', { identitySources: ['$request.body.x'] })])).rejects.toThrow(
      /auth1.*\$request\.body\.x/,
    );
  });
});

test('with CORS set, the API answers the preflight and its headers replace those of the function', async () => {
  const { url, calls } = await api(
    [echo('POST /a')],
    { Echo: () => ({ statusCode: 200, headers: { 'Access-Control-Allow-Origin': '*' }, body: 'x' }) },
    {
      cors: {
        allowOrigins: ['https://shop.example'],
        allowMethods: ['POST'],
        allowHeaders: ['authorization'],
        maxAgeSeconds: 600,
      },
    },
  );
  const asked = await fetch(`${url}/a`, {
    method: 'OPTIONS',
    headers: { origin: 'https://shop.example', 'access-control-request-method': 'POST' },
  });
  expect(asked.status).toBe(204);
  expect(Object.fromEntries(asked.headers)).toMatchObject({
    'access-control-allow-origin': 'https://shop.example',
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': 'authorization',
    'access-control-max-age': '600',
  });
  expect(calls).toEqual([]);
  const stranger = await fetch(`${url}/a`, { method: 'POST', headers: { origin: 'https://evil.example' } });
  expect(stranger.headers.get('access-control-allow-origin')).toBe(null);
});

test('a route with limits of its own has a bucket of its own', async () => {
  const own = { ...echo('GET /a'), throttling: { rateLimit: 1, burstLimit: 1 } };
  const { url } = await api([own, echo('GET /b')], undefined, { throttling: { rateLimit: 1, burstLimit: 2 } });
  const statuses = async (path: string) => [(await fetch(url + path)).status, (await fetch(url + path)).status];
  expect(await statuses('/a')).toEqual([204, 429]);
  expect(await statuses('/b')).toEqual([204, 204]);
});

test('throttling refills by business time', async () => {
  const { url, clock } = await api([echo('GET /a')], undefined, { throttling: { rateLimit: 1, burstLimit: 2 } });
  const statuses = async (count: number) => {
    const found: number[] = [];
    for (let index = 0; index < count; index++) found.push((await fetch(`${url}/a`)).status);
    return found;
  };
  expect(await statuses(3)).toEqual([204, 204, 429]);
  await clock.advanceBy(1_000);
  expect(await statuses(2)).toEqual([204, 429]);
});
