/** WGS84 `[longitude, latitude]` in degrees. */
export type Position = readonly [lon: number, lat: number];

const earthRadiusMetres = 6_371_008.8;

/** Great-circle distance (haversine, mean earth radius per IUGG 1980). */
export function distanceMetres(from: Position, to: Position): number {
  const radians = Math.PI / 180;
  const dLat = (to[1] - from[1]) * radians;
  const dLon = (to[0] - from[0]) * radians;
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(from[1] * radians) * Math.cos(to[1] * radians) * Math.sin(dLon / 2) ** 2;
  return 2 * earthRadiusMetres * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** Rounded to three decimals, about 100 m: enough to plan with, too coarse to name a door. */
export function coarse(position: Position): Position {
  return rounded(position, 1000);
}

/** Rounded to one decimal, about 10 km: which part of town it was, and no more. */
export function vague(position: Position): Position {
  return rounded(position, 10);
}

function rounded([lon, lat]: Position, parts: number): Position {
  return [Math.round(lon * parts) / parts, Math.round(lat * parts) / parts];
}
