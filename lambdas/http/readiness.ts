import { systemRandomness } from '../adapters/randomness.ts';
import * as blocks from '../application/blocks.ts';
import { listEarnings } from '../application/earnings.ts';
import type { Principal } from '../application/principal.ts';
import * as readiness from '../application/readiness.ts';
import { database } from '../compose.ts';
import { asId, type BlockId, type MallId, type OrderId, type StoreId } from '../domain/ids.ts';
import { api, type Call } from './api.ts';
import type { OperationId } from './routes.ts';

const ports: readiness.ReadinessPorts = {
  database: database('orders', 'requests', 'fleet', 'catalogue'),
  randomness: systemRandomness,
};

export const handler = api({
  listPickups: ({ principal, params, query, now }) =>
    readiness.listPickups(ports, principal, asId<StoreId>(params.storeId), query, now),

  getPickup: ({ principal, params }) =>
    readiness.getPickup(ports, principal, asId<StoreId>(params.storeId), asId<OrderId>(params.orderId)),

  acceptPickup: (call) => act(call, { type: 'accept', ...call.body }),
  rejectPickup: (call) => act(call, { type: 'reject', ...call.body }),
  delayPickup: (call) => act(call, { type: 'delay', ...call.body }),
  readyPickup: (call) => act(call, { type: 'ready', ...call.body }),
  handOverPickup: (call) => act(call, { type: 'hand_over', ...call.body }),
  acknowledgeStop: (call) => act(call, { type: 'acknowledge_stop' }),

  applyBlock: ({ params, body, request, now }) =>
    blocks.applyBlock(ports.database, asId<MallId>(params.mallId), asId<BlockId>(params.blockId), body, request, now),

  listBlocks: ({ params, now }) => blocks.listBlocks(ports.database, asId<MallId>(params.mallId), now),

  listBlocksForDriver: ({ principal, now }) => blocks.listBlocksForDriver(ports.database, principal.driverId, now),

  bookBlock: ({ principal, params, request, now }) =>
    blocks.bookBlock(ports.database, principal.driverId, asId<BlockId>(params.blockId), request, now),

  forfeitBlock: ({ principal, params, request, now }) =>
    blocks.forfeitBlock(ports.database, principal.driverId, asId<BlockId>(params.blockId), request, now),

  checkIn: ({ principal, params, request, now }) =>
    blocks.checkIn(ports.database, principal.driverId, asId<BlockId>(params.blockId), request, now),

  listEarnings: ({ principal, query, now }) => listEarnings(ports.database, principal.driverId, query, now),
});

function act(
  {
    principal,
    params,
    request,
    now,
  }: Pick<Call<OperationId>, 'request' | 'now'> & {
    principal: Principal;
    params: { storeId: string; orderId: string };
  },
  input: readiness.StoreAct,
) {
  const storeId = asId<StoreId>(params.storeId);
  return readiness.actOnPickup(ports, principal, storeId, asId<OrderId>(params.orderId), input, request, now);
}
