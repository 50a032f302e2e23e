import * as z from 'zod/mini';
import { stopKinds } from '../domain/fleet.ts';
import type { ChannelId, DriverId, Id, RetailerId, StoreId } from '../domain/ids.ts';
import { lateStoreChoices } from '../domain/late-store.ts';
import { atCloseRules } from '../domain/next-day.ts';
import { weekdays } from '../domain/opening-hours.ts';
import { doorProofs, goAheadRules, promiseKinds } from '../domain/order.ts';
import { rejectReasons } from '../domain/pickup.ts';
import { type Instant, parseInstant } from '../domain/time.ts';
import { stopFailures } from '../domain/undeliverable.ts';
import type { OperationId } from './routes.ts';

/** What each operation takes. The same schemas make the OpenAPI document; an unknown property is refused. */
export interface OperationSchema {
  summary: string;
  params: z.ZodMiniType;
  query: z.ZodMiniType;
  body: z.ZodMiniType;
}

/** Whole characters that can be shown: no half of a surrogate pair, and of the control characters line ends and tabs. */
const readable = /^(?:[^\p{Cc}\p{Cs}]|[\n\r\t])*$/u;
const text = (longest: number) =>
  z
    .string()
    .check(
      z.trim(),
      z.minLength(1),
      z.maxLength(longest),
      z.regex(readable, 'must be readable text, without control characters'),
    );

/** Ids come from us or from the operator's own directory: letters, digits, `_`, `-`, `.` and `:`. */
const id = z
  .string()
  .check(z.regex(/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,79}$/, 'must be 1 to 80 letters, digits, _ - . or :'));

/** The same, where a type tells whose id it is. */
const idOf = <T extends Id<string>>() => id as unknown as z.ZodMiniType<T, string>;

const cents = z.int().check(z.minimum(0), z.maximum(100_000_000));

/** Within the years in which instants sort as text. */
const instantText = z.pipe(
  z.iso
    .datetime({ offset: true, error: 'must be an ISO 8601 instant with an offset, e.g. 2026-11-22T19:00:00Z' })
    .check(z.refine((at) => /^(19|20|21)/.test(at), 'must be of the years 1900 to 2199')),
  z.transform((at): Instant => parseInstant(at)),
);

/** Seven decimals are a centimetre; smaller numbers than DynamoDB can keep have no place on earth. */
const degrees = (most: number) =>
  z.number().check(
    z.minimum(-most),
    z.maximum(most),
    z.overwrite((value) => Math.round(value * 1e7) / 1e7),
  );
export const position = z.readonly(z.tuple([degrees(180), degrees(90)]));

/** Where the drivers of a hand-over meet. */
const meetingPlace = z.union([z.enum(['driver', 'mall']), position]);

const nothing = z.optional(z.strictObject({}));
const noQuery = z.strictObject({});
const pageQuery = z.strictObject({
  limit: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(100)), 25),
  cursor: z.optional(z.string().check(z.minLength(1), z.maxLength(2000))),
});
const mallQuery = z.strictObject({ mallId: z.optional(id) });

const orderParams = z.strictObject({ orderId: id });
const pickupParams = z.strictObject({ storeId: id, orderId: id });
const storeParams = z.strictObject({ storeId: id });
const mallParams = z.strictObject({ mallId: id });
const offerParams = z.strictObject({ offerId: id });
const stopId = z
  .string()
  .check(
    z.regex(new RegExp(`^(${stopKinds.join('|')})-[A-Za-z0-9_.:-]{1,80}$`), 'must be the id of a stop in your run'),
  );
const stopParams = z.strictObject({ stopId });

/** When it happened, by the clock of a device that had no signal then. */
const occurredAt = z.optional(instantText);
const label = z.string().check(z.regex(/^[A-Za-z0-9-]{1,40}$/, 'must be 1 to 40 letters, digits or -'));
const labels = z.array(label).check(z.maxLength(60));

const localTime = z.string().check(z.regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'must be a local time HH:MM'));
const dayHours = z.nullable(
  z
    .strictObject({ opens: localTime, closes: localTime })
    .check(z.refine(({ opens, closes }) => opens < closes, 'must close later than it opens')),
);
const openingHours = z.strictObject({
  weekly: z.strictObject(
    Object.fromEntries(weekdays.map((day) => [day, z.optional(dayHours)])) as Record<
      (typeof weekdays)[number],
      z.ZodMiniOptional<typeof dayHours>
    >,
  ),
  exceptions: z.optional(z.record(z.iso.date(), dayHours)),
});
const zone = z.string().check(
  z.refine((name) => {
    try {
      return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
    } catch {
      return false;
    }
  }, 'must be an IANA time zone, e.g. America/Phoenix'),
);

const placeOrder = z.strictObject({
  externalId: z.optional(text(100)),
  mallId: id,
  promise: z._default(
    z.strictObject({ kind: z.enum(promiseKinds), from: z.optional(instantText), by: z.optional(instantText) }),
    { kind: 'two_hour' },
  ),
  goAhead: z._default(z.enum(goAheadRules), 'deliver_what_you_can'),
  atClose: z._default(z.enum(atCloseRules), 'cancel'),
  doorProof: z._default(z.enum(doorProofs), 'photo'),
  pickups: z
    .array(
      z.strictObject({
        storeId: id,
        lines: z
          .array(
            z.strictObject({
              sku: text(64),
              name: text(120),
              quantity: z.int().check(z.minimum(1), z.maximum(99)),
              unitPriceCents: cents,
            }),
          )
          .check(z.minLength(1), z.maxLength(40)),
      }),
    )
    .check(
      z.minLength(1),
      z.maxLength(12),
      z.refine(
        (pickups) => new Set(pickups.map(({ storeId }) => storeId)).size === pickups.length,
        'names a store twice: put all its lines into one pickup',
      ),
    ),
  dropoff: z.strictObject({
    name: text(80),
    phone: z.string().check(z.regex(/^\+[1-9]\d{6,14}$/, 'must be an E.164 number, e.g. +14805550123')),
    address: text(200),
    position: z.optional(position),
    instructions: z.optional(text(240)),
  }),
});

/** Of the driver who comes for the parcels. */
const runCode = z.string().check(z.regex(/^\d{4}$/, 'must be the four digits on the phone'));

const readyPickup = z.strictObject({
  parcels: z._default(
    z
      .array(z.strictObject({ label, lineIds: z.optional(z.array(id).check(z.minLength(1), z.maxLength(40))) }))
      .check(z.maxLength(20)),
    [],
  ),
  missingLineIds: z._default(z.array(id).check(z.maxLength(40)), []),
});

const completeStop = z.strictObject({
  occurredAt,
  labels: z._default(labels, []),
  leaveMissing: z._default(z.boolean(), false),
  refusedLabels: z._default(labels, []),
  proof: z.optional(
    z.discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('photo'),
        photoKey: z
          .string()
          .check(z.regex(/^proofs\/[A-Za-z0-9_.:/-]{1,200}$/, 'must be a photoKey from /v1/driver/proofs')),
      }),
      z.strictObject({ kind: z.literal('pin'), pin: z.string().check(z.regex(/^\d{6}$/, 'must be six digits')) }),
    ]),
  ),
});

const failStop = z.strictObject({
  occurredAt,
  reason: z.enum(stopFailures),
  evidence: z._default(
    z.strictObject({
      contactAttempts: z.optional(z.int().check(z.minimum(0), z.maximum(20))),
      photoKey: z.optional(
        z.string().check(z.regex(/^proofs\/[A-Za-z0-9_.:/-]{1,200}$/, 'must be a photoKey from /v1/driver/proofs')),
      ),
      position: z.optional(position),
      note: z.optional(text(500)),
    }),
    {},
  ),
});

const pickupPoint = z.strictObject({
  id,
  name: text(80),
  kind: z.enum(['entrance', 'kerb', 'desk', 'after_hours_door']),
  position,
  note: z.optional(text(240)),
  parkingLimitMinutes: z.optional(z.int().check(z.minimum(0), z.maximum(480))),
});

const applyMall = z.strictObject({
  name: text(80),
  zone,
  position,
  hours: openingHours,
  confirmWithinMinutes: z._default(z.int().check(z.minimum(1), z.maximum(120)), 10),
  walkMinutes: z._default(z.int().check(z.minimum(0), z.maximum(60)), 8),
  deliveryRadiusMetres: z._default(z.int().check(z.minimum(500), z.maximum(80_000)), 16_000),
  feeCents: z._default(cents, 799),
  currency: z._default(z.string().check(z.regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code, e.g. USD')), 'USD'),
  pay: z._default(z.strictObject({ baseCents: cents, perStopCents: cents, perReturnCents: cents }), {
    baseCents: 400,
    perStopCents: 175,
    perReturnCents: 250,
  }),
  pickupPoints: z._default(z.array(pickupPoint).check(z.maxLength(40)), []),
});

const applyStore = z.strictObject({
  retailerId: id,
  mallId: id,
  name: text(80),
  level: text(20),
  position,
  frontNote: z.optional(text(240)),
  hours: openingHours,
  prepMinutes: z._default(z.int().check(z.minimum(1), z.maximum(240)), 15),
  pickupPointId: z.optional(id),
});

const role = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('operations') }),
  z.strictObject({ kind: z.literal('store'), storeId: idOf<StoreId>() }),
  z.strictObject({ kind: z.literal('driver'), driverId: idOf<DriverId>() }),
]);

const owner = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('channel'), channelId: idOf<ChannelId>() }),
  z.strictObject({ kind: z.literal('retailer'), retailerId: idOf<RetailerId>() }),
]);

/** Kept as they came, so answers show them by the same schemas. */
export const directorySchemas = { mall: applyMall, store: applyStore, pickupPoint, role, owner };

const personParams = z.strictObject({ subject: id });
/** Of a point on P-256: 32 bytes, base64url. */
const coordinate = z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/, 'must be 32 bytes, base64url'));

const noParams = z.strictObject({});

export const schemas = {
  placeOrder: {
    summary: 'Place an order over stores of one mall for one door.',
    params: noParams,
    query: noQuery,
    body: placeOrder,
  },
  listOrders: { summary: 'List your orders, newest first.', params: noParams, query: pageQuery, body: nothing },
  getOrder: { summary: 'Read one of your orders.', params: orderParams, query: noQuery, body: nothing },
  listOrderEvents: {
    summary: 'Read the events of one of your orders after a sequence number.',
    params: orderParams,
    query: z.strictObject({ after: z._default(z.coerce.number().check(z.int(), z.minimum(0)), 0) }),
    body: nothing,
  },
  cancelOrder: {
    summary: 'Cancel an order: with parcels on board it means that they go back to their stores.',
    params: orderParams,
    query: noQuery,
    body: nothing,
  },
  decideOnOrder: {
    summary: 'Say what becomes of a store that is late beyond the promise, as decisions of the order asks.',
    params: orderParams,
    query: noQuery,
    body: z.strictObject({ kind: z.literal('late_store'), storeId: id, choice: z.enum(lateStoreChoices) }),
  },
  listPickups: {
    summary: "List a store's pickups, newest first.",
    params: storeParams,
    query: pageQuery,
    body: nothing,
  },
  getPickup: { summary: "Read a store's part of an order.", params: pickupParams, query: noQuery, body: nothing },
  acceptPickup: {
    summary: 'Accept the pickup, with the time it will be ready if that differs from the estimate.',
    params: pickupParams,
    query: noQuery,
    body: z._default(z.strictObject({ readyAt: z.optional(instantText) }), {}),
  },
  rejectPickup: {
    summary: 'Reject the pickup with a reason.',
    params: pickupParams,
    query: noQuery,
    body: z.strictObject({ reason: z.enum(rejectReasons), note: z.optional(text(240)) }),
  },
  delayPickup: {
    summary: 'Say that the pickup will be ready later.',
    params: pickupParams,
    query: noQuery,
    body: z.strictObject({ readyAt: instantText }),
  },
  readyPickup: {
    summary: 'Mark the pickup ready: its sealed parcels with their labels, and the lines that are missing.',
    params: pickupParams,
    query: noQuery,
    body: readyPickup,
  },
  handOverPickup: {
    summary:
      "Record the store's side of the hand-over: run code and parcels. A late record is kept as it is and compared with the driver's.",
    params: pickupParams,
    query: noQuery,
    body: z.strictObject({
      runCode,
      labels,
      occurredAt,
    }),
  },
  acknowledgeStop: {
    summary: 'Acknowledge that a stopped pickup is back on the shelf.',
    params: pickupParams,
    query: noQuery,
    body: nothing,
  },
  getDriver: { summary: 'Read your shift, offer and run.', params: noParams, query: noQuery, body: nothing },
  startShift: { summary: 'Start a shift: offers may come.', params: noParams, query: noQuery, body: nothing },
  endShift: {
    summary: 'End the shift; an open offer counts as declined.',
    params: noParams,
    query: noQuery,
    body: nothing,
  },
  reportPositions: {
    summary: 'Report positions in a batch; late and repeated ones are fine.',
    params: noParams,
    query: noQuery,
    body: z.strictObject({
      positions: z.array(z.strictObject({ at: instantText, position })).check(z.minLength(1), z.maxLength(100)),
    }),
  },
  listOffers: { summary: 'List the offers that are open for you.', params: noParams, query: noQuery, body: nothing },
  acceptOffer: {
    summary: 'Accept an offer as you saw it.',
    params: offerParams,
    query: noQuery,
    body: z.strictObject({ version: z.int().check(z.minimum(1)) }),
  },
  declineOffer: { summary: 'Decline an offer; it costs nothing.', params: offerParams, query: noQuery, body: nothing },
  getRun: {
    summary: 'Read the run under way with its stops, doors and pay.',
    params: noParams,
    query: noQuery,
    body: nothing,
  },
  departForStop: {
    summary: 'Say that you are on the way to a stop.',
    params: stopParams,
    query: noQuery,
    body: z._default(z.strictObject({ occurredAt }), {}),
  },
  arriveAtStop: {
    summary: 'Say that you are at a stop.',
    params: stopParams,
    query: noQuery,
    body: z._default(z.strictObject({ occurredAt }), {}),
  },
  scanAtStop: {
    summary: 'Check the label of one parcel at a stop.',
    params: stopParams,
    query: noQuery,
    body: z.strictObject({ label, occurredAt }),
  },
  completeStop: {
    summary: 'Finish a stop: parcels collected, delivered with proof, or returned.',
    params: stopParams,
    query: noQuery,
    body: z._default(completeStop, { labels: [], leaveMissing: false, refusedLabels: [] }),
  },
  failStop: {
    summary: 'Say why a stop cannot be done, with the evidence that the reason demands.',
    params: stopParams,
    query: noQuery,
    body: failStop,
  },
  giveParcels: {
    summary:
      "Record the giving driver's side of a hand-over: the code on the other's phone, and the parcels. A late record is compared with the other's.",
    params: orderParams,
    query: noQuery,
    body: z.strictObject({ runCode, labels, occurredAt }),
  },
  createProofUpload: {
    summary: 'Get a link to upload a photo of a stop to; once it is there, name its photoKey as proof or evidence.',
    params: noParams,
    query: noQuery,
    body: z.strictObject({ contentType: z.enum(['image/jpeg', 'image/png', 'image/webp']), stopId }),
  },
  track: {
    summary: 'Follow an order with its tracking link.',
    params: z.strictObject({
      token: z.string().check(z.regex(/^[A-Za-z0-9_-]{22}$/, 'must be the 22 characters of a tracking link')),
    }),
    query: noQuery,
    body: nothing,
  },
  listWaiting: {
    summary: 'List what waits too long, most urgent first.',
    params: noParams,
    query: mallQuery,
    body: nothing,
  },
  listOpenOrders: { summary: 'List the orders that are under way.', params: noParams, query: mallQuery, body: nothing },
  inspectOrder: {
    summary: 'Read one order whole: events, waits, deadlines and execution.',
    params: orderParams,
    query: noQuery,
    body: nothing,
  },
  reassignOrder: {
    summary: 'Take an order, and the others of its run, from a driver who will not finish.',
    params: orderParams,
    query: noQuery,
    body: z.strictObject({ reason: z.enum(['no_show', 'breakdown', 'accident', 'unreachable', 'other']) }),
  },
  resolveOrder: {
    summary: 'Decide what becomes of an order that waits for operations.',
    params: orderParams,
    query: noQuery,
    body: z.discriminatedUnion('resolution', [
      z.strictObject({
        resolution: z.enum([
          'cancel',
          'resume',
          'return',
          'reattempt',
          'returned',
          'lost',
          'settle_hand_over',
          'restart',
        ]),
      }),
      z.strictObject({ resolution: z.literal('hand_over'), meetAt: z.optional(meetingPlace) }),
    ]),
  },
  listMalls: { summary: 'List the malls.', params: noParams, query: noQuery, body: nothing },
  getMall: { summary: 'Read a mall.', params: mallParams, query: noQuery, body: nothing },
  applyMall: { summary: 'Create or change a mall.', params: mallParams, query: noQuery, body: applyMall },
  setMallState: {
    summary:
      'Pause a mall, close it early today, or open it again. Orders under way follow an earlier closing within a minute.',
    params: mallParams,
    query: noQuery,
    body: z.discriminatedUnion('state', [
      z.strictObject({ state: z.literal('open'), reason: z.optional(text(240)) }),
      z.strictObject({ state: z.literal('paused'), reopensAt: z.optional(instantText), reason: text(240) }),
      z.strictObject({ state: z.literal('closing_early'), closesAt: instantText, reason: text(240) }),
    ]),
  },
  listStores: { summary: 'List the stores of a mall.', params: mallParams, query: noQuery, body: nothing },
  applyStore: { summary: 'Create or change a store.', params: storeParams, query: noQuery, body: applyStore },
  applyRetailer: {
    summary: 'Create or change a retailer.',
    params: z.strictObject({ retailerId: id }),
    query: noQuery,
    body: z.strictObject({ name: text(80) }),
  },
  applyChannel: {
    summary: 'Create or change a channel.',
    params: z.strictObject({ channelId: id }),
    query: noQuery,
    body: z.strictObject({ name: text(80) }),
  },
  createKey: {
    summary:
      'Make a signing key for a channel or a retailer; its secret is in this answer, and in that to a repeat within a day.',
    params: noParams,
    query: noQuery,
    body: z.strictObject({ owner }),
  },
  applyDriver: {
    summary: 'Create a driver, or change name, vehicle or standing.',
    params: z.strictObject({ driverId: id }),
    query: noQuery,
    body: z.strictObject({
      name: text(40),
      mallId: id,
      vehicle: z._default(z.enum(['car', 'motorcycle', 'bicycle', 'walking']), 'car'),
      status: z._default(z.enum(['active', 'suspended']), 'active'),
    }),
  },
  readMe: { summary: 'Read who you are here.', params: noParams, query: noQuery, body: nothing },
  listPeople: { summary: 'List people and devices.', params: noParams, query: pageQuery, body: nothing },
  invitePerson: {
    summary: 'Invite somebody: they get a first password by e-mail, and are bound to a role.',
    params: noParams,
    query: noQuery,
    body: z.strictObject({ email: z.email().check(z.maxLength(200)), name: text(80), role }),
  },
  suspendPerson: {
    summary: 'Suspend a person or a device; it counts within a minute.',
    params: personParams,
    query: noQuery,
    body: nothing,
  },
  reinstatePerson: {
    summary: 'Let a suspended person or device act again.',
    params: personParams,
    query: noQuery,
    body: nothing,
  },
  createPairingCode: {
    summary: 'Make a code with which one tablet becomes a device of the store, within a quarter of an hour.',
    params: storeParams,
    query: noQuery,
    body: nothing,
  },
  pairDevice: {
    summary:
      'Pair a tablet by its code: it signs its own tokens from then on, with the key whose public half it gives.',
    params: noParams,
    query: noQuery,
    body: z.strictObject({
      code: z
        .string()
        .check(z.regex(/^[A-Za-z0-9][A-Za-z0-9 -]{8,18}[A-Za-z0-9]$/, 'must be the ten characters of the code')),
      name: text(80),
      publicKey: z.strictObject({ kty: z.literal('EC'), crv: z.literal('P-256'), x: coordinate, y: coordinate }),
    }),
  },
  listAudit: {
    summary: 'Read what operations did, newest first; or all that was done to one order or one driver.',
    params: noParams,
    query: z.extend(pageQuery, { orderId: z.optional(id), driverId: z.optional(id) }),
    body: nothing,
  },
  applyPerson: {
    summary: 'Bind the subject of a token to a role.',
    params: personParams,
    query: noQuery,
    body: z.strictObject({ role }),
  },
  getOpenApi: { summary: 'This document.', params: noParams, query: noQuery, body: nothing },
} as const satisfies Record<OperationId, OperationSchema>;
