import * as z from 'zod/mini';
import { awayReasons } from '../domain/away.ts';
import { deliveryStatuses } from '../domain/delivery-status.ts';
import { currentVersion, orderUpcasters } from '../domain/event-versions.ts';
import type { OrderEventType } from '../domain/events.ts';
import { lateStoreChoices } from '../domain/late-store.ts';
import { promiseKinds } from '../domain/order.ts';
import type { ParcelState } from '../domain/parcel.ts';
import { pickupStatuses } from '../domain/pickup.ts';

/** What an event says beside what every event says, and when it is told. */
interface EventSchema {
  says: string;
  data: z.ZodMiniType;
}

const text = z.string();
const count = z.int().check(z.minimum(0));
const texts = z.array(text);
/** UTC with milliseconds. */
const instant = z.iso.datetime({ precision: 3 });
const parcelPlaces = ['store', 'driver', 'recipient', 'returned', 'lost', 'not_collected'] as const satisfies readonly [
  ...ParcelState['at'][],
];

const of = <Shape extends z.core.$ZodShape>(says: string, shape: Shape) => ({ says, data: z.strictObject(shape) });
const nothing = (says: string) => of(says, {});
const promiseShape = z.strictObject({ kind: z.enum(promiseKinds), from: z.optional(instant), by: instant });
const store = { storeId: text };
const reason = { reason: text };
const carrier = { runId: text, driverId: text, providerId: z.optional(text) };

/** Every event of an order: the API, the bus and docs/events.md have them from here, and tests hold all of them to it. */
export const orderEvents = {
  'order.created': of('The order was placed.', {
    channelId: text,
    mallId: text,
    promise: promiseShape,
  }),
  'order.attention': of('A person has to look, or is reminded; or what is held was called off, for that reason.', {
    what: z.enum(['asked', 'reminded', 'called_off']),
    why: text,
    reason: z.optional(text),
    storeId: z.optional(text),
    driverId: z.optional(text),
  }),
  'order.attention_cleared': of('Nobody has to look any more.', {
    why: text,
    storeId: z.optional(text),
    driverId: z.optional(text),
  }),
  'order.closing_moved': of('The mall closes at another time than was known.', { closesAt: instant, before: instant }),
  'order.rescheduled': of('Ready parcels stay at their stores over night; another window is promised.', {
    promise: promiseShape,
    before: promiseShape,
    closesAt: instant,
  }),
  'order.restarted': of('The order has another execution of its workflow.', {
    generation: count,
    by: z.enum(['operations', 'sweeper']),
  }),
  'order.settled': of('The order has ended, and what it came to in money is in its ledger.', { entries: count }),
  'order.erased': of('What tells who the shopper is was erased: whoever keeps a copy erases it too.', {
    by: z.enum(['channel', 'operations']),
  }),
  'offer.made': of('A driver was asked to carry the order; before, others were whose turn was over.', {
    offerId: text,
    providerId: z.optional(text),
    passed: z.optional(z.array(z.strictObject({ providerId: text, why: text }))),
  }),
  'offer.withdrawn': of('The offer is over: declined, expired or changed.', { offerId: text, ...reason }),
  'pickup.accepted': of('The store prepares its part.', { ...store, readyAt: instant }),
  'pickup.rejected': of('The store does not supply.', { ...store, ...reason }),
  'pickup.expired': of('The store gave no answer in time.', { ...store, ...reason }),
  'pickup.delayed': of('The store needs more time.', { ...store, readyAt: instant }),
  'pickup.ready': of('The parcels of the store are sealed and wait for the driver.', {
    ...store,
    parcels: count,
    missingLines: count,
  }),
  'pickup.handed_over': of('The driver has the parcels of the store, nothing missing.', { ...store, parcels: count }),
  'pickup.short': of('The driver has the parcels of the store, with lines missing.', { ...store, parcels: count }),
  'pickup.failed': of('The store did not supply after all.', { ...store, ...reason }),
  'pickup.cancelled': of('The store stops; its goods go back to the shelf.', { ...store, ...reason }),
  'pickup.store_recorded': of('The store says that it handed its parcels over.', { ...store, parcels: count }),
  'pickup.stop_acknowledged': of('The store has seen that it is to stop.', store),
  'decision.asked': of('A store is late beyond the promise: somebody may say what becomes of its part.', {
    kind: z.literal('late_store'),
    ...store,
    options: z.array(z.enum(lateStoreChoices)),
    default: z.enum(lateStoreChoices),
    decideBy: instant,
    readyAt: instant,
  }),
  'decision.made': of('It was said, or silence was taken for an answer.', {
    kind: z.literal('late_store'),
    ...store,
    choice: z.enum(lateStoreChoices),
    by: z.enum(['channel', 'operations', 'default']),
  }),
  'delivery.assigned': of('A driver has accepted.', carrier),
  'delivery.reassigned': of('The driver was lost with nothing on board: another is looked for.', {
    ...carrier,
    ...reason,
  }),
  'delivery.enroute_to_pickup': nothing('The driver is on the way to the mall.'),
  'delivery.arrived_at_pickup': of('The driver is at the first store.', store),
  'delivery.collecting': nothing('Some stores are done, others not.'),
  'delivery.picked_up': nothing('Everything that will come is on board.'),
  'delivery.enroute_to_dropoff': of('The driver is on the way to the door.', {
    reattempt: z.optional(z.literal(true)),
    takenOver: z.optional(z.literal(true)),
  }),
  'delivery.arrived_at_dropoff': nothing('The driver is at the door.'),
  'delivery.undeliverable': of('Nobody took it, or not all of it.', {
    ...reason,
    partial: z.optional(z.literal(true)),
  }),
  'delivery.held': of('Parcels are safe with somebody and wait for a decision, or for the store to open.', {
    ...reason,
    storeId: z.optional(text),
    driverId: z.optional(text),
  }),
  'delivery.enroute_to_return': of('Parcels are on their way back to their stores.', {
    storeId: z.optional(text),
    reopened: z.optional(z.literal(true)),
    takenOver: z.optional(z.literal(true)),
  }),
  'delivery.arrived_at_return': of('The driver is at a store with its parcels.', store),
  'delivery.delivered': of('The end: parcels are with the recipient.', {
    partial: z.boolean(),
    away: z.optional(z.strictObject({ metres: count, reason: z.enum(awayReasons) })),
  }),
  'delivery.returned': of('The end: parcels are back at their stores, none was delivered.', {
    reason: z.optional(text),
  }),
  'delivery.cancelled': of('The end: nothing was ever on board.', { reason: z.optional(text) }),
  'delivery.failed': of('The end: parcels were lost.', { reason: z.optional(text) }),
  'custody.kept': of('The driver keeps parcels over night, as their store is closed.', {
    parcelIds: texts,
    driverId: text,
    ...store,
    since: instant,
    reopensAt: instant,
    until: instant,
  }),
  'custody.handed_over': of('One driver has taken these over from another, about there.', {
    parcelIds: texts,
    from: z.strictObject(carrier),
    to: z.strictObject(carrier),
    near: z.tuple([z.number(), z.number()]),
    why: text,
  }),
  'hand_over.asked': of('Operations want another driver to take over what is on board.', {
    from: z.strictObject(carrier),
    why: text,
    until: instant,
  }),
  'hand_over.accepted': of('Another driver comes for it.', {
    from: z.strictObject(carrier),
    to: z.strictObject(carrier),
  }),
  'hand_over.given': of('The driver who had the parcels says that the other has them.', {
    from: z.strictObject(carrier),
    to: z.strictObject(carrier),
    parcels: count,
  }),
  'hand_over.receiver_lost': of('The driver who was to come will not: another is looked for.', {
    runId: text,
    ...reason,
  }),
  'hand_over.withdrawn': of('Nobody is to take it over any more.', {
    from: z.strictObject(carrier),
    to: z.optional(z.strictObject(carrier)),
    ...reason,
  }),
  'parcel.refused': of('The recipient did not take these.', { parcelIds: texts }),
  'parcel.returned': of('These are back at their store.', {
    parcelIds: texts,
    storeId: z.optional(text),
    by: z.optional(z.literal('operations')),
  }),
  'parcel.lost': of('These are gone.', { parcelIds: texts, ...reason }),
  'proof.pin_refused': of('A wrong PIN was entered at the door.', { attempt: count }),
} as const satisfies Record<OrderEventType, EventSchema>;

/** The public state of the order right after an event. */
export const orderSnapshot = z.strictObject({
  status: z.enum(deliveryStatuses),
  partial: z.boolean(),
  endReason: z.optional(text),
  pickups: z.array(z.strictObject({ storeId: text, status: z.enum(pickupStatuses), readyAt: instant })),
  parcels: z.array(z.strictObject({ id: text, storeId: text, at: z.enum(parcelPlaces), toReturn: z.boolean() })),
  driverId: z.optional(text),
  providerId: z.optional(text),
});

const common = {
  orderId: text,
  sequence: count,
  occurredAt: instant,
  recordedAt: instant,
  snapshot: orderSnapshot,
};

type Types = [OrderEventType, ...OrderEventType[]];
const kinds = (more: z.core.$ZodShape) =>
  (Object.keys(orderEvents) as Types).map((type) =>
    z.strictObject({
      ...common,
      ...more,
      type: z.literal(type),
      version: z.literal(currentVersion(type, orderUpcasters)),
      data: orderEvents[type].data,
    }),
  );
type Kinds = [ReturnType<typeof kinds>[number], ...ReturnType<typeof kinds>];

/** An event as the API tells it. */
export const orderEvent = z.discriminatedUnion('type', kinds({}) as Kinds);

/** An event as it is put on the bus: `detail` of what a rule matches. */
export const publicEvent = z.discriminatedUnion(
  'type',
  kinds({ id: text, mallId: text, channelId: text, externalId: z.optional(text) }) as Kinds,
);
