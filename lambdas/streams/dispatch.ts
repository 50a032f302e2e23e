import { systemRandomness } from '../adapters/randomness.ts';
import { processorStopwatch } from '../adapters/stopwatch.ts';
import { database, routes, ticks } from '../compose.ts';
import { dispatcher } from './consumers.ts';

/**
 * A search of the largest mall takes a tenth of it; beyond, offers now are worth more than better ones later. Time on a
 * processor, of which Lambda gives a third at this function's memory: six of its thirty seconds at most.
 */
const searchMilliseconds = 2_000;

export const handler = dispatcher({
  database: database('orders', 'fleet', 'requests', 'catalogue'),
  randomness: systemRandomness,
  ticks: ticks(),
  routes: routes(),
  stopwatch: () => processorStopwatch(searchMilliseconds),
});
