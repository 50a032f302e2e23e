import * as z from 'zod/mini';
import { keptSchemas } from '../schemas/directory.ts';
import { instant, name, text } from './parts.ts';

export const person = name(
  'Person',
  z.strictObject({
    subject: text,
    role: keptSchemas.role,
    status: z.enum(['active', 'suspended']),
    name: z.optional(text),
    email: z.optional(text),
    device: z.optional(z.strictObject({ pairedAt: instant })),
  }),
);
export const auditEntry = name(
  'AuditEntry',
  z.strictObject({
    recordedAt: instant,
    occurredAt: z.optional(instant),
    by: z.nullable(
      z.strictObject({
        kind: z.enum(['channel', 'retailer', 'store', 'driver', 'operations', 'anyone']),
        id: z.optional(text),
        subject: z.optional(text),
        requestId: text,
      }),
    ),
    act: text,
    on: z.record(text, text),
  }),
);
