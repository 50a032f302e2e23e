import type { Driver, Run } from './fleet.ts';
import { basketCents, hasEnded, type Order } from './order.ts';
import { isPayRight } from './pay.ts';
import { settlementOf } from './settlement.ts';

/** What two records say differently of the same thing. */
export type Mismatch =
  /** The order is open, and no execution of its generation runs. */
  | 'execution_missing'
  /** The order is settled, and its execution still runs. */
  | 'execution_left'
  /** The order names a run that is not there, is over, is another driver's, or does not list it. */
  | 'run_disagrees'
  /** The driver of the order's run is on another, or on none. */
  | 'driver_disagrees'
  /** A money entry is there twice. */
  | 'entry_repeated'
  /** The entries are not those that the order's end calls for, or do not make its total. */
  | 'entries_wrong'
  /** There are entries although the order is not settled. */
  | 'entries_early'
  /** The pay of a run is not what it has earned by its rates, stop by stop. */
  | 'pay_wrong'
  /** What tells who the shopper is should be gone, and something refuses. */
  | 'erasure_failed';

/** All that is known of one order, read one after the other. */
export interface Records {
  order: Order;
  /** The run that carries it, if one does. */
  run: Run | null;
  /** The driver of that run. */
  driver: Driver | null;
  /** Whether an execution of the order's generation runs. */
  runs: boolean;
}

export function mismatchesOf(records: Records): Mismatch[] {
  return [...executionMismatches(records), ...carriageMismatches(records), ...moneyMismatches(records)];
}

function executionMismatches({ order, runs }: Records): Mismatch[] {
  const isOver = hasEnded(order) && order.settledAt !== undefined;
  if (isOver === !runs) return [];
  return [isOver ? 'execution_left' : 'execution_missing'];
}

function carriageMismatches({ order, run, driver }: Records): Mismatch[] {
  if (!order.carriage || hasEnded(order)) return [];
  const { runId, driverId } = order.carriage;
  const agrees = run?.status === 'active' && run.driverId === driverId && run.orderIds.includes(order.id);
  return [
    ...(agrees ? [] : (['run_disagrees'] as const)),
    ...(driver?.activeRunId === runId ? [] : (['driver_disagrees'] as const)),
  ];
}

function moneyMismatches({ order, run }: Records): Mismatch[] {
  const found: Mismatch[] = run && !isPayRight(run) ? ['pay_wrong'] : [];
  const { ledger, settledAt } = order;
  if (hasRepeated(ledger)) found.push('entry_repeated');
  if (settledAt === undefined) return ledger.length === 0 ? found : [...found, 'entries_early'];
  const said = ledger.map(entryText).sort();
  const due = settlementOf(order, settledAt).map(entryText).sort();
  const total = ledger.filter(({ kind }) => kind !== 'fee').reduce((sum, { amountCents }) => sum + amountCents, 0);
  return said.join() === due.join() && total === basketCents(order) ? found : [...found, 'entries_wrong'];
}

function entryText({ key, kind, amountCents }: Order['ledger'][number]): string {
  return `${key} ${kind} ${amountCents}`;
}

function hasRepeated(entries: readonly { key: string }[]): boolean {
  return new Set(entries.map(({ key }) => key)).size < entries.length;
}
