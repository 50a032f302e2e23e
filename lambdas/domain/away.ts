import type { StopKind } from './fleet.ts';
import { distanceMetres, type Position } from './position.ts';
import { type Rejection, reject } from './rejection.ts';
import type { Fix } from './trail.ts';

/** Why a driver is somewhere else than at the stop they say they are at. A code, so that nothing personal is in it. */
export const awayReasons = ['position_wrong', 'address_wrong', 'met_elsewhere', 'no_access', 'other'] as const;
export type AwayReason = (typeof awayReasons)[number];

/** Beside the stop, by what the phone said, for a reason that the driver gave. */
export interface Away {
  metres: number;
  reason: AwayReason;
}

/** As far as this counts as being there; malls are large, and phones wander inside them. */
export const fenceMetres: Record<StopKind, number> = { dropoff: 150, pickup: 300, hand_over: 300, return: 300 };
/** A phone that is less sure than that of where it is proves nothing. */
const mostAccuracyMetres = 200;

/** As fast as a driver gets on through a town (72 km/h): a fix of a minute before says little of a phone in a garage. */
const metresPerSecond = 20;

/**
 * The least that it can be from there, whole metres; undefined where the phone does not know.
 * @param secondsApart between the fix and the act: so long the driver may have been under way
 */
export function metresAway(
  { position, accuracyMetres = 0 }: Omit<Fix, 'at'>,
  place: Position,
  secondsApart = 0,
): number | undefined {
  if (accuracyMetres > mostAccuracyMetres) return;
  const reach = accuracyMetres + secondsApart * metresPerSecond;
  return Math.max(0, Math.round(distanceMetres(position, place) - reach));
}

/** Beyond the fence a reason is asked for: without one it is refused, with one it is kept. */
export function awayFrom(
  kind: StopKind,
  { metresAway: metres, reason }: { metresAway?: number | undefined; reason?: AwayReason | undefined },
): Away | Rejection | undefined {
  if (metres === undefined || metres <= fenceMetres[kind]) return;
  if (reason) return { metres, reason };
  const what = { dropoff: 'the door', pickup: 'the store', hand_over: 'the other driver', return: 'the store' }[kind];
  return reject(
    'too_far',
    `Your phone is ${metres} m from ${what}; ${fenceMetres[kind]} m count as being there.`,
    `Go there, or send this again with awayReason: ${awayReasons.join(', ')}.`,
    { pointer: '/awayReason', current: { metres } },
  );
}
