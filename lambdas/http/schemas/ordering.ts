import * as z from 'zod/mini';
import { lateStoreChoices } from '../../domain/late-store.ts';
import { atCloseRules } from '../../domain/next-day.ts';
import { doorProofs, goAheadRules, promiseKinds } from '../../domain/order.ts';
import { vehiclesWanted } from '../../domain/vehicle.ts';
import {
  cents,
  id,
  instantText,
  noParams,
  noQuery,
  nothing,
  type OperationSchema,
  orderParams,
  pageQuery,
  position,
  text,
} from './parts.ts';

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
  vehicle: z.optional(z.enum(vehiclesWanted)),
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

/** What channels ask of their orders. */
export const orderingSchemas = {
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
  eraseOrder: {
    summary:
      'Erase what tells who the shopper of an order that has ended is: name, door, phone, photos. Custody and money stay.',
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
  tipOrder: {
    summary:
      'Pass on a tip that you collected for a delivered order, or raise it, within a day; all of it is the driver’s.',
    params: orderParams,
    query: noQuery,
    body: z.strictObject({ amountCents: cents }),
  },
} as const satisfies Record<string, OperationSchema>;
