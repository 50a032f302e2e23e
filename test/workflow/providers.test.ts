import { expect, test } from 'vitest';
import { endShift, startShift } from '../../lambdas/application/driving.ts';
import { inspectOrder } from '../../lambdas/application/operations.ts';
import type { PlaceOrderInput } from '../../lambdas/application/ordering.ts';
import { placeOrder } from '../../lambdas/application/ordering.ts';
import type { PayRates } from '../../lambdas/domain/directory.ts';
import type { OrderEvent } from '../../lambdas/domain/events.ts';
import type { Offer } from '../../lambdas/domain/fleet.ts';
import type { ProviderId } from '../../lambdas/domain/ids.ts';
import { hub, partner } from '../domain/providers.ts';
import { itemsOf } from '../harness/home.ts';
import { channelId, done, driverId, fullPay, hours, openMall, orderInput, place, takeOffer } from '../harness/mall.ts';
import {
  applyDriver,
  applyProvider,
  bikes,
  gig,
  openProviders,
  prefer,
  providerWithDrivers,
  setSuspended,
  vans,
} from '../harness/providers.ts';
import { World } from '../harness/world.ts';
import { accept, account, finish, loseDriver, minutes, pack } from './story.ts';

/** Two stores, and three drivers on shift: of the operator, of a partner with a van, and of a hub store. */
async function openWithProviders(pay?: PayRates): Promise<World> {
  const world = new World();
  await openMall(world, { stores: 2, drivers: 3, ...(pay && { pay }) });
  await openProviders(world);
  return world;
}

async function placed(world: World, stores: number, change: Partial<PlaceOrderInput> = {}) {
  const id = await place(world, stores, change);
  await accept(world, id, ...Array.from({ length: stores }, (_, index) => index + 1));
  await minutes(world, 1);
  return id;
}

/** The number of the driver who has an open offer. */
async function offeredTo(world: World): Promise<number[]> {
  const drivers = await Promise.all([1, 2, 3].map((number) => world.driver(driverId(number))));
  return drivers.flatMap(({ openOfferId }, index) => (openOfferId ? [index + 1] : []));
}

/** Who was made an offer, the first first. */
function offersMade(world: World): string[] {
  return itemsOf<Offer>(world, 'OFFER')
    .sort((a, b) => (a.madeAt < b.madeAt ? -1 : 1))
    .map((offer) => offer.driverId);
}

async function leave(world: World, number: number): Promise<void> {
  done(await endShift(world.driving, driverId(number), world.request('driver'), world.now()));
  await world.settled();
}

async function come(world: World, number: number) {
  const outcome = await startShift(world.driving, driverId(number), world.request('driver'), world.now());
  await world.settled();
  return outcome;
}

test('an order goes to the provider whom its retailer wants most, and says who carried it', async () => {
  const world = await openWithProviders();
  await prefer(world, 1, [vans, gig]);
  const id = await placed(world, 1);
  expect(await offeredTo(world)).toEqual([2]);
  await takeOffer(world, 2);
  await pack(world, id, 1);
  await finish(world, 2);
  expect(await account(world, id)).toMatch(/^delivered/);
  const order = await world.order(id);
  expect(order.carriage).toMatchObject({ driverId: 'driver-2', providerId: vans });
  expect(order.ledger.find(({ kind }) => kind === 'fee')).toMatchObject({ providerId: vans });
});

test('an order of nobody who wishes anything is for the drivers of the operator, and as large as it was', async () => {
  const world = await openWithProviders();
  const id = await placed(world, 1);
  expect(await offeredTo(world)).toEqual([1]);
  const order = await world.order(id);
  expect([order.providers, order.passedBy, order.vehicle]).toEqual([undefined, undefined, undefined]);
});

test('where nobody of the most wanted provider is on shift, the next one has it', async () => {
  const world = await openWithProviders();
  await prefer(world, 1, [vans, gig]);
  await leave(world, 2);
  const id = await placed(world, 1);
  expect(await offeredTo(world)).toEqual([1]);
  expect((await world.order(id)).passedBy).toEqual([vans]);
});

test('where nobody has taken it in time, the next one has it, and it does not go back', async () => {
  const world = await openWithProviders();
  await prefer(world, 1, [vans, bikes], 5);
  const id = await placed(world, 1);
  // The phone of the van stays in a pocket: the offer goes by, and the driver is not asked again for ten minutes.
  await minutes(world, 14);
  expect(offersMade(world).slice(0, 2)).toEqual(['driver-2', 'driver-3']);
  expect(offersMade(world)).not.toContain('driver-1');
  expect((await world.order(id)).passedBy).toContain(vans);
});

test('where the drivers of the most wanted provider are busy, the time counts from when the order could go', async () => {
  const world = await openWithProviders();
  await prefer(world, 1, [vans, gig], 5);
  await placed(world, 1);
  await takeOffer(world, 2);
  const id = await placed(world, 1);
  const offers = () => offersMade(world).slice(1);
  expect(await inspectOrder({ database: world.database }, id, world.now())).toMatchObject({
    held: { why: 'driver_busy', driverId: 'driver-2' },
  });
  await minutes(world, 4);
  expect(offers()).toEqual([]);
  await minutes(world, 2);
  expect(offers()).toEqual(['driver-1']);
  const { events } = done(
    (await inspectOrder({ database: world.database }, id, world.now())) as { events: OrderEvent[] },
  );
  const made = events.find(({ type }) => type === 'offer.made');
  expect(made?.data).toMatchObject({ passed: [{ providerId: vans, why: 'not_taken' }] });
});

test('a provider whose driver was lost is not asked first again', async () => {
  const world = await openWithProviders();
  await prefer(world, 1, [vans, gig]);
  const id = await placed(world, 1);
  await takeOffer(world, 2);
  await loseDriver(world, id);
  await come(world, 2);
  await minutes(world, 1);
  expect((await world.order(id)).passedBy).toEqual([vans]);
  expect(await offeredTo(world)).toEqual([1]);
});

test('nobody but those whom a retailer lets carries its order; operations see why it waits', async () => {
  const world = await openWithProviders();
  await prefer(world, 1, [vans]);
  await leave(world, 2);
  const id = await placed(world, 1);
  expect(await offeredTo(world)).toEqual([]);
  expect(await inspectOrder({ database: world.database }, id, world.now())).toMatchObject({
    held: { why: 'no_driver', driverId: null, passed: [{ providerId: vans, why: 'nobody_on_shift' }] },
  });
  await come(world, 2);
  await minutes(world, 1);
  expect(await offeredTo(world)).toEqual([2]);
});

test('a partner whose insurance ends while an order waits is off dispatch by itself, and its drivers hear why', async () => {
  const world = await openWithProviders();
  await prefer(world, 1, [vans, gig]);
  const { insurances } = partner();
  await applyProvider(
    world,
    partner({ hours, insurances: insurances.map((one) => ({ ...one, expiresOn: '2026-11-22' })) }),
  );
  await placed(world, 1);
  expect(await offeredTo(world)).toEqual([1]);
  await leave(world, 2);
  expect(await come(world, 2)).toMatchObject({
    code: 'provider_not_cleared',
    detail: expect.stringContaining('cargo liability'),
  });
});

test('a partner that is suspended is offered nothing more, and its open offer cannot be accepted', async () => {
  const world = await openWithProviders();
  await prefer(world, 1, [vans, gig]);
  await placed(world, 1);
  expect(await offeredTo(world)).toEqual([2]);
  await setSuspended(world, vans, true);
  await expect(takeOffer(world, 2)).rejects.toThrow('provider_not_cleared');
  await minutes(world, 3);
  expect(offersMade(world)).toEqual(['driver-2', 'driver-1']);
});

test('of several retailers the strictest has the word', async () => {
  const world = await openWithProviders();
  await prefer(world, 1, [gig, vans, bikes], 5);
  await prefer(world, 2, [bikes, vans], 20);
  const id = await placed(world, 2);
  expect((await world.order(id)).providers).toEqual({ inOrder: [bikes, vans], fallbackAfterMinutes: 20 });
  expect(await offeredTo(world)).toEqual([3]);
  await prefer(world, 2, [bikes]);
  await prefer(world, 1, [gig]);
  const refused = await placeOrder(world.ordering, channelId, orderInput(2), world.request('channel'), world.now());
  expect(refused).toMatchObject({ code: 'no_provider', pointer: '/pickups' });
});

test('what needs a van goes with a van, and is refused where nobody has one', async () => {
  const world = await openWithProviders();
  const large = { ...orderInput(1), vehicle: 'van' } as const;
  const refused = await placeOrder(world.ordering, channelId, large, world.request('channel'), world.now());
  expect(refused).toMatchObject({ code: 'no_provider', pointer: '/vehicle' });
  await prefer(world, 1, [gig, vans]);
  await placed(world, 1, { vehicle: 'van' });
  expect(await offeredTo(world)).toEqual([2]);
});

test('a hub store carries to doors near by, on the days of its calendar', async () => {
  const world = await openWithProviders();
  await applyProvider(world, hub({ calendar: { ...hours, exceptions: { '2026-11-23': null } } }));
  await prefer(world, 1, [bikes, gig]);
  await placed(world, 1);
  expect(await offeredTo(world)).toEqual([1]);
  await applyProvider(world, hub({ calendar: hours, radiusMetres: 1_000 }));
  await leave(world, 1);
  const far: Partial<PlaceOrderInput> = {};
  const id = await placed(world, 1, far);
  expect(await inspectOrder({ database: world.database }, id, world.now())).toMatchObject({
    held: {
      passed: [
        { providerId: bikes, why: 'too_far' },
        { providerId: gig, why: 'nobody_on_shift' },
      ],
    },
  });
});

test('surge counts the drivers who could go: those of others are no help', async () => {
  const world = await openWithProviders(fullPay);
  const ids = [await place(world, 1), await place(world, 1)];
  for (const id of ids) await accept(world, id, 1);
  await minutes(world, 1);
  const [made] = itemsOf<Offer>(world, 'OFFER');
  expect(made).toMatchObject({ driverId: 'driver-1', rates: { surgePercent: 125 } });
});

test('the drivers of a provider are found whether or not they are on shift', async () => {
  const world = await openWithProviders();
  const driversOf = async (id: ProviderId) => (await providerWithDrivers(world, id)).drivers;
  expect(await driversOf(vans)).toMatchObject([{ id: 'driver-2', shift: {} }]);
  await leave(world, 2);
  expect(await driversOf(vans)).toMatchObject([{ id: 'driver-2', shift: null }]);
  await applyDriver(world, 2, {});
  expect(await driversOf(vans)).toEqual([]);
});
