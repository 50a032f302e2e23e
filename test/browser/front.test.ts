import { describe, expect, it } from 'vitest';
import { chromiumExecutable } from './chromium.ts';
import { configWithoutDemo, orderId, overview, token } from './fixtures.ts';
import {
  browserPages,
  demoAnswers,
  desktop,
  expectAccessible,
  expectNoSidewaysScroll,
  phone,
  picture,
  readNow,
} from './pages.ts';

describe.skipIf(!chromiumExecutable)('the front page', () => {
  const pages = browserPages();

  it.each([
    { scheme: 'light', size: desktop },
    { scheme: 'dark', size: phone },
  ] as const)('shows the orders on the move and is accessible ($scheme)', async ({ scheme, size }) => {
    pages.cloud.answers = demoAnswers;
    const page = await pages.open('/', { scheme, size });
    await page.getByRole('heading', { name: 'Stores and driver are being arranged' }).waitFor();
    expect(await page.getByText('Waiting: Stores confirm').textContent()).toContain('until 1:04 PM');
    expect(await page.getByRole('link', { name: 'Follow 4F2K as the shopper' }).getAttribute('href')).toBe(
      `/t/${token}`,
    );
    expect(await page.getByRole('link', { name: 'Execution of 4F2K' }).getAttribute('href')).toBe(
      `/executions/${orderId}`,
    );
    expect(await page.getByRole('link', { name: 'Juniper & Thread' }).getAttribute('href')).toBe(
      '/store?actor=juniper',
    );
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    await picture(page, `front ${scheme}`);
  });

  it('counts what is under way and what an order costs', async () => {
    pages.cloud.answers = demoAnswers;
    const page = await pages.open('/');
    await page.getByText('What an order costs, by component').click();
    const rows = await page.getByRole('row').allTextContents();
    expect(rows).toEqual(['ComponentPer delivered order', 'DynamoDB$0.0009', 'Step Functions$0.00028']);
    expect(await page.locator('.figure').allTextContents()).toContain('AWS cost per delivered order$0.00431');
  });

  it('shows what is new at the next poll and keeps what it knows when the connection fails', async () => {
    let failing = false;
    let status = 'created';
    pages.cloud.answers = {
      ...demoAnswers,
      'GET /demo/overview': () =>
        failing
          ? { body: null, cut: true }
          : { body: { ...overview, orders: overview.orders.map((order) => ({ ...order, status })) } },
    };
    const page = await pages.open('/');
    await page.getByRole('heading', { name: 'Stores and driver are being arranged' }).first().waitFor();
    status = 'assigned';
    await readNow(page);
    await page.getByRole('heading', { name: 'A driver has taken it' }).first().waitFor();
    failing = true;
    await readNow(page);
    await page.getByText('Reconnecting…').waitFor();
    expect(await page.getByRole('heading', { name: 'A driver has taken it' }).count()).toBe(2);
  });

  it('says how to sign in where no demo runs', async () => {
    pages.cloud.answers = { 'GET /config.json': () => ({ body: configWithoutDemo }) };
    const page = await pages.open('/');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await page.getByText('https://idp.example.com/pool').count()).toBe(1);
    expect(await page.getByRole('heading', { name: 'Take a part' }).count()).toBe(0);
    await expectAccessible(page);
  });
});
