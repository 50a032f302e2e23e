import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executionViewer } from '../../local/viewer/viewer.ts';
import { runningExecution, source } from '../local/viewer/fixtures.ts';
import { chromiumExecutable, launch } from './chromium.ts';
import { desktop, expectAccessible, expectNoSidewaysScroll, phone, picture } from './pages.ts';

describe.skipIf(!chromiumExecutable)('the execution viewer', () => {
  let browser: Browser;
  let server: Server;
  let url: string;
  let shown = runningExecution;

  beforeAll(async () => {
    const view = executionViewer({ ...source, describe: () => shown });
    server = createServer((request, response) => void view(request, response));
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    url = `http://localhost:${(server.address() as AddressInfo).port}`;
    browser = await launch();
  }, 30_000);

  afterAll(async () => {
    await browser?.close();
    server?.closeAllConnections();
    server?.close();
  });

  it.each([
    ['/executions', 'light', desktop],
    ['/executions', 'dark', phone],
    ['/executions/ord_1', 'light', desktop],
    ['/executions/ord_1', 'dark', phone],
  ] as const)('%s is accessible (%s)', async (path, colorScheme, viewport) => {
    const page = await browser.newPage({ colorScheme, viewport });
    await page.goto(url + path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    await picture(page, `viewer ${path.replaceAll('/', '')} ${colorScheme}`);
    await page.close();
  });

  it('follows the execution by itself and leaves open what the reader opened', async () => {
    shown = runningExecution;
    const page = await browser.newPage();
    await page.goto(`${url}/executions/ord_1`);
    await page.getByText('Show').first().click();
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    shown = { ...runningExecution, status: 'SUCCEEDED', waiting: [], output: { outcome: 'delivered' } };
    await page.getByText('succeeded').waitFor();
    expect(await page.locator('#event-1').getAttribute('open')).toBe('');
    expect(await page.getByText('"outcome": "delivered"').count()).toBe(1);
    await page.close();
  });
});
