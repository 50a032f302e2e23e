/**
 * The terms of the objective. The unit of the sum is a second of one order's time, so each weight is an exchange rate:
 * how many such seconds one unit of the term is worth.
 */
export interface Weights {
  /** Per second from being placed to the door. Shoppers value an early door even when the promise holds. */
  age: number;
  /** Per second beyond `overAfter` from being placed: a long wait costs more than two short ones. */
  over: number;
  overAfter: number;
  /** Per second past the promise: a broken promise is refunded and remembered. */
  late: number;
  /** Per order without any driver: above any delay worth avoiding, so an order is left only if nobody can carry it. */
  unassigned: number;
  /** Per second driven: fuel, wear and emissions, about 11 m each at city speed. */
  travel: number;
  /** Per second of a driver's time until the route ends, times load: what the next order would wait for it. */
  busy: number;
  /** Per second of mean travel from the end of the route to where orders are expected: a remote driver is late next. */
  remote: number;
  /** Per order paid beyond the guaranteed minimum: pay for an order that another driver would carry for nothing more. */
  paid: number;
  /** Per second that an order waits at the counter beyond ready: food cools, counters fill. */
  waiting: number;
  /** Per unit of a driver's decline rate and order: a probable refusal costs an offer's lifetime. */
  decline: number;
  /** Per order carried above the drivers' mean: work is spread. */
  fairness: number;
  /** Per order that changes its driver after somebody has set out for it. */
  change: number;
}

export interface PlanOptions {
  weights: Weights;
  seed: number;
  /** Improvement rounds; without it, chosen from the snapshot's size. A recorded count replays the same plan. */
  iterations?: number;
  /** Asked now and then; true ends the search, and `stats.iterations` says how far it came. */
  outOfTime?: () => boolean;
  maxBundle: number;
  /** Stores visited between parking and driving on; 1 makes every store a stop of its own. */
  storesPerStop: number;
  /** `instruct`: drivers obey, orders stay free until collected. `offer`: a run is offered, and bound when it is. */
  binding: 'instruct' | 'offer';
  /** Anticipatory moves; the weight of a second driven for one against a second of expected delay saved. */
  reposition: { enabled: boolean; price: number; horizon: number };
  /** How long before the latest useful moment a driver leaves for a store. */
  earlyDeparture: number;
  /** Standard deviations of the preparation time added to an estimate. */
  readyMargin: number;
}

/** Drivers on shift who obey, one wish: the shortest time from click to door. */
export const clickToDoor: PlanOptions = {
  weights: {
    age: 1,
    over: 0.5,
    overAfter: 2400,
    late: 0,
    unassigned: 40_000,
    travel: 0.05,
    busy: 0.1,
    remote: 0.2,
    paid: 60,
    waiting: 0,
    decline: 0,
    fairness: 0,
    change: 0,
  },
  seed: 1,
  maxBundle: 10,
  storesPerStop: 1,
  binding: 'instruct',
  reposition: { enabled: true, price: 0.2, horizon: 1200 },
  earlyDeparture: 300,
  readyMargin: 0,
};

/** A mall: promises of hours, gig drivers who may decline, several stores on one walk. */
export const mallPromises: PlanOptions = {
  weights: {
    age: 0.03,
    over: 0,
    overAfter: 0,
    late: 3,
    unassigned: 100_000,
    travel: 0.3,
    busy: 0.5,
    remote: 0,
    paid: 0,
    waiting: 0.02,
    decline: 300,
    fairness: 10,
    change: 0,
  },
  seed: 1,
  maxBundle: 6,
  storesPerStop: Number.MAX_SAFE_INTEGER,
  binding: 'offer',
  reposition: { enabled: false, price: 1, horizon: 1800 },
  earlyDeparture: 300,
  readyMargin: 0.5,
};
