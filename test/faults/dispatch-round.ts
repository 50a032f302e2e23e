import type { Item, TableName } from '../../lambdas/application/database.ts';
import { deadlinePassed } from '../../lambdas/application/lifecycle.ts';
import { placeOrder } from '../../lambdas/application/ordering.ts';
import { actOnPickup } from '../../lambdas/application/readiness.ts';
import { dataOf, keys } from '../../lambdas/application/records.ts';
import { type Driver, type FleetEvent, isStopOpen, type Offer, type Run } from '../../lambdas/domain/fleet.ts';
import { hasEnded, type Order, openHandOver } from '../../lambdas/domain/order.ts';
import { deadlines } from '../../lambdas/domain/waits.ts';
import type { FaultPlan } from '../harness/faults.ts';
import { everybodysActs, itemsOf } from '../harness/home.ts';
import { breachesNow } from '../harness/invariants.ts';
import { Loop } from '../harness/loop.ts';
import { channelId, openMall } from '../harness/mall.ts';
import { bikes, gig, openProviders, prefer, vans } from '../harness/providers.ts';
import { type SeededRandom, seeded } from '../harness/random.ts';
import { nearPromise } from '../races/scenes.ts';
import { basket, deed, mallId, mostDrivers, mostStores, placing, type Round, standing } from './dispatch-deeds.ts';

/** Orders of a round: so many when it begins, and so many more while it lasts. */
const mostAtFirst = 2;
const mostLater = 2;
const mostMoments = 5;
const mostDeedsAtOnce = 4;
/** Seconds from one moment to the next: within the gathering of nudges, within an offer's time, and beyond both. */
const pauses = [0, 1, 4, 6, 30, 59, 61, 90, 180];
/** A death is due at one of so many places where ticks wait for an answer: beyond the last of the longest tick. */
const placesToDie = 40;
/**
 * Everybody does what is expected: an order that nobody carries by then, nobody thinks of any more. A hand-over to which
 * nobody comes takes the first hour of it.
 */
const patienceMinutes = 90;

/** What may go wrong around dispatch, each often enough for most rounds to meet several. */
const dispatchFaults: FaultPlan = {
  crash: 0.01,
  conflict: 0.05,
  throttle: 0.005,
  lostCommit: 0.03,
  slow: 0.02,
  messageTwice: 0.2,
  messageLate: 0.2,
  messageLost: 0.2,
  batchTwice: 0.1,
  batchLate: 0.05,
  batchShuffled: 0.2,
  poison: 0.05,
};

/** The mall as rounds find it, made once: who is there, and what its making left behind. */
const scene = await made();
/** The same, where every driver has a provider of their own, and retailers say who may carry for them. */
const sceneWithProviders = await made(async (loop) => {
  await openProviders(loop, 'car');
  await prefer(loop, 1, [vans, bikes, gig], 2);
  await prefer(loop, 2, [bikes, gig], 1);
});
/** One round in so many is played there. */
const oneWithProvidersIn = 3;

async function made(more?: (loop: Loop) => Promise<void>): Promise<{ table: TableName; item: Item }[]> {
  const loop = new Loop();
  await openMall(loop, { stores: mostStores, drivers: mostDrivers });
  await more?.(loop);
  await loop.advance(1);
  return (['catalogue', 'fleet', 'requests'] as const).flatMap((table) =>
    loop.database.all(table).map((item) => ({ table, item })),
  );
}

/**
 * A few minutes in which everything happens to dispatch at once, several ticks of the mall among it; then nothing goes
 * wrong any more, and everybody does what is expected of them. The same for one seed.
 */
export async function dispatchRound(seed: number): Promise<Round> {
  const random = seeded(seed ^ 0xd15);
  const loop = new Loop({ seed, faults: dispatchFaults });
  const round: Round = { loop, deeds: new Map(), breaches: [], outcome: '' };
  // By dice of their own, so that the other rounds of a seed stay as they were.
  const dice = seeded(seed ^ 0xca77);
  const hasProviders = dice.integer(oneWithProvidersIn) === 0;
  await begin(loop, random, hasProviders ? sceneWithProviders : scene);
  const moments = 2 + random.integer(mostMoments - 1);
  const fatalMoment = random.integer(moments);
  let later = random.integer(mostLater + 1);
  const oldPlans: Item[] = [];
  for (let moment = 0; moment < moments && round.breaches.length === 0; moment++) {
    const plan = await loop.database.get(keys.plan(mallId));
    if (plan) oldPlans.push(plan);
    if (moment === fatalMoment) loop.faults.dieAfter(1 + random.integer(placesToDie), 'message');
    const isOneMore = later > 0 && random.integer(2) === 0;
    if (isOneMore) later -= 1;
    const deeds = Array.from({ length: 1 + random.integer(mostDeedsAtOnce) }, () => deed(round, random, oldPlans));
    if (hasProviders && dice.integer(2) === 0) deeds.push(standing(round, dice));
    await Promise.all([...(isOneMore ? [placing(round, random)] : []), ...deeds].map((act) => act()));
    await loop.clock.advanceBy(random.pick(pauses) * 1000);
    await loop.settled();
    round.breaches.push(...breachesOf(loop));
  }
  await calm(loop);
  round.breaches.push(...breachesOf(loop));
  round.breaches.push(...forgotten(loop));
  const offers = itemsOf<Offer>(loop, 'OFFER').map(
    ({ status, orderIds, others = [], declined = [] }) =>
      `${status} ${orderIds.length} of ${1 + others.length + declined.length}`,
  );
  round.outcome = [...loop.orders().map(({ status }) => status), ...offers].join();
  return round;
}

/** Drivers at the kerb, and orders whose stores have mostly said that they have everything. */
async function begin(loop: Loop, random: SeededRandom, scene: typeof sceneWithProviders): Promise<void> {
  loop.faults.armed = false;
  const drivers = 1 + random.integer(mostDrivers);
  const present = scene.filter(({ item: { pk } }) => Number(/driver-(\d)$/.exec(pk)?.[1] ?? 1) <= drivers);
  loop.streamsOn = false;
  await loop.database.commit(present.map(({ table, item }) => ({ kind: 'put', table, item, ifVersion: 'absent' })));
  loop.streamsOn = true;
  // The scene is set in peace, and at once.
  const ordering = { ...loop.ordering, database: loop.database };
  const count = 1 + random.integer(mostAtFirst);
  for (let number = 0; number < count; number++) {
    await placeOrder(ordering, channelId, basket(random), loop.request('channel'), loop.now());
  }
  for (const order of loop.orders()) {
    for (const { storeId } of order.pickups) {
      if (random.integer(4) === 0) continue;
      const principal = { kind: 'store', storeId, subject: 'person' } as const;
      await actOnPickup(ordering, principal, storeId, order.id, { type: 'accept' }, loop.request(storeId), loop.now());
    }
  }
  // Of those that have waited long, several drivers are asked at once.
  for (const order of loop.orders()) if (random.integer(2) === 0) await nearPromise(loop, order.id);
  await loop.settled();
  loop.faults.armed = true;
}

/** Nothing goes wrong any more, and everybody does what is expected of them, until all is in somebody's hands. */
async function calm(loop: Loop): Promise<void> {
  loop.faults.armed = false;
  loop.faults.isQuiet = true;
  for (let minute = 0; minute < patienceMinutes && open(loop).length > 0; minute++) {
    for (const act of everybodysActs(loop)) await act();
    await giveHandOversUp(loop);
    await loop.advance(1);
    await loop.sweep();
    await loop.settled();
  }
}

/** What the workflow, which is not part of this, does with a hand-over to which nobody came in time. */
async function giveHandOversUp(loop: Loop): Promise<void> {
  const now = loop.now();
  for (const order of loop.orders().filter((one) => openHandOver(one) && !one.attention)) {
    if (deadlines(order).operationsDecide > now) continue;
    const { id: orderId, workflowGeneration: generation } = order;
    await deadlinePassed(loop.database, { orderId, generation, wait: 'operationsDecide' }, now);
  }
}

/** Orders that dispatch has still to find somebody for. */
function open(loop: Loop): Order[] {
  return loop.orders().filter((order) => !hasEnded(order) && (!order.carriage || order.status === 'held'));
}

function breachesOf(loop: Loop): string[] {
  const runs = itemsOf<Run>(loop, 'RUN').filter(({ status }) => status === 'active');
  const dueIn = (order: Order) =>
    runs.filter(({ stops }) => stops.some((stop) => isStopOpen(stop) && stop.orderIds.includes(order.id)));
  return [
    ...breachesNow(loop),
    ...endsOfOffers(loop).map((ends) => `one answer: ${ends}`),
    ...itemsOf<Driver>(loop, 'DRIVER')
      .filter(({ openOfferId, activeRunId }) => openOfferId && activeRunId)
      .map(({ id }) => `one thing at a time: ${id} is on a run and has an offer`),
    ...loop
      .orders()
      .filter((order) => !openHandOver(order) && dueIn(order).length > 1)
      .map((order) => `one run: ${order.id} has open stops on ${dueIn(order).map(({ id }) => id)}`),
    ...[...Map.groupBy(itemsOf<Run>(loop, 'RUN'), ({ offerId }) => offerId)]
      .filter(([, won]) => won.length > 1)
      .map(([offerId, won]) => `one winner: ${offerId} was accepted by ${won.map(({ driverId }) => driverId)}`),
  ];
}

const endsOfOffer = ['offer.accepted', 'offer.declined', 'offer.expired', 'offer.withdrawn'];

/** Offers of which it has been said more than once how they ended. */
function endsOfOffers(loop: Loop): string[] {
  const events = loop.database
    .all('fleet')
    .filter(({ pk, sk }) => pk.startsWith('OFFER#') && sk.startsWith('EVENT#'))
    .map((item) => dataOf<FleetEvent>(item))
    .filter(({ type }) => endsOfOffer.includes(type));
  return [...Map.groupBy(events, ({ subject }) => subject.id)]
    .filter(([, ends]) => ends.length > 1)
    .map(([id, ends]) => `${id}: ${ends.map(({ type }) => type)}`);
}

/** Nothing has been going wrong for an hour and a half, and everybody was there for it. */
function forgotten(loop: Loop): string[] {
  return open(loop).map(
    ({ id, status, offerId }) => `none forgotten: ${id} is ${status}${offerId ? `, in offer ${offerId}` : ''}`,
  );
}
