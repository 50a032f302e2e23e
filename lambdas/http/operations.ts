import { judgeDriverDocument } from '../application/dossiers.ts';
import { inspectDriver, listDrivers } from '../application/drivers.ts';
import { eraseOrder } from '../application/erasure.ts';
import { handOverOrder } from '../application/hand-overs.ts';
import * as operations from '../application/operations.ts';
import * as suspensions from '../application/suspensions.ts';
import { database, proofEraser, proofs } from '../compose.ts';
import { asId, type DriverId, type OrderId } from '../domain/ids.ts';
import { api } from './api.ts';

const ports = {
  database: database('orders', 'fleet', 'requests', 'catalogue', 'personal'),
  proofs: proofEraser(),
  pictures: proofs(),
};

export const handler = api({
  listWaiting: ({ query, now }) => operations.listWaiting(ports, query.mallId, now),

  listOpenOrders: ({ query, now }) => operations.listOpenOrders(ports, query.mallId, now),

  inspectOrder: ({ params, now }) => operations.inspectOrder(ports, asId<OrderId>(params.orderId), now),

  reassignOrder: ({ params, body, request, now }) =>
    operations.reassignOrder(ports, asId<OrderId>(params.orderId), body.reason, request, now),

  resolveOrder: ({ params, body, request, now }) => {
    const orderId = asId<OrderId>(params.orderId);
    return body.resolution === 'hand_over'
      ? handOverOrder(ports, orderId, body.meetAt, request, now)
      : operations.resolveOrder(ports, orderId, body.resolution, request, now);
  },

  eraseOrder: ({ principal, params, request, now }) =>
    eraseOrder(ports, principal, asId<OrderId>(params.orderId), request, now),

  listDrivers: ({ query, now }) => listDrivers(ports, query, now),

  inspectDriver: ({ params, now }) => inspectDriver(ports, asId<DriverId>(params.driverId), now),

  judgeDriverDocument: ({ params, body, request, now }) =>
    judgeDriverDocument(
      ports,
      asId<DriverId>(params.driverId),
      { documentId: params.documentId, verdict: body },
      request,
      now,
    ),

  suspendDriver: ({ params, body, request, now }) =>
    suspensions.suspend(ports, asId<DriverId>(params.driverId), body, request, now),

  reinstateDriver: ({ params, body, request, now }) =>
    suspensions.reinstate(ports, asId<DriverId>(params.driverId), body.answer, request, now),

  upholdSuspension: ({ params, body, request, now }) =>
    suspensions.uphold(ports, asId<DriverId>(params.driverId), body.answer, request, now),
});
