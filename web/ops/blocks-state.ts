import { computed, signal } from '@preact/signals';
import { newUuid } from '../shared/api.ts';
import type { Block, Mall } from '../shared/contract/operations.ts';
import { epochMsOf, wallTime } from '../shared/wall-time.ts';
import { readPeople } from './people-state.ts';
import type { Desk } from './state.ts';

/** Hours as they are typed, by the clocks of the mall. */
export interface BlockDraft {
  /** Kept while the draft is: sent again, it is the same block. */
  id: string;
  day: string;
  from: string;
  /** Earlier than `from`: on the day after. */
  until: string;
  places: string;
  /** An hour, in whole units of the currency and hundredths. */
  guaranteed: string;
}

export const newDraft = (): BlockDraft => ({
  id: `blk-${newUuid().slice(0, 13)}`,
  day: '',
  from: '',
  until: '',
  places: '1',
  guaranteed: '',
});

/** What the page of shift blocks knows and does. */
export class BlocksDesk {
  readonly blocks = signal<Block[] | null>(null);
  /** By driver, of those who have signed in. */
  readonly names = signal<Record<string, string>>({});
  readonly failure = signal<Error | null>(null);
  readonly mall = computed<Mall | undefined>(() => {
    const malls = this.desk.malls.value;
    return malls.find(({ id }) => id === this.desk.mallId.value) ?? malls[0];
  });
  readonly desk: Desk;

  constructor(desk: Desk) {
    this.desk = desk;
  }

  async read(mallId: string): Promise<void> {
    try {
      const { api } = this.desk.session;
      const { data } = await api.get<{ data: Block[] }>(`/v1/malls/${encodeURIComponent(mallId)}/blocks`);
      if (this.mall.value?.id !== mallId) return;
      this.blocks.value = data;
      this.failure.value = null;
      const unknown = data.some(({ bookedBy }) => bookedBy.some((id) => !(id in this.names.value)));
      if (unknown) {
        const people = await readPeople(api);
        this.names.value = Object.fromEntries(
          people.flatMap(({ role, name, email }) => (role.driverId ? [[role.driverId, name ?? email ?? '']] : [])),
        );
      }
    } catch (error) {
      this.failure.value = error as Error;
    }
  }

  /** Of a block that somebody has booked only the places change. */
  async publish(mall: Mall, draft: BlockDraft, known: Block | null): Promise<void> {
    const { startsAt, endsAt, guaranteedCentsPerHour } = known?.bookedBy.length ? known : termsOf(draft, mall.zone);
    const path = `/v1/malls/${encodeURIComponent(mall.id)}/blocks/${encodeURIComponent(draft.id)}`;
    const terms = { startsAt, endsAt, guaranteedCentsPerHour, places: Number(draft.places) };
    await this.desk.session.api.put(path, terms);
    await this.read(mall.id);
  }
}

function termsOf(draft: BlockDraft, zone: string) {
  const { startsAt, endsAt } = hoursOf(draft, zone);
  return {
    startsAt: new Date(startsAt).toISOString(),
    endsAt: new Date(endsAt).toISOString(),
    guaranteedCentsPerHour: Math.round(Number(draft.guaranteed) * 100),
  };
}

/** Epoch milliseconds, NaN while something is missing. */
export function hoursOf({ day, from, until }: BlockDraft, zone: string): { startsAt: number; endsAt: number } {
  const nextDay = until <= from && day ? wallTime(Date.parse(`${day}T12:00Z`) + 86_400_000, 'UTC').slice(0, 10) : day;
  return { startsAt: epochMsOf(`${day}T${from}`, zone), endsAt: epochMsOf(`${nextDay}T${until}`, zone) };
}

export function draftOf({ id, startsAt, endsAt, places, guaranteedCentsPerHour }: Block, zone: string): BlockDraft {
  const [start, end] = [startsAt, endsAt].map((at) => wallTime(Date.parse(at), zone));
  return {
    id,
    day: start!.slice(0, 10),
    from: start!.slice(11),
    until: end!.slice(11),
    places: String(places),
    guaranteed: (guaranteedCentsPerHour / 100).toFixed(2),
  };
}
