import { distanceMetres, type Position } from './position.ts';

/** A drive over the road. */
export interface Drive {
  metres: number;
  /** Whole seconds. */
  seconds: number;
}

/**
 * Where a figure comes from: the routing service, asked for this very drive; an answer of it kept from a drive between
 * the same neighbourhoods at about the same hour; or our own estimate from the straight line, when neither is to be had.
 */
export type TravelSource = 'service' | 'cache' | 'fallback';

export interface Travel extends Drive {
  source: TravelSource;
}

/** The usual ratio of road to straight line in gridded American cities, and the pace door to door. */
const circuity = 1.3;
const metresPerSecond = 35 / 3.6;

/** From the straight line alone. */
export function fallbackTravel(from: Position, to: Position): Travel {
  const metres = distanceMetres(from, to) * circuity;
  return { metres: Math.round(metres), seconds: Math.round(metres / metresPerSecond), source: 'fallback' };
}
