import type { OrderId } from '../domain/ids.ts';
import type { Order } from '../domain/order.ts';
import { isRejection } from '../domain/rejection.ts';
import { decideForOrder } from '../domain/situation.ts';
import { type Stages, stagesOf } from '../domain/stages.ts';
import type { Instant } from '../domain/time.ts';
import { awaited, deadlines, type WaitKey, type WaitResult } from '../domain/waits.ts';
import { act } from './act.ts';
import type { Database } from './database.ts';
import { keys, orderEventOf } from './records.ts';
import { load, situationOfOrder } from './situations.ts';

/** The workflow names an order that does not exist: a defect, never a business outcome. */
export class OrderUnknown extends Error {
  constructor(orderId: OrderId) {
    super(`There is no order ${orderId}.`);
    this.name = 'OrderUnknown';
  }
}

/**
 * A deadline has come and nothing follows from it: a defect. The wait would be entered again each second, for as long
 * as an execution may last; a failed execution is seen, and started again after longer and longer pauses.
 */
export class DeadlineWithoutOutcome extends Error {
  constructor(order: Order, wait: WaitKey) {
    super(
      `${wait} of order ${order.id}, ${order.status}, was due at ${deadlines(order)[wait]} and is due again at once.`,
    );
    this.name = 'DeadlineWithoutOutcome';
  }
}

/**
 * A wait timed out. Acts if its deadline has passed by business time; otherwise answers `not_due` and the wait is
 * entered again. Either way the answer is how the wait now stands.
 */
export async function deadlinePassed(
  database: Database,
  input: { orderId: OrderId; generation: number; wait: WaitKey },
  now: Instant,
): Promise<WaitResult> {
  const { orderId, generation, wait } = input;
  const before = await load<Order>(database.get(keys.order(orderId)));
  if (!before) throw new OrderUnknown(orderId);
  // A superseded execution, or a wait that came true meanwhile, decides nothing any more.
  if (awaited(wait, before, generation) === null) {
    const outcome = await act(database, null, now, {
      load: async () => {
        const situation = await situationOfOrder(database, orderId);
        if (!situation) throw new OrderUnknown(orderId);
        return situation;
      },
      decide: (situation) => decideForOrder(situation, orderId, { type: 'deadline_passed', wait }, now),
      reply: ({ situation, orderEvents }) => {
        const order = situation.orders.find(({ id }) => id === orderId)!;
        const isOver = orderEvents.length > 0 || awaited(wait, order, generation) !== null;
        if (!isOver && deadlines(order)[wait] <= now) throw new DeadlineWithoutOutcome(order, wait);
        return { status: 200, body: null };
      },
    });
    if (isRejection(outcome) && outcome.code !== 'not_due') throw new Error(`${outcome.code}: ${outcome.detail}`);
  }
  const order = (await load<Order>(database.get(keys.order(orderId))))!;
  return awaited(wait, order, generation) ?? { outcome: 'not_due', deadlines: deadlines(order) };
}

/** Writes the money entries of an ended order; a second time, which is then not the first, changes nothing. */
export async function settle(
  database: Database,
  input: { orderId: OrderId; generation: number },
  now: Instant,
): Promise<{ status: Order['status']; entries: number; isFirst: boolean }> {
  const outcome = await act(database, null, now, {
    load: async () => {
      const situation = await situationOfOrder(database, input.orderId);
      if (!situation) throw new OrderUnknown(input.orderId);
      return situation;
    },
    decide: (situation) => decideForOrder(situation, input.orderId, { type: 'settle' }, now),
    reply: ({ situation }) => {
      const order = situation.orders.find(({ id }) => id === input.orderId)!;
      const isFirst = order.settledAt === now;
      return { status: 200, body: { status: order.status, entries: order.ledger.length, isFirst } };
    },
  });
  if (isRejection(outcome)) throw new Error(`${outcome.code}: ${outcome.detail}`);
  return outcome.body as { status: Order['status']; entries: number; isFirst: boolean };
}

/** How long each stage of a delivered order took, from what happened to it. */
export async function stagesOfOrder(database: Database, orderId: OrderId): Promise<Stages | null> {
  const items = await database.query({ table: 'orders', pk: keys.order(orderId).pk, prefix: 'EVENT#' });
  return stagesOf(items.map(orderEventOf));
}
