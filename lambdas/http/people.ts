import { systemRandomness } from '../adapters/randomness.ts';
import { listAudit } from '../application/audit.ts';
import * as devices from '../application/devices.ts';
import * as people from '../application/people.ts';
import { database, identities, secrets } from '../compose.ts';
import { asId, type StoreId } from '../domain/ids.ts';
import { api } from './api.ts';

const ports: people.PeoplePorts & devices.DevicePorts = {
  database: database('catalogue', 'fleet', 'requests', 'orders'),
  identities: identities(),
  secrets: secrets(),
  randomness: systemRandomness,
};

export const handler = api({
  readMe: ({ principal }) => people.readMe(ports, principal.subject),

  listPeople: ({ query }) => people.listPeople(ports, query),

  invitePerson: ({ body, request, now }) => people.invitePerson(ports, body, request, now),

  applyPerson: ({ params, body, request, now }) =>
    people.applyPerson(ports, { subject: params.subject, role: body.role }, request, now),

  suspendPerson: ({ params, request, now }) => people.setStanding(ports, params.subject, 'suspended', request, now),

  reinstatePerson: ({ params, request, now }) => people.setStanding(ports, params.subject, 'active', request, now),

  createPairingCode: ({ params, request, now }) =>
    devices.createPairingCode(ports, asId<StoreId>(params.storeId), request, now),

  pairDevice: ({ body, request, now }) => devices.pairDevice(ports, body, request, now),

  listAudit: ({ query }) => listAudit(ports, query),
});
