import { signal } from '@preact/signals';
import { Problem } from '../shared/api.ts';
import { clock } from '../shared/clock.ts';
import { announce } from '../shared/components.tsx';
import type { MallStanding } from '../shared/contract/common.ts';
import type { Pickup } from '../shared/contract/store.ts';
import { type KeptAct, Outbox } from '../shared/outbox.ts';
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
  /** Orders whose hand-over is kept here and was not answered yet. */
  readonly unsent = signal<string[]>([]);
  /** Why a hand-over that was kept here was refused in the end, by order. */
  readonly refusals = signal<Record<string, Problem>>({});
  readonly #outbox: Outbox;
  readonly #path: string;
  #actsAnswered = 0;

  constructor(session: Session) {
    this.session = session;
    this.#path = `/v1/stores/${encodeURIComponent(session.actor!.storeId!)}/pickups`;
    this.#outbox = new Outbox(session.actor!.storeId!);
    this.poller = new Poller(() => this.#read());
    this.poller.start();
    for (const act of this.#outbox.all()) void this.#send(act).catch(() => {});
  }

  /**
   * Records a hand-over on this device, then tells it: without a connection it goes on being told, after a reload too.
   * Rejects when it was refused.
   */
  async handOver(
    orderId: string,
    record: { runCode: string; labels: string[] },
    onRetry: (attempt: number) => void,
  ): Promise<void> {
    const path = `${this.#path}/${encodeURIComponent(orderId)}/hand-over`;
    const occurredAt = new Date(clock.now.peek()).toISOString();
    const act = this.#outbox.keep({ subject: orderId, path, body: { ...record, occurredAt } });
    await this.#send(act, onRetry);
  }

  async #send(act: KeptAct, onRetry?: (attempt: number) => void): Promise<void> {
    // Without a listener it is from before a reload; else somebody sees the answer unless it was long in coming.
    let wasKept = onRetry === undefined;
    const { [act.subject]: _, ...refusals } = this.refusals.value;
    this.refusals.value = refusals;
    try {
      const after = await this.session.api.act<Pickup>(
        act.path,
        act.body,
        (attempt) => {
          wasKept = true;
          this.unsent.value = this.#outbox.all().map(({ subject }) => subject);
          onRetry?.(attempt);
        },
        act.key,
      );
      this.#outbox.forget(act);
      this.#show(act.subject, after);
    } catch (error) {
      this.#outbox.forget(act);
      if (error instanceof Problem && wasKept) this.refusals.value = { ...this.refusals.value, [act.subject]: error };
      throw error;
    } finally {
      this.unsent.value = this.unsent.value.filter((orderId) => orderId !== act.subject);
    }
  }

  /** Sends one act of the store and shows what it made of the card at once. */
  async act(orderId: string, act: string, body: unknown, onRetry: (attempt: number) => void): Promise<void> {
    const path = `${this.#path}/${encodeURIComponent(orderId)}/${act}`;
    this.#show(orderId, await this.session.api.act<Pickup>(path, body, onRetry));
  }

  #show(orderId: string, after: Pickup): void {
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
