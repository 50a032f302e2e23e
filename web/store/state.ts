import { signal } from '@preact/signals';
import { clock } from '../shared/clock.ts';
import { announce } from '../shared/components.tsx';
import type { MallStanding, Pickup } from '../shared/contract.ts';
import { Poller } from '../shared/polling.ts';
import type { Session } from '../shared/session.ts';
import { newsBetween } from './board.ts';

const pollMs = 3000;

interface PickupList {
  data: Pickup[];
  mall: (MallStanding & { zone: string }) | null;
}

export type SheetKind = 'accept' | 'reject' | 'delay' | 'ready' | 'hand_over';

/** What one board knows and does. */
export class Board {
  readonly pickups = signal<Pickup[] | null>(null);
  readonly mall = signal<MallStanding | null>(null);
  readonly zone = signal(Intl.DateTimeFormat().resolvedOptions().timeZone);
  readonly open = signal<{ kind: SheetKind; orderId: string } | null>(null);
  readonly poller: Poller;
  readonly session: Session;
  readonly #path: string;
  #actsAnswered = 0;

  constructor(session: Session) {
    this.session = session;
    this.#path = `/v1/stores/${encodeURIComponent(session.actor!.storeId!)}/pickups`;
    this.poller = new Poller(() => this.#read());
    this.poller.start();
  }

  /** Sends one act of the store and shows what it made of the card at once. */
  async act(orderId: string, act: string, body: unknown, onRetry: (attempt: number) => void): Promise<void> {
    const path = `${this.#path}/${encodeURIComponent(orderId)}/${act}`;
    const after = await this.session.api.act<Pickup>(path, body, onRetry);
    this.#actsAnswered += 1;
    const name = this.pickups.value?.find((pickup) => pickup.orderId === orderId)?.driver?.name;
    const card = after.driver && name ? { ...after, driver: { ...after.driver, name } } : after;
    this.pickups.value = (this.pickups.value ?? []).map((pickup) => (pickup.orderId === orderId ? card : pickup));
    void this.poller.now();
  }

  minutesFromNow(minutes: number): string {
    return new Date(clock.now.value + minutes * 60_000).toISOString();
  }

  async #read(): Promise<number> {
    const before = this.#actsAnswered;
    const { data, mall } = await this.session.api.get<PickupList>(`${this.#path}?limit=100`);
    this.mall.value = mall;
    if (mall) this.zone.value = mall.zone;
    // What was read before an act was answered may be older than the answer; another read is due already.
    if (before !== this.#actsAnswered) return pollMs;
    if (this.pickups.value) {
      const news = newsBetween(this.pickups.value, data);
      if (news) announce(news);
    }
    this.pickups.value = data;
    return pollMs;
  }
}
