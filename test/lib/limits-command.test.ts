import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { lint } from '../../local/limits/lint.ts';

const folder = mkdtempSync(join(tmpdir(), 'mallway-limits-command-'));
const root = join(import.meta.dirname, '..', '..');

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A cloud assembly of one stack. */
function assembly(name: string, Resources: object): string {
  const directory = join(folder, name);
  mkdirSync(directory);
  const stack = { type: 'aws:cloudformation:stack', properties: { templateFile: 'shop.template.json' } };
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ version: '55.0.0', artifacts: { shop: stack } }));
  writeFileSync(join(directory, 'shop.template.json'), JSON.stringify({ Resources }));
  return directory;
}

/** A folder for PATH with a cfn-lint that answers like the real one: a match in `file`, exit 2. */
function linterSaying(name: string, matches: object[], exitCode = 2): string {
  const directory = join(folder, name);
  mkdirSync(directory);
  const script = join(directory, 'cfn-lint');
  writeFileSync(script, `#!/bin/sh\ncat <<'END'\n${JSON.stringify(matches)}\nEND\nexit ${exitCode}\n`);
  chmodSync(script, 0o755);
  return directory;
}

function match(file: string) {
  return {
    Level: 'Error',
    Filename: file,
    Message: "'nodejs26.x' is not one of ['nodejs24.x']",
    Location: { Path: ['Resources', 'Busy', 'Properties', 'Runtime'] },
    Rule: { Id: 'E3030' },
  };
}

function run(directory: string, path: string, ...more: string[]): Promise<{ code: number; stdout: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(root, 'local', 'limits', 'command.ts'), directory, ...more],
      { env: { PATH: path }, cwd: root },
      (error, stdout) => resolve({ code: Number(error?.code ?? 0), stdout }),
    );
  });
}

describe('npm run check:limits', () => {
  it('exits 0, with a table, and says that cfn-lint is not there', async () => {
    const directory = assembly('good', { Slow: { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: 5 } } });
    const { code, stdout } = await run(directory, '/nowhere');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^limit +worst +allowed +where\n/);
    expect(stdout).toMatch(/\nseconds that a queue delays +5 +900 +shop\/Slow\n/);
    expect(stdout).toContain('cfn-lint is not installed');
    expect(stdout).toContain('Everything fits.');
  });

  it('exits 1 on a breach, and tells it as JSON', async () => {
    const directory = assembly('bad', { Slow: { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: 1_000 } } });
    const { code, stdout } = await run(directory, '/nowhere');
    expect(code).toBe(1);
    expect(stdout).toContain(
      'shop/Slow: 1,000 seconds that a queue delays, and 900 allowed. Let the message come back',
    );
    const json = JSON.parse((await run(directory, '/nowhere', '--json')).stdout);
    expect(json).toMatchObject({ ok: false, linted: false });
    expect(json.findings.find(({ breaches }: { breaches: object[] }) => breaches.length > 0)).toMatchObject({
      limit: 'seconds that a queue delays',
      allowed: 900,
      worst: { where: 'shop/Slow', value: 1_000 },
    });
  });

  it('exits 1 on an error of cfn-lint', async () => {
    const directory = assembly('linted', { Busy: { Type: 'AWS::Lambda::Function' } });
    const path = linterSaying('bin', [match(join(directory, 'shop.template.json'))]);
    const { code, stdout } = await run(directory, `${path}:/usr/bin:/bin`);
    expect(code).toBe(1);
    expect(stdout).toContain(
      "shop/Busy: 1 errors of cfn-lint, and 0 allowed (E3030 Properties.Runtime: 'nodejs26.x' is",
    );
    expect(stdout).not.toContain('not installed');
  });
});

describe('cfn-lint', () => {
  const templates = [{ stack: 'shop', file: '/tmp/shop.template.json' }];

  it('has nothing to say of a good template', async () => {
    const path = linterSaying('clean', [], 0);
    expect(await lint(templates, `/nowhere:${path}:/bin`)).toMatchObject({ breaches: [], worst: { value: 0 } });
  });

  it('is not run where it is not on PATH', async () => {
    expect(await lint(templates, '/nowhere')).toBeUndefined();
  });

  it('stops the check when it does not run', async () => {
    const path = join(folder, 'broken');
    mkdirSync(path);
    writeFileSync(join(path, 'cfn-lint'), '#!/bin/sh\necho "no module named cfnlint" >&2\nexit 1\n', { mode: 0o755 });
    await expect(lint(templates, `${path}:/bin`)).rejects.toThrow('no module named cfnlint');
  });
});
