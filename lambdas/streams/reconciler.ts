import type { Context, EventBridgeEvent } from 'aws-lambda';
import { reconcile } from '../application/reconcile.ts';
import { database, executions } from '../compose.ts';
import { parseInstant } from '../domain/time.ts';
import { logger } from '../log.ts';
import { emitMetrics } from '../metrics.ts';

const ports = { database: database('orders', 'fleet', 'catalogue', 'requests'), executions: executions() };

/** What a mall that is under way may need once no other is begun. */
const lastStretchMs = 60_000;

/** Every hour: what the records of an order say of each other. It changes none of them. */
export async function handler(
  event: EventBridgeEvent<'Scheduled Event', unknown>,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
): Promise<void> {
  const now = parseInstant(event.time);
  const { orders, found, left } = await reconcile(ports, now, () => context.getRemainingTimeInMillis() < lastStretchMs);
  for (const { orderId, what } of found) logger.error('records disagree', { orderId, what });
  if (left.length > 0) logger.warn('no time for all malls', { left });
  emitMetrics({ Mismatches: found.length, OrdersReconciled: orders }, now);
}
