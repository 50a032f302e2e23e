import type { Driver, Run } from '../domain/fleet.ts';
import { isStopOpen, openStops } from '../domain/fleet.ts';
import type { OrderId } from '../domain/ids.ts';
import { lateStoreDecisionOf } from '../domain/late-store.ts';
import type { Order } from '../domain/order.ts';
import type { Pickup } from '../domain/pickup.ts';
import { coarse, type Position } from '../domain/position.ts';
import { type Rejection, reject } from '../domain/rejection.ts';
import { epochMs, type Instant, plusSeconds } from '../domain/time.ts';
import { capabilityHash } from './capability.ts';
import { type Database, hasExpired } from './database.ts';
import { findMall } from './directory-reader.ts';
import { etaFor } from './eta.ts';
import { historyOf } from './ordering.ts';
import { findPersonal } from './personal.ts';
import type { ProofStore } from './ports.ts';
import { keys } from './records.ts';
import { load } from './situations.ts';
import { etaOfOwn } from './views.ts';

export interface TrackingPorts {
  database: Database;
  proofs: ProofStore;
}

/** A position older than this is not shown: a frozen dot is worse than none. */
const freshSeconds = 120;

/** What the holder of a tracking link may see. An unknown and an expired link look the same. */
export async function track(ports: TrackingPorts, token: string, now: Instant): Promise<object | Rejection> {
  const { database } = ports;
  const link = await database.get(keys.tracking(capabilityHash(token)));
  const live = link && !hasExpired(link, epochMs(now));
  const order = live ? await load<Order>(database.get(keys.order(link.orderId as OrderId))) : null;
  if (!order)
    return reject('not_found', 'This link shows no order.', 'It may have expired; ask the shop for a new one.');

  const [personal, events, mall, driver, run, eta] = await Promise.all([
    findPersonal(database, order.id, now),
    historyOf(database, order.id),
    findMall(database, order.mallId),
    order.carriage ? load<Driver>(database.get(keys.driver(order.carriage.driverId))) : null,
    order.carriage ? load<Run>(database.get(keys.run(order.carriage.runId))) : null,
    etaFor(database, order, now),
  ]);
  const proof = order.erasedAt ? undefined : order.door?.proof;
  return {
    orderId: order.id,
    now,
    status: order.status,
    partial: order.partial,
    endReason: order.endReason,
    zone: order.zone,
    mallName: mall?.name ?? null,
    mallPosition: mall?.position ?? null,
    promise: order.promise,
    rescheduled: order.rescheduled && { before: order.rescheduled.before },
    placedAt: order.placedAt,
    endedAt: order.endedAt,
    erasedAt: order.erasedAt,
    deliveredAt: order.door?.deliveredAt,
    undeliverable: order.door?.undeliverable,
    stores: order.pickups.map((pickup) => ({
      storeId: pickup.storeId,
      name: pickup.storeName,
      status: pickup.status,
      readyAt: pickup.readyAt,
      late: lateStore(order, pickup),
      items: pickup.lines.map((line) => ({
        name: line.name,
        quantity: line.quantity,
        missing: pickup.missingLineIds.includes(line.id),
      })),
    })),
    door: personal && { name: personal.name, address: personal.address, instructions: personal.instructions },
    // The PIN opens the hand-over at the door and nothing else; once delivered it is of no use.
    pin: order.endedAt ? undefined : personal?.pin,
    driver: driver && {
      name: driver.name,
      vehicle: driver.vehicle,
      position: await driverPosition(database, order, driver, now),
    },
    stopsBefore: run && stopsBefore(run, order.id),
    eta: eta && etaOfOwn(eta, order),
    photoUrl: proof?.kind === 'photo' ? await ports.proofs.viewUrl(proof.photoKey) : undefined,
    timeline: events
      .filter(
        (event) =>
          event.type.startsWith('delivery.') || event.type === 'order.created' || event.type.startsWith('pickup.'),
      )
      .map((event) => ({ type: event.type, at: event.occurredAt, storeId: event.data.storeId })),
  };
}

/** A store that is late beyond the promise: what becomes of its part, by whose silence or word. */
function lateStore(order: Order, { storeId, reason }: Pickup) {
  if (reason === 'left_without') return { outcome: 'left_without' as const };
  const decision = lateStoreDecisionOf(order, storeId);
  if (!decision) return undefined;
  return decision.choice
    ? { outcome: 'waited_for' as const }
    : { default: decision.default, decideBy: decision.decideBy };
}

/** Shown on the last leg to this door only, rounded, and only while it is fresh. */
async function driverPosition(
  database: Database,
  order: Order,
  driver: Driver,
  now: Instant,
): Promise<Position | null> {
  if (order.status !== 'enroute_to_dropoff' && order.status !== 'arrived_at_dropoff') return null;
  const item = await database.get(keys.position(driver.id));
  if (!item || (item.at as Instant) < plusSeconds(now, -freshSeconds)) return null;
  return coarse(item.position as Position);
}

function stopsBefore(run: Run, orderId: OrderId): number | null {
  const doors = openStops(run).filter((stop) => isStopOpen(stop) && stop.kind === 'dropoff');
  const index = doors.findIndex((stop) => stop.orderIds.includes(orderId));
  return index < 0 ? null : index;
}
