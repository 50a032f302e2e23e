import * as z from 'zod/mini';
import { applicationRefusals, checkOutcomes } from '../../domain/application.ts';
import { documentKinds, documentRefusals } from '../../domain/documents.ts';
import { vehiclesOf } from '../../domain/provider.ts';
import { suspensionReasons } from '../../domain/suspension.ts';
import { id, noParams, noQuery, nothing, type OperationSchema, pageQuery, text } from './parts.ts';

const linkParams = z.strictObject({
  token: z.string().check(z.regex(/^[A-Za-z0-9_-]{22}$/, 'must be the 22 characters of the link')),
});
const applicationParams = z.strictObject({ applicationId: id });
const driverParams = z.strictObject({ driverId: id });

const documentId = z
  .string()
  .check(z.regex(/^doc_[0-9a-z]{26}$/, 'must be a documentId that was given with a link to upload to'));

const upload = z.strictObject({ contentType: z.enum(['image/jpeg', 'image/png', 'image/webp']) });

const shownDocument = z.strictObject({
  documentId,
  kind: z.enum(documentKinds),
  expiresOn: z.optional(z.iso.date('must be a day YYYY-MM-DD')),
});

const verdict = z.discriminatedUnion('outcome', [
  z.strictObject({ outcome: z.literal('accepted') }),
  z.strictObject({ outcome: z.literal('refused'), reason: z.enum(documentRefusals) }),
]);

/** What is asked by and of people who want to drive, and of drivers as far as that concerns whether they may. */
export const joiningSchemas = {
  readDocuments: {
    summary: 'Read your papers: what your vehicle demands, what you have shown, what runs out.',
    params: noParams,
    query: noQuery,
    body: nothing,
  },
  createDriverDocumentUpload: {
    summary: 'Get a link to upload a picture of one of your papers to.',
    params: noParams,
    query: noQuery,
    body: upload,
  },
  submitDriverDocument: {
    summary: 'Show a paper whose picture you have uploaded; what counts until then goes on counting.',
    params: noParams,
    query: noQuery,
    body: shownDocument,
  },
  appealSuspension: {
    summary: 'Say why your suspension is wrong, once; operations answer.',
    params: noParams,
    query: noQuery,
    body: z.strictObject({ text: text(2000) }),
  },
  readOpenings: {
    summary: 'Read where one can drive, and which papers each vehicle demands.',
    params: noParams,
    query: noQuery,
    body: nothing,
  },
  applyToDrive: {
    summary: 'Apply to drive. The answer has the token of your link, which shows your application and nothing else.',
    params: noParams,
    query: noQuery,
    body: z.strictObject({
      name: text(80),
      email: z.email().check(z.maxLength(200)),
      phone: z.string().check(z.regex(/^\+?[0-9][0-9 ()./-]{5,24}$/, 'must be a phone number')),
      mallId: id,
      vehicle: z.enum(vehiclesOf.gig),
      agreesToCheck: z.literal(true, 'must be true: nobody drives without a background check'),
    }),
  },
  readOwnApplication: {
    summary: 'Read your application by its link.',
    params: linkParams,
    query: noQuery,
    body: nothing,
  },
  createDocumentUpload: {
    summary: 'Get a link to upload a picture of a paper to.',
    params: linkParams,
    query: noQuery,
    body: upload,
  },
  submitDocument: {
    summary: 'Show a paper whose picture you have uploaded.',
    params: linkParams,
    query: noQuery,
    body: shownDocument,
  },
  withdrawApplication: { summary: 'Withdraw your application.', params: linkParams, query: noQuery, body: nothing },
  listApplications: {
    summary: 'List applications: open ones, whoever has waited longest first, or those refused and withdrawn.',
    params: noParams,
    query: z.extend(pageQuery, { state: z._default(z.enum(['open', 'ended']), 'open') }),
    body: nothing,
  },
  inspectApplication: {
    summary: 'Read an application with who it is and links to the pictures, which last for five minutes.',
    params: applicationParams,
    query: noQuery,
    body: nothing,
  },
  judgeApplicationDocument: {
    summary: 'Accept a paper of an applicant, or refuse it for a reason that they read.',
    params: z.extend(applicationParams, { documentId }),
    query: noQuery,
    body: verdict,
  },
  recordCheck: {
    summary: 'Record what came of the background check, by its reference.',
    params: applicationParams,
    query: noQuery,
    body: z.strictObject({ outcome: z.enum(checkOutcomes), reference: z.optional(text(80)) }),
  },
  approveApplication: {
    summary: 'Make the applicant a driver and invite them to sign in, once all papers and the check are fine.',
    params: applicationParams,
    query: noQuery,
    body: nothing,
  },
  refuseApplication: {
    summary: 'Refuse an application, for a reason that the applicant reads.',
    params: applicationParams,
    query: noQuery,
    body: z.strictObject({ reason: z.enum(applicationRefusals), note: z.optional(text(500)) }),
  },
  listDrivers: {
    summary: 'List drivers who are suspended, or whose papers run out within 30 days or wait to be looked at.',
    params: noParams,
    query: z.extend(pageQuery, { list: z._default(z.enum(['suspended', 'papers']), 'papers') }),
    body: nothing,
  },
  inspectDriver: {
    summary: 'Read a driver: standing, papers with links to the pictures, how to reach them.',
    params: driverParams,
    query: noQuery,
    body: nothing,
  },
  judgeDriverDocument: {
    summary: 'Accept a paper of a driver, or refuse it for a reason that they read.',
    params: z.extend(driverParams, { documentId }),
    query: noQuery,
    body: verdict,
  },
  suspendDriver: {
    summary: 'Suspend a driver: no offers from now on, the open one is withdrawn, a run under way is finished.',
    params: driverParams,
    query: noQuery,
    body: z.strictObject({ reason: z.enum(suspensionReasons), note: z.optional(text(500)) }),
  },
  reinstateDriver: {
    summary: 'Let a suspended driver work again; an appeal is granted by it.',
    params: driverParams,
    query: noQuery,
    body: z._default(z.strictObject({ answer: z.optional(text(500)) }), {}),
  },
  upholdSuspension: {
    summary: 'Answer an appeal: the suspension stays.',
    params: driverParams,
    query: noQuery,
    body: z.strictObject({ answer: text(500) }),
  },
} as const satisfies Record<string, OperationSchema>;
