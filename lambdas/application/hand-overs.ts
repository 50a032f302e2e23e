import type { Mall } from '../domain/directory.ts';
import type { Run } from '../domain/fleet.ts';
import type { DriverId, OrderId } from '../domain/ids.ts';
import type { Order } from '../domain/order.ts';
import type { Position } from '../domain/position.ts';
import { type Rejection, reject } from '../domain/rejection.ts';
import { decideForOrder } from '../domain/situation.ts';
import { epochMs, type Instant } from '../domain/time.ts';
import { type ActOutcome, act, type RepeatableRequest } from './act.ts';
import { type Database, hasExpired } from './database.ts';
import { dataOf, keys } from './records.ts';
import { load, situationOfOrder, unknown } from './situations.ts';
import { summary } from './views.ts';

/**
 * The record of the driver who gives parcels to another: whose phone showed which code, and what was given. It moves
 * nothing by itself, so the order is all that it concerns, and it may come when the run is long over.
 */
export async function giveParcels(
  database: Database,
  driverId: DriverId,
  orderId: OrderId,
  given: { runCode: string; labels: string[]; occurredAt?: Instant | undefined },
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  let shownBy: DriverId | null = null;
  return act(database, request, now, {
    load: async () => {
      const [item] = await database.getMany([keys.order(orderId)]);
      const order = item && dataOf<Order>(item);
      const handOver = order && ofDriver(order, driverId);
      if (!handOver) return unknown('order', orderId);
      const run = handOver.to && (await load<Run>(database.get(keys.run(handOver.to.runId))));
      shownBy = run?.code === given.runCode ? run.driverId : null;
      return { orders: [order], offer: null, run: null, driver: null };
    },
    decide: (situation) => {
      const { labels, occurredAt } = given;
      const command = { type: 'record_given', from: driverId, to: shownBy, labels } as const;
      return decideForOrder(situation, orderId, { ...command, ...(occurredAt && { occurredAt }) }, now);
    },
    reply: ({ situation }) => {
      const { given: record, mismatchSince } = ofDriver(situation.orders[0]!, driverId)!;
      const { labels, occurredAt } = record!;
      return { status: 200, body: { orderId, labels, occurredAt, mismatch: mismatchSince !== undefined } };
    },
  });
}

/** The newest hand-over in which this driver gives; an order that was never theirs is not shown to exist. */
function ofDriver({ handOvers = [] }: Order, driverId: DriverId) {
  return handOvers.findLast(({ from }) => from.driverId === driverId);
}

/** Where a driver who comes meets the one who has the parcels. */
export type MeetingPlace = 'driver' | 'mall' | Position;

/**
 * Has another driver take over what is held. Unless a place is named they meet where the driver who has it was last
 * seen, or else at the mall.
 */
export async function handOverOrder(
  { database }: { database: Database },
  orderId: OrderId,
  meetAt: MeetingPlace | undefined,
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  let at: Position | null = null;
  return act(database, request, now, {
    load: async () => {
      const situation = await situationOfOrder(database, orderId);
      if (!situation) return unknown('order', orderId);
      at = await meetingPosition(database, situation.orders[0]!, meetAt, now);
      return situation;
    },
    decide: (situation) =>
      at
        ? decideForOrder(situation, orderId, { type: 'hand_over', at }, now)
        : reject(
            'position_unknown',
            'Where the driver is who has the parcels is not known.',
            'Name a place as meetAt, as a position or "mall".',
            { pointer: '/meetAt' },
          ),
    reply: ({ situation }) => ({ status: 200, body: summary(situation.orders.find(({ id }) => id === orderId)!) }),
  });
}

async function meetingPosition(
  database: Database,
  order: Order,
  meetAt: MeetingPlace | undefined,
  now: Instant,
): Promise<Position | null> {
  if (typeof meetAt === 'object') return meetAt;
  const driverId = order.carriage?.driverId;
  const seen = meetAt !== 'mall' && driverId && (await database.get(keys.position(driverId)));
  if (seen && !hasExpired(seen, epochMs(now))) return seen.position as Position;
  if (meetAt === 'driver') return null;
  const [item] = await database.getMany([keys.mall(order.mallId)]);
  const mall = item && dataOf<Mall>(item);
  return mall?.pickupPoints[0]?.position ?? mall?.position ?? null;
}

/** Which drivers give what to which, as far as they have said it. */
export function driverHandOversOf({ handOvers = [] }: Order) {
  return handOvers.map(({ at, given, taken, ...one }) => ({
    ...one,
    position: at,
    given: given ?? null,
    taken: taken ?? null,
  }));
}
