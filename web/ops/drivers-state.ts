import { signal } from '@preact/signals';
import type { Application, ApplicationRow, DriverInFull, DriverRow } from '../shared/contract/joining.ts';
import type { About, Desk } from './state.ts';

type OnRetry = (attempt: number) => void;

/** What the page of drivers knows and does. */
export class DriversDesk {
  readonly applications = signal<ApplicationRow[] | null>(null);
  readonly papers = signal<DriverRow[] | null>(null);
  readonly suspended = signal<DriverRow[] | null>(null);
  readonly application = signal<Application | null>(null);
  readonly driver = signal<DriverInFull | null>(null);
  readonly failure = signal<Error | null>(null);
  readonly desk: Desk;

  constructor(desk: Desk) {
    this.desk = desk;
  }

  /** Whoever is opened, or the lists. */
  async read(about: About | null): Promise<void> {
    try {
      if (about?.kind === 'application') this.application.value = await this.#api.get<Application>(pathOf(about));
      else if (about) this.driver.value = await this.#api.get<DriverInFull>(pathOf(about));
      else await this.#readLists();
      this.failure.value = null;
    } catch (error) {
      this.failure.value = error as Error;
    }
  }

  async act(about: About, act: string, body: object, onRetry: OnRetry): Promise<void> {
    await this.#api.act(`${pathOf(about)}/${act}`, body, onRetry);
    await this.read(about);
  }

  async #readLists(): Promise<void> {
    const [applications, papers, suspended] = await Promise.all([
      this.#api.get<{ data: ApplicationRow[] }>('/v1/applications?limit=100'),
      this.#api.get<{ data: DriverRow[] }>('/v1/drivers?list=papers&limit=100'),
      this.#api.get<{ data: DriverRow[] }>('/v1/drivers?list=suspended&limit=100'),
    ]);
    this.applications.value = applications.data;
    this.papers.value = papers.data;
    this.suspended.value = suspended.data;
  }

  get #api() {
    return this.desk.session.api;
  }
}

function pathOf({ kind, id }: About): string {
  return `/v1/${kind}s/${encodeURIComponent(id)}`;
}
