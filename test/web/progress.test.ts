import { expect, it } from 'vitest';
import { deliveryStatuses, isTerminal } from '../../lambdas/domain/delivery-status.ts';
import { undeliverableEvidence } from '../../lambdas/domain/undeliverable.ts';
import { doorReasons } from '../../web/drive/stops.ts';
import { hasEnded } from '../../web/ops/resolutions.ts';
import { reasonSentence, statusSentence } from '../../web/shared/sentences.ts';
import { headline, lateSentence, secondsToNextRead, steps, stopsBeforeYou } from '../../web/tracking/progress.ts';
import { inMinutes, tracking } from '../browser/fixtures.ts';

it('has a sentence of its own for every delivery status', () => {
  for (const status of deliveryStatuses) {
    expect(headline(tracking({ status })), status).not.toBe('Your order');
    expect(statusSentence(status), status).toMatch(/^[A-Z]/);
  }
});

it('has a sentence for every reason for which nothing was delivered', () => {
  for (const reason of Object.keys(undeliverableEvidence)) expect(reasonSentence(reason)).not.toMatch(/^Reason:/);
});

it('asks a driver for exactly the evidence that each reason demands', () => {
  expect(Object.fromEntries(doorReasons.map(({ code, needs }) => [code, needs]))).toEqual(undeliverableEvidence);
});

it('knows which statuses are final, as the API does', () => {
  for (const status of deliveryStatuses) expect(hasEnded(status), status).toBe(isTerminal(status));
});

it('counts the stops before the shopper', () => {
  expect([0, 1, 3, null].map(stopsBeforeYou)).toEqual([
    'you are next',
    '1 stop before you',
    '3 stops before you',
    'soon at your door',
  ]);
});

it('walks through the steps one after another', () => {
  const at = (status: string) => steps(tracking({ status })).map(({ state }) => state);
  expect(at('created')).toEqual(['done', 'now', 'later', 'later', 'later']);
  expect(at('collecting')).toEqual(['done', 'done', 'now', 'later', 'later']);
  expect(at('enroute_to_dropoff')).toEqual(['done', 'done', 'done', 'now', 'later']);
  expect(at('delivered')).toEqual(['done', 'done', 'done', 'done', 'done']);
});

it('shows only what did happen after a bad end', () => {
  const timeline = [
    { type: 'order.created', at: inMinutes(-40) },
    { type: 'delivery.picked_up', at: inMinutes(-20) },
  ];
  expect(steps(tracking({ status: 'returned', timeline })).map(({ text }) => text)).toEqual([
    'Order placed',
    'Stores prepare it (1 of 2 ready)',
    'Driver collects it at the mall',
  ]);
});

it('looks more often the nearer the door, and never again after the end', () => {
  const seconds = (status: string, stopsBefore: number | null) => secondsToNextRead(tracking({ status, stopsBefore }));
  expect(seconds('created', null)).toBe(30);
  expect(seconds('collecting', 4)).toBe(10);
  expect(seconds('enroute_to_dropoff', 4)).toBe(10);
  expect(seconds('enroute_to_dropoff', 2)).toBe(5);
  expect(secondsToNextRead(tracking({ status: 'delivered', endedAt: inMinutes(0) }))).toBeNull();
});

it('says what becomes of a store that is late, and until when that can change', () => {
  const zone = 'America/Phoenix';
  const say = (late: Parameters<typeof lateSentence>[0]) =>
    lateSentence(late, '2026-11-23T20:55:00.000Z', zone).replace(/\u202f/g, ' ');
  const decideBy = '2026-11-23T20:44:00.000Z';
  expect([
    say({ default: 'leave_without', decideBy }),
    say({ default: 'wait', decideBy }),
    say({ outcome: 'waited_for' }),
    say({ outcome: 'left_without' }),
  ]).toEqual([
    'It needs until 1:55 PM. Unless your shop decides otherwise by 1:44 PM, the rest comes without it.',
    'It needs until 1:55 PM. Unless your shop decides otherwise by 1:44 PM, everything waits for it.',
    'It needs until 1:55 PM; everything waits for it.',
    'It was too late for your window; the rest comes without it.',
  ]);
});
