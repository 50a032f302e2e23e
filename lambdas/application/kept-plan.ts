import type { DriverId, MallId, ProviderId } from '../domain/ids.ts';
import type { Order } from '../domain/order.ts';
import type { Plan } from '../domain/planner/snapshot.ts';
import type { Position } from '../domain/position.ts';
import type { Hold } from '../domain/proposals.ts';
import type { TurnUntil, WhyPassed } from '../domain/provider-turn.ts';
import { epochMs, type Instant } from '../domain/time.ts';
import type { Travel } from '../domain/travel.ts';
import { type Database, hasExpired } from './database.ts';
import { keys } from './records.ts';

/** What is kept of a mall from tick to tick. A tick that finds none of it, or an old one, plans from nothing. */
export interface Kept {
  plan: Plan | null;
  /** Each order that was held, why, and who was to carry it. */
  held: string[];
  placed: { orderId: Order['id']; at: Instant }[];
  /** The drive from the mall to each door, where a routing service has been asked: once for each order. */
  roads?: { orderId: Order['id']; to: Position; travel: Travel }[];
  /** When drivers who had something to do at the last news should be free again: seconds since 1970, the first first. */
  busyUntil?: number[];
  /** Of orders that more than one provider may carry, from when they could go: for whom first, and until when. */
  turnsUntil?: TurnUntil[];
}

const nothingKept: Kept = { plan: null, held: [], placed: [] };

export async function keptOf(database: Database, mallId: MallId, now: Instant): Promise<Kept> {
  const item = await database.get(keys.plan(mallId));
  return item && !hasExpired(item, epochMs(now)) ? (JSON.parse(item.kept as string) as Kept) : nothingKept;
}

/** Why an order is held, in one line; `heldOf` reads it. */
export function heldAs({ orderId, why, driverId, passed = [] }: Hold): string {
  const providers = passed.map((one) => `${one.providerId}=${one.why}`);
  return [orderId, why, `${driverId}`, ...providers].join(' ');
}

export function orderHeldIn(line: string): Order['id'] {
  return line.slice(0, line.indexOf(' ')) as Order['id'];
}

/** Why the order was held when its mall was last planned; null when it was not. */
export async function heldOf(
  database: Database,
  { id, mallId }: Order,
  now: Instant,
): Promise<Omit<Hold, 'openTo'> | null> {
  const { held } = await keptOf(database, mallId, now);
  const line = held.find((one) => orderHeldIn(one) === id);
  if (!line) return null;
  const [, why, driverId, ...providers] = line.split(' ');
  const passed = providers.map((one) => {
    const [providerId, because] = one.split('=');
    return { providerId: providerId as ProviderId, why: because as WhyPassed };
  });
  return {
    orderId: id,
    why: why as Hold['why'],
    driverId: driverId === 'null' ? null : (driverId as DriverId),
    ...(passed.length > 0 && { passed }),
  };
}
