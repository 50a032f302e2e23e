import type { DeliveryStatus } from './delivery-status.ts';
import type { Order } from './order.ts';
import type { PickupStatus } from './pickup.ts';
import type { Instant } from './time.ts';

/** A fact of one order's history. `data` holds ids and codes only, never a name, a phone number or an address. */
export interface OrderEvent {
  orderId: Order['id'];
  /** Gap-free from 1 within the order. */
  sequence: number;
  type: OrderEventType;
  /** Of the type's data: event-versions.ts. */
  version: number;
  /** When it happened, by the clock of whoever saw it. */
  occurredAt: Instant;
  /** When we heard of it. */
  recordedAt: Instant;
  data: Record<string, unknown>;
  snapshot: OrderSnapshot;
}

export type OrderEventType =
  | 'order.created'
  | 'order.attention'
  | 'order.attention_cleared'
  | 'order.settled'
  | 'order.erased'
  | 'order.restarted'
  | 'order.closing_moved'
  | 'order.rescheduled'
  | `pickup.${Exclude<PickupStatus, 'pending'>}`
  | 'pickup.store_recorded'
  | 'pickup.stop_acknowledged'
  | `delivery.${Exclude<DeliveryStatus, 'created'>}`
  | 'delivery.reassigned'
  | 'custody.kept'
  | 'custody.handed_over'
  | 'hand_over.asked'
  | 'hand_over.accepted'
  | 'hand_over.given'
  | 'hand_over.receiver_lost'
  | 'hand_over.withdrawn'
  | 'decision.asked'
  | 'decision.made'
  | 'offer.made'
  | 'offer.withdrawn'
  | 'parcel.refused'
  | 'parcel.returned'
  | 'parcel.lost'
  | 'proof.pin_refused';

/** The public state of the order right after the event, small enough to travel with it. */
export interface OrderSnapshot {
  status: DeliveryStatus;
  partial: boolean;
  endReason?: string;
  pickups: { storeId: string; status: PickupStatus; readyAt: Instant }[];
  parcels: { id: string; storeId: string; at: string; toReturn: boolean }[];
  driverId?: string;
  /** Whose driver it is, where that is not the operator's own network. */
  providerId?: string;
}

export function snapshotOf(order: Order): OrderSnapshot {
  return {
    status: order.status,
    partial: order.partial,
    ...(order.endReason && { endReason: order.endReason }),
    pickups: order.pickups.map(({ storeId, status, readyAt }) => ({ storeId, status, readyAt })),
    parcels: order.parcels.map((parcel) => ({
      id: parcel.id,
      storeId: parcel.storeId,
      at: parcel.state.at,
      toReturn: parcel.toReturn,
    })),
    ...(order.carriage && { driverId: order.carriage.driverId }),
    ...(order.carriage?.providerId && { providerId: order.carriage.providerId }),
  };
}

/** An event as others than the channel see it, on the operator's own bus. Nothing in it is personal. */
export interface PublicEvent extends OrderEvent {
  /** Of the event: the order and its sequence. The same event sent twice has the same id. */
  id: string;
  mallId: Order['mallId'];
  channelId: Order['channelId'];
  externalId?: string;
}

export function publicEvent(event: OrderEvent, { mallId, channelId, externalId }: Order): PublicEvent {
  const id = `${event.orderId}:${event.sequence}`;
  return { id, mallId, channelId, ...(externalId && { externalId }), ...event };
}
