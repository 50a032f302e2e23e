import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { FrontServer } from '../../../local/front/front-server.ts';
import { staticPages } from '../../../local/front/static-pages.ts';
import { temporaryFolder } from '../folder.ts';

async function serve(files: Record<string, string>) {
  const folder = temporaryFolder();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const front = new FrontServer();
  front.mount('/', staticPages(join(folder, 'pages')));
  const port = await front.listen(0);
  onTestFinished(() => front.close());
  return { front, port, get: (path: string, init = {}) => fetch(`http://127.0.0.1:${port}${path}`, init) };
}

const page = (name: string) => [`pages/${name}/index.html`, name] as const;
const files = Object.fromEntries([
  ...['front', 'tracking', 'store', 'drive', 'ops'].map(page),
  ['pages/store/app-AB12CD34.js', 'script'],
  ['secret.txt', 'secret'],
]);

test.each([
  ['/', 'front'],
  ['/?x=1', 'front'],
  ['/t/abc', 'tracking'],
  ['/store', 'store'],
  ['/store?actor=a', 'store'],
  ['/drive', 'drive'],
  ['/ops/orders/123', 'ops'],
  ['/store/app-AB12CD34.js', 'script'],
])('%s is %s', async (path, content) => {
  const { get } = await serve(files);
  const response = await get(path);
  expect([response.status, await response.text()]).toEqual([200, content]);
});

test('scripts named by their content are kept, pages are not; the address of tracking is told to nobody', async () => {
  const { get } = await serve(files);
  expect((await get('/store/app-AB12CD34.js')).headers.get('cache-control')).toContain('immutable');
  expect((await get('/')).headers.get('cache-control')).toBe('no-cache');
  expect((await get('/t/abc')).headers.get('referrer-policy')).toBe('no-referrer');
});

test('nothing outside the folder is served, and nothing is written', async () => {
  const { get } = await serve(files);
  for (const path of ['/..%2fsecret.txt', '/%2e%2e/secret.txt', '/none', '/%ff', '/store/']) {
    expect([path, (await get(path)).status]).toEqual([path, path === '/store/' ? 200 : 404]);
  }
  expect((await get('/', { method: 'POST' })).status).toBe(405);
});

test('the longest mounted prefix answers', async () => {
  const { front, get } = await serve(files);
  const say = (text: string) => (_: unknown, response: { end(text: string): void }) => response.end(text);
  front.mount('/v1', say('api'));
  front.mount('/v1/special', say('special'));
  expect(await (await get('/v1/orders/x')).text()).toBe('api');
  expect(await (await get('/v1/special/y?z')).text()).toBe('special');
  expect((await get('/v10')).status).toBe(404);
});

test('a port that is taken is said in words', async () => {
  const { port } = await serve(files);
  await expect(new FrontServer().listen(port)).rejects.toThrow(/Port \d+ is taken.*--port/);
});
