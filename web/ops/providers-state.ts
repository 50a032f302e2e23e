import { signal } from '@preact/signals';
import type { DeliveryPartner, Provider, ProviderWithDrivers } from '../shared/contract/providers.ts';
import { idOf, type ProviderDraft, providerOf } from './provider-draft.ts';
import type { Desk } from './state.ts';

type OnRetry = (attempt: number) => void;

const pathOf = (id: string) => `/v1/providers/${encodeURIComponent(id)}`;

/** What the page of providers knows and does. */
export class ProvidersDesk {
  readonly providers = signal<Provider[] | null>(null);
  /** The one that is looked at. */
  readonly shown = signal<ProviderWithDrivers | null>(null);
  readonly failure = signal<Error | null>(null);
  readonly desk: Desk;

  constructor(desk: Desk) {
    this.desk = desk;
    void this.read();
  }

  async read(): Promise<void> {
    await this.#try(async () => {
      this.providers.value = (await this.#api.get<{ data: Provider[] }>('/v1/providers')).data;
    });
  }

  async show(id: string): Promise<void> {
    await this.#try(async () => {
      this.shown.value = await this.#api.get<ProviderWithDrivers>(pathOf(id));
    });
  }

  async add(draft: ProviderDraft): Promise<void> {
    await this.#api.put(pathOf(idOf(draft.name)), providerOf(draft, this.desk.malls.value));
    await this.read();
  }

  async suspend(id: string, reason: string, onRetry: OnRetry): Promise<void> {
    await this.#api.act(`${pathOf(id)}/suspend`, { reason }, onRetry);
    await this.#readAgain(id);
  }

  async reinstate(id: string, onRetry: OnRetry): Promise<void> {
    await this.#api.act(`${pathOf(id)}/reinstate`, {}, onRetry);
    await this.#readAgain(id);
  }

  /** The partner has shown new policies: everything else of it stays as it is. */
  async renew(partner: DeliveryPartner, lastDays: Readonly<Record<string, string>>): Promise<void> {
    const { kind, name, zone, vehicles, mallIds, cities, hours } = partner;
    const insurances = partner.insurances.map((one) => ({ ...one, expiresOn: lastDays[one.kind] ?? one.expiresOn }));
    await this.#api.put(pathOf(partner.id), { kind, name, zone, vehicles, mallIds, cities, hours, insurances });
    await this.#readAgain(partner.id);
  }

  async #readAgain(id: string): Promise<void> {
    await this.read();
    if (this.shown.value?.provider.id === id) await this.show(id);
  }

  async #try(reading: () => Promise<void>): Promise<void> {
    try {
      await reading();
      this.failure.value = null;
    } catch (error) {
      this.failure.value = error as Error;
    }
  }

  get #api() {
    return this.desk.session.api;
  }
}
