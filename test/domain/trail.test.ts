import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { awayFrom, awayReasons, fenceMetres, metresAway } from '../../lambdas/domain/away.ts';
import { stopKinds } from '../../lambdas/domain/fleet.ts';
import type { Position } from '../../lambdas/domain/position.ts';
import { epochMs, type Instant, plusSeconds } from '../../lambdas/domain/time.ts';
import { addFixes, type Fix, fixNear, type Trail } from '../../lambdas/domain/trail.ts';
import { noon } from './fixtures.ts';

const metresPerDegree = 111_195;
const fix = (seconds: number, north = 0, more: Partial<Fix> = {}): Fix => ({
  at: plusSeconds(noon, seconds),
  position: [-111.9, 33.3 + north / metresPerDegree],
  ...more,
});
const take = (trail: Trail, ...fixes: Fix[]) => addFixes(trail, fixes, noon);

/** A car in town: every fix can be reached from every other. */
const drives = fc
  .uniqueArray(fc.integer({ min: -7000, max: 600 }), { minLength: 1, maxLength: 60 })
  .map((seconds) => seconds.map((at) => fix(at, at * 10)));

describe('what a phone reports', () => {
  test('ends with the newest that is not of the future, in whatever order and batches it comes', () => {
    fc.assert(
      fc.property(drives, fc.nat(60), (fixes, cut) => {
        const first = take([], ...fixes.slice(0, cut)).trail;
        const { trail } = take(first, ...fixes.slice(cut));
        const past = fixes.filter(({ at }) => at <= noon).sort((a, b) => (a.at < b.at ? -1 : 1));
        expect(trail.at(-1)).toEqual(past.at(-1));
      }),
    );
  });

  test('changes nothing when it comes again', () => {
    fc.assert(
      fc.property(drives, fc.nat(60), (fixes, cut) => {
        const { trail } = take(take([], ...fixes.slice(cut)).trail, ...fixes.slice(0, cut));
        expect(take(trail, ...fixes).trail).toEqual(trail);
      }),
    );
  });

  test('stays in order, with a minute and a half between two but for the newest, and fits into an item', () => {
    fc.assert(
      fc.property(fc.array(drives, { maxLength: 4 }), (batches) => {
        const trail = batches.reduce<Trail>((before, fixes) => take(before, ...fixes).trail, []);
        const times = trail.map(({ at }) => epochMs(at) / 1000);
        const gaps = times.slice(1).map((at, index) => at - times[index]!);
        expect(trail.length).toBeLessThanOrEqual(22);
        expect(gaps.every((gap) => gap > 0)).toBe(true);
        expect(gaps.slice(0, -1).every((gap) => gap >= 90)).toBe(true);
        expect(JSON.stringify(trail).length).toBeLessThan(3000);
      }),
    );
  });

  test('says what was not taken, and why', () => {
    const known = take([], fix(-600), fix(-300, 3000)).trail;
    const { trail, ignored } = take(known, fix(-300, 3000), fix(60), fix(-8000), fix(-290, 90_000), fix(-450, 1500));
    expect(ignored).toEqual({ known: 1, future: 1, too_old: 1, impossible: 1 });
    expect(trail).toEqual([fix(-600), fix(-450, 1500), fix(-300, 3000)]);
  });

  test('may be anywhere after ten minutes of silence, and is not held to a wrong first place for longer', () => {
    const lost = take([], fix(-700, 500_000)).trail;
    expect(take(lost, fix(-650)).ignored.impossible).toBe(1);
    expect(take(lost, fix(-90)).trail.at(-1)).toEqual(fix(-90));
  });

  test('is believed in as far as the receiver is sure', () => {
    const rough = { accuracyMetres: 900 };
    expect(take([], fix(-20), fix(-10, 1500, rough)).ignored.impossible).toBe(0);
    expect(take([], fix(-20), fix(-10, 1500)).ignored.impossible).toBe(1);
  });
});

test('a position tells of the minutes around it', () => {
  const trail = take([], fix(-900), fix(-600), fix(-100)).trail;
  const near = (seconds: number) => fixNear(trail, plusSeconds(noon, seconds), 120)?.at as Instant | undefined;
  expect([near(-590), near(-700), near(-750), near(0), near(-1100)]).toEqual([
    plusSeconds(noon, -600),
    plusSeconds(noon, -600),
    undefined,
    plusSeconds(noon, -100),
    undefined,
  ]);
  expect(fixNear([], noon, 120)).toBeUndefined();
});

describe('somebody who says that they are at a stop', () => {
  const door: Position = [-111.9, 33.3];
  const from = (north: number, accuracyMetres?: number) => metresAway(fix(0, north, { accuracyMetres }), door);

  test('is as near as their phone allows; one that does not know proves nothing', () => {
    expect([from(0), from(400), from(400, 100), from(80, 100)]).toEqual([0, 400, 300, 0]);
    expect(from(5000, 201)).toBeUndefined();
  });

  test('may have driven since the phone last knew', () => {
    expect([0, 30, 100].map((secondsApart) => metresAway(fix(0, 2000), door, secondsApart))).toEqual([2000, 1400, 0]);
  });

  test.each(stopKinds)('at a %s is asked for a reason beyond its fence, and only there', (kind) => {
    const fence = fenceMetres[kind];
    expect(awayFrom(kind, { metresAway: fence })).toBeUndefined();
    expect(awayFrom(kind, { metresAway: fence, reason: 'other' })).toBeUndefined();
    expect(awayFrom(kind, {})).toBeUndefined();
    expect(awayFrom(kind, { metresAway: fence + 1 })).toMatchObject({
      code: 'too_far',
      pointer: '/awayReason',
      current: { metres: fence + 1 },
    });
    for (const reason of awayReasons)
      expect(awayFrom(kind, { metresAway: fence + 1, reason })).toEqual({ metres: fence + 1, reason });
  });

  test('at a door has to be within 150 m of it', () => expect(fenceMetres.dropoff).toBe(150));
});
