import * as z from 'zod/mini';
import { mallStates } from '../../domain/directory.ts';
import { keptSchemas } from '../schemas/directory.ts';
import { instant, name, text } from './parts.ts';

export const mallStanding = {
  state: z.enum(mallStates),
  closesAt: z.optional(instant),
  reopensAt: z.optional(instant),
  stateReason: z.optional(text),
};
export const mall = name('Mall', z.extend(keptSchemas.mall, { id: text, ...mallStanding }));
/** Of a signing key everything but its secret. */
export const apiKey = name(
  'SigningKey',
  z.strictObject({
    keyId: text,
    owner: keptSchemas.owner,
    createdAt: instant,
    status: z.enum(['active', 'revoked']),
    revokedAt: z.nullable(instant),
  }),
);
export const store = name('Store', z.extend(keptSchemas.store, { id: text }));
