import { type Random, seededRandom } from '../../../../lambdas/domain/planner/random.ts';

/** One day of one mall, made up by a seed. Seconds from midnight, metres; the mall is at the origin. */
export interface MallDay {
  seed: number;
  stores: { service: number }[];
  orders: MallOrder[];
  drivers: MallDriver[];
  metresPerSecond: number;
  /** Parking and walking in; walking out and driving off. */
  approach: number;
  leave: number;
  dropoff: { before: number; after: number };
  /** Known standard deviation of the stores' estimates. */
  readySd: number;
}

export interface MallOrder {
  id: string;
  x: number;
  y: number;
  placedAt: number;
  promiseBy: number;
  /** What each store says, and when it really is ready. */
  pickups: { store: number; estimate: number; actual: number }[];
  size: number;
}

export interface MallDriver {
  id: string;
  x: number;
  y: number;
  shiftStart: number;
  shiftEnd: number;
  capacity: number;
  declines: number;
  /** Accepts once and never comes. */
  noShow: boolean;
}

export interface DayOptions {
  seed: number;
  orders: number;
  drivers: number;
  /** Share of offers declined, by driver, between these. */
  declines: [number, number];
  readySd: number;
  noShows: number;
}

export const usualDay: Omit<DayOptions, 'seed'> = {
  orders: 240,
  drivers: 30,
  declines: [0.1, 0.3],
  readySd: 480,
  noShows: 0.05,
};

const hour = 3600;

export function mallDay(options: DayOptions): MallDay {
  const random = seededRandom(options.seed * 7919 + 17);
  const stores = Array.from({ length: 60 }, () => ({ service: 120 + 30 * random.below(4) }));
  const orders = Array.from({ length: options.orders }, (_, index): MallOrder => {
    // Two peaks, at noon and at six, over an even base from ten to half past seven.
    const draw = random.next();
    const placedAt = Math.round(
      draw < 0.5
        ? 10 * hour + random.next() * 9.5 * hour
        : clamp((draw < 0.75 ? 12 : 17.5) * hour + normal(random) * 0.8 * hour, 10 * hour, 19.5 * hour),
    );
    const sameDay = random.next() < 0.4 && placedAt < 16 * hour;
    const count = 1 + (random.next() < 0.55 ? 1 : 0) + (random.next() < 0.35 ? 1 : 0) + (random.next() < 0.15 ? 1 : 0);
    const chosen = new Set<number>();
    while (chosen.size < count) chosen.add(Math.floor(stores.length * random.next() ** 2));
    const distance = 800 + 9000 * Math.sqrt(random.next()) ** 1.2;
    const angle = random.next() * 2 * Math.PI;
    return {
      id: `o${index + 1}`,
      x: Math.round(distance * Math.cos(angle)),
      y: Math.round(distance * Math.sin(angle)),
      placedAt,
      promiseBy: sameDay ? 21 * hour : placedAt + 2 * hour,
      pickups: [...chosen].map((store) => {
        const estimate = placedAt + Math.round(clamp(20 * 60 + normal(random) * 6 * 60, 300, 45 * 60));
        const actual = Math.max(placedAt + 120, estimate + Math.round(normal(random) * options.readySd));
        return { store, estimate, actual };
      }),
      size: 1 + random.below(3),
    };
  }).sort((a, b) => a.placedAt - b.placedAt);
  const drivers = Array.from({ length: options.drivers }, (_, index): MallDriver => {
    const shiftStart = (10 + (index % 3) * 3) * hour;
    const [low, high] = options.declines;
    return {
      id: `d${index + 1}`,
      x: Math.round(normal(random) * 4000),
      y: Math.round(normal(random) * 4000),
      shiftStart,
      shiftEnd: shiftStart + 5 * hour,
      capacity: index % 4 === 0 ? 6 : 14,
      declines: low + (high - low) * random.next(),
      noShow: random.next() < options.noShows,
    };
  });
  return {
    seed: options.seed,
    stores,
    orders,
    drivers,
    metresPerSecond: 9,
    approach: 300,
    leave: 240,
    dropoff: { before: 90, after: 60 },
    readySd: options.readySd,
  };
}

export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));
