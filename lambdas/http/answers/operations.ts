import * as z from 'zod/mini';
import { waitKeys } from '../../domain/waits.ts';
import { attention, count, deliveryStatus, eta, instant, name, pickupStatus, text } from './parts.ts';

export const openOrderFields = {
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
  providerId: z.optional(text),
  offerId: z.nullable(text),
  executionName: text,
  /** In lists; the answer to an act has none. */
  eta: z.optional(eta),
};
export const handOverSide = z.strictObject({ runId: text, driverId: text, providerId: z.optional(text) });
export const openOrder = name('OpenOrder', z.strictObject(openOrderFields));
export const wait = name(
  'Wait',
  z.strictObject({ wait: z.enum(waitKeys), generation: count, enteredAt: instant, dueAt: instant, execution: text }),
);
