import { signal } from '@preact/signals';
import type { Inspection, Mall, OpenOrder, WaitingOrder } from '../shared/contract/operations.ts';
import { Poller } from '../shared/polling.ts';
import type { Session } from '../shared/session.ts';

const pollMs = 5000;
/** What the page is for; orders unless its address says otherwise. */
export const places = {
  orders: '/ops',
  drivers: '/ops/drivers',
  blocks: '/ops/blocks',
  providers: '/ops/providers',
  people: '/ops/people',
} as const;
export type Place = keyof typeof places;

/** What the operations page knows and does. Its address says which order is looked at. */
export class Desk {
  readonly waiting = signal<WaitingOrder[] | null>(null);
  readonly open = signal<OpenOrder[] | null>(null);
  readonly malls = signal<Mall[]>([]);
  readonly mallId = signal('');
  readonly orderId = signal<string | null>(orderIdOf(location.pathname));
  readonly place = signal<Place>(placeOf(location.pathname));
  /** Of the drivers, whom the page is about; null for all. */
  readonly about = signal<About | null>(aboutOf(location.pathname));
  readonly inspection = signal<Inspection | null>(null);
  readonly session: Session;
  readonly poller: Poller;

  constructor(session: Session) {
    this.session = session;
    this.poller = new Poller(() => this.#read());
    window.addEventListener('popstate', () => {
      this.place.value = placeOf(location.pathname);
      this.about.value = aboutOf(location.pathname);
      this.#show(orderIdOf(location.pathname));
    });
    this.poller.start();
  }

  /** The address of an order's page, with the actor kept. */
  hrefOf(orderId: string | null): string {
    const path = orderId ? `/ops/orders/${encodeURIComponent(orderId)}` : '/ops';
    return path + location.search;
  }

  hrefOfPlace(place: Place, about: About | null = null): string {
    const below = about ? `/${about.kind}/${encodeURIComponent(about.id)}` : '';
    return places[place] + below + location.search;
  }

  goTo(place: Place, about: About | null = null): void {
    history.pushState(null, '', this.hrefOfPlace(place, about));
    this.place.value = place;
    this.about.value = about;
    this.#show(null);
    scrollTo(0, 0);
  }

  go(orderId: string | null): void {
    this.place.value = 'orders';
    this.about.value = null;
    history.pushState(null, '', this.hrefOf(orderId));
    this.#show(orderId);
    scrollTo(0, 0);
  }

  chooseMall(mallId: string): void {
    this.mallId.value = mallId;
    void this.poller.now();
  }

  async reassign(orderId: string, reason: string, onRetry: (attempt: number) => void): Promise<void> {
    await this.session.api.act(`/v1/ops/orders/${encodeURIComponent(orderId)}/reassign`, { reason }, onRetry);
    await this.poller.now();
  }

  async resolve(
    orderId: string,
    resolution: string,
    onRetry: (attempt: number) => void,
    more: object = {},
  ): Promise<void> {
    const decision = { resolution, ...more };
    await this.session.api.act(`/v1/ops/orders/${encodeURIComponent(orderId)}/resolve`, decision, onRetry);
    await this.poller.now();
  }

  async erase(orderId: string, onRetry: (attempt: number) => void): Promise<void> {
    await this.session.api.act(`/v1/orders/${encodeURIComponent(orderId)}/erase`, {}, onRetry);
    await this.poller.now();
  }

  async decideLateStore(
    orderId: string,
    storeId: string,
    choice: 'wait' | 'leave_without',
    onRetry: (attempt: number) => void,
  ): Promise<void> {
    const decision = { kind: 'late_store', storeId, choice };
    await this.session.api.act(`/v1/orders/${encodeURIComponent(orderId)}/decisions`, decision, onRetry);
    await this.poller.now();
  }

  async setMallState(mallId: string, change: object, onRetry: (attempt: number) => void): Promise<void> {
    await this.session.api.act(`/v1/malls/${encodeURIComponent(mallId)}/state`, change, onRetry);
    await this.poller.now();
  }

  mallName(mallId: string): string {
    return this.malls.value.find(({ id }) => id === mallId)?.name ?? mallId;
  }

  #show(orderId: string | null): void {
    this.orderId.value = orderId;
    this.inspection.value = null;
    void this.poller.now();
  }

  async #read(): Promise<number> {
    const { api } = this.session;
    if (!this.orderId.value || this.malls.value.length === 0)
      this.malls.value = (await api.get<{ data: Mall[] }>('/v1/malls')).data;
    const orderId = this.orderId.value;
    if (orderId) {
      const inspection = await api.get<Inspection>(`/v1/ops/orders/${encodeURIComponent(orderId)}`);
      if (this.orderId.value === orderId) this.inspection.value = inspection;
      return pollMs;
    }
    const query = this.mallId.value && `?mallId=${encodeURIComponent(this.mallId.value)}`;
    const [waiting, open] = await Promise.all([
      api.get<{ data: WaitingOrder[] }>(`/v1/ops/waiting${query}`),
      api.get<{ data: OpenOrder[] }>(`/v1/ops/orders${query}`),
    ]);
    this.waiting.value = waiting.data;
    this.open.value = open.data;
    return pollMs;
  }
}

/** A driver, or somebody who applies to be one. */
export interface About {
  kind: 'driver' | 'application';
  id: string;
}

function aboutOf(path: string): About | null {
  const found = /^\/ops\/drivers\/(driver|application)\/([^/]+)$/.exec(path);
  return found ? { kind: found[1] as About['kind'], id: decodeURIComponent(found[2]!) } : null;
}

function placeOf(path: string): Place {
  if (aboutOf(path)) return 'drivers';
  return (Object.keys(places) as Place[]).find((place) => places[place] === path) ?? 'orders';
}

function orderIdOf(path: string): string | null {
  const found = /^\/ops\/orders\/([^/]+)$/.exec(path);
  return found ? decodeURIComponent(found[1]!) : null;
}
