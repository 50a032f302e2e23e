import type { Driver } from './fleet.ts';
import type { BlockId, DriverId, MallId, OrderId, RunId } from './ids.ts';
import { type Rejection, reject } from './rejection.ts';
import { earliest, type Instant, latest, plusMinutes, secondsBetween } from './time.ts';

/**
 * Hours that operations publish, so many drivers may book, and that pay at least so much an hour. docs/pay.md is these
 * rules in words.
 */
export interface Block extends BlockTerms {
  version: number;
  places: number;
  bookedBy: DriverId[];
}

/** What a driver books. */
export interface BlockTerms {
  id: BlockId;
  mallId: MallId;
  startsAt: Instant;
  endsAt: Instant;
  guaranteedCentsPerHour: number;
  currency: string;
}

/** The blocks that a driver has booked and not begun; nobody can be in two places. */
export interface Diary {
  driverId: DriverId;
  version: number;
  bookings: BlockTerms[];
  /** The last that were missed, or given back too late. */
  missed: { blockId: BlockId; at: Instant; why: 'not_there' | 'forfeited_late' }[];
}

/** A block that a driver has checked in to, until its guarantee is settled. */
export interface WorkedBlock extends BlockTerms {
  /** From when it counts. */
  from: Instant;
  /** The shift was ended before the block was over. */
  until?: Instant;
  earnedCents: number;
  /** What the offers would have paid that were passed on. */
  passedCents: number;
  /** A run that was accepted in the block, and is under way. */
  runId?: RunId;
}

/** What a block comes to, once: to the minimum what is missing in the pay of its runs. */
export interface Guarantee extends Pick<WorkedBlock, 'earnedCents' | 'passedCents' | 'currency'> {
  blockId: BlockId;
  driverId: DriverId;
  from: Instant;
  until: Instant;
  guaranteedCents: number;
  amountCents: number;
}

/** Until so long before the start a block is given back for nothing. */
export const forfeitMinutes = 45;
export const checkInOpensMinutes = 15;
export const checkInClosesMinutes = 30;
const missedKept = 20;

export function newDiary(driverId: DriverId): Diary {
  return { driverId, version: 0, bookings: [], missed: [] };
}

/** Until when a driver who has booked has to be there. */
export function checkInUntil({ startsAt, endsAt }: BlockTerms): Instant {
  return earliest(endsAt, plusMinutes(startsAt, checkInClosesMinutes));
}

/** Creates a block, or changes one: never below the places that are taken, nor the hours of anybody who booked. */
export function applyBlock(terms: BlockTerms, places: number, known: Block | null): Block | Rejection {
  const bookedBy = known?.bookedBy ?? [];
  const same = (Object.keys(terms) as (keyof BlockTerms)[]).every((key) => known?.[key] === terms[key]);
  if (bookedBy.length > 0 && !same) {
    return reject(
      'block_booked',
      `Block ${terms.id} is booked by ${bookedBy.length}; only its places may change.`,
      'Publish another block beside it.',
    );
  }
  if (places < bookedBy.length) {
    return reject('block_booked', `${bookedBy.length} places of block ${terms.id} are taken.`, 'Leave as many.', {
      pointer: '/places',
    });
  }
  return same && known?.places === places ? known : { ...terms, version: known?.version ?? 0, places, bookedBy };
}

export interface Booked {
  block: Block;
  diary: Diary;
}

/** Takes a place, if there is one and the driver is free then. Booking again what is booked changes nothing. */
export function bookBlock(
  { block, diary }: Booked,
  driver: Pick<Driver, 'id' | 'mallId' | 'status' | 'blocks'>,
  now: Instant,
): Booked | Rejection {
  if (driver.status !== 'active')
    return reject('driver_suspended', 'This account is suspended.', 'Talk to operations.');
  if (block.bookedBy.includes(driver.id)) return { block, diary };
  if (block.mallId !== driver.mallId)
    return reject('not_found', `There is no block ${block.id}.`, 'Choose one of your mall.');
  if (now >= block.startsAt)
    return reject('block_closed', `Block ${block.id} began at ${block.startsAt}.`, 'Choose a later one.');
  if (block.bookedBy.length >= block.places)
    return reject('block_full', `All places of block ${block.id} are taken.`, 'Choose another block.');
  const other = [...diary.bookings, ...(driver.blocks ?? [])].find((one) => overlaps(one, block));
  if (other) {
    return reject('block_overlaps', `You have booked ${other.id} until ${other.endsAt}.`, 'Give that one back first.', {
      current: { blockId: other.id },
    });
  }
  return {
    block: { ...block, bookedBy: [...block.bookedBy, driver.id] },
    diary: { ...diary, bookings: [...diary.bookings, termsOf(block)] },
  };
}

/** Gives a place back: for nothing until the cut-off; later the place is free as well, and counts as missed. */
export function forfeitBlock({ block, diary }: Booked, now: Instant): Booked | Rejection {
  const { driverId } = diary;
  if (!diary.bookings.some(({ id }) => id === block.id)) return notBooked(block.id);
  if (now >= checkInUntil(block)) {
    return reject('block_closed', `Block ${block.id} began at ${block.startsAt}.`, 'It counts as missed.');
  }
  const inTime = now <= plusMinutes(block.startsAt, -forfeitMinutes);
  const without = withoutBooking(diary, block.id);
  return {
    block: { ...block, bookedBy: block.bookedBy.filter((id) => id !== driverId) },
    diary: inTime ? without : withMissed(without, { blockId: block.id, at: now, why: 'forfeited_late' }),
  };
}

/** The driver is there: the booking becomes a block at work. It counts from its start, or from now when that is later. */
export function beginBlock(
  diary: Diary,
  blockId: BlockId,
  now: Instant,
): { diary: Diary; work: WorkedBlock } | Rejection {
  const booking = diary.bookings.find(({ id }) => id === blockId);
  if (!booking) return notBooked(blockId);
  const opensAt = plusMinutes(booking.startsAt, -checkInOpensMinutes);
  if (now < opensAt)
    return reject('not_due', `Check-in opens at ${opensAt}.`, 'Come back then.', { current: { opensAt } });
  if (now >= checkInUntil(booking)) {
    return reject(
      'block_closed',
      `Check-in closed at ${checkInUntil(booking)}; the block counts as missed.`,
      'An ordinary shift can be started at any time.',
    );
  }
  return {
    diary: withoutBooking(diary, blockId),
    work: { ...booking, from: latest(now, booking.startsAt), earnedCents: 0, passedCents: 0 },
  };
}

/** Bookings whose driver did not come in time are missed. */
export function missBlocks(diary: Diary, now: Instant): Diary {
  return diary.bookings
    .filter((booking) => now >= checkInUntil(booking))
    .reduce((rest, { id }) => withMissed(withoutBooking(rest, id), { blockId: id, at: now, why: 'not_there' }), diary);
}

/** The block that a driver is working now. */
export function currentBlock({ blocks = [] }: Pick<Driver, 'blocks'>, now: Instant): WorkedBlock | undefined {
  return blocks.find(({ until, endsAt }) => !until && now < endsAt);
}

/** A run that was accepted in a block counts for it, all of it, whenever it is over. */
export function countAcceptance(driver: Driver, runId: RunId, now: Instant): void {
  const block = currentBlock(driver, now);
  if (block) block.runId = runId;
}

export function countRun(driver: Driver | null, runId: RunId, payCents: number): void {
  const block = driver?.blocks?.find((one) => one.runId === runId);
  if (!block) return;
  block.earnedCents += payCents;
  delete block.runId;
}

/**
 * An offer that was passed on counts as if it had been earned: declining stays free, and the guarantee is for time
 * without work, not for work that was not wanted. Orders that come again count once.
 */
export function countPass(
  driver: Driver,
  { orderIds, payCents }: { orderIds: readonly OrderId[]; payCents: number },
  now: Instant,
): void {
  const block = currentBlock(driver, now);
  if (!block) return;
  const seen = new Set(driver.passedOn.filter(({ at }) => at >= block.from).map(({ orderId }) => orderId));
  if (orderIds.some((id) => !seen.has(id))) block.passedCents += payCents;
}

/** The shift is over, and with it whatever block was at work. */
export function leaveBlocks(driver: Driver, now: Instant): void {
  for (const block of driver.blocks ?? []) block.until ??= latest(block.from, earliest(now, block.endsAt));
}

/** What the blocks come to that are over and have no run under way; the rest waits. Both stay as they were otherwise. */
export function settleBlocks(
  driver: Pick<Driver, 'id' | 'blocks'>,
  now: Instant,
): { guarantees: Guarantee[]; left: WorkedBlock[] } {
  const isOver = ({ until, endsAt, runId }: WorkedBlock) => !runId && (until !== undefined || now >= endsAt);
  const blocks = driver.blocks ?? [];
  return {
    guarantees: blocks.filter(isOver).map((block) => guaranteeOf(driver.id, block)),
    left: blocks.filter((block) => !isOver(block)),
  };
}

function guaranteeOf(driverId: DriverId, block: WorkedBlock): Guarantee {
  const { id: blockId, from, until = block.endsAt, earnedCents, passedCents, currency } = block;
  const guaranteedCents = Math.floor((block.guaranteedCentsPerHour * Math.max(0, secondsBetween(from, until))) / 3600);
  const amountCents = Math.max(0, guaranteedCents - earnedCents - passedCents);
  return { blockId, driverId, from, until, earnedCents, passedCents, guaranteedCents, amountCents, currency };
}

function overlaps(one: BlockTerms, other: BlockTerms): boolean {
  return one.startsAt < other.endsAt && other.startsAt < one.endsAt;
}

function termsOf({ id, mallId, startsAt, endsAt, guaranteedCentsPerHour, currency }: BlockTerms): BlockTerms {
  return { id, mallId, startsAt, endsAt, guaranteedCentsPerHour, currency };
}

function withoutBooking(diary: Diary, blockId: BlockId): Diary {
  return { ...diary, bookings: diary.bookings.filter(({ id }) => id !== blockId) };
}

function withMissed(diary: Diary, missed: Diary['missed'][number]): Diary {
  return { ...diary, missed: [...diary.missed, missed].slice(-missedKept) };
}

function notBooked(blockId: BlockId): Rejection {
  return reject('block_not_booked', `You have not booked block ${blockId}.`, 'List the blocks of your mall.');
}
