import type { Run } from '../fleet.ts';
import type { OrderId } from '../ids.ts';
import { hasEnded, type Order, openPickups } from '../order.ts';
import { epochMs, type Instant, instant } from '../time.ts';
import { type EtaCause, type Forecast, forecast } from './forecast.ts';
import { type Carried, journeyOfRun, journeyOfWaiting, type Surroundings } from './journey.ts';

export const etaPromises = ['kept', 'at_risk', 'late'] as const;

/** When a driver should be at the door of an order. */
export interface Eta {
  /** As likely earlier as later. */
  p50: Instant;
  /** Later than this one time in ten. */
  p90: Instant;
  /** Whether the promise holds by both, by the first only, or by neither. */
  promise: (typeof etaPromises)[number];
  /** What the time until `p50` is made of; the seconds add up to it. */
  causes: EtaCause[];
  computedAt: Instant;
}

/**
 * From what is known now, for orders that are on their way to a door: none once a driver is there, for one that is held
 * or goes back, or after its end. Nothing of it is kept: whoever looks gets it anew.
 */
export function etasOf(
  { orders, carried, around }: { orders: readonly Order[]; carried: Carried | null; around: Surroundings },
  now: Instant,
): Map<OrderId, Eta> {
  if (!carried) {
    const waiting = orders.filter((order) => order.status === 'created' && openPickups(order).length > 0);
    return new Map(
      waiting.flatMap((order) => {
        const said = forecast(journeyOfWaiting(order, around, now)).get(order.id);
        return said ? [[order.id, etaOf(order, said, now)] as const] : [];
      }),
    );
  }
  const forecasts = forecast(journeyOfRun(carried, around, now));
  return new Map(
    orders.flatMap((order) => {
      const said = isUnderWay(order, carried.run) ? forecasts.get(order.id) : undefined;
      return said ? [[order.id, etaOf(order, said, now)] as const] : [];
    }),
  );
}

function isUnderWay(order: Order, run: Run): boolean {
  return order.carriage?.runId === run.id && !hasEnded(order) && order.status !== 'held';
}

function etaOf(order: Order, { p50, p90, causes }: Forecast, now: Instant): Eta {
  const by = epochMs(order.promise.by) / 1000;
  return {
    p50: instant(p50 * 1000),
    p90: instant(p90 * 1000),
    promise: p90 <= by ? 'kept' : p50 <= by ? 'at_risk' : 'late',
    causes,
    computedAt: now,
  };
}
