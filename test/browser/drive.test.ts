import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { BlocksPage, Driver, EarningsPage, Offer, Run, Stop } from '../../web/shared/contract.ts';
import { chromiumExecutable } from './chromium.ts';
import type { Answering, FakeCloud } from './fake-cloud.ts';
import { driver, inMinutes, offer, orderId, run } from './fixtures.ts';
import { browserPages, demoAnswers, expectAccessible, expectNoSidewaysScroll, phone, picture } from './pages.ts';

const door = `dropoff-${orderId}`;
const stopPath = (stopId: string, act: string) => `/v1/driver/run/stops/${stopId}/${act}`;
const earned = [
  { key: 'base', kind: 'base', amountCents: 400, at: inMinutes(0) },
  ...[1, 2].map((number) => ({ key: `stop:${number}`, kind: 'stop', amountCents: 175, at: inMinutes(number) })),
  { key: 'waiting:1', kind: 'waiting', amountCents: 175, stopId: 'pickup-st-juniper', at: inMinutes(1) },
];
const earnings: EarningsPage = {
  zone: 'America/Phoenix',
  data: [
    {
      id: 'tip:1',
      kind: 'tip',
      at: inMinutes(-20),
      amountCents: 300,
      currency: 'USD',
      lines: [{ key: 'tip', kind: 'tip', amountCents: 300, at: inMinutes(-20) }],
    },
    {
      id: 'run-0',
      kind: 'run',
      at: inMinutes(-60),
      amountCents: 925,
      currency: 'USD',
      status: 'completed',
      lines: earned,
    },
  ],
  nextCursor: null,
};
const blocksWith = (yours: BlocksPage['data'][number]['yours'], startsIn = 120): BlocksPage => ({
  zone: 'America/Phoenix',
  data: [
    {
      id: 'lunch',
      startsAt: inMinutes(startsIn),
      endsAt: inMinutes(startsIn + 120),
      guaranteedCentsPerHour: 1800,
      currency: 'USD',
      placesLeft: 2,
      yours,
      forfeitUntil: inMinutes(startsIn - 45),
      checkInFrom: inMinutes(startsIn - 15),
      checkInUntil: inMinutes(startsIn + 30),
    },
  ],
  missed: [],
});
let blocks = blocksWith(null);
const parcels = run().stops[0]!.parcels!;

interface World {
  driver: Driver;
  offer: Offer | null;
  run: Run | null;
}

/** A driver whose shift, offer and run do what they are told. */
function livingDriver(world: World): Answering {
  const change = (stopId: string, changes: Partial<Stop>) => {
    const { stops } = world.run!;
    world.run = { ...world.run!, stops: stops.map((stop) => (stop.id === stopId ? { ...stop, ...changes } : stop)) };
    return { body: { run: world.run, orders: [] } };
  };
  const answers: Answering = {
    ...demoAnswers,
    'GET /v1/driver': () => ({ body: world.driver }),
    'GET /v1/driver/offers': () => ({ body: { data: world.offer ? [world.offer] : [] } }),
    'GET /v1/driver/blocks': () => ({ body: blocks }),
    'POST /v1/driver/blocks/lunch/book': () => {
      blocks = blocksWith('booked');
      return { body: blocks.data[0] };
    },
    'POST /v1/driver/blocks/lunch/forfeit': () => {
      blocks = blocksWith(null);
      return { body: blocks.data[0] };
    },
    'GET /v1/driver/earnings': () => ({ body: earnings }),
    'GET /v1/driver/run': () => ({ body: { run: world.run } }),
    'POST /v1/driver/shift/start': () => {
      world.driver = driver({ shift: { startedAt: inMinutes(0) }, openOfferId: 'off-1' });
      world.offer = offer;
      return { body: world.driver };
    },
    'POST /v1/driver/offers/off-1/accept': () => {
      world.driver = driver({ shift: { startedAt: inMinutes(0) }, activeRunId: 'run-1' });
      world.offer = null;
      world.run = run();
      return { body: world.run };
    },
    'POST /v1/driver/offers/off-1/decline': () => {
      world.driver = driver({ shift: { startedAt: inMinutes(0) } });
      world.offer = null;
      return { body: offer };
    },
    'POST /v1/driver/proofs': ({ body }) => ({
      body: { photoKey: 'proofs/dr-maya/prf-1', uploadUrl: '/upload/prf-1', ...(body as object) },
    }),
    'PUT /upload/prf-1': () => ({ body: {} }),
  };
  for (const stopId of ['pickup-st-juniper', door]) {
    answers[`POST ${stopPath(stopId, 'depart')}`] = () => change(stopId, { status: 'departed' });
    answers[`POST ${stopPath(stopId, 'arrive')}`] = () => change(stopId, { status: 'arrived' });
  }
  answers[`POST ${stopPath('pickup-st-juniper', 'complete')}`] = () => {
    change('pickup-st-juniper', { status: 'done', parcels: [] });
    change(door, { parcels });
    world.run = { ...world.run!, nextStopIds: [door] };
    return { body: { run: world.run, orders: [] } };
  };
  answers[`POST ${stopPath(door, 'complete')}`] = () => {
    const ended: Run = { ...world.run!, status: 'completed', payCents: 925, pay: earned, nextStopIds: [] };
    world.run = null;
    world.driver = driver({ shift: { startedAt: inMinutes(0) } });
    return { body: { run: ended, orders: [{ orderId, status: 'delivered' }] } };
  };
  answers[`POST ${stopPath(door, 'fail')}`] = answers[`POST ${stopPath(door, 'complete')}`]!;
  return answers;
}

function onRun(changes: { counter?: Partial<Stop>; door?: Partial<Stop>; run?: Partial<Run> }): World {
  const [counter, doorStop] = run().stops;
  return {
    driver: driver({ shift: { startedAt: inMinutes(0) }, activeRunId: 'run-1' }),
    offer: null,
    run: run({
      ...changes.run,
      stops: [
        { ...counter!, ...changes.counter },
        { ...doorStop!, ...changes.door },
      ],
    }),
  };
}

const atCounter = () => onRun({ counter: { status: 'arrived' } });

function atDoor(proof: 'pin' | 'photo'): World {
  return onRun({
    counter: { status: 'done', parcels: [] },
    door: { status: 'arrived', parcels, door: { ...run().stops[1]!.door!, proof } },
    run: { nextStopIds: [door] },
  });
}

const states: Record<string, { world: () => World; heading: string }> = {
  'off shift': { world: () => ({ driver: driver(), offer: null, run: null }), heading: 'You are off shift' },
  'on shift': {
    world: () => ({ driver: driver({ shift: { startedAt: inMinutes(-5) } }), offer: null, run: null }),
    heading: 'You are on shift',
  },
  'over night': {
    world: () => ({
      driver: driver({ shift: { startedAt: inMinutes(-5) }, activeRunId: 'run-1' }),
      offer: null,
      run: run({
        nextStopIds: [],
        custody: [
          {
            orderId,
            labels: ['MW-1'],
            storeId: 'st-juniper',
            since: inMinutes(-5),
            reopensAt: inMinutes(700),
            until: inMinutes(880),
          },
        ],
      }),
    }),
    heading: 'You keep the parcels until the store opens',
  },
  offer: {
    world: () => ({ driver: driver({ shift: { startedAt: inMinutes(-5) }, openOfferId: 'off-1' }), offer, run: null }),
    heading: 'A run for you',
  },
  'to the store': { world: () => onRun({}), heading: 'Collect: Juniper & Thread' },
  'at the counter': { world: atCounter, heading: 'Collect: Juniper & Thread' },
  'at the door with a PIN': { world: () => atDoor('pin'), heading: "Deliver: Rosa Vega's door" },
  'at the door with a photo': { world: () => atDoor('photo'), heading: "Deliver: Rosa Vega's door" },
};

/** Presses Tab until the focus is on the button of this name, then Enter. */
async function pressByKeyboard(page: Page, name: string): Promise<void> {
  const button = page.getByRole('button', { name, exact: true });
  await button.waitFor();
  for (let presses = 0; presses < 40; presses++) {
    if (await button.evaluate((element) => element === document.activeElement)) {
      await page.keyboard.press('Enter');
      return;
    }
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never came to “${name}”.`);
}

/** What was sent last; acts at stops say when they were done. */
function bodyOf(cloud: FakeCloud, path: string): unknown {
  const { occurredAt, ...body } = (cloud.acts(path).at(-1)?.body ?? {}) as { occurredAt?: string };
  expect(occurredAt !== undefined && !Number.isNaN(Date.parse(occurredAt))).toBe(path.includes('/stops/'));
  return body;
}

describe.skipIf(!chromiumExecutable)('the driver page', () => {
  const pages = browserPages();

  it.each(Object.keys(states).flatMap((state) => [[state, 'light'] as const, [state, 'dark'] as const]))(
    'is accessible %s (%s)',
    async (state, scheme) => {
      const { world, heading } = states[state]!;
      pages.cloud.answers = livingDriver(world());
      const page = await pages.open('/drive?actor=maya', { scheme, size: phone });
      await page.getByRole('heading', { level: 1, name: heading }).waitFor();
      await expectAccessible(page);
      await expectNoSidewaysScroll(page);
      await picture(page, `drive ${state} ${scheme}`);
    },
  );

  it('goes from the start of the shift to a delivered order by keyboard alone', async () => {
    pages.cloud.answers = livingDriver({ driver: driver(), offer: null, run: null });
    const page = await pages.open('/drive?actor=maya', { size: phone });
    await pressByKeyboard(page, 'Start shift');
    await page.getByRole('heading', { name: 'A run for you' }).waitFor();
    expect(await page.locator('.card').first().textContent()).toMatch(
      /\$11\.49.*The run\$4\.00.*3 stops\$5\.25.*The way\$2\.24.*2 stores, 1 door.*6\.4 km.*31 min.*Done by about\d+:\d\d [AP]M/,
    );
    await pressByKeyboard(page, 'Accept');
    await pressByKeyboard(page, "I'm on my way");
    await pressByKeyboard(page, "I'm here");
    expect(await page.getByText('Show this code at the counter').textContent()).toContain('4821');

    const label = page.getByLabel('Scan or type a label');
    await label.focus();
    await page.keyboard.type('nonsense');
    await page.keyboard.press('Enter');
    await page.getByText('nonsense does not belong here. Due: 4F2K-A11, 4F2K-A12.').waitFor();
    expect(await label.inputValue()).toBe('nonsense');
    for (const typed of ['4f2k-a11', '4F2K-A12']) {
      await label.fill(typed);
      await page.keyboard.press('Enter');
    }
    await page.getByText('Parcels you take (2 of 2)').waitFor();
    await pressByKeyboard(page, 'Collected');

    await page.getByRole('heading', { level: 1, name: "Deliver: Rosa Vega's door" }).waitFor();
    await pressByKeyboard(page, "I'm on my way");
    await pressByKeyboard(page, "I'm here");
    await page.getByLabel("The shopper's PIN").focus();
    await page.keyboard.type('402817');
    await pressByKeyboard(page, 'Delivered');
    await page.getByText('You earned $9.25.').waitFor();
    expect(await page.locator('.pay-parts').allTextContents()).toEqual(['The run$4.002 stops$3.50Waiting$1.75']);
    await page.getByText('This shift: 1 run, $9.25.').waitFor();

    expect(bodyOf(pages.cloud, '/v1/driver/offers/off-1/accept')).toEqual({ version: 3 });
    expect(bodyOf(pages.cloud, stopPath('pickup-st-juniper', 'complete'))).toEqual({
      labels: ['4F2K-A11', '4F2K-A12'],
      leaveMissing: false,
    });
    expect(bodyOf(pages.cloud, stopPath(door, 'complete'))).toEqual({
      labels: ['4F2K-A11', '4F2K-A12'],
      refusedLabels: [],
      proof: { kind: 'pin', pin: '402817' },
    });
  }, 15_000);

  it('books a block, gives it back, and checks in when it is time', async () => {
    blocks = blocksWith(null);
    pages.cloud.answers = livingDriver({ driver: driver(), offer: null, run: null });
    const page = await pages.open('/drive?actor=maya', { size: phone });
    await pressByKeyboard(page, 'Show blocks');
    const section = page.getByRole('region', { name: 'Shift blocks' });
    await section.getByText('$18.00 an hour guaranteed').waitFor();
    await expectAccessible(page);
    await section.getByRole('button', { name: /^Book / }).click();
    await section.getByText('booked', { exact: true }).waitFor();
    await section.getByRole('button', { name: 'Give back, at no cost' }).click();
    await section.getByText('2 places left').waitFor();

    blocks = blocksWith('booked', 5);
    const later = await pages.open('/drive?actor=maya', { size: phone });
    await pressByKeyboard(later, 'Show blocks');
    await later.getByRole('button', { name: 'Give back: counts as missed' }).waitFor();
    await later.getByRole('button', { name: "I'm here: check in" }).waitFor();
    await expectAccessible(later);
    await expectNoSidewaysScroll(later);
    await picture(later, 'drive blocks');
  });

  it('shows what was earned, line by line, when it is asked to', async () => {
    pages.cloud.answers = livingDriver({ driver: driver(), offer: null, run: null });
    const page = await pages.open('/drive?actor=maya', { size: phone });
    expect(pages.cloud.requests.filter(({ path }) => path.includes('earnings'))).toEqual([]);
    await pressByKeyboard(page, 'Show what I earned');
    const list = page.getByRole('region', { name: 'Your earnings' }).getByRole('listitem');
    await list.first().waitFor();
    expect(await list.allTextContents()).toEqual([
      expect.stringMatching(/^Tip .*\$3\.00Tip, all of it yours\$3\.00$/),
      expect.stringMatching(/^Run, 2 stops .*\$9\.25The run\$4\.002 stops\$3\.50Waiting\$1\.75$/),
    ]);
    await page.getByText('Run, 2 stops').click();
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    await picture(page, 'drive earnings');
  });

  it('uploads the photo of the door and names it as proof, with what was refused', async () => {
    pages.cloud.answers = livingDriver(atDoor('photo'));
    const page = await pages.open('/drive?actor=maya', { size: phone });
    await page.getByRole('button', { name: 'Delivered' }).click();
    await page.getByText('Take a photo of the parcels at the door first.').waitFor();
    await page.getByRole('button', { name: 'No camera? Use a sample photo' }).click();
    await page.getByAltText('What you took').waitFor();
    await page.getByLabel('4F2K-A12').uncheck();
    await picture(page, 'drive photo taken');
    await page.getByRole('button', { name: 'Delivered' }).click();
    await page.getByText('You earned').waitFor();
    expect(bodyOf(pages.cloud, '/v1/driver/proofs')).toEqual({ contentType: 'image/jpeg', stopId: door });
    expect(pages.cloud.requests.filter(({ method }) => method === 'PUT')).toHaveLength(1);
    expect(bodyOf(pages.cloud, stopPath(door, 'complete'))).toEqual({
      labels: ['4F2K-A11'],
      refusedLabels: ['4F2K-A12'],
      proof: { kind: 'photo', photoKey: 'proofs/dr-maya/prf-1' },
    });
  });

  it('takes a photo from a file, and says so when it is none', async () => {
    pages.cloud.answers = livingDriver(atDoor('photo'));
    const page = await pages.open('/drive?actor=maya', { size: phone });
    const field = page.getByLabel('Photo of the parcels at the door');
    await field.setInputFiles({ name: 'a.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no picture') });
    await page.getByText('This file is no picture').waitFor();
    await field.setInputFiles({ name: 'b.png', mimeType: 'image/png', buffer: await page.screenshot() });
    await page.getByAltText('What you took').waitFor();
    expect(await page.getByText('This file is no picture').count()).toBe(0);
  });

  it('says how many tries are left after a wrong PIN and keeps what was typed', async () => {
    pages.cloud.answers = {
      ...livingDriver(atDoor('pin')),
      [`POST ${stopPath(door, 'complete')}`]: () => ({
        status: 422,
        body: { status: 422, code: 'pin_wrong', detail: 'That PIN is wrong.', mend: 'Ask again.', triesLeft: 2 },
      }),
    };
    const page = await pages.open('/drive?actor=maya', { size: phone });
    await page.getByLabel("The shopper's PIN").fill('111111');
    await page.getByRole('button', { name: 'Delivered' }).click();
    await page.getByText('That PIN is wrong.').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('2 tries are left.');
    expect(await page.getByLabel("The shopper's PIN").inputValue()).toBe('111111');
    await expectAccessible(page);
  });

  it('asks for a reason where the phone is too far from the door, and sends it along', async () => {
    const world = atDoor('pin');
    const answers = livingDriver(world);
    const bodies: { awayReason?: string }[] = [];
    pages.cloud.answers = {
      ...answers,
      [`POST ${stopPath(door, 'complete')}`]: (request) => {
        const body = request.body as { awayReason?: string };
        bodies.push(body);
        if (body.awayReason) return answers[`POST ${stopPath(door, 'complete')}`]!(request);
        const mend = 'Go there, or send this again with awayReason.';
        return {
          status: 422,
          body: { status: 422, code: 'too_far', detail: 'Your phone is 400 m from the door.', mend },
        };
      },
    };
    const page = await pages.open('/drive?actor=maya', { size: phone });
    await page.getByLabel("The shopper's PIN").fill('111111');
    await page.getByRole('button', { name: 'Delivered' }).click();
    await page.getByText('Your phone is 400 m from the door.').waitFor();
    await expectAccessible(page);
    await page.getByLabel('We met somewhere else').check();
    await page.getByRole('button', { name: 'Go on with this reason' }).click();
    await page.getByText('Run done').waitFor();
    expect(bodies.map(({ awayReason }) => awayReason)).toEqual([undefined, 'met_elsewhere']);
  });

  it('asks for the evidence that each reason needs before it gives up on a door', async () => {
    pages.cloud.answers = livingDriver(atDoor('photo'));
    const page = await pages.open('/drive?actor=maya', { size: phone, scheme: 'dark' });
    await page.getByRole('button', { name: "Can't deliver" }).click();
    const sheet = page.getByRole('dialog', { name: "Can't deliver" });
    const send = sheet.getByRole('button', { name: "Can't deliver" });
    await send.click();
    await sheet.getByText('Call or ring first').waitFor();
    await sheet.getByRole('button', { name: 'Times you called or rang: more' }).click();
    await send.click();
    await sheet.getByText('Take a photo of what you see.').waitFor();
    await expectAccessible(page);
    await picture(page, 'drive cannot deliver');
    await sheet.getByRole('button', { name: 'No camera? Use a sample photo' }).click();
    await sheet.getByAltText('What you took').waitFor();
    await send.click();
    await page.getByText('You earned').waitFor();
    expect(bodyOf(pages.cloud, stopPath(door, 'fail'))).toEqual({
      reason: 'customer_unavailable',
      evidence: { contactAttempts: 1, photoKey: 'proofs/dr-maya/prf-1' },
    });
  });

  it('says where the driver is when the address cannot be found', async () => {
    pages.cloud.answers = livingDriver(atDoor('photo'));
    const page = await pages.open('/drive?actor=maya', { size: phone });
    await page.getByRole('button', { name: "Can't deliver" }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByLabel('Why').selectOption('address_not_found');
    await sheet.getByRole('button', { name: 'I am at the pin on the map' }).click();
    await sheet.getByText('Noted: 33.3100, -111.8700').waitFor();
    await sheet.getByRole('button', { name: "Can't deliver" }).click();
    await page.getByText('You earned').waitFor();
    expect(bodyOf(pages.cloud, stopPath(door, 'fail'))).toEqual({
      reason: 'address_not_found',
      evidence: { position: [-111.87, 33.31] },
    });
  });

  it('goes on without a parcel that the store cannot find', async () => {
    pages.cloud.answers = livingDriver(atCounter());
    const page = await pages.open('/drive?actor=maya', { size: phone });
    await page.getByLabel('4F2K-A11').check();
    await page.getByRole('button', { name: 'The store cannot find 1 parcel: go on without' }).click();
    await page.getByRole('heading', { level: 1, name: "Deliver: Rosa Vega's door" }).waitFor();
    expect(bodyOf(pages.cloud, stopPath('pickup-st-juniper', 'complete'))).toEqual({
      labels: ['4F2K-A11'],
      leaveMissing: true,
    });
  });

  it('stays at the counter for an order that is not ready, and leaves without it alone', async () => {
    const world = atCounter();
    const [counter] = world.run!.stops;
    const answers = livingDriver(world);
    const awaited = {
      orderId: 'ord-2',
      code: 'pickup_not_ready',
      detail: 'The parcels of Juniper & Thread are accepted.',
      mend: 'They are expected at 13:10; wait, or leave without them and say why.',
    };
    counter!.pickups = [
      { orderId, status: 'ready', readyAt: inMinutes(0) },
      { orderId: 'ord-2', status: 'accepted', readyAt: inMinutes(9) },
    ];
    pages.cloud.answers = {
      ...answers,
      [`POST ${stopPath('pickup-st-juniper', 'complete')}`]: () => {
        Object.assign(counter!, { parcels: [], pickups: counter!.pickups!.slice(1) });
        return { body: { run: world.run, orders: [], awaited: [awaited] } };
      },
      [`POST ${stopPath('pickup-st-juniper', 'fail')}`]: answers[`POST ${stopPath('pickup-st-juniper', 'complete')}`]!,
    };
    const page = await pages.open('/drive?actor=maya', { size: phone });
    for (const label of ['4F2K-A11', '4F2K-A12']) await page.getByLabel(label).check();
    await page.getByRole('button', { name: 'Collected' }).click();
    await page.getByText('The rest is done. Not yet: The parcels of Juniper & Thread are accepted.').waitFor();
    expect(await page.getByRole('checkbox').count()).toBe(0);
    await page.getByText('Not ready yet: expected at').waitFor();
    await page.getByRole('button', { name: 'Leave without the rest' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Leave without the rest' }).click();
    await page.getByRole('heading', { level: 1, name: "Deliver: Rosa Vega's door" }).waitFor();
    expect(bodyOf(pages.cloud, stopPath('pickup-st-juniper', 'fail'))).toEqual({ reason: 'not_ready', evidence: {} });
  });

  it('shows a refused act in words, and sends an unanswered one again with the same key', async () => {
    const world = atCounter();
    const answers = livingDriver(world);
    let tries = 0;
    pages.cloud.answers = {
      ...answers,
      [`POST ${stopPath('pickup-st-juniper', 'complete')}`]: (request) => {
        tries += 1;
        if (tries === 1) return { body: null, cut: true };
        if (tries > 2) return answers[`POST ${stopPath('pickup-st-juniper', 'complete')}`]!(request);
        return {
          status: 409,
          body: {
            status: 409,
            code: 'pickup_not_ready',
            detail: 'The parcels of Juniper & Thread are accepted.',
            mend: 'They are expected at 13:10; wait, or leave without them and say why.',
          },
        };
      },
    };
    const page = await pages.open('/drive?actor=maya', { size: phone });
    await page.getByLabel('4F2K-A11').check();
    await page.getByLabel('4F2K-A12').check();
    await page.getByRole('button', { name: 'Collected' }).click();
    await page.getByText('wait, or leave without them').waitFor();
    expect(await page.getByLabel('4F2K-A12').isChecked()).toBe(true);
    await page.getByRole('button', { name: 'Collected' }).click();
    await page.getByRole('heading', { level: 1, name: "Deliver: Rosa Vega's door" }).waitFor();
    const keys = pages.cloud.acts(stopPath('pickup-st-juniper', 'complete')).map(({ key }) => key);
    expect(keys[0]).toBe(keys[1]);
    expect(keys[2]).not.toBe(keys[0]);
  });

  it('declines an offer at no cost', async () => {
    pages.cloud.answers = livingDriver(states.offer!.world());
    const page = await pages.open('/drive?actor=maya', { size: phone });
    await page.getByRole('button', { name: 'Decline, at no cost' }).click();
    await page.getByRole('heading', { name: 'You are on shift' }).waitFor();
    expect(pages.cloud.acts('/v1/driver/offers/off-1/decline')).toHaveLength(1);
  });
});
