import type { Driver } from './fleet.ts';
import type { DriverId } from './ids.ts';
import { localDate, localInstant } from './opening-hours.ts';
import { type Rejection, reject } from './rejection.ts';
import type { Instant } from './time.ts';

export const documentKinds = [
  'identity_document',
  'right_to_work',
  'driving_licence',
  'vehicle_registration',
  'vehicle_insurance',
] as const;
export type DocumentKind = (typeof documentKinds)[number];

/**
 * Why somebody who drives has to show it, and whether it runs out: `sometimes`, as a permit does and what shows that none
 * is needed does not.
 */
export const documentRules: Record<DocumentKind, { why: string; runsOut: 'always' | 'sometimes' }> = {
  identity_document: { why: 'Shoppers and stores hand things to the person who was checked.', runsOut: 'always' },
  right_to_work: { why: 'Nobody may be paid for work that the law does not let them do.', runsOut: 'sometimes' },
  driving_licence: { why: 'A motor vehicle needs one; it shows who its holder is as well.', runsOut: 'always' },
  vehicle_registration: { why: 'The vehicle is the one that may be on the road.', runsOut: 'always' },
  vehicle_insurance: {
    why: 'It pays for whoever is hurt, and personal cover often leaves deliveries out.',
    runsOut: 'always',
  },
};

const ofMotorVehicle = ['driving_licence', 'vehicle_registration', 'vehicle_insurance', 'right_to_work'] as const;
const onOwnFeet = ['identity_document', 'right_to_work'] as const;

/** What has to be shown, by vehicle. */
export const requiredDocuments: Record<Driver['vehicle'], readonly DocumentKind[]> = {
  car: ofMotorVehicle,
  motorcycle: ofMotorVehicle,
  van: ofMotorVehicle,
  bicycle: onOwnFeet,
  walking: onOwnFeet,
};

export const documentRefusals = [
  'unreadable',
  'wrong_document',
  'other_person',
  'other_vehicle',
  'expired',
  'date_differs',
  'not_genuine',
] as const;
export type DocumentRefusal = (typeof documentRefusals)[number];

/** A picture of a paper that somebody has shown, and what operations said of it. */
export interface Document {
  id: string;
  kind: DocumentKind;
  /** Where the picture lies. */
  key: string;
  status: 'submitted' | 'accepted' | 'refused';
  /** The last day on which it counts, `YYYY-MM-DD`; absent where it does not run out. */
  expiresOn?: string;
  submittedAt: Instant;
  decidedAt?: Instant;
  refusal?: DocumentRefusal;
}

/** All that one driver has shown. */
export interface Dossier {
  driverId: DriverId;
  version: number;
  documents: Document[];
}

export function newDossier(driverId: DriverId): Dossier {
  return { driverId, version: 0, documents: [] };
}

export type Verdict = { outcome: 'accepted' } | { outcome: 'refused'; reason: DocumentRefusal };

/** What a driver carries of an accepted document: small, as it is read with every offer. */
export interface CarriedDocument {
  kind: DocumentKind;
  /** From then on it does not count: the end of its last day, where the mall is. */
  until?: Instant;
}

/**
 * Adds a document. One of its kind that nobody has looked at yet, or that was refused, gives way; one that counts stays
 * until the new one does.
 */
export function submitDocument(
  documents: readonly Document[],
  shown: Pick<Document, 'id' | 'kind' | 'key' | 'expiresOn'>,
  zone: string,
  now: Instant,
): Document[] | Rejection {
  if (documents.some(({ id }) => id === shown.id)) return [...documents];
  const { kind, expiresOn } = shown;
  if (!expiresOn && documentRules[kind].runsOut === 'always') {
    return reject('document_undated', `A ${wordsFor(kind)} runs out on a day.`, 'Give that day, as it stands on it.', {
      pointer: '/expiresOn',
    });
  }
  if (expiresOn && expiresOn < localDate(now, zone)) {
    return reject('document_expired', `This ${wordsFor(kind)} ran out on ${expiresOn}.`, 'Show one that is valid.', {
      pointer: '/expiresOn',
    });
  }
  const others = documents.filter((other) => other.kind !== kind || other.status === 'accepted');
  return [...others, { ...shown, status: 'submitted', submittedAt: now }];
}

/** What operations say of a document. Saying the same again changes nothing; the word on a document is said once. */
export function judgeDocument(
  documents: readonly Document[],
  id: string,
  verdict: Verdict,
  zone: string,
  now: Instant,
): Document[] | Rejection {
  const document = documents.find((one) => one.id === id);
  if (!document)
    return reject('not_found', `There is no document ${id}.`, 'Read them again; it may have been replaced.');
  const refusal = verdict.outcome === 'refused' ? verdict.reason : undefined;
  if (document.status !== 'submitted') {
    if (document.status === verdict.outcome && document.refusal === refusal) return [...documents];
    return reject(
      'document_decided',
      `This ${wordsFor(document.kind)} was ${document.status} at ${document.decidedAt}.`,
      'Its holder may show another one.',
      { current: { status: document.status } },
    );
  }
  if (verdict.outcome === 'accepted' && document.expiresOn && document.expiresOn < localDate(now, zone)) {
    return reject(
      'document_expired',
      `This ${wordsFor(document.kind)} ran out on ${document.expiresOn}.`,
      'Refuse it with reason expired; its holder may show another one.',
    );
  }
  const decided: Document = { ...document, status: verdict.outcome, decidedAt: now, ...(refusal && { refusal }) };
  return documents
    .filter((other) => !(decided.status === 'accepted' && other.kind === decided.kind && other.status === 'accepted'))
    .map((other) => (other.id === id ? decided : other));
}

/** What the vehicle demands and nothing accepted shows today. */
export function documentsMissing(
  documents: readonly Document[],
  vehicle: Driver['vehicle'],
  zone: string,
  now: Instant,
): DocumentKind[] {
  const today = localDate(now, zone);
  const shows = ({ kind, status, expiresOn }: Document, wanted: DocumentKind) =>
    kind === wanted && status === 'accepted' && !(expiresOn && expiresOn < today);
  return requiredDocuments[vehicle].filter((kind) => !documents.some((document) => shows(document, kind)));
}

/** The accepted ones, as a driver carries them. */
export function carriedDocuments(documents: readonly Document[], zone: string): CarriedDocument[] {
  return documents
    .filter(({ status }) => status === 'accepted')
    .map(({ kind, expiresOn }) => ({ kind, ...(expiresOn && { until: endOfDay(expiresOn, zone) }) }));
}

/** `driving_licence` as a sentence has it. */
export function wordsFor(kind: DocumentKind): string {
  return kind.replaceAll('_', ' ');
}

function endOfDay(date: string, zone: string): Instant {
  return localInstant(date, '24:00', zone);
}
