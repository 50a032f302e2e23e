import { expect, test } from 'vitest';
import { listEarnings } from '../../lambdas/application/earnings.ts';
import { tipOrder } from '../../lambdas/application/tips.ts';
import { asId, type ChannelId, type OrderId } from '../../lambdas/domain/ids.ts';
import {
  channelId,
  done,
  driveHome,
  driverId,
  fullPay,
  openMall,
  place,
  ready,
  storeActs,
  takeOffer,
} from '../harness/mall.ts';
import { World } from '../harness/world.ts';

interface Page {
  data: {
    id: string;
    kind: string;
    amountCents: number;
    lines: { kind: string; amountCents: number; orderId?: string }[];
  }[];
  nextCursor: string | null;
}

const earned = (world: World, query: Partial<Parameters<typeof listEarnings>[2]> = {}) =>
  listEarnings(world.tables, driverId(1), { limit: 25, ...query }, world.now()) as Promise<Page>;

const tip = (world: World, orderId: OrderId, cents: number, by: ChannelId = channelId, key?: string) => {
  const request = world.request(`channel:${by}`);
  return tipOrder(world.tables, by, orderId, cents, key ? { ...request, key } : request, world.now());
};

async function deliver(world: World): Promise<OrderId> {
  const orderId = await place(world, 1);
  await storeActs(world, 1, orderId, { type: 'accept' });
  await world.advance(1);
  await takeOffer(world);
  await storeActs(world, 1, orderId, ready(1));
  await driveHome(world);
  await world.advance(1);
  return orderId;
}

test('what a driver earned is listed line by line, runs and tips, newest first, page by page', async () => {
  const world = new World();
  await openMall(world, { stores: 1, pay: fullPay });
  const first = await deliver(world);
  const between = world.now();
  await deliver(world);
  done(await tip(world, first, 350));

  const { data } = await earned(world);
  expect(data.map(({ kind }) => kind)).toEqual(['tip', 'run', 'run']);
  expect(data[0]).toMatchObject({ id: `tip:${first}`, amountCents: 350, lines: [{ kind: 'tip', orderId: first }] });
  for (const { amountCents, lines } of data) {
    expect(lines.reduce((sum, line) => sum + line.amountCents, 0)).toBe(amountCents);
  }
  expect(data[2]!.lines.map(({ kind }) => kind)).toEqual(['base', 'stop', 'distance', 'stop']);

  const pages: string[] = [];
  let cursor: string | undefined;
  do {
    const page: Page = await earned(world, { limit: 1, ...(cursor && { cursor }) });
    pages.push(...page.data.map(({ id }) => id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  expect(pages).toEqual(data.map(({ id }) => id));

  expect((await earned(world, { from: between })).data.map(({ kind }) => kind)).toEqual(['tip', 'run']);
  expect((await earned(world, { to: between })).data.map(({ id }) => id)).toEqual([data[2]!.id]);
});

test('a tip is given once however often it is sent, raised, and asked of nobody else’s order', async () => {
  const world = new World();
  await openMall(world, { stores: 1 });
  const orderId = await deliver(world);
  const before = await world.order(orderId);
  const given = done(await tip(world, orderId, 300, channelId, 'once'));
  expect(given).toMatchObject({
    status: 200,
    body: { amountCents: 300, shares: [{ driverId: 'driver-1', amountCents: 300 }] },
  });
  expect(done(await tip(world, orderId, 300, channelId, 'once'))).toMatchObject({ replayed: true, body: given.body });
  done(await tip(world, orderId, 300));
  expect(done(await tip(world, orderId, 450)).body).toMatchObject({ amountCents: 450 });
  expect(await tip(world, orderId, 400)).toMatchObject({ code: 'tip_not_possible' });
  expect(await tip(world, orderId, 500, asId<ChannelId>('another'))).toMatchObject({ code: 'not_found' });
  const tips = (await earned(world)).data.filter(({ kind }) => kind === 'tip');
  expect(tips.map(({ amountCents }) => amountCents)).toEqual([450]);
  expect(await world.order(orderId), 'an order that is over stays as it is').toEqual(before);
});

test('two that raise a tip at once leave the higher', async () => {
  const world = new World();
  await openMall(world, { stores: 1 });
  const orderId = await deliver(world);
  await Promise.all([300, 500, 400].map((cents) => tip(world, orderId, cents)));
  const [share] = (await earned(world)).data.filter(({ kind }) => kind === 'tip');
  expect(share!.amountCents).toBe(500);
});
