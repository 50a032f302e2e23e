import * as z from 'zod/mini';
import type { ChannelId, ProviderId, RetailerId } from '../../domain/ids.ts';
import { fallbackByDefaultMinutes } from '../../domain/provider-choice.ts';
import { retentionBoundsDays, retentionByDefaultDays } from '../../domain/retention.ts';
import { vehicles } from '../../domain/vehicle.ts';
import {
  cents,
  id,
  idOf,
  instantText,
  noParams,
  noQuery,
  nothing,
  type OperationSchema,
  openingHours,
  pageQuery,
  position,
  role,
  storeParams,
  text,
  zone,
} from './parts.ts';

/** A channel or a retailer. Of all that an order concerns, the shortest retention counts. */
const keeper = z.strictObject({
  name: text(80),
  personalRetentionDays: z._default(
    z.int().check(z.minimum(retentionBoundsDays.shortest), z.maximum(retentionBoundsDays.longest)),
    retentionByDefaultDays,
  ),
});

/** Who may carry, the most wanted first; `gig` is the operator's own network. */
const providerChoice = z.strictObject({
  inOrder: z.array(idOf<ProviderId>()).check(
    z.minLength(1),
    z.maxLength(10),
    z.refine((ids) => new Set(ids).size === ids.length, 'names a provider twice'),
  ),
  fallbackAfterMinutes: z._default(z.int().check(z.minimum(1), z.maximum(120)), fallbackByDefaultMinutes),
});

const retailer = z.extend(keeper, { providers: z.optional(providerChoice) });

const mallParams = z.strictObject({ mallId: id });
const retailerParams = z.strictObject({ retailerId: id });

const pickupPoint = z.strictObject({
  id,
  name: text(80),
  kind: z.enum(['entrance', 'kerb', 'desk', 'after_hours_door']),
  position,
  note: z.optional(text(240)),
  parkingLimitMinutes: z.optional(z.int().check(z.minimum(0), z.maximum(480))),
});

/** What is left out pays nothing; waiting has a grace period of 5 minutes and a cap of 30 unless said otherwise. */
const payRates = z.strictObject({
  baseCents: cents,
  perStopCents: cents,
  perReturnCents: cents,
  perKmCents: z.optional(cents),
  perWaitingMinuteCents: z.optional(cents),
  waitingGraceMinutes: z.optional(z.int().check(z.minimum(0), z.maximum(60))),
  waitingCapMinutes: z.optional(z.int().check(z.minimum(0), z.maximum(240))),
  surgeMaxPercent: z.optional(z.int().check(z.minimum(100), z.maximum(500))),
});

const applyMall = z.strictObject({
  name: text(80),
  zone,
  position,
  hours: openingHours,
  confirmWithinMinutes: z._default(z.int().check(z.minimum(1), z.maximum(120)), 10),
  walkMinutes: z._default(z.int().check(z.minimum(0), z.maximum(60)), 8),
  drivePercent: z.optional(z.int().check(z.minimum(25), z.maximum(400))),
  deliveryRadiusMetres: z._default(z.int().check(z.minimum(500), z.maximum(80_000)), 16_000),
  feeCents: z._default(cents, 799),
  currency: z._default(z.string().check(z.regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code, e.g. USD')), 'USD'),
  pay: z._default(payRates, {
    baseCents: 400,
    perStopCents: 175,
    perReturnCents: 250,
  }),
  tipCapCents: z.optional(cents),
  pickupPoints: z._default(z.array(pickupPoint).check(z.maxLength(40)), []),
  city: z.optional(text(80)),
  providers: z.optional(providerChoice),
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

const owner = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('channel'), channelId: idOf<ChannelId>() }),
  z.strictObject({ kind: z.literal('retailer'), retailerId: idOf<RetailerId>() }),
]);

/** Kept as they came, so answers show them by the same schemas. */
export const keptSchemas = {
  mall: applyMall,
  store: applyStore,
  pickupPoint,
  keeper,
  retailer,
  providerChoice,
  role,
  owner,
};

/** What operations say of malls, stores, retailers, channels and drivers. */
export const directorySchemas = {
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
    summary: 'Create or change a retailer: its name, how long shoppers are remembered, and who may carry for it.',
    params: retailerParams,
    query: noQuery,
    body: retailer,
  },
  readProviderChoice: {
    summary: 'Read who may carry for a retailer, and whom it may choose from.',
    params: retailerParams,
    query: noQuery,
    body: nothing,
  },
  chooseProviders: {
    summary:
      'Choose who may carry for a retailer, the most wanted first; null leaves it to the malls. Orders that are placed keep what was said.',
    params: retailerParams,
    query: noQuery,
    body: z.strictObject({ choice: z.nullable(providerChoice) }),
  },
  applyChannel: {
    summary: 'Create or change a channel.',
    params: z.strictObject({ channelId: id }),
    query: noQuery,
    body: keeper,
  },
  createKey: {
    summary:
      'Make a signing key for a channel or a retailer; its secret is in this answer, and in that to a repeat within a day.',
    params: noParams,
    query: noQuery,
    body: z.strictObject({ owner }),
  },
  listKeys: {
    summary: 'List signing keys, without their secrets: all, or those of one channel or retailer, oldest first.',
    params: noParams,
    query: z.extend(pageQuery, { channelId: z.optional(id), retailerId: z.optional(id) }).check(
      z.refine(({ channelId, retailerId }) => channelId === undefined || retailerId === undefined, {
        error: 'cannot be named together with retailerId',
        path: ['channelId'],
      }),
    ),
    body: nothing,
  },
  revokeKey: {
    summary: 'Revoke a signing key for good; what is signed with it is refused within a minute.',
    params: z.strictObject({ keyId: id }),
    query: noQuery,
    body: nothing,
  },
  applyDriver: {
    summary: 'Create a driver, or change name, vehicle or provider; standing stays as it is unless it is given.',
    params: z.strictObject({ driverId: id }),
    query: noQuery,
    body: z.strictObject({
      name: text(40),
      mallId: id,
      vehicle: z._default(z.enum(vehicles), 'car'),
      providerId: z.optional(idOf<ProviderId>()),
      trainedOn: z.optional(z.iso.date()),
      status: z.optional(z.enum(['active', 'suspended'])),
    }),
  },
  getOpenApi: { summary: 'This document.', params: noParams, query: noQuery, body: nothing },
} as const satisfies Record<string, OperationSchema>;
