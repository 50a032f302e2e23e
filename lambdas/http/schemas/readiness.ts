import * as z from 'zod/mini';
import { rejectReasons } from '../../domain/pickup.ts';
import {
  id,
  instantText,
  label,
  labels,
  noQuery,
  nothing,
  type OperationSchema,
  occurredAt,
  pageQuery,
  runCode,
  storeParams,
  text,
} from './parts.ts';

const pickupParams = z.strictObject({ storeId: id, orderId: id });

const readyPickup = z.strictObject({
  parcels: z._default(
    z
      .array(z.strictObject({ label, lineIds: z.optional(z.array(id).check(z.minLength(1), z.maxLength(40))) }))
      .check(z.maxLength(20)),
    [],
  ),
  missingLineIds: z._default(z.array(id).check(z.maxLength(40)), []),
});

/** What stores ask of their pickups. */
export const readinessSchemas = {
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
} as const satisfies Record<string, OperationSchema>;
