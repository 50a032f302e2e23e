import { seededRandom } from '../planner/random.ts';

/** So many ways in which things may come are looked at for one estimate. */
export const futures = 100;

/** What is uncertain, in each future a value of its own. */
export type Draw = (future: number) => number;

/**
 * A number between 0 and 1 for each future, one in every hundredth, in an order that the name decides. So one that
 * belongs to a stop is the same however the rest of the run stands, and an estimate does not flicker from one look to
 * the next.
 */
export function shares(name: string): Draw {
  const random = seededRandom(hashOf(name));
  const order = Array.from({ length: futures }, (_, index) => index);
  for (let index = futures - 1; index > 0; index--) {
    const other = random.below(index + 1);
    [order[index], order[other]] = [order[other]!, order[index]!];
  }
  return (future) => (order[future]! + 0.5) / futures;
}

/** Around 0, with standard deviation 1. */
export function normal(name: string): Draw {
  const share = shares(name);
  return (future) => normalQuantile(share(future));
}

/** A factor around 1 by which a duration is longer or shorter; `spread` is the deviation of its logarithm. */
export function factor(name: string, spread: number): Draw {
  const draw = normal(name);
  return (future) => Math.exp(spread * draw(future));
}

/** A wait of which nothing is known but its mean: that it has lasted does not make it any shorter. */
export function memoryless(name: string, mean: number): Draw {
  const share = shares(name);
  return (future) => -mean * Math.log(1 - share(future));
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

/** Inverse of the normal distribution, by Acklam's approximation: relative error below 1.2e-9. */
function normalQuantile(share: number): number {
  if (share > 0.5) return -normalQuantile(1 - share);
  if (share < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(share));
    return polynomial(tail.over, q) / (polynomial(tail.under, q) * q + 1);
  }
  const q = share - 0.5;
  const r = q * q;
  return (polynomial(middle.over, r) * q) / (polynomial(middle.under, r) * r + 1);
}

const middle = {
  over: [
    -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239,
  ],
  under: [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572],
};
const tail = {
  over: [
    -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
    2.938163982698783,
  ],
  under: [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416],
};

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}
