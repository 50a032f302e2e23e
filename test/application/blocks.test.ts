import { describe, expect, test } from 'vitest';
import {
  applyBlock,
  bookBlock,
  checkIn,
  endBlocks,
  forfeitBlock,
  listBlocks,
  listBlocksForDriver,
} from '../../lambdas/application/blocks.ts';
import { declineOffer, endShift, listOffers } from '../../lambdas/application/driving.ts';
import { listEarnings } from '../../lambdas/application/earnings.ts';
import { asId, type BlockId, type MallId, type OfferId } from '../../lambdas/domain/ids.ts';
import { type Instant, plusMinutes } from '../../lambdas/domain/time.ts';
import { done, driveHome, driverId, openMall, place, ready, storeActs, takeOffer } from '../harness/mall.ts';
import { World } from '../harness/world.ts';

const mallId = asId<MallId>('mall-1');
const blockId = asId<BlockId>('lunch');
const perHour = 1800;

/** Drivers off shift, and a block of two hours that begins in `minutes`. */
async function published({ drivers = 1, places = 1, minutes = 60 } = {}) {
  const world = new World();
  await openMall(world, { stores: 1, drivers });
  for (let number = 1; number <= drivers; number++) {
    const id = driverId(number);
    done(await endShift(world.driving, id, world.request(id), world.now()));
  }
  const startsAt = plusMinutes(world.now(), minutes);
  await publish(world, startsAt, places);
  return { world, startsAt };
}

const publish = (world: World, startsAt: Instant, places = 1, id = blockId) =>
  applyBlock(
    world.tables,
    mallId,
    id,
    { startsAt, endsAt: plusMinutes(startsAt, 120), places, guaranteedCentsPerHour: perHour },
    world.request('operations'),
    world.now(),
  ).then(done);

const acts = { book: bookBlock, forfeit: forfeitBlock, checkIn };
const by = (world: World, act: keyof typeof acts, number = 1, id = blockId) =>
  acts[act](world.tables, driverId(number), id, world.request(driverId(number)), world.now());

/** Minutes go by, each with its sweep. */
async function pass(world: World, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute++) {
    await world.advance(1);
    await world.sweep();
    await world.settled();
  }
}

const guarantees = async (world: World, number = 1) => {
  const page = await listEarnings(world.tables, driverId(number), { limit: 100 }, world.now());
  const { data } = page as { data: { kind: string; amountCents: number; blockId?: string }[] };
  return data.filter(({ kind }) => kind === 'guarantee').map(({ amountCents }) => amountCents);
};

const listed = async (world: World, number = 1) =>
  (await listBlocksForDriver(world.tables, driverId(number), world.now())) as {
    data: { id: string; placesLeft: number; yours: string | null }[];
    missed: { why: string }[];
  };

/** One order of one store, delivered by whoever gets the offer. */
async function deliver(world: World): Promise<void> {
  const orderId = await place(world, 1);
  await storeActs(world, 1, orderId, { type: 'accept' });
  await world.advance(1);
  await takeOffer(world);
  await storeActs(world, 1, orderId, ready(1));
  await driveHome(world);
}

describe('a block', () => {
  test('is published, listed, booked and given back', async () => {
    const { world, startsAt } = await published({ places: 2 });
    expect((await listed(world)).data).toMatchObject([{ id: 'lunch', placesLeft: 2, yours: null }]);
    expect(done(await by(world, 'book')).body).toMatchObject({ placesLeft: 1, yours: 'booked' });
    done(await by(world, 'book'));
    expect(await listBlocks(world.tables, mallId, world.now())).toMatchObject({
      data: [{ id: 'lunch', places: 2, bookedBy: ['driver-1'], startsAt }],
    });
    expect(done(await by(world, 'forfeit')).body).toMatchObject({ placesLeft: 2, yours: null });
    expect((await listed(world)).missed).toEqual([]);
    expect(await by(world, 'forfeit')).toMatchObject({ code: 'block_not_booked' });
  });

  test('has one winner for each place, however many want it at once', async () => {
    const { world } = await published({ drivers: 4, places: 2 });
    const outcomes = await Promise.all([1, 2, 3, 4].map((number) => by(world, 'book', number)));
    const won = outcomes.filter((outcome) => !('rejected' in outcome));
    expect(won).toHaveLength(2);
    expect(outcomes.filter((outcome) => 'rejected' in outcome)).toMatchObject([
      { code: 'block_full' },
      { code: 'block_full' },
    ]);
    const { data } = (await listBlocks(world.tables, mallId, world.now())) as { data: { bookedBy: string[] }[] };
    expect(data[0]!.bookedBy).toHaveLength(2);
  });

  test('is booked by nobody who is elsewhere then, also when both are booked at once', async () => {
    const { world, startsAt } = await published();
    const other = asId<BlockId>('tea');
    await publish(world, plusMinutes(startsAt, 60), 1, other);
    const outcomes = await Promise.all([by(world, 'book'), by(world, 'book', 1, other)]);
    expect(outcomes.filter((outcome) => 'rejected' in outcome)).toMatchObject([{ code: 'block_overlaps' }]);
  });

  test('that nobody comes to is missed, by time alone', async () => {
    const { world } = await published({ minutes: 1 });
    done(await by(world, 'book'));
    await pass(world, 29);
    expect((await listed(world)).missed).toEqual([]);
    await pass(world, 5);
    expect((await listed(world)).missed).toMatchObject([{ why: 'not_there' }]);
    expect(await by(world, 'checkIn')).toMatchObject({ code: 'block_not_booked' });
    expect(await guarantees(world)).toEqual([]);
  });
});

describe('the guaranteed minimum', () => {
  test('is paid once when the block is over, with nobody doing anything, and the shift ends with it', async () => {
    const { world } = await published({ minutes: 10 });
    done(await by(world, 'book'));
    done(await by(world, 'checkIn'));
    await pass(world, 12);
    expect(await world.driver(driverId(1))).toMatchObject({ shift: { blockId }, blocks: [{ id: blockId }] });
    await pass(world, 116);
    expect(await guarantees(world)).toEqual([]);
    await pass(world, 5);
    expect(await guarantees(world)).toEqual([2 * perHour]);
    const after = await world.driver(driverId(1));
    expect(after.shift).toBeNull();
    expect(after.blocks).toBeUndefined();
    // However often it is told again, and by twins at once.
    await Promise.all([1, 2, 3].map(() => endBlocks(world.tables, driverId(1), world.now())));
    expect(await guarantees(world)).toEqual([2 * perHour]);
    expect((await world.driver(driverId(1))).version).toBe(after.version);
  });

  test('is what is missing in the pay of runs', async () => {
    const { world } = await published({ minutes: 1 });
    done(await by(world, 'book'));
    done(await by(world, 'checkIn'));
    await world.advance(1);
    await deliver(world);
    await pass(world, 125);
    // 400 for the run and 175 for each of two stops.
    expect(await guarantees(world)).toEqual([2 * perHour - 750]);
  });

  test('is not paid for work that was passed on', async () => {
    const { world } = await published({ minutes: 1 });
    done(await by(world, 'book'));
    done(await by(world, 'checkIn'));
    const orderId = await place(world, 1);
    await storeActs(world, 1, orderId, { type: 'accept' });
    await world.advance(1);
    const offers = (await listOffers(world.driving, driverId(1), world.now())) as { data: { id: OfferId }[] };
    done(await declineOffer(world.driving, driverId(1), offers.data[0]!.id, world.request('driver-1'), world.now()));
    done(await endShift(world.driving, driverId(1), world.request('driver-1'), plusMinutes(world.now(), 60)));
    await pass(world, 70);
    const [cents] = await guarantees(world);
    expect(cents).toBeGreaterThanOrEqual(0);
    expect(cents).toBeLessThanOrEqual(perHour - 750 + perHour / 30);
  });

  test('waits for the run that is under way when the block ends, which counts whole', async () => {
    const { world } = await published({ minutes: 1 });
    done(await by(world, 'book'));
    done(await by(world, 'checkIn'));
    await pass(world, 100);
    const orderId = await place(world, 1);
    await storeActs(world, 1, orderId, { type: 'accept' });
    await world.advance(1);
    await takeOffer(world);
    await storeActs(world, 1, orderId, ready(1));
    await pass(world, 25);
    expect(await guarantees(world)).toEqual([]);
    await driveHome(world);
    expect((await world.driver(driverId(1))).shift).not.toBeNull();
    await pass(world, 2);
    expect(await guarantees(world)).toEqual([2 * perHour - 750]);
    expect((await world.driver(driverId(1))).shift).toBeNull();
  });
});
