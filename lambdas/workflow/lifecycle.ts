import * as lifecycle from '../application/lifecycle.ts';
import { database } from '../compose.ts';
import { asId, type OrderId } from '../domain/ids.ts';
import { type Instant, parseInstant } from '../domain/time.ts';
import type { WaitKey } from '../domain/waits.ts';
import { logger } from '../log.ts';
import { emitMetrics } from '../metrics.ts';

/** What the state machine asks: a deadline that may have passed, or the money of an order that has ended. */
export type LifecycleRequest = { orderId: string; generation: number; now: string } & (
  | { action: 'deadline'; state: WaitKey }
  | { action: 'settle' }
);

const tables = database('orders', 'fleet');

export async function handler(request: LifecycleRequest): Promise<object> {
  const orderId = asId<OrderId>(request.orderId);
  const { generation } = request;
  const now = parseInstant(request.now);
  if (request.action === 'settle') {
    const { isFirst, ...settled } = await lifecycle.settle(tables, { orderId, generation }, now);
    if (isFirst && settled.status === 'delivered') await measureStages(orderId, now);
    return settled;
  }
  const result = await lifecycle.deadlinePassed(tables, { orderId, generation, wait: request.state }, now);
  logger.info('deadline', { orderId, wait: request.state, outcome: result.outcome });
  return result;
}

/** No order waits for its figures. */
async function measureStages(orderId: OrderId, now: Instant): Promise<void> {
  try {
    const stages = await lifecycle.stagesOfOrder(tables, orderId);
    if (!stages) return;
    emitMetrics(
      {
        StoresConfirmSeconds: stages.storesConfirm,
        FindDriverSeconds: stages.findDriver,
        CollectSeconds: stages.collect,
        DeliverSeconds: stages.deliver,
        OffersPerOrder: stages.offers,
      },
      now,
    );
  } catch (error) {
    logger.warn('stages not measured', { orderId, error: error as Error });
  }
}
