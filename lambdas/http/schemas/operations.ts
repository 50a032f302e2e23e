import * as z from 'zod/mini';
import { id, noParams, noQuery, nothing, type OperationSchema, orderParams, position } from './parts.ts';

/** Where the drivers of a hand-over meet. */
const meetingPlace = z.union([z.enum(['driver', 'mall']), position]);

const mallQuery = z.strictObject({ mallId: z.optional(id) });

/** What operations ask of orders that wait. */
export const operationsSchemas = {
  listWaiting: {
    summary: 'List what waits too long, most urgent first.',
    params: noParams,
    query: mallQuery,
    body: nothing,
  },
  listOpenOrders: { summary: 'List the orders that are under way.', params: noParams, query: mallQuery, body: nothing },
  inspectOrder: {
    summary: 'Read one order whole: events, waits, deadlines and execution.',
    params: orderParams,
    query: noQuery,
    body: nothing,
  },
  reassignOrder: {
    summary: 'Take an order, and the others of its run, from a driver who will not finish.',
    params: orderParams,
    query: noQuery,
    body: z.strictObject({ reason: z.enum(['no_show', 'breakdown', 'accident', 'unreachable', 'other']) }),
  },
  resolveOrder: {
    summary: 'Decide what becomes of an order that waits for operations.',
    params: orderParams,
    query: noQuery,
    body: z.discriminatedUnion('resolution', [
      z.strictObject({
        resolution: z.enum([
          'cancel',
          'resume',
          'return',
          'reattempt',
          'returned',
          'lost',
          'settle_hand_over',
          'restart',
        ]),
      }),
      z.strictObject({ resolution: z.literal('hand_over'), meetAt: z.optional(meetingPlace) }),
    ]),
  },
} as const satisfies Record<string, OperationSchema>;
