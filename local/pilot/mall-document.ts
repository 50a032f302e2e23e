import { readFile } from 'node:fs/promises';
import type { LonLat } from '../location/travel.ts';

export interface DayHours {
  /** Local `HH:MM`. */
  opens: string;
  closes: string;
}

/** Weekly hours by `mon` … `sun`, with dated exceptions (`YYYY-MM-DD`); null is closed. */
export interface OpeningHours {
  weekly: Record<string, DayHours | null>;
  exceptions?: Record<string, DayHours | null>;
}

/** One mall with everyone in it: what `npm run mall -- apply FILE` reads. Bodies are those of the API. */
export interface MallDocument {
  mall: { id: string; name: string; zone: string; position: LonLat; hours: OpeningHours; [setting: string]: unknown };
  /** Who carries beside the operator's own drivers; may be left out. */
  providers?: { id: string; [setting: string]: unknown }[];
  retailers: { id: string; name: string; [setting: string]: unknown }[];
  /** A store without `hours` keeps those of the mall. */
  stores: { id: string; retailerId: string; name: string; hours?: OpeningHours; [setting: string]: unknown }[];
  drivers: { id: string; name: string; [setting: string]: unknown }[];
  channels: { id: string; name: string }[];
}

const parts = ['mall', 'retailers', 'stores', 'drivers', 'channels'] as const;
const knownParts: readonly string[] = [...parts, 'providers'];

/** Reads a document; throws a sentence that names what is missing. The API checks the rest. */
export async function readMallDocument(file: string | URL): Promise<MallDocument> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    throw new Error(`There is no readable file ${file}.`);
  }
  return parseMallDocument(text, String(file));
}

export function parseMallDocument(text: string, name: string): MallDocument {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`${name} is not JSON: ${(error as Error).message}`);
  }
  const document = value as Record<string, unknown>;
  const missing = parts.find((part) => document === null || typeof document !== 'object' || !(part in document));
  if (missing) throw new Error(`${name} has no "${missing}"; a mall document has ${parts.join(', ')}.`);
  const unknown = Object.keys(document).find((part) => !knownParts.includes(part));
  if (unknown)
    throw new Error(`${name} has "${unknown}", which is not known; a mall document has ${parts.join(', ')}.`);
  for (const part of knownParts.slice(1)) {
    const entries = document[part] ?? (part === 'providers' ? [] : undefined);
    if (!Array.isArray(entries)) throw new Error(`"${part}" in ${name} must be a list.`);
    const nameless = entries.findIndex((entry) => typeof entry?.id !== 'string');
    if (nameless >= 0) throw new Error(`${part}[${nameless}] in ${name} has no "id".`);
  }
  if (typeof (document.mall as { id?: unknown })?.id !== 'string') throw new Error(`"mall" in ${name} has no "id".`);
  return value as MallDocument;
}
