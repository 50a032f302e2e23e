import { expect, test } from 'vitest';
import { filterPattern, recordFilter } from '../../../local/dynamodb/record-filter.ts';

const record = (sk: string) => ({ eventName: 'INSERT', dynamodb: { Keys: { pk: { S: 'ORDER#1' }, sk: { S: sk } } } });
const keys = (S: unknown[]) => JSON.stringify({ dynamodb: { Keys: { sk: { S } } } });

test('a record passes by a literal or a prefix, and by any of several patterns', () => {
  const takes = recordFilter([keys(['ORDER', { prefix: 'WAIT#' }])]);
  expect(['ORDER', 'WAIT#1#x', 'ORDERS', 'EVENT#1'].map((sk) => takes(record(sk)))).toEqual([true, true, false, false]);
  const either = recordFilter([keys(['ORDER']), JSON.stringify({ eventName: ['REMOVE'] })]);
  expect([either(record('ORDER')), either(record('x')), either({ eventName: 'REMOVE' })]).toEqual([true, false, true]);
});

test('without a pattern everything passes; what is not there never does', () => {
  expect(recordFilter([])(record('x'))).toBe(true);
  expect(recordFilter([keys(['ORDER'])])({ eventName: 'INSERT' })).toBe(false);
});

test('a pattern that is not emulated is refused, not ignored', () => {
  for (const text of ['{', '[]', keys([{ 'anything-but': ['ORDER'] }]), keys([{ exists: true }]), keys([]), keys([1])])
    expect(filterPattern.safeParse(text).success, text).toBe(false);
  expect(filterPattern.safeParse(keys(['ORDER', { prefix: 'WAIT#' }])).success).toBe(true);
});
