import { systemRandomness } from '../adapters/randomness.ts';
import { database } from '../compose.ts';
import { dispatcher } from './consumers.ts';

export const handler = dispatcher({
  database: database('orders', 'fleet', 'requests', 'catalogue'),
  randomness: systemRandomness,
});
