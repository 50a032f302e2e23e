import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { unpackTick } from '../lambdas/adapters/s3-ticks.ts';
import { replays, type Tick } from '../lambdas/application/dispatch.ts';
import { aligned, runCommand } from '../local/command.ts';

const usage = `npm run -s tick -- FILE|FOLDER ... [--order ID] [--json]

Plays kept ticks of dispatch again with the planner of this folder, and says whether the answer is the same to the byte.
With --order, only the ticks that saw this order, and what was decided about it and why. Ticks lie in the bucket that the
stack mallway-STAGE-dispatch names Ticks (aws s3 cp --recursive s3://BUCKET/MALL/DATE FOLDER), and here in the data
folder, .mallway/s3.`;

await runCommand(usage, async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { order: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help || positionals.length === 0) return { usage: values.help === true };
  const { order } = values;
  const ticks = positionals
    .flatMap(ticksIn)
    .filter(({ snapshot }) => order === undefined || snapshot.orders.some(({ id }) => id === order))
    .sort((a, b) => (a.at < b.at ? -1 : 1));
  if (ticks.length === 0) {
    throw new Error(`There is no tick${order ? ` that saw order ${order}` : ''} in ${positionals.join(', ')}.`);
  }
  const rows = ticks.map((tick) => ({ tick, replays: replays(tick) }));
  if (values.json) {
    for (const { tick, ...row } of rows) {
      const { mallId, at, answer } = tick;
      process.stdout.write(
        `${JSON.stringify({ mallId, at, ...row, instructions: answer.instructions, holds: answer.holds })}\n`,
      );
    }
  } else {
    const head = ['at', 'mall', 'orders', 'drivers', 'replays', 'decided'];
    const lines = rows.map(({ tick, replays }) => [
      tick.at,
      tick.mallId,
      String(tick.snapshot.orders.length),
      String(tick.snapshot.drivers.length),
      replays ? 'yes' : 'NO',
      decided(tick, order),
    ]);
    process.stdout.write(aligned([head, ...lines]));
  }
  if (rows.some(({ replays }) => !replays)) process.exitCode = 1;
  return;
});

function ticksIn(path: string): Tick[] {
  if (statSync(path).isDirectory()) return readdirSync(path).flatMap((name) => ticksIn(join(path, name)));
  const bytes = readFileSync(path);
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return isGzip ? [unpackTick(bytes)] : [];
}

function decided({ answer }: Tick, order: string | undefined): string {
  const said = answer.instructions.flatMap((one) => {
    if (one.kind !== 'offer' || (order !== undefined && !one.orders.includes(order))) return [];
    const next = one.alternatives[0];
    const others = next ? `, ${next.driver} would cost ${next.extra} s more` : '';
    return [`offer of ${one.orders.join(' ')} to ${one.driver}${others}`];
  });
  const held = answer.holds
    .filter((hold) => order === undefined || hold.order === order)
    .map(({ order, why, driver }) => `${order} held: ${why}${driver ? ` (${driver})` : ''}`);
  return [...said, ...held].join('; ');
}
