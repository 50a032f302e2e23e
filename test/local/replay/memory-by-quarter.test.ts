import { describe, expect, test } from 'vitest';
import { residentMb } from '../../../local/memory.ts';
import { growing, MemoryByQuarter } from '../../../local/replay/memory-by-quarter.ts';

describe('memory of a replay', () => {
  const use = { host: 200.4, functions: 900, engine: 9 };

  test('is told by the quarters of the orders: the most, and what was usual', () => {
    const memory = new MemoryByQuarter();
    memory.see(0, use);
    memory.see(0.24, { ...use, host: 150, engine: 12 });
    memory.see(0.25, use);
    memory.see(0.7, { ...use, functions: 1_000 });
    memory.see(1, use);
    expect(memory.peakMb).toEqual({
      host: [200, 200, 200, 200],
      functions: [900, 900, 1_000, 900],
      engine: [12, 9, 9, 9],
    });
    for (const engine of [10, 11, 90]) memory.see(0.5, { ...use, engine });
    expect(memory.peakMb.engine).toEqual([12, 9, 90, 9]);
    expect(memory.usualMb.engine).toEqual([12, 9, 11, 9]);
  });

  test('of a quarter in which no order ended is none', () => {
    expect(new MemoryByQuarter().usualMb).toEqual({
      host: [0, 0, 0, 0],
      functions: [0, 0, 0, 0],
      engine: [0, 0, 0, 0],
    });
  });

  test('grows with the day where the last quarter usually takes a quarter more than the second, whatever the first took', () => {
    const level = [100, 200, 260, 249];
    expect(growing({ host: level, functions: [900, 400, 400, 450], engine: [0, 10, 20, 26] })).toEqual([]);
    expect(growing({ host: level, functions: [1, 400, 500, 501], engine: [1, 10, 11, 27] })).toEqual([
      'The memory of functions grew with the day: 1, 400, 500, 501 MB by quarter.',
      'The memory of engine grew with the day: 1, 10, 11, 27 MB by quarter.',
    ]);
  });

  test('is read of a live process, and is nothing of one that has ended', () => {
    expect(residentMb(process.pid)).toBeGreaterThan(process.platform === 'linux' ? 20 : -1);
    expect(residentMb(2 ** 30)).toBe(0);
    expect(residentMb(undefined)).toBe(0);
  });
});
