import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';

/**
 * A published day of the Meal Delivery Routing Problem library (github.com/grubhub/mdrplib). Times are whole minutes
 * from the start of the day, places are metres.
 */
export interface Instance {
  /** The folder's name, for example `0o50t100s1p100`. */
  name: string;
  metresPerMinute: number;
  /** Of driver minutes at a counter and at a door, half before and half after the parcel changes hands. */
  pickupMinutes: number;
  dropoffMinutes: number;
  /** In the order in which they were placed. */
  orders: InstanceOrder[];
  restaurants: { id: string; at: Metres }[];
  couriers: { id: string; at: Metres; onMinute: number; offMinute: number }[];
}

export interface InstanceOrder {
  id: string;
  at: Metres;
  placedMinute: number;
  restaurantId: string;
  readyMinute: number;
}

export interface Metres {
  x: number;
  y: number;
}

const columns = {
  'orders.txt': ['order', 'x', 'y', 'placement_time', 'restaurant', 'ready_time'],
  'restaurants.txt': ['restaurant', 'x', 'y'],
  'couriers.txt': ['courier', 'x', 'y', 'on_time', 'off_time'],
  'instance_parameters.txt': ['meters_per_minute', 'pickup service minutes', 'dropoff service minutes'],
} as const;

type FileName = keyof typeof columns;
/** One line of a file, by the names of its columns. */
interface Row {
  text: (column: string) => string;
  number: (column: string) => number;
}

/** Reads the folder of an instance; throws a sentence that names file and line where it is not one. */
export async function readInstance(folder: string): Promise<Instance> {
  // One after the other, so that a folder with several faults is always told of the same one first.
  const orders = await rowsOf(folder, 'orders.txt');
  const restaurants = await rowsOf(folder, 'restaurants.txt');
  const couriers = await rowsOf(folder, 'couriers.txt');
  const [parameters] = await rowsOf(folder, 'instance_parameters.txt');
  const instance: Instance = {
    name: basename(resolve(folder)),
    metresPerMinute: parameters!.number('meters_per_minute'),
    pickupMinutes: parameters!.number('pickup service minutes'),
    dropoffMinutes: parameters!.number('dropoff service minutes'),
    orders: orders.map((row) => ({
      id: row.text('order'),
      at: placeOf(row),
      placedMinute: row.number('placement_time'),
      restaurantId: row.text('restaurant'),
      readyMinute: row.number('ready_time'),
    })),
    restaurants: restaurants.map((row) => ({ id: row.text('restaurant'), at: placeOf(row) })),
    couriers: couriers.map((row) => ({
      id: row.text('courier'),
      at: placeOf(row),
      onMinute: row.number('on_time'),
      offMinute: row.number('off_time'),
    })),
  };
  if (!(instance.metresPerMinute > 0)) throw new Error(`${folder}: meters_per_minute must be above 0.`);
  const known = new Set(instance.restaurants.map(({ id }) => id));
  const homeless = instance.orders.find(({ restaurantId }) => !known.has(restaurantId));
  if (homeless)
    throw new Error(
      `${folder}: order ${homeless.id} names restaurant ${homeless.restaurantId}, not in restaurants.txt.`,
    );
  instance.orders.sort((a, b) => a.placedMinute - b.placedMinute || a.id.localeCompare(b.id, 'en', { numeric: true }));
  return instance;
}

function placeOf(row: Row): Metres {
  return { x: row.number('x'), y: row.number('y') };
}

async function rowsOf(folder: string, name: FileName): Promise<Row[]> {
  const text = await readFile(join(folder, name), 'utf8').catch(() => {
    throw new Error(
      `${folder} has no readable ${name}: give the folder of one instance, with ${Object.keys(columns).join(', ')}.`,
    );
  });
  const [header = '', ...lines] = text.split(/\r?\n/);
  const names = header.split('\t');
  const missing = columns[name].find((column) => !names.includes(column));
  if (missing) throw new Error(`${name} in ${folder} has no column "${missing}".`);
  const rows = lines.flatMap((line, index) =>
    line.trim() === '' ? [] : [rowOf(line, `${name}, line ${index + 2}`, names)],
  );
  if (rows.length === 0) throw new Error(`${name} in ${folder} has no lines below its header.`);
  return rows;
}

function rowOf(line: string, where: string, names: string[]): Row {
  const cells = line.split('\t');
  const text = (column: string) => {
    const cell = cells[names.indexOf(column)]?.trim();
    if (!cell) throw new Error(`${where}: "${column}" is empty.`);
    return cell;
  };
  const number = (column: string) => {
    const value = Number(text(column));
    if (!Number.isFinite(value)) throw new Error(`${where}: "${column}" is ${text(column)}, not a number.`);
    return value;
  };
  return { text, number };
}
