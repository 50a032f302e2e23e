import { createHash } from 'node:crypto';
import { type Punctuality, type Telling, withinP90Percent } from '../actors/told-times.ts';
import type { MbByQuarter } from './memory-by-quarter.ts';

/** How one order of the instance ended. */
export interface OrderOutcome {
  /** Of the instance. */
  orderId: string;
  status: string;
  /** From the click to the parcel's hand-over at the door; null unless delivered. */
  clickToDoorSeconds: number | null;
  transitions: number;
  /** What must hold of every order, and does not of this one. */
  violations: string[];
}

/** What a replay prints as JSON. */
export interface ReplayFigures {
  placed: number;
  delivered: number;
  /** Ended otherwise than delivered or cancelled. */
  undelivered: number;
  cancelled: number;
  /** Not ended, or ended in a way that must not be. */
  lost: number;
  clickToDoorMeanMinutes: number | null;
  clickToDoorP90Minutes: number | null;
  /** Of doors reached, those by the p90 that the driver was told on taking the run, and on leaving the mall. */
  etaWithinP90Percent: number | null;
  etaAtLeavingWithinP90Percent: number | null;
  transitionsPerOrder: number;
  costPerOrderUsd: Record<string, number>;
  wallSeconds: number;
  /** While each quarter of the orders came to its end: the median, and the most. */
  usualMb: MbByQuarter;
  peakMb: MbByQuarter;
  seed: number;
  /** Of what became of every order: the same for two runs of a seed, on any machine. */
  digest: string;
  instance: string;
}

const ended = ['delivered', 'returned', 'cancelled', 'failed'];

export function figuresOf(
  outcomes: OrderOutcome[],
  {
    costUsd,
    punctuality,
    ...more
  }: Pick<ReplayFigures, 'wallSeconds' | 'usualMb' | 'peakMb' | 'seed' | 'instance'> & {
    costUsd: Record<string, number>;
    punctuality: Readonly<Record<Telling, Punctuality>>;
  },
): ReplayFigures {
  const isLost = ({ status, violations }: OrderOutcome) => !ended.includes(status) || violations.length > 0;
  const sound = outcomes.filter((outcome) => !isLost(outcome));
  const ofStatus = (status: string) => sound.filter((outcome) => outcome.status === status).length;
  const delivered = ofStatus('delivered');
  const cancelled = ofStatus('cancelled');
  const minutes = sound
    .flatMap(({ clickToDoorSeconds }) => (clickToDoorSeconds === null ? [] : [clickToDoorSeconds / 60]))
    .sort((a, b) => a - b);
  const each = (sum: number) => (outcomes.length === 0 ? 0 : sum / outcomes.length);
  return {
    placed: outcomes.length,
    delivered,
    undelivered: sound.length - delivered - cancelled,
    cancelled,
    lost: outcomes.length - sound.length,
    clickToDoorMeanMinutes: minutes.length === 0 ? null : rounded(sumOf(minutes) / minutes.length, 2),
    clickToDoorP90Minutes: minutes.length === 0 ? null : rounded(percentile(minutes, 0.9), 2),
    etaWithinP90Percent: withinP90Percent(punctuality.taken),
    etaAtLeavingWithinP90Percent: withinP90Percent(punctuality.left),
    transitionsPerOrder: rounded(each(sumOf(outcomes.map(({ transitions }) => transitions))), 2),
    costPerOrderUsd: Object.fromEntries(
      Object.entries(costUsd).map(([component, usd]) => [component, rounded(each(usd), 7)]),
    ),
    wallSeconds: rounded(more.wallSeconds, 1),
    usualMb: more.usualMb,
    peakMb: more.peakMb,
    seed: more.seed,
    digest: digestOf(outcomes),
    instance: more.instance,
  };
}

/** With linear interpolation, as the benchmark has it; of values in rising order. */
export function percentile(values: number[], share: number): number {
  const rank = (values.length - 1) * share;
  const below = Math.floor(rank);
  const [low = 0, high = low] = values.slice(below, below + 2);
  return low + (high - low) * (rank - below);
}

function digestOf(outcomes: OrderOutcome[]): string {
  const hash = createHash('sha256');
  for (const { orderId, status, clickToDoorSeconds, transitions } of outcomes)
    hash.update(`${orderId} ${status} ${clickToDoorSeconds} ${transitions}\n`);
  return hash.digest('hex').slice(0, 16);
}

function sumOf(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
