import { describe, expect, it } from 'vitest';
import { chromiumExecutable } from './chromium.ts';
import { eta, token, trackings } from './fixtures.ts';
import { browserPages, desktop, expectAccessible, expectNoSidewaysScroll, phone, picture, readNow } from './pages.ts';

const path = `GET /v1/track/${token}`;

const headlines: Record<string, string> = {
  preparing: 'The stores are preparing your order',
  'on the way': 'On the way — 2 stops before you',
  delivered: 'Delivered',
  returning: 'We could not deliver your order',
  cancelled: 'Your order was cancelled',
};

describe.skipIf(!chromiumExecutable)('the tracking page', () => {
  const pages = browserPages();

  it.each(Object.keys(trackings).flatMap((state) => [[state, 'light'] as const, [state, 'dark'] as const]))(
    'tells a shopper that the order is %s (%s)',
    async (state, scheme) => {
      pages.cloud.answers = { [path]: () => ({ body: trackings[state] }) };
      const page = await pages.open(`/t/${token}`, { scheme, size: scheme === 'light' ? phone : desktop });
      await page.getByRole('heading', { level: 1, name: headlines[state]! }).waitFor();
      await expectAccessible(page);
      await expectNoSidewaysScroll(page);
      await picture(page, `tracking ${state} ${scheme}`);
    },
  );

  it('marks the step that the order is at, with the time of those that are done', async () => {
    pages.cloud.answers = { [path]: () => ({ body: trackings['on the way'] }) };
    const page = await pages.open(`/t/${token}`);
    expect(await page.locator('[aria-current=step]').textContent()).toBe('On the way to you');
    expect(await page.locator('.step.done').allTextContents()).toEqual([
      'Order placed (done)12:14 PM',
      'Stores prepare it (2 of 2 ready) (done)',
      'Driver collects it at the mall (done)12:48 PM',
    ]);
    expect(await page.getByText('402817').count()).toBe(1);
  });

  it('says what is missing, why it failed, and that it comes back', async () => {
    pages.cloud.answers = { [path]: () => ({ body: trackings.returning }) };
    const page = await pages.open(`/t/${token}`);
    await page.getByText('Nobody was there to take it.').waitFor();
    expect(await page.getByText('not available, refunded').count()).toBe(1);
  });

  it('says when it comes and why; another time is announced once, a small change not at all', async () => {
    let expected = eta(16, 24);
    pages.cloud.answers = { [path]: () => ({ body: { ...trackings['on the way'], eta: expected } }) };
    const page = await pages.open(`/t/${token}`);
    await page.getByText('Expected 1:15 – 1:25 PM: there are stops before you').waitFor();
    expected = eta(19, 27);
    await readNow(page);
    await page.getByText('Expected 1:15 – 1:30 PM').waitFor();
    expect(await page.getByRole('status').textContent()).toBe('');
    const causes = [{ kind: 'store_late', storeId: 'chandler.cobbler', seconds: 2100 }];
    expected = eta(35, 44, { causes });
    await readNow(page);
    await page.getByText('It was 1:15 – 1:25 PM before.').waitFor();
    expect(await page.getByRole('status').textContent()).toMatch(
      /^Now expected 1:35\s–\s1:45\sPM: Corner Cobbler needs more time$/,
    );
    await expectAccessible(page);
  });

  it('says that who it was for was erased', async () => {
    const { photoUrl: _, ...delivered } = trackings.delivered!;
    const erased = { ...delivered, door: null, erasedAt: '2026-12-02T17:00:00.000Z' };
    pages.cloud.answers = { [path]: () => ({ body: erased }) };
    const page = await pages.open(`/t/${token}`);
    await page.getByText('were erased, as somebody asked').waitFor();
    expect(await page.getByRole('heading', { name: 'Delivered to' }).count()).toBe(0);
    await expectAccessible(page);
  });

  it('moves on by itself, announces it, and stops asking at the end', async () => {
    let state = 'on the way';
    pages.cloud.answers = { [path]: () => ({ body: trackings[state] }) };
    const page = await pages.open(`/t/${token}`);
    await page.getByRole('heading', { level: 1, name: headlines['on the way']! }).waitFor();
    state = 'delivered';
    await readNow(page);
    await page.getByRole('heading', { level: 1, name: 'Delivered' }).waitFor();
    expect(await page.getByRole('status').textContent()).toBe('Delivered');
    await page.getByText('Finished').waitFor();
    const asked = pages.cloud.requests.length;
    await readNow(page);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    expect(pages.cloud.requests.length).toBe(asked);
  });

  it('shows the same neutral page for every link that shows nothing', async () => {
    pages.cloud.answers = {};
    const page = await pages.open('/t/unknown');
    await page.getByRole('heading', { level: 1, name: 'This link shows no order' }).waitFor();
    await expectAccessible(page);
    expect(await page.locator('meta[name=robots]').getAttribute('content')).toContain('noindex');
    expect(await page.locator('meta[name=referrer]').getAttribute('content')).toBe('no-referrer');
  });
});
