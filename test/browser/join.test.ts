import { describe, expect, it } from 'vitest';
import type { OwnApplication, Paper, RequiredPaper } from '../../web/shared/contract/joining.ts';
import { chromiumExecutable } from './chromium.ts';
import type { Answering } from './fake-cloud.ts';
import { inMinutes, now, token } from './fixtures.ts';
import { browserPages, desktop, expectAccessible, expectNoSidewaysScroll, phone, picture, readNow } from './pages.ts';

const required: RequiredPaper[] = [
  { kind: 'driving_licence', why: 'A motor vehicle needs one.', runsOut: 'always' },
  {
    kind: 'right_to_work',
    why: 'Nobody may be paid for work that the law does not let them do.',
    runsOut: 'sometimes',
  },
];
const openings = {
  malls: [{ id: 'chandler', name: 'Chandler Fashion Center' }],
  vehicles: [
    { vehicle: 'car', documents: required },
    { vehicle: 'walking', documents: required.slice(1) },
  ],
};
const application = (change: Partial<OwnApplication> = {}): OwnApplication & { now: string } => ({
  now,
  id: 'app-1',
  name: 'Robin Rivera',
  mallName: 'Chandler Fashion Center',
  vehicle: 'car',
  status: 'open',
  turn: 'applicant',
  required,
  documents: [],
  isChecked: false,
  ...change,
});
const paper = (change: Partial<Paper>): Paper => ({
  id: 'doc-1',
  kind: 'driving_licence',
  status: 'submitted',
  submittedAt: inMinutes(-5),
  expiresOn: '2028-06-30',
  ...change,
});

/** An application that changes as the pages change it. */
function joining(shown: { application: ReturnType<typeof application> }): Answering {
  const path = `/v1/join/${token}`;
  return {
    'GET /v1/join': () => ({ body: openings }),
    'POST /v1/join': () => ({ status: 201, body: { applicationId: 'app-1', token } }),
    [`GET ${path}`]: () => ({ body: shown.application }),
    [`POST ${path}/uploads`]: () => ({
      body: { documentId: 'doc-1', uploadUrl: '/upload/doc-1', contentType: 'image/jpeg' },
    }),
    'PUT /upload/doc-1': () => ({ body: {} }),
    [`POST ${path}/documents`]: ({ body }) => {
      const { documentId: id, ...rest } = body as { documentId: string; kind: string };
      shown.application = application({ documents: [paper({ id, ...rest })] });
      return { body: shown.application };
    },
    [`POST ${path}/withdraw`]: () => {
      shown.application = application({ status: 'withdrawn', turn: null });
      return { body: shown.application };
    },
  };
}

describe.skipIf(!chromiumExecutable)('the page for who wants to drive', () => {
  const pages = browserPages();

  it.each([
    { scheme: 'light', size: phone },
    { scheme: 'dark', size: desktop },
  ] as const)('takes an application, and leads to its own address ($scheme)', async ({ scheme, size }) => {
    pages.cloud.answers = joining({ application: application() });
    const page = await pages.open('/join', { scheme, size });
    await page.getByLabel('Your name, as on your papers').fill('Robin Rivera');
    await page.getByLabel('E-mail').fill('robin@example.com');
    await page.getByLabel('Phone').fill('+1 480 555 0199');
    await page.getByLabel('Mall').selectOption('chandler');
    await page.getByLabel('How you get around').selectOption('car');
    await page.getByText('A motor vehicle needs one.').waitFor();
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    await picture(page, `join apply ${scheme}`);
    await page.getByLabel('I agree to a background check').check();
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByRole('heading', { name: 'Show us your papers' }).waitFor();
    expect(new URL(page.url()).pathname).toBe(`/join/${token}`);
    expect(pages.cloud.acts('/v1/join')[0]!.body).toEqual({
      name: 'Robin Rivera',
      email: 'robin@example.com',
      phone: '+1 480 555 0199',
      mallId: 'chandler',
      vehicle: 'car',
      agreesToCheck: true,
    });
    await expectAccessible(page);
    await picture(page, `join papers ${scheme}`);
  });

  it('shows a paper: the picture goes first, then what it is', async () => {
    pages.cloud.answers = joining({ application: application() });
    const page = await pages.open(`/join/${token}`, { size: phone });
    await page.getByRole('button', { name: 'Send driving licence' }).waitFor();
    await page.getByLabel('Last day on it', { exact: true }).fill('2028-06-30');
    await page.getByRole('button', { name: 'Send driving licence' }).click();
    await page.getByText('Choose a picture first.').waitFor();
    const field = page.getByLabel('Picture of it: driving licence');
    await field.setInputFiles({ name: 'licence.png', mimeType: 'image/png', buffer: await page.screenshot() });
    await page.getByAltText('What you took').waitFor();
    await page.getByRole('button', { name: 'Send driving licence' }).click();
    await page.getByText('We are looking at it').waitFor();
    expect(pages.cloud.requests.filter(({ method }) => method === 'PUT')).toHaveLength(1);
    expect(pages.cloud.acts(`/v1/join/${token}/documents`)[0]!.body).toEqual({
      documentId: 'doc-1',
      kind: 'driving_licence',
      expiresOn: '2028-06-30',
    });
    await expectAccessible(page);
  });

  it('tells why a paper was not accepted, and takes another', async () => {
    const documents = [
      paper({ status: 'refused', refusal: 'unreadable' }),
      paper({ kind: 'right_to_work', status: 'accepted' }),
    ];
    pages.cloud.answers = joining({ application: application({ documents }) });
    const page = await pages.open(`/join/${token}`, { size: phone });
    await page.getByText('The picture cannot be read.').waitFor();
    await page.getByText('Accepted until Jun 30, 2028').waitFor();
    await page.getByRole('button', { name: 'Send driving licence' }).waitFor();
    await expectAccessible(page);
    await picture(page, 'join refused paper');
  });

  it('says when it is over, and how', async () => {
    const shown = { application: application() };
    pages.cloud.answers = joining(shown);
    const page = await pages.open(`/join/${token}`);
    await page.getByRole('button', { name: 'Withdraw this application' }).click();
    await page.getByRole('heading', { name: 'You have withdrawn' }).waitFor();
    const [refusal, note] = ['not_old_enough', 'Come back in May.'];
    pages.cloud.answers = joining({ application: application({ status: 'refused', turn: null, refusal, note }) });
    const refused = await pages.open(`/join/${token}`);
    await refused.getByText('One has to be older to drive with us.').waitFor();
    await refused.getByText('Come back in May.').waitFor();
    await expectAccessible(refused);
    pages.cloud.answers = joining({ application: application({ status: 'approved', turn: null }) });
    const approved = await pages.open(`/join/${token}`);
    await approved.getByRole('link', { name: 'Sign in and drive' }).waitFor();
    pages.cloud.answers = {};
    await pages.open(`/join/${token}`).then((page) => page.getByText('This link shows no application').waitFor());
  });

  it('hears by itself that it is accepted', async () => {
    const shown = { application: application({ turn: 'operations', documents: [paper({})] }) };
    pages.cloud.answers = joining(shown);
    const page = await pages.open(`/join/${token}`);
    await page.getByRole('heading', { name: 'We are looking at your application' }).waitFor();
    shown.application = application({ status: 'approved', turn: null });
    await readNow(page);
    await page.getByRole('heading', { name: 'Welcome: you can drive' }).waitFor();
  });
});
