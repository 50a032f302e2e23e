import type { Metrics } from './metrics.ts';

/**
 * Reyes, Erera, Savelsbergh, Sahasrabudhe, O'Neil: The Meal Delivery Routing Problem (2018). Minutes, US$, per cent.
 * `exact` knows every order in advance (bundles of two at most): no method under the same rules should be below it.
 */
export const table4: Record<string, { paper: { ctd: number; rtp: number }; exact: { ctd: number; rtp: number } }> = {
  '0o50t100s1p100': { paper: { ctd: 31.19, rtp: 2.52 }, exact: { ctd: 29.81, rtp: 1.46 } },
  '0o50t100s1p125': { paper: { ctd: 34.67, rtp: 2.27 }, exact: { ctd: 33.4, rtp: 1.23 } },
  '0o50t100s2p100': { paper: { ctd: 29.79, rtp: 1.22 }, exact: { ctd: 28.96, rtp: 0.64 } },
  '0o50t100s2p125': { paper: { ctd: 34.18, rtp: 1.85 }, exact: { ctd: 32.6, rtp: 0.53 } },
  '0o50t75s1p100': { paper: { ctd: 28.4, rtp: 1.65 }, exact: { ctd: 27.49, rtp: 0.96 } },
  '0o50t75s1p125': { paper: { ctd: 31.62, rtp: 1.19 }, exact: { ctd: 31.1, rtp: 0.78 } },
  '0o50t75s2p100': { paper: { ctd: 27.29, rtp: 0.58 }, exact: { ctd: 26.83, rtp: 0.3 } },
  '0o50t75s2p125': { paper: { ctd: 31.19, rtp: 0.7 }, exact: { ctd: 30.52, rtp: 0.24 } },
};

/** Tables 9 and 12: the instances on which the paper's method has the hardest time. */
export const hardInstances: Record<string, Partial<Metrics>> = {
  '1o50t100s1p100': { undelivered: 3.35, ctd: 38.24, ctdP90: 64, rtp: 8.44, cost: 10.28 },
  '1o50t100s1p125': { undelivered: 4.09, ctd: 41.89, ctdP90: 64.3, rtp: 8.51, cost: 10.2 },
  '1o50t100s2p100': { undelivered: 0, ctd: 31.54, ctdP90: 45.2, rtp: 3.38, cost: 10.27 },
  '1o50t100s2p125': { undelivered: 0, ctd: 35.57, ctdP90: 53, rtp: 3.73, cost: 10.18 },
  '5o50t100s1p100': { undelivered: 0.5, ctd: 38.3, rtp: 5.8, cost: 10.4 },
  '5o50t100s1p125': { undelivered: 1.3, ctd: 42.7, rtp: 6.4, cost: 10.3 },
  '7o50t100s1p125': { undelivered: 0.6, ctd: 38, rtp: 4.6, cost: 10.4 },
  '5o100t100s1p100': { undelivered: 0.6, ctd: 37.1, rtp: 4.2, cost: 10.8 },
};

/** Table 17: means over all 240 instances of the library. */
export const allInstances: Partial<Metrics> = {
  undelivered: 0.25,
  ctd: 32.74,
  ctdP90: 49.3,
  over: 2.77,
  rtp: 1.93,
  rtpP90: 6.04,
  cost: 11.42,
  bundle: 1.09,
};
