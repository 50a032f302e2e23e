import { systemRandomness } from '../adapters/randomness.ts';
import * as dossiers from '../application/dossiers.ts';
import * as driving from '../application/driving.ts';
import { giveParcels } from '../application/hand-overs.ts';
import { reportPositions } from '../application/positions.ts';
import { getRun } from '../application/run-sheet.ts';
import { appeal } from '../application/suspensions.ts';
import { database, proofs } from '../compose.ts';
import { asId, type DriverId, type OfferId, type OrderId, type StopId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import { api, type Call } from './api.ts';
import type { OperationId } from './routes.ts';

const pictures = proofs();
const ports: driving.DrivingPorts & dossiers.DossierPorts = {
  database: database('fleet', 'orders', 'requests', 'personal', 'catalogue'),
  randomness: systemRandomness,
  proofs: pictures,
  pictures,
};

export const handler = api({
  getDriver: ({ principal, now }) => driving.getDriver(ports, principal.driverId, now),

  startShift: ({ principal, request, now }) => driving.startShift(ports, principal.driverId, request, now),

  endShift: ({ principal, request, now }) => driving.endShift(ports, principal.driverId, request, now),

  reportPositions: ({ principal, body, now }) =>
    reportPositions(ports.database, principal.driverId, body.positions, now),

  listOffers: ({ principal, now }) => driving.listOffers(ports, principal.driverId, now),

  acceptOffer: ({ principal, params, body, request, now }) =>
    driving.acceptOffer(ports, principal.driverId, asId<OfferId>(params.offerId), body.version, request, now),

  declineOffer: ({ principal, params, request, now }) =>
    driving.declineOffer(ports, principal.driverId, asId<OfferId>(params.offerId), request, now),

  getRun: ({ principal, now }) => getRun(ports, principal.driverId, now),

  departForStop: (call) => act(call, { type: 'depart', ...call.body }),
  arriveAtStop: (call) => act(call, { type: 'arrive', ...call.body }),
  scanAtStop: (call) => act(call, { type: 'scan', ...call.body }),
  completeStop: (call) => act(call, { type: 'complete', ...call.body }),
  failStop: (call) => act(call, { type: 'fail', ...call.body }),

  giveParcels: ({ principal, params, body, request, now }) =>
    giveParcels(ports.database, principal.driverId, asId<OrderId>(params.orderId), body, request, now),

  createProofUpload: ({ principal, body, request, now }) =>
    driving.createProofUpload(ports, principal.driverId, body, request, now),

  readDocuments: ({ principal, now }) => dossiers.readDossier(ports, principal.driverId, now),

  createDriverDocumentUpload: ({ principal, body, request, now }) =>
    dossiers.createDriverDocumentUpload(ports, principal.driverId, body.contentType, request, now),

  submitDriverDocument: ({ principal, body, request, now }) =>
    dossiers.submitDriverDocument(ports, principal.driverId, body, request, now),

  appealSuspension: ({ principal, body, request, now }) => appeal(ports, principal.driverId, body.text, request, now),
});

function act(
  {
    principal,
    params,
    request,
    now,
  }: Pick<Call<OperationId>, 'request' | 'now'> & {
    principal: { driverId: DriverId };
    params: { stopId: string };
  },
  input: driving.StopAct & { occurredAt?: Instant | undefined },
) {
  return driving.actAtStop(ports, principal.driverId, asId<StopId>(params.stopId), input, request, now);
}
