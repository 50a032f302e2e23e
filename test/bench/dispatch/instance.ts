import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * One instance of the Meal Delivery Routing Problem library (github grubhub/mdrplib), as it lies in its folder.
 * Times are integer minutes from the start of the day, coordinates metres. Index of an entity = its line in its file.
 */
export interface Instance {
  name: string;
  orders: { id: string; x: number; y: number; placedAt: number; store: number; readyAt: number }[];
  couriers: { id: string; x: number; y: number; onAt: number; offAt: number }[];
  stores: { id: string; x: number; y: number }[];
  metresPerMinute: number;
  pickupMinutes: number;
  dropoffMinutes: number;
  targetMinutes: number;
  payPerOrder: number;
  guaranteedPerHour: number;
}

/** Folder that holds one folder per instance, or null where the library is not at hand. */
export function benchmarkFolder(argument?: string): string | null {
  const given = argument ?? process.env.MALLWAY_BENCHMARKS ?? '../shared/benchmarks';
  const candidates = [given, join(given, 'mdrp', 'public_instances'), join(given, 'public_instances')];
  return candidates.find((folder) => existsSync(folder) && instanceNames(folder).length > 0) ?? null;
}

/** Instances in a folder by name; `only` is a glob in which * stands for anything, several separated by commas. */
export function instanceNames(folder: string, only = '*'): string[] {
  const patterns = only.split(',').map((glob) => new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`));
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'instance_parameters.txt')))
    .filter((name) => patterns.some((pattern) => pattern.test(name)))
    .sort();
}

export function readInstance(folder: string, name: string): Instance {
  const table = (file: string) => readTable(join(folder, name, file));
  const stores = table('restaurants.txt').map((row) => ({ id: row.restaurant!, x: +row.x!, y: +row.y! }));
  const storeIndex = new Map(stores.map((store, index) => [store.id, index]));
  const parameters = table('instance_parameters.txt')[0]!;
  return {
    name,
    stores,
    orders: table('orders.txt').map((row) => ({
      id: row.order!,
      x: +row.x!,
      y: +row.y!,
      placedAt: +row.placement_time!,
      store: storeIndex.get(row.restaurant!)!,
      readyAt: +row.ready_time!,
    })),
    couriers: table('couriers.txt').map((row) => ({
      id: row.courier!,
      x: +row.x!,
      y: +row.y!,
      onAt: +row.on_time!,
      offAt: +row.off_time!,
    })),
    metresPerMinute: +parameters.meters_per_minute!,
    pickupMinutes: +parameters['pickup service minutes']!,
    dropoffMinutes: +parameters['dropoff service minutes']!,
    targetMinutes: +parameters['target click-to-door']!,
    payPerOrder: +parameters['pay per order']!,
    guaranteedPerHour: +parameters['guaranteed pay per hour']!,
  };
}

/** Places are numbered orders first, then stores, then couriers' starts. */
export const placeOfOrder = (order: number) => order;
export const placeOfStore = (instance: Instance, store: number) => instance.orders.length + store;
export const placeOfCourier = (instance: Instance, courier: number) =>
  instance.orders.length + instance.stores.length + courier;

/** Minutes from every place to every other, row by row: the Euclidean distance at constant speed, rounded up. */
export function travelMinutes(instance: Instance): { size: number; minutes: Uint16Array } {
  const places = [...instance.orders, ...instance.stores, ...instance.couriers];
  const size = places.length;
  const minutes = new Uint16Array(size * size);
  for (let from = 0; from < size; from++) {
    const { x, y } = places[from]!;
    for (let to = 0; to < size; to++) {
      const dx = places[to]!.x - x;
      const dy = places[to]!.y - y;
      minutes[from * size + to] = Math.ceil(Math.sqrt(dx * dx + dy * dy) / instance.metresPerMinute);
    }
  }
  return { size, minutes };
}

function readTable(file: string): Record<string, string>[] {
  const [head, ...lines] = readFileSync(file, 'utf8').split(/\r?\n/);
  const columns = head!.split('\t').map((column) => column.trim());
  return lines
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const cells = line.split('\t');
      return Object.fromEntries(columns.map((column, index) => [column, (cells[index] ?? '').trim()]));
    });
}
