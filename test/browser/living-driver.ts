import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { BlocksPage, Driver, EarningsPage, Offer, Run, Stop } from '../../web/shared/contract/driver.ts';
import type { Answering, FakeCloud } from './fake-cloud.ts';
import { driver, inMinutes, offer, orderId, run } from './fixtures.ts';
import { demoAnswers } from './pages.ts';

export const door = `dropoff-${orderId}`;
export const stopPath = (stopId: string, act: string) => `/v1/driver/run/stops/${stopId}/${act}`;
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
export const blocksWith = (yours: BlocksPage['data'][number]['yours'], startsIn = 120): BlocksPage => ({
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
const parcels = run().stops[0]!.parcels!;

export interface DriverWorld {
  driver: Driver;
  offer: Offer | null;
  run: Run | null;
  /** One that may be booked, unless told. */
  blocks?: BlocksPage;
}

/** A driver whose shift, offer and run do what they are told. */
export function livingDriver(world: DriverWorld): Answering {
  const change = (stopId: string, changes: Partial<Stop>) => {
    const { stops } = world.run!;
    world.run = { ...world.run!, stops: stops.map((stop) => (stop.id === stopId ? { ...stop, ...changes } : stop)) };
    return { body: { run: world.run, orders: [] } };
  };
  let { blocks = blocksWith(null) } = world;
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

export function onRun(changes: { counter?: Partial<Stop>; door?: Partial<Stop>; run?: Partial<Run> }): DriverWorld {
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

export const atCounter = () => onRun({ counter: { status: 'arrived' } });

export function atDoor(proof: 'pin' | 'photo'): DriverWorld {
  return onRun({
    counter: { status: 'done', parcels: [] },
    door: { status: 'arrived', parcels, door: { ...run().stops[1]!.door!, proof } },
    run: { nextStopIds: [door] },
  });
}

/** Presses Tab until the focus is on the button of this name, then Enter. */
export async function pressByKeyboard(page: Page, name: string): Promise<void> {
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
export function bodyOf(cloud: FakeCloud, path: string): unknown {
  const { occurredAt, ...body } = (cloud.acts(path).at(-1)?.body ?? {}) as { occurredAt?: string };
  expect(occurredAt !== undefined && !Number.isNaN(Date.parse(occurredAt))).toBe(path.includes('/stops/'));
  return body;
}
