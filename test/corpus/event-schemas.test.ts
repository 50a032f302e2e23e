import { expect, test } from 'vitest';
import { currentVersion, orderUpcasters } from '../../lambdas/domain/event-versions.ts';
import type { OrderEventType } from '../../lambdas/domain/events.ts';
import { changeOf, type Json, readRecord, recordWith, type SchemaRecord, schemasNow } from './schema-record.ts';

const recorded = readRecord();
const now = schemasNow();

test('what is said of each version is what was recorded: node test/corpus/record-schemas.ts records what is new', () => {
  // Throws, with what to do, where a version is not what it was.
  expect(recordWith(recorded, now)).toEqual(recorded);
});

test('of each type every version up to today’s is recorded', () => {
  for (const type of new Set(recorded.versions.map((schema) => schema.type))) {
    const versions = recorded.versions.filter((schema) => schema.type === type).map(({ version }) => version);
    const newest = currentVersion(type as OrderEventType, orderUpcasters);
    expect(versions, type).toEqual(Array.from({ length: newest }, (_, index) => index + 1));
  }
});

/** Ways in which somebody might change a schema under its version. */
const changes: Record<string, (schema: Json) => Json> = {
  'a member is renamed': ({ properties, ...rest }) => {
    const { reason, ...others } = properties as Record<string, Json>;
    return { ...rest, properties: { ...others, why: reason } };
  },
  'a member is another kind of thing': ({ properties, ...rest }) => ({
    ...rest,
    properties: { ...(properties as object), reason: { type: 'integer' } },
  }),
  'a member need not be there any more': (schema) => ({ ...schema, required: ['storeId'] }),
  'a member has to be there': ({ properties, ...rest }) => ({
    ...rest,
    properties: { ...(properties as object), by: { type: 'string' } },
    required: ['storeId', 'reason', 'by'],
  }),
  'other members are taken': (schema) => ({ ...schema, additionalProperties: true }),
};

const changed = (change: (schema: Json) => Json): SchemaRecord => ({
  ...now,
  versions: now.versions.map((schema) =>
    schema.type === 'pickup.rejected' ? { ...schema, data: change(schema.data) } : schema,
  ),
});

test.each(Object.entries(changes))('where %s, another version is asked for', (_, change) => {
  expect(() => recordWith(recorded, changed(change))).toThrow(/^pickup.rejected in version 1 .*another version/);
});

test('optional members and further values may come as they like, and are held to from then on', () => {
  const grown = recordWith(
    recorded,
    changed(({ properties, ...rest }) => ({
      ...rest,
      properties: { ...(properties as object), by: { type: 'string' } },
    })),
  );
  expect(grown).not.toEqual(recorded);
  expect(() => recordWith(grown, now)).toThrow(/has no by in its data any more/);
  const values = (...all: string[]) => ({ type: 'array', items: { type: 'string', enum: all } });
  expect(changeOf(values('a', 'b'), values('a', 'b', 'c'))).toBeNull();
  expect(changeOf(values('a', 'b'), values('a', 'c'))).toBe('does not take b for an entry of its data any more');
});

test('the snapshot may grow, and nothing else', () => {
  const { properties, ...rest } = now.snapshot as { properties: Record<string, Json> };
  const { driverId: _, ...fewer } = properties;
  expect(() => recordWith(recorded, { ...now, snapshot: { ...rest, properties: fewer } })).toThrow(/^The snapshot/);
});
