import fc from 'fast-check';
import { expect, it } from 'vitest';
import { distanceMetres } from '../../lambdas/domain/position.ts';
import { type Fence, type Fix, follow, metresBetween } from '../../web/drive/geofence.ts';

const door = [-111.9, 33.3] as const;
const stop = 'dropoff-1';
/** `seconds` after the start, so many metres north of the door. */
const fix = (seconds: number, metres: number, accuracyMetres = 10): Fix => ({
  atMs: seconds * 1000,
  position: [door[0], door[1] + metres / 111_195],
  accuracyMetres,
});

function crossings(fixes: Fix[], stopId = stop) {
  let fence: Fence | null = null;
  return fixes.flatMap((one) => {
    const step = follow(fence, stopId, door, one);
    fence = step.fence;
    return step.crossed ? [[step.crossed.to, step.crossed.at.atMs / 1000]] : [];
  });
}

it('is there after two near fixes a quarter of a minute apart, since the first of them', () => {
  expect(crossings([fix(0, 500), fix(60, 40), fix(70, 20), fix(80, 10)])).toEqual([['arrived', 60]]);
  expect(crossings([fix(0, 10)])).toEqual([]);
});

it('does not take a car that passes for one that arrives', () => {
  expect(crossings([fix(0, 50), fix(5, 0), fix(10, 120), fix(20, 300), fix(60, 50)])).toEqual([]);
});

it('changes nothing between the two circles, and tells of leaving only beyond the larger', () => {
  const there = [fix(0, 10), fix(20, 10)];
  expect(crossings([...there, fix(60, 100), fix(90, 150), fix(120, 30), fix(200, 100)])).toEqual([['arrived', 0]]);
  expect(crossings([...there, fix(60, 170), fix(80, 400)])).toEqual([
    ['arrived', 0],
    ['departed', 60],
  ]);
});

it('does not believe a phone that is not sure, nor fixes with a long silence between them', () => {
  expect(crossings([fix(0, 10, 80), fix(20, 10, 80), fix(40, 10, 80)])).toEqual([]);
  expect(crossings([fix(0, 10), fix(600, 10)])).toEqual([]);
  expect(crossings([fix(0, 10), fix(600, 10), fix(620, 10)])).toEqual([['arrived', 600]]);
});

it('comes and goes in turn, whatever a phone tells', () => {
  const wild = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 400 }), fc.integer({ min: 1, max: 90 })),
  );
  fc.assert(
    fc.property(wild, (told) => {
      const said = crossings(told.map(([seconds, metres, accuracy]) => fix(seconds, metres, accuracy))).map(
        ([to]) => to,
      );
      expect(said).toEqual(said.map((_, index) => (index % 2 === 0 ? 'arrived' : 'departed')));
    }),
  );
});

it('begins anew at another stop', () => {
  const first = follow(null, stop, door, fix(0, 10)).fence;
  const second = follow(first, 'dropoff-2', door, fix(20, 10));
  expect(second).toEqual({ fence: { stopId: 'dropoff-2', isInside: false, otherwise: fix(20, 10) }, crossed: null });
});

it('measures as the server does', () => {
  const place = fc.tuple(
    fc.double({ min: -112, max: -111, noNaN: true }),
    fc.double({ min: 33, max: 34, noNaN: true }),
  );
  fc.assert(
    fc.property(place, place, (a, b) => {
      expect(metresBetween(a, b)).toBeCloseTo(distanceMetres(a, b), 6);
    }),
  );
});
