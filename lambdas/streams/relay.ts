import { database, eventBus, nudges } from '../compose.ts';
import { relay } from './consumers.ts';

export const handler = relay({ database: database('orders', 'fleet', 'requests'), nudges: nudges(), bus: eventBus() });
