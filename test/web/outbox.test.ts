import { expect, test } from 'vitest';
import { Outbox } from '../../web/shared/outbox.ts';

function newStore() {
  const items = new Map<string, string>();
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
  };
}
const act = (subject: string) => ({
  subject,
  path: `/v1/${subject}`,
  body: { occurredAt: '2026-12-01T18:00:00.000Z' },
});

test('acts are kept in their order, for another page on the same device, until each is forgotten', () => {
  const store = newStore();
  const outbox = new Outbox('store-1', store);
  const first = outbox.keep(act('first'), 'key-1');
  outbox.keep(act('second'), 'key-2');
  const after = new Outbox('store-1', store);
  expect(after.all()).toEqual([
    { key: 'key-1', ...act('first') },
    { key: 'key-2', ...act('second') },
  ]);
  after.forget(first);
  expect(outbox.all().map(({ key }) => key)).toEqual(['key-2']);
  expect(new Outbox('store-2', store).all()).toEqual([]);
});
