import { z } from 'zod';

/** What can be made to go wrong in a running cloud, each at its own place. */
export const faultClasses = [
  /** A transaction of the tables meets a rival and is cancelled. */
  'conflict',
  /** A call is turned away: too many of its kind. */
  'throttle',
  /** A call is performed, and its caller gets a 500. */
  'lost',
  /** An answer takes up to a third of a second of wall time. */
  'slow',
  /** The process of a function dies while it waits for a call, before or after that is performed. */
  'crash',
  /** A batch of a stream is delivered a second time. */
  'streamTwice',
  /** A stream is held back for up to three business minutes: longer than the sweeper is patient. */
  'streamHeld',
] as const;
export type FaultClass = (typeof faultClasses)[number];

/** The chance of each class wherever it can strike; 0 where nothing is said. */
export type FaultPlan = Partial<Record<FaultClass, number>>;

/** Each class often enough to be met by a single order, and seldom enough for people to get their work done. */
export const everyFault: FaultPlan = {
  conflict: 0.1,
  throttle: 0.02,
  lost: 0.02,
  slow: 0.02,
  crash: 0.01,
  streamTwice: 0.1,
  streamHeld: 0.05,
};

const chance = z.number().min(0).max(0.9);

/** The body of `PUT /faults`; without a plan, every class. */
export const faultRequest = z.strictObject({
  seed: z.int(),
  plan: z.strictObject(Object.fromEntries(faultClasses.map((it) => [it, chance.optional()]))).optional(),
});
