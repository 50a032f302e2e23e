import * as z from 'zod/mini';
import { lateStoreChoices } from '../../domain/late-store.ts';
import { doorProofs, goAheadRules } from '../../domain/order.ts';
import { vehiclesWanted } from '../../domain/vehicle.ts';
import { orderEvent, orderSnapshot } from '../event-schemas.ts';
import { keptSchemas } from '../schemas/directory.ts';
import {
  away,
  cents,
  count,
  deliveryStatus,
  eta,
  instant,
  line,
  name,
  parcelPlace,
  pickupStatus,
  promise,
  text,
  undeliverable,
} from './parts.ts';

export const custody = name(
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
  erasedAt: z.optional(instant),
  promise,
  rescheduled: z.optional(z.strictObject({ at: instant, before: promise, opensAt: instant })),
  goAhead: z.enum(goAheadRules),
  doorProof: z.enum(doorProofs),
  vehicle: z.optional(z.enum(vehiclesWanted)),
  /** Who may carry it, by what its retailers said; the strictest of them has the word. */
  providers: z.optional(keptSchemas.providerChoice),
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
  /** Whose driver it is; nothing of the operator's own network. */
  providerId: z.optional(text),
  door: z.optional(
    z.strictObject({
      deliveredAt: z.optional(instant),
      undeliverable: z.optional(undeliverable),
      away: z.optional(away),
    }),
  ),
  basketCents: cents,
  feeCents: cents,
  currency: text,
  ledger: z.array(
    z.strictObject({
      key: text,
      kind: z.enum(['goods', 'refund', 'fee']),
      amountCents: cents,
      providerId: z.optional(text),
      storeId: z.optional(text),
      lineId: z.optional(text),
      at: instant,
    }),
  ),
  version: count,
};
export const order = name('Order', z.strictObject(orderFields));
export const orderWithLink = z.strictObject({
  ...orderFields,
  trackingUrl: z.optional(z.url()),
  eta: z.optional(eta),
});

export const tip = name(
  'Tip',
  z.strictObject({
    orderId: text,
    amountCents: cents,
    currency: text,
    shares: z.array(z.strictObject({ driverId: text, amountCents: cents })),
    until: instant,
    givenAt: instant,
    changedAt: instant,
  }),
);

export const handOverRecord = name(
  'HandOverRecord',
  z.strictObject({ labels: z.array(text), occurredAt: instant, recordedAt: instant }),
);
name('OrderSnapshot', orderSnapshot);
name('OrderEvent', orderEvent);

/** Lists and reads name the driver; the answer to an act does not. */
export const pickup = name(
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
