import { expect, test } from 'vitest';
import { decideOrder } from '../../lambdas/domain/decide-order.ts';
import {
  type Evidence,
  type EvidenceKind,
  missingEvidence,
  type UndeliverableReason,
  undeliverableReasons,
} from '../../lambdas/domain/undeliverable.ts';
import { done, noon, placedOrder, play, routeTo } from './fixtures.ts';

/** What each reason demands, in words, as it was agreed. */
const demanded: Record<UndeliverableReason, string> = {
  customer_unavailable: 'contact_attempts photo',
  no_safe_place: 'photo',
  access_denied: 'place photo',
  address_not_found: 'place',
  refused: 'note',
  pin_missing: 'contact_attempts',
  id_failed: '',
  business_closed: 'photo',
  damaged: 'photo',
  unsafe: '',
  weather: '',
  vehicle: '',
  accident: '',
  lost: '',
  stolen: '',
};

const given: Record<EvidenceKind, Evidence> = {
  contact_attempts: { contactAttempts: 1 },
  photo: { photoKey: 'proofs/1' },
  place: { position: [-111.86, 33.3] },
  note: { note: 'Not ordered.' },
};
const kinds = Object.keys(given) as EvidenceKind[];

const atDoor = play(placedOrder(2), routeTo('arrived_at_dropoff', 2));

test('every reason is agreed here', () => {
  expect([...undeliverableReasons].sort()).toEqual(Object.keys(demanded).sort());
});

test.each(undeliverableReasons)('%s needs its evidence, each part of it, and no more', (reason) => {
  const needed = demanded[reason].split(' ').filter(Boolean) as EvidenceKind[];
  const evidenceOf = (parts: EvidenceKind[]): Evidence => Object.assign({}, ...parts.map((part) => given[part]));
  expect(missingEvidence(reason, {})).toEqual(needed);
  expect(missingEvidence(reason, evidenceOf(needed))).toEqual([]);
  for (const kind of needed) {
    expect(missingEvidence(reason, evidenceOf(kinds.filter((other) => other !== kind)))).toEqual([kind]);
    const without = evidenceOf(needed.filter((other) => other !== kind));
    const refused = decideOrder(atDoor, { type: 'fail_at_door', reason, evidence: without }, noon);
    expect(refused).toMatchObject({ code: 'evidence_missing', pointer: '/evidence', current: { missing: [kind] } });
  }
  const evidence = evidenceOf(needed);
  const { order } = done(decideOrder(atDoor, { type: 'fail_at_door', reason, evidence }, noon));
  const isGone = reason === 'lost' || reason === 'stolen';
  expect(order).toMatchObject({ status: isGone ? 'failed' : 'undeliverable', endReason: reason });
});

test('no attempt and an empty note are no evidence', () => {
  expect(missingEvidence('pin_missing', { contactAttempts: 0 })).toEqual(['contact_attempts']);
  expect(missingEvidence('refused', { note: '  ' })).toEqual(['note']);
});
