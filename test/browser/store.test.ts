import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { Pickup } from '../../web/shared/contract/store.ts';
import { chromiumExecutable } from './chromium.ts';
import type { Answering } from './fake-cloud.ts';
import { actors, board, inMinutes, orderId, pickup, zone } from './fixtures.ts';
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

const mall = { zone, state: 'open' };
const listPath = '/v1/stores/st-juniper/pickups';
const actPath = (act: string, order = orderId) => `${listPath}/${order}/${act}`;

/** A store whose one card does what it is told. */
function livingStore(card: Pickup): Answering {
  let now = card;
  const become = (changes: Partial<Pickup>) => {
    now = { ...now, ...changes };
    return { body: now };
  };
  return {
    ...demoAnswers,
    [`GET ${listPath}`]: () => ({ body: { data: [now], nextCursor: null, mall } }),
    [`POST ${actPath('accept')}`]: () => become({ status: 'accepted' }),
    [`POST ${actPath('ready')}`]: ({ body }) =>
      become({
        status: 'ready',
        readyAt: inMinutes(0),
        driver: { driverId: 'dr-maya', runId: 'run-1', name: 'Maya' },
        parcels: (body as { parcels: { label: string }[] }).parcels.map(({ label }, index) => ({
          id: `pcl-${index}`,
          label,
          at: 'store',
          toReturn: false,
        })),
      }),
    [`POST ${actPath('hand-over')}`]: ({ body }) =>
      become({
        storeRecord: {
          occurredAt: (body as { occurredAt: string }).occurredAt,
          recordedAt: inMinutes(0),
          labels: (body as { labels: string[] }).labels,
        },
      }),
    [`POST ${actPath('acknowledge-stop')}`]: () => become({ stopped: false }),
  };
}

async function focusedName(page: Page): Promise<string> {
  return page.evaluate(
    () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '',
  );
}

/** Presses Tab until the control with this name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 40; presses++) {
    if ((await focusedName(page)) === name) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never came to “${name}”.`);
}

describe.skipIf(!chromiumExecutable)('the store board', () => {
  const pages = browserPages();

  it.each([
    { scheme: 'light', size: desktop },
    { scheme: 'dark', size: phone },
  ] as const)('shows a card in every column and is accessible ($scheme)', async ({ scheme, size }) => {
    pages.cloud.answers = {
      ...demoAnswers,
      [`GET ${listPath}`]: () => ({ body: { data: board, nextCursor: null, mall } }),
    };
    const page = await pages.open('/store?actor=juniper', { scheme, size });
    await page.getByRole('heading', { name: 'Needs a hand' }).waitFor();
    const headings = await page.locator('.column h2').allTextContents();
    expect(headings).toEqual(['New 1', 'Preparing 1', 'Ready 1', 'Handed over 2']);
    expect(await page.getByText('answer by 1:08 PM').textContent()).toContain('8 min left');
    expect(await page.getByText('late 3 min').count()).toBe(1);
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    await picture(page, `store board ${scheme}`);
  });

  it('says that the mall closes early', async () => {
    const early = { zone, state: 'closing_early', closesAt: '2026-11-23T22:00:00.000Z', stateReason: 'Storm' };
    pages.cloud.answers = {
      ...demoAnswers,
      [`GET ${listPath}`]: () => ({ body: { data: board, nextCursor: null, mall: early } }),
    };
    const page = await pages.open('/store?actor=juniper');
    await page.getByText('The mall closes early, at 3:00 PM (Storm).').waitFor();
    await expectAccessible(page);
  });

  it.each(['Accept', "Can't do it", 'Mark ready', 'More time', 'Hand over'])(
    '“%s” opens an accessible sheet',
    async (act) => {
      const scheme = act.length % 2 === 0 ? 'light' : 'dark';
      pages.cloud.answers = {
        ...demoAnswers,
        [`GET ${listPath}`]: () => ({ body: { data: board, nextCursor: null, mall } }),
      };
      const page = await pages.open('/store?actor=juniper', { scheme, size: phone });
      await page.getByRole('button', { name: act }).first().click();
      await page.getByRole('dialog').waitFor();
      await expectAccessible(page);
      await expectNoSidewaysScroll(page);
      await picture(page, `store sheet ${act.replace("'", '')}`);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
    },
  );

  it('takes an order from new to handed over by keyboard alone', async () => {
    pages.cloud.answers = livingStore(pickup());
    const page = await pages.open('/store?actor=juniper');
    await page.getByRole('button', { name: 'Accept: 4F2K' }).waitFor();

    await tabTo(page, 'Accept: 4F2K');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Accept 4F2K' }).waitFor();
    await tabTo(page, 'Ready in: more');
    await page.keyboard.press('Space');
    await tabTo(page, 'Accept');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Mark ready: 4F2K' }).waitFor();

    await tabTo(page, 'Mark ready: 4F2K');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await tabTo(page, 'Ready for the driver');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Hand over: 4F2K' }).waitFor();

    await tabTo(page, 'Hand over: 4F2K');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Hand over 4F2K' }).waitFor();
    await page.getByLabel('The four digits').focus();
    await page.keyboard.type('4821');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await tabTo(page, 'Hand over');
    await page.keyboard.press('Enter');
    await page.getByText('You recorded the hand-over at 1:00 PM.').waitFor();

    const [accepted] = pages.cloud.acts(actPath('accept'));
    const [ready] = pages.cloud.acts(actPath('ready'));
    const [handedOver] = pages.cloud.acts(actPath('hand-over'));
    const { readyAt } = accepted!.body as { readyAt: string };
    expect(Math.round((Date.parse(readyAt) - Date.parse(inMinutes(20))) / 60_000)).toBe(0);
    const label = (ready!.body as { parcels: { label: string }[] }).parcels[0]!.label;
    expect(ready!.body).toEqual({ parcels: [{ label }], missingLineIds: [] });
    expect(handedOver!.body).toEqual({
      runCode: '4821',
      labels: [label],
      occurredAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(new Set([accepted!.key, ready!.key, handedOver!.key]).size).toBe(3);
    expect(accepted!.authorization).toBe('Bearer token-of-juniper');
  }, 15_000);

  it('keeps a hand-over without a connection, over a reload too, and sends it with its own time', async () => {
    const ready = board.find(({ orderId }) => orderId === 'ord_RDY1')!;
    const path = actPath('hand-over', 'ord_RDY1');
    let isCut = true;
    const living = livingStore(ready);
    const handOver = living[`POST ${actPath('hand-over')}`]!;
    pages.cloud.answers = {
      ...living,
      [`POST ${path}`]: (request) => (isCut ? { body: null, cut: true } : handOver(request)),
    };
    const page = await pages.open('/store?actor=juniper');
    await page.getByRole('button', { name: 'Hand over: RDY1' }).click();
    await page.getByLabel('The four digits').fill('4821');
    await page.getByLabel('4F2K-A11').check();
    await page.getByRole('button', { name: 'Hand over', exact: true }).click();
    await page.getByText('The hand-over is kept on this tablet.').waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Hand over: RDY1' }).count()).toBe(0);

    await page.reload();
    await page.getByText('The hand-over is kept on this tablet.').waitFor();
    isCut = false;
    await page.getByText('You recorded the hand-over at').waitFor();
    const acts = pages.cloud.acts(path);
    expect(acts.length).toBeGreaterThan(2);
    expect(new Set(acts.map(({ key }) => key)).size).toBe(1);
    expect(new Set(acts.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(await page.evaluate(() => localStorage.getItem('mallway:outbox:st-juniper'))).toBe('[]');
  }, 30_000);

  it('says which lines are in which parcel, and which are missing', async () => {
    const lines = ['a', 'b', 'c'].map((id) => ({ id, sku: id, name: `Thing ${id}`, quantity: 1, unitPriceCents: 100 }));
    pages.cloud.answers = livingStore(pickup({ status: 'accepted', lines }));
    const page = await pages.open('/store?actor=juniper');
    await page.getByRole('button', { name: 'Mark ready: 4F2K' }).click();
    await page.getByLabel('1 × Thing c').click();
    await page.getByRole('button', { name: 'Parcels: more' }).click();
    await page.getByRole('button', { name: 'Ready for the driver' }).click();
    await page.getByText('Parcel 2 is empty').waitFor();
    expect(pages.cloud.acts(actPath('ready'))).toEqual([]);

    await page.getByLabel('Parcel of Thing b').selectOption('1');
    await page.getByLabel('Label of parcel 2').fill('BAG-2');
    await page.getByRole('button', { name: 'Ready for the driver' }).click();
    await page.getByRole('button', { name: 'Hand over: 4F2K' }).waitFor();
    const body = pages.cloud.acts(actPath('ready'))[0]!.body as { parcels: object[] };
    expect(body).toEqual({
      parcels: [expect.objectContaining({ lineIds: ['a'] }), { label: 'BAG-2', lineIds: ['b'] }],
      missingLineIds: ['c'],
    });
  });

  it('shows why an act was refused and how to mend it, and keeps what was typed', async () => {
    pages.cloud.answers = {
      ...livingStore(board[2]!),
      [`POST ${actPath('hand-over', 'ord_RDY1')}`]: () => ({
        status: 409,
        body: {
          status: 409,
          code: 'wrong_driver',
          detail: 'That code is not the code of the driver who is due.',
          mend: 'Hand over only to the driver whose phone shows the code of run run-1.',
        },
      }),
    };
    const page = await pages.open('/store?actor=juniper');
    await page.getByRole('button', { name: 'Hand over: RDY1' }).click();
    await page.getByLabel('The four digits').fill('1111');
    await page.getByLabel('4F2K-A11').check();
    await page.getByRole('button', { name: 'Hand over', exact: true }).click();
    const alert = page.getByRole('alert');
    await alert.getByText('That code is not the code').waitFor();
    expect(await alert.textContent()).toContain('Hand over only to the driver');
    expect(await alert.evaluate((element) => element === document.activeElement)).toBe(true);
    await expectAccessible(page);

    await page.keyboard.press('Escape');
    await page.reload();
    await page.getByRole('button', { name: 'Hand over: RDY1' }).click();
    expect(await page.getByLabel('The four digits').inputValue()).toBe('1111');
    expect(await page.getByLabel('4F2K-A11').isChecked()).toBe(true);
  });

  it('sends an act again with the same key until it is answered', async () => {
    const answers = livingStore(board[4]!);
    let failures = 2;
    pages.cloud.answers = {
      ...answers,
      [`POST ${actPath('acknowledge-stop', 'ord_STOP')}`]: (request) =>
        failures-- > 0
          ? { body: null, cut: failures === 1, status: 503 }
          : answers[`POST ${actPath('acknowledge-stop')}`]!(request),
    };
    const page = await pages.open('/store?actor=juniper');
    await page.getByRole('button', { name: 'It is back on the shelf' }).click();
    await page.getByText('Not sent yet.').waitFor();
    await page.getByRole('button', { name: 'Sending…' }).click();
    await page.getByRole('heading', { name: 'Needs a hand' }).waitFor({ state: 'hidden' });
    const keys = pages.cloud.acts(actPath('acknowledge-stop', 'ord_STOP')).map(({ key }) => key);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
  });

  it('announces a new order', async () => {
    let cards: Pickup[] = [];
    pages.cloud.answers = {
      ...demoAnswers,
      [`GET ${listPath}`]: () => ({ body: { data: cards, nextCursor: null, mall } }),
    };
    const page = await pages.open('/store?actor=juniper');
    await page.getByText('No new orders.').waitFor();
    cards = [pickup()];
    await readNow(page);
    await page.getByText('New order 4F2K.').waitFor({ state: 'attached' });
  });

  it('lets one choose a store, and refuses an actor of another kind', async () => {
    const another = { ...actors[0]!, id: 'cobbler', name: 'Corner Cobbler' };
    pages.cloud.answers = { ...demoAnswers, 'GET /demo/actors': () => ({ body: [...actors, another] }) };
    const page = await pages.open('/store');
    expect(await page.getByRole('link', { name: 'Juniper & Thread' }).getAttribute('href')).toBe('?actor=juniper');
    expect(await page.getByRole('link', { name: 'Maya' }).count()).toBe(0);
    await expectAccessible(page);
    const wrong = await pages.open('/store?actor=maya');
    await wrong.getByText('Maya is no store').waitFor();
  });
});
