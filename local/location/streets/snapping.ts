import type { LonLat } from '../travel.ts';
import type { StreetGraph } from './street-graph.ts';

/** Where a place meets the network. */
export interface Snap {
  road: number;
  /** From the road's first point. */
  alongMetres: number;
  /** From the place to the road. */
  awayMetres: number;
  at: LonLat;
}

const cellMetres = 250;
/** A road from which one cannot get everywhere is passed over for one that is as little further. */
const ratherMetres = 150;

/** Finds the road nearest to a place: the point along it, not its nearest junction. */
export class Snapping {
  readonly #graph: StreetGraph;
  readonly #cells = new Map<number, number[]>();
  readonly #stretches: Straight[] = [];
  readonly #isMain: boolean[];

  constructor(graph: StreetGraph) {
    this.#graph = graph;
    this.#isMain = graph.streets.roads.map(
      (_, road) => graph.isMain[graph.forward[road]!] === 1 || graph.isMain[graph.backward[road]!] === 1,
    );
    for (const [road, { line }] of graph.streets.roads.entries()) {
      let startMetres = 0;
      const points = line.map((point) => graph.plane.xy(point));
      for (const [index, [bx, by]] of points.slice(1).entries()) {
        const [ax, ay] = points[index]!;
        this.#add({ road, ax, ay, bx, by, startMetres });
        startMetres += Math.hypot(bx - ax, by - ay);
      }
    }
  }

  /** Null when no road is within reach. */
  snap(place: LonLat): Snap | null {
    const [x, y] = this.#graph.plane.xy(place);
    const [cellX, cellY] = [Math.floor(x / cellMetres), Math.floor(y / cellMetres)];
    const reach = this.#graph.streets.reachMetres;
    let [nearest, nearestMain]: (Near | null)[] = [null, null];
    for (let ring = 0; ; ring++) {
      // What lies in this ring is at least so far away.
      const least = (ring - 1) * cellMetres;
      if (least > reach || (nearestMain && least > nearestMain!.away)) break;
      for (const stretch of this.#ring(cellX, cellY, ring)) {
        const near = this.#near(stretch, x, y);
        if (near.away > reach) continue;
        if (!nearest || near.away < nearest.away) nearest = near;
        if (this.#isMain[near.road] && (!nearestMain || near.away < nearestMain.away)) nearestMain = near;
      }
    }
    const chosen = nearestMain && nearestMain.away <= nearest!.away + ratherMetres ? nearestMain : nearest;
    if (!chosen) return null;
    const { road, along, away } = chosen;
    return { road, alongMetres: along, awayMetres: away, at: this.#graph.plane.lonLat(chosen.x, chosen.y) };
  }

  #add(stretch: Straight): void {
    const number = this.#stretches.push(stretch) - 1;
    const { ax, ay, bx, by } = stretch;
    const parts = Math.ceil(Math.hypot(bx - ax, by - ay) / (cellMetres / 2)) || 1;
    const touched = new Set<number>();
    for (let part = 0; part <= parts; part++) {
      const share = part / parts;
      touched.add(
        keyOf(Math.floor((ax + (bx - ax) * share) / cellMetres), Math.floor((ay + (by - ay) * share) / cellMetres)),
      );
    }
    for (const key of touched) this.#cells.set(key, [...(this.#cells.get(key) ?? []), number]);
  }

  *#ring(cellX: number, cellY: number, ring: number): Generator<number> {
    for (let dx = -ring; dx <= ring; dx++) {
      const step = Math.abs(dx) === ring ? 1 : 2 * ring;
      for (let dy = -ring; dy <= ring; dy += step || 1) yield* this.#cells.get(keyOf(cellX + dx, cellY + dy)) ?? [];
    }
  }

  #near(number: number, x: number, y: number): Near {
    const { road, ax, ay, bx, by, startMetres } = this.#stretches[number]!;
    const [dx, dy] = [bx - ax, by - ay];
    const length = Math.hypot(dx, dy);
    const share = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length ** 2));
    const [onX, onY] = [ax + dx * share, ay + dy * share];
    return { road, along: startMetres + length * share, away: Math.hypot(x - onX, y - onY), x: onX, y: onY };
  }
}

/** Between two points of a road's line: both, and the metres from the road's start to the first. */
interface Straight {
  road: number;
  ax: number;
  ay: number;
  bx: number;
  by: number;
  startMetres: number;
}

interface Near {
  road: number;
  along: number;
  away: number;
  x: number;
  y: number;
}

function keyOf(cellX: number, cellY: number): number {
  return (cellX + 32_768) * 65_536 + (cellY + 32_768);
}
