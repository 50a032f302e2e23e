import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ApiKey } from './actors/credentials.ts';

/** Where a running cloud listens, from `control.json` of its data folder. */
export interface RunningCloud {
  dataDirectory: string;
  /** The control port and its token. */
  url: string;
  token: string;
  pid: number;
  /** The public port: pages and API. */
  publicUrl: string;
}

/** `credentials.json` of a data folder: who can be played, and the keys of its channels. No bearer tokens. */
export interface Credentials {
  actors: { id: string; role: string; name: string; mall: string | null; url: string }[];
  channels: ({ id: string } & ApiKey)[];
}

/** The cloud that runs on a data folder. Throws a sentence with the remedy when none does. */
export async function findRunningCloud(dataDirectory: string): Promise<RunningCloud> {
  const folder = resolve(dataDirectory);
  const control = await readJson<Omit<RunningCloud, 'dataDirectory'>>(join(folder, 'control.json'));
  if (!control || !(await answers(control.publicUrl))) {
    throw new Error(`Nothing runs on ${folder}: start it with npm start, or name another folder with --data-dir.`);
  }
  return { dataDirectory: folder, ...control };
}

export async function readCredentials(dataDirectory: string): Promise<Credentials | null> {
  return readJson<Credentials>(join(resolve(dataDirectory), 'credentials.json'));
}

async function readJson<T>(file: string): Promise<T | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T;
  } catch {
    return null;
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/config.json`, { signal: AbortSignal.timeout(3_000) })).ok;
  } catch {
    return false;
  }
}
