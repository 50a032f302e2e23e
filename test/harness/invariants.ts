import { dataOf } from '../../lambdas/application/records.ts';
import { executionName } from '../../lambdas/application/views.ts';
import { askedOf } from '../../lambdas/domain/asked.ts';
import type { OrderEvent } from '../../lambdas/domain/events.ts';
import {
  type Driver,
  type FleetEvent,
  isStopOpen,
  type Offer,
  type PayLine,
  type Run,
} from '../../lambdas/domain/fleet.ts';
import { basketCents, hasEnded, type Order, openHandOver } from '../../lambdas/domain/order.ts';
import { isParcelEnded } from '../../lambdas/domain/parcel.ts';
import { isPickupClosed, isPickupCollected } from '../../lambdas/domain/pickup.ts';
import { gigId } from '../../lambdas/domain/provider.ts';
import { mismatchesOf } from '../../lambdas/domain/reconcile.ts';
import { settlementOf } from '../../lambdas/domain/settlement.ts';
import type { Loop } from './loop.ts';
import type { World } from './world.ts';

/** Everything the tables hold, read without any use case in between. */
interface Books {
  orders: Order[];
  drivers: Driver[];
  offers: Offer[];
  runs: Run[];
  /** Events in the order of their keys, by partition. */
  events: Map<string, (OrderEvent | FleetEvent)[]>;
}

type Check = (books: Books) => string[];

/** What must hold at every instant, whatever is under way. Answers a sentence for each breach, led by its name. */
export function breachesNow(world: Loop): string[] {
  const books = booksOf(world);
  const named = Object.entries(always).flatMap(([name, check]) => check(books).map((breach) => `${name}: ${breach}`));
  return [...named, ...surprisesOf(world)];
}

/** What must hold once every order should be over and nothing is under way any more. */
export function breachesAtEnd(world: World): string[] {
  const books = booksOf(world);
  const named = Object.entries({ ...always, ...atEnd }).flatMap(([name, check]) =>
    check(books).map((breach) => `${name}: ${breach}`),
  );
  return [
    ...named,
    ...executionsAgree(world, books).map((breach) => `executions agree: ${breach}`),
    ...reconciled(world, books).map((breach) => `reconciliation: ${breach}`),
    ...unpublished(world, books).map((breach) => `events published: ${breach}`),
    ...surprisesOf(world),
  ];
}

/** A process failed by itself: nothing that the harness made go wrong explains it. */
function surprisesOf({ surprises }: Loop): string[] {
  return surprises.map((error) => `no surprises: ${error instanceof Error ? error.stack : String(error)}`);
}

const always: Record<string, Check> = {
  'dense sequences': ({ events, orders, drivers, offers, runs }) => [
    ...[...events].flatMap(([pk, list]) => {
      const gap = list.findIndex(({ sequence }, index) => sequence !== index + 1);
      return gap < 0 ? [] : [`event ${gap + 1} of ${pk} has sequence ${list[gap]!.sequence}`];
    }),
    ...[
      ...orders.map(({ id, sequence }) => [`ORDER#${id}`, sequence] as const),
      ...drivers.map(({ id, sequence }) => [`DRIVER#${id}`, sequence] as const),
      ...offers.map(({ id, sequence }) => [`OFFER#${id}`, sequence] as const),
      ...runs.map(({ id, sequence }) => [`RUN#${id}`, sequence] as const),
    ].flatMap(([pk, sequence]) => {
      const held = events.get(pk)?.length ?? 0;
      return held === sequence ? [] : [`${pk} is at ${sequence} and has ${held} events`];
    }),
  ],

  'who may carry': ({ orders, offers }) =>
    orders.flatMap(({ id, providers, carriage, offerId }) => {
      const offer = offers.find((one) => one.id === offerId && one.status === 'open');
      const carriers = [carriage, offer].flatMap((one) => (one ? [one.providerId ?? gigId] : []));
      const others = carriers.filter((one) => providers && !providers.inOrder.includes(one));
      return others.map((one) => `${id} is with ${one}, and its retailers let ${providers?.inOrder} alone`);
    }),

  'one end': ({ orders, events }) =>
    orders.flatMap((order) => {
      const ends = eventsOf(events, order).filter(({ type }) => isEnd(type));
      const [end, ...more] = ends;
      if (!hasEnded(order)) return end ? [`${order.id} is ${order.status}, but ${end.type} has been said`] : [];
      if (!end || more.length > 0) return [`${order.id} ended ${ends.length} times`];
      const late = eventsOf(events, order).filter(
        ({ type, sequence }) => type.startsWith('delivery.') && sequence > end.sequence,
      );
      return [
        ...(end.type === `delivery.${order.status}` ? [] : [`${order.id} is ${order.status} and ended as ${end.type}`]),
        ...late.map(({ type }) => `${type} of ${order.id} came after its end`),
      ];
    }),

  'one driver': ({ orders, drivers, runs }) => [
    ...orders.flatMap((order) => {
      if (!order.carriage || hasEnded(order)) return [];
      const { runId, driverId } = order.carriage;
      const run = runs.find(({ id }) => id === runId);
      const driver = drivers.find(({ id }) => id === driverId);
      return [
        ...(run?.status === 'active' ? [] : [`${order.id} is carried by run ${runId}, which is ${run?.status}`]),
        ...(run?.orderIds.includes(order.id) ? [] : [`run ${runId} does not know ${order.id}`]),
        ...(run?.driverId === driverId ? [] : [`run ${runId} is ${run?.driverId}'s, and ${order.id} says ${driverId}`]),
        ...(driver?.activeRunId === runId ? [] : [`${driverId} is on ${driver?.activeRunId}, ${order.id} on ${runId}`]),
        ...(order.offerId && !openHandOver(order)
          ? [`${order.id} is carried and has open offer ${order.offerId}`]
          : []),
      ];
    }),
    ...runs
      .filter(({ status }) => status === 'active')
      .flatMap((run) => {
        const driver = drivers.find(({ id }) => id === run.driverId);
        return driver?.activeRunId === run.id ? [] : [`active run ${run.id} has no driver: ${driver?.activeRunId}`];
      }),
    ...drivers.flatMap(({ id, activeRunId }) => {
      const run = runs.find((candidate) => candidate.id === activeRunId);
      return activeRunId && run?.status !== 'active' ? [`${id} is on run ${activeRunId}, which is ${run?.status}`] : [];
    }),
  ],

  'one offer': ({ orders, drivers, offers }) => [
    ...offers
      .filter(({ status }) => status === 'open')
      .flatMap((offer) => [
        ...offer.orderIds
          .filter((orderId) => orders.find(({ id }) => id === orderId)?.offerId !== offer.id)
          .map((orderId) => `offer ${offer.id} holds ${orderId}, which does not know it`),
        ...askedOf(offer)
          .filter((driverId) => drivers.find(({ id }) => id === driverId)?.openOfferId !== offer.id)
          .map((driverId) => `offer ${offer.id} is open and ${driverId} does not have it`),
      ]),
    ...offers
      .filter(({ status, orderIds }) => status === 'open' && orderIds.length === 0)
      .map(({ id }) => `offer ${id} is open and offers nothing`),
    ...orders.flatMap(({ id, offerId }) => {
      const offer = offers.find((candidate) => candidate.id === offerId);
      return offerId && offer?.status !== 'open' ? [`${id} is in offer ${offerId}, which is ${offer?.status}`] : [];
    }),
    ...drivers.flatMap(({ id, openOfferId }) => {
      const offer = offers.find((candidate) => candidate.id === openOfferId);
      if (!openOfferId || (offer?.status === 'open' && askedOf(offer).includes(id))) return [];
      return [
        `${id} has offer ${openOfferId}, which is ${offer?.status} and asks ${offer ? askedOf(offer) : 'nobody'}`,
      ];
    }),
  ],

  'one hand-over': ({ orders, runs, drivers }) => [
    ...orders.flatMap((order) => {
      const handOver = openHandOver(order);
      if (!handOver) return [];
      const { from, to } = handOver;
      const run = runs.find(({ id }) => id === to?.runId);
      const stops = run?.stops.filter((s) => s.kind === 'hand_over' && isStopOpen(s) && s.orderIds.includes(order.id));
      const driver = drivers.find(({ id }) => id === to?.driverId);
      return [
        ...(order.status === 'held' ? [] : [`${order.id} is ${order.status} and is to be handed over`]),
        ...(order.carriage?.runId === from.runId
          ? []
          : [`${order.id} is not with ${from.driverId}, who is to give it`]),
        ...(to && stops?.length !== 1 ? [`run ${to.runId} has ${stops?.length} stops to take ${order.id} over`] : []),
        ...(to && driver?.activeRunId !== to.runId
          ? [`${to.driverId}, due for ${order.id}, is not on ${to.runId}`]
          : []),
      ];
    }),
    ...runs.flatMap((run) =>
      run.stops
        .filter((stop) => stop.kind === 'hand_over' && isStopOpen(stop))
        .flatMap(({ orderIds }) => orderIds)
        .filter((id) => openHandOver(orders.find((order) => order.id === id)!)?.to?.runId !== run.id)
        .map((id) => `run ${run.id} waits for ${id}, which is not to be handed over to it`),
    ),
  ],

  'custody told': ({ orders, events }) =>
    orders.flatMap((order) => {
      let who: string | undefined;
      return eventsOf(events, order).flatMap(({ sequence, type, data, snapshot }) => {
        const before = who;
        const onBoard = snapshot.parcels.filter(({ at }) => at === 'driver').map(({ id }) => id);
        who = onBoard.length > 0 ? snapshot.driverId : undefined;
        if (!before || !who || before === who) return [];
        const told = data as { from?: { driverId: string }; to?: { driverId: string }; parcelIds?: string[] };
        const isTold =
          type === 'custody.handed_over' &&
          told.from?.driverId === before &&
          told.to?.driverId === who &&
          told.parcelIds?.join() === onBoard.join();
        return isTold ? [] : [`${order.id}: from ${before} to ${who} without a word, at event ${sequence}`];
      });
    }),

  'parcels conserved': ({ orders, events }) =>
    orders.flatMap((order) => {
      const breaches: string[] = [];
      const places = new Map<string, string>();
      for (const { sequence, snapshot } of eventsOf(events, order)) {
        for (const [id, at] of places) {
          const now = snapshot.parcels.find((parcel) => parcel.id === id)?.at;
          // A store that delays takes its parcels apart again.
          if (now === undefined && at !== 'store') breaches.push(`${id}, at ${at}, was gone at event ${sequence}`);
          if (['recipient', 'returned', 'lost', 'not_collected'].includes(at) && now !== at) {
            breaches.push(`${id} left ${at} at event ${sequence}`);
          }
          if (now === undefined) places.delete(id);
        }
        for (const { id, at } of snapshot.parcels) places.set(id, at);
      }
      const lineIds = order.parcels.flatMap((parcel) => parcel.lineIds);
      const held = order.parcels.map(({ id, state }) => `${id} ${state.at}`).sort();
      const told = [...places].map(([id, at]) => `${id} ${at}`).sort();
      const strangers = order.parcels.filter(
        ({ state }) => state.at === 'driver' && state.driverId !== order.carriage?.driverId,
      );
      return [
        ...breaches.map((breach) => `${order.id}: ${breach}`),
        ...(new Set(lineIds).size === lineIds.length ? [] : [`${order.id}: a line is in two parcels`]),
        ...(held.join() === told.join() ? [] : [`${order.id}: it has ${held}; its last event says ${told}`]),
        ...strangers.map(({ id }) => `${order.id}: ${id} is with a driver who does not carry the order`),
      ];
    }),

  'money once': ({ orders, runs, events }) => [
    ...orders.flatMap(({ id, ledger }) => repeated(ledger).map((key) => `${id} has ${key} twice`)),
    ...runs.flatMap(({ id, pay }) => repeated(pay).map((key) => `run ${id} pays ${key} twice`)),
    ...runs.flatMap(({ id, pay }) => {
      const ends = events.get(`RUN#${id}`)?.filter(({ type }) => /^run\.stop_(done|failed)$/.test(type)) ?? [];
      const of = (...kinds: PayLine['kind'][]) => pay.filter(({ kind }) => kinds.includes(kind));
      const stops = of('stop', 'return');
      return [
        ...(of('base').length === 1 ? [] : [`run ${id} pays ${of('base').length} bases`]),
        ...(of('distance').length <= 1 ? [] : [`run ${id} pays its way ${of('distance').length} times`]),
        ...(of('surge').length <= 1 ? [] : [`run ${id} pays surge ${of('surge').length} times`]),
        ...(stops.length === ends.length ? [] : [`run ${id} pays ${stops.length} stops and ended ${ends.length}`]),
      ];
    }),
    ...orders
      .filter(({ settledAt }) => settledAt)
      .flatMap((order) => {
        const owed = settlementOf(order, order.settledAt!);
        const goods = order.ledger.filter(({ kind }) => kind !== 'fee');
        const sum = goods.reduce((total, { amountCents }) => total + amountCents, 0);
        return [
          ...(JSON.stringify(owed) === JSON.stringify(order.ledger) ? [] : [`${order.id} is settled wrongly`]),
          ...(sum === basketCents(order) ? [] : [`${order.id}: goods and refunds make ${sum}`]),
        ];
      }),
  ],
};

const atEnd: Record<string, Check> = {
  'every order over': ({ orders }) =>
    orders.flatMap((order) => [
      ...(hasEnded(order) ? [] : [`${order.id} is still ${order.status}`]),
      ...(order.settledAt ? [] : [`${order.id} was never settled`]),
      ...(order.offerId ? [`${order.id} is still in offer ${order.offerId}`] : []),
    ]),

  'every parcel ended': ({ orders }) =>
    orders.flatMap((order) => [
      ...order.parcels.filter((parcel) => !isParcelEnded(parcel)).map(({ id, state }) => `${id} is at ${state.at}`),
      ...order.pickups
        .filter(({ status }) => !isPickupClosed(status))
        .map(({ storeId, status }) => `${order.id}: the pickup at ${storeId} is ${status}`),
      ...order.pickups
        .filter(({ status, storeId }) => isPickupCollected(status) && !order.parcels.some((p) => p.storeId === storeId))
        .map(({ storeId }) => `${order.id}: ${storeId} handed nothing over`),
    ]),

  'no run open': ({ runs }) =>
    runs.flatMap((run) => [
      ...(run.status === 'active' ? [`run ${run.id} is still active`] : []),
      ...run.stops.filter(isStopOpen).map(({ id }) => `stop ${id} of ${run.status} run ${run.id} is open`),
    ]),
};

function executionsAgree(world: World, { orders }: Books): string[] {
  const waits = world.database.all('orders').filter((item) => item.sk.startsWith('WAIT#') && 'token' in item);
  return [
    ...orders.flatMap((order) => {
      const status = world.executionStatus(executionName(order));
      // Settled by the execution before, while this one was being asked for, an order needs it no more.
      if (status === undefined && order.workflowGeneration > 1 && order.settledAt) return [];
      return status === 'SUCCEEDED' ? [] : [`${executionName(order)} is ${status ?? 'missing'}`];
    }),
    ...world
      .executions()
      .filter(({ status }) => status === 'RUNNING')
      .map(({ name }) => `${name} still runs`),
    ...waits.map(({ pk, sk }) => `${pk} still has ${sk}`),
  ];
}

/** What the hourly reconciliation would wake somebody for. */
function reconciled(world: World, { orders, runs, drivers }: Books): string[] {
  const executions = world.executions();
  return orders.flatMap((order) => {
    const run = runs.find(({ id }) => id === order.carriage?.runId) ?? null;
    const driver = drivers.find(({ id }) => id === order.carriage?.driverId) ?? null;
    const isRunning = executions.some((it) => it.name === executionName(order) && it.status === 'RUNNING');
    return mismatchesOf({ order, run, driver, runs: isRunning }).map((mismatch) => `${order.id}: ${mismatch}`);
  });
}

/** What the operator's integrations were never told of. */
function unpublished({ bus }: World, { orders, events }: Books): string[] {
  if (!bus) return [];
  return orders.flatMap((order) =>
    eventsOf(events, order)
      .filter(({ sequence }) => !bus.taken.get(order.id)?.has(sequence))
      .map(({ sequence, type }) => `${order.id}: event ${sequence}, ${type}`),
  );
}

function booksOf({ database }: Loop): Books {
  const orders = database.all('orders');
  const fleet = database.all('fleet');
  const of = <T>(items: typeof orders, sk: string) => items.filter((item) => item.sk === sk).map((i) => dataOf<T>(i));
  const events: Books['events'] = new Map();
  const eventItems = [...orders, ...fleet].filter(({ sk }) => sk.startsWith('EVENT#'));
  for (const item of eventItems.sort((a, b) => (a.sk < b.sk ? -1 : 1))) {
    events.set(item.pk, [...(events.get(item.pk) ?? []), dataOf<OrderEvent | FleetEvent>(item)]);
  }
  return {
    orders: of<Order>(orders, 'ORDER'),
    drivers: of<Driver>(fleet, 'DRIVER'),
    offers: of<Offer>(fleet, 'OFFER'),
    runs: of<Run>(fleet, 'RUN'),
    events,
  };
}

function eventsOf(events: Books['events'], { id }: Order): OrderEvent[] {
  return (events.get(`ORDER#${id}`) ?? []) as OrderEvent[];
}

function isEnd(type: string): boolean {
  return ['delivery.delivered', 'delivery.returned', 'delivery.cancelled', 'delivery.failed'].includes(type);
}

function repeated(entries: { key: string }[]): string[] {
  const keys = entries.map(({ key }) => key);
  return keys.filter((key, index) => keys.indexOf(key) !== index);
}
