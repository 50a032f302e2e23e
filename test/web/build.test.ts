import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPages, pages } from '../../web/build.ts';

const usualBudgetKilobytes = 25;
/** Drivers keep their page all day; operations sit at a desk, and theirs has the most in it. */
const budgetKilobytes: Record<string, number> = { drive: 35, ops: 40 };

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mallway-build-'));
  await buildPages(directory);
});

afterAll(() => rm(directory, { recursive: true }));

describe.each(pages.map(({ name }) => name))('the page %s', (name) => {
  const read = async (file: string) => readFile(join(directory, name, file), 'utf8');

  it('has one script within its budget and one style, both named by their content', async () => {
    const files = (await readdir(join(directory, name))).sort();
    expect(files).toEqual([
      expect.stringMatching(/^app-[A-Z0-9]{8}\.js$/),
      'index.html',
      expect.stringMatching(/^style-[A-Z0-9]{8}\.css$/),
    ]);
    const budget = (budgetKilobytes[name] ?? usualBudgetKilobytes) * 1024;
    expect(gzipSync(await read(files[0]!)).length).toBeLessThan(budget);
  });

  it('loads nothing from elsewhere and has nothing inline', async () => {
    const markup = await read('index.html');
    const [script] = /src="([^"]+)"/.exec(markup)!.slice(1);
    expect(script).toMatch(new RegExp(`^/${name}/app-`));
    expect(markup).not.toMatch(
      /<style|style=|<script>|<script type="module">|https?:\/\/(?!localhost|127\.0\.0\.1|www\.w3\.org)/,
    );
    expect(markup).toContain('<html lang="en">');
    const style = (await readdir(join(directory, name))).find((file) => file.endsWith('.css'))!;
    expect(await read(style)).not.toMatch(/@import|url\(/);
  });
});

it.each(['tracking', 'join'])('keeps the address of the page %s to itself', async (name) => {
  const markup = await readFile(join(directory, name, 'index.html'), 'utf8');
  expect(markup).toContain('name="robots" content="noindex');
  expect(markup).toContain('name="referrer" content="no-referrer"');
});
