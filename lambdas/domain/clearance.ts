import {
  type CarriedDocument,
  carriedDocuments,
  type Document,
  type DocumentKind,
  documentsMissing,
  requiredDocuments,
  wordsFor,
} from './documents.ts';
import type { Driver } from './fleet.ts';
import { type Rejection, reject } from './rejection.ts';
import { type Decision, SituationDraft } from './situation.ts';
import { type Instant, plusMinutes } from './time.ts';

/** So long before a document runs out its holder and operations see that it will. */
export const noticeDays = 30;

/** What the papers of a driver come to: they may be offered runs while nothing has lapsed and nothing is missing. */
export interface Clearance {
  /** Ran out. */
  lapsed: CarriedDocument[];
  /** The vehicle demands it, and none was ever accepted. */
  missing: DocumentKind[];
  /** Counts still, and runs out within the notice. */
  ending: CarriedDocument[];
}

type Holder = Pick<Driver, 'vehicle' | 'documents'>;

/**
 * Only what the vehicle demands is looked at. A driver whom operations made by hand carries no documents and is cleared
 * by their word, until all that their vehicle demands has been shown and accepted once.
 */
export function clearance({ vehicle, documents }: Holder, now: Instant): Clearance {
  const found: Clearance = { lapsed: [], missing: [], ending: [] };
  if (!documents) return found;
  const noticed = plusMinutes(now, noticeDays * 24 * 60);
  for (const kind of requiredDocuments[vehicle]) {
    const carried = documents.find((one) => one.kind === kind);
    if (!carried) found.missing.push(kind);
    else if (carried.until && carried.until <= now) found.lapsed.push(carried);
    else if (carried.until && carried.until <= noticed) found.ending.push(carried);
  }
  return found;
}

/**
 * The driver carries what was accepted, if that is all that their vehicle demands, or they carried some before: from
 * then on it counts.
 */
export function carryDocuments(driver: Driver, shown: readonly Document[], zone: string, now: Instant): Decision {
  const draft = new SituationDraft({ orders: [], offer: null, run: null, driver }, now);
  const isComplete = documentsMissing(shown, driver.vehicle, zone, now).length === 0;
  const carried = carriedDocuments(shown, zone);
  if ((isComplete || driver.documents) && !isSame(carried, driver.documents)) {
    draft.driver!.documents = carried;
    draft.emit('driver', 'driver.documents_changed', { kinds: carried.map(({ kind }) => kind) });
  }
  return draft.finish();
}

/** Where they were kept, members may have come into another order. */
function isSame(some: readonly CarriedDocument[], others: readonly CarriedDocument[] = []): boolean {
  const words = (documents: readonly CarriedDocument[]) =>
    documents.map(({ kind, until }) => `${kind} ${until}`).join();
  return words(some) === words(others);
}

export function isCleared(driver: Holder, now: Instant): boolean {
  const { lapsed, missing } = clearance(driver, now);
  return lapsed.length + missing.length === 0;
}

/** Why no work may begin: the account is suspended, or papers ran out. */
export function refuseToBegin(
  driver: Holder & Pick<Driver, 'status' | 'suspension'>,
  now: Instant,
): Rejection | undefined {
  if (driver.status !== 'active') {
    const because = driver.suspension ? ` since ${driver.suspension.since}: ${driver.suspension.reason}` : '';
    return reject(
      'driver_suspended',
      `This account is suspended${because}.`,
      driver.suspension && !driver.suspension.appeal
        ? 'Appeal with POST /v1/driver/appeal, or talk to operations.'
        : 'Talk to operations.',
    );
  }
  const { lapsed, missing } = clearance(driver, now);
  const wanted = [...lapsed.map(({ kind }) => kind), ...missing];
  if (wanted.length === 0) return;
  const says = [
    ...lapsed.map(({ kind, until }) => `your ${wordsFor(kind)} counted until ${until}`),
    ...missing.map((kind) => `you have shown no ${wordsFor(kind)}`),
  ].join('; ');
  return reject(
    'documents_lapsed',
    `${says[0]!.toUpperCase()}${says.slice(1)}.`,
    'Show a valid one with POST /v1/driver/documents; you are back as soon as operations accept it.',
    { current: { documents: wanted } },
  );
}
