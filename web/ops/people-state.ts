import { signal } from '@preact/signals';
import { type Api, newUuid } from '../shared/api.ts';
import type { ActorRole, PairingCode, Person } from '../shared/contract/people.ts';
import type { Desk } from './state.ts';

type OnRetry = (attempt: number) => void;

export interface StoreName {
  id: string;
  name: string;
}

export interface Invitation {
  email: string;
  name: string;
  kind: ActorRole;
  mallId: string;
  /** Of store staff. */
  storeId: string;
}

export async function readPeople(api: Api): Promise<Person[]> {
  const people: Person[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
    const page: { data: Person[]; nextCursor: string | null } = await api.get(`/v1/people?limit=100${query}`);
    people.push(...page.data);
    cursor = page.nextCursor;
  } while (cursor);
  return people;
}

/** What the page of people knows and does. */
export class PeopleDesk {
  readonly people = signal<Person[] | null>(null);
  /** By mall, once asked for. */
  readonly stores = signal<Record<string, StoreName[]>>({});
  readonly code = signal<PairingCode | null>(null);
  readonly failure = signal<Error | null>(null);
  readonly desk: Desk;

  constructor(desk: Desk) {
    this.desk = desk;
    void this.read();
  }

  async read(): Promise<void> {
    try {
      this.people.value = await readPeople(this.#api);
      this.failure.value = null;
    } catch (error) {
      this.failure.value = error as Error;
    }
  }

  async readStores(mallId: string): Promise<void> {
    if (!mallId || this.stores.value[mallId]) return;
    try {
      const { data } = await this.#api.get<{ data: StoreName[] }>(`/v1/malls/${encodeURIComponent(mallId)}/stores`);
      this.stores.value = { ...this.stores.value, [mallId]: data };
    } catch (error) {
      this.failure.value = error as Error;
    }
  }

  /** A driver is made first: an invitation binds to one that is there. */
  async invite({ email, name, kind, mallId, storeId }: Invitation, onRetry: OnRetry): Promise<void> {
    const role: Person['role'] = { kind };
    if (kind === 'store') role.storeId = storeId;
    if (kind === 'driver') {
      role.driverId = `drv-${newUuid().slice(0, 13)}`;
      await this.#api.put(`/v1/drivers/${role.driverId}`, { name: name.slice(0, 40), mallId });
    }
    await this.#api.act('/v1/people', { email, name, role }, onRetry);
    await this.read();
  }

  async setStanding({ subject, status }: Person, onRetry: OnRetry): Promise<void> {
    const act = status === 'active' ? 'suspend' : 'reinstate';
    await this.#api.act(`/v1/people/${encodeURIComponent(subject)}/${act}`, {}, onRetry);
    await this.read();
  }

  async makeCode(storeId: string, onRetry: OnRetry): Promise<void> {
    const path = `/v1/stores/${encodeURIComponent(storeId)}/pairing-codes`;
    this.code.value = await this.#api.act<PairingCode>(path, {}, onRetry);
  }

  get #api() {
    return this.desk.session.api;
  }
}
