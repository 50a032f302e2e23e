import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clickToDoor, type PlanOptions } from '../../../lambdas/domain/planner/options.ts';
import { check } from './checker.ts';
import { readInstance } from './instance.ts';
import { type Metrics, measure, percentile } from './metrics.ts';
import { nearestIdle } from './nearest-idle.ts';
import { plannerDispatcher } from './planner-dispatcher.ts';
import { type Dispatcher, simulate } from './simulate.ts';
import { solutionFiles, writeSolution } from './solution-files.ts';

export interface Job {
  folder: string;
  name: string;
  dispatcher: 'planner' | 'nearest-idle';
  /** No anticipatory moves. */
  strict: boolean;
  check: boolean;
  solutions: string | null;
  seed: number;
}

export interface Result {
  name: string;
  metrics: Metrics;
  violations: string[];
  /** Milliseconds of this thread's processor time of one call of the dispatcher, on which other load has no part. */
  tick: { count: number; mean: number; p95: number; max: number };
  iterations: number;
}

export function runInstance(job: Job): Result {
  const instance = readInstance(job.folder, job.name);
  const ticks: number[] = [];
  let iterations = 0;
  const dispatch =
    job.dispatcher === 'nearest-idle'
      ? nearestIdle(instance)
      : plannerDispatcher(instance, optionsOf(job), (_, { stats }) => {
          iterations += stats.iterations;
        });
  const solution = simulate(instance, timed(dispatch, ticks));
  const metrics = measure(instance, solution);
  const violations = [...solution.violations];
  if (job.check) {
    const read = (file: string) => readFileSync(join(job.folder, job.name, file), 'utf8');
    const verdict = check(
      {
        orders: read('orders.txt'),
        couriers: read('couriers.txt'),
        restaurants: read('restaurants.txt'),
        parameters: read('instance_parameters.txt'),
      },
      solutionFiles(instance, solution),
    );
    violations.push(...verdict.violations);
    for (const [key, value] of Object.entries(verdict.figures)) {
      const said = key === 'placed' ? metrics.orders : metrics[key as keyof Metrics];
      if (!(Math.abs(said - value) < 1e-9)) violations.push(`${key} is ${said}, re-derived ${value}`);
    }
  }
  if (job.solutions) writeSolution(job.solutions, instance, solution);
  return {
    name: job.name,
    metrics,
    violations,
    iterations,
    tick: {
      count: ticks.length,
      mean: ticks.reduce((a, b) => a + b, 0) / ticks.length,
      p95: percentile(ticks, 0.95),
      max: Math.max(...ticks),
    },
  };
}

function timed(dispatch: Dispatcher, ticks: number[]): Dispatcher {
  return (view) => {
    const before = process.threadCpuUsage();
    const instructions = dispatch(view);
    const { user, system } = process.threadCpuUsage(before);
    ticks.push((user + system) / 1000);
    return instructions;
  };
}

function optionsOf({ strict, seed }: Job): PlanOptions {
  return { ...clickToDoor, seed, reposition: { ...clickToDoor.reposition, enabled: !strict } };
}
