import {
  type Document,
  type DocumentKind,
  documentsMissing,
  judgeDocument,
  submitDocument,
  type Verdict,
  wordsFor,
} from './documents.ts';
import type { Driver } from './fleet.ts';
import type { ApplicationId, DriverId, MallId } from './ids.ts';
import { isRejection, type Rejection, reject } from './rejection.ts';
import { type Instant, plusMinutes } from './time.ts';

export const applicationRefusals = [
  'check_failed',
  'documents_not_valid',
  'not_old_enough',
  'no_need_here',
  'applied_before',
  'other',
] as const;
export type ApplicationRefusal = (typeof applicationRefusals)[number];

export const checkOutcomes = ['pending', 'clear', 'consider', 'failed'] as const;

/** What came of looking into somebody's past, by whoever does so for the operator; what it says stays with them. */
export interface BackgroundCheck {
  /** By which whoever made it finds it again. */
  reference: string;
  outcome: (typeof checkOutcomes)[number];
  at: Instant;
}

/** Somebody wants to drive. Who that is, is kept elsewhere: nothing here tells. */
export interface Application {
  id: ApplicationId;
  version: number;
  mallId: MallId;
  /** Of the mall: days end there. */
  zone: string;
  vehicle: Driver['vehicle'];
  status: 'open' | 'approved' | 'refused' | 'withdrawn';
  /** Of whoever is approved they are kept with the driver. */
  documents: Document[];
  check: BackgroundCheck | null;
  appliedAt: Instant;
  /** When anything was last done about it. */
  movedAt: Instant;
  endedAt?: Instant;
  refusal?: ApplicationRefusal;
  /** Nobody had done anything for so long that it ended by itself. */
  lapsed?: true;
  driverId?: DriverId;
  /** Name, address, phone and pictures are gone. */
  erasedAt?: Instant;
}

export type ApplicationCommand =
  | { type: 'submit'; document: Pick<Document, 'id' | 'kind' | 'key' | 'expiresOn'> }
  | { type: 'judge'; documentId: string; verdict: Verdict }
  | { type: 'record_check'; reference: string; outcome: BackgroundCheck['outcome'] }
  | { type: 'approve'; driverId: DriverId }
  | { type: 'refuse'; reason: ApplicationRefusal }
  | { type: 'withdraw' }
  | { type: 'lapse' }
  | { type: 'erase' };

/** Nobody is kept waiting, or on file, for longer than a season by an application that nobody moves. */
export const lapsesAfterDays = 60;
/** So long whoever was refused may ask why, or say that it is not true. */
export const keptAfterDays = 60;

export function newApplication(
  applied: Pick<Application, 'id' | 'mallId' | 'zone' | 'vehicle'>,
  now: Instant,
): Application {
  return { ...applied, version: 0, status: 'open', documents: [], check: null, appliedAt: now, movedAt: now };
}

/** The one way in which an application changes; the very same object where nothing does. */
export function decideApplication(
  application: Application,
  command: ApplicationCommand,
  now: Instant,
): Application | Rejection {
  if (command.type === 'erase') return erase(application, now);
  if (application.status !== 'open') return afterTheEnd(application, command);
  switch (command.type) {
    case 'submit':
      return withDocuments(
        application,
        submitDocument(application.documents, command.document, application.zone, now),
        now,
      );
    case 'judge': {
      const { documentId, verdict } = command;
      const judged = judgeDocument(application.documents, documentId, verdict, application.zone, now);
      return withDocuments(application, judged, now);
    }
    case 'record_check': {
      const { reference, outcome } = command;
      if (application.check?.reference === reference && application.check.outcome === outcome) return application;
      return { ...application, check: { reference, outcome, at: now }, movedAt: now };
    }
    case 'approve':
      return (
        refuseApproval(application, now) ??
        end(application, { status: 'approved', driverId: command.driverId, documents: [] }, now)
      );
    case 'refuse':
      return end(application, { status: 'refused', refusal: command.reason }, now);
    case 'withdraw':
      return end(application, { status: 'withdrawn' }, now);
    case 'lapse':
      return now < lapsesAt(application)
        ? reject('not_due', `Application ${application.id} lapses at ${lapsesAt(application)}.`, 'Wait until then.')
        : end(application, { status: 'withdrawn', lapsed: true }, now);
  }
}

/** What stands between an application and its approval. */
export function wantedForApproval(application: Application, now: Instant): (DocumentKind | 'background_check')[] {
  const { documents, vehicle, zone, check } = application;
  return [
    ...documentsMissing(documents, vehicle, zone, now),
    ...(check?.outcome === 'clear' ? [] : (['background_check'] as const)),
  ];
}

/** Whose turn it is: of what the vehicle demands the applicant still owes a picture, or operations a word. */
export function turnOf(application: Application, now: Instant): 'applicant' | 'operations' | null {
  if (application.status !== 'open') return null;
  if (application.documents.some(({ status }) => status === 'submitted')) return 'operations';
  const { documents, vehicle, zone } = application;
  return documentsMissing(documents, vehicle, zone, now).length > 0 ? 'applicant' : 'operations';
}

export function lapsesAt({ movedAt }: Application): Instant {
  return plusMinutes(movedAt, lapsesAfterDays * 24 * 60);
}

/** When who it was has to be gone. Of whoever was approved it is the driver's, and none of this any more. */
export function erasedBy({ status, endedAt }: Application): Instant | null {
  return endedAt && status !== 'approved' ? plusMinutes(endedAt, keptAfterDays * 24 * 60) : null;
}

function refuseApproval(application: Application, now: Instant): Rejection | undefined {
  const wanted = wantedForApproval(application, now);
  if (wanted.length === 0) return;
  const { check } = application;
  const says = wanted.map((one) =>
    one === 'background_check'
      ? `the background check is ${check ? check.outcome : 'not made'}`
      : `no valid ${wordsFor(one)} is accepted`,
  );
  return reject(
    'application_incomplete',
    `Application ${application.id} cannot be approved: ${says.join(', ')}.`,
    'Decide on its documents and record the check, or refuse it.',
    { current: { wanted } },
  );
}

function withDocuments(
  application: Application,
  documents: Document[] | Rejection,
  now: Instant,
): Application | Rejection {
  if (isRejection(documents)) return documents;
  if (JSON.stringify(documents) === JSON.stringify(application.documents)) return application;
  return { ...application, documents, movedAt: now };
}

function end(
  application: Application,
  outcome: Pick<Application, 'status'> & Partial<Application>,
  now: Instant,
): Application {
  return { ...application, ...outcome, movedAt: now, endedAt: now };
}

/** Saying again how it ended changes nothing. */
function afterTheEnd(application: Application, command: ApplicationCommand): Application | Rejection {
  const { status, refusal, endedAt } = application;
  const isSame =
    (command.type === 'approve' && status === 'approved') ||
    (command.type === 'refuse' && status === 'refused' && command.reason === refusal) ||
    ((command.type === 'withdraw' || command.type === 'lapse') && status === 'withdrawn');
  if (isSame) return application;
  return reject(
    'application_ended',
    `Application ${application.id} was ${status} at ${endedAt}.`,
    'Whoever wants to drive may apply again.',
    { current: { status } },
  );
}

function erase(application: Application, now: Instant): Application | Rejection {
  if (application.erasedAt) return application;
  const due = erasedBy(application);
  if (!due) {
    return reject(
      'application_open',
      `Application ${application.id} is ${application.status}: there is somebody whom it concerns.`,
      'Only one that was refused or withdrawn is erased.',
    );
  }
  if (now < due) return reject('not_due', `Application ${application.id} is kept until ${due}.`, 'Wait until then.');
  return { ...application, documents: [], erasedAt: now };
}
