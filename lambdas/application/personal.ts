import type { OrderId } from '../domain/ids.ts';
import type { Position } from '../domain/position.ts';
import { retentionBoundsDays } from '../domain/retention.ts';
import { epochMs, type Instant, plusMinutes } from '../domain/time.ts';
import { type Database, hasExpired, type Item } from './database.ts';
import { dataOf, keys } from './records.ts';

/**
 * What is known of the recipient. Kept under a key of its own and read only where a door has to be found: it never
 * enters an event, a snapshot, an idempotency record, a log line or the workflow.
 */
export interface PersonalRecord {
  name: string;
  phone: string;
  address: string;
  position: Position;
  instructions?: string;
  /** Six digits that the recipient tells the driver, for orders that ask for them. */
  pin?: string;
  /** The capability in the tracking link; elsewhere only its hash is kept. */
  trackingToken: string;
}

/** So many days of failures may go by before the last net takes what is due. */
const ceilingDays = 7;

/**
 * When TTL takes what was kept of an order, if nothing of ours has: past any retention, which is counted from when the
 * order was placed and ends by an act of ours (`retention.ts`).
 */
export function personalExpiresAt(placedAt: Instant): number {
  const days = retentionBoundsDays.longest + ceilingDays;
  return Math.floor(epochMs(plusMinutes(placedAt, days * 24 * 60)) / 1000);
}

/** What is known of the order's recipient; null once its retention is over. */
export async function findPersonal(database: Database, orderId: OrderId, now: Instant): Promise<PersonalRecord | null> {
  return livePersonal(await database.get(keys.personal(orderId)), now);
}

/** The same of an item at hand: DynamoDB may keep one for days after it has expired. */
export function livePersonal(item: Item | null | undefined, now: Instant): PersonalRecord | null {
  return item && !hasExpired(item, epochMs(now)) ? dataOf<PersonalRecord>(item) : null;
}
