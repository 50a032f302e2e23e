import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { smoke } from './smoke/smoke.ts';

const usage = `npm run smoke -- --url URL [--operations-token T --driver-token T] [--data-dir .mallway]

Places, delivers and settles one order on an installation, in a test mall of its own, and leaves nothing open.
Tokens: of a person of operations, and of a person who has no other role there; also from MALLWAY_OPERATIONS_TOKEN and
MALLWAY_DRIVER_TOKEN. Without them, those of the embedded cloud that runs on the data folder.`;

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    'operations-token': { type: 'string' },
    'driver-token': { type: 'string' },
    'data-dir': { type: 'string', default: '.mallway' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) process.stdout.write(`${usage}\n`);
else {
  try {
    const operations = values['operations-token'] ?? process.env.MALLWAY_OPERATIONS_TOKEN;
    const driver = values['driver-token'] ?? process.env.MALLWAY_DRIVER_TOKEN;
    const given = operations && driver ? { operationsToken: operations, driverToken: driver } : undefined;
    if (given && values.url === undefined) throw new Error('Name the installation with --url.');
    const local = given ? undefined : await ofEmbeddedCloud(values['data-dir']);
    const { orderId, seconds } = await smoke({
      ...(given ?? local!.tokens),
      url: (values.url ?? local!.url).replace(/\/$/, ''),
      tell: (line) => process.stdout.write(`${line}\n`),
    });
    process.stdout.write(`\nDelivered ${orderId} in ${seconds.toFixed(1)} s.\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}

/** Its control port gives tokens to whoever may read the data folder. */
async function ofEmbeddedCloud(dataDirectory: string) {
  const file = join(resolve(dataDirectory), 'control.json');
  const control = await readFile(file, 'utf8').catch(() => {
    throw new Error(`Give --operations-token and --driver-token, or a data folder: there is no ${file}.`);
  });
  const { url, token, publicUrl } = JSON.parse(control) as { url: string; token: string; publicUrl: string };
  const tokenOf = async (sub: string) => {
    const response = await fetch(`${url}/tokens`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ sub }),
    });
    return ((await response.json()) as { token: string }).token;
  };
  const tokens = { operationsToken: await tokenOf('operations'), driverToken: await tokenOf('smoke-test-driver') };
  return { url: publicUrl, tokens };
}
