import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Writes the cloud assembly, as `cdk synth` does. Rejects with what the synthesis said when it fails. */
export function synthesise(assemblyDirectory: string): Promise<void> {
  return runScript('bin/mallway.ts', { CDK_OUTDIR: assemblyDirectory }, 'The stacks could not be synthesised');
}

/** Bundles the pages into web/dist and answers where that is. */
export async function buildPages(): Promise<string> {
  await runScript('web/build.ts', {}, 'The pages could not be built');
  return fileURLToPath(new URL('../web/dist', import.meta.url));
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
