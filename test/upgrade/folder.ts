import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';

/** What a data folder needs to be opened again; assembly, logs and the lock are made anew. */
const kept = ['cloud.sqlite', 'dynamodb/tables.sqlite', 'credentials.json', 's3'];

/** A data folder that nobody has open, as one compressed file: a line that lists the files, then their bytes. */
export function pack(folder: string, archive: string): void {
  for (const database of kept.filter((name) => name.endsWith('.sqlite'))) compact(join(folder, database));
  const files = kept.flatMap((name) => filesAt(join(folder, name)));
  const contents = files.map((file) => readFileSync(file));
  const list = files.map((file, index) => ({ name: relative(folder, file), bytes: contents[index]!.length }));
  const whole = Buffer.concat([Buffer.from(`${JSON.stringify(list)}\n`), ...contents]);
  writeFileSync(archive, brotliCompressSync(whole, { params: { [constants.BROTLI_PARAM_LGWIN]: 24 } }));
}

export function unpack(archive: string, folder: string): void {
  const whole = brotliDecompressSync(readFileSync(archive));
  const end = whole.indexOf('\n');
  let at = end + 1;
  for (const { name, bytes } of JSON.parse(whole.toString('utf8', 0, end)) as { name: string; bytes: number }[]) {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, whole.subarray(at, at + bytes), { mode: 0o600 });
    at += bytes;
  }
}

/** One file without its log, and without what was deleted. */
function compact(file: string): void {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = DELETE; VACUUM');
  database.close();
}

function filesAt(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return [];
  if (!found.isDirectory()) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map((name) => join(path, name))
    .filter((file) => statSync(file).isFile())
    .sort();
}
