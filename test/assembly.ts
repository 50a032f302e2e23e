import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sourcesState } from '../local/synthesise.ts';

export type Stage = 'dev' | 'prod';

const root = join(import.meta.dirname, '..');
const keptMs = 3_600_000;

/**
 * What `node bin/mallway.ts` writes for a stage, with `more` given by `-c`, made once for all tests as long as the sources
 * stay the same: synthesis takes seconds of a processor. It is read only. Two that make it at the same time both succeed,
 * and one is kept.
 */
export async function sharedAssembly(stage: Stage = 'dev', more: Record<string, string> = {}): Promise<string> {
  const context = JSON.stringify({ stage, ...more });
  const home = `mallway-assembly-${hash(root)}`;
  const directory = join(tmpdir(), `${home}-${hash(context)}-${hash(sourcesState())}`);
  if (existsSync(directory)) return directory;
  const made = mkdtempSync(join(tmpdir(), `${home}-making-`));
  await synthesise(made, context);
  try {
    renameSync(made, directory);
  } catch (error) {
    rmSync(made, { recursive: true, force: true });
    if (!existsSync(directory)) throw error;
  }
  forgetOld(home);
  return directory;
}

/** Runs the app itself, as an operator would, into `directory`. */
async function synthesise(directory: string, context: string): Promise<void> {
  await promisify(execFile)(process.execPath, [join(root, 'bin/mallway.ts')], {
    env: { PATH: process.env.PATH, CDK_OUTDIR: directory, CDK_CONTEXT_JSON: context },
    cwd: root,
  });
}

/** Of sources that have changed since; a run of tests that began before may still read a young one. */
function forgetOld(home: string): void {
  for (const name of globSync(`${home}-*`, { cwd: tmpdir() })) {
    const path = join(tmpdir(), name);
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (age > keptMs) rmSync(path, { recursive: true, force: true });
  }
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 10);
}
