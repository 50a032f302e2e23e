import { junctionSeconds, turnRoundSeconds } from './junction.ts';
import { Plane } from './plane.ts';
import { type RoadClass, roadClasses, type Streets } from './street-file.ts';

/** A road shorter than this lies inside of a junction: between the two halves of a divided road, for example. */
const insideJunctionMetres = 45;

/**
 * Streets as a graph of arcs: a road in one of its directions. One goes from arc to arc, not from place to place, so
 * that a turn has its own time and some turns are not to be had.
 */
export class StreetGraph {
  readonly streets: Streets;
  readonly plane: Plane;
  readonly size: number;
  /** By arc. */
  readonly road: Int32Array;
  readonly isBackward: Uint8Array;
  readonly seconds: Float64Array;
  readonly metres: Float64Array;
  /** Where the arcs begin that may follow an arc, in `nextArc` and `nextSeconds`; one more than there are arcs. */
  readonly nextFrom: Int32Array;
  readonly nextArc: Int32Array;
  /** What the turn takes. */
  readonly nextSeconds: Float64Array;
  /** Arcs of a road in its direction, and against it: -1 where it is driven one way only. */
  readonly forward: Int32Array;
  readonly backward: Int32Array;
  /** Arcs from which one gets to each other: the largest such part. */
  readonly isMain: Uint8Array;

  constructor(streets: Streets) {
    this.streets = streets;
    this.plane = new Plane(streets.places);
    const { roads } = streets;
    this.size = roads.reduce((sum, { isOneWay }) => sum + (isOneWay ? 1 : 2), 0);
    this.road = new Int32Array(this.size);
    this.isBackward = new Uint8Array(this.size);
    this.seconds = new Float64Array(this.size);
    this.metres = new Float64Array(this.size);
    this.forward = new Int32Array(roads.length).fill(-1);
    this.backward = new Int32Array(roads.length).fill(-1);
    const bearings = this.#layArcs();
    const turns = this.#turns(bearings);
    this.nextFrom = new Int32Array(this.size + 1);
    for (const [arc, its] of turns.entries()) this.nextFrom[arc + 1] = this.nextFrom[arc]! + its.length;
    const flat = turns.flat();
    this.nextArc = Int32Array.from(flat, ({ to }) => to);
    this.nextSeconds = Float64Array.from(flat, ({ seconds }) => seconds);
    this.isMain = this.#largestPart();
  }

  placeAtEnd(arc: number): number {
    const { from, to } = this.streets.roads[this.road[arc]!]!;
    return this.isBackward[arc] ? from : to;
  }

  #placeAtStart(arc: number): number {
    const { from, to } = this.streets.roads[this.road[arc]!]!;
    return this.isBackward[arc] ? to : from;
  }

  /** Degrees at the start and at the end of each arc. */
  #layArcs(): { start: Float64Array; end: Float64Array } {
    const bearings = { start: new Float64Array(this.size), end: new Float64Array(this.size) };
    let arc = 0;
    for (const [number, road] of this.streets.roads.entries()) {
      const points = road.line.map((point) => this.plane.xy(point));
      const metres = points
        .slice(1)
        .reduce((sum, [x, y], at) => sum + Math.hypot(x - points[at]![0], y - points[at]![1]), 0);
      for (const backward of road.isOneWay ? [false] : [false, true]) {
        const way = backward ? points.toReversed() : points;
        this.road[arc] = number;
        this.isBackward[arc] = backward ? 1 : 0;
        this.metres[arc] = metres;
        this.seconds[arc] = metres / road.metresPerSecond;
        bearings.start[arc] = bearing(way[0]!, way[1]!);
        bearings.end[arc] = bearing(way.at(-2)!, way.at(-1)!);
        (backward ? this.backward : this.forward)[number] = arc;
        arc += 1;
      }
    }
    return bearings;
  }

  #turns(bearings: { start: Float64Array; end: Float64Array }): { to: number; seconds: number }[][] {
    const { roads, places } = this.streets;
    const leaving: number[][] = places.map(() => []);
    const roadsAt: number[][] = places.map(() => []);
    for (let arc = 0; arc < this.size; arc++) leaving[this.#placeAtStart(arc)]!.push(arc);
    for (const [number, { from, to }] of roads.entries()) {
      roadsAt[from]!.push(number);
      if (to !== from) roadsAt[to]!.push(number);
    }
    return Array.from({ length: this.size }, (_, arc) => {
      const place = this.placeAtEnd(arc);
      const [road, meeting] = [this.road[arc]!, roadsAt[place]!];
      const ahead = leaving[place]!.filter((next) => this.road[next] !== road);
      if (ahead.length === 0) {
        const back = leaving[place]!.filter((next) => this.isBackward[next] !== this.isBackward[arc]);
        return back.map((to) => ({ to, seconds: turnRoundSeconds }));
      }
      const isInside = this.metres[arc]! < insideJunctionMetres;
      return ahead.map((to) => {
        if (meeting.length < 3 || isInside) return { to, seconds: 0 };
        const next = this.road[to]!;
        const others = meeting.filter((number) => number !== road && number !== next);
        return {
          to,
          seconds: junctionSeconds({
            from: roads[road]!.class,
            to: roads[next]!.class,
            other: greatest(others.map((number) => roads[number]!.class)),
            angle: turn(bearings.end[arc]!, bearings.start[to]!),
          }),
        };
      });
    });
  }

  /** Tarjan's strongly connected components, without recursion. */
  #largestPart(): Uint8Array {
    const [index, low, part] = [0, 0, 0].map(() => new Int32Array(this.size).fill(-1)) as [
      Int32Array,
      Int32Array,
      Int32Array,
    ];
    const [stack, path, at]: [number[], number[], Int32Array] = [[], [], Int32Array.from(this.nextFrom)];
    const sizes: number[] = [];
    let counter = 0;
    for (let root = 0; root < this.size; root++) {
      if (index[root] !== -1) continue;
      path.push(root);
      while (path.length > 0) {
        const arc = path.at(-1)!;
        if (index[arc] === -1) {
          index[arc] = low[arc] = counter++;
          stack.push(arc);
        }
        const slot = at[arc]!;
        if (slot < this.nextFrom[arc + 1]!) {
          at[arc] = slot + 1;
          const next = this.nextArc[slot]!;
          if (index[next] === -1) path.push(next);
          else if (part[next] === -1) low[arc] = Math.min(low[arc]!, index[next]!);
          continue;
        }
        path.pop();
        const before = path.at(-1);
        if (before !== undefined) low[before] = Math.min(low[before]!, low[arc]!);
        if (low[arc] !== index[arc]) continue;
        let size = 0;
        for (let member = -1; member !== arc; size++) {
          member = stack.pop()!;
          part[member] = sizes.length;
        }
        sizes.push(size);
      }
    }
    const largest = sizes.indexOf(Math.max(...sizes));
    return Uint8Array.from(part, (its) => (its === largest ? 1 : 0));
  }
}

function greatest(classes: RoadClass[]): RoadClass {
  return roadClasses[Math.max(0, ...classes.map((it) => roadClasses.indexOf(it)))]!;
}

/** Degrees clockwise from north. */
function bearing([fromX, fromY]: [number, number], [toX, toY]: [number, number]): number {
  return (Math.atan2(toX - fromX, toY - fromY) * 180) / Math.PI;
}

/** From one bearing to another, -180 to 180, to the right positive. */
function turn(from: number, to: number): number {
  return ((to - from + 540) % 360) - 180;
}
