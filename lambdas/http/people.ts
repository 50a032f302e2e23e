import { systemRandomness } from '../adapters/randomness.ts';
import * as applications from '../application/applications.ts';
import { listAudit } from '../application/audit.ts';
import * as devices from '../application/devices.ts';
import * as joining from '../application/joining.ts';
import * as people from '../application/people.ts';
import { backgroundChecks, database, identities, proofs, secrets } from '../compose.ts';
import { type ApplicationId, asId, type MallId, type StoreId } from '../domain/ids.ts';
import { api } from './api.ts';

const ports: people.PeoplePorts & devices.DevicePorts & joining.JoiningPorts & applications.ApplicationPorts = {
  database: database('catalogue', 'fleet', 'requests', 'orders', 'personal'),
  pictures: proofs(),
  checks: backgroundChecks(),
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

  readOpenings: () => joining.readOpenings(ports),

  applyToDrive: ({ body, request, now }) =>
    joining.applyToDrive(ports, { ...body, mallId: asId<MallId>(body.mallId) }, request, now),

  readOwnApplication: ({ params, now }) => joining.readOwnApplication(ports, params.token, now),

  createDocumentUpload: ({ params, body, request, now }) =>
    joining.createDocumentUpload(ports, params.token, body.contentType, request, now),

  submitDocument: ({ params, body, request, now }) => joining.submitDocument(ports, params.token, body, request, now),

  withdrawApplication: ({ params, request, now }) => joining.withdrawApplication(ports, params.token, request, now),

  listApplications: ({ query, now }) => applications.listApplications(ports, query, now),

  inspectApplication: ({ params, now }) => applications.inspectApplication(ports, idOf(params), now),

  judgeApplicationDocument: ({ params, body, request, now }) =>
    applications.judgeApplicationDocument(ports, idOf(params), params.documentId, body, request, now),

  recordCheck: ({ params, body, request, now }) => applications.recordCheck(ports, idOf(params), body, request, now),

  approveApplication: ({ params, request, now }) => applications.approveApplication(ports, idOf(params), request, now),

  refuseApplication: ({ params, body, request, now }) =>
    applications.refuseApplication(ports, idOf(params), body, request, now),
});

function idOf({ applicationId }: { applicationId: string }): ApplicationId {
  return asId<ApplicationId>(applicationId);
}
