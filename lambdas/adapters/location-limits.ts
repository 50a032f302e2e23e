import { RoutesUnavailable } from '../application/ports.ts';
import type { RouteLimits } from '../application/travel.ts';
import type { Position } from '../domain/position.ts';
import type { Drive } from '../domain/travel.ts';

/**
 * The estimate is there already, so a route that takes longer is not worth waiting for; and what is tried again is paid
 * for again.
 */
export const answeredWithin = {
  maxAttempts: 1,
  requestHandler: { connectionTimeout: 500, requestTimeout: 1_500, throwOnRequestTimeout: true },
};

/**
 * Three quarters of the default quotas, which are an account's: 20 requests a second for single routes and 5 for
 * matrices (V2: "Routes Quota and Usage"; V1: the same 5, and 10). A matrix has 350 destinations at most; a tick has not
 * as many orders.
 */
export const routeLimits: Record<'location-v1' | 'location-v2', RouteLimits> = {
  'location-v1': { perSecond: 7.5, burst: 10, severalCost: 2, atOnce: 300 },
  'location-v2': { perSecond: 15, burst: 20, severalCost: 4, atOnce: 300 },
};

/** A single drive is an operation of its own, with a quota of its own; whatever goes wrong is told by one error. */
export async function oneOrSeveral(
  to: readonly Position[],
  ask: { one: (place: Position) => Promise<Drive | null>; several: () => Promise<(Drive | null)[]> },
): Promise<(Drive | null)[]> {
  const [only, ...others] = to;
  if (!only) return [];
  try {
    return others.length === 0 ? [await ask.one(only)] : await ask.several();
  } catch (error) {
    throw new RoutesUnavailable(error);
  }
}
