import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkIn, endBlocks } from '../../lambdas/domain/decide-block.ts';
import { endShift } from '../../lambdas/domain/decide-fleet.ts';
import { type Driver, newShift } from '../../lambdas/domain/fleet.ts';
import { asId, type BlockId, type DriverId, type OrderId, type RunId } from '../../lambdas/domain/ids.ts';
import { isRejection } from '../../lambdas/domain/rejection.ts';
import {
  applyBlock,
  type Block,
  type BlockTerms,
  bookBlock,
  checkInUntil,
  countAcceptance,
  countPass,
  countRun,
  type Diary,
  forfeitBlock,
  type Guarantee,
  leaveBlocks,
  missBlocks,
  newDiary,
  settleBlocks,
  type WorkedBlock,
} from '../../lambdas/domain/shift-block.ts';
import { type Instant, plusMinutes } from '../../lambdas/domain/time.ts';
import { done, driverId, mall, noon } from './fixtures.ts';

const blockId = asId<BlockId>('lunch');
const at = (minutes: number) => plusMinutes(noon, minutes);

/** From noon to two, at 18.00 an hour. */
function terms(change: Partial<BlockTerms> = {}): BlockTerms {
  return {
    id: blockId,
    mallId: mall.id,
    startsAt: noon,
    endsAt: at(120),
    guaranteedCentsPerHour: 1800,
    currency: 'USD',
    ...change,
  };
}

function block(change: Partial<Block> = {}): Block {
  return { ...terms(), version: 1, places: 2, bookedBy: [], ...change };
}

function driver(change: Partial<Driver> = {}): Driver {
  return {
    id: driverId,
    version: 1,
    sequence: 0,
    name: 'Ada',
    mallId: mall.id,
    vehicle: 'car',
    status: 'active',
    shift: null,
    openOfferId: null,
    activeRunId: null,
    passedOn: [],
    ...change,
  };
}

const diaryWith = (...bookings: BlockTerms[]): Diary => ({ ...newDiary(driverId), bookings });
const work = (change: Partial<WorkedBlock> = {}): WorkedBlock => ({
  ...terms(),
  from: noon,
  earnedCents: 0,
  passedCents: 0,
  ...change,
});

describe('publishing a block', () => {
  test.each<[string, Partial<BlockTerms>, number, Block | null, string | null]>([
    ['a new one', {}, 2, null, null],
    ['the same again', {}, 2, block(), null],
    ['other hours while nobody has booked', { endsAt: at(180) }, 2, block(), null],
    ['more places', {}, 5, block({ bookedBy: [driverId] }), null],
    ['as many places as are taken', {}, 1, block({ bookedBy: [driverId] }), null],
    ['fewer places than are taken', {}, 0, block({ bookedBy: [driverId] }), 'block_booked'],
    ['other hours once it is booked', { endsAt: at(180) }, 2, block({ bookedBy: [driverId] }), 'block_booked'],
    ['less pay once it is booked', { guaranteedCentsPerHour: 1 }, 2, block({ bookedBy: [driverId] }), 'block_booked'],
  ])('%s', (_, change, places, known, code) => {
    const applied = applyBlock(terms(change), places, known);
    expect(isRejection(applied) ? applied.code : null).toBe(code);
    if (!isRejection(applied)) expect(applied).toMatchObject({ places, bookedBy: known?.bookedBy ?? [] });
  });
});

describe('booking a block', () => {
  const other = asId<DriverId>('driver-9');
  const early = at(-120);
  test.each<[string, Partial<Block>, Diary, Partial<Driver>, Instant, string | null]>([
    ['of which a place is free', { bookedBy: [other] }, diaryWith(), {}, early, null],
    ['that is full', { places: 1, bookedBy: [other] }, diaryWith(), {}, early, 'block_full'],
    ['that has begun', {}, diaryWith(), {}, noon, 'block_closed'],
    ['of another mall', { mallId: asId('mall-2') }, diaryWith(), {}, early, 'not_found'],
    ['while suspended', {}, diaryWith(), { status: 'suspended' }, early, 'driver_suspended'],
    [
      'that overlaps one that is booked',
      {},
      diaryWith(terms({ id: asId('b'), startsAt: at(-60), endsAt: at(1) })),
      {},
      early,
      'block_overlaps',
    ],
    [
      'right after one that is booked',
      {},
      diaryWith(terms({ id: asId('b'), startsAt: at(-60), endsAt: noon })),
      {},
      early,
      null,
    ],
    [
      'that overlaps one at work',
      {},
      diaryWith(),
      { blocks: [work({ id: asId('b'), startsAt: early, endsAt: at(9) })] },
      early,
      'block_overlaps',
    ],
  ])('%s', (_, change, diary, who, now, code) => {
    const outcome = bookBlock({ block: block(change), diary }, driver(who), now);
    expect(isRejection(outcome) ? outcome.code : null).toBe(code);
    if (isRejection(outcome)) return;
    expect(outcome.block.bookedBy).toContain(driverId);
    expect(outcome.diary.bookings.at(-1)).toEqual(terms());
    const again = bookBlock(outcome, driver(who), now);
    expect(again).toEqual(outcome);
  });

  test.each([
    [-46, 'free'],
    [-45, 'free'],
    [-44, 'missed'],
    [29, 'missed'],
    [30, 'block_closed'],
  ])('is given back at %i minutes from the start: %s', (minutes, what) => {
    const booked = { block: block({ bookedBy: [driverId, other] }), diary: diaryWith(terms()) };
    const outcome = forfeitBlock(booked, at(minutes));
    if (isRejection(outcome)) return expect(outcome.code).toBe(what);
    expect(outcome.block.bookedBy).toEqual([other]);
    expect(outcome.diary.bookings).toEqual([]);
    expect(outcome.diary.missed.map(({ why }) => why)).toEqual(what === 'free' ? [] : ['forfeited_late']);
  });

  test('what is not booked cannot be given back', () => {
    expect(forfeitBlock({ block: block(), diary: diaryWith() }, noon)).toMatchObject({ code: 'block_not_booked' });
  });

  test('is missed by whoever does not come', () => {
    const diary = diaryWith(terms());
    expect(missBlocks(diary, at(29))).toBe(diary);
    expect(missBlocks(diary, checkInUntil(terms()))).toMatchObject({ bookings: [], missed: [{ why: 'not_there' }] });
  });

  test('never has more drivers than places, nor a driver two at once, whoever does what when', () => {
    const act = fc.record({
      who: fc.nat(3),
      which: fc.nat(3),
      gives: fc.boolean(),
      minute: fc.integer({ min: -200, max: 90 }),
    });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
        const blocks = [0, 60, 100, 240].map((start, index) =>
          block({ id: asId(`b${index}`), places: 2, startsAt: at(start), endsAt: at(start + 120) }),
        );
        const diaries = [0, 1, 2, 3].map((number) => newDiary(asId<DriverId>(`driver-${number}`)));
        for (const { who, which, gives, minute } of acts) {
          const before = { block: blocks[which]!, diary: diaries[who]! };
          const outcome = gives
            ? forfeitBlock(before, at(minute))
            : bookBlock(before, driver({ id: diaries[who]!.driverId }), at(minute));
          if (isRejection(outcome)) continue;
          blocks[which] = outcome.block;
          diaries[who] = outcome.diary;
        }
        for (const { places, bookedBy, id } of blocks) {
          expect(bookedBy.length).toBeLessThanOrEqual(places);
          const having = diaries.filter(({ bookings }) => bookings.some((one) => one.id === id));
          expect(having.map(({ driverId: its }) => its).sort()).toEqual([...bookedBy].sort());
        }
        for (const { bookings } of diaries) {
          for (const one of bookings) {
            const clash = bookings.find((two) => two !== one && one.startsAt < two.endsAt && two.startsAt < one.endsAt);
            expect(clash).toBeUndefined();
          }
        }
      }),
    );
  });
});

describe('checking in', () => {
  test.each<[number, string | null, number]>([
    [-16, 'not_due', 0],
    [-15, null, 0],
    [0, null, 0],
    [12, null, 12],
    [30, 'block_closed', 0],
  ])('%i minutes from the start', (minutes, code, from) => {
    const outcome = checkIn(driver(), diaryWith(terms()), blockId, at(minutes));
    if (isRejection(outcome)) return expect(outcome.code).toBe(code);
    const { driver: here } = outcome.situation;
    expect(here).toMatchObject({
      shift: { startedAt: at(minutes), blockId },
      blocks: [{ id: blockId, from: at(from) }],
    });
    expect(outcome.diary.bookings).toEqual([]);
    expect(done(checkIn(here!, outcome.diary, blockId, at(minutes))).situation.driver).toBe(here);
    return;
  });

  test('goes on with a shift that was started already, which then does not end with the block', () => {
    const onShift = driver({ shift: newShift(at(-60)) });
    const { situation } = done(checkIn(onShift, diaryWith(terms()), blockId, noon));
    expect(situation.driver).toMatchObject({ shift: { startedAt: at(-60) }, blocks: [{ id: blockId }] });
    expect(endBlocks(situation.driver!, at(120)).situation.driver!.shift).not.toBeNull();
  });

  test('is for who has booked', () => {
    expect(checkIn(driver(), diaryWith(), blockId, noon)).toMatchObject({ code: 'block_not_booked' });
    const suspended = driver({ status: 'suspended' });
    expect(checkIn(suspended, diaryWith(terms()), blockId, noon)).toMatchObject({ code: 'driver_suspended' });
  });
});

describe('the guarantee', () => {
  const settled = (change: Partial<WorkedBlock>, now = at(120)) =>
    settleBlocks(driver({ blocks: [work(change)] }), now);

  test.each<[string, Partial<WorkedBlock>, number]>([
    ['nothing came', {}, 3600],
    ['runs paid less', { earnedCents: 1100 }, 2500],
    ['runs paid as much', { earnedCents: 3600 }, 0],
    ['runs paid more', { earnedCents: 9000 }, 0],
    ['came an hour late', { from: at(60) }, 1800],
    ['left after half an hour', { until: at(30) }, 900],
    ['passed on a run', { passedCents: 1100 }, 2500],
    ['passed on everything', { passedCents: 5500 }, 0],
    ['passed on one run and did another', { earnedCents: 1100, passedCents: 1100 }, 1400],
  ])('where %s', (_, change, cents) => {
    const { guarantees, left } = settled(change);
    expect(guarantees.map(({ amountCents }) => amountCents)).toEqual([cents]);
    expect(left).toEqual([]);
  });

  test('waits for the end of the block, and for the run under way', () => {
    expect(settled({}, at(119))).toMatchObject({ guarantees: [], left: [{ id: blockId }] });
    expect(settled({ runId: asId('run-1') }, at(200))).toMatchObject({ guarantees: [], left: [{ id: blockId }] });
  });

  test('counts a run that was accepted in the block, however late it is over, and once', () => {
    const who = driver({ blocks: [work()] });
    countAcceptance(who, asId<RunId>('run-1'), at(119));
    countRun(who, asId<RunId>('run-2'), 500);
    countRun(who, asId<RunId>('run-1'), 1100);
    countRun(who, asId<RunId>('run-1'), 1100);
    countAcceptance(who, asId<RunId>('run-3'), at(120));
    countRun(who, asId<RunId>('run-3'), 1100);
    expect(who.blocks).toEqual([work({ earnedCents: 1100 })]);
  });

  test('counts an order that is passed on again once', () => {
    const [orderA, orderB] = [asId<OrderId>('a'), asId<OrderId>('b')];
    const who = driver({ blocks: [work()], passedOn: [{ orderId: orderA, at: at(-1) }] });
    countPass(who, { orderIds: [orderA], payCents: 700 }, at(5));
    who.passedOn.push({ orderId: orderA, at: at(5) });
    countPass(who, { orderIds: [orderA], payCents: 700 }, at(20));
    countPass(who, { orderIds: [orderA, orderB], payCents: 900 }, at(30));
    expect(who.blocks![0]!.passedCents).toBe(1600);
  });

  test('is settled by time alone, once, and the shift that began with the block ends with it', () => {
    const here = done(checkIn(driver(), diaryWith(terms()), blockId, noon)).situation.driver!;
    expect(endBlocks(here, at(119))).toMatchObject({ guarantees: [], situation: { driver: here } });
    const ended = endBlocks(here, at(121));
    expect(ended.guarantees).toMatchObject([{ blockId, driverId, amountCents: 3600, until: at(120) }]);
    expect(ended.situation.driver).toMatchObject({ shift: null });
    expect(ended.situation.driver!.blocks).toBeUndefined();
    expect(ended.fleetEvents.map(({ type }) => type)).toEqual(['driver.shift_ended']);
    expect(endBlocks(ended.situation.driver!, at(122))).toMatchObject({ guarantees: [], fleetEvents: [] });
  });

  test('waits while an offer is open, which may still be accepted', () => {
    const here = driver({ shift: { ...newShift(noon), blockId }, blocks: [work()], openOfferId: asId('offer-1') });
    expect(endBlocks(here, at(121))).toMatchObject({ guarantees: [], situation: { driver: here } });
  });

  test('of a driver who goes early is for the time until then', () => {
    const here = done(checkIn(driver(), diaryWith(terms()), blockId, noon)).situation.driver!;
    const gone = done(endShift({ orders: [], offer: null, run: null, driver: here }, at(40))).situation.driver!;
    expect(endBlocks(gone, at(41)).guarantees).toMatchObject([{ amountCents: 1200, until: at(40) }]);
  });

  test('and pay together are never below the minimum for work that was not refused, nor paid for more than the time', () => {
    const minute = fc.integer({ min: -30, max: 200 });
    const step = fc.record({ at: minute, pay: fc.nat(2000), does: fc.constantFrom('run', 'pass', 'leave') });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), fc.nat(5000), (steps, perHour) => {
        const who = driver({ blocks: [work({ guaranteedCentsPerHour: perHour })] });
        for (const [index, { at: when, pay, does }] of steps.sort((a, b) => a.at - b.at).entries()) {
          const runId = asId<RunId>(`run-${index}`);
          if (does === 'run') {
            countAcceptance(who, runId, at(when));
            countRun(who, runId, pay);
          } else if (does === 'pass')
            countPass(who, { orderIds: [asId<OrderId>(`o${index}`)], payCents: pay }, at(when));
          else leaveBlocks(who, at(when));
        }
        const { guarantees } = settleBlocks(who, at(300));
        expect(guarantees).toHaveLength(1);
        const [paid] = guarantees as [Guarantee];
        expect(paid.amountCents).toBeGreaterThanOrEqual(0);
        expect(paid.guaranteedCents).toBeLessThanOrEqual(perHour * 2);
        expect(paid.amountCents + paid.earnedCents + paid.passedCents).toBeGreaterThanOrEqual(paid.guaranteedCents);
        if (paid.amountCents > 0) {
          expect(paid.amountCents + paid.earnedCents + paid.passedCents).toBe(paid.guaranteedCents);
        }
      }),
    );
  });
});
