import * as z from 'zod/mini';
import type { MallId } from '../../domain/ids.ts';
import { gigId, hubRadiusMetres, insuranceKinds, vehiclesOf } from '../../domain/provider.ts';
import {
  id,
  idOf,
  noParams,
  noQuery,
  nothing,
  type OperationSchema,
  openingHours,
  position,
  text,
  zone,
} from './parts.ts';

const providerParams = z.strictObject({
  providerId: id.check(z.refine((name) => name !== gigId, "is the operator's own network, which is always there")),
});

const insurance = z.strictObject({ kind: z.enum(insuranceKinds), expiresOn: z.iso.date() });

const vehiclesFor = (kind: keyof typeof vehiclesOf) =>
  z.array(z.enum(vehiclesOf[kind])).check(
    z.minLength(1),
    z.refine((all) => new Set(all).size === all.length, 'names a vehicle twice'),
  );

const deliveryPartner = z.strictObject({
  kind: z.literal('delivery_partner'),
  name: text(80),
  zone,
  vehicles: vehiclesFor('delivery_partner'),
  mallIds: z._default(z.array(idOf<MallId>()).check(z.maxLength(100)), []),
  cities: z._default(z.array(text(80)).check(z.maxLength(100)), []),
  hours: openingHours,
  insurances: z
    .array(insurance)
    .check(
      z.refine(
        (shown) => insuranceKinds.every((kind) => shown.filter((one) => one.kind === kind).length === 1),
        `must show each of ${insuranceKinds.join(', ')} once`,
      ),
    ),
});

const hubStore = z.strictObject({
  kind: z.literal('hub_store'),
  name: text(80),
  zone,
  vehicles: vehiclesFor('hub_store'),
  position,
  radiusMetres: z._default(z.int().check(z.minimum(100), z.maximum(hubRadiusMetres)), hubRadiusMetres),
  calendar: openingHours,
});

/** Kept as they came, so answers show them by the same schemas. */
export const keptProviders = { deliveryPartner, hubStore, insurance };

/** What operations say of those who carry. */
export const providersSchemas = {
  listProviders: {
    summary: 'List the providers beside your own drivers.',
    params: noParams,
    query: noQuery,
    body: nothing,
  },
  getProvider: {
    summary: 'Read a provider with its drivers.',
    params: providerParams,
    query: noQuery,
    body: nothing,
  },
  applyProvider: {
    summary:
      'Create or change a provider: a delivery partner with its insurances, malls, cities and hours, or a store that delivers nearby.',
    params: providerParams,
    query: noQuery,
    body: z.discriminatedUnion('kind', [deliveryPartner, hubStore]),
  },
  suspendProvider: {
    summary: 'Suspend a provider: its drivers are offered nothing more, and bring what they carry to its end.',
    params: providerParams,
    query: noQuery,
    body: z.strictObject({ reason: text(240) }),
  },
  reinstateProvider: {
    summary: 'Let a suspended provider carry again.',
    params: providerParams,
    query: noQuery,
    body: nothing,
  },
} as const satisfies Record<string, OperationSchema>;
