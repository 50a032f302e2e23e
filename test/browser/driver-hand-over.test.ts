import { describe, expect, it } from 'vitest';
import type { Giving, Run, Stop } from '../../web/shared/contract/driver.ts';
import type { Inspection } from '../../web/shared/contract/operations.ts';
import { chromiumExecutable } from './chromium.ts';
import type { Answering } from './fake-cloud.ts';
import { driver, inMinutes, inspection, offer, openOrder, orderId, run, waitingOrder, zone } from './fixtures.ts';
import {
  browserPages,
  demoAnswers,
  expectAccessible,
  expectNoSidewaysScroll,
  phone,
  picture,
  readNow,
} from './pages.ts';

const parcels = run().stops[0]!.parcels!;
const givePath = `/v1/driver/hand-overs/${orderId}`;
const position = [-111.88, 33.31] as const;
const giving = (to: Giving['to']): Giving => ({ orderId, position, until: inMinutes(50), to, parcels });
const jo = { driverId: 'dr-jo', name: 'Jo' };

const meeting: Stop = {
  id: 'hand_over-run-0',
  kind: 'hand_over',
  orderIds: [orderId],
  status: 'pending',
  scannedLabels: [],
  meeting: { ...jo, position },
  parcels,
};

/** What a driver's page reads: the run as it is at that moment. */
function phoneAnswers(now: () => Run | null): Answering {
  return {
    ...demoAnswers,
    'GET /v1/driver': () => ({ body: driver({ activeRunId: now() && 'run-1' }) }),
    'GET /v1/driver/offers': () => ({ body: { data: [] } }),
    'GET /v1/driver/run': () => ({ body: { run: now() } }),
  };
}

describe.skipIf(!chromiumExecutable)('a hand-over from driver to driver', () => {
  const pages = browserPages();
  const heldRun = (handOvers: Giving[]) => run({ stops: [], nextStopIds: [], handOvers });

  it.each(['light', 'dark'] as const)('shows who gives whom they wait for, and takes the code (%s)', async (scheme) => {
    let now: Run | null = heldRun([giving(null)]);
    pages.cloud.answers = {
      ...phoneAnswers(() => now),
      [`POST ${givePath}`]: ({ body }) => {
        const said = body as { runCode: string; labels: string[] };
        if (said.runCode !== '7310') {
          return {
            status: 409,
            body: {
              status: 409,
              code: 'wrong_driver',
              detail: 'That code is not the code of the driver who is due.',
              mend: 'Hand over only to the driver whose phone shows the code of run run-2.',
            },
          };
        }
        now = heldRun([{ ...giving(jo), given: { labels: said.labels, occurredAt: inMinutes(0) } }]);
        return { body: { orderId, labels: said.labels, occurredAt: inMinutes(0), mismatch: false } };
      },
    };
    const page = await pages.open('/drive?actor=maya', { scheme, size: phone });
    await page.getByRole('heading', { level: 1, name: 'Another driver takes over' }).waitFor();
    await page.getByRole('heading', { name: 'Keep the parcels: another driver is looked for' }).waitFor();
    expect(await page.getByRole('button', { name: 'Handed over' }).count()).toBe(0);
    now = heldRun([giving(jo)]);
    await readNow(page);
    await page.getByRole('heading', { name: 'Hand over to Jo' }).waitFor();
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    await picture(page, `drive giving ${scheme}`);
    for (const { label } of parcels) await page.getByLabel(label).check();
    await page.getByRole('button', { name: 'Handed over' }).click();
    await page.getByText('Ask for the four digits on the phone of Jo.').waitFor();
    await page.getByLabel('The code on the phone of Jo').fill('1111');
    await page.getByRole('button', { name: 'Handed over' }).click();
    await page.getByText('Hand over only to the driver whose phone shows').waitFor();
    await page.getByLabel('The code on the phone of Jo').fill('7310');
    await page.getByRole('button', { name: 'Handed over' }).click();
    await page.getByText('You said that Jo has 4F2K-A11, 4F2K-A12.').waitFor();
    expect(pages.cloud.acts(givePath).at(-1)?.body).toEqual({
      runCode: '7310',
      labels: parcels.map(({ label }) => label),
      occurredAt: expect.any(String),
    });
    // The other has said so too: nothing is left to do.
    now = null;
    await readNow(page);
    await page.getByRole('heading', { name: 'You are off shift' }).waitFor();
  });

  it('keeps what was given on the phone while there is no connection, and says it once', async () => {
    let isOnline = false;
    pages.cloud.answers = {
      ...phoneAnswers(() => heldRun([giving(jo)])),
      [`POST ${givePath}`]: () =>
        isOnline
          ? { body: { orderId, labels: [], occurredAt: inMinutes(0), mismatch: false } }
          : { body: null, cut: true },
    };
    const page = await pages.open('/drive?actor=maya', { size: phone });
    for (const { label } of parcels) await page.getByLabel(label).check();
    await page.getByLabel('The code on the phone of Jo').fill('7310');
    await page.getByRole('button', { name: 'Handed over' }).click();
    await page.getByText('Kept on this phone').waitFor();
    isOnline = true;
    await page.reload();
    await expect.poll(() => page.evaluate(() => localStorage.getItem('mallway:outbox:maya'))).toBe('[]');
    const [first, ...more] = pages.cloud.acts(givePath).map(({ key, text }) => `${key} ${text}`);
    expect(more.length).toBeGreaterThan(0);
    expect(new Set([first, ...more]).size).toBe(1);
  });

  it.each(['light', 'dark'] as const)(
    'leads who takes over to the other driver, and on to the door (%s)',
    async (scheme) => {
      const [, door] = run().stops;
      let stops = [meeting, door!];
      let next = [meeting.id];
      const current = () => run({ stops, nextStopIds: next });
      const change = (changes: Partial<Stop>) => () => {
        stops = [{ ...stops[0]!, ...changes }, door!];
        return { body: { run: current(), orders: [], awaited: [] } };
      };
      const path = (act: string) => `/v1/driver/run/stops/${meeting.id}/${act}`;
      pages.cloud.answers = {
        ...phoneAnswers(current),
        [`POST ${path('depart')}`]: change({ status: 'departed' }),
        [`POST ${path('arrive')}`]: change({ status: 'arrived' }),
        [`POST ${path('complete')}`]: () => {
          next = [door!.id];
          return change({ status: 'done', parcels: [] })();
        },
      };
      const page = await pages.open('/drive?actor=maya', { scheme, size: phone });
      await page.getByRole('heading', { level: 1, name: 'Take over from: Jo' }).waitFor();
      expect(await page.getByText('Show this code to Jo').textContent()).toContain('4821');
      const href = await page.getByRole('link', { name: 'Navigate' }).getAttribute('href');
      expect(href).toContain(encodeURIComponent('33.31,-111.88'));
      await page.getByRole('button', { name: "I'm on my way" }).click();
      await page.getByRole('button', { name: "I'm here" }).click();
      await page.getByLabel('4F2K-A11').check();
      await page.getByRole('button', { name: 'Jo cannot find 1 parcel: go on without' }).waitFor();
      await expectAccessible(page);
      await expectNoSidewaysScroll(page);
      await picture(page, `drive taking over ${scheme}`);
      await page.getByRole('button', { name: "I can't take them over" }).click();
      await page.getByLabel('Why').selectOption('not_ready');
      await page.getByText('Operations decide what becomes of the parcels.').waitFor();
      await expectAccessible(page);
      await page.keyboard.press('Escape');
      await page.getByLabel('4F2K-A12').check();
      await page.getByRole('button', { name: 'Taken over' }).click();
      await page.getByRole('heading', { level: 1, name: "Deliver: Rosa Vega's door" }).waitFor();
      expect(pages.cloud.acts(path('complete')).at(-1)?.body).toMatchObject({
        labels: ['4F2K-A11', '4F2K-A12'],
        leaveMissing: false,
      });
    },
  );

  it('is offered with whom to meet instead of stores', async () => {
    pages.cloud.answers = {
      ...phoneAnswers(() => null),
      'GET /v1/driver': () => ({ body: driver({ shift: { startedAt: inMinutes(-5) }, openOfferId: 'off-1' }) }),
      'GET /v1/driver/offers': () => ({
        body: { data: [{ ...offer, storeIds: [], stores: [], meeting: { name: 'Jo', position } }] },
      }),
    };
    const page = await pages.open('/drive?actor=maya', { size: phone });
    await page.getByText('Jo cannot go on and hands the parcels over to you.').waitFor();
    expect(await page.locator('.card').first().textContent()).toContain('another driver, 1 door');
    await expectAccessible(page);
  });

  it('is decided by operations, with the place', async () => {
    const resolvePath = `/v1/ops/orders/${orderId}/resolve`;
    let shown: Inspection = inspection;
    pages.cloud.answers = {
      ...demoAnswers,
      'GET /v1/malls': () => ({ body: { data: [{ id: 'chandler', name: 'Chandler', zone, state: 'open' }] } }),
      'GET /v1/ops/waiting': () => ({ body: { data: [waitingOrder] } }),
      'GET /v1/ops/orders': () => ({ body: { data: [openOrder] } }),
      [`GET /v1/ops/orders/${orderId}`]: () => ({ body: shown }),
      [`POST ${resolvePath}`]: () => {
        const from = { runId: 'run-1', driverId: 'dr-maya' };
        const coming = { from, to: { runId: 'run-2', driverId: 'dr-jo' }, position, why: 'driver_lost' };
        shown = {
          ...inspection,
          attention: null,
          driverHandOvers: [{ ...coming, until: inMinutes(60), given: null, taken: null }],
        };
        return { body: openOrder };
      },
    };
    const page = await pages.open(`/ops/orders/${orderId}?actor=ops`);
    await page.getByRole('button', { name: 'Hand over to another driver' }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByLabel('Where they meet').selectOption('place');
    await sheet.getByLabel('Latitude and longitude').fill('somewhere');
    await sheet.getByRole('button', { name: 'Hand over to another driver' }).click();
    await sheet.getByText('Write latitude and longitude').waitFor();
    await expectAccessible(page);
    await sheet.getByLabel('Latitude and longitude').fill('33.31, -111.88');
    await sheet.getByRole('button', { name: 'Hand over to another driver' }).click();
    await sheet.waitFor({ state: 'hidden' });
    expect(pages.cloud.acts(resolvePath).map(({ body }) => body)).toEqual([
      { resolution: 'hand_over', meetAt: [-111.88, 33.31] },
    ]);
    const card = page.getByRole('region', { name: 'To be handed over' });
    expect(await card.textContent()).toMatch(/dr-maya has the parcels\. dr-jo comes for them, until/);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Take it from the driver' }).click();
    await page.getByText('Who was to come for the parcels does not').waitFor();
  });
});
