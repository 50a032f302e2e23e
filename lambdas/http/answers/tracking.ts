import * as z from 'zod/mini';
import { lateStoreChoices } from '../../domain/late-store.ts';
import { position } from '../schemas/parts.ts';
import { count, deliveryStatus, eta, instant, pickupStatus, promise, text, undeliverable } from './parts.ts';

export const tracking = z.strictObject({
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
  erasedAt: z.optional(instant),
  deliveredAt: z.optional(instant),
  undeliverable: z.optional(undeliverable),
  stores: z.array(
    z.strictObject({
      storeId: text,
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
  eta: z.optional(eta),
  photoUrl: z.optional(z.url()),
  timeline: z.array(z.strictObject({ type: text, at: instant, storeId: z.optional(text) })),
});
