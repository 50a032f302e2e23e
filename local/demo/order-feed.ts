import type { OpenOrder, Order } from '../actors/api-types.ts';
import type { ChannelActor } from '../actors/channel.ts';
import type { OperationsActor } from '../actors/operations.ts';

/** One order as the demo knows it; `ended` is set with what the order ended as. */
export interface FollowedOrder {
  summary: OpenOrder;
  trackingUrl: string | null;
  endedAt: string | null;
}

export type OrderChange = (order: FollowedOrder, before: OpenOrder | null) => void;

export interface OrderFeedOptions {
  operations: Pick<OperationsActor, 'openOrders'>;
  /** The channel that the demo's shoppers use; orders of others are followed without a tracking link. */
  channel: Pick<ChannelActor, 'order'>;
  channelId: string;
  onChange: OrderChange;
}

const keptEnded = 200;

/** Follows every open order by one request each round, and tells what changed since the last. */
export class OrderFeed {
  readonly #options: OrderFeedOptions;
  readonly #orders = new Map<string, FollowedOrder>();
  #hasLooked = false;

  constructor(options: OrderFeedOptions) {
    this.#options = options;
  }

  /** Newest first. */
  orders(): FollowedOrder[] {
    return [...this.#orders.values()].sort((a, b) => (a.summary.placedAt < b.summary.placedAt ? 1 : -1));
  }

  open(): FollowedOrder[] {
    return [...this.#orders.values()].filter(({ summary }) => !summary.ended);
  }

  /** False until the first round has come back. */
  get hasLooked(): boolean {
    return this.#hasLooked;
  }

  /** An order that ended before this process began. */
  recall(order: Order): void {
    const { id: orderId, mallId, zone, placedAt, driverId = null } = order;
    this.#orders.set(orderId, {
      trackingUrl: null,
      endedAt: order.endedAt ?? null,
      summary: {
        orderId,
        mallId,
        zone,
        placedAt,
        driverId,
        channelId: this.#options.channelId,
        ended: true,
        attention: null,
        promiseBy: order.promise.by,
        offerId: null,
        executionName: orderId,
        ...endOf(order),
      } as OpenOrder,
    });
  }

  async look(): Promise<void> {
    const found = await this.#options.operations.openOrders();
    for (const summary of found) await this.#see(summary);
    const openNow = new Set(found.map(({ orderId }) => orderId));
    const gone = this.open().filter(({ summary }) => !openNow.has(summary.orderId));
    for (const order of gone) await this.#finish(order);
    this.#forgetOld();
    this.#hasLooked = true;
  }

  async #see(summary: OpenOrder): Promise<void> {
    const known = this.#orders.get(summary.orderId);
    if (known && JSON.stringify(known.summary) === JSON.stringify(summary)) return;
    const before = known?.summary ?? null;
    const order = known ?? { summary, trackingUrl: await this.#trackingUrl(summary), endedAt: null };
    order.summary = summary;
    this.#orders.set(summary.orderId, order);
    this.#options.onChange(order, before);
  }

  async #finish(order: FollowedOrder): Promise<void> {
    const before = order.summary;
    const last = this.#isOurs(before) ? await this.#options.channel.order(before.orderId) : null;
    // An order that is listed again in the next round has not ended; the list lags a little.
    if (last && !last.endedAt) return;
    order.summary = { ...before, ended: true, ...(last && endOf(last)) };
    order.endedAt = last?.endedAt ?? null;
    this.#options.onChange(order, before);
  }

  async #trackingUrl(summary: OpenOrder): Promise<string | null> {
    if (!this.#isOurs(summary)) return null;
    return (await this.#options.channel.order(summary.orderId)).trackingUrl ?? null;
  }

  #isOurs(summary: OpenOrder): boolean {
    return summary.channelId === this.#options.channelId;
  }

  #forgetOld(): void {
    const ended = this.orders().filter(({ summary }) => summary.ended);
    for (const { summary } of ended.slice(keptEnded)) this.#orders.delete(summary.orderId);
  }
}

function endOf({ status, pickups }: Order): Partial<OpenOrder> {
  return {
    status,
    pickups: pickups.map(({ storeId, storeName, status: of, readyAt }) => ({
      storeId,
      storeName,
      status: of,
      readyAt,
    })),
  };
}
