import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { aligned, runCommand } from '../local/command.ts';
import type { ReplayFigures } from '../local/replay/figures.ts';
import { readInstance } from '../local/replay/instance.ts';
import { growing } from '../local/replay/memory-by-quarter.ts';
import { type Progress, replay } from '../local/replay/replay.ts';
import { synthesise } from '../local/synthesise.ts';

const usage = `npm run replay -- FOLDER [--orders N] [--speed S|max] [--seed N] [--steady] [--json] [--data-dir DIR]

Plays a published day of the Meal Delivery Routing Problem library (github.com/grubhub/mdrplib) through the API of an
embedded cloud, and prints what became of its orders. docs/replay.md says how the day becomes one of a mall.

  --orders N    the first N orders of the day                                   (all)
  --speed S     business seconds in one second; max jumps from event to event   (max)
  --seed N      of everything that is thrown like dice                          (1)
  --steady      fails as well where memory grew with the day: usually a quarter more in its last quarter than in its second
  --json        one line of JSON on stdout
  --data-dir D  keeps the cloud's data there

Exits 1 when an order was lost: not ended, or ended as none may.`;

await runCommand(usage, async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      orders: { type: 'string' },
      speed: { type: 'string', default: 'max' },
      seed: { type: 'string', default: '1' },
      steady: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      'data-dir': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return { usage: true };
  const [folder, ...more] = positionals;
  if (folder === undefined || more.length > 0) return { usage: false };
  const count = values.orders === undefined ? undefined : whole('--orders', values.orders, 1);
  const seed = whole('--seed', values.seed, 0);
  const speed = values.speed === 'max' ? 'max' : Number(values.speed);
  if (speed !== 'max' && !(speed > 0 && speed <= 600))
    throw new Error(`--speed ${values.speed} is no speed: give max, or business seconds in a second up to 600.`);
  const instance = await readInstance(folder);
  const kept = values['data-dir'];
  const home = kept ? resolve(kept) : await mkdtemp(join(tmpdir(), 'mallway-replay-'));
  try {
    const assemblyDirectory = join(home, 'cdk.out');
    await synthesise(assemblyDirectory);
    const dataDirectory = join(home, `replay-${process.pid}`);
    const bar = process.stderr.isTTY ? progressBar : () => {};
    const played = await replay({ instance, assemblyDirectory, dataDirectory, seed, count, speed, onProgress: bar });
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
    for (const { orderId, violations } of played.outcomes)
      for (const violation of violations) process.stderr.write(`${orderId}: ${violation}\n`);
    for (const problem of played.problems) process.stderr.write(`${problem}\n`);
    process.stdout.write(values.json ? `${JSON.stringify(played.figures)}\n` : tableOf(played.figures));
    if (played.figures.lost > 0) process.exitCode = 1;
    if (values.steady) {
      const grown = growing(played.figures.usualMb);
      for (const line of grown) process.stderr.write(`${line}\n`);
      if (grown.length > 0) process.exitCode = 1;
    }
  } finally {
    if (!kept) await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
  return;
});

function whole(option: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new Error(`${option} ${text} is no whole number of ${least} or more.`);
}

function progressBar({ total, placed, settled, now }: Progress): void {
  const width = 30;
  const filled = Math.round((settled / total) * width);
  const bar = `${'='.repeat(filled)}${'-'.repeat(width - filled)}`;
  const at = new Date(now).toISOString().slice(11, 16);
  process.stderr.write(`\r[${bar}] ${settled} of ${total} orders settled, ${placed} placed, ${at} UTC\u001b[K`);
}

function tableOf(figures: ReplayFigures): string {
  const { costPerOrderUsd, usualMb, peakMb, ...rest } = figures;
  const total = Object.values(costPerOrderUsd).reduce((sum, usd) => sum + usd, 0);
  const rows = Object.entries(rest).map(([name, value]) => [name, String(value ?? '-')]);
  const costs = Object.entries(costPerOrderUsd).map(([component, usd]) => [`  ${component}`, usd.toFixed(6)]);
  const memory = Object.entries({ usualMb, peakMb }).flatMap(([name, byPart]) => [
    [`${name} by quarter`, ''],
    ...Object.entries(byPart).map(([part, mb]) => [`  ${part}`, mb.join(' ')]),
  ]);
  return aligned([...rows, ...memory, ['costPerOrderUsd', total.toFixed(6)], ...costs]);
}
