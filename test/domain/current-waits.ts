import { hasEnded, type Order } from '../../lambdas/domain/order.ts';
import { awaited, type WaitKey, type WaitOutcome } from '../../lambdas/domain/waits.ts';

/** Where the workflow goes after each wait, as lib/workflow/order-lifecycle.ts draws it. */
const next: Record<WaitKey, (outcome: WaitOutcome) => WaitKey[]> = {
  storesConfirm: () => ['storesGetReady', 'findDriver'],
  storesGetReady: () => ['driverCollects'],
  findDriver: () => ['driverCollects'],
  driverCollects: (outcome) => {
    if (outcome === 'collected') return ['driverDelivers'];
    if (outcome === 'driver_lost') return ['storesGetReady', 'findDriver'];
    return [outcome === 'return' ? 'returnToStores' : 'operationsDecide'];
  },
  driverDelivers: (outcome) => [outcome === 'return' ? 'returnToStores' : 'operationsDecide'],
  returnToStores: (outcome) => [outcome === 'reattempt' ? 'driverDelivers' : 'operationsDecide'],
  operationsDecide: (outcome) => [outcome === 'return' ? 'returnToStores' : 'driverCollects'],
};

const mostSteps = 20;

/**
 * The waits in which the workflow comes to rest, falling through satisfied ones from `from`; none once the order has
 * ended. Throws when it would go round without end.
 */
export function currentWaits(order: Order, from: readonly WaitKey[] = ['storesConfirm']): WaitKey[] {
  let at = from;
  for (let step = 0; step < mostSteps; step++) {
    if (hasEnded(order)) return [];
    const unmet = at.filter((wait) => !awaited(wait, order, order.workflowGeneration));
    if (unmet.length > 0) return unmet;
    const wait = at[0]!;
    at = next[wait](awaited(wait, order, order.workflowGeneration)!.outcome as WaitOutcome);
  }
  throw new Error(`The workflow of an order that is ${order.status} goes round without end at ${at.join()}.`);
}
