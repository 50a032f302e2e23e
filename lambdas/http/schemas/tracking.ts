import * as z from 'zod/mini';
import { noQuery, nothing, type OperationSchema } from './parts.ts';

/** What a shopper asks with a link. */
export const trackingSchemas = {
  track: {
    summary: 'Follow an order with its tracking link.',
    params: z.strictObject({
      token: z.string().check(z.regex(/^[A-Za-z0-9_-]{22}$/, 'must be the 22 characters of a tracking link')),
    }),
    query: noQuery,
    body: nothing,
  },
} as const satisfies Record<string, OperationSchema>;
