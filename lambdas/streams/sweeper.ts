import type { Context, EventBridgeEvent } from 'aws-lambda';
import { type SweepOutcome, sweep } from '../application/sweep.ts';
import { database, nudges, workflow } from '../compose.ts';
import { parseInstant } from '../domain/time.ts';
import { logger } from '../log.ts';
import { emitMetrics } from '../metrics.ts';

const ports = { database: database('orders', 'fleet', 'catalogue'), workflow: workflow(), nudges: nudges() };

/** What a look that is under way, overdue waits and offers may need once no more orders are begun. */
const lastStretchMs = 8_000;

/** Every minute: the second, independent net under both stream consumers. */
export async function handler(
  event: EventBridgeEvent<'Scheduled Event', unknown>,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
): Promise<void> {
  const isTimeUp = () => context.getRemainingTimeInMillis() < lastStretchMs;
  const now = parseInstant(event.time);
  const outcome = await sweep(ports, now, isTimeUp);
  emitMetrics(metricsOf(outcome), now);
  if (outcome.seen < outcome.open)
    logger.warn('sweep had no time for all orders', { seen: outcome.seen, open: outcome.open });
  if (outcome.failed.length > 0) logger.error('sweep left orders behind', { failed: outcome.failed });
  else if (outcome.resumed + outcome.restarted.length > 0)
    logger.warn('sweep found what the streams had missed', { ...outcome });
}

function metricsOf(outcome: SweepOutcome): Parameters<typeof emitMetrics>[0] {
  const { waiting } = outcome;
  return {
    OpenOrders: outcome.open,
    OrdersAwaitingDriver: waiting.forDriver,
    OrdersLateAtStores: waiting.lateAtStore,
    OrdersLateForDriver: waiting.lateForDriver,
    OrdersNeedingOperations: waiting.forOperations,
    WaitsOverdue: outcome.waitsOverdue,
    WaitsResumed: outcome.resumed,
    ExecutionsRestarted: outcome.restarted.length,
    OrdersLeftBehind: outcome.open - outcome.seen + outcome.failed.length,
    OrdersUnpublished: outcome.unpublished,
    MallsPaused: outcome.mallsPaused,
  };
}
