import * as z from 'zod/mini';
import { awayReasons } from '../../domain/away.ts';
import { stopKinds } from '../../domain/fleet.ts';
import type { Instant } from '../../domain/time.ts';
import { stopFailures } from '../../domain/undeliverable.ts';
import {
  accuracyMetres,
  cents,
  id,
  instantText,
  label,
  labels,
  noParams,
  noQuery,
  nothing,
  type OperationSchema,
  occurredAt,
  orderParams,
  pageQuery,
  position,
  runCode,
  text,
  whereabouts,
} from './parts.ts';

const offerParams = z.strictObject({ offerId: id });

const blockParams = z.strictObject({ blockId: id });

/** Also asked of what is no instant, which is told of by itself. */
function isBlock(startsAt: Instant, endsAt: Instant): boolean {
  const hours = (Date.parse(endsAt) - Date.parse(startsAt)) / 3_600_000;
  return Number.isNaN(hours) || (hours > 0 && hours <= 12);
}

const stopId = z
  .string()
  .check(
    z.regex(new RegExp(`^(${stopKinds.join('|')})-[A-Za-z0-9_.:-]{1,80}$`), 'must be the id of a stop in your run'),
  );

const stopParams = z.strictObject({ stopId });
const doorStopId = z
  .string()
  .check(z.regex(/^dropoff-[A-Za-z0-9_.:-]{1,80}$/, 'must be the id of a door in your run: a dropoff'));

/** Where the phone was, and why that is not at the stop. */
const presence = { whereabouts: z.optional(whereabouts), awayReason: z.optional(z.enum(awayReasons)) };

const completeStop = z.strictObject({
  occurredAt,
  ...presence,
  labels: z._default(labels, []),
  leaveMissing: z._default(z.boolean(), false),
  refusedLabels: z._default(labels, []),
  proof: z.optional(
    z.discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('photo'),
        photoKey: z
          .string()
          .check(z.regex(/^proofs\/[A-Za-z0-9_.:/-]{1,200}$/, 'must be a photoKey from /v1/driver/proofs')),
      }),
      z.strictObject({ kind: z.literal('pin'), pin: z.string().check(z.regex(/^\d{6}$/, 'must be six digits')) }),
    ]),
  ),
});

const failStop = z.strictObject({
  occurredAt,
  reason: z.enum(stopFailures),
  evidence: z._default(
    z.strictObject({
      contactAttempts: z.optional(z.int().check(z.minimum(0), z.maximum(20))),
      photoKey: z.optional(
        z.string().check(z.regex(/^proofs\/[A-Za-z0-9_.:/-]{1,200}$/, 'must be a photoKey from /v1/driver/proofs')),
      ),
      position: z.optional(position),
      note: z.optional(text(500)),
    }),
    {},
  ),
});

/** What drivers ask of their shift, offers and run. */
export const driversSchemas = {
  getDriver: { summary: 'Read your shift, offer and run.', params: noParams, query: noQuery, body: nothing },
  startShift: { summary: 'Start a shift: offers may come.', params: noParams, query: noQuery, body: nothing },
  endShift: {
    summary: 'End the shift; an open offer counts as declined.',
    params: noParams,
    query: noQuery,
    body: nothing,
  },
  reportPositions: {
    summary: 'Report positions in a batch; late and repeated ones are fine.',
    params: noParams,
    query: noQuery,
    body: z.strictObject({
      positions: z
        .array(z.strictObject({ at: instantText, position, accuracyMetres }))
        .check(z.minLength(1), z.maxLength(100)),
    }),
  },
  listOffers: { summary: 'List the offers that are open for you.', params: noParams, query: noQuery, body: nothing },
  acceptOffer: {
    summary: 'Accept an offer as you saw it.',
    params: offerParams,
    query: noQuery,
    body: z.strictObject({ version: z.int().check(z.minimum(1)) }),
  },
  declineOffer: { summary: 'Decline an offer; it costs nothing.', params: offerParams, query: noQuery, body: nothing },
  getRun: {
    summary: 'Read the run under way with its stops, doors and pay.',
    params: noParams,
    query: noQuery,
    body: nothing,
  },
  departForStop: {
    summary: 'Say that you are on the way to a stop.',
    params: stopParams,
    query: noQuery,
    body: z._default(z.strictObject({ occurredAt }), {}),
  },
  arriveAtStop: {
    summary: 'Say that you are at a stop.',
    params: stopParams,
    query: noQuery,
    body: z._default(z.strictObject({ occurredAt, ...presence }), {}),
  },
  scanAtStop: {
    summary: 'Check the label of one parcel at a stop.',
    params: stopParams,
    query: noQuery,
    body: z.strictObject({ label, occurredAt }),
  },
  completeStop: {
    summary: 'Finish a stop: parcels collected, delivered with proof, or returned.',
    params: stopParams,
    query: noQuery,
    body: z._default(completeStop, { labels: [], leaveMissing: false, refusedLabels: [] }),
  },
  failStop: {
    summary: 'Say why a stop cannot be done, with the evidence that the reason demands.',
    params: stopParams,
    query: noQuery,
    body: failStop,
  },
  giveParcels: {
    summary:
      "Record the giving driver's side of a hand-over: the code on the other's phone, and the parcels. A late record is compared with the other's.",
    params: orderParams,
    query: noQuery,
    body: z.strictObject({ runCode, labels, occurredAt }),
  },
  applyBlock: {
    summary: 'Publish hours for drivers to book, with a guaranteed minimum; hours that are booked stay as they are.',
    params: z.strictObject({ mallId: id, blockId: id }),
    query: noQuery,
    body: z
      .strictObject({
        startsAt: instantText,
        endsAt: instantText,
        places: z.int().check(z.minimum(0), z.maximum(200)),
        guaranteedCentsPerHour: cents,
      })
      .check(
        z.refine(({ startsAt, endsAt }) => isBlock(startsAt, endsAt), {
          error: 'must be after startsAt, and at most twelve hours',
          path: ['endsAt'],
        }),
      ),
  },
  listBlocks: {
    summary: 'List the blocks of a mall that are not over, with who has booked them.',
    params: z.strictObject({ mallId: id }),
    query: noQuery,
    body: nothing,
  },
  listBlocksForDriver: {
    summary: 'List the blocks of your mall: what you may book, have booked, or are working.',
    params: noParams,
    query: noQuery,
    body: nothing,
  },
  bookBlock: { summary: 'Book a block, if a place is free.', params: blockParams, query: noQuery, body: nothing },
  forfeitBlock: {
    summary: 'Give a block back; 45 minutes before its start or earlier it costs nothing, later it counts as missed.',
    params: blockParams,
    query: noQuery,
    body: nothing,
  },
  checkIn: {
    summary: 'Say that you are there for a booked block: your shift begins with it.',
    params: blockParams,
    query: noQuery,
    body: nothing,
  },
  listEarnings: {
    summary:
      'List what you earned, newest first, line by line: runs by when you accepted them, tips by when they were given.',
    params: noParams,
    query: z.extend(pageQuery, { from: z.optional(instantText), to: z.optional(instantText) }).check(
      z.refine(({ from, to }) => !from || !to || from <= to, {
        error: 'must not end before it begins',
        path: ['to'],
      }),
    ),
    body: nothing,
  },
  createProofUpload: {
    summary: 'Get a link to upload a photo of a door to; once it is there, name its photoKey as proof or evidence.',
    params: noParams,
    query: noQuery,
    body: z.strictObject({ contentType: z.enum(['image/jpeg', 'image/png', 'image/webp']), stopId: doorStopId }),
  },
} as const satisfies Record<string, OperationSchema>;
