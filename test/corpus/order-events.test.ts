import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { orderEvent, orderEvents } from '../../lambdas/http/event-schemas.ts';
import { readEvents, shapeOf } from './recording.ts';

const corpus = readEvents(fileURLToPath(new URL('order-events.jsonl', import.meta.url)));

test.each(corpus.map((event) => [shapeOf(event), event] as const))('a stored %s is still one', (_, event) => {
  expect(z.safeParse(orderEvent, event).error?.issues).toBeUndefined();
});

/** The tests that record decide about an order that is already placed, over one day, with no store late beyond the promise. */
const notRecorded = ['decision.asked', 'decision.made', 'order.created', 'order.rescheduled'];

test('it has every other type', () => {
  const recorded = [...new Set(corpus.map(({ type }) => type))];
  expect([...recorded, ...notRecorded].sort()).toEqual(Object.keys(orderEvents).sort());
});

test('a member that was renamed or dropped since is noticed', () => {
  for (const event of corpus) {
    for (const member of Object.keys(event.data)) {
      const { [member]: value, ...others } = event.data;
      const renamed = { ...event, data: { ...others, [`${member}Renamed`]: value } };
      expect(z.safeParse(orderEvent, renamed).success, `${event.type} with another name of ${member}`).toBe(false);
    }
  }
});
