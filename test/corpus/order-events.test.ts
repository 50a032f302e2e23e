import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { currentVersion, orderUpcasters, upcast } from '../../lambdas/domain/event-versions.ts';
import type { OrderEvent } from '../../lambdas/domain/events.ts';
import { orderEvent, orderEvents } from '../../lambdas/http/event-schemas.ts';
import { readEvents, shapeOf } from './recording.ts';
import { readRecord } from './schema-record.ts';

const corpus = readEvents(fileURLToPath(new URL('order-events.jsonl', import.meta.url)));
const today = (event: OrderEvent) => upcast(event, orderUpcasters);

test.each(corpus.map((event) => [shapeOf(event), event] as const))('a stored %s is still one', (_, event) => {
  expect(z.safeParse(orderEvent, today(event)).error?.issues).toBeUndefined();
  expect(today(today(event)), 'today’s version stays as it is').toEqual(today(event));
});

/** The tests that record decide about an order that is already placed, over one day, with no store late beyond the promise. */
const notRecorded = ['decision.asked', 'decision.made', 'order.created', 'order.rescheduled'];

test('it has every other type, in each version that was ever written', () => {
  const versions = readRecord().versions.filter(({ type }) => !notRecorded.includes(type));
  const named = (events: { type: string; version: number }[]) =>
    [...new Set(events.map(({ type, version }) => `${type} ${version}`))].sort();
  expect(named(corpus)).toEqual(named(versions));
  expect([...new Set(versions.map(({ type }) => type)), ...notRecorded].sort()).toEqual(
    Object.keys(orderEvents).sort(),
  );
});

test('it has versions that are not written any more', () => {
  const old = corpus.filter(({ type, version }) => version < currentVersion(type, orderUpcasters));
  expect([...new Set(old.map(({ type, version }) => `${type} ${version}`))]).toEqual(['order.attention 1']);
});

test('a member that was renamed or dropped since is noticed', () => {
  for (const event of corpus) {
    for (const member of Object.keys(event.data)) {
      const { [member]: value, ...others } = event.data;
      const renamed = today({ ...event, data: { ...others, [`${member}Renamed`]: value } });
      expect(z.safeParse(orderEvent, renamed).success, `${event.type} with another name of ${member}`).toBe(false);
    }
  }
});
