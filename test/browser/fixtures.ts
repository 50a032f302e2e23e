import type { Eta } from '../../web/shared/contract/common.ts';
import type { Driver, Offer, Run } from '../../web/shared/contract/driver.ts';
import type { Inspection, OpenOrder, WaitingOrder } from '../../web/shared/contract/operations.ts';
import type { Overview } from '../../web/shared/contract/overview.ts';
import type { ActorLink, Config, TokenAnswer } from '../../web/shared/contract/people.ts';
import type { Pickup } from '../../web/shared/contract/store.ts';
import type { Tracking } from '../../web/shared/contract/tracking.ts';

/** 1:00 PM in Chandler, Arizona. */
export const now = '2026-11-22T20:00:00.000Z';
export const zone = 'America/Phoenix';

/** `minutes` from now. */
export function inMinutes(minutes: number): string {
  return new Date(Date.parse(now) + minutes * 60_000).toISOString();
}

export const token = 'AbCdEfGhIjKlMnOpQrStUv';
export const orderId = 'ord_01KAS7Q2M0000000000000004F2K';
const otherOrderId = 'ord_01KAS7Q2M0000000000000009XYZ';

export const config: Config = {
  issuer: 'http://localhost:8080/.issuer',
  audience: 'mallway',
  demo: { overview: '/demo/overview', actors: '/demo/actors', token: '/demo/token' },
};

export const configWithoutDemo: Config = { issuer: 'https://idp.example.com/pool', audience: 'mallway' };

export const overview: Overview = {
  now,
  speed: 1,
  malls: [
    { id: 'chandler', name: 'Chandler Fashion Center', zone, open: true },
    {
      id: 'tysons',
      name: 'Tysons Corner Center',
      zone: 'America/New_York',
      open: false,
      opensAt: '2026-11-23T15:00:00.000Z',
    },
  ],
  counts: { open: 2, delivered: 41, returned: 1, cancelled: 2, failed: 0 },
  eta: { doors: 43, withinP90Percent: 90.7 },
  cost: { orders: 41, perDeliveredOrderUsd: 0.00431, byComponent: { 'Step Functions': 0.00028, DynamoDB: 0.0009 } },
  orders: [
    {
      orderId,
      mallId: 'chandler',
      mallName: 'Chandler Fashion Center',
      zone,
      status: 'created',
      stores: [
        { name: 'Juniper & Thread', status: 'accepted' },
        { name: 'Corner Cobbler', status: 'pending' },
      ],
      driverName: null,
      promiseBy: inMinutes(110),
      placedAt: inMinutes(-6),
      endedAt: null,
      trackingUrl: `/t/${token}`,
      executionUrl: `/executions/${orderId}`,
      waitingFor: [{ text: 'Stores confirm', until: inMinutes(4) }],
    },
    {
      orderId: otherOrderId,
      mallId: 'chandler',
      mallName: 'Chandler Fashion Center',
      zone,
      status: 'delivered',
      stores: [{ name: 'Lumen Optics', status: 'handed_over' }],
      driverName: 'Maya',
      promiseBy: inMinutes(30),
      placedAt: inMinutes(-90),
      endedAt: inMinutes(-5),
      trackingUrl: `/t/${token}`,
      executionUrl: `/executions/${otherOrderId}`,
      waitingFor: [],
    },
  ],
};

const store = { mallId: 'chandler', mallName: 'Chandler Fashion Center' };

export const actors: ActorLink[] = [
  { id: 'juniper', role: 'store', name: 'Juniper & Thread', ...store, url: '/store?actor=juniper' },
  { id: 'maya', role: 'driver', name: 'Maya', ...store, url: '/drive?actor=maya' },
  { id: 'ops', role: 'operations', name: 'Operations', mallId: null, mallName: null, url: '/ops?actor=ops' },
];

export const tokens: Record<string, TokenAnswer> = {
  juniper: {
    token: 'token-of-juniper',
    expiresInSeconds: 900,
    actor: { id: 'juniper', role: 'store', name: 'Juniper & Thread', mallId: 'chandler', storeId: 'st-juniper' },
  },
  maya: {
    token: 'token-of-maya',
    expiresInSeconds: 900,
    actor: { id: 'maya', role: 'driver', name: 'Maya', mallId: 'chandler', driverId: 'dr-maya' },
  },
  ops: {
    token: 'token-of-ops',
    expiresInSeconds: 900,
    actor: { id: 'ops', role: 'operations', name: 'Operations', mallId: null },
  },
};

export function eta(p50: number, p90: number, changes: Partial<Eta> = {}): Eta {
  return {
    p50: inMinutes(p50),
    p90: inMinutes(p90),
    promise: 'kept',
    causes: [
      { kind: 'stops_before', seconds: 600 },
      { kind: 'travel', seconds: p50 * 60 - 600 },
    ],
    computedAt: now,
    ...changes,
  };
}

export function tracking(changes: Partial<Tracking> = {}): Tracking {
  return {
    orderId,
    now,
    status: 'created',
    partial: false,
    zone,
    mallName: 'Chandler Fashion Center',
    promise: { kind: 'two_hour', by: inMinutes(110) },
    placedAt: inMinutes(-6),
    stores: [
      {
        storeId: 'chandler.juniper',
        name: 'Juniper & Thread',
        status: 'ready',
        readyAt: inMinutes(-1),
        items: [
          { name: 'Linen shirt, white, M', quantity: 1, missing: false },
          { name: 'Wool socks', quantity: 2, missing: true },
        ],
      },
      {
        storeId: 'chandler.cobbler',
        name: 'Corner Cobbler',
        status: 'accepted',
        readyAt: inMinutes(9),
        items: [{ name: 'Suede brush', quantity: 1, missing: false }],
      },
    ],
    door: { name: 'Rosa Vega', address: '2140 W Oakland St, Chandler, AZ 85224', instructions: 'Blue door' },
    driver: null,
    stopsBefore: null,
    timeline: [{ type: 'order.created', at: inMinutes(-6) }],
    ...changes,
  };
}

const collectedStores = tracking().stores.map((store) => ({
  ...store,
  status: store.items.some(({ missing }) => missing) ? 'short' : 'handed_over',
}));

const collected = [
  { type: 'order.created', at: inMinutes(-46) },
  { type: 'delivery.picked_up', at: inMinutes(-12) },
];

/** Every main state of the tracking page by name. */
export const trackings: Record<string, Tracking> = {
  preparing: tracking(),
  'on the way': tracking({
    status: 'enroute_to_dropoff',
    driver: { name: 'Maya', vehicle: 'car', position: null },
    stopsBefore: 2,
    eta: eta(16, 24),
    pin: '402817',
    timeline: collected,
    stores: collectedStores,
  }),
  delivered: tracking({
    status: 'delivered',
    deliveredAt: inMinutes(-2),
    endedAt: inMinutes(-2),
    driver: { name: 'Maya', vehicle: 'car', position: null },
    photoUrl:
      'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    stores: collectedStores,
    timeline: [...collected, { type: 'delivery.delivered', at: inMinutes(-2) }],
  }),
  returning: tracking({
    status: 'undeliverable',
    endReason: 'customer_unavailable',
    undeliverable: { reason: 'customer_unavailable', at: inMinutes(-3) },
    driver: { name: 'Maya', vehicle: 'car', position: null },
    stores: collectedStores,
    timeline: [...collected, { type: 'delivery.undeliverable', at: inMinutes(-3) }],
  }),
  cancelled: tracking({ status: 'cancelled', endReason: 'stores_rejected', endedAt: inMinutes(-1) }),
};

export function pickup(changes: Partial<Pickup> = {}): Pickup {
  return {
    orderId,
    storeId: 'st-juniper',
    status: 'pending',
    readyAt: inMinutes(15),
    readyAtSource: 'estimated',
    placedAt: inMinutes(-2),
    confirmBy: inMinutes(8),
    promiseBy: inMinutes(118),
    closesAt: inMinutes(480),
    lines: [
      { id: 'line-1', sku: 'JT-SHIRT-M', name: 'Linen shirt, white, M', quantity: 1, unitPriceCents: 5900 },
      { id: 'line-2', sku: 'JT-SOCKS', name: 'Wool socks', quantity: 2, unitPriceCents: 1200 },
    ],
    missingLineIds: [],
    parcels: [],
    driver: null,
    stopped: false,
    returning: false,
    ...changes,
  };
}

const parcels = [{ id: 'pcl-1', label: '4F2K-A11', at: 'store', toReturn: false }];
const maya = { driverId: 'dr-maya', runId: 'run-1', name: 'Maya' };

/** A board with a card in every column. */
export const board: Pickup[] = [
  pickup(),
  pickup({ orderId: 'ord_PREP', status: 'accepted', readyAtSource: 'store', readyAt: inMinutes(-3) }),
  pickup({ orderId: 'ord_RDY1', status: 'ready', parcels, driver: maya, readyAt: inMinutes(-1) }),
  pickup({ orderId: 'ord_GONE', status: 'handed_over', parcels, driver: maya, handedOverAt: inMinutes(-20) }),
  pickup({ orderId: 'ord_STOP', status: 'cancelled', stopped: true }),
  pickup({
    orderId: 'ord_BACK',
    status: 'handed_over',
    returning: true,
    driver: maya,
    parcels: [{ id: 'pcl-9', label: 'BACK-A11', at: 'driver', toReturn: true }],
    handedOverAt: inMinutes(-60),
  }),
];

export function driver(changes: Partial<Driver> = {}): Driver {
  return {
    id: 'dr-maya',
    name: 'Maya',
    mallId: 'chandler',
    vehicle: 'car',
    status: 'active',
    shift: null,
    openOfferId: null,
    activeRunId: null,
    ...changes,
  };
}

export const offer: Offer = {
  id: 'off-1',
  version: 3,
  status: 'open',
  mallId: 'chandler',
  orderIds: [orderId],
  storeIds: ['st-juniper', 'st-cobbler'],
  stops: 3,
  drops: 1,
  alsoAsked: 0,
  payCents: 1149,
  pay: [
    { kind: 'base', amountCents: 400 },
    { kind: 'stop', count: 3, amountCents: 525 },
    { kind: 'distance', amountCents: 224 },
  ],
  currency: 'USD',
  distanceMetres: 6400,
  durationSeconds: 1860,
  finishAt: inMinutes(31),
  madeAt: now,
  expiresAt: inMinutes(1),
  mallName: 'Chandler Fashion Center',
  zone,
  stores: [
    { storeId: 'st-juniper', name: 'Juniper & Thread', level: 'Level 1' },
    { storeId: 'st-cobbler', name: 'Corner Cobbler', level: 'Level 2' },
  ],
};

export function run(changes: Partial<Run> = {}): Run {
  return {
    id: 'run-1',
    code: '4821',
    status: 'active',
    mallId: 'chandler',
    orderIds: [orderId],
    stops: [
      {
        id: 'pickup-st-juniper',
        kind: 'pickup',
        storeId: 'st-juniper',
        orderIds: [orderId],
        status: 'pending',
        scannedLabels: [],
        store: {
          id: 'st-juniper',
          name: 'Juniper & Thread',
          level: 'Level 1',
          frontNote: 'Counter behind the fitting rooms',
          position: [-111.899, 33.301],
        },
        parcels: [
          { orderId, id: 'pcl-1', label: '4F2K-A11', storeId: 'st-juniper' },
          { orderId, id: 'pcl-2', label: '4F2K-A12', storeId: 'st-juniper' },
        ],
        pickups: [{ orderId, status: 'ready', readyAt: inMinutes(-1) }],
      },
      {
        id: `dropoff-${orderId}`,
        kind: 'dropoff',
        orderIds: [orderId],
        status: 'pending',
        scannedLabels: [],
        parcels: [],
        door: {
          name: 'Rosa Vega',
          phone: '+14805550123',
          address: '2140 W Oakland St, Chandler, AZ 85224',
          position: [-111.87, 33.31],
          instructions: 'Blue door',
          promiseBy: inMinutes(60),
          proof: 'pin',
        },
      },
    ],
    nextStopIds: ['pickup-st-juniper'],
    pay: [{ key: 'base', kind: 'base', amountCents: 400, at: now }],
    payCents: 400,
    currency: 'USD',
    startedAt: now,
    version: 1,
    mall: { id: 'chandler', name: 'Chandler Fashion Center', zone, position: [-111.8989, 33.3014] },
    ...changes,
  };
}

export const openOrder: OpenOrder = {
  orderId,
  mallId: 'chandler',
  zone,
  channelId: 'ch-marketplace',
  status: 'held',
  ended: false,
  attention: { why: 'driver_lost', since: inMinutes(-8) },
  placedAt: inMinutes(-50),
  promiseBy: inMinutes(40),
  pickups: [
    { storeId: 'st-juniper', storeName: 'Juniper & Thread', status: 'handed_over', readyAt: inMinutes(-30) },
    { storeId: 'st-cobbler', storeName: 'Corner Cobbler', status: 'ready', readyAt: inMinutes(-20) },
  ],
  driverId: 'dr-maya',
  offerId: null,
  executionName: orderId,
};

const wait = {
  wait: 'operationsDecide',
  generation: 1,
  enteredAt: inMinutes(-8),
  dueAt: inMinutes(22),
  execution: `arn:aws:states:us-east-1:000000000000:execution:OrderLifecycle:${orderId}`,
};

export const waitingOrder: WaitingOrder = {
  ...openOrder,
  reason: 'held',
  waits: [wait],
  ageSeconds: 480,
  secondsToPromise: 2400,
};

export const inspection: Inspection = {
  order: {
    id: orderId,
    mallId: 'chandler',
    zone,
    status: 'held',
    partial: false,
    placedAt: inMinutes(-50),
    updatedAt: inMinutes(-8),
    promise: { kind: 'two_hour', by: inMinutes(40) },
    goAhead: 'deliver_what_you_can',
    decisions: [],
    doorProof: 'photo',
    pickups: [
      {
        storeId: 'st-juniper',
        storeName: 'Juniper & Thread',
        status: 'handed_over',
        readyAt: inMinutes(-30),
        readyAtSource: 'store',
        lines: pickup().lines,
        missingLineIds: ['line-2'],
      },
    ],
    parcels: [{ id: 'pcl-1', storeId: 'st-juniper', label: '4F2K-A11', at: 'driver', toReturn: false }],
    driverId: 'dr-maya',
    basketCents: 8300,
    feeCents: 799,
    currency: 'USD',
    version: 14,
  },
  attention: { why: 'driver_lost', since: inMinutes(-8) },
  carriage: { runId: 'run-1', driverId: 'dr-maya', assignedAt: inMinutes(-40) },
  held: null,
  handOvers: [],
  driverHandOvers: [],
  offerId: null,
  workflowGeneration: 1,
  executionName: orderId,
  deadlines: { storesConfirm: inMinutes(-40), operationsDecide: inMinutes(22), driverDelivers: inMinutes(40) },
  waits: [wait],
  events: [
    {
      sequence: 1,
      type: 'order.created',
      occurredAt: inMinutes(-50),
      recordedAt: inMinutes(-50),
      data: { channelId: 'ch-marketplace' },
    },
    {
      sequence: 2,
      type: 'delivery.held',
      occurredAt: inMinutes(-8),
      recordedAt: inMinutes(-8),
      data: { reason: 'breakdown' },
    },
  ],
};
