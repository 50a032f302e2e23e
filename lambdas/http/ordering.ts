import { systemRandomness } from '../adapters/randomness.ts';
import * as ordering from '../application/ordering.ts';
import { GeocoderUnavailable } from '../application/ports.ts';
import { tipOrder } from '../application/tips.ts';
import { database, geocoder, setting } from '../compose.ts';
import type { OrderId } from '../domain/ids.ts';
import { asId } from '../domain/ids.ts';
import { emitMetrics } from '../metrics.ts';
import { api } from './api.ts';

const ports: ordering.OrderingPorts = {
  database: database('orders', 'personal', 'requests', 'fleet', 'catalogue'),
  geocoder: geocoder(),
  randomness: systemRandomness,
  publicUrl: setting('PUBLIC_URL'),
};

export const handler = api({
  placeOrder: ({ principal, body, request, now }) =>
    ordering.placeOrder(ports, principal.channelId, body, request, now).catch((error: unknown) => {
      if (error instanceof GeocoderUnavailable) emitMetrics({ GeocodingFailures: 1 }, now);
      throw error;
    }),

  listOrders: ({ principal, query }) => ordering.listOrders(ports, principal.channelId, query),

  getOrder: ({ principal, params, now }) =>
    ordering.getOrder(ports, principal.channelId, asId<OrderId>(params.orderId), now),

  listOrderEvents: ({ principal, params, query }) =>
    ordering.listOrderEvents(ports, principal.channelId, asId<OrderId>(params.orderId), query.after),

  cancelOrder: ({ principal, params, request, now }) =>
    ordering.cancelOrder(ports, principal.channelId, asId<OrderId>(params.orderId), request, now),

  decideOnOrder: ({ principal, params, body, request, now }) =>
    ordering.decideLateStore(ports, principal, asId<OrderId>(params.orderId), body, request, now),

  tipOrder: ({ principal, params, body, request, now }) =>
    tipOrder(ports.database, principal.channelId, asId<OrderId>(params.orderId), body.amountCents, request, now),
});
