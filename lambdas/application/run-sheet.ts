import type { Driver } from '../domain/fleet.ts';
import type { DriverId, OrderId } from '../domain/ids.ts';
import { type Order, openHandOver, parcelsForDoor, parcelsOnBoard, parcelsToReturn } from '../domain/order.ts';
import type { Instant } from '../domain/time.ts';
import type { Database, Item } from './database.ts';
import { findMall, findStores } from './directory-reader.ts';
import { etasFor } from './eta.ts';
import { livePersonal } from './personal.ts';
import { dataOf, keys } from './records.ts';
import { situationOfDriver } from './situations.ts';
import { custodyOf, runView } from './views.ts';

/** The run under way with everything the driver needs at each stop, doors and names included. */
export async function getRun({ database }: { database: Database }, driverId: DriverId, now: Instant): Promise<object> {
  const situation = await situationOfDriver(database, driverId);
  const run = situation?.run;
  if (!run) return { now, run: null };
  const storeIds = [...new Set(run.stops.flatMap((stop) => stop.storeId ?? []))];
  const given = situation.orders.filter((order) => openHandOver(order)?.from.runId === run.id);
  const [stores, mall, personal, etas, others] = await Promise.all([
    findStores(database, storeIds),
    findMall(database, run.mallId),
    database.getMany(run.orderIds.map(keys.personal)),
    etasFor(database, situation.orders, now),
    namesOf(database, [
      ...run.stops.flatMap(({ meeting }) => meeting?.driverId ?? []),
      ...given.flatMap((order) => openHandOver(order)!.to?.driverId ?? []),
    ]),
  ]);
  const view = runView(run);
  return {
    now,
    run: {
      ...view,
      mall: mall && {
        id: mall.id,
        name: mall.name,
        zone: mall.zone,
        position: mall.position,
        pickupPoints: mall.pickupPoints,
      },
      handOvers: given.map((order) => handOverView(order, others)),
      custody: situation.orders.flatMap((order) => (order.custody ? [custodyOf(order, order.custody)] : [])),
      stops: view.stops.map((stop) => {
        const store = stores.find(({ id }) => id === stop.storeId);
        const orders = situation.orders.filter(({ id }) => stop.orderIds.includes(id));
        return {
          ...stop,
          ...(store && {
            store: {
              id: store.id,
              name: store.name,
              level: store.level,
              frontNote: store.frontNote,
              position: store.position,
            },
          }),
          ...(stop.meeting && { meeting: { ...stop.meeting, name: others.get(stop.meeting.driverId) ?? null } }),
          parcels: orders.flatMap((order) => parcelsAtStop(order, stop)),
          ...(stop.kind === 'pickup' && {
            pickups: orders.map((order) => {
              const pickup = order.pickups.find(({ storeId }) => storeId === stop.storeId);
              return { orderId: order.id, status: pickup?.status, readyAt: pickup?.readyAt };
            }),
          }),
          ...(stop.kind === 'dropoff' && {
            eta: etas.get(stop.orderIds[0]!),
            door: doorOf(stop.orderIds[0]!, orders[0], personal, now),
          }),
        };
      }),
    },
  };
}

function parcelsAtStop(order: Order, stop: { kind: string; storeId: string | undefined }) {
  const due =
    stop.kind === 'pickup'
      ? order.parcels.filter((parcel) => parcel.storeId === stop.storeId && parcel.state.at === 'store')
      : stop.kind === 'return'
        ? parcelsToReturn(order).filter((parcel) => parcel.storeId === stop.storeId)
        : stop.kind === 'hand_over'
          ? parcelsOnBoard(order)
          : parcelsForDoor(order);
  return due.map((parcel) => ({ orderId: order.id, id: parcel.id, label: parcel.label, storeId: parcel.storeId }));
}

/** What this driver is to give to another, where, and to whom once that is known. */
function handOverView(order: Order, names: Map<DriverId, string>) {
  const { to, at, until, given } = openHandOver(order)!;
  return {
    orderId: order.id,
    position: at,
    until,
    to: to && { driverId: to.driverId, name: names.get(to.driverId) ?? null },
    parcels: parcelsOnBoard(order).map(({ id, label, storeId }) => ({ orderId: order.id, id, label, storeId })),
    given: given && { labels: given.labels, occurredAt: given.occurredAt },
  };
}

async function namesOf(database: Database, ids: DriverId[]): Promise<Map<DriverId, string>> {
  const items = await database.getMany([...new Set(ids)].map(keys.driver));
  return new Map(items.map((item) => dataOf<Driver>(item)).map(({ id, name }) => [id, name]));
}

function doorOf(orderId: OrderId, order: Order | undefined, items: Item[], now: Instant) {
  const personal = livePersonal(
    items.find((item) => item.pk === keys.personal(orderId).pk),
    now,
  );
  if (!personal) return null;
  const { name, phone, address, position, instructions } = personal;
  return { name, phone, address, position, instructions, promiseBy: order?.promise.by, proof: order?.doorProof };
}
