/** Longitude, latitude in degrees (WGS 84), as everywhere in Amazon Location. */
export type LonLat = [number, number];

export type TravelMode = 'Car' | 'Truck' | 'Pedestrian';

export interface Travel {
  distanceMetres: number;
  durationSeconds: number;
}

/** How one gets from place to place; another model (a street network) may take the place of `greatCircleTravel`. */
export type TravelModel = (from: LonLat, to: LonLat, mode: TravelMode) => Travel;

const earthRadiusMetres = 6_371_008.8;

/** Streets are longer than the great circle: about 1.3 times in North American cities. */
const circuity = 1.3;

/** Of a drive, the first 3 km go over local streets, the next 12 over arterials, the rest over highways. */
const drive = [
  { untilMetres: 3_000, kilometresPerHour: 28 },
  { untilMetres: 15_000, kilometresPerHour: 45 },
  { untilMetres: Number.POSITIVE_INFINITY, kilometresPerHour: 85 },
];
const truckFactor = 1.15;
const walkKilometresPerHour = 4.8;

/**
 * The stand-in for a router: great-circle distance × 1.3, and a speed that grows with the distance. It knows no
 * traffic, so the same two points always take the same time.
 */
export const greatCircleTravel: TravelModel = (from, to, mode) => {
  const distanceMetres = greatCircleMetres(from, to) * circuity;
  if (mode === 'Pedestrian')
    return { distanceMetres, durationSeconds: secondsAt(walkKilometresPerHour, distanceMetres) };
  let durationSeconds = 0;
  let travelled = 0;
  for (const { untilMetres, kilometresPerHour } of drive) {
    const part = Math.min(distanceMetres, untilMetres) - travelled;
    if (part <= 0) break;
    durationSeconds += secondsAt(kilometresPerHour, part);
    travelled += part;
  }
  return { distanceMetres, durationSeconds: mode === 'Truck' ? durationSeconds * truckFactor : durationSeconds };
};

/** Haversine. */
export function greatCircleMetres([fromLon, fromLat]: LonLat, [toLon, toLat]: LonLat): number {
  const radians = Math.PI / 180;
  const [halfLat, halfLon] = [((toLat - fromLat) * radians) / 2, ((toLon - fromLon) * radians) / 2];
  const chord =
    Math.sin(halfLat) ** 2 + Math.cos(fromLat * radians) * Math.cos(toLat * radians) * Math.sin(halfLon) ** 2;
  return 2 * earthRadiusMetres * Math.asin(Math.min(1, Math.sqrt(chord)));
}

function secondsAt(kilometresPerHour: number, metres: number): number {
  return (metres / 1000 / kilometresPerHour) * 3600;
}
