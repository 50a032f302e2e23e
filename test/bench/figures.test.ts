import { expect, test } from 'vitest';
import { callFigures, Samples } from './calls/figures.ts';

const samplesOf = (...wallMs: number[]) => {
  const samples = new Samples();
  for (const each of wallMs) samples.add('place', each);
  return samples;
};

test('percentiles are samples: the smallest that so many do not exceed', () => {
  const hundred = samplesOf(...Array.from({ length: 100 }, (_, index) => 100 - index));
  expect([1, 50, 99, 100].map((percent) => hundred.percentile('place', percent))).toEqual([1, 50, 99, 100]);
  expect(samplesOf(7).percentile('place', 99)).toBe(7);
  expect(samplesOf(7).percentile('track', 50)).toBeNull();
});

test('the ratio is of the warm medians; without samples there is none', () => {
  const figures = callFigures('place', { cold: samplesOf(), warm: samplesOf(10, 20, 90), bare: samplesOf(4, 5, 6) });
  expect(figures).toEqual({
    call: 'place',
    coldMs: null,
    p50Ms: 20,
    p99Ms: 90,
    bareP50Ms: 5,
    bareP99Ms: 6,
    ratio: 4,
  });
  expect(callFigures('place', { cold: samplesOf(1), warm: samplesOf(1), bare: samplesOf() }).ratio).toBeNull();
});
