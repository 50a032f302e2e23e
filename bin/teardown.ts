import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { S3Client } from '@aws-sdk/client-s3';
import { settingsFor } from '../lib/settings.ts';
import { readAssembly } from '../local/assembly/assembly.ts';
import { runCommand } from '../local/command.ts';
import { synthesise } from '../local/synthesise.ts';
import { bucketsOf, doomed, empty } from './teardown/buckets.ts';
import { planOf, planText } from './teardown/plan.ts';

const usage = `npm run teardown -- [--stage dev|prod] [--yes] [--unprotected]

Lists, from the synthesised templates of the stage, what deleting its stacks removes and what stays. With --yes it
empties the buckets that are to go, and deletes the stacks, those others depend on last, with the AWS credentials and
region of the environment. Stacks of prod are protected: lift that first, as it tells you, then add --unprotected.`;

await runCommand(usage, async () => {
  const { values } = parseArgs({
    options: {
      stage: { type: 'string', default: 'dev' },
      yes: { type: 'boolean', default: false },
      unprotected: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return { usage: true };
  const { stage, isProtected } = settingsFor(values.stage);
  const directory = await mkdtemp(join(tmpdir(), 'mallway-teardown-'));
  try {
    process.env.CDK_CONTEXT_JSON = JSON.stringify({ stage });
    await synthesise(directory);
    const plans = planOf(readAssembly(directory).stacks);
    process.stdout.write(planText(plans));
    if (!values.yes) {
      process.stdout.write('\nNothing was done. Add --yes to do it.\n');
      return;
    }
    if (isProtected && !values.unprotected) {
      const lift = plans.map(
        ({ stack }) =>
          `  aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name ${stack}`,
      );
      throw new Error(`The stacks of ${stage} are protected. Run these, then add --unprotected:\n${lift.join('\n')}`);
    }
    const client = new S3Client({});
    for (const { name } of doomed(await bucketsOf(client, stage), plans)) {
      process.stdout.write(`Emptied ${name}: ${await empty(client, name)} objects\n`);
    }
    // The assembly that was just listed is the one whose stacks go; the CLI knows their order.
    const { status } = spawnSync('npx', ['cdk', 'destroy', '--all', '--force', '--app', directory], {
      stdio: 'inherit',
    });
    if (status !== 0) throw new Error('Not everything was deleted: mend what is named above, and run this again.');
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  return;
});
