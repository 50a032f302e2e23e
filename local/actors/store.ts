import type { Clock } from '../clock.ts';
import { type ApiClient, ApiProblem } from './api-client.ts';
import type { Pickup } from './api-types.ts';
import type { Dice } from './dice.ts';
import type { Actor } from './routine.ts';

/** How a store usually behaves; shares are of all pickups. */
export interface StoreHabits {
  acceptSeconds: readonly [least: number, most: number];
  /** Of the announced preparation: 0.8 is early, 1.1 late. */
  prepShare: readonly [least: number, most: number];
  rejectShare: number;
  /** Never answers: the pickup expires. */
  ignoreShare: number;
  delayShare: number;
  /** A line is missing, where there is more than one. */
  shortShare: number;
}

export const steadyStore: StoreHabits = {
  acceptSeconds: [0, 0],
  prepShare: [1, 1],
  rejectShare: 0,
  ignoreShare: 0,
  delayShare: 0,
  shortShare: 0,
};

export const demoStore: StoreHabits = {
  acceptSeconds: [20, 150],
  prepShare: [0.6, 1.05],
  rejectShare: 0.025,
  ignoreShare: 0.01,
  delayShare: 0.06,
  shortShare: 0.04,
};

/** What the store will do with one pickup. Instants are business ms. */
export interface PickupPlan {
  answer: 'accept' | 'reject' | 'ignore';
  rejectReason: string;
  answerAt: number;
  /** Says at this instant that it will be `delayMinutes` later. */
  delayAt: number | null;
  delayMinutes: number;
  readyAt: number;
  /** Says `readyAt` when it accepts, instead of leaving it to its usual time. */
  saysReadyAt: boolean;
  missingLineIds: string[];
  /** One parcel for all lines, or one for each. */
  parcelPerLine: boolean;
}

export interface StoreOptions {
  storeId: string;
  client: ApiClient;
  clock: Clock;
  dice: Dice;
  habits: StoreHabits;
  /** A scenario's own wishes for a pickup. */
  wishes?: (pickup: Pickup) => Partial<PickupPlan>;
}

/** A driver at the counter, showing the run code, and what they are taking. */
export interface CounterVisit {
  storeId: string;
  orderId: string;
  runCode: string;
  labels: string[];
}

const preparing = ['accepted', 'delayed'];
const lookAgainMs = 30_000;

/** The person at a store's tablet: confirms, prepares, hands over, puts stopped goods back. */
export class StoreActor implements Actor {
  readonly id: string;
  readonly #options: StoreOptions;
  readonly #plans = new Map<string, PickupPlan>();

  constructor(options: StoreOptions) {
    this.id = options.storeId;
    this.#options = options;
  }

  get #path(): string {
    return `/v1/stores/${this.id}/pickups`;
  }

  async step(): Promise<number | null> {
    const { data } = await this.#options.client.get<{ data: Pickup[] }>(`${this.#path}?limit=25`);
    const dues: number[] = [];
    for (const pickup of data) {
      const due = await this.#attend(pickup);
      if (due !== null) dues.push(due);
    }
    this.#forgetEnded(data);
    return dues.length > 0 ? Math.min(...dues) : null;
  }

  /** The store's own record of the hand-over. */
  async handOver({ orderId, runCode, labels }: CounterVisit): Promise<void> {
    await this.#act(orderId, 'hand-over', { runCode, labels });
  }

  async #attend(pickup: Pickup): Promise<number | null> {
    const now = this.#options.clock.now();
    if (pickup.stopped) {
      await this.#act(pickup.orderId, 'acknowledge-stop');
      return null;
    }
    if (pickup.status === 'pending') {
      const plan = this.#plan(pickup);
      if (plan.answer === 'ignore') return null;
      if (now < plan.answerAt) return plan.answerAt;
      if (plan.answer === 'reject') {
        await this.#act(pickup.orderId, 'reject', { reason: plan.rejectReason });
        return null;
      }
      const said = plan.saysReadyAt ? { readyAt: new Date(plan.readyAt).toISOString() } : {};
      if (!(await this.#act(pickup.orderId, 'accept', said))) return now + lookAgainMs;
      return Math.min(plan.delayAt ?? plan.readyAt, plan.readyAt);
    }
    return preparing.includes(pickup.status) ? this.#prepare(pickup, this.#plan(pickup), now) : null;
  }

  async #prepare(pickup: Pickup, plan: PickupPlan, now: number): Promise<number | null> {
    if (plan.delayAt !== null && now >= plan.delayAt) {
      plan.delayAt = null;
      plan.readyAt = Math.max(Date.parse(pickup.readyAt), now) + plan.delayMinutes * 60_000;
      await this.#act(pickup.orderId, 'delay', { readyAt: new Date(plan.readyAt).toISOString() });
      return plan.readyAt;
    }
    if (now < plan.readyAt) return Math.min(plan.delayAt ?? plan.readyAt, plan.readyAt);
    const lineIds = pickup.lines.map(({ id }) => id).filter((id) => !plan.missingLineIds.includes(id));
    const contents = plan.parcelPerLine ? lineIds.map((id) => [id]) : [lineIds];
    const parcels = contents
      .filter((ids) => ids.length > 0)
      .map((ids) => ({ label: this.#label(), ...(contents.length > 1 && { lineIds: ids }) }));
    const done = await this.#act(pickup.orderId, 'ready', { parcels, missingLineIds: plan.missingLineIds });
    return done ? null : now + lookAgainMs;
  }

  #plan(pickup: Pickup): PickupPlan {
    const known = this.#plans.get(pickup.orderId);
    if (known) return known;
    const { dice, habits, wishes, clock } = this.#options;
    const throwOfDice = dice.next();
    const { rejectShare, ignoreShare } = habits;
    const placedAt = Date.parse(pickup.placedAt);
    const prepMs = Math.max(60_000, Date.parse(pickup.readyAt) - placedAt);
    const answerAt = placedAt + dice.between(...habits.acceptSeconds) * 1000;
    const readyAt = Math.max(clock.now(), placedAt + prepMs * dice.between(...habits.prepShare));
    const plan: PickupPlan = {
      answer: throwOfDice < rejectShare ? 'reject' : throwOfDice < rejectShare + ignoreShare ? 'ignore' : 'accept',
      rejectReason: dice.pick(['out_of_stock', 'too_busy', 'damaged']),
      answerAt,
      delayAt: dice.chance(habits.delayShare) ? answerAt + (readyAt - answerAt) / 2 : null,
      delayMinutes: dice.whole(5, 15),
      readyAt,
      saysReadyAt: false,
      missingLineIds: pickup.lines.length > 1 && dice.chance(habits.shortShare) ? [dice.pick(pickup.lines).id] : [],
      parcelPerLine: pickup.lines.length > 1 && dice.chance(0.3),
      ...wishes?.(pickup),
    };
    this.#plans.set(pickup.orderId, plan);
    return plan;
  }

  #label(): string {
    return `MW-${this.#options.dice.whole(1_000_000, 9_999_999)}`;
  }

  /** False when it was refused: what was decided elsewhere in the meantime counts, and the next look shows it. */
  async #act(orderId: string, act: string, body?: object): Promise<boolean> {
    try {
      await this.#options.client.post(`${this.#path}/${orderId}/${act}`, body);
      return true;
    } catch (error) {
      if (!(error instanceof ApiProblem && (error.status === 409 || error.status === 422))) throw error;
      return false;
    }
  }

  #forgetEnded(data: Pickup[]): void {
    const open = new Set(
      data.filter(({ status }) => status === 'pending' || preparing.includes(status)).map(({ orderId }) => orderId),
    );
    for (const orderId of this.#plans.keys()) if (!open.has(orderId)) this.#plans.delete(orderId);
  }
}
