import {
  type Application,
  type ApplicationCommand,
  decideApplication,
  newApplication,
  turnOf,
  wantedForApproval,
} from '../domain/application.ts';
import type { Driver } from '../domain/fleet.ts';
import type { ApplicationId, MallId } from '../domain/ids.ts';
import { vehiclesOf } from '../domain/provider.ts';
import { isRejection, type Rejection, reject } from '../domain/rejection.ts';
import { epochMs, type Instant } from '../domain/time.ts';
import { type ActOutcome, act, asItWas, ofNoAggregate, once, type RepeatableRequest } from './act.ts';
import { capabilityHash } from './capability.ts';
import { type Database, hasExpired, type Write } from './database.ts';
import { allMalls, findMall } from './directory-reader.ts';
import {
  documentOf,
  documentView,
  papersOf,
  refuseMissingPicture,
  requiredView,
  type ShownDocument,
} from './papers.ts';
import { personalExpiresAt } from './personal.ts';
import type { ProofStore, Randomness } from './ports.ts';
import { applicationItem, keys } from './records.ts';
import { load } from './situations.ts';

export interface JoiningPorts {
  database: Database;
  pictures: ProofStore;
  randomness: Randomness;
}

/** Who somebody is and how they are reached. */
export interface Reach {
  name: string;
  email: string;
  phone: string;
}

/** Who applied: kept apart from the application, and gone some time after it has ended. */
export interface ApplicantRecord {
  /** With the driver instead, once they are one. */
  person?: Reach;
  /** The capability in their link; elsewhere only its hash is kept. */
  token: string;
  /** What operations wrote when they refused. */
  note?: string;
}

export interface ApplyInput extends Reach {
  mallId: MallId;
  vehicle: Driver['vehicle'];
}

/** What somebody has to know before they apply. */
export async function readOpenings({ database }: JoiningPorts): Promise<object> {
  return {
    malls: (await allMalls(database)).map(({ id, name }) => ({ id, name })),
    vehicles: vehiclesOf.gig.map((vehicle) => ({ vehicle, documents: requiredView(vehicle) })),
  };
}

/** The link is in this answer and in that to a repeat, and nowhere else that can be asked. */
export async function applyToDrive(
  { database, randomness }: JoiningPorts,
  { mallId, vehicle, name, email, phone }: ApplyInput,
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  const mall = await findMall(database, mallId);
  if (!mall) {
    return reject('not_found', `There is no mall ${mallId}.`, 'Choose one of GET /v1/join.', { pointer: '/mallId' });
  }
  const id = randomness.id('app', now) as ApplicationId;
  const application = newApplication({ id, mallId, zone: mall.zone, vehicle }, now);
  const applicant: ApplicantRecord = { person: { name, email, phone }, token: randomness.capability() };
  const made = await once(database, byNobody(request), now, {
    body: { applicationId: id },
    also: recordsOf(application, applicant),
  });
  const { applicationId } = made.body as { applicationId: ApplicationId };
  const kept = await load<ApplicantRecord>(database.get(keys.applicant(applicationId)));
  return { ...made, status: 201, body: { applicationId, token: kept?.token } };
}

/** What the holder of the link may see. An unknown link and one whose application was erased look the same. */
export async function readOwnApplication(
  { database }: JoiningPorts,
  token: string,
  now: Instant,
): Promise<object | Rejection> {
  const application = await findByToken(database, token, now);
  if (!application) return unknownLink();
  const [applicant, mall] = await Promise.all([
    load<ApplicantRecord>(database.get(keys.applicant(application.id))),
    findMall(database, application.mallId),
  ]);
  return {
    now,
    ...ownView(application, now),
    name: applicant?.person?.name,
    mallName: mall?.name,
    note: applicant?.note,
  };
}

/** Where a picture of a paper may be put. A repeat gets the same document with a fresh link. */
export async function createDocumentUpload(
  { database, pictures, randomness }: JoiningPorts,
  token: string,
  contentType: string,
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  const documentId = randomness.id('doc', now);
  const made = await act(database, byNobody(request), now, {
    load: async () => {
      const application = await findByToken(database, token, now);
      if (!application) return unknownLink();
      const { id, status } = application;
      if (status === 'open') return ofNoAggregate;
      return reject('application_ended', `Application ${id} was ${status}.`, 'It needs no document any more.');
    },
    decide: asItWas,
    reply: () => ({ status: 200, body: { documentId, contentType } }),
  });
  if (isRejection(made)) return made;
  const body = made.body as { documentId: string; contentType: string };
  const application = await findByToken(database, token, now);
  if (!application) return unknownLink();
  const key = `${papersOf(application.id)}${body.documentId}`;
  return { ...made, body: { ...body, uploadUrl: await pictures.uploadUrl(key, body.contentType) } };
}

export function submitDocument(
  ports: JoiningPorts,
  token: string,
  shown: ShownDocument,
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  return changeOwn(ports, token, request, now, async (application) => {
    const document = documentOf(application.id, shown);
    return (await refuseMissingPicture(ports.pictures, document)) ?? { type: 'submit', document };
  });
}

export function withdrawApplication(
  ports: JoiningPorts,
  token: string,
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  return changeOwn(ports, token, request, now, async () => ({ type: 'withdraw' }));
}

function changeOwn(
  { database }: JoiningPorts,
  token: string,
  request: RepeatableRequest,
  now: Instant,
  commandFor: (application: Application) => Promise<ApplicationCommand | Rejection>,
): Promise<ActOutcome | Rejection> {
  let next: Application;
  let writes: Write[] = [];
  return act(database, byNobody(request), now, {
    load: async () => {
      const application = await findByToken(database, token, now);
      if (!application) return unknownLink();
      const command = await commandFor(application);
      const decided = isRejection(command) ? command : decideApplication(application, command, now);
      if (isRejection(decided)) return decided;
      next = decided;
      writes = applicationWrites(application, decided);
      return ofNoAggregate;
    },
    decide: asItWas,
    also: () => writes,
    reply: () => ({ status: 200, body: ownView(next, now) }),
  });
}

/** None where nothing has changed. */
export function applicationWrites(before: Application, after: Application): Write[] {
  if (after === before) return [];
  const item = applicationItem({ ...after, version: before.version + 1 });
  return [{ kind: 'put', table: 'catalogue', item, ifVersion: before.version === 0 ? 'absent' : before.version }];
}

function recordsOf(application: Application, applicant: ApplicantRecord): Write[] {
  const expiresAt = personalExpiresAt(application.appliedAt);
  const { pk, sk } = keys.applicant(application.id);
  const link = keys.joining(capabilityHash(applicant.token));
  return [
    { kind: 'put', table: 'catalogue', item: applicationItem({ ...application, version: 1 }), ifVersion: 'absent' },
    { kind: 'put', table: 'personal', item: { pk, sk, data: applicant, expiresAt }, ifVersion: 'absent' },
    {
      kind: 'put',
      table: 'requests',
      item: { pk: link.pk, sk: link.sk, applicationId: application.id, expiresAt },
      ifVersion: 'absent',
    },
  ];
}

async function findByToken(database: Database, token: string, now: Instant): Promise<Application | null> {
  const link = await database.get(keys.joining(capabilityHash(token)));
  if (!link || hasExpired(link, epochMs(now))) return null;
  const application = await load<Application>(database.get(keys.application(link.applicationId as ApplicationId)));
  return application?.erasedAt ? null : application;
}

function ownView(application: Application, now: Instant) {
  const { id, mallId, vehicle, status, documents, check, appliedAt, endedAt, refusal, lapsed } = application;
  return {
    id,
    mallId,
    vehicle,
    status,
    turn: turnOf(application, now),
    wanted: status === 'open' ? wantedForApproval(application, now) : [],
    required: requiredView(vehicle),
    documents: documents.map(documentView),
    // What came of it, operations tell, or refuse by.
    isChecked: check !== null && check.outcome !== 'pending',
    appliedAt,
    endedAt,
    refusal,
    lapsed,
  };
}

function unknownLink(): Rejection {
  return reject(
    'not_found',
    'This link shows no application.',
    'It may be over: whoever wants to drive applies again.',
  );
}

/** The path holds the link, and nobody has signed in: neither goes into the audit. */
function byNobody({ by: _, on: __, ...request }: RepeatableRequest): RepeatableRequest {
  return request;
}
