import { systemRandomness } from '../adapters/randomness.ts';
import { database, ticks } from '../compose.ts';
import { dispatcher } from './consumers.ts';

/** A search of the largest mall takes a tenth of it; beyond, offers now are worth more than better ones later. */
const searchMilliseconds = 2_000;

export const handler = dispatcher({
  database: database('orders', 'fleet', 'requests', 'catalogue'),
  randomness: systemRandomness,
  ticks: ticks(),
  stopwatch: () => {
    const end = performance.now() + searchMilliseconds;
    return () => performance.now() > end;
  },
});
