import { type ApiClient, ApiProblem } from './api-client.ts';
import type { Inspection, OpenOrder } from './api-types.ts';
import type { Actor } from './routine.ts';

export type Resolution =
  | 'cancel'
  | 'resume'
  | 'return'
  | 'reattempt'
  | 'returned'
  | 'lost'
  | 'settle_hand_over'
  | 'hand_over'
  | 'restart';
export type LossReason = 'no_show' | 'breakdown' | 'accident' | 'unreachable' | 'other';

export type MallStateChange =
  | { state: 'open' }
  | { state: 'paused'; reopensAt?: string; reason: string }
  | { state: 'closing_early'; closesAt: string; reason: string };

interface Waiting extends OpenOrder {
  reason: string;
}

/** The person who decides what no rule decides: the same driver carries on where that is possible. */
export class OperationsActor implements Actor {
  readonly id: string;
  readonly #client: ApiClient;

  constructor(id: string, client: ApiClient) {
    this.id = id;
    this.#client = client;
  }

  async step(): Promise<null> {
    for (const { orderId, status, attention, reason } of await this.waiting()) {
      // Another driver is on the way to whoever has the parcels.
      if (reason === 'hand_over') continue;
      if (status === 'held' || attention) await this.#decide(orderId, 'resume');
      else if (reason === 'hand_over_mismatch') await this.#decide(orderId, 'settle_hand_over');
    }
    return null;
  }

  async waiting(): Promise<Waiting[]> {
    return (await this.#client.get<{ data: Waiting[] }>('/v1/ops/waiting')).data;
  }

  async openOrders(): Promise<OpenOrder[]> {
    return (await this.#client.get<{ data: OpenOrder[] }>('/v1/ops/orders')).data;
  }

  inspect(orderId: string): Promise<Inspection> {
    return this.#client.get(`/v1/ops/orders/${orderId}`);
  }

  resolve(orderId: string, resolution: Resolution): Promise<OpenOrder> {
    return this.#client.post(`/v1/ops/orders/${orderId}/resolve`, { resolution });
  }

  /** The orders of the run, which its driver will not finish. */
  reassign(orderId: string, reason: LossReason): Promise<{ data: OpenOrder[] }> {
    return this.#client.post(`/v1/ops/orders/${orderId}/reassign`, { reason });
  }

  /** Opens a mall, pauses it or closes it early. */
  setMall(mallId: string, change: MallStateChange): Promise<{ state: string }> {
    return this.#client.post(`/v1/malls/${mallId}/state`, change);
  }

  async #decide(orderId: string, resolution: Resolution): Promise<void> {
    try {
      await this.resolve(orderId, resolution);
    } catch (error) {
      if (!(error instanceof ApiProblem && error.status === 409)) throw error;
    }
  }
}
