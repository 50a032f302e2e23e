import type { OrderId } from '../domain/ids.ts';
import { hasEnded, type Order } from '../domain/order.ts';
import type { Instant } from '../domain/time.ts';
import { awaited, deadlines, type WaitKey } from '../domain/waits.ts';
import type { Database } from './database.ts';
import type { Workflow } from './ports.ts';
import { keys } from './records.ts';
import { load } from './situations.ts';

export interface Resumed {
  /** How many waits were completed. */
  completed: number;
  /**
   * What is known of the execution of the order's generation: it waits, or it was found running or started, or it has
   * closed although the order is not settled; `over` when the order needs none any more.
   */
  execution: 'waits' | 'runs' | 'closed' | 'over';
}

/** A wait as its keys tell of it. */
export interface StoredWait {
  generation: number;
  wait: WaitKey;
  dueAt: Instant;
}

export function storedWait(sk: string, dueAt: string): StoredWait {
  const [, generation, wait] = sk.split('#') as [string, string, WaitKey];
  return { generation: Number(generation), wait, dueAt: dueAt as Instant };
}

/** Whether the order waits, and for nothing that has come about or whose deadline has moved earlier. */
export function isInLine(order: Order, waits: readonly StoredWait[]): boolean {
  const now = deadlines(order);
  return (
    waits.some(({ generation }) => generation === order.workflowGeneration) &&
    waits.every(({ wait, generation, dueAt }) => !awaited(wait, order, generation) && now[wait] >= dueAt)
  );
}

/**
 * Brings the executions of one order into line with the order: each stored wait whose condition holds is completed
 * and then deleted if its token is unchanged; a wait whose deadline has moved earlier is told so; an open order that
 * waits for nothing gets its execution started (same name, same input: idempotent). Nothing is remembered between
 * calls, so a fact that came before the wait, twice, or after a crash leads to the same end. With `probe`, the
 * execution is asked for even though a wait is stored: that says only that it once waited.
 */
export async function resumeOrder(
  { database, workflow }: { database: Database; workflow: Workflow },
  orderId: OrderId,
  { probe = false } = {},
): Promise<Resumed> {
  const items = await database.query({ table: 'orders', pk: keys.order(orderId).pk, prefix: 'WAIT#' });
  const order = await load<Order>(database.get(keys.order(orderId)));
  if (!order) return { completed: 0, execution: 'over' };

  let completed = 0;
  for (const item of items) {
    const { wait, generation, dueAt } = storedWait(item.sk, item.dueAt as string);
    const token = item.token as string;
    const result = awaited(wait, order, generation);
    const now = deadlines(order);
    if (result) await workflow.complete(token, result);
    else if (now[wait] < dueAt) await workflow.deadlineChanged(token, { deadlines: now });
    else continue;
    await database
      .commit([
        { kind: 'delete', table: 'orders', pk: item.pk, sk: item.sk, if: { attribute: 'token', equals: token } },
      ])
      .catch(ignoreRefusal);
    completed += 1;
  }

  if (hasEnded(order) && order.settledAt) return { completed, execution: 'over' };
  const waits = items.some((item) => item.sk.startsWith(`WAIT#${order.workflowGeneration}#`));
  if (waits && !probe) return { completed, execution: 'waits' };
  return { completed, execution: (await workflow.start(order)) === 'running' ? 'runs' : 'closed' };
}

/** The wait was entered again with a new token meanwhile: that one stays. */
function ignoreRefusal(error: unknown): void {
  if ((error as Error).name !== 'CommitRefused') throw error;
}
