import { type Document, documentRules, requiredDocuments } from '../domain/documents.ts';
import type { Driver } from '../domain/fleet.ts';
import type { ApplicationId, DriverId } from '../domain/ids.ts';
import { type Rejection, reject } from '../domain/rejection.ts';
import type { ProofStore } from './ports.ts';

/** What somebody shows, as they name it; the picture is there already. */
export interface ShownDocument {
  documentId: string;
  kind: Document['kind'];
  expiresOn?: string | undefined;
}

/** Below it lie all pictures of the papers of one person. */
export function papersOf(holder: ApplicationId | DriverId): string {
  return `documents/${holder}/`;
}

export function documentOf(holder: ApplicationId | DriverId, { documentId: id, kind, expiresOn }: ShownDocument) {
  return { id, kind, key: `${papersOf(holder)}${id}`, ...(expiresOn && { expiresOn }) };
}

/** A picture is there before anybody is asked to look at it. */
export async function refuseMissingPicture(
  pictures: ProofStore,
  { id, key }: Pick<Document, 'id' | 'key'>,
): Promise<Rejection | undefined> {
  if (await pictures.has(key)) return;
  return reject(
    'document_not_uploaded',
    `The picture of document ${id} has not been uploaded yet.`,
    'Upload it to its link, then send this again; ask for the link again with the same Idempotency-Key if it ran out.',
    { pointer: '/documentId' },
  );
}

/** What a vehicle demands, and why. */
export function requiredView(vehicle: Driver['vehicle']) {
  return requiredDocuments[vehicle].map((kind) => ({ kind, ...documentRules[kind] }));
}

export function documentView({ id, kind, status, expiresOn, submittedAt, decidedAt, refusal }: Document) {
  return { id, kind, status, expiresOn, submittedAt, decidedAt, refusal };
}

/** With a link to the picture, for whoever decides on it. */
export async function documentsWithPictures(pictures: ProofStore, documents: readonly Document[]) {
  return Promise.all(
    documents.map(async (document) => ({
      ...documentView(document),
      pictureUrl: await pictures.viewUrl(document.key),
    })),
  );
}
