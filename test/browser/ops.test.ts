import { describe, expect, it } from 'vitest';
import { chromiumExecutable } from './chromium.ts';
import type { Answering } from './fake-cloud.ts';
import { inMinutes, inspection, openOrder, orderId, waitingOrder, zone } from './fixtures.ts';
import {
  browserPages,
  demoAnswers,
  desktop,
  expectAccessible,
  expectNoSidewaysScroll,
  phone,
  picture,
} from './pages.ts';

const resolvePath = `/v1/ops/orders/${orderId}/resolve`;

function answers(): Answering {
  return {
    ...demoAnswers,
    'GET /v1/malls': () => ({
      body: { data: [{ id: 'chandler', name: 'Chandler Fashion Center', zone, state: 'open' }] },
    }),
    'GET /v1/ops/waiting': () => ({ body: { data: [waitingOrder] } }),
    'GET /v1/ops/orders': () => ({ body: { data: [openOrder] } }),
    [`GET /v1/ops/orders/${orderId}`]: () => ({ body: inspection }),
    [`POST ${resolvePath}`]: () => ({ body: openOrder }),
    [`POST /v1/ops/orders/${orderId}/reassign`]: () => ({ body: [openOrder] }),
  };
}

describe.skipIf(!chromiumExecutable)('the operations page', () => {
  const pages = browserPages();

  it.each([
    { scheme: 'light', size: desktop },
    { scheme: 'dark', size: phone },
  ] as const)('lists what waits and what moves, and is accessible ($scheme)', async ({ scheme, size }) => {
    pages.cloud.answers = answers();
    const page = await pages.open('/ops?actor=ops', { scheme, size });
    const row = page.getByRole('row', { name: /held.*Operations decide/ });
    await row.waitFor();
    expect(await row.textContent()).toContain('Operations decide, until 1:22 PM');
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    await picture(page, `ops queue ${scheme}`);
  });

  it('shows both records of a hand-over that differ, and settles it', async () => {
    const record = (...labels: string[]) => ({ labels, occurredAt: inMinutes(-40), recordedAt: inMinutes(-2) });
    const sides = { store: record('4F2K-A11', '4F2K-A12'), driver: record('4F2K-A11') };
    const handOver = { storeId: 'st-juniper', storeName: 'Juniper & Thread', ...sides, mismatchSince: inMinutes(-2) };
    let sent: unknown;
    pages.cloud.answers = {
      ...answers(),
      'GET /v1/ops/waiting': () => ({ body: { data: [{ ...waitingOrder, reason: 'hand_over_mismatch' }] } }),
      [`GET /v1/ops/orders/${orderId}`]: () => ({ body: { ...inspection, handOvers: [handOver] } }),
      [`POST ${resolvePath}`]: ({ body }) => {
        sent = body;
        return { body: openOrder };
      },
    };
    const page = await pages.open('/ops?actor=ops');
    await page.getByText('hand over mismatch').waitFor();
    await page.getByRole('link', { name: '4F2K' }).first().click();
    const card = page.getByRole('region', { name: 'The records of a hand-over differ' });
    await card.waitFor();
    expect(await card.textContent()).toMatch(/The store at .*4F2K-A11, 4F2K-A12.*The driver at .*4F2K-A11/s);
    expect(await card.locator('.late').allTextContents()).toEqual(['4F2K-A12']);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Settle the hand-over' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Settle the hand-over' }).click();
    await expect.poll(() => sent).toEqual({ resolution: 'settle_hand_over' });
  });

  it('pauses a mall with a reason, and shows that it is paused', async () => {
    let mall: object = { id: 'chandler', name: 'Chandler Fashion Center', zone, state: 'open' };
    let sent: unknown;
    pages.cloud.answers = {
      ...answers(),
      'GET /v1/malls': () => ({ body: { data: [mall] } }),
      'POST /v1/malls/chandler/state': ({ body }) => {
        sent = body;
        mall = { ...mall, state: 'paused', stateReason: 'Fire alarm' };
        return { body: mall };
      },
    };
    const page = await pages.open('/ops?actor=ops');
    await page.getByLabel('Mall', { exact: true }).selectOption('chandler');
    await page.getByRole('button', { name: 'Pause, close early or open' }).click();
    await page.getByLabel('Why').fill('Fire alarm');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Pause the mall' }).click();
    await page.getByText('The mall is paused (Fire alarm): no new orders.').waitFor();
    expect(sent).toEqual({ state: 'paused', reason: 'Fire alarm' });
    await page.getByLabel('Mall', { exact: true }).selectOption('');
    await page.getByText('The mall is paused (Fire alarm): no new orders.').waitFor();
    await expectAccessible(page);
  });

  it('decides on a late store in place of the channel', async () => {
    let sent: unknown;
    const storeId = inspection.order.pickups[0]!.storeId;
    const decisions = [{ storeId, default: 'leave_without', decideBy: inspection.order.promise.by }];
    pages.cloud.answers = {
      ...answers(),
      [`GET /v1/ops/orders/${orderId}`]: () => ({ body: { ...inspection, order: { ...inspection.order, decisions } } }),
      [`POST /v1/orders/${orderId}/decisions`]: ({ body }) => {
        sent = body;
        return { body: inspection.order };
      },
    };
    const page = await pages.open(`/ops/orders/${orderId}?actor=ops`);
    await page.getByRole('heading', { name: 'A store is late beyond the promise' }).waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Wait for it' }).click();
    await expect.poll(() => sent).toEqual({ kind: 'late_store', storeId, choice: 'wait' });
  });

  it('says so when nothing waits', async () => {
    pages.cloud.answers = {
      ...answers(),
      'GET /v1/ops/waiting': () => ({ body: { data: [] } }),
      'GET /v1/ops/orders': () => ({ body: { data: [] } }),
    };
    const page = await pages.open('/ops?actor=ops');
    await page.getByText('Nothing waits too long. Orders under way: 0.').waitFor();
    await expectAccessible(page);
  });

  it.each([
    { scheme: 'light', size: desktop },
    { scheme: 'dark', size: phone },
  ] as const)('shows one order whole at its own address, and is accessible ($scheme)', async ({ scheme, size }) => {
    pages.cloud.answers = answers();
    const page = await pages.open(`/ops/orders/${orderId}?actor=ops`, { scheme, size });
    await page.getByRole('heading', { level: 1, name: 'Order 4F2K: Held' }).waitFor();
    expect(await page.getByRole('link', { name: 'Open the execution' }).getAttribute('href')).toBe(
      `/executions/${orderId}`,
    );
    expect(await page.getByRole('row').allTextContents()).toContain('212:52:00 PMdelivery.heldreason: breakdown');
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    await picture(page, `ops order ${scheme}`);
  });

  it('says what a decision does before it is confirmed, and sends it once', async () => {
    pages.cloud.answers = answers();
    const page = await pages.open('/ops?actor=ops');
    await page.getByRole('link', { name: '4F2K' }).first().click();
    expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe(`/ops/orders/${orderId}?actor=ops`);
    await page.getByRole('button', { name: 'Send back' }).click();
    const sheet = page.getByRole('dialog', { name: 'Send back: 4F2K' });
    await sheet.getByText('What is on board (1 parcel) goes back to the stores').waitFor();
    await expectAccessible(page);
    await picture(page, 'ops confirm');
    await sheet.getByRole('button', { name: 'Send back' }).click();
    await sheet.waitFor({ state: 'hidden' });
    expect(pages.cloud.acts(resolvePath).map(({ body }) => body)).toEqual([{ resolution: 'return' }]);

    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'What waits, and what moves' }).waitFor();
  });

  /** The page of the order as it is there, with what can be done about it. */
  const showing = async (body: object) => {
    const erase = { [`POST /v1/orders/${orderId}/erase`]: () => ({ body: {} }) };
    pages.cloud.answers = { ...answers(), ...erase, [`GET /v1/ops/orders/${orderId}`]: () => ({ body }) };
    const page = await pages.open(`/ops/orders/${orderId}?actor=ops`);
    await page.getByRole('heading', { name: 'What you can do' }).waitFor();
    return page;
  };

  it('offers only what fits the order as it stands', async () => {
    const ended = { ...inspection, attention: null, order: { ...inspection.order, status: 'delivered', parcels: [] } };
    const page = await showing(ended);
    expect(await page.locator('section[aria-labelledby=acts] button').allTextContents()).toEqual([
      'Restart the workflow',
      'Erase who it was for',
    ]);
  });

  it('erases who an order was for once it has ended, and says so then', async () => {
    const order = { ...inspection.order, status: 'delivered', parcels: [] };
    const page = await showing({ ...inspection, attention: null, order });
    await page.getByRole('button', { name: 'Erase who it was for' }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByText('every photo of the door go for good').waitFor();
    await sheet.getByRole('button', { name: 'Erase who it was for' }).click();
    await sheet.waitFor({ state: 'hidden' });
    expect(pages.cloud.acts(`/v1/orders/${orderId}/erase`)).toHaveLength(1);

    const erased = { ...order, erasedAt: '2026-12-02T17:00:00.000Z' };
    const after = await showing({ ...inspection, attention: null, order: erased });
    await after.getByText('Who it was for was erased').waitFor();
    expect(await after.getByRole('button', { name: 'Erase who it was for' }).count()).toBe(0);
    await expectAccessible(after);
  });

  it('takes an order from its driver with a reason', async () => {
    pages.cloud.answers = answers();
    const page = await pages.open(`/ops/orders/${orderId}?actor=ops`);
    await page.getByRole('button', { name: 'Take it from the driver' }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByText('the order is held until you decide').waitFor();
    await sheet.getByLabel('Why').selectOption('breakdown');
    await sheet.getByRole('button', { name: 'Take it from the driver' }).click();
    await sheet.waitFor({ state: 'hidden' });
    expect(pages.cloud.acts(`/v1/ops/orders/${orderId}/reassign`).map(({ body }) => body)).toEqual([
      { reason: 'breakdown' },
    ]);
  });

  it('shows why a decision was refused', async () => {
    pages.cloud.answers = {
      ...answers(),
      [`POST ${resolvePath}`]: () => ({
        status: 409,
        body: {
          status: 409,
          code: 'order_ended',
          detail: 'The order is delivered.',
          mend: 'Nothing is left to decide.',
        },
      }),
    };
    const page = await pages.open(`/ops/orders/${orderId}?actor=ops`);
    await page.getByRole('button', { name: 'Cancel the order' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the order' }).click();
    await page.getByText('The order is delivered.').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('Nothing is left to decide.');
  });

  it('takes the only one there is for the person at the page, and stays at the order', async () => {
    pages.cloud.answers = answers();
    const page = await pages.open(`/ops/orders/${orderId}`);
    await page.getByRole('heading', { level: 1, name: 'Order 4F2K: Held' }).waitFor();
    expect(new URL(page.url()).search).toBe('?actor=ops');
  });

  it('narrows the lists to one mall', async () => {
    pages.cloud.answers = answers();
    const page = await pages.open('/ops?actor=ops');
    const narrowed = page.waitForRequest((request) => request.url().endsWith('/v1/ops/waiting?mallId=chandler'));
    await page.getByLabel('Mall').selectOption('chandler');
    await narrowed;
  });
});
