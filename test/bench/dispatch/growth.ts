import { clickToDoor, mallPromises } from '../../../lambdas/domain/planner/options.ts';
import { plan } from '../../../lambdas/domain/planner/plan.ts';
import { seededRandom } from '../../../lambdas/domain/planner/random.ts';
import type { Snapshot } from '../../../lambdas/domain/planner/snapshot.ts';

/** Prints how the time of one tick from nothing (no plan before) grows with the snapshot. `node growth.ts` */
const sizes = [
  [25, 15],
  [50, 30],
  [100, 60],
  [200, 120],
  [300, 180],
  [500, 300],
] as const;

if (import.meta.main) print();

function print(): void {
  console.log('| drivers | open orders | click-to-door, ms | rounds | mall promises, ms | rounds |');
  console.log('| --- | --- | --- | --- | --- | --- |');
  for (const [drivers, orders] of sizes) {
    const cells = [clickToDoor, mallPromises].flatMap((options) => {
      const asked = snapshotOf(drivers, orders, options === mallPromises);
      for (let warm = 0; warm < 3; warm++) plan(asked, null, options);
      const before = process.threadCpuUsage();
      const { stats } = plan(asked, null, options);
      const { user, system } = process.threadCpuUsage(before);
      return [((user + system) / 1000).toFixed(0), String(stats.iterations)];
    });
    console.log(`| ${[drivers, orders, ...cells].join(' | ')} |`);
  }
}

/** Places at random in a square of 12 km at 320 m a minute; one site per store, or one mall with sixty stores. */
export function snapshotOf(drivers: number, orders: number, mall: boolean): Snapshot {
  const random = seededRandom(drivers * 1000 + orders);
  const stores = 60;
  const places = Array.from({ length: stores + drivers + orders }, () => [random.below(12_000), random.below(12_000)]);
  const size = places.length;
  const seconds = new Int32Array(size * size);
  for (let from = 0; from < size; from++) {
    for (let to = 0; to < size; to++) {
      const [[x, y], [u, v]] = [places[from]!, places[to]!];
      seconds[from * size + to] = Math.round((Math.hypot(x! - u!, y! - v!) / 320) * 60);
    }
  }
  const now = 36_000;
  return {
    now,
    stores: Array.from({ length: stores }, (_, store) => ({
      id: `s${store}`,
      site: mall ? 0 : store,
      service: mall ? 120 : 0,
    })),
    sites: Array.from({ length: mall ? 1 : stores }, (_, site) => ({
      id: `p${site}`,
      place: site,
      approach: 120,
      leave: 120,
    })),
    dropoff: { before: 120, after: 120 },
    travel: { size, seconds },
    demand: { perHour: Array.from({ length: mall ? 1 : stores }, () => 4), leadSeconds: [300, 600, 1200] },
    orders: Array.from({ length: orders }, (_, index) => ({
      id: `o${index}`,
      drop: stores + drivers + index,
      placedAt: now - random.below(900),
      promiseBy: now + 5400,
      pickups: Array.from({ length: mall ? 1 + random.below(3) : 1 }, (_, part) => ({
        store: (random.below(20) + 20 * part) % stores,
        readyAt: now + random.below(1500),
      })),
      size: 1,
      needs: [],
      excluded: [],
      preferred: [],
    })),
    drivers: Array.from({ length: drivers }, (_, index) => ({
      id: `d${index}`,
      availableAt: now + (index % 2) * random.below(1200),
      place: stores + index,
      shiftEnd: now + 7200,
      capacity: 10,
      can: [],
      onboard: [],
      offered: [],
      carried: 0,
      guaranteed: 6,
      shiftLeft: 0.5,
      declines: 0.1,
    })),
  };
}
