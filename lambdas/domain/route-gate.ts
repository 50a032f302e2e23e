import { epochMs, type Instant, instant, latest, secondsBetween } from './time.ts';

/**
 * Whether the routing service may be asked now: a token bucket within its quota, and a circuit breaker, in one record
 * that all who ask share.
 */
export interface RouteGate {
  tokens: number;
  filledAt: Instant;
  /** Requests in a row that nobody answered. */
  failures: number;
  /** Until then nobody asks; the first who asks afterwards tries for all. */
  closedUntil: Instant | null;
}

/** Requests a second that we allow ourselves, and at once. */
export interface GateLimits {
  perSecond: number;
  burst: number;
}

export type Admission = { admitted: true; gate: RouteGate } | { admitted: false; because: 'quota' | 'breaker' };

const failuresToClose = 3;
const closedSeconds = 60;
/** Who tries for all has so long to say what came of it; then another one may. */
const trialSeconds = 10;

export function newGate({ burst }: GateLimits, now: Instant): RouteGate {
  return { tokens: burst, filledAt: now, failures: 0, closedUntil: null };
}

/** `cost` in tokens of a request: one that the quota allows less often costs more. */
export function admit(gate: RouteGate, cost: number, { perSecond, burst }: GateLimits, now: Instant): Admission {
  if (gate.closedUntil && now < gate.closedUntil) return { admitted: false, because: 'breaker' };
  // Requests need not come in the sequence of their instants: time does not go back.
  const filledAt = latest(gate.filledAt, now);
  const tokens = Math.min(burst, gate.tokens + secondsBetween(gate.filledAt, filledAt) * perSecond);
  if (tokens < cost) return { admitted: false, because: 'quota' };
  // Half open: this one tries, and the others wait for what comes of it.
  const closedUntil = gate.closedUntil && instant(epochMs(now) + trialSeconds * 1000);
  return { admitted: true, gate: { ...gate, tokens: tokens - cost, filledAt, closedUntil } };
}

/** The gate after a request that was answered; the same one when there is nothing to note. */
export function answered(gate: RouteGate): RouteGate {
  return gate.failures === 0 && !gate.closedUntil ? gate : { ...gate, failures: 0, closedUntil: null };
}

export function unanswered(gate: RouteGate, now: Instant): RouteGate {
  const failures = gate.failures + 1;
  const isClosing = failures >= failuresToClose;
  return { ...gate, failures, closedUntil: isClosing ? instant(epochMs(now) + closedSeconds * 1000) : null };
}
