import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fallbackTravel } from '../../../lambdas/domain/travel.ts';
import { withoutBends } from '../../../local/location/streets/bends.ts';
import { junctionSeconds } from '../../../local/location/streets/junction.ts';
import { Router } from '../../../local/location/streets/router.ts';
import { type Streets, streetsOf } from '../../../local/location/streets/street-file.ts';
import { streetTravel } from '../../../local/location/streets/street-travel.ts';
import { greatCircleMetres, isNoWay, type LonLat } from '../../../local/location/travel.ts';
import { pilotAddresses, pilotMalls } from '../../../local/pilot/pilot.ts';
import { pilotStreets } from '../../../local/pilot/streets.ts';

type Draw = { from: number; to: number; isOneWay: boolean; metresPerSecond: number };

/** A grid of places, with roads between any of them: bridges, one-ways, islands. */
function town(draws: Draw[], side = 4): Streets {
  const places = Array.from(
    { length: side * side },
    (_, at): LonLat => [-112 + (at % side) * 0.005, 33 + Math.floor(at / side) * 0.005],
  );
  const roads = draws
    .filter(({ from, to }) => from !== to)
    .map(({ from, to, isOneWay, metresPerSecond }, number) => ({
      name: `Road ${number}`,
      class: (['local', 'collector', 'arterial'] as const)[number % 3]!,
      metresPerSecond,
      isOneWay,
      from,
      to,
      line: [places[from]!, places[to]!],
    }));
  return { places, roads, reachMetres: 5_000 };
}

const draw = fc.record({
  from: fc.nat(15),
  to: fc.nat(15),
  isOneWay: fc.boolean(),
  metresPerSecond: fc.integer({ min: 5, max: 25 }),
});
const towns = fc
  .array(draw, { minLength: 6, maxLength: 40 })
  .map((draws) => town(draws))
  .filter(({ roads }) => roads.length > 1);
const somewhere = fc.tuple(
  fc.double({ min: -112, max: -111.985, noNaN: true }),
  fc.double({ min: 33, max: 33.015, noNaN: true }),
);

describe('the quickest way', () => {
  test('is the one that a search of everything finds, whatever the streets', () => {
    fc.assert(
      fc.property(towns, somewhere, fc.array(somewhere, { minLength: 1, maxLength: 4 }), (streets, from, to) => {
        const router = new Router(streets);
        const start = router.snap(from)!;
        const ends = to.map((place) => router.snap(place)!);
        const all = router.ways(start, ends);
        for (const [index, end] of ends.entries()) {
          const way = router.way(start, end);
          expect(way === null).toBe(all[index] === null);
          if (!way) continue;
          expect(way.seconds).toBeCloseTo(all[index]!.seconds, 6);
          const stretches = way.stretches();
          expect(stretches.reduce((sum, { metres }) => sum + metres, 0)).toBeCloseTo(way.metres, 3);
          expect(stretches.reduce((sum, { seconds }) => sum + seconds, 0)).toBeCloseTo(way.seconds, 3);
          // Its line begins and ends where the places met the streets, and has no gap.
          const line = stretches.flatMap((stretch, at) => stretch.line.slice(at === 0 ? 0 : 1));
          expect(greatCircleMetres(line[0]!, start.at)).toBeLessThan(1);
          expect(greatCircleMetres(line.at(-1)!, end.at)).toBeLessThan(1);
          for (const [at, stretch] of stretches.slice(1).entries()) {
            expect(stretch.line[0]).toEqual(stretches[at]!.line.at(-1));
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  test('is searched for over roads without their bends, of which not a metre is lost', () => {
    const length = ({ plane, streets }: Router['graph']) =>
      streets.roads
        .map(({ line }) => line.map((point) => plane.xy(point)))
        .flatMap((line) => line.slice(1).map(([x, y], at) => Math.hypot(x - line[at]![0], y - line[at]![1])))
        .reduce((sum, metres) => sum + metres, 0);
    fc.assert(
      fc.property(towns, (streets) => {
        // Every road in two pieces, with a place between them that is no junction.
        const pieces: Streets = { ...streets, places: [...streets.places], roads: [] };
        for (const road of streets.roads) {
          const [[ax, ay], [bx, by]] = [road.line[0]!, road.line[1]!];
          const middle = pieces.places.push([(ax + bx) / 2, (ay + by) / 2]) - 1;
          const at = pieces.places[middle]!;
          pieces.roads.push({ ...road, to: middle, line: [road.line[0]!, at] });
          pieces.roads.push({ ...road, from: middle, line: [at, road.line[1]!] });
        }
        const mended = new Router(withoutBends(pieces)).graph;
        expect(mended.streets.roads).toHaveLength(streets.roads.length);
        expect(length(mended)).toBeCloseTo(length(new Router(streets).graph), 3);
      }),
      { numRuns: 60 },
    );
  });

  test('goes to the point along a road, not to its nearest end, and never against a one-way road', () => {
    const streets = town([
      { from: 0, to: 1, isOneWay: true, metresPerSecond: 10 },
      { from: 1, to: 5, isOneWay: false, metresPerSecond: 10 },
      { from: 5, to: 4, isOneWay: false, metresPerSecond: 10 },
      { from: 4, to: 0, isOneWay: false, metresPerSecond: 10 },
    ]);
    const router = new Router(streets);
    const [a, b] = [router.snap([-111.9985, 33])!, router.snap([-111.9965, 33])!];
    const straight = greatCircleMetres([-111.9985, 33], [-111.9965, 33]);
    expect(router.way(a, b)!.metres).toBeCloseTo(straight, 0);
    expect(router.way(b, a)!.metres).toBeGreaterThan(3 * straight);
    expect(router.way(b, a)!.stretches()).toHaveLength(5);
  });

  test('turns round where a road ends, and nowhere else', () => {
    const streets = town([
      { from: 0, to: 1, isOneWay: false, metresPerSecond: 10 },
      { from: 1, to: 2, isOneWay: false, metresPerSecond: 10 },
      { from: 1, to: 5, isOneWay: false, metresPerSecond: 10 },
    ]);
    const { graph } = new Router(streets);
    const [toJunction, toEnd] = [graph.forward[0]!, graph.backward[0]!];
    const following = (arc: number) => [...graph.nextArc.slice(graph.nextFrom[arc], graph.nextFrom[arc + 1])];
    expect(following(toJunction)).not.toContain(toEnd);
    expect(following(toEnd)).toEqual([toJunction]);
  });
});

describe('a junction', () => {
  const through = { from: 'arterial', to: 'arterial', other: 'local', angle: 0 } as const;
  test('costs nothing straight on along the greater road, and most to the left across it', () => {
    expect(junctionSeconds(through)).toBe(0);
    const crossing = junctionSeconds({ from: 'local', to: 'local', other: 'arterial', angle: 0 });
    const right = junctionSeconds({ from: 'local', to: 'arterial', other: 'arterial', angle: 90 });
    const left = junctionSeconds({ from: 'local', to: 'arterial', other: 'arterial', angle: -90 });
    expect(right).toBeGreaterThan(0);
    expect(right).toBeLessThan(crossing);
    expect(left).toBeGreaterThan(crossing);
  });
});

describe('a street file', () => {
  const point = (name: string) => ({ name, class: 'local', mph: 25, through: [name, 'b'] });
  const file = (roads: object[]) => ({
    format: 'mallway-streets-1',
    kind: 'schematic',
    about: '',
    reachMetres: 1,
    points: { a: [-112, 33], b: [-112, 33.1] },
    roads,
  });

  test('that names a point it does not have, or begins at none, is refused in words', () => {
    expect(() => streetsOf(file([point('c')]))).toThrow('c goes through c, which is none of the points.');
    const nameless = { name: 'Main St', class: 'local', mph: 25, through: [[-112, 33], 'b'] };
    expect(() => streetsOf(file([nameless]))).toThrow('Main St has to begin and end at points that have a name.');
  });
});

describe('the streets around the pilot malls', () => {
  const travel = streetTravel(pilotStreets());

  test.each(pilotMalls.map(({ mall }) => [mall.name, mall.position] as const))(
    'lead from %s to every door near it, and back',
    (_, mall) => {
      const doors = pilotAddresses.filter(({ position }) => greatCircleMetres([...mall], [...position]) < 16_000);
      expect(doors.length).toBeGreaterThan(15);
      for (const { position } of doors) {
        for (const [from, to] of [
          [mall, position],
          [position, mall],
        ] as const) {
          const found = travel([...from], [...to], 'Car');
          if (isNoWay(found)) throw new Error(`There is no way to ${position}.`);
          expect(found.stretches).toBeDefined();
          // Between half and three times the estimate: a schematic map, but no maze.
          const ratio = found.durationSeconds / fallbackTravel([...from], [...to]).seconds;
          expect(ratio).toBeGreaterThan(0.4);
          expect(ratio).toBeLessThan(3);
        }
      }
    },
  );
});
