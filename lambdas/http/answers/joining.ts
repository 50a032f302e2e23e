import * as z from 'zod/mini';
import { applicationRefusals, checkOutcomes } from '../../domain/application.ts';
import { documentKinds, documentRefusals } from '../../domain/documents.ts';
import { clearanceFields, driverFields, suspensionWithTexts } from './drivers.ts';
import { count, instant, name, text } from './parts.ts';

const kind = z.enum(documentKinds);
const day = z.iso.date();
const vehicle = driverFields.vehicle;

const required = z.array(z.strictObject({ kind, why: text, runsOut: z.enum(['always', 'sometimes']) }));

const documentFields = {
  id: text,
  kind,
  status: z.enum(['submitted', 'accepted', 'refused']),
  expiresOn: z.optional(day),
  submittedAt: instant,
  decidedAt: z.optional(instant),
  refusal: z.optional(z.enum(documentRefusals)),
};
const document = name('Document', z.strictObject(documentFields));
const documentWithPicture = z.strictObject({ ...documentFields, pictureUrl: z.url() });

export const documentLink = z.strictObject({ documentId: text, uploadUrl: z.url(), contentType: text });

export const openings = z.strictObject({
  malls: z.array(z.strictObject({ id: text, name: text })),
  vehicles: z.array(z.strictObject({ vehicle, documents: required })),
});

const rowFields = {
  id: text,
  mallId: text,
  vehicle,
  status: z.enum(['open', 'approved', 'refused', 'withdrawn']),
  turn: z.nullable(z.enum(['applicant', 'operations'])),
  wanted: z.array(z.enum([...documentKinds, 'background_check'])),
  appliedAt: instant,
};
const endFields = {
  endedAt: z.optional(instant),
  refusal: z.optional(z.enum(applicationRefusals)),
  lapsed: z.optional(z.literal(true)),
};

const ownFields = {
  ...rowFields,
  required,
  documents: z.array(document),
  isChecked: z.boolean(),
  ...endFields,
};
/** As whoever applied sees it. */
export const ownApplication = name('OwnApplication', z.strictObject(ownFields));
export const ownApplicationRead = z.strictObject({
  now: instant,
  ...ownFields,
  name: z.optional(text),
  mallName: z.optional(text),
  note: z.optional(text),
});

const listedFields = { ...rowFields, movedAt: instant };
export const rowOfApplication = z.strictObject({ ...listedFields, name: z.optional(text) });
/** As operations see it. */
const applicationFields = {
  ...listedFields,
  check: z.nullable(z.strictObject({ reference: text, outcome: z.enum(checkOutcomes), at: instant })),
  ...endFields,
  driverId: z.optional(text),
  erasedAt: z.optional(instant),
};
export const application = name('Application', z.strictObject(applicationFields));
const reach = z.strictObject({ name: text, email: text, phone: text });
export const applicationInFull = z.strictObject({
  now: instant,
  ...applicationFields,
  documents: z.array(documentWithPicture),
  applicant: z.nullable(reach),
  note: z.optional(text),
});

const dossierFields = { ...clearanceFields, required, documents: z.array(document) };
/** The papers of a driver. */
export const dossier = name('Dossier', z.strictObject(dossierFields));

export const rowOfDriver = z.strictObject({ ...driverFields, ...clearanceFields, undecided: count });
export const driverInFull = z.strictObject({
  now: instant,
  ...driverFields,
  ...dossierFields,
  documents: z.array(documentWithPicture),
  contact: z.nullable(reach),
  suspension: z.nullable(suspensionWithTexts),
});
