import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { publicEvent } from '../../lambdas/domain/events.ts';
import { eventDocument, exampleEvent } from '../../lambdas/http/event-document.ts';
import { orderEvents, publicEvent as publicEventSchema } from '../../lambdas/http/event-schemas.ts';
import { settingsFor } from '../../lib/settings.ts';
import { placedOrder } from '../domain/fixtures.ts';

const written = readFileSync(new URL('../../docs/events.md', import.meta.url), 'utf8');

test('docs/events.md is the one that the schemas make: npm run openapi writes it anew', () => {
  expect(written).toBe(eventDocument());
});

test('it has every type, and an example that is one', () => {
  for (const type of Object.keys(orderEvents)) expect(written).toContain(`| \`${type}\` |`);
  expect(z.safeParse(publicEventSchema, exampleEvent).error).toBeUndefined();
});

test('what is put on the bus is what it says', () => {
  const order = { ...placedOrder(2), externalId: 'A-1' };
  const { id: _, mallId: __, channelId: ___, externalId: ____, ...event } = exampleEvent;
  const put = publicEvent(event as unknown as Parameters<typeof publicEvent>[0], order);
  expect(put).toMatchObject({ id: exampleEvent.id, mallId: 'mall-1', channelId: 'channel-1', externalId: 'A-1' });
  expect(z.safeParse(publicEventSchema, put).error).toBeUndefined();
});

test('every stage publishes unless its operator says otherwise', () => {
  expect([settingsFor('dev'), settingsFor('prod')].map(({ publishEvents }) => publishEvents)).toEqual([true, true]);
});
