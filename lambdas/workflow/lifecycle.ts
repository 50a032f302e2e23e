import * as lifecycle from '../application/lifecycle.ts';
import { database } from '../compose.ts';
import { asId, type OrderId } from '../domain/ids.ts';
import { parseInstant } from '../domain/time.ts';
import type { WaitKey } from '../domain/waits.ts';
import { logger } from '../log.ts';

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
  if (request.action === 'settle') return lifecycle.settle(tables, { orderId, generation }, now);
  const result = await lifecycle.deadlinePassed(tables, { orderId, generation, wait: request.state }, now);
  logger.info('deadline', { orderId, wait: request.state, outcome: result.outcome });
  return result;
}
