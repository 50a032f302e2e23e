import { Heap } from './heap.ts';
import type { StreetGraph } from './street-graph.ts';

const landmarkCount = 16;
const sector = (2 * Math.PI) / landmarkCount;
/** Of the landmarks, those that tell most of one journey. */
const activeCount = 8;
/** The tables hold single precision; so much a difference may be too great by. */
const roundingSeconds = 0.01;

/**
 * Lower bounds of travel times from a few far-off roads: what is between two places is at least the difference of what
 * either has to a third. They guide the search far better than the straight line does, which reckons with a freeway
 * everywhere.
 *
 * Source: Goldberg and Harrelson, "Computing the shortest path: A* search meets graph theory" (2005).
 */
export class Landmarks {
  /** By arc, and for each landmark: seconds from its end to the arc's, and from the arc's end to the landmark's. */
  readonly #table: Float32Array;

  constructor(graph: StreetGraph) {
    const { nextFrom, nextArc, nextSeconds, seconds } = graph;
    const ahead = { nextFrom, nextArc, cost: nextSeconds.map((turn, slot) => turn + seconds[nextArc[slot]!]!) };
    const back = reversed(graph);
    this.#table = new Float32Array(graph.size * 2 * landmarkCount);
    for (const [landmark, arc] of outermost(graph).entries()) {
      const [from, to] = [secondsFrom(arc, ahead), secondsFrom(arc, back)];
      for (let other = 0; other < graph.size; other++) {
        this.#table[other * 2 * landmarkCount + 2 * landmark] = from[other]!;
        this.#table[other * 2 * landmarkCount + 2 * landmark + 1] = to[other]!;
      }
    }
  }

  /**
   * Seconds at least from the end of an arc to a goal, which lies on one of `goals`, `rest` seconds before its end.
   * `start` chooses the landmarks that are asked.
   */
  boundTo(goals: readonly { arc: number; rest: number }[], start: number): (arc: number) => number {
    const table = this.#table;
    const at = (arc: number, column: number) => table[arc * 2 * landmarkCount + column]!;
    const columns = Array.from({ length: 2 * landmarkCount }, (_, column) => {
      const isFrom = column % 2 === 0;
      const ofGoals = goals.map(({ arc, rest }) => (isFrom ? at(arc, column) - rest : at(arc, column) + rest));
      const limit = isFrom ? Math.min(...ofGoals) : Math.max(...ofGoals);
      const told = isFrom ? limit - at(start, column) : at(start, column) - limit;
      return { column, sign: isFrom ? -1 : 1, limit, told };
    });
    const active = columns.filter(({ limit, told }) => Number.isFinite(limit) && Number.isFinite(told));
    active.sort((one, other) => other.told - one.told).splice(activeCount);
    return (arc) => {
      let bound = 0;
      for (const { column, sign, limit } of active) {
        const told = sign * (table[arc * 2 * landmarkCount + column]! - limit);
        if (told > bound && told < Number.POSITIVE_INFINITY) bound = told;
      }
      return Math.max(0, bound - roundingSeconds);
    };
  }
}

/** The arc that ends furthest out in each direction of the compass. */
function outermost(graph: StreetGraph): number[] {
  const main = Array.from(graph.isMain.keys()).filter((arc) => graph.isMain[arc] === 1);
  const ends = main.map((arc) => graph.plane.xy(graph.streets.places[graph.placeAtEnd(arc)]!));
  const middle = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;
  const [middleX, middleY] = [middle(ends.map(([x]) => x)), middle(ends.map(([, y]) => y))];
  return Array.from({ length: landmarkCount }, (_, direction) => {
    const [east, north] = [Math.sin(direction * sector), Math.cos(direction * sector)];
    const out = ends.map(([x, y]) => {
      const [ahead, aside] = [
        (x - middleX) * east + (y - middleY) * north,
        (x - middleX) * north - (y - middleY) * east,
      ];
      return ahead - Math.abs(aside) / 2;
    });
    return main[out.indexOf(out.reduce((most, one) => Math.max(most, one)))]!;
  });
}

interface Arcs {
  nextFrom: Int32Array;
  nextArc: Int32Array;
  /** Of the turn and the arc after it, by slot of `nextArc`. */
  cost: Float64Array;
}

function reversed(graph: StreetGraph): Arcs {
  const nextFrom = new Int32Array(graph.size + 1);
  for (const next of graph.nextArc) nextFrom[next + 1] = nextFrom[next + 1]! + 1;
  for (let arc = 0; arc < graph.size; arc++) nextFrom[arc + 1] = nextFrom[arc + 1]! + nextFrom[arc]!;
  const nextArc = new Int32Array(graph.nextArc.length);
  const cost = new Float64Array(graph.nextArc.length);
  const free = nextFrom.slice();
  for (let arc = 0; arc < graph.size; arc++) {
    for (let slot = graph.nextFrom[arc]!; slot < graph.nextFrom[arc + 1]!; slot++) {
      const next = graph.nextArc[slot]!;
      const own = free[next]!;
      free[next] = own + 1;
      nextArc[own] = arc;
      cost[own] = graph.nextSeconds[slot]! + graph.seconds[next]!;
    }
  }
  return { nextFrom, nextArc, cost };
}

/** From the end of one arc to the end of each other. */
function secondsFrom(source: number, { nextFrom, nextArc, cost }: Arcs): Float64Array {
  const best = new Float64Array(nextFrom.length - 1).fill(Number.POSITIVE_INFINITY);
  const heap = new Heap();
  best[source] = 0;
  heap.push(0, source);
  while (heap.size > 0) {
    const key = heap.leastKey;
    const arc = heap.pop();
    if (key > best[arc]!) continue;
    for (let slot = nextFrom[arc]!; slot < nextFrom[arc + 1]!; slot++) {
      const next = nextArc[slot]!;
      const seconds = key + cost[slot]!;
      if (seconds >= best[next]!) continue;
      best[next] = seconds;
      heap.push(seconds, next);
    }
  }
  return best;
}
