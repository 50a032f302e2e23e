import { checkIn as decideCheckIn, endBlocks as decideEnd } from '../domain/decide-block.ts';
import type { Driver } from '../domain/fleet.ts';
import type { BlockId, DriverId, MallId } from '../domain/ids.ts';
import { isRejection, type Rejection } from '../domain/rejection.ts';
import {
  type Block,
  type Booked,
  type Diary,
  applyBlock as decideApply,
  bookBlock as decideBook,
  forfeitBlock as decideForfeit,
  missBlocks,
  newDiary,
} from '../domain/shift-block.ts';
import { type Instant, plusMinutes } from '../domain/time.ts';
import { type ActOutcome, act, asItWas, ofNoAggregate, type RepeatableRequest } from './act.ts';
import { blockOfDriverView, blockView } from './block-views.ts';
import type { Database, Item, Write } from './database.ts';
import { findMall } from './directory-reader.ts';
import { refuseOfProvider } from './providers.ts';
import { blockItem, dataOf, diaryItem, guaranteeItem, keys, lists } from './records.ts';
import { load, unknown } from './situations.ts';
import { driverView } from './views.ts';

/** A block is shorter than this, so one that is not over began no longer ago. */
const longestMinutes = 12 * 60;
const blocksListed = 100;

/** Publishes a block of a mall, or changes it while that takes nothing from who has booked it. */
export async function applyBlock(
  database: Database,
  mallId: MallId,
  blockId: BlockId,
  input: Pick<Block, 'startsAt' | 'endsAt' | 'guaranteedCentsPerHour' | 'places'>,
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  let known: Block | null = null;
  let block: Block | undefined;
  return act(database, request, now, {
    load: async () => {
      const mall = await findMall(database, mallId);
      known = await load<Block>(database.get(keys.block(blockId)));
      if (!mall || (known && known.mallId !== mallId)) return unknown(mall ? 'block' : 'mall', mall ? blockId : mallId);
      const { places, ...hours } = input;
      const applied = decideApply({ id: blockId, mallId, ...hours, currency: mall.currency }, places, known);
      if (isRejection(applied)) return applied;
      block = applied;
      return ofNoAggregate;
    },
    decide: asItWas,
    also: () => changed(block!, known, blockItem),
    reply: () => ({ status: 200, body: blockView(block!) }),
  });
}

/** The blocks of a mall that are not over, for operations: with who has booked them. */
export async function listBlocks(database: Database, mallId: MallId, now: Instant): Promise<object> {
  return { data: (await blocksOf(database, mallId, now)).map(blockView) };
}

/** The blocks that a driver may book, has booked or is working, and what was missed. */
export async function listBlocksForDriver(
  database: Database,
  driverId: DriverId,
  now: Instant,
): Promise<object | Rejection> {
  const [driver, diary] = await Promise.all([
    load<Driver>(database.get(keys.driver(driverId))),
    load<Diary>(database.get(keys.diary(driverId))),
  ]);
  if (!driver) return unknown('driver', driverId);
  const [mall, blocks] = await Promise.all([findMall(database, driver.mallId), blocksOf(database, driver.mallId, now)]);
  return {
    now,
    zone: mall?.zone ?? null,
    data: blocks.map((block) => blockOfDriverView(block, driver, diary)),
    missed: diary?.missed ?? [],
  };
}

export async function bookBlock(
  database: Database,
  driverId: DriverId,
  blockId: BlockId,
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  return changeBooking(database, driverId, blockId, request, now, (booked, driver) => decideBook(booked, driver, now));
}

export async function forfeitBlock(
  database: Database,
  driverId: DriverId,
  blockId: BlockId,
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  return changeBooking(database, driverId, blockId, request, now, (booked) => decideForfeit(booked, now));
}

/** Block and diary are committed together, each on its version: a place has one winner, and a driver one booking. */
async function changeBooking(
  database: Database,
  driverId: DriverId,
  blockId: BlockId,
  request: RepeatableRequest,
  now: Instant,
  decide: (booked: Booked, driver: Driver) => Booked | Rejection,
): Promise<ActOutcome | Rejection> {
  let before: Booked;
  let after: Booked;
  let who: Driver;
  return act(database, request, now, {
    load: async () => {
      const [driver, block, diary] = await Promise.all([
        load<Driver>(database.get(keys.driver(driverId))),
        load<Block>(database.get(keys.block(blockId))),
        load<Diary>(database.get(keys.diary(driverId))),
      ]);
      if (!driver) return unknown('driver', driverId);
      if (!block) return unknown('block', blockId);
      before = { block, diary: diary ?? newDiary(driverId) };
      const decided = decide(before, driver);
      if (isRejection(decided)) return decided;
      [after, who] = [decided, driver];
      return ofNoAggregate;
    },
    decide: asItWas,
    also: () => [...changed(after.block, before.block, blockItem), ...changed(after.diary, before.diary, diaryItem)],
    reply: () => ({ status: 200, body: blockOfDriverView(after.block, who, after.diary) }),
  });
}

/** The driver is there: the shift begins with the block. */
export async function checkIn(
  database: Database,
  driverId: DriverId,
  blockId: BlockId,
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  let diary: Diary;
  return act(database, request, now, {
    load: async () => {
      const driver = await load<Driver>(database.get(keys.driver(driverId)));
      diary = (await load<Diary>(database.get(keys.diary(driverId)))) ?? newDiary(driverId);
      if (!driver) return unknown('driver', driverId);
      return (await refuseOfProvider(database, driver, now)) ?? { ...ofNoAggregate, driver };
    },
    decide: ({ driver }) => decideCheckIn(driver!, diary, blockId, now),
    also: (decision) => changed(decision.diary, diary, diaryItem),
    reply: ({ situation }) => ({ status: 200, body: driverView(situation.driver!) }),
  });
}

/**
 * What time alone brings: blocks that are over are settled, each once, and bookings whose driver did not come are missed.
 * Nothing happens before its time, nor twice.
 */
export async function endBlocks(database: Database, driverId: DriverId, now: Instant): Promise<void> {
  let diary: Diary | null;
  await act(database, null, now, {
    load: async () => {
      const driver = await load<Driver>(database.get(keys.driver(driverId)));
      diary = await load<Diary>(database.get(keys.diary(driverId)));
      return driver ? { ...ofNoAggregate, driver } : unknown('driver', driverId);
    },
    decide: ({ driver }) => decideEnd(driver!, now),
    also: ({ guarantees }) => [
      ...guarantees.map(
        (guarantee): Write => ({ kind: 'put', table: 'fleet', item: guaranteeItem(guarantee), ifVersion: 'absent' }),
      ),
      ...(diary ? changed(missBlocks(diary, now), diary, diaryItem) : []),
    ],
    reply: () => ({ status: 200, body: null }),
  });
}

async function blocksOf(database: Database, mallId: MallId, now: Instant): Promise<Block[]> {
  const page = await database.queryIndex({
    table: 'fleet',
    index: 'lists',
    pk: lists.blocksOfMall(mallId),
    since: plusMinutes(now, -longestMinutes),
    limit: blocksListed,
  });
  const blocks = (await database.getMany(page.keys)).map((item) => dataOf<Block>(item));
  return blocks.filter(({ endsAt }) => endsAt > now);
}

/** The write of what is another than before, on condition that ofNoAggregate wrote it in between. */
function changed<T extends { version: number }>(next: T, before: T | null, itemOf: (next: T) => Item): Write[] {
  if (next === before) return [];
  const item = itemOf({ ...next, version: next.version + 1 });
  return [{ kind: 'put', table: 'fleet', item, ifVersion: next.version === 0 ? 'absent' : next.version }];
}
