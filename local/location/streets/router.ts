import type { LonLat, Stretch } from '../travel.ts';
import { Heap } from './heap.ts';
import { Landmarks } from './landmarks.ts';
import { type Snap, Snapping } from './snapping.ts';
import type { Streets } from './street-file.ts';
import { StreetGraph } from './street-graph.ts';

/** The quickest way between two points on roads. */
export interface Way {
  seconds: number;
  metres: number;
  /** Arcs that were looked at, a measure of the work that is the same on every machine. */
  settled: number;
  stretches(): Stretch[];
}

interface Goal {
  /** Arcs on which the goal lies, and the seconds from their start to it. */
  forward: number;
  backward: number;
  forwardSeconds: number;
  backwardSeconds: number;
  best: number;
  /** The arc before the goal's own; -1 when one starts on it. */
  before: number;
  on: number;
}

/** Quickest ways by A* over arcs, guided by landmarks. One search at a time. */
export class Router {
  readonly graph: StreetGraph;
  readonly #snapping: Snapping;
  #landmarks: Landmarks | undefined;
  readonly #heap = new Heap();
  /** Of the search under way: seconds to the end of each arc, where from; valid where `#seen` is the search's number. */
  readonly #best: Float64Array;
  readonly #before: Int32Array;
  readonly #seen: Uint32Array;
  readonly #done: Uint32Array;
  /** A goal lies there. */
  readonly #marked: Uint32Array;
  #search = 0;
  #settled = 0;

  constructor(streets: Streets) {
    this.graph = new StreetGraph(streets);
    this.#snapping = new Snapping(this.graph);
    this.#best = new Float64Array(this.graph.size);
    this.#before = new Int32Array(this.graph.size);
    this.#seen = new Uint32Array(this.graph.size);
    this.#done = new Uint32Array(this.graph.size);
    this.#marked = new Uint32Array(this.graph.size);
  }

  snap(place: LonLat): Snap | null {
    return this.#snapping.snap(place);
  }

  /** Null when no road leads there. */
  way(from: Snap, to: Snap): Way | null {
    const goal = this.#goal(to);
    this.#landmarks ??= new Landmarks(this.graph);
    const { seconds, forward, backward } = this.graph;
    const ends = [
      { arc: goal.forward, passed: goal.forwardSeconds },
      { arc: goal.backward, passed: goal.backwardSeconds },
    ].filter(({ arc }) => arc >= 0);
    const bound = this.#landmarks.boundTo(
      ends.map(({ arc, passed }) => ({ arc, rest: seconds[arc]! - passed })),
      Math.max(forward[from.road]!, backward[from.road]!),
    );
    this.#run(from, [goal], bound);
    return this.#wayTo(from, to, goal);
  }

  /** To each of several places, in one search. */
  ways(from: Snap, to: readonly Snap[]): (Way | null)[] {
    const goals = to.map((snap) => this.#goal(snap));
    this.#run(from, goals, () => 0);
    return goals.map((goal, index) => this.#wayTo(from, to[index]!, goal));
  }

  #goal({ road, alongMetres }: Snap): Goal {
    const { graph } = this;
    const [forward, backward] = [graph.forward[road]!, graph.backward[road]!];
    const metresPerSecond = graph.streets.roads[road]!.metresPerSecond;
    const forwardSeconds = alongMetres / metresPerSecond;
    const backwardSeconds = backward < 0 ? 0 : graph.seconds[backward]! - forwardSeconds;
    return { forward, backward, forwardSeconds, backwardSeconds, best: Number.POSITIVE_INFINITY, before: -1, on: -1 };
  }

  #run(from: Snap, goals: Goal[], bound: (arc: number) => number): void {
    const { graph } = this;
    const [heap, best, before] = [this.#heap, this.#best, this.#before];
    const [seen, done, marked] = [this.#seen, this.#done, this.#marked];
    const { nextFrom, nextArc, nextSeconds, seconds } = graph;
    const search = ++this.#search;
    heap.clear();
    this.#settled = 0;
    const start = this.#goal(from);
    const goalsOn = new Map<number, Goal[]>();
    for (const goal of goals) {
      for (const arc of [goal.forward, goal.backward]) {
        if (arc < 0) continue;
        goalsOn.set(arc, [...(goalsOn.get(arc) ?? []), goal]);
        marked[arc] = search;
      }
    }
    const reach = (goal: Goal, total: number, on: number, previous: number) => {
      if (total >= goal.best) return;
      goal.best = total;
      goal.on = on;
      goal.before = previous;
    };
    for (const [arc, passed] of [
      [start.forward, start.forwardSeconds],
      [start.backward, start.backwardSeconds],
    ] as const) {
      if (arc < 0) continue;
      for (const goal of goalsOn.get(arc) ?? []) {
        const there = arc === goal.forward ? goal.forwardSeconds : goal.backwardSeconds;
        if (there >= passed) reach(goal, there - passed, arc, -1);
      }
      best[arc] = seconds[arc]! - passed;
      before[arc] = -1;
      seen[arc] = search;
      heap.push(best[arc]! + bound(arc), arc);
    }
    const unreached = () => goals.reduce((most, goal) => Math.max(most, goal.best), 0);
    let worst = unreached();
    while (heap.size > 0 && heap.leastKey < worst) {
      const arc = heap.pop();
      if (done[arc] === search) continue;
      done[arc] = search;
      this.#settled += 1;
      const here = best[arc]!;
      for (let slot = nextFrom[arc]!; slot < nextFrom[arc + 1]!; slot++) {
        const next = nextArc[slot]!;
        const turned = here + nextSeconds[slot]!;
        if (marked[next] === search) {
          for (const goal of goalsOn.get(next)!) {
            const rest = next === goal.forward ? goal.forwardSeconds : goal.backwardSeconds;
            reach(goal, turned + rest, next, arc);
          }
          worst = unreached();
        }
        const total = turned + seconds[next]!;
        if (seen[next] === search && total >= best[next]!) continue;
        seen[next] = search;
        best[next] = total;
        before[next] = arc;
        heap.push(total + bound(next), next);
      }
    }
  }

  #wayTo(from: Snap, to: Snap, goal: Goal): Way | null {
    if (goal.best === Number.POSITIVE_INFINITY) return null;
    const arcs = [goal.on];
    for (let arc = goal.before; arc >= 0; arc = this.#before[arc]!) arcs.unshift(arc);
    const { graph } = this;
    const parts = arcs.map((arc, index) => {
      const length = graph.metres[arc]!;
      const position = (along: number) => (graph.isBackward[arc] ? length - along : along);
      const begin = index === 0 ? position(from.alongMetres) : 0;
      const end = index === arcs.length - 1 ? position(to.alongMetres) : length;
      return { arc, begin, end };
    });
    const metres = parts.reduce((sum, { begin, end }) => sum + end - begin, 0);
    const stretches = () => stretchesOf(graph, parts, goal.best);
    return { seconds: goal.best, metres, settled: this.#settled, stretches };
  }
}

/** What is driven on one road counts as one; turns are spread over all of them. */
function stretchesOf(
  graph: StreetGraph,
  parts: { arc: number; begin: number; end: number }[],
  total: number,
): Stretch[] {
  const stretches: (Stretch & { name: string })[] = [];
  let driven = 0;
  for (const { arc, begin, end } of parts) {
    const { name, metresPerSecond } = graph.streets.roads[graph.road[arc]!]!;
    const [metres, line] = [end - begin, cut(graph, arc, begin, end)];
    const seconds = metres / metresPerSecond;
    driven += seconds;
    const last = stretches.at(-1);
    if (last?.name === name) {
      last.metres += metres;
      last.seconds += seconds;
      last.line.push(...line.slice(1));
    } else stretches.push({ name, metres, seconds, line });
  }
  const slower = driven > 0 ? total / driven : 1;
  return stretches.map(({ metres, seconds, line }) => ({ metres, seconds: seconds * slower, line }));
}

/** The line of an arc between two points along it. */
function cut(graph: StreetGraph, arc: number, begin: number, end: number): LonLat[] {
  const { line } = graph.streets.roads[graph.road[arc]!]!;
  const way = (graph.isBackward[arc] ? line.toReversed() : line).map((point) => graph.plane.xy(point));
  const at = (metres: number): LonLat => {
    let left = metres;
    for (const [index, [x, y]] of way.slice(1).entries()) {
      const [fromX, fromY] = way[index]!;
      const length = Math.hypot(x - fromX, y - fromY);
      if (left <= length || index === way.length - 2) {
        const share = length === 0 ? 0 : Math.min(1, left / length);
        return graph.plane.lonLat(fromX + (x - fromX) * share, fromY + (y - fromY) * share);
      }
      left -= length;
    }
    return graph.plane.lonLat(...way[0]!);
  };
  let passed = 0;
  const between = way.slice(1, -1).flatMap(([x, y], index) => {
    const [fromX, fromY] = way[index]!;
    passed += Math.hypot(x - fromX, y - fromY);
    return passed > begin && passed < end ? [graph.plane.lonLat(x, y)] : [];
  });
  return [at(begin), ...between, at(end)];
}
