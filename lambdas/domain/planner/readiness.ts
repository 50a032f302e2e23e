/**
 * The time by which a store's parcels are counted on. A store that is late already is expected late by the mean of
 * what is left of a normal distribution beyond now; before that, the estimate and a margin for its error.
 */
export function expectedReady(
  pickup: { readyAt: number; readySd?: number; ready?: boolean },
  now: number,
  margin: number,
): number {
  const sd = pickup.readySd ?? 0;
  if (pickup.ready || sd === 0) return pickup.readyAt;
  const past = (now - pickup.readyAt) / sd;
  if (past < -2) return Math.round(pickup.readyAt + margin * sd);
  return Math.round(Math.max(pickup.readyAt + margin * sd, pickup.readyAt + sd * meanBeyond(past)));
}

/** Mean of a standard normal known to exceed `from`: the inverse Mills ratio, its asymptote in the far tail. */
function meanBeyond(from: number): number {
  if (from > 4) return from + 1 / from;
  const density = Math.exp((-from * from) / 2) / Math.sqrt(2 * Math.PI);
  return density / upperTail(from);
}

/** Abramowitz and Stegun 26.2.17, error below 7.5e-8. */
function upperTail(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  const tail =
    density * t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return x >= 0 ? tail : 1 - tail;
}
