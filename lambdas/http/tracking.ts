import * as tracking from '../application/tracking.ts';
import { database, proofs } from '../compose.ts';
import { api } from './api.ts';

const ports: tracking.TrackingPorts = {
  database: database('orders', 'personal', 'requests', 'fleet', 'catalogue'),
  proofs: proofs(),
};

export const handler = api({
  track: ({ params, now }) => tracking.track(ports, params.token, now),
});
