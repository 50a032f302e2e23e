import * as z from 'zod/mini';
import { awayReasons } from '../../domain/away.ts';
import { deliveryStatuses } from '../../domain/delivery-status.ts';
import { etaPromises } from '../../domain/eta/eta.ts';
import { etaCauseKinds } from '../../domain/eta/forecast.ts';
import type { StopStatus } from '../../domain/fleet.ts';
import { promiseKinds } from '../../domain/order.ts';
import type { ParcelState } from '../../domain/parcel.ts';
import { pickupStatuses } from '../../domain/pickup.ts';
import { undeliverableReasons } from '../../domain/undeliverable.ts';

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

export function name<S extends z.ZodMiniType>(id: string, schema: S): S {
  named.add(schema, { id });
  return schema;
}

export const text = z.string();
export const count = z.int().check(z.minimum(0));
export const cents = count;
/** UTC with milliseconds. */
export const instant = z.iso.datetime({ precision: 3 });
const parcelPlaces = ['store', 'driver', 'recipient', 'returned', 'lost', 'not_collected'] as const satisfies readonly [
  ...ParcelState['at'][],
];
export const stopStatuses = [
  'pending',
  'departed',
  'arrived',
  'done',
  'failed',
  'dropped',
] as const satisfies StopStatus[];

export const deliveryStatus = name('DeliveryStatus', z.enum(deliveryStatuses));
export const pickupStatus = name('PickupStatus', z.enum(pickupStatuses));
export const promise = z.strictObject({ kind: z.enum(promiseKinds), from: z.optional(instant), by: instant });
export const line = name(
  'Line',
  z.strictObject({ id: text, sku: text, name: text, quantity: count, unitPriceCents: cents }),
);
export const undeliverable = z.strictObject({ reason: z.enum(undeliverableReasons), at: instant });
/** A driver was elsewhere than at the stop, for a reason that they gave. */
export const away = z.strictObject({ metres: count, reason: z.enum(awayReasons) });
/** When a driver should be at the door; there is none once one is, nor while nobody can say. */
export const eta = name(
  'Eta',
  z.strictObject({
    p50: instant,
    p90: instant,
    promise: z.enum(etaPromises),
    causes: z.array(z.strictObject({ kind: z.enum(etaCauseKinds), storeId: z.optional(text), seconds: count })),
    computedAt: instant,
  }),
);
export const attention = z.nullable(z.strictObject({ why: text, since: instant }));
export const parcelPlace = { at: z.enum(parcelPlaces), toReturn: z.boolean() };
