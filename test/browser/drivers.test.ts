import { describe, expect, it } from 'vitest';
import type { Driver } from '../../web/shared/contract/driver.ts';
import type { Application, Clearance, DriverInFull, PaperWithPicture } from '../../web/shared/contract/joining.ts';
import { chromiumExecutable } from './chromium.ts';
import type { Answering } from './fake-cloud.ts';
import { driver, inMinutes, now, zone } from './fixtures.ts';
import { type DriverWorld, livingDriver } from './living-driver.ts';
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

const cleared: Clearance = { isCleared: true, lapsed: [], missing: [], ending: [] };
const required = [{ kind: 'driving_licence', why: 'A motor vehicle needs one.', runsOut: 'always' }];
const dot =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const licence = (change: Partial<PaperWithPicture> = {}): PaperWithPicture => ({
  id: 'doc-1',
  kind: 'driving_licence',
  status: 'submitted',
  expiresOn: '2028-06-30',
  submittedAt: inMinutes(-30),
  pictureUrl: dot,
  ...change,
});
const reach = { name: 'Maya Okafor', email: 'maya@example.com', phone: '+1 480 555 0100' };

describe.skipIf(!chromiumExecutable)('a driver who may not work', () => {
  const pages = browserPages();
  const world = (change: Partial<Driver>): DriverWorld & { driver: Driver } => ({
    driver: driver({ papers: cleared, ...change }),
    offer: null,
    run: null,
  });

  it.each([
    { scheme: 'light', size: phone },
    { scheme: 'dark', size: phone },
  ] as const)('reads why they are suspended, appeals, and reads the answer ($scheme)', async ({ scheme, size }) => {
    const suspension = { reason: 'conduct', since: inMinutes(-600), texts: { note: 'Shouted at a store.' } };
    const here = world({ status: 'suspended', suspension });
    pages.cloud.answers = {
      ...livingDriver(here),
      'POST /v1/driver/appeal': ({ body }) => {
        const { text } = body as { text: string };
        const appeal = { at: inMinutes(0) };
        here.driver = driver({
          status: 'suspended',
          papers: cleared,
          suspension: { ...suspension, appeal, texts: { ...suspension.texts, appeal: text } },
        });
        return { body: here.driver };
      },
    };
    const page = await pages.open('/drive?actor=maya', { scheme, size });
    await page.getByRole('heading', { name: 'You are suspended' }).waitFor();
    await page.getByText('Shouted at a store.').waitFor();
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    await picture(page, `drive suspended ${scheme}`);
    await page.getByLabel('Is that wrong? Say why, once').fill('It was somebody else.');
    await page.getByRole('button', { name: 'Appeal' }).click();
    await page.getByText('Operations have it.').waitFor();
    expect(pages.cloud.acts('/v1/driver/appeal')[0]!.body).toEqual({ text: 'It was somebody else.' });
    expect(await page.getByLabel('Is that wrong?').count()).toBe(0);
    const { suspension: made } = here.driver;
    here.driver = driver({
      status: 'suspended',
      papers: cleared,
      suspension: {
        ...made!,
        appeal: { at: inMinutes(0), upheldAt: inMinutes(1) },
        texts: { ...made!.texts, answer: 'The camera says it was you.' },
      },
    });
    await readNow(page);
    await page.getByText('The camera says it was you.').waitFor();
    await expectAccessible(page);
  });

  it('is told of a licence that ran out, and shows the new one', async () => {
    const lapsed = [{ kind: 'driving_licence', until: inMinutes(-60) }];
    const papers: Clearance = { ...cleared, isCleared: false, lapsed };
    const here = world({ papers });
    let documents = [licence({ status: 'accepted', expiresOn: '2026-11-21' })];
    pages.cloud.answers = {
      ...livingDriver(here),
      'GET /v1/driver/documents': () => ({ body: { ...papers, required, documents } }),
      'POST /v1/driver/documents/uploads': () => ({
        body: { documentId: 'doc-2', uploadUrl: '/upload/doc-2', contentType: 'image/jpeg' },
      }),
      'PUT /upload/doc-2': () => ({ body: {} }),
      'POST /v1/driver/documents': () => {
        documents = [...documents, licence({ id: 'doc-2' })];
        return { body: { ...papers, required, documents } };
      },
    };
    const page = await pages.open('/drive?actor=maya', { size: phone });
    await page.getByText('Driving licence has run out.').waitFor();
    await page.getByRole('button', { name: 'Show my papers' }).click();
    await page.getByRole('button', { name: 'No camera? Use a sample photo' }).click();
    await page.getByLabel('Last day on it', { exact: true }).fill('2030-06-30');
    await expectAccessible(page);
    await picture(page, 'drive papers');
    await page.getByRole('button', { name: 'Send driving licence' }).click();
    await page.getByText('We are looking at it').waitFor();
    expect(pages.cloud.acts('/v1/driver/documents')[0]!.body).toEqual({
      documentId: 'doc-2',
      kind: 'driving_licence',
      expiresOn: '2030-06-30',
    });
  });

  it('is told thirty days before', async () => {
    const ending = [{ kind: 'driving_licence', until: '2026-12-10T07:00:00.000Z' }];
    pages.cloud.answers = livingDriver(world({ papers: { ...cleared, ending } }));
    const page = await pages.open('/drive?actor=maya', { size: phone });
    await page.getByText('Driving licence runs out on Dec 9, 2026.').waitFor();
    await expectAccessible(page);
  });
});

const row = { id: 'drv-1', name: 'Maya', mallId: 'chandler', vehicle: 'car', status: 'active' };
const inFull = (change: Partial<DriverInFull> = {}): DriverInFull => ({
  ...row,
  ...cleared,
  required: [],
  documents: [licence({ status: 'accepted' })],
  contact: reach,
  suspension: null,
  ...change,
});
const application = (change: Partial<Application> = {}): Application => ({
  id: 'app-1',
  mallId: 'chandler',
  vehicle: 'car',
  status: 'open',
  turn: 'operations',
  wanted: ['driving_licence', 'background_check'],
  name: 'Robin Rivera',
  appliedAt: inMinutes(-90),
  movedAt: inMinutes(-60),
  check: null,
  documents: [licence()],
  applicant: { name: 'Robin Rivera', email: 'robin@example.com', phone: '+1 480 555 0199' },
  ...change,
});

describe.skipIf(!chromiumExecutable)('drivers on the operations page', () => {
  const pages = browserPages();
  const suspended = { reason: 'conduct', since: inMinutes(-600), appeal: { at: inMinutes(-60) } };
  const answers = (more: Answering = {}): Answering => ({
    ...demoAnswers,
    'GET /v1/malls': () => ({
      body: { data: [{ id: 'chandler', name: 'Chandler Fashion Center', zone, state: 'open' }] },
    }),
    'GET /v1/ops/waiting': () => ({ body: { data: [] } }),
    'GET /v1/ops/orders': () => ({ body: { data: [] } }),
    'GET /v1/applications': () => ({ body: { now, data: [application()], nextCursor: null } }),
    'GET /v1/drivers': () => ({
      body: {
        now,
        data: [
          { ...row, ...cleared, undecided: 1 },
          { ...row, ...cleared, id: 'drv-2', name: 'Ben', status: 'suspended', suspension: suspended, undecided: 0 },
        ],
        nextCursor: null,
      },
    }),
    ...more,
  });

  it.each([
    { scheme: 'light', size: desktop },
    { scheme: 'dark', size: phone },
  ] as const)('are listed: who applies, whose papers, who is suspended ($scheme)', async ({ scheme, size }) => {
    pages.cloud.answers = answers();
    const page = await pages.open('/ops?actor=ops', { scheme, size });
    await page.getByRole('link', { name: 'Drivers' }).click();
    await page.getByRole('row', { name: /Robin Rivera.*Yours.*Driving licence, Background check/ }).waitFor();
    await page.getByRole('row', { name: /Maya.*get them.*1 to look at/ }).waitFor();
    await page
      .getByRole('row', { name: /Ben.*Conduct.*to answer/ })
      .first()
      .waitFor();
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    await picture(page, `ops drivers ${scheme}`);
  });

  it('an application is decided paper by paper, checked and approved', async () => {
    let shown = application();
    const path = '/v1/applications/app-1';
    pages.cloud.answers = answers({
      [`GET ${path}`]: () => ({ body: shown }),
      [`POST ${path}/documents/doc-1`]: () => {
        shown = application({ documents: [licence({ status: 'accepted' })], wanted: ['background_check'] });
        return { body: shown };
      },
      [`POST ${path}/check`]: () => {
        shown = { ...shown, wanted: [], check: { reference: 'BC-7', outcome: 'clear', at: now } };
        return { body: shown };
      },
      [`POST ${path}/approve`]: () => {
        shown = { ...shown, status: 'approved', driverId: 'drv-9', documents: [], applicant: null };
        return { body: { ...shown, signIn: 'invited' } };
      },
    });
    const page = await pages.open('/ops/drivers?actor=ops');
    await page.getByRole('link', { name: 'Robin Rivera' }).click();
    await page.getByText('robin@example.com').waitFor();
    await expectAccessible(page);
    await picture(page, 'ops application');
    expect(await page.getByRole('button', { name: 'Approve and invite' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Accept driving licence' }).click();
    await page.getByText('Still wanted: Background check.').waitFor();
    await page.getByLabel('Reference of whoever made it').fill('BC-7');
    await page.getByRole('button', { name: 'Record the check' }).click();
    await page.getByRole('button', { name: 'Refuse the application' }).click();
    await page.getByLabel('What came of it').selectOption('clear');
    await page.getByRole('button', { name: 'Record the check' }).click();
    await page.getByRole('button', { name: 'Approve and invite' }).click();
    await page.getByRole('link', { name: 'See the driver' }).waitFor();
    expect(pages.cloud.acts(`${path}/documents/doc-1`)[0]!.body).toEqual({ outcome: 'accepted' });
    // Nothing is said of anybody that nobody chose: the first two presses sent nothing.
    expect(pages.cloud.acts(`${path}/check`).map(({ body }) => body)).toEqual([
      { outcome: 'clear', reference: 'BC-7' },
    ]);
    expect(pages.cloud.acts(`${path}/refuse`)).toEqual([]);
  });

  it('one is suspended with a reason, and their appeal is answered', async () => {
    let shown = inFull();
    const path = '/v1/drivers/drv-1';
    pages.cloud.answers = answers({
      [`GET ${path}`]: () => ({ body: shown }),
      [`POST ${path}/suspend`]: () => {
        const texts = { note: 'Shouted at a store.', appeal: 'It was somebody else.' };
        shown = inFull({ status: 'suspended', suspension: { ...suspended, texts } });
        return { body: shown };
      },
      [`POST ${path}/uphold`]: () => {
        shown = inFull({
          status: 'suspended',
          suspension: {
            ...suspended,
            appeal: { ...suspended.appeal, upheldAt: now },
            texts: { answer: 'It was you.' },
          },
        });
        return { body: shown };
      },
      [`POST ${path}/reinstate`]: () => {
        shown = inFull();
        return { body: shown };
      },
    });
    const page = await pages.open('/ops/drivers/driver/drv-1?actor=ops');
    await page.getByText('maya@example.com').waitFor();
    await expectAccessible(page);
    await page.getByLabel('Reason').selectOption('conduct');
    await page.getByLabel('What happened, as they read it').fill('Shouted at a store.');
    await page.getByRole('button', { name: 'Suspend this driver' }).click();
    await page.getByText('It was somebody else.').waitFor();
    expect(pages.cloud.acts(`${path}/suspend`)[0]!.body).toEqual({ reason: 'conduct', note: 'Shouted at a store.' });
    await expectAccessible(page);
    await picture(page, 'ops driver suspended');
    await page.getByLabel('Your answer, as they read it').fill('It was you.');
    await page.getByRole('button', { name: 'The suspension stays' }).click();
    await page.getByText('You answered on').waitFor();
    await page.getByRole('button', { name: 'Let them work again' }).click();
    await page.getByRole('button', { name: 'Suspend this driver' }).waitFor();
    expect(pages.cloud.acts(`${path}/uphold`)[0]!.body).toEqual({ answer: 'It was you.' });
  });
});
