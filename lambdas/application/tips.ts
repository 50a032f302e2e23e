import type { ChannelId, OrderId } from '../domain/ids.ts';
import type { Order } from '../domain/order.ts';
import { isRejection, type Rejection } from '../domain/rejection.ts';
import type { Instant } from '../domain/time.ts';
import { giveTip, type Tip, usualTipCapCents } from '../domain/tip.ts';
import { type ActOutcome, act, asItWas, type RepeatableRequest } from './act.ts';
import type { Database, Write } from './database.ts';
import { findMall } from './directory-reader.ts';
import { keys, tipItems } from './records.ts';
import { load, unknown } from './situations.ts';
import { tipView } from './views.ts';

/**
 * A tip from the channel, which has collected it: an aggregate of its own, as the order is over. Each driver's share is
 * an item of its own in the list of what they earned, written with the tip or not at all.
 */
export async function tipOrder(
  database: Database,
  channelId: ChannelId,
  orderId: OrderId,
  amountCents: number,
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  let before: Tip | null = null;
  let tip: Tip | undefined;
  return act(database, request, now, {
    load: async () => {
      const [order, known] = await Promise.all([
        load<Order>(database.get(keys.order(orderId))),
        load<Tip>(database.get(keys.tip(orderId))),
      ]);
      if (order?.channelId !== channelId) return unknown('order', orderId);
      before = known;
      const mall = await findMall(database, order.mallId);
      const given = giveTip(order, known, amountCents, mall?.tipCapCents ?? usualTipCapCents, now);
      if (isRejection(given)) return given;
      tip = given === known ? known : { ...given, version: given.version + 1 };
      return { orders: [order], offer: null, run: null, driver: null };
    },
    decide: asItWas,
    also: () => (tip === before ? [] : tipWrites(tip!, before)),
    reply: () => ({ status: 200, body: tipView(tip!) }),
  });
}

function tipWrites(tip: Tip, before: Tip | null): Write[] {
  const [whole, ...shares] = tipItems(tip);
  return [
    { kind: 'put', table: 'fleet', item: whole!, ifVersion: before?.version ?? 'absent' },
    ...shares.map((item): Write => ({ kind: 'put', table: 'fleet', item, ifVersion: 'any' })),
  ];
}
