import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../../..');
const document = readFileSync(join(root, 'docs/runbook.md'), 'utf8');

/** What one entry of docs/runbook.md says. */
export interface Entry {
  name: string;
  text: string;
  /** The blocks of commands, in their order. */
  commands: string[];
}

/** The entries of docs/runbook.md, one for each alarm. */
export const entries: Entry[] = document
  .split(/^## /m)
  .slice(1)
  .map((section) => {
    const [name = ''] = section.split('\n', 1);
    return { name, text: section, commands: [...section.matchAll(/```sh\n(.*?)```/gs)].map(([, block]) => block!) };
  });

/** What an engineer has in their shell: the function of the document's first block, and not its placeholders. */
const setUp = /```sh setup\n(.*?)```/s
  .exec(document)![1]!
  .split('\n')
  .filter((line) => !line.startsWith('export '))
  .join('\n');

/** Runs commands of the document as they stand there; throws when one fails. */
export async function runCommands(block: string, environment: Record<string, string>): Promise<string> {
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', `${setUp}\n${block}`], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment } as NodeJS.ProcessEnv,
  });
  return stdout;
}
