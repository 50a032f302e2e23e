import { actAtStop, type StopAct } from '../../lambdas/application/driving.ts';
import { reassignOrder } from '../../lambdas/application/operations.ts';
import { cancelOrder, placeOrder } from '../../lambdas/application/ordering.ts';
import { actOnPickup, type StoreAct } from '../../lambdas/application/readiness.ts';
import { dataOf } from '../../lambdas/application/records.ts';
import { currentStops, type Run, type Stop } from '../../lambdas/domain/fleet.ts';
import type { DriverId, OrderId } from '../../lambdas/domain/ids.ts';
import { hasEnded, type Order } from '../../lambdas/domain/order.ts';
import { rejectReasons } from '../../lambdas/domain/pickup.ts';
import { instant, plusMinutes } from '../../lambdas/domain/time.ts';
import { undeliverableReasons } from '../../lambdas/domain/undeliverable.ts';
import { everyFault } from '../harness/faults.ts';
import { bringHome, oneMinute } from '../harness/home.ts';
import { channelId, openMall, orderInput, photo, photographedBy } from '../harness/mall.ts';
import { type SeededRandom, seeded } from '../harness/random.ts';
import { World } from '../harness/world.ts';

const stores = 3;
const drivers = 3;
/** Minutes in which people do what is not hoped for; after them everybody sees to it that all comes to an end. */
const troubledMinutes = 25;
/** The mall closes at 21:00, which is 04:00Z: a day in four begins as orders are taken for the last time. */
const midday = '2026-11-23T19:00:00.000Z';
const evening = '2026-11-24T02:45:00.000Z';

export interface Day {
  world: World;
  /** What people did, and whether it was let: `cancel: done`, `refuse at the door: no_active_run`, … */
  deeds: Map<string, number>;
}

/** A day of `count` orders with every class of fault on and every way that an order can go; the same for one seed. */
export async function troubledDay(seed: number, count: number, mostMinutes?: number): Promise<Day> {
  const random = seeded(seed ^ 0xda1);
  const startAt = random.integer(4) === 0 ? evening : midday;
  const world = new World({ seed, faults: everyFault, startAt: instant(Date.parse(startAt)) });
  const day: Day = { world, deeds: new Map() };
  world.faults.armed = false;
  await openMall(world, { stores, drivers });
  world.faults.armed = true;
  let placed = 0;
  for (let minute = 0; minute < troubledMinutes || placed < count; minute++) {
    const due = Math.min(count - placed, 1 + random.integer(2));
    for (let order = 0; order < due; order++) {
      await orderSomething(day, random);
      placed += 1;
    }
    await trouble(day, random);
    await oneMinute(world, () => random.integer(3) > 0);
  }
  await bringHome(world, mostMinutes);
  return day;
}

async function orderSomething(day: Day, random: SeededRandom): Promise<void> {
  const { world } = day;
  const input = {
    ...orderInput(1 + random.integer(stores)),
    doorProof: random.pick(['photo', 'pin'] as const),
    goAhead: random.pick(['deliver_what_you_can', 'all_or_nothing'] as const),
  };
  const request = world.request(`channel:${channelId}`);
  const now = world.now();
  await tell(day, 'place', () => placeOrder(world.ordering, channelId, input, request, now));
}

/** One deed that spoils somebody's plan. */
async function trouble(day: Day, random: SeededRandom): Promise<void> {
  const { world } = day;
  const open = world.orders().filter((order) => !hasEnded(order));
  if (open.length === 0) return;
  const order = random.pick(open);
  switch (random.integer(6)) {
    case 0:
      return storeSays(day, random, order, 'reject', { type: 'reject', reason: random.pick(rejectReasons) });
    case 1: {
      const readyAt = plusMinutes(world.now(), 5 + random.integer(120));
      return storeSays(day, random, order, 'delay', { type: 'delay', readyAt });
    }
    case 2:
      return storeSays(day, random, order, 'nothing there', null);
    case 3:
      return cancel(day, order.id);
    case 4:
      return loseDriver(day, order.id);
    default:
      return failStop(day, random);
  }
}

async function storeSays(
  day: Day,
  random: SeededRandom,
  order: Order,
  deed: string,
  said: StoreAct | null,
): Promise<void> {
  const { world } = day;
  const { storeId, lines } = random.pick(order.pickups);
  const act = said ?? { type: 'ready', parcels: [], missingLineIds: lines.map(({ id }) => id) };
  const principal = { kind: 'store', storeId, subject: 'person' } as const;
  const request = world.request(storeId);
  const now = world.now();
  await tell(day, deed, () => actOnPickup(world.ordering, principal, storeId, order.id, act, request, now));
}

async function cancel(day: Day, orderId: OrderId): Promise<void> {
  const { world } = day;
  const request = world.request(`channel:${channelId}`);
  const now = world.now();
  await tell(day, 'cancel', () => cancelOrder(world.ordering, channelId, orderId, request, now));
}

async function loseDriver(day: Day, orderId: OrderId): Promise<void> {
  const { world } = day;
  const request = world.request('operations');
  const now = world.now();
  await tell(day, 'lose the driver', () =>
    reassignOrder({ database: world.tables }, orderId, 'breakdown', request, now),
  );
}

/** Whoever drives does not get done what the next stop is for. */
async function failStop(day: Day, random: SeededRandom): Promise<void> {
  const runs = day.world.database
    .all('fleet')
    .filter(({ sk }) => sk === 'RUN')
    .map((item) => dataOf<Run>(item))
    .filter(({ status }) => status === 'active');
  if (runs.length === 0) return;
  const run = random.pick(runs);
  const [stop] = currentStops(run);
  if (!stop) return;
  await atStop(day, run.driverId, stop, { type: 'arrive' });
  await atStop(day, run.driverId, stop, {
    type: 'fail',
    reason: stop.kind === 'pickup' ? 'not_ready' : random.pick(undeliverableReasons),
    evidence: { contactAttempts: 2, photoKey: photo.photoKey, position: [-111.86, 33.3], note: 'As they said.' },
  });
}

async function atStop(day: Day, driverId: DriverId, stop: Stop, act: StopAct): Promise<void> {
  const { world } = day;
  const request = world.request(driverId);
  const now = world.now();
  await tell(day, `${act.type} at a ${stop.kind}`, () =>
    actAtStop(world.driving, driverId, stop.id, photographedBy(driverId, stop.id, act), request, now),
  );
}

async function tell(day: Day, deed: string, request: () => Promise<object>): Promise<void> {
  const outcome = await day.world.call(request);
  const name = `${deed}: ${'code' in outcome ? outcome.code : 'done'}`;
  day.deeds.set(name, (day.deeds.get(name) ?? 0) + 1);
}
