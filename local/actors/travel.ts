import { greatCircleTravel, type LonLat, greatCircleMetres as metresBetween } from '../location/travel.ts';

export { type LonLat, metresBetween };

/** Streets are longer than the crow flies. */
const circuity = 1.3;

const metresPerSecond: Record<string, number> = { bicycle: 4.5, walking: 1.3 };
/** Of the time a car takes; a motorcycle finds its way through, a van looks for a place to stop. */
const shareOfCar: Record<string, number> = { car: 1, motorcycle: 0.92, van: 1.05 };

/** Business ms on the street from one place to another. */
export function driveMs(from: LonLat, to: LonLat, vehicle: string): number {
  const share = shareOfCar[vehicle];
  if (share !== undefined) {
    const { durationSeconds } = greatCircleTravel(from, to, 'Car');
    return Math.round(durationSeconds * share * 1000);
  }
  const speed = metresPerSecond[vehicle];
  if (speed === undefined)
    throw new Error(`How fast a ${vehicle} goes is not known; add it to local/actors/travel.ts.`);
  return Math.round(((metresBetween(from, to) * circuity) / speed) * 1000);
}

/** Business ms on foot inside a mall. */
export function walkMs(from: LonLat, to: LonLat): number {
  return Math.round(((metresBetween(from, to) * circuity) / metresPerSecond.walking!) * 1000);
}

/** The place after `share` (0 to 1) of the way. */
export function along(from: LonLat, to: LonLat, share: number): LonLat {
  const part = Math.min(1, Math.max(0, share));
  return [from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part];
}
