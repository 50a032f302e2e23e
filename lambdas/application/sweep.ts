import type { OfferId } from '../domain/ids.ts';
import { asId } from '../domain/ids.ts';
import { wantsDriver } from '../domain/order.ts';
import { type Instant, plusMinutes } from '../domain/time.ts';
import type { Database } from './database.ts';
import { openOrders } from './operations.ts';
import type { Nudges, Workflow } from './ports.ts';
import { lists } from './records.ts';
import { resumeOrder } from './resume.ts';

export interface SweepPorts {
  database: Database;
  workflow: Workflow;
  nudges: Nudges;
}

/** What the streams should have done by now is done again here: the second, independent net. */
const graceMinutes = 2;

export interface SweepOutcome {
  resumed: number;
  started: number;
  offersExpired: number;
  mallsNudged: number;
  failed: { orderId: string; error: string }[];
}

/**
 * Once a minute: every open order that has not moved for a while is brought into line with its executions, offers
 * whose time is up are expired, and malls with orders that want a driver get a dispatch tick.
 */
export async function sweep(ports: SweepPorts, now: Instant): Promise<SweepOutcome> {
  const { database, nudges } = ports;
  const outcome: SweepOutcome = { resumed: 0, started: 0, offersExpired: 0, mallsNudged: 0, failed: [] };
  const orders = await openOrders(database);
  for (const order of orders.filter(({ updatedAt }) => updatedAt <= plusMinutes(now, -graceMinutes))) {
    try {
      const { completed, started } = await resumeOrder(ports, order.id);
      outcome.resumed += completed;
      outcome.started += started ? 1 : 0;
    } catch (error) {
      // One poisonous order must not keep the others from being swept.
      outcome.failed.push({ orderId: order.id, error: String(error) });
    }
  }
  const due = await database.queryIndex({
    table: 'fleet',
    index: 'due',
    pk: lists.openOffers,
    until: plusMinutes(now, -1),
    limit: 100,
  });
  for (const { pk } of due.keys) {
    await nudges.expireOffer({ id: asId<OfferId>(pk.slice('OFFER#'.length)), expiresAt: now }, now);
    outcome.offersExpired += 1;
  }
  const malls = new Set(orders.filter((order) => wantsDriver(order) && !order.offerId).map(({ mallId }) => mallId));
  for (const mallId of malls) {
    await nudges.dispatch(mallId, now, 'soon');
    outcome.mallsNudged += 1;
  }
  return outcome;
}
