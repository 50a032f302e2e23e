import { parseArgs } from 'node:util';
import { tokenFor } from '../local/actor-token.ts';
import { runCommand } from '../local/command.ts';

const usage = `npm run -s token -- --as <actor> [--data-dir .mallway]

Prints a bearer token for an actor of the cloud that runs on the data folder: a store, a driver, operations, or a
channel. credentials.json in the data folder lists them.`;

await runCommand(usage, async () => {
  const { values } = parseArgs({
    options: { as: { type: 'string' }, 'data-dir': { type: 'string', default: '.mallway' }, help: { type: 'boolean' } },
  });
  if (values.help || values.as === undefined) return { usage: values.help === true };
  process.stdout.write(`${await tokenFor(values.as, values['data-dir'])}\n`);
});
