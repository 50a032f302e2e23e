import { describe, expect, it } from 'vitest';
import type { DeliveryPartner, HubStore } from '../../web/shared/contract/providers.ts';
import { chromiumExecutable } from './chromium.ts';
import type { Answering } from './fake-cloud.ts';
import { inMinutes, inspection, orderId, zone } from './fixtures.ts';
import {
  browserPages,
  demoAnswers,
  desktop,
  expectAccessible,
  expectNoSidewaysScroll,
  phone,
  picture,
} from './pages.ts';

const vans: DeliveryPartner = {
  id: 'vans-inc',
  kind: 'delivery_partner',
  name: 'Vans Inc.',
  zone,
  vehicles: ['van', 'car'],
  status: 'active',
  standing: 'insurance_expired',
  insurancesExpired: ['cargo_liability'],
  insurancesEndingSoon: [{ kind: 'commercial_auto', expiresOn: '2026-12-10' }],
  mallIds: ['chandler'],
  cities: ['Gilbert, AZ'],
  hours: { weekly: {} },
  insurances: [
    { kind: 'commercial_auto', expiresOn: '2026-12-10' },
    { kind: 'workers_compensation', expiresOn: '2027-05-31' },
    { kind: 'cargo_liability', expiresOn: '2026-11-20' },
  ],
};
const bikes: HubStore = {
  id: 'corner-bikes',
  kind: 'hub_store',
  name: 'Corner Bikes',
  zone,
  vehicles: ['bicycle'],
  status: 'active',
  standing: 'cleared',
  insurancesExpired: [],
  insurancesEndingSoon: [],
  position: [-111.9, 33.3],
  radiusMetres: 16_093,
  calendar: { weekly: {} },
};
const driver = { mallId: 'chandler', vehicle: 'van', status: 'active', openOfferId: null, activeRunId: null };
const drivers = [
  { ...driver, id: 'dr-kim', name: 'Kim', shift: { startedAt: inMinutes(-30) } },
  { ...driver, id: 'dr-lee', name: 'Lee', shift: null },
];

function answers(): Answering {
  let suspension: object | undefined;
  const hub = () => ({
    ...bikes,
    ...(suspension && { status: 'suspended', standing: 'suspended', suspension }),
  });
  return {
    ...demoAnswers,
    'GET /v1/malls': () => ({
      body: { data: [{ id: 'chandler', name: 'Chandler Fashion Center', zone, state: 'open' }] },
    }),
    'GET /v1/ops/waiting': () => ({ body: { data: [] } }),
    'GET /v1/ops/orders': () => ({ body: { data: [] } }),
    'GET /v1/providers': () => ({ body: { data: [vans, hub()] } }),
    'GET /v1/providers/vans-inc': () => ({ body: { provider: vans, drivers } }),
    'PUT /v1/providers/vans-inc': () => ({ body: vans }),
    'POST /v1/providers/corner-bikes/suspend': ({ body }) => {
      suspension = { ...(body as object), since: inMinutes(0) };
      return { body: hub() };
    },
    'POST /v1/providers/corner-bikes/reinstate': () => {
      suspension = undefined;
      return { body: hub() };
    },
  };
}

describe.skipIf(!chromiumExecutable)('providers on the operations page', () => {
  const pages = browserPages();

  it.each([
    { scheme: 'light', size: desktop },
    { scheme: 'dark', size: phone },
  ] as const)('are listed with what keeps them off dispatch, and their drivers ($scheme)', async ({ scheme, size }) => {
    pages.cloud.answers = answers();
    const page = await pages.open('/ops?actor=ops', { scheme, size });
    await page.getByRole('link', { name: 'Providers' }).click();
    const row = page.getByRole('row', { name: /Vans Inc/ });
    await row.waitFor();
    expect(await row.textContent()).toMatch(/insurance expired.*cargo liability: not valid.*commercial auto: until/);
    expect(await row.textContent()).toContain('Chandler Fashion Center, Gilbert, AZ');
    await page.getByRole('row', { name: /Corner Bikes.*within 10\.0 miles/ }).waitFor();
    await page.getByRole('button', { name: 'Show Vans Inc.' }).click();
    await page.getByRole('row', { name: /Kim.*free, on shift since/ }).waitFor();
    await page.getByRole('row', { name: /Lee.*off shift/ }).waitFor();
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    await picture(page, `ops providers ${scheme}`);
  });

  it('show new policies, and nothing else of them changes', async () => {
    pages.cloud.answers = answers();
    const page = await pages.open('/ops/providers?actor=ops');
    await page.getByRole('button', { name: 'Show Vans Inc.' }).click();
    await page.getByLabel('cargo liability, last day').fill('2027-11-30');
    await page.getByRole('button', { name: 'Save the insurances' }).click();
    const puts = () => pages.cloud.requests.filter(({ method }) => method === 'PUT');
    await expect.poll(() => puts().length).toBe(1);
    const { kind, name, vehicles, mallIds, cities, hours } = vans;
    const [auto, workers] = vans.insurances;
    const insurances = [auto, workers, { kind: 'cargo_liability', expiresOn: '2027-11-30' }];
    expect(puts()[0]!.body).toEqual({ kind, name, zone, vehicles, mallIds, cities, hours, insurances });
  });

  it.each([
    { scheme: 'light', size: desktop },
    { scheme: 'dark', size: phone },
  ] as const)('are added, with what their kind has to show ($scheme)', async ({ scheme, size }) => {
    pages.cloud.answers = { ...answers(), 'PUT /v1/providers/desert-vans': () => ({ body: vans }) };
    const page = await pages.open('/ops/providers?actor=ops', { scheme, size });
    const form = page.getByRole('form', { name: 'Add a provider' });
    const add = form.getByRole('button', { name: 'Add the provider' });
    await form.getByLabel('What it is').selectOption('delivery_partner');
    await form.getByLabel('Name').fill('Corner Bikes');
    for (const kind of ['commercial auto', 'workers compensation', 'cargo liability'])
      await form.getByLabel(`${kind}, last day`).fill('2027-05-31');
    await add.click();
    await form.getByText('There is a provider corner-bikes already.').waitFor();
    await form.getByLabel('Name').fill('Désert Vans');
    await add.click();
    await form.getByText('Tick a mall.').waitFor();
    await form.getByLabel('Chandler Fashion Center').check();
    await form.getByLabel('van').check();
    await form.getByLabel('Sunday').uncheck();
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    await picture(page, `ops add a provider ${scheme}`);
    await add.click();
    const puts = () => pages.cloud.requests.filter(({ method }) => method === 'PUT');
    await expect.poll(() => puts().length).toBe(1);
    const open = { opens: '09:00', closes: '21:00' };
    const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
    expect(puts()[0]!.body).toEqual({
      kind: 'delivery_partner',
      name: 'Désert Vans',
      zone,
      vehicles: ['van'],
      mallIds: ['chandler'],
      cities: [],
      hours: { weekly: Object.fromEntries(days.map((day) => [day, open])) },
      insurances: ['commercial_auto', 'workers_compensation', 'cargo_liability'].map((kind) => ({
        kind,
        expiresOn: '2027-05-31',
      })),
    });
    await expect.poll(() => form.getByLabel('What it is').inputValue()).toBe('');
  });

  it('that are stores say where they are, in words of maps', async () => {
    pages.cloud.answers = { ...answers(), 'PUT /v1/providers/kim-s-cycles': () => ({ body: bikes }) };
    const page = await pages.open('/ops/providers?actor=ops');
    const form = page.getByRole('form', { name: 'Add a provider' });
    await form.getByLabel('What it is').selectOption('hub_store');
    await form.getByLabel('Name').fill("Kim's Cycles");
    await form.getByLabel('Mall that it is near').selectOption('chandler');
    await form.getByLabel('bicycle').check();
    await form.getByLabel('Latitude, longitude').fill('-111.9, 33.3');
    await form.getByRole('button', { name: 'Add the provider' }).click();
    await form.getByText('Give latitude and longitude').waitFor();
    await form.getByLabel('Latitude, longitude').fill('33.3, -111.9');
    await form.getByRole('button', { name: 'Add the provider' }).click();
    const puts = () => pages.cloud.requests.filter(({ method }) => method === 'PUT');
    await expect.poll(() => puts().length).toBe(1);
    expect(puts()[0]!.body).toMatchObject({ kind: 'hub_store', name: "Kim's Cycles", position: [-111.9, 33.3] });
  });

  it('are suspended with a reason, and reinstated', async () => {
    pages.cloud.answers = answers();
    const page = await pages.open('/ops/providers?actor=ops');
    await page.getByRole('button', { name: 'Suspend Corner Bikes' }).click();
    await page.getByLabel('Why').fill('Complaints of stores');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Suspend the provider' }).click();
    await page.getByRole('row', { name: /Corner Bikes.*suspended.*Complaints of stores/ }).waitFor();
    await page.getByRole('button', { name: 'Reinstate Corner Bikes' }).click();
    await page.getByRole('row', { name: /Corner Bikes.*may carry/ }).waitFor();
  });

  it('tell on the page of an order why it waits, provider by provider', async () => {
    const order = {
      ...inspection.order,
      status: 'created',
      vehicle: 'van',
      providers: { inOrder: ['vans-inc', 'gig'], fallbackAfterMinutes: 10 },
    };
    const passed = [
      { providerId: 'vans-inc', why: 'nobody_on_shift' },
      { providerId: 'gig', why: 'no_such_vehicle' },
    ];
    const held = { why: 'no_driver', driverId: null, passed };
    pages.cloud.answers = {
      ...answers(),
      [`GET /v1/ops/orders/${orderId}`]: () => ({ body: { ...inspection, order, carriage: null, held } }),
    };
    const page = await pages.open(`/ops/orders/${orderId}?actor=ops`);
    const facts = page.getByRole('region', { name: 'Facts' });
    await facts.getByText('vans-inc: has nobody on shift who could').waitFor();
    expect(await facts.textContent()).toMatch(/Who may carry.*vans-inc, then gig.*gig: has no such vehicle/);
    await expectAccessible(page);
  });
});
