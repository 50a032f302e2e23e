import { describe, expect, it } from 'vitest';
import { chromiumExecutable } from './chromium.ts';
import { driver, inMinutes, offer, orderId, run } from './fixtures.ts';
import {
  atCounter,
  atDoor,
  blocksWith,
  bodyOf,
  type DriverWorld,
  door,
  livingDriver,
  onRun,
  pressByKeyboard,
  stopPath,
} from './living-driver.ts';
import { browserPages, expectAccessible, expectNoSidewaysScroll, phone, picture } from './pages.ts';

const states: Record<string, { world: () => DriverWorld; heading: string }> = {
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
  'offer to several': {
    world: () => ({
      driver: driver({ shift: { startedAt: inMinutes(-5) }, openOfferId: 'off-1' }),
      offer: { ...offer, alsoAsked: 2 },
      run: null,
    }),
    heading: 'A run for you',
  },
  'to the store': { world: () => onRun({}), heading: 'Collect: Juniper & Thread' },
  'at the counter': { world: atCounter, heading: 'Collect: Juniper & Thread' },
  'at the door with a PIN': { world: () => atDoor('pin'), heading: "Deliver: Rosa Vega's door" },
  'at the door with a photo': { world: () => atDoor('photo'), heading: "Deliver: Rosa Vega's door" },
};

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

    pages.cloud.answers = livingDriver({ driver: driver(), offer: null, run: null, blocks: blocksWith('booked', 5) });
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

  it('says kindly that another driver was quicker, when accepting and when waiting', async () => {
    const world = states['offer to several']!.world();
    const gone = () => {
      world.driver = driver({ shift: { startedAt: inMinutes(-5) } });
      world.offer = null;
    };
    pages.cloud.answers = {
      ...livingDriver(world),
      'POST /v1/driver/offers/off-1/accept': () => {
        gone();
        return {
          status: 409,
          body: { status: 409, code: 'offer_taken', detail: 'Another driver accepted this offer.', mend: 'Wait.' },
        };
      },
    };
    const page = await pages.open('/drive?actor=maya', { size: phone });
    await page.getByText('2 other drivers see this run too: the first to accept has it.').waitFor();
    await page.getByRole('button', { name: 'Accept' }).click();
    await page.getByRole('heading', { name: 'Another driver was a moment quicker' }).waitFor();
    await page.getByText('It does not count as declined. The next offer comes by itself.').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    await expectAccessible(page);
    await picture(page, 'drive offer taken');

    world.driver = driver({ shift: { startedAt: inMinutes(-5) }, openOfferId: 'off-1' });
    world.offer = { ...offer, alsoAsked: 1 };
    await page.getByText('1 other driver sees this run too').waitFor();
    gone();
    await page.getByText('Another driver has taken it, or it is not needed any more.').waitFor();
  }, 20_000);

  it('declines an offer at no cost', async () => {
    pages.cloud.answers = livingDriver(states.offer!.world());
    const page = await pages.open('/drive?actor=maya', { size: phone });
    await page.getByRole('button', { name: 'Decline, at no cost' }).click();
    await page.getByRole('heading', { name: 'You are on shift' }).waitFor();
    expect(pages.cloud.acts('/v1/driver/offers/off-1/decline')).toHaveLength(1);
  });
});
