import { eraseOrder } from '../application/erasure.ts';
import { handOverOrder } from '../application/hand-overs.ts';
import * as operations from '../application/operations.ts';
import { database, proofEraser } from '../compose.ts';
import { asId, type OrderId } from '../domain/ids.ts';
import { api } from './api.ts';

const ports = {
  database: database('orders', 'fleet', 'requests', 'catalogue', 'personal'),
  proofs: proofEraser(),
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
});
