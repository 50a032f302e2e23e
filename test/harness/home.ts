import { acceptOffer, actAtStop, type StopAct, startShift } from '../../lambdas/application/driving.ts';
import { handOverOrder } from '../../lambdas/application/hand-overs.ts';
import { type Resolution, resolveOrder } from '../../lambdas/application/operations.ts';
import type { PersonalRecord } from '../../lambdas/application/personal.ts';
import { actOnPickup, type StoreAct } from '../../lambdas/application/readiness.ts';
import { dataOf, keys } from '../../lambdas/application/records.ts';
import { versionShown } from '../../lambdas/domain/asked.ts';
import { currentStops, type Driver, type Offer, type Run, type Stop } from '../../lambdas/domain/fleet.ts';
import { hasEnded, type Order, openHandOver } from '../../lambdas/domain/order.ts';
import type { Pickup } from '../../lambdas/domain/pickup.ts';
import type { Loop } from './loop.ts';
import { nothingMore, photo, photographedBy } from './mall.ts';
import type { World } from './world.ts';

/**
 * Everybody does what is expected of them, minute by minute with the sweeper at each, until every order is over:
 * stores accept and pack, drivers take offers and drive, operations have held parcels brought back. Gives up after
 * `mostMinutes`: what is still open then, the invariants name.
 */
export async function bringHome(world: World, mostMinutes = 600): Promise<void> {
  for (let minute = 0; minute < mostMinutes && !isOver(world); minute++) await oneMinute(world);
  // What came late, a message or a wait of an execution that was superseded, is dealt with as well; a wait that was
  // left behind, when the sweeper finds it overdue, and an event that the bus did not take, when its pause is over.
  for (let pass = 0; pass < 5 || (pass < 60 && hasLeftovers(world)); pass++) {
    await world.advance(pass < 5 ? 1 : 30);
    await world.sweep();
  }
  await world.settled();
}

/** Everybody does what is expected of them now, one after the other, then a minute passes and the sweeper looks. */
export async function oneMinute(world: World): Promise<void> {
  for (const act of everybodysActs(world)) await act();
  await world.advance(1);
  await world.sweep();
  await world.settled();
}

/** What everybody will do now. Drivers and operations who do not heed it leave it for another minute. */
export function everybodysActs(world: Loop, heeds: () => boolean = () => true): (() => Promise<void>)[] {
  const open = world.orders().filter((order) => !hasEnded(order));
  return [
    ...open.filter(heeds).map((order) => () => operationsAct(world, order)),
    ...open.flatMap((order) => order.pickups.map((pickup) => () => storeActs(world, order, pickup))),
    ...itemsOf<Driver>(world, 'DRIVER')
      .filter(heeds)
      .map((driver) => () => driverActs(world, driver)),
  ];
}

function isOver(world: World): boolean {
  return (
    world.orders().every((order) => hasEnded(order) && order.settledAt) &&
    itemsOf<Run>(world, 'RUN').every(({ status }) => status !== 'active') &&
    world.executions().every(({ status }) => status !== 'RUNNING')
  );
}

function hasLeftovers(world: World): boolean {
  return world.database.all('orders').some(({ sk }) => sk.startsWith('WAIT#') || sk === 'UNPUBLISHED');
}

async function storeActs(world: Loop, order: Order, pickup: Pickup): Promise<void> {
  const { storeId } = pickup;
  const act: StoreAct | null =
    pickup.status === 'pending'
      ? { type: 'accept' }
      : pickup.status === 'accepted' || pickup.status === 'delayed'
        ? { type: 'ready', parcels: [{ label: `${order.id}/${storeId}` }], missingLineIds: [] }
        : null;
  if (!act) return;
  const principal = { kind: 'store', storeId, subject: 'person' } as const;
  const request = world.request(storeId);
  const now = world.now();
  await world.call(() => actOnPickup(world.ordering, principal, storeId, order.id, act, request, now));
}

async function operationsAct(world: Loop, order: Order): Promise<void> {
  // What another driver is to take over is in hand.
  if (openHandOver(order) && !order.attention) return;
  const resolution: Resolution | null = order.status === 'held' ? 'returned' : order.attention ? 'resume' : null;
  if (!resolution) return;
  const request = world.request('operations');
  const now = world.now();
  const ports = { database: world.tables };
  // Of what is held every other is handed over; what nobody came for is brought back.
  const isHandedOver =
    order.status === 'held' && order.sequence % 2 === 0 && order.attention?.why !== 'hand_over_failed';
  await world.call(() =>
    isHandedOver
      ? handOverOrder(ports, order.id, undefined, request, now)
      : resolveOrder(ports, order.id, resolution, request, now),
  );
}

async function driverActs(world: Loop, driver: Driver): Promise<void> {
  const { id } = driver;
  const now = world.now();
  const request = world.request(id);
  if (!driver.shift) {
    await world.call(() => startShift(world.driving, id, request, now));
    return;
  }
  const offer = itemsOf<Offer>(world, 'OFFER').find((one) => one.id === driver.openOfferId);
  if (offer) await world.call(() => acceptOffer(world.driving, id, offer.id, versionShown(offer), request, now));
  const run = itemsOf<Run>(world, 'RUN').find((one) => one.id === driver.activeRunId);
  const stop = run && currentStops(run)[0];
  if (!stop) return;
  for (const act of [{ type: 'arrive' }, await completion(world, stop)] satisfies StopAct[]) {
    const again = world.request(id);
    await world.call(() => actAtStop(world.driving, id, stop.id, photographedBy(id, stop.id, act), again, now));
  }
}

/** All that there is to hand over at a stop, with the proof that is asked for. */
export async function completion(world: Loop, stop: Stop): Promise<Extract<StopAct, { type: 'complete' }>> {
  const orders = world.orders().filter(({ id }) => stop.orderIds.includes(id));
  const labels = orders.flatMap((order) =>
    order.parcels
      .filter((parcel) => {
        if (stop.kind === 'dropoff') return parcel.state.at === 'driver' && !parcel.toReturn;
        if (stop.kind === 'hand_over') return parcel.state.at === 'driver';
        if (parcel.storeId !== stop.storeId) return false;
        return stop.kind === 'pickup' ? parcel.state.at === 'store' : parcel.toReturn;
      })
      .map(({ label }) => label),
  );
  const [order] = orders;
  if (stop.kind !== 'dropoff' || !order) return { type: 'complete', ...nothingMore, labels };
  if (order.doorProof === 'photo') return { type: 'complete', ...nothingMore, labels, proof: photo };
  const personal = await world.database.get(keys.personal(order.id));
  return {
    type: 'complete',
    ...nothingMore,
    labels,
    proof: { kind: 'pin', pin: dataOf<PersonalRecord>(personal!).pin! },
  };
}

export function itemsOf<T>(world: Loop, sk: 'DRIVER' | 'OFFER' | 'RUN'): T[] {
  return world.database
    .all('fleet')
    .filter((item) => item.sk === sk)
    .map((item) => dataOf<T>(item));
}
