import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Instance } from './instance.ts';
import type { Solution } from './simulate.ts';

/** The three files that the library's own evaluator reads. */
export const solutionFileNames = {
  assignments: 'solution_info_assignments.txt',
  orders: 'solution_info_orders.txt',
  couriers: 'solution_info_couriers.txt',
} as const;

export type SolutionFiles = Record<keyof typeof solutionFileNames, string>;

export function solutionFiles(instance: Instance, solution: Solution): SolutionFiles {
  const { orders, couriers, stores } = instance;
  const placeId = (place: number) =>
    (orders[place] ?? stores[place - orders.length] ?? couriers[place - orders.length - stores.length]!).id;
  const carried = new Map(
    solution.assignments.flatMap((assignment) => assignment.orders.map((order) => [order, assignment] as const)),
  );
  const lines = (head: string, rows: (string | number)[][]) =>
    `${[head, ...rows.map((row) => row.join(' '))].join('\n')}\n`;
  return {
    assignments: lines(
      'assignment_time pickup_time courier orders',
      solution.assignments.map(({ assignedAt, pickupAt, courier, orders: bundle }) => [
        assignedAt,
        pickupAt,
        couriers[courier]!.id,
        ...bundle.map((order) => orders[order]!.id),
      ]),
    ),
    orders: lines(
      'order placement_time ready_time pickup_time dropoff_time courier',
      orders.map((order, index) => {
        const by = carried.get(index);
        const done = by ? [by.pickupAt, solution.dropoffAt[index]!, couriers[by.courier]!.id] : ['NaN', 'NaN', 'NaN'];
        return [order.id, order.placedAt, order.readyAt, ...done];
      }),
    ),
    couriers: lines(
      'courier departure_time origin destination',
      [...solution.legs]
        .sort((a, b) => a.courier - b.courier)
        .map(({ courier, departAt, from, to }) => [couriers[courier]!.id, departAt, placeId(from), placeId(to)]),
    ),
  };
}

export function writeSolution(folder: string, instance: Instance, solution: Solution): void {
  const into = join(folder, instance.name);
  mkdirSync(into, { recursive: true });
  for (const [key, text] of Object.entries(solutionFiles(instance, solution))) {
    writeFileSync(join(into, solutionFileNames[key as keyof SolutionFiles]), text);
  }
}
