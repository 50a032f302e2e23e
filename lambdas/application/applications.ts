import {
  type Application,
  type ApplicationCommand,
  type ApplicationRefusal,
  type BackgroundCheck,
  decideApplication,
  turnOf,
  wantedForApproval,
} from '../domain/application.ts';
import type { Person } from '../domain/directory.ts';
import { carriedDocuments, newDossier, type Verdict } from '../domain/documents.ts';
import type { Driver } from '../domain/fleet.ts';
import type { ApplicationId, DriverId } from '../domain/ids.ts';
import { isRejection, type Rejection, reject } from '../domain/rejection.ts';
import type { Instant } from '../domain/time.ts';
import { type ActOutcome, act, asItWas, ofNoAggregate, type RepeatableRequest } from './act.ts';
import type { Database, Item, Write } from './database.ts';
import { driverApplied, newDriver } from './directory.ts';
import { type ApplicantRecord, applicationWrites, type Reach } from './joining.ts';
import { documentsWithPictures } from './papers.ts';
import { personWrite, refuseOtherRole } from './people.ts';
import type { BackgroundChecks, Identities, ProofStore, Randomness } from './ports.ts';
import { dataOf, dossierItem, keys, lists } from './records.ts';
import { load, unknown } from './situations.ts';

export interface ApplicationPorts {
  database: Database;
  pictures: ProofStore;
  checks: BackgroundChecks;
  /** Null where the operator has an identity provider of their own. */
  identities: Identities | null;
  randomness: Randomness;
}

export async function listApplications(
  { database }: ApplicationPorts,
  { state, limit, cursor }: { state: 'open' | 'ended'; limit: number; cursor?: string | undefined },
  now: Instant,
): Promise<object> {
  const page = await database.queryIndex({
    table: 'catalogue',
    index: 'lists',
    pk: state === 'open' ? lists.openApplications : lists.endedApplications,
    limit,
    ...(cursor && { cursor }),
  });
  const applications = (await database.getMany(page.keys)).map((item) => dataOf<Application>(item));
  const people = await database.getMany(applications.map(({ id }) => keys.applicant(id)));
  const nameOf = (id: ApplicationId) =>
    (people.find(({ pk }) => pk === keys.applicant(id).pk)?.data as ApplicantRecord | undefined)?.person?.name;
  return {
    now,
    data: applications.map((application) => ({ ...rowOf(application, now), name: nameOf(application.id) })),
    nextCursor: page.cursor ?? null,
  };
}

export async function inspectApplication(
  { database, pictures }: ApplicationPorts,
  id: ApplicationId,
  now: Instant,
): Promise<object | Rejection> {
  const application = await find(database, id);
  if (!application) return unknown('application', id);
  const applicant = await load<ApplicantRecord>(database.get(keys.applicant(id)));
  return {
    now,
    ...applicationView(application, now),
    documents: await documentsWithPictures(pictures, application.documents),
    applicant: applicant?.person ?? null,
    note: applicant?.note,
  };
}

export function judgeApplicationDocument(
  ports: ApplicationPorts,
  id: ApplicationId,
  documentId: string,
  verdict: Verdict,
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  return change(ports.database, id, request, now, async () => ({ type: 'judge', documentId, verdict }));
}

/** With a reference, what operations were told; without one the check is ordered where this installation orders them. */
export function recordCheck(
  { database, checks }: ApplicationPorts,
  id: ApplicationId,
  { outcome, reference }: { outcome: BackgroundCheck['outcome']; reference?: string | undefined },
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  let ordered: Promise<string | null> | undefined;
  return change(database, id, request, now, async (application, person) => {
    const known = reference ?? application.check?.reference;
    if (known) return { type: 'record_check', reference: known, outcome };
    const open = decideApplication(application, { type: 'record_check', reference: 'none', outcome }, now);
    if (isRejection(open)) return open;
    ordered ??= person ? checks.order({ applicationId: id, ...person }) : Promise.resolve(null);
    const made = await ordered;
    if (made) return { type: 'record_check', reference: made, outcome: 'pending' };
    return reject(
      'check_by_hand',
      'Checks are made by hand here: there is nobody to order one from.',
      'Order it where you do, and give its reference.',
      { pointer: '/reference' },
    );
  });
}

export function refuseApplication(
  { database }: ApplicationPorts,
  id: ApplicationId,
  { reason, note }: { reason: ApplicationRefusal; note?: string | undefined },
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  return change(database, id, request, now, async () => ({ type: 'refuse', reason }), note);
}

/**
 * Makes the driver, with their papers and what is known of them, and lets the person sign in: all of it, or nothing but
 * an invitation that opens nothing yet.
 */
export function approveApplication(
  { database, identities, randomness }: ApplicationPorts,
  id: ApplicationId,
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  const driverId = randomness.id('drv', now) as DriverId;
  const role = { kind: 'driver', driverId } as const;
  let invited: Promise<string> | undefined;
  let next: Application;
  let writes: Write[] = [];
  return act(database, request, now, {
    load: async () => {
      const known = await findWithApplicant(database, id);
      if (isRejection(known)) return known;
      const { application, applicant, item } = known;
      const decided = decideApplication(application, { type: 'approve', driverId }, now);
      if (isRejection(decided)) return decided;
      next = decided;
      writes = [];
      if (decided === application) return ofNoAggregate;
      if (!applicant?.person) return unknown('application', id);
      const { name, email } = applicant.person;
      if (identities) {
        invited ??= identities.invite('driver', email);
        const subject = await invited;
        const bound: Item | null = await database.get(keys.person(subject));
        const taken = bound && refuseOtherRole(bound.data as Person, role, email);
        if (taken) return taken;
        writes.push(personWrite({ status: 'active', subject, role, name, email }, bound));
      }
      const contact = keys.contact(driverId);
      const dossier = { ...newDossier(driverId), version: 1, documents: application.documents };
      writes.push(
        ...applicationWrites(application, decided),
        { kind: 'put', table: 'fleet', item: dossierItem(dossier), ifVersion: 'absent' },
        {
          kind: 'put',
          table: 'personal',
          item: { pk: contact.pk, sk: contact.sk, data: applicant.person },
          ifVersion: 'absent',
        },
        // Whoever asks again for their link still gets it.
        {
          kind: 'put',
          table: 'personal',
          item: { ...item!, data: { token: applicant.token } satisfies ApplicantRecord },
          ifVersion: 'any',
        },
      );
      const { mallId, vehicle, zone } = application;
      const driver: Driver = newDriver({ id: driverId, name: firstNameOf(name), mallId, vehicle, status: 'active' });
      return { ...ofNoAggregate, driver: { ...driver, documents: carriedDocuments(application.documents, zone) } };
    },
    decide: (situation) => (situation.driver ? driverApplied(situation, {}, now) : asItWas(situation)),
    also: () => writes,
    reply: () => ({
      status: 200,
      body: { ...applicationView(next, now), signIn: identities ? ('invited' as const) : ('bind' as const) },
    }),
  });
}

function change(
  database: Database,
  id: ApplicationId,
  request: RepeatableRequest,
  now: Instant,
  commandFor: (application: Application, person: Reach | undefined) => Promise<ApplicationCommand | Rejection>,
  note?: string,
): Promise<ActOutcome | Rejection> {
  let next: Application;
  let writes: Write[] = [];
  return act(database, request, now, {
    load: async () => {
      const known = await findWithApplicant(database, id);
      if (isRejection(known)) return known;
      const { application, applicant, item } = known;
      const command = await commandFor(application, applicant?.person);
      const decided = isRejection(command) ? command : decideApplication(application, command, now);
      if (isRejection(decided)) return decided;
      next = decided;
      writes = applicationWrites(application, decided);
      if (note && item && writes.length > 0) {
        const data = { ...applicant, note };
        writes.push({ kind: 'put', table: 'personal', item: { ...item, data }, ifVersion: 'any' });
      }
      return ofNoAggregate;
    },
    decide: asItWas,
    also: () => writes,
    reply: () => ({ status: 200, body: applicationView(next, now) }),
  });
}

async function findWithApplicant(database: Database, id: ApplicationId) {
  const [application, item] = await Promise.all([find(database, id), database.get(keys.applicant(id))]);
  if (!application) return unknown('application', id);
  return { application, item, applicant: item && (item.data as ApplicantRecord) };
}

function find(database: Database, id: ApplicationId): Promise<Application | null> {
  return load<Application>(database.get(keys.application(id)));
}

function rowOf(application: Application, now: Instant) {
  const { id, mallId, vehicle, status, appliedAt, movedAt } = application;
  return {
    id,
    mallId,
    vehicle,
    status,
    turn: turnOf(application, now),
    wanted: status === 'open' ? wantedForApproval(application, now) : [],
    appliedAt,
    movedAt,
  };
}

function applicationView(application: Application, now: Instant) {
  const { check, endedAt, refusal, lapsed, driverId, erasedAt } = application;
  return { ...rowOf(application, now), check, endedAt, refusal, lapsed, driverId, erasedAt };
}

/** As stores and shoppers see it. */
function firstNameOf(name: string): string {
  return name.split(/\s+/)[0]!.slice(0, 40);
}
