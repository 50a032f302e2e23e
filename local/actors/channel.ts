import type { ApiClient } from './api-client.ts';
import type { Order, OrderEvent, Tracking } from './api-types.ts';
import type { LonLat } from './travel.ts';

export interface Basket {
  mallId: string;
  pickups: { storeId: string; lines: { sku: string; name: string; quantity: number; unitPriceCents: number }[] }[];
  dropoff: { name: string; phone: string; address: string; position?: LonLat; instructions?: string };
  externalId?: string;
  promise?: { kind: 'two_hour' | 'same_day' | 'scheduled'; from?: string; by?: string };
  goAhead?: 'all_or_nothing' | 'deliver_what_you_can';
  atClose?: 'cancel' | 'next_day';
  doorProof?: 'photo' | 'pin';
  vehicle?: 'van';
}

/** A marketplace or a shop's own site: places orders for its shoppers and follows them. */
export class ChannelActor {
  readonly #client: ApiClient;
  /** Speaks without a credential: what the shopper's browser does with the tracking link. */
  readonly #shopper: ApiClient;

  constructor(client: ApiClient, shopper: ApiClient) {
    this.#client = client;
    this.#shopper = shopper;
  }

  place(basket: Basket, idempotencyKey?: string): Promise<Order> {
    return this.#client.post('/v1/orders', basket, idempotencyKey);
  }

  order(orderId: string): Promise<Order> {
    return this.#client.get(`/v1/orders/${orderId}`);
  }

  /** Newest first, a page at a time. */
  list(cursor?: string): Promise<{ data: Order[]; nextCursor: string | null }> {
    const after = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    return this.#client.get(`/v1/orders?limit=100${after}`);
  }

  async events(orderId: string): Promise<OrderEvent[]> {
    return (await this.#client.get<{ data: OrderEvent[] }>(`/v1/orders/${orderId}/events`)).data;
  }

  cancel(orderId: string): Promise<Order> {
    return this.#client.post(`/v1/orders/${orderId}/cancel`);
  }

  /** Says what becomes of a store that is late beyond the promise. */
  decide(orderId: string, storeId: string, choice: 'wait' | 'leave_without'): Promise<Order> {
    return this.#client.post(`/v1/orders/${orderId}/decisions`, { kind: 'late_store', storeId, choice });
  }

  async track(orderId: string): Promise<Tracking> {
    const { trackingUrl } = await this.order(orderId);
    if (!trackingUrl) throw new Error(`Order ${orderId} has no tracking link any more.`);
    return this.#shopper.get(`/v1/track/${trackingUrl.split('/').at(-1)}`);
  }

  /** The PIN on the shopper's page, read to the driver through the door. */
  async pin(orderId: string): Promise<string | null> {
    return (await this.track(orderId)).pin ?? null;
  }
}
