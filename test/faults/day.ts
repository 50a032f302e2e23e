import { actAtStop, type StopAct } from '../../lambdas/application/driving.ts';
import { giveParcels, handOverOrder } from '../../lambdas/application/hand-overs.ts';
import { type Resolution, reassignOrder, resolveOrder } from '../../lambdas/application/operations.ts';
import { cancelOrder, placeOrder } from '../../lambdas/application/ordering.ts';
import { actOnPickup, type StoreAct } from '../../lambdas/application/readiness.ts';
import { dataOf, keys } from '../../lambdas/application/records.ts';
import { executionName } from '../../lambdas/application/views.ts';
import { currentStops, type Run, type Stop } from '../../lambdas/domain/fleet.ts';
import type { DriverId, OrderId } from '../../lambdas/domain/ids.ts';
import { atCloseRules } from '../../lambdas/domain/next-day.ts';
import { hasEnded, type Order } from '../../lambdas/domain/order.ts';
import { rejectReasons } from '../../lambdas/domain/pickup.ts';
import { instant, plusMinutes } from '../../lambdas/domain/time.ts';
import { undeliverableReasons } from '../../lambdas/domain/undeliverable.ts';
import { everyFault } from '../harness/faults.ts';
import { bringHome, completion, everybodysActs } from '../harness/home.ts';
import { breachesAtEnd, breachesNow } from '../harness/invariants.ts';
import { channelId, fullPay, openMall, orderInput, photo, photographedBy } from '../harness/mall.ts';
import type { MirroredDatabase } from '../harness/mirrored-database.ts';
import { type SeededRandom, seeded } from '../harness/random.ts';
import { World } from '../harness/world.ts';

const resolutions: Resolution[] = ['cancel', 'resume', 'return', 'reattempt', 'returned', 'lost', 'restart'];
type Choice = Resolution | 'hand_over';
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
  /** Orders whose channel was told that they are taken. */
  taken: Set<OrderId>;
  /** What did not hold at the end of some minute. */
  breaches: string[];
}

export interface TroubledDayOptions {
  /** Who is not home after this long is stuck. */
  mostMinutes?: number;
  stopsAtBreach?: boolean;
  /** Tables in an engine; in memory unless told. */
  database?: MirroredDatabase;
}

/** A day of `count` orders with every class of fault on and every way that an order can go; the same for one seed. */
export async function troubledDay(
  seed: number,
  count: number,
  { mostMinutes, stopsAtBreach = false, database }: TroubledDayOptions = {},
): Promise<Day> {
  const random = seeded(seed ^ 0xda1);
  const startAt = random.integer(4) === 0 ? evening : midday;
  const world = new World({
    seed,
    faults: everyFault,
    startAt: instant(Date.parse(startAt)),
    ...(database && { database }),
  });
  const day: Day = { world, deeds: new Map(), taken: new Set(), breaches: [] };
  world.faults.armed = false;
  await openMall(world, { stores, drivers, pay: fullPay });
  world.faults.armed = true;
  let placed = 0;
  for (let minute = 0; minute < troubledMinutes || placed < count; minute++) {
    const due = Math.min(count - placed, 1 + random.integer(2));
    placed += due;
    const acts = [
      ...Array.from({ length: due }, () => () => orderSomething(day, random)),
      () => trouble(day, random),
      ...everybodysActs(world, () => random.integer(2) > 0),
    ];
    // All at once: most people do not wait for each other, and some are two, or press the button twice.
    await Promise.all(acts.flatMap((act) => (random.integer(8) === 0 ? [act(), act()] : [act()])));
    await world.advance(1);
    await world.sweep();
    await world.settled();
    day.breaches.push(...breachesNow(world));
    if (stopsAtBreach && day.breaches.length > 0) return day;
  }
  await bringHome(world, mostMinutes);
  // What consumers gave up lies in the queue for failures until somebody has mended the cause and sends it again.
  world.faults.armed = false;
  await world.redrive();
  await bringHome(world, mostMinutes);
  return day;
}

/** What must hold when the day is over: the invariants of the harness, and what people were told. */
export function breachesOfDay({ world, taken, breaches }: Day): string[] {
  const orders = new Set(world.orders().map(({ id }) => id));
  if (breaches.length > 0) return breaches;
  return [
    ...breachesAtEnd(world),
    ...[...taken].filter((id) => !orders.has(id)).map((id) => `orders taken: ${id} was promised and is not there`),
    ...[...orders].filter((id) => !taken.has(id)).map((id) => `orders taken: nobody was told of ${id}`),
  ];
}

async function orderSomething(day: Day, random: SeededRandom): Promise<void> {
  const { world } = day;
  const input = {
    ...orderInput(1 + random.integer(stores)),
    doorProof: random.pick(['photo', 'pin'] as const),
    goAhead: random.pick(['deliver_what_you_can', 'all_or_nothing'] as const),
    atClose: random.pick(atCloseRules),
  };
  const request = world.request(`channel:${channelId}`);
  const now = world.now();
  const place = () => placeOrder(world.ordering, channelId, input, request, now);
  // A channel whose connection broke sends the same request again, perhaps before the first is through.
  const answers = await Promise.all(Array.from({ length: 1 + random.integer(2) }, () => tell(day, 'place', place)));
  const ids = answers.flatMap((answer) => ('body' in answer ? [(answer.body as Order).id] : []));
  if (ids[0]) day.taken.add(ids[0]);
}

/** What spoils somebody's plan, each as often as it stands here. */
const troubles = [
  'reject',
  'reject',
  'delay',
  'delay',
  'nothing there',
  'cancel',
  ...repeat('lose the driver', 3),
  'stop the execution',
  ...repeat('decide', 6),
  ...repeat('say what was given', 2),
  ...repeat('refuse at the door', 4),
  ...repeat('fail at a stop', 4),
] as const;

async function trouble(day: Day, random: SeededRandom): Promise<void> {
  const open = day.world.orders().filter((order) => !hasEnded(order));
  if (open.length === 0) return;
  const order = random.pick(open);
  switch (random.pick(troubles)) {
    case 'reject':
      return storeSays(day, random, order, 'reject', { type: 'reject', reason: random.pick(rejectReasons) });
    case 'delay': {
      const readyAt = plusMinutes(day.world.now(), 5 + random.integer(120));
      return storeSays(day, random, order, 'delay', { type: 'delay', readyAt });
    }
    case 'nothing there':
      return storeSays(day, random, order, 'nothing there', null);
    case 'cancel':
      return cancel(day, order.id);
    case 'lose the driver':
      return loseDriver(day, random.pick(onTheWay(open) ?? open).id);
    case 'stop the execution':
      return stopExecution(day, order);
    case 'decide': {
      const asked = random.pick(inQuestion(open) ?? open);
      const isToHandOver = random.integer(asked.status === 'held' ? 2 : 8) === 0;
      return decide(day, asked.id, isToHandOver ? 'hand_over' : random.pick(resolutions));
    }
    case 'say what was given':
      return sayGiven(day, random);
    case 'refuse at the door':
      return refuseAtDoor(day, random);
    case 'fail at a stop':
      return failStop(day, random);
  }
}

/** Orders on which operations or their owner may decide, if there are any. */
function inQuestion(open: Order[]): Order[] | undefined {
  const some = open.filter(({ status, attention }) => attention || status === 'held' || status === 'undeliverable');
  return some.length > 0 ? some : undefined;
}

/** Orders that a driver carries, or comes for. */
function onTheWay(open: Order[]): Order[] | undefined {
  const some = open.filter((order) => order.parcels.some(({ state }) => state.at === 'driver'));
  return some.length > 0 ? some : undefined;
}

function repeat<T>(what: T, times: number): T[] {
  return new Array<T>(times).fill(what);
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

async function decide(day: Day, orderId: OrderId, resolution: Choice): Promise<void> {
  const { world } = day;
  const request = world.request('operations');
  const now = world.now();
  const ports = { database: world.tables };
  await tell(day, resolution, () =>
    resolution === 'hand_over'
      ? handOverOrder(ports, orderId, undefined, request, now)
      : resolveOrder(ports, orderId, resolution, request, now),
  );
}

/** The driver who is to give parcels to another says that it was done, and not always what was. */
async function sayGiven(day: Day, random: SeededRandom): Promise<void> {
  const { world } = day;
  const due = world.orders().flatMap((order) => {
    const to = order.handOvers?.at(-1)?.to;
    return to ? [{ order, from: order.handOvers!.at(-1)!.from, to }] : [];
  });
  if (due.length === 0) return;
  const { order, from, to } = random.pick(due);
  const run = dataOf<Run>((await world.database.get(keys.run(to.runId)))!);
  const all = order.parcels.filter(({ state }) => state.at === 'driver').map(({ label }) => label);
  const said = random.integer(4) === 0 ? all.slice(1) : all;
  if (said.length === 0) return;
  const request = world.request(from.driverId);
  const now = world.now();
  const occurredAt = plusMinutes(now, -random.integer(10));
  const runCode = random.integer(8) === 0 ? '0000' : run.code;
  await tell(day, 'give', () =>
    giveParcels(world.tables, from.driverId, order.id, { runCode, labels: said, occurredAt }, request, now),
  );
}

/** Somebody stops what they should not have stopped. */
async function stopExecution(day: Day, order: Order): Promise<void> {
  if (day.world.executionStatus(executionName(order)) === 'RUNNING') day.world.stopExecution(executionName(order));
}

/** The recipient does not take some of what the driver has brought. */
async function refuseAtDoor(day: Day, random: SeededRandom): Promise<void> {
  const at = nextStops(day).filter(({ stop }) => stop.kind === 'dropoff');
  if (at.length === 0) return;
  const { run, stop } = random.pick(at);
  const all = await completion(day.world, stop);
  const refusedLabels = all.labels.filter(() => random.integer(2) === 0);
  await atStop(day, run.driverId, stop, { type: 'arrive' });
  await atStop(day, run.driverId, stop, {
    ...all,
    labels: all.labels.filter((label) => !refusedLabels.includes(label)),
    refusedLabels,
  });
}

function nextStops({ world }: Day): { run: Run; stop: Stop }[] {
  return world.database
    .all('fleet')
    .filter(({ sk }) => sk === 'RUN')
    .map((item) => dataOf<Run>(item))
    .flatMap((run) => (run.status === 'active' ? currentStops(run).map((stop) => ({ run, stop })) : []));
}

/** Whoever drives does not get done what the next stop is for. */
async function failStop(day: Day, random: SeededRandom): Promise<void> {
  const at = nextStops(day);
  if (at.length === 0) return;
  const { run, stop } = random.pick(at);
  await atStop(day, run.driverId, stop, { type: 'arrive' });
  await atStop(day, run.driverId, stop, {
    type: 'fail',
    reason: stop.kind === 'pickup' || stop.kind === 'hand_over' ? 'not_ready' : random.pick(undeliverableReasons),
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

async function tell<T extends object>(day: Day, deed: string, request: () => Promise<T>): Promise<T> {
  const outcome = await day.world.call(request);
  const name = `${deed}: ${'code' in outcome ? outcome.code : 'done'}`;
  day.deeds.set(name, (day.deeds.get(name) ?? 0) + 1);
  return outcome;
}
