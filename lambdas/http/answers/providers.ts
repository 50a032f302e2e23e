import * as z from 'zod/mini';
import { obstacles, vehiclesOf } from '../../domain/provider.ts';
import { vehicles } from '../../domain/vehicle.ts';
import { keptSchemas } from '../schemas/directory.ts';
import { keptProviders } from '../schemas/providers.ts';
import { instant, name, text } from './parts.ts';

const standing = {
  id: text,
  status: z.enum(['active', 'suspended']),
  suspension: z.optional(z.strictObject({ reason: text, since: instant })),
  /** What keeps all its drivers off dispatch. */
  standing: z.enum(['cleared', 'suspended', 'insurance_expired']),
  insurancesExpired: z.array(keptProviders.insurance.shape.kind),
  insurancesEndingSoon: z.array(keptProviders.insurance),
};
export const provider = name(
  'Provider',
  z.discriminatedUnion('kind', [
    z.extend(keptProviders.deliveryPartner, standing),
    z.extend(keptProviders.hubStore, standing),
  ]),
);

/** What a retailer has said, and among whom it can choose. */
export const providerChoice = z.strictObject({
  choice: z.nullable(keptSchemas.providerChoice),
  providers: z.array(
    z.strictObject({
      id: text,
      kind: z.enum(Object.keys(vehiclesOf) as (keyof typeof vehiclesOf)[]),
      name: z.optional(text),
      vehicles: z.array(z.enum(vehicles)),
      standing: standing.standing,
    }),
  ),
});

/** Whose turn it is not to carry an order, and why. */
export const passedProviders = z.array(
  z.strictObject({
    providerId: text,
    why: z.enum([...obstacles, 'nobody_on_shift', 'all_declined', 'not_taken', 'had_its_turn']),
  }),
);
