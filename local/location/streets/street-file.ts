import { z } from 'zod';
import type { LonLat } from '../travel.ts';

/** Least to greatest; what a road is decides who waits for whom where it meets another. */
export const roadClasses = ['local', 'collector', 'arterial', 'ramp', 'freeway'] as const;
export type RoadClass = (typeof roadClasses)[number];

/** A piece of road between two junctions. */
export interface Road {
  name: string;
  class: RoadClass;
  metresPerSecond: number;
  /** Driven from the first point to the last only. */
  isOneWay: boolean;
  /** Both ends, as numbers of places. */
  from: number;
  to: number;
  /** From end to end. */
  line: LonLat[];
}

/** How one gets from a door to the next road that is there, over the streets that are not. */
export interface Access {
  metresPerSecond: number;
  circuity: number;
}

/** Roads meet where they have an end in common, and nowhere else. */
export interface Streets {
  places: LonLat[];
  roads: Road[];
  /** Absent where every street is there: a route then begins and ends on the road. */
  access?: Access;
  /** A place further than this from every road is not on the network. */
  reachMetres: number;
}

const position = z.tuple([z.number(), z.number()]);

/** docs/routes.md describes it. */
const file = z.strictObject({
  format: z.literal('mallway-streets-1'),
  kind: z.enum(['schematic', 'surveyed']),
  about: z.string(),
  access: z.strictObject({ mph: z.number().positive(), circuity: z.number().min(1) }).optional(),
  reachMetres: z.number().positive(),
  points: z.record(z.string(), position),
  roads: z.array(
    z.strictObject({
      name: z.string(),
      class: z.enum(roadClasses),
      mph: z.number().positive(),
      oneway: z.boolean().optional(),
      through: z.array(z.union([z.string(), position])).min(2),
    }),
  ),
});

export type StreetFile = z.infer<typeof file>;

const metresPerSecondOfMph = 0.44704;

/** Reads a street file; throws a sentence that names what is wrong with it. */
export function streetsOf(document: unknown): Streets {
  const { points, roads, access, reachMetres } = file.parse(document);
  const names = Object.keys(points);
  const numbers = new Map(names.map((name, number) => [name, number]));
  const numberOf = (name: string, road: string) => {
    const number = numbers.get(name);
    if (number === undefined) throw new Error(`${road} goes through ${name}, which is none of the points.`);
    return number;
  };
  return {
    places: Object.values(points),
    roads: roads.flatMap((road) => piecesOf(road, (name) => numberOf(name, road.name), Object.values(points))),
    ...(access && { access: { metresPerSecond: access.mph * metresPerSecondOfMph, circuity: access.circuity } }),
    reachMetres,
  };
}

/** A road is cut at every named point; the others only bend it. */
function piecesOf(
  { name, class: roadClass, mph, oneway = false, through }: StreetFile['roads'][number],
  numberOf: (name: string) => number,
  places: LonLat[],
): Road[] {
  if (typeof through[0] !== 'string' || typeof through.at(-1) !== 'string') {
    throw new Error(`${name} has to begin and end at points that have a name.`);
  }
  const pieces: Road[] = [];
  let from = numberOf(through[0]);
  let line: LonLat[] = [places[from]!];
  for (const next of through.slice(1)) {
    if (typeof next !== 'string') {
      line.push(next);
      continue;
    }
    const to = numberOf(next);
    line.push(places[to]!);
    const metresPerSecond = mph * metresPerSecondOfMph;
    pieces.push({ name, class: roadClass, metresPerSecond, isOneWay: oneway, from, to, line });
    from = to;
    line = [places[to]!];
  }
  return pieces;
}
