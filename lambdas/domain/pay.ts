import type { PayRates } from './directory.ts';
import type { Offer, PayLine, Run, Stop } from './fleet.ts';
import { type Instant, latest, plusMinutes, secondsBetween } from './time.ts';

/**
 * What a driver is paid for a run, part by part. An offer names the parts that are known before it; the run books each
 * as it is earned, and nothing is ever taken back. docs/pay.md is this in words.
 */

/** The rates of one offer and its run: those of the mall when it was made, and the surge there was. */
export interface OfferedRates extends Omit<PayRates, 'surgeMaxPercent'> {
  /** Percent of base, stops and way; 100 where it is not said. */
  surgePercent?: number | undefined;
}

/** One part of what an offer pays. */
export interface PayPart {
  kind: 'base' | 'stop' | 'distance' | 'surge';
  /** Stops, where the part is for each. */
  count?: number;
  amountCents: number;
}

/** Until a mall says otherwise. */
export const usualWaiting = { graceMinutes: 5, capMinutes: 30 };
/** So long a phone without a signal is taken at its word about when it arrived. */
export const trustedMinutes = 15;
/** Each order more than drivers on shift have to carry, by driver. */
const surgeStepPercent = 25;
const surgeRoundedTo = 5;

/** Fixes the rates for one offer. */
export function ratesOffered({ surgeMaxPercent: _, ...rates }: PayRates, surgePercent: number): OfferedRates {
  return surgePercent > 100 ? { ...rates, surgePercent } : rates;
}

/**
 * Surge by unmet demand: nothing while there is a driver on shift for each order without one; a quarter more for each
 * order that a driver would have to carry beyond the first, in steps of five percent, up to what the mall allows.
 */
export function surgePercentOf(
  { ordersWithoutDriver, driversOnShift }: { ordersWithoutDriver: number; driversOnShift: number },
  { surgeMaxPercent = 100 }: Pick<PayRates, 'surgeMaxPercent'>,
): number {
  if (driversOnShift === 0) return 100;
  const beyond = Math.max(0, ordersWithoutDriver / driversOnShift - 1);
  const steps = Math.floor((beyond * surgeStepPercent) / surgeRoundedTo);
  return Math.max(100, Math.min(surgeMaxPercent, 100 + steps * surgeRoundedTo));
}

/** What the run of an offer pays when everything goes well. */
export function expectedPay(
  offer: Pick<Offer, 'rates' | 'storeIds' | 'orderIds' | 'meeting' | 'distanceMetres'>,
): PayPart[] {
  const { rates } = offer;
  const count = stopsOffered(offer);
  const parts: PayPart[] = [
    { kind: 'base', amountCents: rates.baseCents },
    { kind: 'stop', count, amountCents: rates.perStopCents * count },
    { kind: 'distance', amountCents: distanceCents(rates, offer.distanceMetres) },
  ];
  parts.push({ kind: 'surge', amountCents: surgeCents(rates, sum(parts)) });
  return parts.filter(({ kind, amountCents }) => amountCents > 0 || kind === 'base' || kind === 'stop');
}

export function expectedPayCents(offer: Parameters<typeof expectedPay>[0]): number {
  return sum(expectedPay(offer));
}

/** Where an offer leads: a counter each, or one meeting with another driver, and the doors. */
export function stopsOffered({
  storeIds,
  orderIds,
  meeting,
}: Pick<Offer, 'storeIds' | 'orderIds' | 'meeting'>): number {
  return storeIds.length + orderIds.length + (meeting ? 1 : 0);
}

export function payTotalCents({ pay }: Pick<Run, 'pay'>): number {
  return sum(pay);
}

/** For having accepted. */
export function bookBase(run: Run, now: Instant): void {
  book(run, 'base', run.rates.baseCents, now);
}

/** For a stop that was done or honestly failed, each time that it ended; the first one pays for the way of the run. */
export function bookStop(run: Run, { id, kind }: Stop, now: Instant): void {
  if (kind === 'return') book(run, 'return', run.rates.perReturnCents, now, id);
  else book(run, 'stop', run.rates.perStopCents, now, id);
  const wayCents = distanceCents(run.rates, run.distanceMetres ?? 0);
  if (wayCents > 0 && !run.pay.some((line) => line.kind === 'distance')) book(run, 'distance', wayCents, now);
}

/** For the time at a stop beyond the grace period, until the driver was done there, or not needed any more. */
export function bookWaiting(run: Run, stop: Stop, doneAt: Instant, now: Instant): void {
  const from = stop.waitsFrom ?? stop.arrivedAt;
  const amountCents = from ? waitingCents(run.rates, from, doneAt < now ? doneAt : now) : 0;
  if (amountCents > 0) book(run, 'waiting', amountCents, now, stop.id);
}

/** For demand beyond what drivers could carry, once the run is over: a share of what else it paid, without returns. */
export function bookSurge(run: Run, now: Instant): void {
  const amountCents = surgeOfRun(run);
  if (amountCents > 0) book(run, 'surge', amountCents, now);
}

/**
 * From when waiting counts: since the phone says that it is there, but not since before the stop that came last, nor
 * for longer than a phone is taken at its word. So a clock that is set back earns nothing.
 */
export function waitsFrom(run: Run, said: Instant, now: Instant): Instant {
  const before = run.stops.flatMap(({ servedAt, endedAt }) => [servedAt, endedAt].filter((at) => at !== undefined));
  return latest(said, run.startedAt, plusMinutes(now, -trustedMinutes), ...before);
}

/** Whole minutes beyond the grace period, and no more than the cap. */
export function waitingCents(rates: OfferedRates, from: Instant, until: Instant): number {
  const { perWaitingMinuteCents = 0, waitingGraceMinutes = usualWaiting.graceMinutes } = rates;
  const minutes = Math.floor(secondsBetween(from, until) / 60) - waitingGraceMinutes;
  return perWaitingMinuteCents * Math.max(0, Math.min(minutes, waitingCapMinutesOf(rates)));
}

export function distanceCents({ perKmCents = 0 }: OfferedRates, metres: number): number {
  return Math.round((perKmCents * metres) / 1000);
}

/**
 * Whether the lines of a run are those it has earned: one base; each stop that was worked on, at its rate; the way once,
 * with the first of them; waiting within its cap; surge once the run is over, as a share of the rest.
 */
export function isPayRight(run: Run): boolean {
  const { pay, rates, stops } = run;
  const of = (...kinds: PayLine['kind'][]) => pay.filter(({ kind }) => kinds.includes(kind));
  const worked = stops.filter(({ status }) => status === 'done' || status === 'failed').map(({ id }) => id);
  const ends = of('stop', 'return');
  const wayCents = ends.length > 0 ? distanceCents(rates, run.distanceMetres ?? 0) : 0;
  const mostWaitingCents = (rates.perWaitingMinuteCents ?? 0) * waitingCapMinutesOf(rates);
  return (
    new Set(pay.map(({ key }) => key)).size === pay.length &&
    isOnce(of('base'), rates.baseCents) &&
    ends.every(({ kind, amountCents }) => {
      return amountCents === (kind === 'return' ? rates.perReturnCents : rates.perStopCents);
    }) &&
    worked.every((id) => ends.some(({ stopId }) => stopId === id)) &&
    isOnceIfAny(of('distance'), wayCents) &&
    of('waiting').every(({ amountCents }) => amountCents > 0 && amountCents <= mostWaitingCents) &&
    of('stop', 'return', 'waiting').every(({ stopId }) => stops.some(({ id }) => id === stopId)) &&
    isOnceIfAny(of('surge'), run.status === 'active' ? 0 : surgeOfRun(run))
  );
}

function isOnce(lines: PayLine[], amountCents: number): boolean {
  return lines.length === 1 && lines[0]!.amountCents === amountCents;
}

function isOnceIfAny(lines: PayLine[], amountCents: number): boolean {
  return amountCents === 0 ? lines.length === 0 : isOnce(lines, amountCents);
}

function surgeOfRun({ rates, pay }: Run): number {
  return surgeCents(rates, sum(pay.filter(({ kind }) => kind === 'base' || kind === 'stop' || kind === 'distance')));
}

function surgeCents({ surgePercent = 100 }: OfferedRates, ofCents: number): number {
  return Math.floor((ofCents * (surgePercent - 100)) / 100);
}

function waitingCapMinutesOf({ waitingCapMinutes = usualWaiting.capMinutes }: OfferedRates): number {
  return waitingCapMinutes;
}

/** What there is once a run has its kind as key; of the others each has a number. */
function book(run: Run, kind: PayLine['kind'], amountCents: number, at: Instant, stopId?: Stop['id']): void {
  const before = run.pay.filter((line) => line.kind === kind).length;
  const key = stopId ? `${kind}:${before + 1}` : kind;
  run.pay.push({ key, kind, amountCents, ...(stopId && { stopId }), at });
}

function sum(amounts: readonly { amountCents: number }[]): number {
  return amounts.reduce((total, { amountCents }) => total + amountCents, 0);
}
