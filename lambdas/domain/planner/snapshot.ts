/**
 * What the planner sees of one mall or zone at one instant, and what it answers. Everything is plain data: a snapshot
 * written as JSON and read again gives the same bytes of output. Times are integer seconds of one clock, whatever its
 * zero; durations are integer seconds; places are row numbers of the travel table.
 */
export interface Snapshot {
  now: number;
  orders: OrderToPlan[];
  drivers: DriverToPlan[];
  stores: StoreToPlan[];
  sites: SiteToPlan[];
  dropoff: { before: number; after: number };
  travel: TravelTable;
  demand: Demand;
}

export interface TravelTable {
  size: number;
  /** Seconds from place to place, row by row. */
  seconds: ArrayLike<number>;
}

/** Learned from orders seen so far; nothing of it is known in advance. */
export interface Demand {
  /** Orders an hour expected at each site, in the order of `sites`. */
  perHour: number[];
  /** Seconds from an order's being placed to its being ready: a sample or quantiles. Empty: nothing is known. */
  leadSeconds: number[];
}

/** A place where a driver leaves the vehicle; several stores may be reached from it on foot. */
export interface SiteToPlan {
  id: string;
  place: number;
  /** From arrival to the first counter, and from the last counter to leaving. */
  approach: number;
  leave: number;
}

export interface StoreToPlan {
  id: string;
  /** Number of its site. */
  site: number;
  /** At this store's counter, with the walk to it from the counter before. */
  service: number;
}

export interface OrderToPlan {
  id: string;
  drop: number;
  placedAt: number;
  promiseBy: number;
  /** Pickups not yet made, all at one site. */
  pickups: { store: number; readyAt: number; readySd?: number; ready?: boolean }[];
  size: number;
  /** What the carrier must be able to do: `age_check`, `insulated`, ... */
  needs: string[];
  /** Drivers who have passed on it, or must not carry it. */
  excluded: string[];
  /** Seconds of the objective by which another driver would have to be better than this one. */
  preferred: { driver: string; seconds: number }[];
  /** The driver to whom it is on offer. */
  lockedTo?: string;
}

export interface DriverToPlan {
  id: string;
  /** When and where the driver is next free to be told something, with the parcels on board still to deliver. */
  availableAt: number;
  place: number;
  /** The site the driver stands at or heads to without parcels, and the arrival there, past or to come. */
  site?: number;
  arrivedAt?: number;
  shiftEnd: number;
  capacity: number;
  can: string[];
  /** Drops still to be made, in this sequence, before anything else is collected. */
  onboard: { order: string; drop: number }[];
  /** Orders on offer to this driver, not yet answered. */
  offered: string[];
  /** Orders carried in this shift, and how many of them the guaranteed minimum of the whole shift pays for. */
  carried: number;
  guaranteed: number;
  /** Share of the shift still to come, 0 to 1. */
  shiftLeft: number;
  /** Share of offers this driver passes on, 0 to 1. */
  declines: number;
}

export interface Trip {
  site: number;
  /** In the sequence of the doors. */
  orders: string[];
}

/** Kept from tick to tick: where the search starts. */
export interface Plan {
  routes: { driver: string; trips: Trip[] }[];
}

export type Instruction =
  /** Drive there without orders. `why`: for the first trip of the plan, or for orders expected there. */
  | { kind: 'move'; driver: string; site: number; why: 'trip' | 'demand' }
  /** Collect and deliver; the orders leave the plan. */
  | { kind: 'serve'; driver: string; site: number; stores: number[]; orders: string[] }
  | {
      kind: 'offer';
      driver: string;
      site: number;
      stores: number[];
      orders: string[];
      pickupAt: number;
      /** When each order's door is reached, in the sequence of `orders`. */
      doors: number[];
      endsAt: number;
      /** Who else could go now, and how many seconds of the objective more that would cost; the best three. */
      alternatives: { driver: string; extra: number }[];
    };

export interface Hold {
  order: string;
  why: HoldReason;
  /** Who is to carry it as things stand. */
  driver: string | null;
}

export type HoldReason = 'no_driver' | 'store_not_ready' | 'driver_busy' | 'waits_for_company' | 'on_offer';

export interface PlanResult {
  instructions: Instruction[];
  holds: Hold[];
  plan: Plan;
  stats: { iterations: number; accepted: number; cost: number; unassigned: number; aborted: boolean };
}
