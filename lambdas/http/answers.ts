import * as z from 'zod/mini';
import { deliveryStatuses } from '../domain/delivery-status.ts';
import { mallStates } from '../domain/directory.ts';
import { type StopStatus, stopKinds } from '../domain/fleet.ts';
import { lateStoreChoices } from '../domain/late-store.ts';
import { doorProofs, goAheadRules, promiseKinds } from '../domain/order.ts';
import type { ParcelState } from '../domain/parcel.ts';
import { pickupStatuses } from '../domain/pickup.ts';
import { undeliverableReasons } from '../domain/undeliverable.ts';
import { waitKeys } from '../domain/waits.ts';
import { orderEvent, orderSnapshot } from './event-schemas.ts';
import { type OperationId, type Route, routes } from './routes.ts';
import { keptSchemas } from './schemas/directory.ts';
import { position } from './schemas/parts.ts';

/**
 * What each operation answers when it did what was asked. The OpenAPI document is made from these, and tests hold every
 * answer they see against them; no function is bundled with them, as nothing checks an answer while serving.
 */
export interface AnswerSchema {
  status: 200 | 201;
  body: z.ZodMiniType;
}

/** The schemas that have a name in the OpenAPI document. */
export const named = z.registry<{ id: string }>();

function name<S extends z.ZodMiniType>(id: string, schema: S): S {
  named.add(schema, { id });
  return schema;
}

const text = z.string();
const count = z.int().check(z.minimum(0));
const cents = count;
/** UTC with milliseconds. */
const instant = z.iso.datetime({ precision: 3 });
const parcelPlaces = ['store', 'driver', 'recipient', 'returned', 'lost', 'not_collected'] as const satisfies readonly [
  ...ParcelState['at'][],
];
const stopStatuses = ['pending', 'departed', 'arrived', 'done', 'failed', 'dropped'] as const satisfies StopStatus[];

const deliveryStatus = name('DeliveryStatus', z.enum(deliveryStatuses));
const pickupStatus = name('PickupStatus', z.enum(pickupStatuses));
const promise = z.strictObject({ kind: z.enum(promiseKinds), from: z.optional(instant), by: instant });
const line = name('Line', z.strictObject({ id: text, sku: text, name: text, quantity: count, unitPriceCents: cents }));
const undeliverable = z.strictObject({ reason: z.enum(undeliverableReasons), at: instant });
const attention = z.nullable(z.strictObject({ why: text, since: instant }));
const parcelPlace = { at: z.enum(parcelPlaces), toReturn: z.boolean() };

const custody = name(
  'Custody',
  z.strictObject({
    orderId: text,
    labels: z.array(text),
    driverId: text,
    storeId: text,
    since: instant,
    reopensAt: instant,
    until: instant,
  }),
);

const orderFields = {
  id: text,
  externalId: z.optional(text),
  mallId: text,
  zone: text,
  status: deliveryStatus,
  partial: z.boolean(),
  endReason: z.optional(text),
  placedAt: instant,
  updatedAt: instant,
  endedAt: z.optional(instant),
  promise,
  rescheduled: z.optional(z.strictObject({ at: instant, before: promise, opensAt: instant })),
  goAhead: z.enum(goAheadRules),
  doorProof: z.enum(doorProofs),
  pickups: z.array(
    z.strictObject({
      storeId: text,
      storeName: text,
      status: pickupStatus,
      readyAt: instant,
      readyAtSource: z.enum(['estimated', 'store']),
      reason: z.optional(text),
      lines: z.array(line),
      missingLineIds: z.array(text),
    }),
  ),
  parcels: z.array(z.strictObject({ id: text, storeId: text, label: text, ...parcelPlace })),
  decisions: z.array(
    z.strictObject({
      kind: z.literal('late_store'),
      storeId: text,
      options: z.array(z.enum(lateStoreChoices)),
      default: z.enum(lateStoreChoices),
      decideBy: instant,
      decider: z.literal('channel'),
      choice: z.optional(z.literal('wait')),
    }),
  ),
  custody: z.optional(custody),
  driverId: z.optional(text),
  door: z.optional(z.strictObject({ deliveredAt: z.optional(instant), undeliverable: z.optional(undeliverable) })),
  basketCents: cents,
  feeCents: cents,
  currency: text,
  ledger: z.array(
    z.strictObject({
      key: text,
      kind: z.enum(['goods', 'refund', 'fee']),
      amountCents: cents,
      storeId: z.optional(text),
      lineId: z.optional(text),
      at: instant,
    }),
  ),
  version: count,
};
const order = name('Order', z.strictObject(orderFields));
const orderWithLink = z.strictObject({ ...orderFields, trackingUrl: z.optional(z.url()) });

const handOverRecord = name(
  'HandOverRecord',
  z.strictObject({ labels: z.array(text), occurredAt: instant, recordedAt: instant }),
);
name('OrderSnapshot', orderSnapshot);
name('OrderEvent', orderEvent);

/** Lists and reads name the driver; the answer to an act does not. */
const pickup = name(
  'Pickup',
  z.strictObject({
    orderId: text,
    storeId: text,
    status: pickupStatus,
    readyAt: instant,
    readyAtSource: z.enum(['estimated', 'store']),
    reason: z.optional(text),
    placedAt: instant,
    confirmBy: instant,
    promiseBy: instant,
    keptForDayFrom: z.optional(instant),
    closesAt: instant,
    lines: z.array(line),
    missingLineIds: z.array(text),
    parcels: z.array(z.strictObject({ id: text, label: text, ...parcelPlace })),
    driver: z.nullable(z.strictObject({ driverId: text, runId: text, name: z.optional(z.nullable(text)) })),
    custody: z.optional(custody),
    handedOverAt: z.optional(instant),
    storeRecord: z.optional(handOverRecord),
    stopped: z.boolean(),
    returning: z.boolean(),
  }),
);

const driverFields = {
  id: text,
  name: text,
  mallId: text,
  vehicle: z.enum(['car', 'motorcycle', 'bicycle', 'walking']),
  status: z.enum(['active', 'suspended']),
  shift: z.nullable(z.strictObject({ startedAt: instant })),
  openOfferId: z.nullable(text),
  activeRunId: z.nullable(text),
};
const driver = name('Driver', z.strictObject(driverFields));

const offerFields = {
  id: text,
  version: count,
  status: z.enum(['open', 'accepted', 'declined', 'expired', 'withdrawn']),
  mallId: text,
  orderIds: z.array(text),
  storeIds: z.array(text),
  stops: count,
  payCents: cents,
  currency: text,
  distanceMetres: count,
  durationSeconds: count,
  madeAt: instant,
  expiresAt: instant,
};
const offer = name('Offer', z.strictObject(offerFields));
const offerWithPlaces = z.strictObject({
  ...offerFields,
  mallName: z.nullable(text),
  mallPosition: z.nullable(position),
  meeting: z.optional(z.strictObject({ name: z.nullable(text), position })),
  stores: z.array(z.strictObject({ storeId: text, name: text, level: text })),
});

const meeting = { runId: text, driverId: text, position };
const stopFields = {
  id: text,
  kind: z.enum(stopKinds),
  storeId: z.optional(text),
  meeting: z.optional(z.strictObject(meeting)),
  orderIds: z.array(text),
  status: z.enum(stopStatuses),
  scannedLabels: z.array(text),
  arrivedAt: z.optional(instant),
  endedAt: z.optional(instant),
};
const runFields = {
  id: text,
  code: text,
  status: z.enum(['active', 'completed', 'lost']),
  mallId: text,
  orderIds: z.array(text),
  nextStopIds: z.array(text),
  pay: z.array(
    z.strictObject({
      key: text,
      kind: z.enum(['base', 'stop', 'return']),
      amountCents: cents,
      stopId: z.optional(text),
      at: instant,
    }),
  ),
  payCents: cents,
  currency: text,
  startedAt: instant,
  endedAt: z.optional(instant),
  version: count,
};
const run = name('Run', z.strictObject({ ...runFields, stops: z.array(z.strictObject(stopFields)) }));
const parcelAtStop = z.strictObject({ orderId: text, id: text, label: text, storeId: text });
const runWithPlaces = z.strictObject({
  ...runFields,
  custody: z.array(custody),
  handOvers: z.array(
    z.strictObject({
      orderId: text,
      position,
      until: instant,
      to: z.nullable(z.strictObject({ driverId: text, name: z.nullable(text) })),
      parcels: z.array(parcelAtStop),
      given: z.optional(z.strictObject({ labels: z.array(text), occurredAt: instant })),
    }),
  ),
  mall: z.nullable(
    z.strictObject({
      id: text,
      name: text,
      zone: text,
      position,
      pickupPoints: z.array(keptSchemas.pickupPoint),
    }),
  ),
  stops: z.array(
    z.strictObject({
      ...stopFields,
      meeting: z.optional(z.strictObject({ ...meeting, name: z.nullable(text) })),
      store: z.optional(z.strictObject({ id: text, name: text, level: text, frontNote: z.optional(text), position })),
      parcels: z.array(parcelAtStop),
      pickups: z.optional(
        z.array(
          z.strictObject({
            orderId: text,
            status: z.optional(pickupStatus),
            readyAt: z.optional(instant),
          }),
        ),
      ),
      door: z.optional(
        z.nullable(
          z.strictObject({
            name: text,
            phone: text,
            address: text,
            position,
            instructions: z.optional(text),
            promiseBy: z.optional(instant),
            proof: z.optional(z.enum(doorProofs)),
          }),
        ),
      ),
    }),
  ),
});
const stopAct = name(
  'StopAct',
  z.strictObject({
    run,
    orders: z.array(z.strictObject({ orderId: text, status: deliveryStatus })),
    awaited: z.array(z.strictObject({ orderId: text, code: text, detail: text, mend: text })),
  }),
);

const openOrderFields = {
  orderId: text,
  mallId: text,
  zone: text,
  channelId: text,
  status: deliveryStatus,
  ended: z.boolean(),
  attention,
  placedAt: instant,
  promiseBy: instant,
  pickups: z.array(z.strictObject({ storeId: text, storeName: text, status: pickupStatus, readyAt: instant })),
  driverId: z.nullable(text),
  offerId: z.nullable(text),
  executionName: text,
};
const handOverSide = z.strictObject({ runId: text, driverId: text });
const openOrder = name('OpenOrder', z.strictObject(openOrderFields));
const wait = name(
  'Wait',
  z.strictObject({ wait: z.enum(waitKeys), generation: count, enteredAt: instant, dueAt: instant, execution: text }),
);

const tracking = z.strictObject({
  orderId: text,
  now: instant,
  status: deliveryStatus,
  partial: z.boolean(),
  endReason: z.optional(text),
  zone: text,
  mallName: z.nullable(text),
  mallPosition: z.nullable(position),
  promise,
  rescheduled: z.optional(z.strictObject({ before: promise })),
  placedAt: instant,
  endedAt: z.optional(instant),
  deliveredAt: z.optional(instant),
  undeliverable: z.optional(undeliverable),
  stores: z.array(
    z.strictObject({
      name: text,
      status: pickupStatus,
      readyAt: instant,
      late: z.optional(
        z.union([
          z.strictObject({ outcome: z.enum(['left_without', 'waited_for']) }),
          z.strictObject({ default: z.enum(lateStoreChoices), decideBy: instant }),
        ]),
      ),
      items: z.array(z.strictObject({ name: text, quantity: count, missing: z.boolean() })),
    }),
  ),
  door: z.nullable(z.strictObject({ name: text, address: text, instructions: z.optional(text) })),
  pin: z.optional(text),
  driver: z.nullable(z.strictObject({ name: text, vehicle: text, position: z.nullable(position) })),
  stopsBefore: z.nullable(count),
  photoUrl: z.optional(z.url()),
  timeline: z.array(z.strictObject({ type: text, at: instant, storeId: z.optional(text) })),
});

const mallStanding = {
  state: z.enum(mallStates),
  closesAt: z.optional(instant),
  reopensAt: z.optional(instant),
  stateReason: z.optional(text),
};
const mall = name('Mall', z.extend(keptSchemas.mall, { id: text, ...mallStanding }));
const store = name('Store', z.extend(keptSchemas.store, { id: text }));
const person = name(
  'Person',
  z.strictObject({
    subject: text,
    role: keptSchemas.role,
    status: z.enum(['active', 'suspended']),
    name: z.optional(text),
    email: z.optional(text),
    device: z.optional(z.strictObject({ pairedAt: instant })),
  }),
);
const auditEntry = name(
  'AuditEntry',
  z.strictObject({
    recordedAt: instant,
    occurredAt: z.optional(instant),
    by: z.nullable(
      z.strictObject({
        kind: z.enum(['channel', 'retailer', 'store', 'driver', 'operations', 'anyone']),
        id: z.optional(text),
        subject: z.optional(text),
        requestId: text,
      }),
    ),
    act: text,
    on: z.record(text, text),
  }),
);
const namedParty = z.strictObject({ id: text, name: text });

const ok = (body: z.ZodMiniType): AnswerSchema => ({ status: 200, body });
const listOf = (item: z.ZodMiniType, more: Record<string, z.ZodMiniType> = {}) =>
  ok(z.strictObject({ ...more, data: z.array(item) }));
const nextCursor = z.nullable(text);

export const answers = {
  placeOrder: { status: 201, body: order },
  listOrders: listOf(order, { nextCursor }),
  getOrder: ok(orderWithLink),
  listOrderEvents: listOf(orderEvent),
  cancelOrder: ok(order),
  decideOnOrder: ok(order),
  listPickups: listOf(pickup, {
    now: instant,
    nextCursor,
    mall: z.nullable(z.strictObject({ zone: text, ...mallStanding })),
  }),
  getPickup: ok(pickup),
  acceptPickup: ok(pickup),
  rejectPickup: ok(pickup),
  delayPickup: ok(pickup),
  readyPickup: ok(pickup),
  handOverPickup: ok(pickup),
  acknowledgeStop: ok(pickup),
  getDriver: ok(z.strictObject({ now: instant, ...driverFields })),
  startShift: ok(driver),
  endShift: ok(driver),
  reportPositions: ok(z.strictObject({ accepted: count })),
  listOffers: listOf(offerWithPlaces, { now: instant }),
  acceptOffer: ok(run),
  declineOffer: ok(offer),
  getRun: ok(z.strictObject({ now: instant, run: z.nullable(runWithPlaces) })),
  departForStop: ok(stopAct),
  arriveAtStop: ok(stopAct),
  scanAtStop: ok(stopAct),
  completeStop: ok(stopAct),
  failStop: ok(stopAct),
  giveParcels: ok(z.strictObject({ orderId: text, labels: z.array(text), occurredAt: instant, mismatch: z.boolean() })),
  createProofUpload: ok(z.strictObject({ photoKey: text, uploadUrl: z.url(), contentType: text })),
  track: ok(tracking),
  listWaiting: listOf(
    z.strictObject({
      ...openOrderFields,
      reason: text,
      waits: z.array(wait),
      ageSeconds: z.number(),
      secondsToPromise: z.number(),
    }),
    { now: instant },
  ),
  listOpenOrders: listOf(openOrder, { now: instant }),
  inspectOrder: ok(
    z.strictObject({
      now: instant,
      order,
      attention,
      carriage: z.nullable(z.strictObject({ runId: text, driverId: text, assignedAt: instant })),
      handOvers: z.array(
        z.strictObject({
          storeId: text,
          storeName: text,
          store: z.nullable(handOverRecord),
          driver: z.nullable(handOverRecord),
          mismatchSince: z.optional(instant),
        }),
      ),
      driverHandOvers: z.array(
        z.strictObject({
          from: handOverSide,
          to: z.nullable(handOverSide),
          position,
          why: text,
          until: instant,
          overAt: z.optional(instant),
          given: z.nullable(handOverRecord),
          taken: z.nullable(handOverRecord),
          mismatchSince: z.optional(instant),
        }),
      ),
      offerId: z.nullable(text),
      workflowGeneration: count,
      executionName: text,
      deadlines: z.record(z.enum(waitKeys), instant),
      waits: z.array(wait),
      events: z.array(orderEvent),
    }),
  ),
  reassignOrder: listOf(openOrder),
  resolveOrder: ok(openOrder),
  listMalls: listOf(mall),
  getMall: ok(mall),
  applyMall: ok(mall),
  setMallState: ok(mall),
  listStores: listOf(store),
  applyStore: ok(store),
  applyRetailer: ok(namedParty),
  applyChannel: ok(namedParty),
  createKey: ok(
    z.strictObject({
      keyId: text,
      owner: keptSchemas.owner,
      algorithm: z.literal('HS256'),
      createdAt: instant,
      secret: text,
    }),
  ),
  applyDriver: ok(driver),
  readMe: ok(person),
  listPeople: listOf(person, { nextCursor }),
  invitePerson: ok(person),
  applyPerson: ok(person),
  suspendPerson: ok(person),
  reinstatePerson: ok(person),
  createPairingCode: ok(z.strictObject({ storeId: text, expiresAt: instant, code: text })),
  pairDevice: { status: 201, body: z.strictObject({ deviceId: text, storeId: text, storeName: text }) },
  listAudit: listOf(auditEntry, { nextCursor }),
  getOpenApi: ok(z.record(text, z.unknown())),
} as const satisfies Record<OperationId, AnswerSchema>;

/** The operation behind a request as it was sent; undefined when there is none. */
export function operationOf(method: string, path: string): OperationId | undefined {
  const segments = path.split('?')[0]!.split('/');
  return (routes as readonly Route[]).find((route) => {
    const pattern = route.path.split('/');
    const fits = (part: string, index: number) => part.startsWith('{') || part === segments[index];
    return route.method === method && pattern.length === segments.length && pattern.every(fits);
  })?.operationId as OperationId | undefined;
}

/** What is wrong with an answer of 2xx: a property nobody documented is wrong as well. */
export function answerBreaches(method: string, path: string, status: number, body: unknown): string[] {
  const operationId = operationOf(method, path);
  if (!operationId || status >= 300) return [];
  const schema: AnswerSchema = answers[operationId];
  const result = z.safeParse(schema.body, body);
  const issues = result.success ? [] : result.error.issues;
  return [
    ...(status === schema.status ? [] : [`${operationId} answered ${status} where ${schema.status} is documented.`]),
    ...issues.map((issue) => {
      const keys = issue.code === 'unrecognized_keys' ? `: ${issue.keys.join(', ')}` : '';
      return `${operationId} answered /${issue.path.join('/')}: ${issue.message}${keys}`;
    }),
  ];
}
