import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runCommand } from '../command.ts';
import { synthesise } from '../synthesise.ts';
import { readUnderCheck } from './assembly-under-check.ts';
import { breachLines, checkLimits, limitsTable } from './check-limits.ts';
import { lint } from './lint.ts';

const usage = `npm run check:limits -- [DIR] [--stage dev|prod] [--json]

Holds the synthesised templates against the quotas of AWS that a first deployment could break, and against cfn-lint
where it is installed. DIR is a cloud assembly; without one the stacks of the stage (dev, when none is named) are
synthesised. Exits 1 on a breach.`;

await runCommand(usage, async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      stage: { type: 'string', default: 'dev' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help || positionals.length > 1) return { usage: values.help };
  const [given] = positionals;
  const directory = given ? resolve(given) : await mkdtemp(join(tmpdir(), 'mallway-limits-'));
  try {
    if (!given) {
      process.env.CDK_CONTEXT_JSON = JSON.stringify({ stage: values.stage });
      await synthesise(directory);
    }
    const assembly = readUnderCheck(directory);
    const linted = await lint(
      assembly.stacks.map(({ name }) => ({ stack: name, file: join(directory, `${name}.template.json`) })),
    );
    const findings = [...checkLimits(assembly), ...(linted ? [linted] : [])];
    const breaches = breachLines(findings);
    if (values.json)
      process.stdout.write(`${JSON.stringify({ ok: breaches.length === 0, linted: Boolean(linted), findings })}\n`);
    else {
      process.stdout.write(limitsTable(findings));
      if (!linted) process.stdout.write('\nLeft out: cfn-lint is not installed (`pip install cfn-lint`).\n');
      process.stdout.write(breaches.length === 0 ? '\nEverything fits.\n' : `\n${breaches.join('\n')}\n`);
    }
    if (breaches.length > 0) process.exitCode = 1;
  } finally {
    if (!given) await rm(directory, { recursive: true, force: true });
  }
  return;
});
