import * as z from 'zod/mini';
import { documentKinds } from '../../domain/documents.ts';
import { stopKinds } from '../../domain/fleet.ts';
import { doorProofs } from '../../domain/order.ts';
import { suspensionReasons } from '../../domain/suspension.ts';
import { vehicles } from '../../domain/vehicle.ts';
import { keptSchemas } from '../schemas/directory.ts';
import { position } from '../schemas/parts.ts';
import { custody } from './ordering.ts';
import { away, cents, count, deliveryStatus, eta, instant, name, pickupStatus, stopStatuses, text } from './parts.ts';

const suspension = {
  reason: z.enum(suspensionReasons),
  since: instant,
  appeal: z.optional(z.strictObject({ at: instant, upheldAt: z.optional(instant) })),
};
export const suspensionWithTexts = z.strictObject({
  ...suspension,
  texts: z.strictObject({ note: z.optional(text), appeal: z.optional(text), answer: z.optional(text) }),
});
export const driverFields = {
  id: text,
  name: text,
  mallId: text,
  vehicle: z.enum(vehicles),
  providerId: z.optional(text),
  trainedOn: z.optional(z.iso.date()),
  status: z.enum(['active', 'suspended']),
  suspension: z.optional(z.strictObject(suspension)),
  shift: z.nullable(z.strictObject({ startedAt: instant })),
  openOfferId: z.nullable(text),
  activeRunId: z.nullable(text),
};
export const driver = name('Driver', z.strictObject(driverFields));

const carriedDocument = z.strictObject({ kind: z.enum(documentKinds), until: z.optional(instant) });
/** Whether papers keep somebody from work, and which soon will. */
export const clearanceFields = {
  isCleared: z.boolean(),
  lapsed: z.array(carriedDocument),
  missing: z.array(z.enum(documentKinds)),
  ending: z.array(carriedDocument),
};
export const ownDriver = z.strictObject({
  now: instant,
  ...driverFields,
  suspension: z.optional(suspensionWithTexts),
  papers: z.strictObject(clearanceFields),
});

const offerFields = {
  id: text,
  version: count,
  status: z.enum(['open', 'accepted', 'declined', 'expired', 'withdrawn']),
  mallId: text,
  orderIds: z.array(text),
  storeIds: z.array(text),
  stops: count,
  drops: count,
  /** Drivers who are asked at the same time; the first to accept has the run. */
  alsoAsked: count,
  payCents: cents,
  pay: z.array(
    z.strictObject({
      kind: z.enum(['base', 'stop', 'distance', 'surge']),
      count: z.optional(count),
      amountCents: cents,
    }),
  ),
  currency: text,
  distanceMetres: count,
  durationSeconds: count,
  finishAt: instant,
  madeAt: instant,
  expiresAt: instant,
};
export const offer = name('Offer', z.strictObject(offerFields));
export const offerWithPlaces = z.strictObject({
  ...offerFields,
  mallName: z.nullable(text),
  zone: z.nullable(text),
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
  away: z.optional(away),
  endedAt: z.optional(instant),
};
const blockTerms = {
  id: text,
  startsAt: instant,
  endsAt: instant,
  guaranteedCentsPerHour: cents,
  currency: text,
};
/** As operations see it. */
export const block = name(
  'Block',
  z.strictObject({ ...blockTerms, mallId: text, places: count, bookedBy: z.array(text) }),
);
/** As one driver sees it. */
export const blockOfDriver = name(
  'BlockOfDriver',
  z.strictObject({
    ...blockTerms,
    placesLeft: count,
    yours: z.nullable(z.enum(['booked', 'working'])),
    forfeitUntil: instant,
    checkInFrom: instant,
    checkInUntil: instant,
  }),
);
export const missedBlock = z.strictObject({ blockId: text, at: instant, why: z.enum(['not_there', 'forfeited_late']) });

const payLine = {
  key: text,
  kind: z.enum(['base', 'stop', 'distance', 'waiting', 'surge', 'return']),
  amountCents: cents,
  stopId: z.optional(text),
  at: instant,
};
/** What a driver was paid for at one time. */
export const earned = name(
  'Earned',
  z.strictObject({
    id: text,
    kind: z.enum(['run', 'tip', 'guarantee']),
    at: instant,
    amountCents: cents,
    currency: text,
    runId: z.optional(text),
    providerId: z.optional(text),
    blockId: z.optional(text),
    status: z.optional(z.enum(['active', 'completed', 'lost'])),
    lines: z.array(
      z.strictObject({
        ...payLine,
        kind: z.enum([...payLine.kind.options, 'tip', 'guarantee']),
        orderId: z.optional(text),
      }),
    ),
  }),
);
const runFields = {
  id: text,
  code: text,
  status: z.enum(['active', 'completed', 'lost']),
  providerId: z.optional(text),
  mallId: text,
  orderIds: z.array(text),
  nextStopIds: z.array(text),
  pay: z.array(z.strictObject(payLine)),
  payCents: cents,
  currency: text,
  startedAt: instant,
  endedAt: z.optional(instant),
  version: count,
};
export const run = name('Run', z.strictObject({ ...runFields, stops: z.array(z.strictObject(stopFields)) }));
const parcelAtStop = z.strictObject({ orderId: text, id: text, label: text, storeId: text });
export const runWithPlaces = z.strictObject({
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
      eta: z.optional(eta),
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
export const stopAct = name(
  'StopAct',
  z.strictObject({
    run,
    orders: z.array(z.strictObject({ orderId: text, status: deliveryStatus })),
    awaited: z.array(z.strictObject({ orderId: text, code: text, detail: text, mend: text })),
  }),
);
