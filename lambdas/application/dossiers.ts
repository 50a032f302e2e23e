import { carryDocuments, clearance, isCleared } from '../domain/clearance.ts';
import {
  type Document,
  type Dossier,
  judgeDocument,
  newDossier,
  submitDocument,
  type Verdict,
} from '../domain/documents.ts';
import type { Driver } from '../domain/fleet.ts';
import type { DriverId } from '../domain/ids.ts';
import { isRejection, type Rejection } from '../domain/rejection.ts';
import type { Instant } from '../domain/time.ts';
import { type ActOutcome, act, asItWas, ofNoAggregate, once, type RepeatableRequest } from './act.ts';
import type { Database } from './database.ts';
import { findMall } from './directory-reader.ts';
import {
  documentOf,
  documentView,
  papersOf,
  refuseMissingPicture,
  requiredView,
  type ShownDocument,
} from './papers.ts';
import type { ProofStore, Randomness } from './ports.ts';
import { dossierItem, keys } from './records.ts';
import { load, unknown } from './situations.ts';

export interface DossierPorts {
  database: Database;
  pictures: ProofStore;
}

/** The papers of a driver as they see them: what is demanded, what was shown, what runs out. */
export async function readDossier(
  { database }: Pick<DossierPorts, 'database'>,
  driverId: DriverId,
  now: Instant,
): Promise<object | Rejection> {
  const [driver, dossier] = await Promise.all([
    load<Driver>(database.get(keys.driver(driverId))),
    findDossier(database, driverId),
  ]);
  return driver ? { now, ...dossierView(driver, dossier, now) } : unknown('driver', driverId);
}

/** Where a picture of a paper may be put. A repeat gets the same document with a fresh link. */
export async function createDriverDocumentUpload(
  { database, pictures, randomness }: DossierPorts & { randomness: Randomness },
  driverId: DriverId,
  contentType: string,
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome> {
  const made = await once(database, request, now, {
    body: { documentId: randomness.id('doc', now), contentType },
  });
  const body = made.body as { documentId: string; contentType: string };
  const key = `${papersOf(driverId)}${body.documentId}`;
  return { ...made, body: { ...body, uploadUrl: await pictures.uploadUrl(key, body.contentType) } };
}

export function submitDriverDocument(
  { database, pictures }: DossierPorts,
  driverId: DriverId,
  shown: ShownDocument,
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  return change(database, driverId, request, now, async ({ documents }, zone) => {
    const document = documentOf(driverId, shown);
    const missing = await refuseMissingPicture(pictures, document);
    return missing ?? submitDocument(documents, document, zone, now);
  });
}

/** What operations accept counts from the same instant on. */
export function judgeDriverDocument(
  { database }: Pick<DossierPorts, 'database'>,
  driverId: DriverId,
  { documentId, verdict }: { documentId: string; verdict: Verdict },
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  return change(database, driverId, request, now, async ({ documents }, zone) =>
    judgeDocument(documents, documentId, verdict, zone, now),
  );
}

export async function findDossier(database: Database, driverId: DriverId): Promise<Dossier> {
  return (await load<Dossier>(database.get(keys.dossier(driverId)))) ?? newDossier(driverId);
}

export function dossierView(driver: Driver, { documents }: Dossier, now: Instant) {
  return {
    ...clearanceView(driver, now),
    required: requiredView(driver.vehicle),
    documents: documents.map(documentView),
  };
}

/** Whether papers keep a driver from work, and which soon will. */
export function clearanceView(driver: Driver, now: Instant) {
  return { isCleared: isCleared(driver, now), ...clearance(driver, now) };
}

function change(
  database: Database,
  driverId: DriverId,
  request: RepeatableRequest,
  now: Instant,
  step: (dossier: Dossier, zone: string) => Promise<Document[] | Rejection>,
): Promise<ActOutcome | Rejection> {
  let before: Dossier;
  let next: Dossier;
  let zone: string;
  return act(database, request, now, {
    load: async () => {
      const driver = await load<Driver>(database.get(keys.driver(driverId)));
      const mall = driver && (await findMall(database, driver.mallId));
      if (!driver || !mall) return unknown('driver', driverId);
      before = await findDossier(database, driverId);
      zone = mall.zone;
      const documents = await step(before, zone);
      if (isRejection(documents)) return documents;
      const same = JSON.stringify(documents) === JSON.stringify(before.documents);
      next = same ? before : { ...before, documents };
      return { ...ofNoAggregate, driver };
    },
    decide: (situation) =>
      next === before ? asItWas(situation) : carryDocuments(situation.driver!, next.documents, zone, now),
    also: () => {
      if (next === before) return [];
      const item = dossierItem({ ...next, version: before.version + 1 });
      return [{ kind: 'put', table: 'fleet', item, ifVersion: before.version === 0 ? 'absent' : before.version }];
    },
    reply: ({ situation }) => ({ status: 200, body: dossierView(situation.driver!, next, now) }),
  });
}
