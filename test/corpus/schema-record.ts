import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as z from 'zod/mini';
import { currentVersion, orderUpcasters } from '../../lambdas/domain/event-versions.ts';
import type { OrderEventType } from '../../lambdas/domain/events.ts';
import { orderEvents, orderSnapshot } from '../../lambdas/http/event-schemas.ts';

/** What events were said to be, by type and version; their snapshot has no versions, and may only grow. */
export interface SchemaRecord {
  snapshot: Json;
  versions: DataSchema[];
}

export interface DataSchema {
  type: string;
  version: number;
  data: Json;
}

export type Json = { [member: string]: unknown };

const file = fileURLToPath(new URL('event-schemas.jsonl', import.meta.url));

/** The snapshot on the first line, and each version of a type on one of its own. */
export function readRecord(): SchemaRecord {
  const [first, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n');
  return {
    snapshot: (JSON.parse(first!) as { snapshot: Json }).snapshot,
    versions: lines.map((line) => JSON.parse(line) as DataSchema),
  };
}

export function writeRecord({ snapshot, versions }: SchemaRecord): void {
  writeFileSync(file, [{ snapshot }, ...versions].map((line) => `${JSON.stringify(line)}\n`).join(''));
}

/** What the sources say of the versions in which they write. */
export function schemasNow(): SchemaRecord {
  return {
    snapshot: jsonSchema(orderSnapshot),
    versions: (Object.keys(orderEvents) as OrderEventType[]).map((type) => ({
      type,
      version: currentVersion(type, orderUpcasters),
      data: jsonSchema(orderEvents[type].data),
    })),
  };
}

/** The record with what is new. Throws where something else is said now of events that may have been kept. */
export function recordWith(known: SchemaRecord, now: SchemaRecord): SchemaRecord {
  const grown = changeOf(known.snapshot, now.snapshot);
  if (grown) throw new Error(`The snapshot of an event ${grown}; what is kept has it as it was. Add to it only.`);
  for (const { type, version, data } of now.versions) {
    const before = find(known, type, version);
    const change = before && changeOf(before.data, data);
    if (!change) continue;
    throw new Error(
      `${type} in version ${version} ${change}, and events are kept as they were: give it another version, by a step ` +
        'in lambdas/domain/event-versions.ts that reads this one.',
    );
  }
  const older = known.versions.filter(({ type, version }) => !find(now, type, version));
  return { snapshot: now.snapshot, versions: [...older, ...now.versions].sort(byTypeAndVersion) };
}

/** What of a schema has changed, unless it takes all that it took: optional members and further values may come. */
export function changeOf(before: Json, after: Json, where = 'its data'): string | null {
  const { properties: membersBefore, required: askedBefore, items: entryBefore, enum: valuesBefore, ...old } = before;
  const { properties: membersAfter, required: askedAfter, items: entryAfter, enum: valuesAfter, ...now } = after;
  if (JSON.stringify(old) !== JSON.stringify(now)) return `has other rules for ${where}`;
  if (sorted(askedBefore) !== sorted(askedAfter)) return `does not ask for the same members of ${where}`;
  if (Boolean(valuesBefore) !== Boolean(valuesAfter)) return `has other values for ${where}`;
  const missing = listOf(valuesBefore).find((value) => !listOf(valuesAfter).includes(value));
  if (missing !== undefined) return `does not take ${missing} for ${where} any more`;
  const members = (membersAfter ?? {}) as Record<string, Json>;
  for (const [name, member] of Object.entries((membersBefore ?? {}) as Record<string, Json>)) {
    if (!Object.hasOwn(members, name)) return `has no ${name} in ${where} any more`;
    const change = changeOf(member, members[name]!, name);
    if (change) return change;
  }
  if (!entryBefore && !entryAfter) return null;
  if (!entryBefore || !entryAfter) return `has other entries in ${where}`;
  return changeOf(entryBefore as Json, entryAfter as Json, `an entry of ${where}`);
}

function find({ versions }: SchemaRecord, type: string, version: number): DataSchema | undefined {
  return versions.find((schema) => schema.type === type && schema.version === version);
}

function byTypeAndVersion(a: DataSchema, b: DataSchema): number {
  return a.type === b.type ? a.version - b.version : a.type < b.type ? -1 : 1;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function sorted(value: unknown): string {
  return listOf(value).toSorted().join();
}

function jsonSchema(schema: z.ZodMiniType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema) as Json;
  return rest;
}
