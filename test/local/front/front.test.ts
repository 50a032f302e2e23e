import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { Deployment } from '../../../local/assembly/deployment.ts';
import { type Edge, edgeOf } from '../../../local/front/edge.ts';
import { FrontServer, type Listener, withHeaders } from '../../../local/front/front-server.ts';
import { staticPages } from '../../../local/front/static-pages.ts';
import { sharedAssembly } from '../../assembly.ts';

/** The pages as the stacks deploy them. */
const synthesis = (async () => {
  const directory = await sharedAssembly();
  const urls = { services: 'http://localhost:2', api: 'http://localhost:3', pages: 'http://localhost:1' };
  const parameters = { PublicUrl: urls.pages };
  return { directory, edge: edgeOf(new Deployment({ directory, parameters, urls }))! };
})();
let edge: Edge;
beforeAll(async () => {
  ({ edge } = await synthesis);
}, 60_000);

async function serve() {
  const front = new FrontServer();
  front.mount('/', withHeaders(edge.headers, staticPages(edge)));
  const port = await front.listen(0);
  onTestFinished(() => front.close());
  return { front, port, get: (path: string, init = {}) => fetch(`http://127.0.0.1:${port}${path}`, init) };
}

const script = () => [...edge.files.keys()].find((name) => /^\/store\/app-.+\.js$/.test(name))!;

test.each([
  ['/', 'front'],
  ['/?x=1', 'front'],
  ['/t/abc', 'tracking'],
  ['/t/abc/', 'tracking'],
  ['/store', 'store'],
  ['/store/', 'store'],
  ['/store?actor=a', 'store'],
  ['/drive', 'drive'],
  ['/ops/orders/123', 'ops'],
])('%s is the page %s', async (path, page) => {
  const { get } = await serve();
  const response = await get(path);
  expect(response.status).toBe(200);
  expect(await response.text()).toContain(`src="/${page}/app-`);
});

test('scripts named by their content are kept for ever, pages are asked for each time', async () => {
  const { get } = await serve();
  const { headers, status } = await get(script());
  expect([status, headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8']);
  expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect((await get('/')).headers.get('cache-control')).toBe('no-cache');
});

test('every answer carries the headers of the template, whatever its origin says', async () => {
  const { front, get } = await serve();
  const origin: Listener = (_, response) => response.writeHead(404, { 'referrer-policy': 'unsafe-url' }).end();
  front.mount('/v1', withHeaders(edge.headers, origin));
  for (const path of ['/', '/t/abc', script(), '/none', '/v1/orders']) {
    const { headers } = await get(path);
    const told = Object.keys(edge.headers).map((name) => [name, headers.get(name)]);
    expect(Object.fromEntries(told), path).toEqual({
      'content-security-policy':
        "default-src 'self'; img-src 'self' data: blob: http://127.0.0.1:2; connect-src 'self' http://127.0.0.1:2 " +
        'https://mallway-dev-operations-000000000000.auth.us-east-1.amazoncognito.com ' +
        'https://mallway-dev-staff-000000000000.auth.us-east-1.amazoncognito.com; ' +
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': 'max-age=63072000; includeSubDomains',
      'permissions-policy': 'camera=(self), geolocation=(self), microphone=(), payment=(), usb=()',
    });
  }
});

test('what is no page is not found, and nothing is written', async () => {
  const { get } = await serve();
  for (const path of ['/..%2fsecret.txt', '/%2e%2e/secret.txt', '/none', '/%ff', '/store/none.js', '/t/', '/t/a/b']) {
    expect([path, (await get(path)).status]).toEqual([path, 404]);
  }
  expect((await get('/', { method: 'POST' })).status).toBe(403);
});

test('requests of the API are told from pages by the distribution', () => {
  expect(edge.apiPaths).toEqual(['/openapi.json', '/v1']);
});

test('the longest mounted prefix answers', async () => {
  const { front, get } = await serve();
  const say = (text: string) => (_: unknown, response: { end(text: string): void }) => response.end(text);
  front.mount('/v1', say('api'));
  front.mount('/v1/special', say('special'));
  expect(await (await get('/v1/orders/x')).text()).toBe('api');
  expect(await (await get('/v1/special/y?z')).text()).toBe('special');
  expect((await get('/v10')).status).toBe(404);
});

test('a port that is taken is said in words', async () => {
  const { port } = await serve();
  await expect(new FrontServer().listen(port)).rejects.toThrow(/Port \d+ is taken.*--port/);
});
