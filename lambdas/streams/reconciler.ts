import type { Context, EventBridgeEvent } from 'aws-lambda';
import { endApplications } from '../application/application-retention.ts';
import { finishErasures } from '../application/erasure.ts';
import { reconcile } from '../application/reconcile.ts';
import { endRetention } from '../application/retention.ts';
import { database, executions, proofEraser } from '../compose.ts';
import type { Mismatch } from '../domain/reconcile.ts';
import { type Instant, parseInstant } from '../domain/time.ts';
import { logger } from '../log.ts';
import { emitMetrics } from '../metrics.ts';

const ports = {
  database: database('orders', 'fleet', 'catalogue', 'requests', 'personal'),
  executions: executions(),
  proofs: proofEraser(),
};

/** What a mall that is under way may need once no other is begun. */
const lastStretchMs = 60_000;
/** Erasing may have half of the time, so that it never keeps records from being compared. */
const afterErasingMs = 150_000;

/**
 * Every hour: what the records of an order say of each other, none of which is changed; and what was kept of shoppers
 * for long enough, or is to be erased as somebody asked.
 */
export async function handler(
  event: EventBridgeEvent<'Scheduled Event', unknown>,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
): Promise<void> {
  const now = parseInstant(event.time);
  const isTimeUp = (reserveMs: number) => () => context.getRemainingTimeInMillis() < reserveMs;
  const kept = await eraseWhatIsDue(now, isTimeUp(afterErasingMs));
  const { orders, found, left } = await reconcile(ports, now, isTimeUp(lastStretchMs));
  for (const { orderId, what } of found) logger.error('records disagree', { orderId, what });
  if (left.length > 0) logger.warn('no time for all malls', { left });
  emitMetrics({ Mismatches: found.length + kept, OrdersReconciled: orders }, now);
}

/** Answers of how many orders and applications something is kept that should be gone. */
async function eraseWhatIsDue(now: Instant, isTimeUp: () => boolean): Promise<number> {
  try {
    const asked = await finishErasures(ports, now, isTimeUp);
    const { erased, failed, left } = await endRetention(ports, now, isTimeUp);
    const applications = await endApplications(ports, now, isTimeUp);
    const what: Mismatch[] = ['erasure_failed'];
    const errors = new Map([...asked.failed, ...failed].map(({ orderId, error }) => [orderId, error]));
    for (const [orderId, error] of errors) logger.error('records disagree', { orderId, what, error });
    for (const { applicationId, error } of applications.failed) {
      logger.error('records disagree', { applicationId, what, error });
    }
    if (applications.erased + applications.lapsed > 0) {
      logger.info('applications over', { erased: applications.erased, lapsed: applications.lapsed });
    }
    if (asked.finished + erased > 0) logger.info('erased', { asked: asked.finished, keptLongEnough: erased });
    if (left.length > 0) logger.warn('no time for all that was kept long enough', { lists: left.length });
    return errors.size + applications.failed.length;
  } catch (error) {
    logger.error('nothing could be erased', { error: error as Error });
    return 1;
  }
}
