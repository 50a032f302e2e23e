import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A folder of an instance of our own, in the format of the library: three restaurants, two couriers, six orders. */
export function writeInstance(parent: string, change: Record<string, string> = {}): string {
  const folder = join(parent, 'small');
  mkdirSync(folder, { recursive: true });
  const files: Record<string, string[][]> = {
    'orders.txt': [
      ['order', 'x', 'y', 'placement_time', 'restaurant', 'ready_time'],
      ['o1', '1500', '2000', '12', 'r1', '20'],
      ['o2', '900', '400', '12', 'r2', '25'],
      ['o3', '3000', '1000', '20', 'r1', '34'],
      ['o4', '500', '2500', '31', 'r3', '31'],
      ['o10', '1200', '1200', '12', 'r3', '40'],
      ['o5', '2500', '300', '33', 'r2', '52'],
    ],
    'restaurants.txt': [
      ['restaurant', 'x', 'y'],
      ['r1', '1000', '1000'],
      ['r2', '2000', '1000'],
      ['r3', '1500', '400'],
    ],
    'couriers.txt': [
      ['courier', 'x', 'y', 'on_time', 'off_time'],
      ['c1', '1600', '900', '0', '120'],
      ['c2', '500', '500', '15', '120'],
    ],
    'instance_parameters.txt': [
      ['meters_per_minute', 'pickup service minutes', 'dropoff service minutes', 'target click-to-door'],
      ['320', '4', '4', '40'],
    ],
  };
  for (const [name, rows] of Object.entries(files)) {
    const text = change[name] ?? `${rows.map((row) => row.join('\t')).join('\n')}\n`;
    writeFileSync(join(folder, name), text);
  }
  return folder;
}
