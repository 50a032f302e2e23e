import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** All that an assembly is made from. */
const sources = ['bin/mallway.ts', 'cdk.json', 'lib', 'lambdas', 'web', 'node_modules/.package-lock.json'];

/**
 * Writes the cloud assembly, as `cdk synth` does, unless the one that is there was made from the sources as they are.
 * Rejects with what the synthesis said when it fails.
 */
export async function synthesise(assemblyDirectory: string): Promise<void> {
  const stamp = join(assemblyDirectory, 'made-from.txt');
  const state = sourcesState();
  if (readIfThere(stamp) === state) return;
  rmSync(stamp, { force: true });
  await runScript('bin/mallway.ts', { CDK_OUTDIR: assemblyDirectory }, 'The stacks could not be synthesised');
  writeFileSync(stamp, state);
}

/** Changes with every file that is written, added or removed. */
export function sourcesState(): string {
  const files = sources.flatMap((source) => {
    const path = join(root, source);
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [path];
    return readdirSync(path, { recursive: true, encoding: 'utf8' }).map((name) => join(path, name));
  });
  const newestMs = Math.max(...files.map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0));
  return `${root}: ${files.length} files, the newest of ${newestMs}\n`;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function runScript(script: string, environment: Record<string, string>, failure: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script], {
      cwd: root,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += String(chunk);
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${failure} (${signal ?? `exit ${code}`}):\n${said.trim()}`));
    });
  });
}
