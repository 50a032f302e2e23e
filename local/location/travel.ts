/** Longitude, latitude in degrees (WGS 84), as everywhere in Amazon Location. */
export type LonLat = readonly [lon: number, lat: number];

export type TravelMode = 'Car' | 'Truck' | 'Pedestrian';

export interface Travel {
  distanceMetres: number;
  durationSeconds: number;
  /** Where the way begins, bends and ends, road by road; absent where no street is known. */
  stretches?: () => Stretch[];
}

/** What is driven on one road. */
export interface Stretch {
  metres: number;
  seconds: number;
  line: LonLat[];
}

/** There is no way, in the words of the Routes API. */
export interface NoWay {
  noWay: 'route' | 'departure' | 'destination';
}

/** How one gets from place to place. */
export type TravelModel = (from: LonLat, to: LonLat, mode: TravelMode) => Travel | NoWay;

export function isNoWay(found: Travel | NoWay): found is NoWay {
  return 'noWay' in found;
}

const earthRadiusMetres = 6_371_008.8;

/** Of a walk: streets are longer than the great circle, about 1.3 times in North American cities. */
const circuity = 1.3;

/** What a metre of great circle comes to on the road, by its distance from the start; docs/routes.md has where from. */
const drive = [
  { untilMetres: 500, seconds: 0.2, metres: 1.5 },
  { untilMetres: 2_000, seconds: 0.14, metres: 1.44 },
  { untilMetres: 6_000, seconds: 0.081, metres: 1.24 },
  { untilMetres: Number.POSITIVE_INFINITY, seconds: 0.0545, metres: 1.37 },
];
const truckFactor = 1.15;
const walkKilometresPerHour = 4.8;

/**
 * The stand-in for a router where no street is known: a pace and a circuity that change with the distance. It knows no
 * traffic, so the same two points always take the same time.
 */
export const greatCircleTravel = (from: LonLat, to: LonLat, mode: TravelMode): Travel => {
  const straight = greatCircleMetres(from, to);
  if (mode === 'Pedestrian') {
    const distanceMetres = straight * circuity;
    return { distanceMetres, durationSeconds: secondsAt(walkKilometresPerHour, distanceMetres) };
  }
  let [distanceMetres, durationSeconds, begin] = [0, 0, 0];
  for (const band of drive) {
    const part = Math.min(straight, band.untilMetres) - begin;
    if (part <= 0) break;
    distanceMetres += part * band.metres;
    durationSeconds += part * band.seconds;
    begin = band.untilMetres;
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
