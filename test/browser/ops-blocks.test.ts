import { describe, expect, it } from 'vitest';
import type { Block } from '../../web/shared/contract/operations.ts';
import { chromiumExecutable } from './chromium.ts';
import type { Answering } from './fake-cloud.ts';
import { inMinutes, zone } from './fixtures.ts';
import {
  browserPages,
  demoAnswers,
  desktop,
  expectAccessible,
  expectNoSidewaysScroll,
  phone,
  picture,
} from './pages.ts';

const mall = { id: 'chandler', name: 'Chandler Fashion Center', zone, state: 'open', currency: 'USD' };
const lunch: Block = {
  id: 'lunch',
  mallId: 'chandler',
  startsAt: inMinutes(120),
  endsAt: inMinutes(300),
  guaranteedCentsPerHour: 1800,
  currency: 'USD',
  places: 4,
  bookedBy: ['dr-maya', 'dr-sam'],
};
const maya = {
  subject: 'sub-maya',
  name: 'Maya Ortiz',
  status: 'active',
  role: { kind: 'driver', driverId: 'dr-maya' },
};

const blocksPath = '/v1/malls/chandler/blocks';

/** A mall that publishes whatever block is put, or refuses it as told. */
function answers(blocks: Block[], refusal?: object): Answering {
  const known: Answering = {
    ...demoAnswers,
    'GET /v1/malls': () => ({ body: { data: [mall] } }),
    'GET /v1/ops/waiting': () => ({ body: { data: [] } }),
    'GET /v1/ops/orders': () => ({ body: { data: [] } }),
    'GET /v1/people': () => ({ body: { data: [maya], nextCursor: null } }),
    [`GET ${blocksPath}`]: () => ({ body: { data: blocks } }),
  };
  const put: Answering[string] = ({ path, body }) => {
    if (refusal) return { status: 409, body: { status: 409, ...refusal } };
    const id = path.slice(blocksPath.length + 1);
    const before = blocks.find((one) => one.id === id);
    const block = {
      id,
      mallId: mall.id,
      currency: 'USD',
      bookedBy: [],
      ...before,
      ...(body as object),
    } as unknown as Block;
    blocks = [...blocks.filter((one) => one.id !== id), block];
    return { body: block };
  };
  return new Proxy(known, {
    get: (target, key: string) => (key.startsWith(`PUT ${blocksPath}/`) ? put : target[key]),
  });
}

describe.skipIf(!chromiumExecutable)('shift blocks on the operations page', () => {
  const pages = browserPages();
  const sent = () => pages.cloud.requests.filter(({ method }) => method === 'PUT');

  it.each([
    { scheme: 'light', size: desktop },
    { scheme: 'dark', size: phone },
  ] as const)('are listed with who has booked, accessibly ($scheme)', async ({ scheme, size }) => {
    pages.cloud.answers = answers([lunch]);
    const page = await pages.open('/ops?actor=ops', { scheme, size });
    await page.getByRole('link', { name: 'Shift blocks' }).click();
    const row = page.getByRole('row', { name: /Sun, Nov 22, 3:00 PM to 6:00 PM.*\$18\.00 an hour.*2 of 4/ });
    await row.waitFor();
    await row.getByText('Maya Ortiz').waitFor();
    expect(await row.textContent()).toContain('dr-sam');
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    await picture(page, `ops blocks ${scheme}`);
  });

  it('are published by the clocks of the mall, over midnight too, by keyboard', async () => {
    pages.cloud.answers = answers([]);
    const page = await pages.open('/ops/blocks?actor=ops');
    await page.getByText('No block of Chandler Fashion Center is published.').waitFor();
    await page.getByLabel('Day').fill('2026-11-27');
    await page.getByLabel('From').fill('20:00');
    await page.getByLabel('Until').fill('00:30');
    await page.getByLabel('Places for drivers').fill('3');
    await page.getByLabel('Guaranteed an hour, USD').fill('21.50');
    await page
      .getByText('Fri, Nov 27, 8:00 PM to Sat, Nov 28, 12:30 AM, 4 h 30 min, by the clocks of the mall.')
      .waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('row', { name: /Fri, Nov 27, 8:00 PM.*\$21\.50.*0 of 3.*nobody yet/ }).waitFor();
    expect(sent().map(({ body }) => body)).toEqual([
      {
        startsAt: '2026-11-28T03:00:00.000Z',
        endsAt: '2026-11-28T07:30:00.000Z',
        places: 3,
        guaranteedCentsPerHour: 2150,
      },
    ]);
    expect(await page.getByLabel('Day').inputValue()).toBe('');
    await expectAccessible(page);
  });

  it('keep their hours once somebody has booked, and what is refused is told and stays typed', async () => {
    const pointer = { code: 'block_booked', detail: '2 places of block lunch are taken.', mend: 'Leave as many.' };
    pages.cloud.answers = answers([lunch], pointer);
    const page = await pages.open('/ops/blocks?actor=ops');
    await page.getByRole('button', { name: /^Change/ }).click();
    const form = page.getByRole('form', { name: /^Change the block of Sun, Nov 22, 3:00 PM/ });
    await form.getByText('2 drivers have booked: only places may change.').waitFor();
    expect(await form.getByLabel('Day').isDisabled()).toBe(true);
    await form.getByLabel('Places for drivers').fill('6');
    await form.getByRole('button', { name: 'Change the block' }).click();
    await form.getByText('2 places of block lunch are taken.').waitFor();
    expect(await form.getByLabel('Places for drivers').inputValue()).toBe('6');
    await expectAccessible(page);
    pages.cloud.answers = answers([lunch]);
    await form.getByRole('button', { name: 'Change the block' }).click();
    await page.getByRole('row', { name: /2 of 6/ }).waitFor();
    const { startsAt, endsAt, guaranteedCentsPerHour } = lunch;
    expect(sent().at(-1)).toMatchObject({
      path: `${blocksPath}/lunch`,
      body: { startsAt, endsAt, guaranteedCentsPerHour, places: 6 },
    });
    await page.getByRole('form', { name: 'Publish a block' }).waitFor();
  });
});
