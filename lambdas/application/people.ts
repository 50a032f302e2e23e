import type { Device, Person, Role } from '../domain/directory.ts';
import type { DriverId } from '../domain/ids.ts';
import { isRejection, type Rejection, reject } from '../domain/rejection.ts';
import type { Instant } from '../domain/time.ts';
import { type ActOutcome, act, asItWas, ofNoAggregate, type RepeatableRequest } from './act.ts';
import { catalogueWrite } from './catalogue-write.ts';
import type { Database, Item, Key, Write } from './database.ts';
import type { Identities } from './ports.ts';
import { keys, lists } from './records.ts';
import { unknown } from './situations.ts';

export interface PeoplePorts {
  database: Database;
  /** Null where the operator has an identity provider of their own. */
  identities: Identities | null;
}

/** A person or a device as operations see it. */
export interface PersonView extends Omit<Person, 'device'> {
  status: 'active' | 'suspended';
  device?: Pick<Device, 'pairedAt'>;
}

export async function listPeople(
  { database }: PeoplePorts,
  page: { limit: number; cursor?: string | undefined },
): Promise<object> {
  const { keys: found, cursor } = await database.queryIndex({
    table: 'catalogue',
    index: 'lists',
    pk: lists.people,
    limit: page.limit,
    ...(page.cursor && { cursor: page.cursor }),
  });
  const items = await database.getMany(found);
  return { data: items.map((item) => personView(personOf(item))), nextCursor: cursor ?? null };
}

/** The caller themselves: what a page has to know after somebody has signed in. */
export async function readMe({ database }: PeoplePorts, subject: string): Promise<object | Rejection> {
  const item = await database.get(keys.person(subject));
  return item ? personView(personOf(item)) : unknown('person', subject);
}

/**
 * Makes somebody's identity where people sign in, which sends them a first password, and binds it to a role. Inviting
 * again sends the message again to whoever has not signed in yet.
 */
export async function invitePerson(
  ports: PeoplePorts,
  { email, name, role }: { email: string; name: string; role: Role },
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  const { database, identities } = ports;
  if (!identities) {
    return reject(
      'invitation_not_possible',
      'People of this installation sign in with an identity provider of the operator, where Mallway makes no identities.',
      'Make the identity there, and bind its subject with PUT /v1/people/{subject}.',
    );
  }
  const missing = await missingTarget(database, role);
  if (missing) return missing;
  const subject = await identities.invite(role.kind, email);
  const invited = await changePerson(ports, subject, { ...request, on: { subject } }, now, (known) => {
    const taken = known && refuseOtherRole(known, role, email);
    if (taken) return taken;
    return { status: 'active', ...known, subject, role, name, email };
  });
  // Nothing personal is kept with the request; a repeat of it has the same name and address.
  return isRejection(invited) ? invited : { ...invited, body: { ...(invited.body as object), name, email } };
}

/** Whoever is bound keeps what they are bound to; it is changed by an act of its own. */
export function refuseOtherRole(known: Person, role: Role, email: string): Rejection | null {
  if (isSameRole(known.role, role)) return null;
  return reject(
    'role_taken',
    `${email} is bound already, as ${known.role.kind}.`,
    'Change the role of this person instead of inviting them again.',
  );
}

/** Binds a subject to a role, or to another one. */
export async function applyPerson(
  ports: PeoplePorts,
  { subject, role }: Pick<Person, 'subject' | 'role'>,
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  const missing = await missingTarget(ports.database, role);
  if (missing) return missing;
  return changePerson(ports, subject, request, now, (known) => {
    if (known?.device && role.kind !== 'store') {
      return reject('role_taken', `${subject} is a device of a store.`, 'Bind a person; a device is for a store.');
    }
    return { ...known, subject, role };
  });
}

/** Takes effect when the authorizer's memory of the last answer is over, a minute at most. */
export function setStanding(
  ports: PeoplePorts,
  subject: string,
  status: 'active' | 'suspended',
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  return changePerson(ports, subject, request, now, (known) => {
    if (!known) return unknown('person', subject);
    if (subject === request.by?.subject) {
      return reject(
        'not_yourself',
        'Nobody suspends or reinstates themselves: there might be nobody left to undo it.',
        'Ask another person of operations.',
      );
    }
    return { ...known, status };
  });
}

function changePerson(
  { database }: PeoplePorts,
  subject: string,
  request: RepeatableRequest,
  now: Instant,
  change: (known: Person | null) => Person | Rejection,
): Promise<ActOutcome | Rejection> {
  let item: Item | null = null;
  let next: Person | undefined;
  return act(database, request, now, {
    load: async () => {
      item = await database.get(keys.person(subject));
      const changed = change(item && personOf(item));
      if (isRejection(changed)) return changed;
      next = changed;
      return ofNoAggregate;
    },
    decide: asItWas,
    also: () => [personWrite(next!, item)],
    reply: () => ({ status: 200, body: withoutPersonal(personView(next!)) }),
  });
}

export function personWrite(person: Person, known: Item | null): Write {
  const list = { listPk: lists.people, listSk: `${person.role.kind}#${person.subject}` };
  return catalogueWrite(keys.person(person.subject), person, list, known);
}

/** What binds a person to a store or a driver that is not there. */
async function missingTarget(database: Database, role: Role): Promise<Rejection | null> {
  const target = targetOf(role);
  if (!target || (await database.get(target))) return null;
  const id = target.pk.split('#')[1]!;
  return reject('not_found', `There is no ${role.kind} ${id}.`, `Apply the ${role.kind} first.`, { pointer: '/role' });
}

function targetOf(role: Role): Key | null {
  if (role.kind === 'store') return keys.store(role.storeId);
  return role.kind === 'driver' ? keys.driver(role.driverId as DriverId) : null;
}

function isSameRole(one: Role, other: Role): boolean {
  return targetOf(one)?.pk === targetOf(other)?.pk && one.kind === other.kind;
}

function personOf(item: Item): Person {
  return item.data as Person;
}

function personView({ device, ...person }: Person): PersonView {
  return { ...person, status: person.status ?? 'active', ...(device && { device: { pairedAt: device.pairedAt } }) };
}

function withoutPersonal({ name: _, email: __, ...rest }: PersonView): object {
  return rest;
}
