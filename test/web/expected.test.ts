import { expect, it } from 'vitest';
import { etaCauseKinds } from '../../lambdas/domain/eta/forecast.ts';
import { causeSentence, expectedSentence } from '../../web/shared/sentences.ts';
import { expectedRange, expectedReason, hasMoved } from '../../web/tracking/expected.ts';
import { eta, tracking, trackings, zone } from '../browser/fixtures.ts';

const underWay = trackings['on the way']!;

it('tells a range in steps of five minutes, never a single minute', () => {
  expect(expectedRange(eta(16, 24), zone)).toMatch(/^1:15\s–\s1:25\sPM$/);
  expect(expectedRange(eta(16, 16), zone)).toMatch(/^1:15\s–\s1:20\sPM$/);
  expect(expectedRange(eta(15, 15), zone)).toMatch(/^1:15\s–\s1:20\sPM$/);
});

it('counts as moved by more than five minutes, either way', () => {
  expect([20, 21, 22, 10].map((minutes) => hasMoved(eta(16, 24), eta(minutes, 30)))).toEqual([
    false,
    false,
    true,
    true,
  ]);
});

it('has words of its own for every cause, for the shopper and for operations', () => {
  for (const kind of etaCauseKinds) {
    expect(expectedReason(eta(5, 9, { causes: [{ kind, seconds: 60 }] }), underWay), kind).not.toBe('');
    expect(causeSentence(kind), kind).toMatch(/ |^(collecting|driving)$/);
  }
});

it('names what takes longest, and a late store before anything else', () => {
  const causes = [
    { kind: 'travel', seconds: 900 },
    { kind: 'store_late', storeId: 'chandler.cobbler', seconds: 300 },
  ];
  expect(expectedReason(eta(20, 30, { causes }), underWay)).toBe('Corner Cobbler needs more time');
  expect(expectedReason(eta(20, 30, { causes: causes.slice(0, 1) }), underWay)).toBe('your driver is on the way');
  expect(expectedReason(eta(20, 30, { causes: [] }), underWay)).toBe('');
});

it('says nothing of a driver whom nobody has found yet', () => {
  const causes = [
    { kind: 'travel', seconds: 900 },
    { kind: 'no_driver_yet', seconds: 300 },
  ];
  const waiting = tracking({ driver: null });
  expect(expectedReason(eta(20, 30, { causes }), waiting)).toBe('we are finding a driver');
  expect(expectedReason(eta(20, 30, { causes: causes.slice(0, 1) }), waiting)).toBe('');
});

it('says to operations whether the promise holds', () => {
  const said = (promise: 'kept' | 'at_risk' | 'late') => expectedSentence(eta(16, 24, { promise }), zone);
  expect(said('kept')).toMatch(/^expected 1:16\sPM, by 1:24\sPM at the latest$/);
  expect(said('at_risk')).toMatch(/, may be late$/);
  expect(said('late')).toMatch(/, late$/);
});
