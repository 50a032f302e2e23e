import { newUuid } from './api.ts';

/** An act that was done, and that the server may not have heard of yet. */
export interface KeptAct {
  /** The Idempotency-Key, so that it counts once however often it is sent. */
  key: string;
  /** What it is about: the page finds it by this. */
  subject: string;
  path: string;
  body: unknown;
}

type Store = Pick<Storage, 'getItem' | 'setItem'>;

/** Acts kept on this device until they were answered: they outlive a lost connection, a reload and a closed tab. */
export class Outbox {
  readonly #name: string;
  readonly #store: Store;

  constructor(name: string, store: Store = localStorage) {
    this.#name = `mallway:outbox:${name}`;
    this.#store = store;
  }

  /** In the order in which they were done. */
  all(): KeptAct[] {
    return JSON.parse(this.#store.getItem(this.#name) ?? '[]') as KeptAct[];
  }

  keep(act: Omit<KeptAct, 'key'>, key = newUuid()): KeptAct {
    const kept = { key, ...act };
    this.#write([...this.all(), kept]);
    return kept;
  }

  forget({ key }: KeptAct): void {
    this.#write(this.all().filter((act) => act.key !== key));
  }

  #write(acts: KeptAct[]): void {
    this.#store.setItem(this.#name, JSON.stringify(acts));
  }
}
