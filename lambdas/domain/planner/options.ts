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
  /** Per second past `nearBefore` seconds ahead of the promise: stores, streets and answers to offers are uncertain. */
  near: number;
  nearBefore: number;
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
  /**
   * Anticipatory moves. `price`: what a second driven for one costs, in seconds of expected delay. `horizon`: seconds
   * for which a driver who has moved is counted on to be there. `deadTime`: what a second of driving to a store costs
   * besides the delay, since the driver is free later by it.
   */
  reposition: { enabled: boolean; price: number; horizon: number; deadTime: number };
  /**
   * A run that is ready is held back while each of its orders would still be at the door more than `slack` seconds
   * before its promise, none has been ready for `longest`, and at least `company` orders are expected at its site in
   * that time: what comes meanwhile may go on the same run.
   */
  patience: { slack: number; longest: number; company: number };
  /** How long before the latest useful moment a driver leaves for a store. */
  earlyDeparture: number;
  /** Standard deviations of the preparation time added to an estimate. */
  readyMargin: number;
}

/** Drivers on shift who obey, one wish: the shortest time from click to door. */
export const clickToDoor: PlanOptions = {
  weights: {
    age: 1,
    over: 0.4,
    overAfter: 2400,
    late: 0,
    near: 0,
    nearBefore: 0,
    unassigned: 40_000,
    travel: 0.08,
    busy: 0.03,
    remote: 0.1,
    paid: 120,
    waiting: 0,
    decline: 0,
    fairness: 0,
  },
  seed: 1,
  maxBundle: 10,
  storesPerStop: 1,
  binding: 'instruct',
  reposition: { enabled: true, price: 0.1, horizon: 1200, deadTime: 0 },
  patience: { slack: Number.MAX_SAFE_INTEGER, longest: 0, company: 0 },
  earlyDeparture: 300,
  readyMargin: 0,
};

/** A mall: promises of hours, gig drivers who may decline, several stores on one walk. */
export const mallPromises: PlanOptions = {
  weights: {
    age: 0.1,
    over: 0,
    overAfter: 0,
    late: 6,
    near: 1,
    nearBefore: 1200,
    unassigned: 100_000,
    travel: 0.3,
    busy: 0.5,
    remote: 0,
    paid: 0,
    waiting: 0.02,
    decline: 300,
    fairness: 10,
  },
  seed: 1,
  maxBundle: 6,
  storesPerStop: Number.MAX_SAFE_INTEGER,
  binding: 'offer',
  reposition: { enabled: false, price: 1, horizon: 1800, deadTime: 0.1 },
  patience: { slack: 2700, longest: 600, company: 2 },
  earlyDeparture: 300,
  readyMargin: 0.5,
};
