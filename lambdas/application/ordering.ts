import { matchAddress } from '../domain/address.ts';
import type { Mall, Retailer, Store } from '../domain/directory.ts';
import { upcastWherePossible } from '../domain/event-versions.ts';
import type { OrderEvent } from '../domain/events.ts';
import type { ChannelId, LineId, MallId, OrderId, StoreId } from '../domain/ids.ts';
import { asId } from '../domain/ids.ts';
import type { LateStoreChoice } from '../domain/late-store.ts';
import type { AtClose } from '../domain/next-day.ts';
import type { DoorProof, GoAhead, Order, PromiseKind } from '../domain/order.ts';
import { type CarriersKnown, placeOrder as decidePlacement } from '../domain/place.ts';
import type { Position } from '../domain/position.ts';
import { gigId } from '../domain/provider.ts';
import { isRejection, type Rejection, reject } from '../domain/rejection.ts';
import { decideForOrder } from '../domain/situation.ts';
import { epochMs, type Instant } from '../domain/time.ts';
import type { VehicleWanted } from '../domain/vehicle.ts';
import { type ActOutcome, act, ofNoAggregate, type RepeatableRequest } from './act.ts';
import { capabilityHash } from './capability.ts';
import type { Database, Item, Write } from './database.ts';
import { findMall, findStores } from './directory-reader.ts';
import { etaFor } from './eta.ts';
import { findPersonal, type PersonalRecord, personalExpiresAt } from './personal.ts';
import type { Geocoder, Randomness } from './ports.ts';
import { findProviders } from './providers.ts';
import { dataOf, eventSortKey, keys, lists, orderEventOf } from './records.ts';
import { load, situationOfOrder, unknown } from './situations.ts';
import { etaOfOwn, orderView } from './views.ts';

export interface OrderingPorts {
  database: Database;
  geocoder: Geocoder;
  randomness: Randomness;
  publicUrl: string;
}

export interface PlaceOrderInput {
  externalId?: string | undefined;
  mallId: string;
  promise: { kind: PromiseKind; from?: Instant | undefined; by?: Instant | undefined };
  goAhead: GoAhead;
  atClose?: AtClose | undefined;
  doorProof: DoorProof;
  vehicle?: VehicleWanted | undefined;
  pickups: {
    storeId: string;
    lines: { sku: string; name: string; quantity: number; unitPriceCents: number }[];
  }[];
  dropoff: {
    name: string;
    phone: string;
    address: string;
    position?: Position | undefined;
    instructions?: string | undefined;
  };
}

/** The tracking link leads somewhere for so long after the promise; then TTL takes it. */
const trackingHours = 48;

export async function placeOrder(
  ports: OrderingPorts,
  channelId: ChannelId,
  input: PlaceOrderInput,
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  const { database, randomness } = ports;
  const mall = await findMall(database, asId<MallId>(input.mallId));
  if (!mall) return reject('not_found', `There is no mall ${input.mallId}.`, 'List the malls.', { pointer: '/mallId' });
  const storeIds = input.pickups.map((pickup) => asId<StoreId>(pickup.storeId));
  const stores = await findStores(database, storeIds);
  const carriers = await carriersOf(database, mall, stores, input.vehicle);
  const id = randomness.id('ord', now) as OrderId;
  const secrets = secretsOf(input, randomness);
  let located: Promise<Position | Rejection> | undefined;
  let position = input.dropoff.position;
  let line = 0;
  const placement = {
    id,
    channelId,
    ...(input.externalId && { externalId: input.externalId }),
    promise: {
      kind: input.promise.kind,
      ...(input.promise.from && { from: input.promise.from }),
      ...(input.promise.by && { by: input.promise.by }),
    },
    goAhead: input.goAhead,
    ...(input.atClose && { atClose: input.atClose }),
    doorProof: input.doorProof,
    ...(input.vehicle && { vehicle: input.vehicle }),
    pickups: input.pickups.map((pickup) => ({
      storeId: asId<StoreId>(pickup.storeId),
      lines: pickup.lines.map((wanted) => {
        line += 1;
        return { ...wanted, id: asId<LineId>(`line_${line}`) };
      }),
    })),
  };

  return act(database, request, now, {
    load: async () => {
      const taken = input.externalId && (await orderByExternalId(database, channelId, input.externalId));
      if (taken) {
        return reject(
          'external_id_taken',
          `externalId ${input.externalId} belongs to order ${taken}.`,
          `Read /v1/orders/${taken}, or use another externalId.`,
          {
            pointer: '/externalId',
            current: { orderId: taken },
          },
        );
      }
      if (!position) {
        // Each search is paid for: not for a repeat, nor for an order that cannot be taken wherever its door is.
        const hopeless = decidePlacement({ ...placement, dropoff: mall.position }, mall, stores, now, carriers);
        if (isRejection(hopeless) && hopeless.pointer !== '/dropoff') return hopeless;
        located ??= locate(ports.geocoder, input.dropoff.address, mall);
        const found = await located;
        if (isRejection(found)) return found;
        position = found;
      }
      return ofNoAggregate;
    },
    decide: () => {
      const placed = decidePlacement({ ...placement, dropoff: position! }, mall, stores, now, carriers);
      if (isRejection(placed)) return placed;
      return {
        situation: { orders: [placed.order], offer: null, run: null, driver: null },
        orderEvents: placed.events,
        fleetEvents: [],
      };
    },
    also: ({ situation }) =>
      recordsBeside(situation.orders[0]!, { ...personOf(input), position: position!, ...secrets }),
    reply: ({ situation }) => ({ status: 201, body: orderView(situation.orders[0]!) }),
  });
}

/** Providers are looked up only where it depends on them whether anybody can carry the order at all. */
async function carriersOf(
  database: Database,
  mall: Mall,
  stores: readonly Store[],
  vehicle: VehicleWanted | undefined,
): Promise<CarriersKnown> {
  const ids = new Set(stores.map(({ retailerId }) => retailerId));
  const retailers = (await database.getMany([...ids].map(keys.retailer))).map((item) => dataOf<Retailer>(item));
  const choices = retailers.flatMap(({ providers }) => providers ?? []);
  const counting = choices.length > 0 ? choices : mall.providers ? [mall.providers] : [];
  const isOpenToAll = !vehicle && counting.every(({ inOrder }) => inOrder.includes(gigId));
  return { choices, providers: isOpenToAll ? [] : await findProviders(database, counting) };
}

export async function getOrder(
  ports: OrderingPorts,
  channelId: ChannelId,
  orderId: OrderId,
  now: Instant,
): Promise<object | Rejection> {
  const order = await ownOrder(ports.database, channelId, orderId);
  if (!order) return unknown('order', orderId);
  const [personal, eta] = await Promise.all([
    findPersonal(ports.database, orderId, now),
    etaFor(ports.database, order, now),
  ]);
  return {
    ...orderView(order),
    ...(personal && { trackingUrl: `${ports.publicUrl}/t/${personal.trackingToken}` }),
    ...(eta && { eta: etaOfOwn(eta, order) }),
  };
}

export async function listOrders(
  ports: OrderingPorts,
  channelId: ChannelId,
  page: { limit: number; cursor?: string | undefined },
): Promise<object> {
  const found = await ports.database.queryIndex({
    table: 'orders',
    index: 'lists',
    pk: lists.ordersOfChannel(channelId),
    limit: page.limit,
    newestFirst: true,
    ...(page.cursor && { cursor: page.cursor }),
  });
  const items = await ports.database.getMany(found.keys);
  return { data: items.map((item) => orderView(dataOf<Order>(item))), nextCursor: found.cursor ?? null };
}

export async function listOrderEvents(
  ports: OrderingPorts,
  channelId: ChannelId,
  orderId: OrderId,
  afterSequence: number,
): Promise<object | Rejection> {
  const order = await ownOrder(ports.database, channelId, orderId);
  if (!order) return unknown('order', orderId);
  return { data: await eventsOf(ports.database, orderId, afterSequence) };
}

export async function cancelOrder(
  ports: OrderingPorts,
  channelId: ChannelId,
  orderId: OrderId,
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  return act(ports.database, request, now, {
    load: async () => {
      const situation = await situationOfOrder(ports.database, orderId);
      const order = situation?.orders.find(({ id }) => id === orderId);
      return situation && order?.channelId === channelId ? situation : unknown('order', orderId);
    },
    decide: (situation) => decideForOrder(situation, orderId, { type: 'cancel', by: 'channel' }, now),
    reply: ({ situation }) => ({ status: 200, body: orderView(situation.orders.find(({ id }) => id === orderId)!) }),
  });
}

/** The channel, or operations in its place, says what becomes of a store that is late beyond the promise. */
export async function decideLateStore(
  ports: OrderingPorts,
  decider: { kind: 'channel'; channelId: ChannelId } | { kind: 'operations' },
  orderId: OrderId,
  decision: { storeId: string; choice: LateStoreChoice },
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  const command = {
    type: 'decide_late_store',
    storeId: asId<StoreId>(decision.storeId),
    choice: decision.choice,
    by: decider.kind,
  } as const;
  return act(ports.database, request, now, {
    load: async () => {
      const situation = await situationOfOrder(ports.database, orderId);
      const order = situation?.orders.find(({ id }) => id === orderId);
      const isOurs = decider.kind === 'operations' || order?.channelId === decider.channelId;
      return situation && isOurs ? situation : unknown('order', orderId);
    },
    decide: (situation) => decideForOrder(situation, orderId, command, now),
    reply: ({ situation }) => ({ status: 200, body: orderView(situation.orders.find(({ id }) => id === orderId)!) }),
  });
}

export async function eventsOf(database: Database, orderId: OrderId, after: number): Promise<OrderEvent[]> {
  return (await eventItems(database, orderId, after)).map(orderEventOf);
}

/** What happened, for people who look at the order: an event of a later version keeps nobody from seeing the rest. */
export async function historyOf(database: Database, orderId: OrderId): Promise<OrderEvent[]> {
  return (await eventItems(database, orderId, 0)).map((item) => upcastWherePossible(dataOf<OrderEvent>(item)));
}

async function eventItems(database: Database, orderId: OrderId, after: number): Promise<Item[]> {
  return database.query({ table: 'orders', pk: keys.order(orderId).pk, prefix: 'EVENT#', after: eventSortKey(after) });
}

async function ownOrder(database: Database, channelId: ChannelId, orderId: OrderId): Promise<Order | null> {
  const order = await load<Order>(database.get(keys.order(orderId)));
  return order?.channelId === channelId ? order : null;
}

async function orderByExternalId(
  database: Database,
  channelId: ChannelId,
  externalId: string,
): Promise<OrderId | null> {
  const row = await database.get(keys.externalId(channelId, externalId));
  return row ? (row.orderId as OrderId) : null;
}

function personOf({ dropoff: { name, phone, address, instructions } }: PlaceOrderInput) {
  return { name, phone, address, ...(instructions && { instructions }) };
}

function secretsOf({ doorProof }: PlaceOrderInput, randomness: Randomness) {
  return { ...(doorProof === 'pin' && { pin: randomness.digits(6) }), trackingToken: randomness.capability() };
}

async function locate(geocoder: Geocoder, address: string, mall: Mall): Promise<Position | Rejection> {
  const found = await geocoder.search(address, mall.position);
  const match = matchAddress(address, found, { centre: mall.position, radiusMetres: mall.deliveryRadiusMetres });
  switch (match.is) {
    case 'found':
      return match.position;
    case 'ambiguous':
      return reject(
        'address_ambiguous',
        match.candidates.length === 1
          ? 'One place is like the address, but not the same.'
          : `The address may mean ${match.candidates.length} places.`,
        'Choose one of candidates and send its position as dropoff.position, or send the whole address.',
        { pointer: '/dropoff/address', candidates: match.candidates },
      );
    case 'unknown':
      return reject(
        'address_not_found',
        'The address could not be found.',
        'Check number, street, place and postal code, or send dropoff.position as [lon, lat].',
        { pointer: '/dropoff/address' },
      );
  }
}

function recordsBeside(order: Order, personal: PersonalRecord): Write[] {
  const promised = Math.floor(epochMs(order.promise.by) / 1000);
  const { pk, sk } = keys.personal(order.id);
  const tracking = keys.tracking(capabilityHash(personal.trackingToken));
  const writes: Write[] = [
    {
      kind: 'put',
      table: 'personal',
      item: { pk, sk, data: personal, expiresAt: personalExpiresAt(order.placedAt) },
      ifVersion: 'absent',
    },
    {
      kind: 'put',
      table: 'requests',
      item: { pk: tracking.pk, sk: tracking.sk, orderId: order.id, expiresAt: promised + trackingHours * 3600 },
      ifVersion: 'absent',
    },
  ];
  if (order.externalId) {
    const external = keys.externalId(order.channelId, order.externalId);
    writes.push({
      kind: 'put',
      table: 'orders',
      item: { pk: external.pk, sk: external.sk, orderId: order.id },
      ifVersion: 'absent',
    });
  }
  return writes;
}
