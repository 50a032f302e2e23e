import type { OrderEvent } from './events.ts';
import { type Instant, secondsBetween } from './time.ts';

/** How long a delivered order spent in each stage (seconds), and how many offers it took. */
export interface Stages {
  /** Until every store had answered. */
  storesConfirm: number;
  /** From then until the driver who delivered it accepted. */
  findDriver: number;
  /** From then until everything that was collected was on board. */
  collect: number;
  /** From then to the door. */
  deliver: number;
  offers: number;
}

/** Null for an order that was not delivered. */
export function stagesOf(events: readonly OrderEvent[]): Stages | null {
  const placedAt = events[0]?.recordedAt;
  const confirmedAt = events.find(({ snapshot }) =>
    snapshot.pickups.every(({ status }) => status !== 'pending'),
  )?.recordedAt;
  const at = (type: OrderEvent['type']): Instant | undefined =>
    events.findLast((event) => event.type === type)?.recordedAt;
  const assignedAt = at('delivery.assigned');
  const pickedUpAt = at('delivery.picked_up');
  const deliveredAt = at('delivery.delivered');
  if (!placedAt || !confirmedAt || !assignedAt || !pickedUpAt || !deliveredAt) return null;
  return {
    storesConfirm: secondsBetween(placedAt, confirmedAt),
    findDriver: secondsBetween(confirmedAt, assignedAt),
    collect: secondsBetween(assignedAt, pickedUpAt),
    deliver: secondsBetween(pickedUpAt, deliveredAt),
    offers: events.filter(({ type }) => type === 'offer.made').length,
  };
}
