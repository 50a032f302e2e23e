import type { Application } from '../domain/application.ts';
import type { Dossier } from '../domain/documents.ts';
import { fleetUpcasters, orderUpcasters, upcast } from '../domain/event-versions.ts';
import type { OrderEvent } from '../domain/events.ts';
import type { Driver, FleetEvent, Offer, Run } from '../domain/fleet.ts';
import { mismatchesOf } from '../domain/hand-over.ts';
import {
  type ApplicationId,
  asId,
  type BlockId,
  type DriverId,
  type MallId,
  type OfferId,
  type OrderId,
  type ProviderId,
  type RunId,
  type StoreId,
} from '../domain/ids.ts';
import { hasEnded, type Order, wantsDriver } from '../domain/order.ts';
import { type Block, checkInUntil, type Diary, type Guarantee } from '../domain/shift-block.ts';
import { earliest, type Instant, instant } from '../domain/time.ts';
import type { Tip, TipShare } from '../domain/tip.ts';
import type { WaitKey } from '../domain/waits.ts';
import type { Actor } from './audit.ts';
import type { Item, Key } from './database.ts';
import { pickupView } from './views.ts';

/** Where each thing is kept, and under which lists it can be found. The only place that knows keys. */
export const keys = {
  order: (id: OrderId): Key => ({ table: 'orders', pk: `ORDER#${id}`, sk: 'ORDER' }),
  pickup: (id: OrderId, storeId: StoreId): Key => ({ table: 'orders', pk: `ORDER#${id}`, sk: `PICKUP#${storeId}` }),
  externalId: (channelId: string, externalId: string): Key => ({
    table: 'orders',
    pk: `EXTERNAL#${channelId}#${externalId}`,
    sk: 'EXTERNAL',
  }),
  personal: (id: OrderId): Key => ({ table: 'personal', pk: `ORDER#${id}`, sk: 'PERSONAL' }),
  applicant: (id: ApplicationId): Key => ({ table: 'personal', pk: `APPLICATION#${id}`, sk: 'APPLICANT' }),
  contact: (id: DriverId): Key => ({ table: 'personal', pk: `DRIVER#${id}`, sk: 'CONTACT' }),
  /** What both sides wrote about the suspension that began then. */
  suspensionTexts: (id: DriverId, since: Instant): Key => ({
    table: 'personal',
    pk: `DRIVER#${id}`,
    sk: `SUSPENSION#${since}`,
  }),
  driver: (id: DriverId): Key => ({ table: 'fleet', pk: `DRIVER#${id}`, sk: 'DRIVER' }),
  offer: (id: OfferId): Key => ({ table: 'fleet', pk: `OFFER#${id}`, sk: 'OFFER' }),
  run: (id: RunId): Key => ({ table: 'fleet', pk: `RUN#${id}`, sk: 'RUN' }),
  block: (id: BlockId): Key => ({ table: 'fleet', pk: `BLOCK#${id}`, sk: 'BLOCK' }),
  /** What a driver has booked: apart from the driver, whom every run writes. */
  diary: (id: DriverId): Key => ({ table: 'fleet', pk: `DRIVER#${id}`, sk: 'DIARY' }),
  /** The papers of a driver: read where they are looked at, and never with an offer. */
  dossier: (id: DriverId): Key => ({ table: 'fleet', pk: `DRIVER#${id}`, sk: 'DOSSIER' }),
  tip: (id: OrderId): Key => ({ table: 'fleet', pk: `TIP#${id}`, sk: 'TIP' }),
  mall: (id: string): Key => ({ table: 'catalogue', pk: `MALL#${id}`, sk: 'MALL' }),
  store: (id: string): Key => ({ table: 'catalogue', pk: `STORE#${id}`, sk: 'STORE' }),
  retailer: (id: string): Key => ({ table: 'catalogue', pk: `RETAILER#${id}`, sk: 'RETAILER' }),
  provider: (id: string): Key => ({ table: 'catalogue', pk: `PROVIDER#${id}`, sk: 'PROVIDER' }),
  channel: (id: string): Key => ({ table: 'catalogue', pk: `CHANNEL#${id}`, sk: 'CHANNEL' }),
  apiKey: (id: string): Key => ({ table: 'catalogue', pk: `KEY#${id}`, sk: 'KEY' }),
  person: (subject: string): Key => ({ table: 'catalogue', pk: `PERSON#${subject}`, sk: 'PERSON' }),
  application: (id: ApplicationId): Key => ({ table: 'catalogue', pk: `APPLICATION#${id}`, sk: 'APPLICATION' }),
  /** An entry of the audit; the newest has the highest sort key. */
  audit: (at: Instant, requestId: string): Key => ({ table: 'requests', pk: 'AUDIT', sk: `${at}#${requestId}` }),
  pairing: (handle: string): Key => ({ table: 'requests', pk: `PAIRING#${handle}`, sk: 'PAIRING' }),
  position: (id: DriverId): Key => ({ table: 'requests', pk: `POSITION#${id}`, sk: 'POSITION' }),
  /** The link with which somebody sees to their application. */
  joining: (hash: string): Key => ({ table: 'requests', pk: `JOIN#${hash}`, sk: 'JOIN' }),
  tracking: (hash: string): Key => ({ table: 'requests', pk: `TRACK#${hash}`, sk: 'TRACK' }),
  /** Events of an order that the bus has not taken. */
  unpublished: (id: OrderId): Key => ({ table: 'orders', pk: `ORDER#${id}`, sk: 'UNPUBLISHED' }),
  /** Erasing what was asked for is not over: it is looked at once more. */
  erasure: (id: OrderId): Key => ({ table: 'orders', pk: `ORDER#${id}`, sk: 'ERASURE' }),
  /** Up to where a list of orders has been looked at for what has been kept long enough. */
  retention: (list: string): Key => ({ table: 'requests', pk: `RETENTION#${list}`, sk: 'RETENTION' }),
  cursor: (subject: string): Key => ({ table: 'requests', pk: `CURSOR#${subject}`, sk: 'CURSOR' }),
  /** Up to where the records of a mall's orders have been held against each other. */
  reconciliation: (mallId: MallId): Key => ({
    table: 'requests',
    pk: `RECONCILIATION#${mallId}`,
    sk: 'RECONCILIATION',
  }),
  /** What dispatch keeps of a mall from tick to tick. */
  plan: (mallId: MallId): Key => ({ table: 'requests', pk: `PLAN#${mallId}`, sk: 'PLAN' }),
  /** How long a drive takes between two neighbourhoods in one hour. */
  travel: (key: string): Key => ({ table: 'requests', pk: `TRAVEL#${key}`, sk: 'TRAVEL' }),
  /** Whether the routing service may be asked. */
  routeGate: (): Key => ({ table: 'requests', pk: 'ROUTES', sk: 'GATE' }),
  /** Whose parcel bears a label at a store. */
  label: (storeId: StoreId, label: string): Key => ({
    table: 'requests',
    pk: `LABEL#${storeId}#${label}`,
    sk: 'LABEL',
  }),
  wait: (id: OrderId, generation: number, wait: WaitKey): Key => ({
    table: 'orders',
    pk: `ORDER#${id}`,
    sk: `WAIT#${generation}#${wait}`,
  }),
};

/** Of an item that is an order's. */
export function orderIdOf(pk: string): OrderId {
  return asId<OrderId>(pk.slice('ORDER#'.length));
}

export const lists = {
  ordersOfChannel: (channelId: string) => `CHANNEL#${channelId}`,
  pickupsOfStore: (storeId: string) => `STORE#${storeId}`,
  openOrders: (mallId: string) => `OPEN#${mallId}`,
  waits: 'WAIT',
  unpublished: 'UNPUBLISHED',
  erasures: 'ERASURE',
  /** Open offers, and the drivers whose booked blocks, or those at work, are due: one look finds all. */
  dueInFleet: 'OFFER',
  blocksOfMall: (mallId: string) => `BLOCKS#${mallId}`,
  ordersWantingDriver: (mallId: string) => `MALL#${mallId}`,
  /** Those of a provider other than the operator's own network side by side. */
  driversOnShift: (mallId: string) => `SHIFT#${mallId}`,
  /** Of such a provider. */
  driversOffShift: (providerId: ProviderId) => `OFF#${providerId}`,
  /** Runs by when they were accepted, tips by when they were given, blocks by when they were over. */
  earningsOfDriver: (driverId: DriverId) => `EARNINGS#${driverId}`,
  malls: 'MALLS',
  providers: 'PROVIDERS',
  people: 'PEOPLE',
  /** Open ones by when they were last moved: whoever has waited longest comes first. */
  openApplications: 'APPLICATIONS',
  /** Refused and withdrawn ones by when they ended, until who it was is erased. */
  endedApplications: 'APPLICATIONS_ENDED',
  suspendedDrivers: 'SUSPENDED',
  /** By when the first paper runs out, or by when one was shown that nobody has looked at. */
  dossiers: 'DOSSIERS',
  apiKeys: 'KEYS',
  storesOfMall: (mallId: string) => `MALL#${mallId}`,
};

export function eventSortKey(sequence: number): string {
  return `EVENT#${String(sequence).padStart(6, '0')}`;
}

export function orderItem(order: Order): Item {
  const { pk, sk } = keys.order(order.id);
  return {
    pk,
    sk,
    version: order.version,
    data: order,
    listPk: lists.ordersOfChannel(order.channelId),
    listSk: `${order.placedAt}#${order.id}`,
    // Stays in the list of open orders until it is settled: the sweeper finds what ended but was not closed, and
    // operations what both sides of a counter say differently.
    ...(!(hasEnded(order) && order.settledAt && mismatchesOf(order).length === 0) && {
      duePk: lists.openOrders(order.mallId),
      dueSk: order.placedAt,
    }),
    ...(wantsDriver(order) &&
      order.offerId === null && { dispatchPk: lists.ordersWantingDriver(order.mallId), dispatchSk: order.promise.by }),
  };
}

export function pickupItem(order: Order, storeId: StoreId): Item {
  const { pk, sk } = keys.pickup(order.id, storeId);
  return {
    pk,
    sk,
    data: pickupView(order, storeId),
    listPk: lists.pickupsOfStore(storeId),
    listSk: `${order.placedAt}#${order.id}`,
  };
}

/** `by` is who asked for it: kept with the event and told to operations alone. */
export function orderEventItem(event: OrderEvent, by?: Actor): Item {
  return { pk: keys.order(event.orderId).pk, sk: eventSortKey(event.sequence), data: event, ...(by && { by }) };
}

export function driverItem(driver: Driver): Item {
  const { pk, sk } = keys.driver(driver.id);
  return {
    pk,
    sk,
    version: driver.version,
    data: driver,
    ...whereToFind(driver),
    ...dueAt((driver.blocks ?? []).map(({ until, endsAt }) => until ?? endsAt)),
  };
}

function whereToFind({ id, status, suspension, shift, mallId, providerId }: Driver): Partial<Item> {
  if (suspension) return { listPk: lists.suspendedDrivers, listSk: `${suspension.since}#${id}` };
  if (status === 'active' && shift) {
    return { listPk: lists.driversOnShift(mallId), listSk: providerId ? `${providerId}#${id}` : id };
  }
  return providerId ? { listPk: lists.driversOffShift(providerId), listSk: id } : {};
}

export function applicationItem(application: Application): Item {
  const { pk, sk } = keys.application(application.id);
  const { id, version, status, movedAt, erasedAt } = application;
  const isListed = status !== 'approved' && !erasedAt;
  return {
    pk,
    sk,
    version,
    data: application,
    ...(isListed && {
      listPk: status === 'open' ? lists.openApplications : lists.endedApplications,
      listSk: `${movedAt}#${id}`,
    }),
  };
}

export function dossierItem(dossier: Dossier): Item {
  const { pk, sk } = keys.dossier(dossier.driverId);
  const [first, ...others] = dossier.documents.flatMap(({ status, submittedAt, expiresOn }) => {
    if (status === 'submitted') return submittedAt;
    return status === 'accepted' && expiresOn ? instant(Date.parse(expiresOn)) : [];
  });
  return {
    pk,
    sk,
    version: dossier.version,
    data: dossier,
    ...(first && { listPk: lists.dossiers, listSk: `${earliest(first, ...others)}#${dossier.driverId}` }),
  };
}

export function offerItem(offer: Offer): Item {
  const { pk, sk } = keys.offer(offer.id);
  return {
    pk,
    sk,
    version: offer.version,
    data: offer,
    ...(offer.status === 'open' && { duePk: lists.dueInFleet, dueSk: offer.expiresAt }),
  };
}

export function runItem(run: Run): Item {
  const { pk, sk } = keys.run(run.id);
  return {
    pk,
    sk,
    version: run.version,
    data: run,
    listPk: lists.earningsOfDriver(run.driverId),
    listSk: `${run.startedAt}#${run.id}`,
  };
}

/** One driver's part of a tip, as their earnings list it. */
export interface TipShareRecord extends TipShare {
  orderId: OrderId;
  currency: string;
  at: Instant;
}

export function blockItem(block: Block): Item {
  const { pk, sk } = keys.block(block.id);
  const listSk = `${block.startsAt}#${block.id}`;
  return { pk, sk, version: block.version, data: block, listPk: lists.blocksOfMall(block.mallId), listSk };
}

export function diaryItem(diary: Diary): Item {
  const { pk, sk } = keys.diary(diary.driverId);
  return { pk, sk, version: diary.version, data: diary, ...dueAt(diary.bookings.map(checkInUntil)) };
}

/** Written once: what a block came to for a driver. */
export function guaranteeItem(guarantee: Guarantee): Item {
  const { blockId, driverId, until } = guarantee;
  const listPk = lists.earningsOfDriver(driverId);
  return {
    pk: keys.block(blockId).pk,
    sk: `GUARANTEE#${driverId}`,
    data: guarantee,
    listPk,
    listSk: `${until}#block:${blockId}`,
  };
}

/** Where the minute's sweep finds it from the first of these times on. */
function dueAt([first, ...others]: Instant[]): Partial<Item> {
  return first ? { duePk: lists.dueInFleet, dueSk: earliest(first, ...others) } : {};
}

/** The tip, and an item for each driver's share. */
export function tipItems(tip: Tip): Item[] {
  const { pk, sk } = keys.tip(tip.orderId);
  const { orderId, currency, givenAt: at } = tip;
  return [
    { pk, sk, version: tip.version, data: tip },
    ...tip.shares.map((share): Item => {
      const data: TipShareRecord = { ...share, orderId, currency, at };
      const listSk = `${at}#tip:${orderId}`;
      return { pk, sk: `SHARE#${share.driverId}`, data, listPk: lists.earningsOfDriver(share.driverId), listSk };
    }),
  ];
}

export function fleetEventItem(event: FleetEvent, by?: Actor): Item {
  return {
    pk: `${event.subject.kind.toUpperCase()}#${event.subject.id}`,
    sk: eventSortKey(event.sequence),
    data: event,
    ...(by && { by }),
  };
}

/** The event of an order inside an item, in today's version. */
export function orderEventOf(item: Item): OrderEvent {
  return upcast(dataOf<OrderEvent>(item), orderUpcasters);
}

/** The event of a driver, offer or run inside an item, in today's version. */
export function fleetEventOf(item: Item): FleetEvent {
  return upcast(dataOf<FleetEvent>(item), fleetUpcasters);
}

/** The aggregate inside an item, with the version that the item carries. */
export function dataOf<T>(item: Item): T {
  const data = item.data as T;
  return item.version === undefined ? data : { ...data, version: item.version };
}
