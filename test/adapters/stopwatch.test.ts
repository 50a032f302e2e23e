import { expect, test } from 'vitest';
import { processorStopwatch } from '../../lambdas/adapters/stopwatch.ts';

test('counts what this process computed since it was started, and not how long it waited for a processor', () => {
  const used = { user: 700_000, system: 50_000 };
  const isOver = processorStopwatch(100, () => ({ ...used }));
  expect(isOver()).toBe(false);
  used.user += 80_000;
  used.system += 20_000;
  expect(isOver()).toBe(false);
  used.system += 1;
  expect(isOver()).toBe(true);
});

test('reads the process unless told otherwise', () => {
  const isOver = processorStopwatch(0);
  for (let turn = 0; !isOver(); turn++) Math.sqrt(turn);
  expect(processorStopwatch(60_000)()).toBe(false);
});
