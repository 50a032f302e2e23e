import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { launch } from './chromium.ts';
import { FakeCloud } from './fake-cloud.ts';
import { actors, config, overview, tokens } from './fixtures.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const desktop = { width: 1280, height: 900 };
export const phone = { width: 390, height: 844 };

export interface View {
  scheme?: 'light' | 'dark';
  size?: { width: number; height: number };
}

/** One browser and one fake cloud for a test file; `open` gives a fresh context each time. */
export function browserPages() {
  let browser: Browser;
  let cloud: FakeCloud;
  const contexts: BrowserContext[] = [];

  beforeAll(async () => {
    [browser, cloud] = await Promise.all([launch(), FakeCloud.start()]);
  }, 30_000);

  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    cloud.requests.length = 0;
  });

  afterAll(async () => {
    await browser?.close();
    await cloud?.stop();
  });

  return {
    get cloud() {
      return cloud;
    },
    async open(path: string, view: View = {}): Promise<Page> {
      const context = await browser.newContext({
        viewport: view.size ?? desktop,
        colorScheme: view.scheme ?? 'light',
        reducedMotion: 'reduce',
        bypassCSP: false,
      });
      contexts.push(context);
      const page = await context.newPage();
      page.setDefaultTimeout(4000);
      page.on('pageerror', (error) => {
        throw error;
      });
      await page.goto(cloud.url + path);
      return page;
    },
  };
}

/** The endpoints of the demo, which every page of an actor uses. */
export const demoAnswers = {
  'GET /config.json': () => ({ body: config }),
  'GET /demo/overview': () => ({ body: overview }),
  'GET /demo/actors': () => ({ body: actors }),
  'POST /demo/token': ({ body }: { body: unknown }) => ({ body: tokens[(body as { actor: string }).actor] }),
};

/**
 * No violation that axe finds, and every control big enough for a finger. The dark scheme differs in its colours
 * (and, where a phone shows it, in what scrolls), so only these are looked at again there.
 */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axeSource);
  const results = await page.evaluate(() => {
    const { axe } = globalThis as unknown as { axe: { run(options: RunOptions): Promise<AxeResults> } };
    const isDark = matchMedia('(prefers-color-scheme: dark)').matches;
    return axe.run({
      resultTypes: ['violations'],
      ...(isDark && { runOnly: ['color-contrast', 'scrollable-region-focusable'] }),
    });
  });
  const found = results.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  expect(found).toEqual([]);
  expect(await smallTargets(page)).toEqual([]);
}

/** Makes the page read again now instead of at its next poll. */
export async function readNow(page: Page): Promise<void> {
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
}

/** Buttons, fields and links (other than those within a sentence) that are lower than 44 px. */
function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('button, select, input, textarea, summary, a')]
      .filter((element) => !element.closest('p') && !element.matches('.skip'))
      .map((element) => element.closest<HTMLElement>('label') ?? element)
      .filter((element) => element.checkVisibility() && element.getBoundingClientRect().height < 44)
      .map((element) => element.outerHTML.slice(0, 120)),
  );
}

/** No content wider than the screen. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const [content, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  expect(content).toBeLessThanOrEqual(screen!);
}

/** Keeps a picture for a person to look at, when SCREENSHOTS names a folder. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (folder) await page.screenshot({ path: join(folder, `${name.replaceAll(' ', '-')}.png`), fullPage: true });
}
