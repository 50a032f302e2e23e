import type { OrderId } from '../domain/ids.ts';
import { hasEnded, type Order } from '../domain/order.ts';
import { awaited, deadlines, type WaitKey } from '../domain/waits.ts';
import type { Database } from './database.ts';
import { isStored } from './operations.ts';
import type { Workflow } from './ports.ts';
import { dataOf, keys } from './records.ts';

/**
 * Brings the executions of one order into line with the order: each stored wait whose condition holds is completed
 * and then deleted if its token is unchanged; a wait whose deadline has moved earlier is told so; an open order with
 * no wait gets its execution started (same name, same input: idempotent). Nothing is remembered between calls, so a
 * fact that came before the wait, twice, or after a crash leads to the same end.
 */
export async function resumeOrder(
  { database, workflow }: { database: Database; workflow: Workflow },
  orderId: OrderId,
): Promise<{ completed: number; started: boolean }> {
  const items = await database.query({ table: 'orders', pk: keys.order(orderId).pk, prefix: 'WAIT#' });
  const stored = await database.get(keys.order(orderId));
  if (!stored) return { completed: 0, started: false };
  const order = dataOf<Order>(stored);
  const waits = items.filter(isStored);

  let completed = 0;
  for (const item of waits) {
    const [, generation, wait] = item.sk.split('#') as [string, string, WaitKey];
    const token = item.token as string;
    const result = awaited(wait, order, Number(generation));
    const now = deadlines(order);
    if (result) await workflow.complete(token, result);
    else if (now[wait] < (item.dueAt as string)) await workflow.deadlineChanged(token, { deadlines: now });
    else continue;
    await database
      .commit([
        { kind: 'delete', table: 'orders', pk: item.pk, sk: item.sk, if: { attribute: 'token', equals: token } },
      ])
      .catch(ignoreRefusal);
    completed += 1;
  }

  const current = waits.some((item) => item.sk.startsWith(`WAIT#${order.workflowGeneration}#`));
  const start = !current && !(hasEnded(order) && order.settledAt);
  if (start) await workflow.start(order);
  return { completed, started: start };
}

/** The wait was entered again with a new token meanwhile: that one stays. */
function ignoreRefusal(error: unknown): void {
  if ((error as Error).name !== 'CommitRefused') throw error;
}
