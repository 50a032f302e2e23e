import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { Finding } from './limit.ts';

interface Match {
  Level: string;
  Filename: string;
  Message: string;
  Location: { Path?: (string | number)[] | null };
  Rule: { Id: string };
}

const maximumOutputBytes = 64 * 1024 * 1024;
/** Errors, whatever the place of deployment: warnings are of taste, and CDK writes some of them itself. */
const regions = ['us-east-1', 'eu-west-1', 'ap-southeast-2'];

/** Runs cfn-lint over template files; undefined where it is not installed. `path` is where programs are looked for. */
export async function lint(
  templates: { stack: string; file: string }[],
  path = process.env.PATH ?? '',
): Promise<Finding | undefined> {
  const program = path
    .split(delimiter)
    .map((folder) => join(folder, 'cfn-lint'))
    .find(isProgram);
  if (!program) return undefined;
  const files = templates.map(({ file }) => file);
  const { stdout } = await promisify(execFile)(
    program,
    ['--format', 'json', '--ignore-checks', 'W', 'I', '--regions', ...regions, '--', ...files],
    { maxBuffer: maximumOutputBytes, env: { ...process.env, PATH: path } },
  ).catch((error: { stdout?: string; stderr?: string; code?: unknown }) => {
    // Its exit code tells what it found.
    if (error.stdout?.trim().startsWith('[')) return { stdout: error.stdout };
    throw new Error(
      `${program} does not run (${error.code}): ${error.stderr?.trim()}\nInstall it anew, or take it off PATH.`,
    );
  });
  const errors = (JSON.parse(stdout) as Match[]).filter(({ Level }) => Level === 'Error');
  const breaches = errors.map(({ Filename, Message, Location, Rule }) => {
    const stack = templates.find(({ file }) => file === Filename)?.stack ?? Filename;
    const [section, logicalId, ...rest] = Location.Path ?? [];
    const where = section === 'Resources' && logicalId ? `${stack}/${logicalId}` : stack;
    return { where, value: errors.length, found: `${Rule.Id} ${rest.join('.')}: ${Message}` };
  });
  return {
    limit: 'errors of cfn-lint',
    allowed: 0,
    worst: breaches[0] ?? { where: templates[0]?.stack ?? '', value: 0 },
    breaches,
    mend: 'Mend the property that is named, where the resource is made in lib.',
    source: 'cfn-lint',
  };
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
