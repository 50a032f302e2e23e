import { parseArgs } from 'node:util';
import { aligned, runCommand } from '../../../../local/command.ts';
import { calibrate, moments } from './eta.ts';

const usage = `npm run bench:eta -- [--seeds 11,12] [--orders N] [--drivers N] [--json]

Plays days of the mall scenarios and prints, for each moment at which an arrival was told, how many drivers came by then:
placed (at the click), waiting (ready for a quarter of an hour, and no driver), taken (a driver has accepted), left (the run
leaves the mall). docs/eta.md has what to expect.`;

await runCommand(usage, async () => {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '11,12' },
      orders: { type: 'string' },
      drivers: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return { usage: true };
  const figures = calibrate(
    values.seeds.split(',').map((seed) => whole('--seeds', seed)),
    {
      ...(values.orders !== undefined && { orders: whole('--orders', values.orders) }),
      ...(values.drivers !== undefined && { drivers: whole('--drivers', values.drivers) }),
    },
  );
  const head = ['told when', 'estimates', 'within p90 %', 'before p50 %', 'mean error min', 'p90 - p50 min'];
  const rows = moments.map((moment) => {
    const { estimates, withinP90Percent, beforeP50Percent, meanErrorMinutes, marginMinutes } = figures[moment];
    return [moment, ...[estimates, withinP90Percent, beforeP50Percent, meanErrorMinutes, marginMinutes].map(String)];
  });
  process.stdout.write(values.json ? `${JSON.stringify(figures)}\n` : aligned([head, ...rows]));
  return;
});

function whole(option: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`${option} ${text} is no whole number above 0.`);
}
