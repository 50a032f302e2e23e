import * as z from 'zod/mini';
import { id, noParams, noQuery, nothing, type OperationSchema, pageQuery, role, storeParams, text } from './parts.ts';

const personParams = z.strictObject({ subject: id });

/** Of a point on P-256: 32 bytes, base64url. */
const coordinate = z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/, 'must be 32 bytes, base64url'));

/** What is asked of people, devices and the audit. */
export const peopleSchemas = {
  readMe: { summary: 'Read who you are here.', params: noParams, query: noQuery, body: nothing },
  listPeople: { summary: 'List people and devices.', params: noParams, query: pageQuery, body: nothing },
  invitePerson: {
    summary: 'Invite somebody: they get a first password by e-mail, and are bound to a role.',
    params: noParams,
    query: noQuery,
    body: z.strictObject({ email: z.email().check(z.maxLength(200)), name: text(80), role }),
  },
  suspendPerson: {
    summary: 'Suspend a person or a device; it counts within a minute.',
    params: personParams,
    query: noQuery,
    body: nothing,
  },
  reinstatePerson: {
    summary: 'Let a suspended person or device act again.',
    params: personParams,
    query: noQuery,
    body: nothing,
  },
  createPairingCode: {
    summary: 'Make a code with which one tablet becomes a device of the store, within a quarter of an hour.',
    params: storeParams,
    query: noQuery,
    body: nothing,
  },
  pairDevice: {
    summary:
      'Pair a tablet by its code: it signs its own tokens from then on, with the key whose public half it gives.',
    params: noParams,
    query: noQuery,
    body: z.strictObject({
      code: z
        .string()
        .check(z.regex(/^[A-Za-z0-9][A-Za-z0-9 -]{8,18}[A-Za-z0-9]$/, 'must be the ten characters of the code')),
      name: text(80),
      publicKey: z.strictObject({ kty: z.literal('EC'), crv: z.literal('P-256'), x: coordinate, y: coordinate }),
    }),
  },
  listAudit: {
    summary: 'Read what operations did, newest first; or all that was done to one order or one driver.',
    params: noParams,
    query: z.extend(pageQuery, { orderId: z.optional(id), driverId: z.optional(id) }),
    body: nothing,
  },
  applyPerson: {
    summary: 'Bind the subject of a token to a role.',
    params: personParams,
    query: noQuery,
    body: z.strictObject({ role }),
  },
} as const satisfies Record<string, OperationSchema>;
