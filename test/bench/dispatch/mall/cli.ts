import { parseArgs } from 'node:util';
import { playSeeds, variants } from './scenarios.ts';

/** Prints the ablation table of the mall scenarios in Markdown. `--seeds 5 --only planner --orders 240 --declines 0.1,0.3`. */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '11,12,13,14,15' },
    only: { type: 'string' },
    orders: { type: 'string' },
    drivers: { type: 'string' },
    declines: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const seeds = values.seeds.split(',').map(Number);
const [least = 0, most = least] = (values.declines ?? '').split(',').map(Number);
const day = {
  ...(values.orders ? { orders: Number(values.orders) } : {}),
  ...(values.drivers ? { drivers: Number(values.drivers) } : {}),
  ...(values.declines ? { declines: [least, most] as [number, number] } : {}),
};
const rows = variants
  .filter(({ name }) => !values.only || values.only.split(',').includes(name))
  .map((variant) => ({ name: variant.name, shows: variant.shows, ...playSeeds(variant, seeds, day) }));
if (values.json) console.log(JSON.stringify(rows, null, 1));
else {
  const base = rows[0]!.driverMinutes;
  console.log(
    '| | shows | driver min/order | against the planner | km/order | late % | mean late min | CtD min | undelivered | orders/run | spread |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const row of rows) {
    const cells = [
      row.name,
      row.shows,
      row.driverMinutes.toFixed(1),
      `${(100 * (row.driverMinutes / base - 1)).toFixed(0)} %`,
      row.km.toFixed(2),
      row.latePercent.toFixed(1),
      row.lateMinutes.toFixed(2),
      row.clickToDoor.toFixed(0),
      row.undelivered.toFixed(1),
      row.perRun.toFixed(2),
      row.spread.toFixed(2),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}
