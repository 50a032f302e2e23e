import type { DriverId } from './ids.ts';
import type { Order } from './order.ts';
import { type Instant, plusMinutes } from './time.ts';

/** Whoever has a say in how long personal data is kept: the channel that owns an order, the retailers in it. */
export interface Keeper {
  /** Absent where it was applied before there was a choice. */
  personalRetentionDays?: number | undefined;
}

export const retentionByDefaultDays = 180;
/** A tracking link, a return or a claim may need a week; what is kept for more than a year is kept for nobody. */
export const retentionBoundsDays = { shortest: 7, longest: 365 } as const;

export function retentionDays({ personalRetentionDays = retentionByDefaultDays }: Keeper): number {
  return personalRetentionDays;
}

/** Orders placed until then have been kept long enough. */
export function retentionCutOff(days: number, now: Instant): Instant {
  return plusMinutes(now, -days * 24 * 60);
}

/** Every driver who may have taken a photo at the door of the order, those who were lost among them. */
export function driversOf(order: Order, events: readonly { data: object; snapshot: object }[]): DriverId[] {
  return [...new Set([order.carriage, order.handOvers, events].flatMap(driverIdsIn))];
}

function driverIdsIn(value: unknown): DriverId[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inside]) =>
    name === 'driverId' && typeof inside === 'string' ? [inside as DriverId] : driverIdsIn(inside),
  );
}
