import { Solution } from './construct.ts';
import { improve } from './improve.ts';
import { holds, instruct, planOf } from './instructions.ts';
import type { PlanOptions } from './options.ts';
import { compile } from './problem.ts';
import { seededRandom } from './random.ts';
import { reposition } from './reposition.ts';
import type { Plan, PlanResult, Snapshot } from './snapshot.ts';

/**
 * Plans one mall or zone at one instant: who collects what, where, in which sequence, and what has to be said now.
 * Pure: the same snapshot, previous plan and options give the same answer, on any machine; with `outOfTime`, the same
 * as with `iterations` set to the count that it recorded.
 */
export function plan(snapshot: Snapshot, previous: Plan | null, options: PlanOptions): PlanResult {
  const problem = compile(snapshot, options);
  const random = seededRandom(options.seed ^ Math.imul(snapshot.now, 0x9e3779b1));
  const solution = new Solution(problem);
  solution.follow(previous);
  const fresh = solution.unassigned().sort((a, b) => problem.orders[a]!.ready - problem.orders[b]!.ready || a - b);
  for (const order of fresh) solution.insert(order, null, 0);
  const rounds = options.iterations ?? iterationsFor(problem.orders.length, problem.drivers.length);
  const search = improve(solution, rounds, random, options.outOfTime);
  const said = instruct(solution);
  said.push(...reposition(solution, snapshot.demand));
  return {
    instructions: said,
    holds: holds(solution, snapshot, said),
    plan: planOf(solution, said),
    stats: { ...search, cost: Math.round(solution.cost()), unassigned: solution.unassigned().length },
  };
}

/** More orders, more ways to combine them; one order has one way per driver and is placed already. */
export function iterationsFor(orders: number, drivers: number): number {
  if (orders <= 1 || drivers === 0) return 0;
  return Math.min(240, 80 + 2 * orders);
}
