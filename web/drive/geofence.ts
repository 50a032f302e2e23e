import type { Position } from '../shared/contract/common.ts';

/** Where the phone is, by its own clock (business ms). */
export interface Fix {
  atMs: number;
  position: Position;
  accuracyMetres: number;
}

/** Whether the driver is inside the fence of a stop, and since when they seem to be where they were not before. */
export interface Fence {
  stopId: string;
  isInside: boolean;
  /** The first of the fixes that say otherwise. */
  otherwise: Fix | null;
}

/** Nearer than `enter` is there, farther than `leave` is not; in between nothing changes, so that nobody flickers. */
const metres = { enter: 60, leave: 160 };
/** Two fixes at least, so far apart: a car that passes the house has not arrived. */
const dwellMs = 15_000;
/** A fix that is less sure than this says nothing. */
const mostAccuracyMetres = 50;
/** After a gap as long, what was seen before it is no witness any more. */
const longestGapMs = 120_000;

/**
 * Takes one more fix into account; `crossed` is set once it is sure that the driver has come or gone, with the fix that
 * showed it first. Fixes of another stop, or out of order, begin anew or are left out.
 */
export function follow(
  before: Fence | null,
  stopId: string,
  place: Position,
  fix: Fix,
): { fence: Fence; crossed: { to: 'arrived' | 'departed'; at: Fix } | null } {
  const fence = before?.stopId === stopId ? before : { stopId, isInside: false, otherwise: null };
  if (fix.accuracyMetres > mostAccuracyMetres) return { fence, crossed: null };
  const away = metresBetween(fix.position, place);
  const saysOtherwise = fence.isInside ? away > metres.leave : away < metres.enter;
  if (!saysOtherwise) return { fence: { ...fence, otherwise: null }, crossed: null };
  const first = fence.otherwise;
  if (!first || fix.atMs < first.atMs || fix.atMs - first.atMs > longestGapMs)
    return { fence: { ...fence, otherwise: fix }, crossed: null };
  if (fix.atMs - first.atMs < dwellMs) return { fence, crossed: null };
  const to = fence.isInside ? ('departed' as const) : ('arrived' as const);
  return { fence: { stopId, isInside: !fence.isInside, otherwise: null }, crossed: { to, at: first } };
}

const earthRadiusMetres = 6_371_008.8;

/** Great circle. */
export function metresBetween(from: Position, to: Position): number {
  const radians = Math.PI / 180;
  const dLat = (to[1] - from[1]) * radians;
  const dLon = (to[0] - from[0]) * radians;
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(from[1] * radians) * Math.cos(to[1] * radians) * Math.sin(dLon / 2) ** 2;
  return 2 * earthRadiusMetres * Math.asin(Math.min(1, Math.sqrt(h)));
}
