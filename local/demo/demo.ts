import type { DriverState, OpenOrder } from '../actors/api-types.ts';
import type { ApiKey } from '../actors/credentials.ts';
import { Dice } from '../actors/dice.ts';
import { Routine } from '../actors/routine.ts';
import type { RunningClock } from '../clock.ts';
import type { MallDocument } from '../pilot/mall-document.ts';
import type { PilotAddress } from '../pilot/pilot.ts';
import { Cast, channelId } from './cast.ts';
import { type FollowedOrder, OrderFeed } from './order-feed.ts';
import { type OverviewInput, overviewOf } from './overview.ts';
import { Pace } from './pace.ts';
import type { Persons } from './persons.ts';
import { Shoppers } from './shoppers.ts';

export interface DemoOptions {
  /** False only follows the orders: nobody is played and time is left alone. */
  plays: boolean;
  clock: RunningClock;
  speed: number;
  baseUrl: string;
  audience: string;
  mint: (subject: string, lifetimeSeconds: number) => Promise<string>;
  channelKey: ApiKey;
  malls: MallDocument[];
  addresses: PilotAddress[];
  seed: string;
  persons: Persons;
  spentUsd: () => Record<string, number>;
  executionUrl: OverviewInput['executionUrl'];
  waiting: OverviewInput['waiting'];
  onOrder: (orderId: string, status: string) => void;
  log: (line: string) => void;
}

/** Wall time: at most this often when something changed, and at least so often when nothing was noticed. */
const lookAtMostMs = 500;
const lookAtLeastMs = 3_000;
const paceMs = 250;
/** What a pickup becomes without the doing of its store, and without the doing of its driver. */
const callsStore = ['pending', 'cancelled', 'failed'];
const callsDriver = ['ready', 'delayed', 'cancelled', 'failed', 'rejected'];
/** About one order in three minutes of business time over all malls, some twenty a wall minute at full speed. */
const orderEverySeconds = [140, 200] as const;
const mostOpen = 40;

/** Plays everybody of the pilot malls whom no person plays, and knows how all orders stand. */
export class Demo {
  readonly #options: DemoOptions;
  readonly #cast: Cast;
  readonly #feed: OrderFeed;
  readonly #shoppers: Routine;
  readonly #pace: Pace;
  readonly #ended: Record<string, number> = {};
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #offersOf = new Map<string, boolean>();
  #looking: Promise<void> | undefined;
  #lookSoon: NodeJS.Timeout | undefined;
  #lookedAt = 0;
  #isStopped = false;

  constructor(options: DemoOptions) {
    this.#options = options;
    const { clock, malls, addresses, persons, speed, log } = options;
    const dice = new Dice(options.seed);
    const onError = (actorId: string, error: unknown) => log(`${actorId}: ${messageOf(error)}`);
    this.#cast = new Cast({ ...options, dice, isPlayed: (id) => persons.isPlayed(id), onError });
    const { channel, operations } = this.#cast;
    this.#feed = new OrderFeed({
      operations,
      channel,
      channelId,
      onChange: (order, before) => this.#changed(order, before),
    });
    const openCount = () => this.#feed.open().length;
    const shoppers = new Shoppers({
      clock,
      dice: dice.for('shoppers'),
      channel,
      malls,
      addresses,
      everySeconds: orderEverySeconds,
      mostOpen,
      openCount,
    });
    this.#shoppers = new Routine({ clock, actor: shoppers, onError: (actor, error) => onError(actor.id, error) });
    this.#pace = new Pace({
      clock,
      speed,
      malls: malls.map(({ mall }) => mall),
      isPersonAsked: () => this.#isPersonAsked(),
      openCount: () => (this.#feed.hasLooked ? openCount() : null),
    });
  }

  async start(): Promise<void> {
    await this.#recallEnded();
    this.#timers.push(setInterval(() => this.#look(), lookAtLeastMs));
    if (!this.#options.plays) return;
    this.#cast.wakeAll();
    this.#shoppers.wake();
    this.#timers.push(setInterval(() => this.#pace.adjust(), paceMs));
  }

  /** Ends after the acts that are under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#lookSoon);
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all([this.#shoppers.stop(), this.#cast.stop(), this.#looking]);
  }

  overview(): object {
    const { clock, malls, spentUsd, executionUrl, waiting } = this.#options;
    return overviewOf({
      now: clock.now(),
      speed: clock.speed,
      malls,
      orders: this.#feed.orders(),
      ended: this.#ended,
      told: this.#cast.told.punctuality.taken,
      spentUsd: spentUsd(),
      executionUrl,
      waiting,
    });
  }

  /** After a second start the figures go on from where they were. */
  async #recallEnded(): Promise<void> {
    let cursor: string | undefined;
    let isNewest = true;
    do {
      const page = await this.#cast.channel.list(cursor);
      for (const order of page.data.filter(({ endedAt }) => endedAt)) {
        this.#ended[order.status] = (this.#ended[order.status] ?? 0) + 1;
        if (isNewest) this.#feed.recall(order);
      }
      cursor = page.nextCursor ?? undefined;
      isNewest = false;
    } while (cursor !== undefined);
  }

  /** An item with this partition key changed: whom it concerns looks at once. */
  changed(partitionKey: string): void {
    if (partitionKey.startsWith('DRIVER#')) this.#wake(partitionKey.slice('DRIVER#'.length));
    if (!partitionKey.startsWith('ORDER#') || this.#isStopped) return;
    const dueMs = Math.max(0, this.#lookedAt + lookAtMostMs - performance.now());
    this.#lookSoon ??= setTimeout(() => this.#look(), dueMs);
  }

  #wake(actorId: string): void {
    if (this.#options.plays) this.#cast.wake(actorId);
  }

  #look(): void {
    clearTimeout(this.#lookSoon);
    this.#lookSoon = undefined;
    this.#looking ??= this.#lookAround()
      .catch((error: unknown) => this.#options.log(`order feed: ${messageOf(error)}`))
      .finally(() => {
        this.#pace.looked(performance.now() - this.#lookedAt);
        this.#looking = undefined;
      });
  }

  async #lookAround(): Promise<void> {
    this.#lookedAt = performance.now();
    await this.#feed.look();
    const drivers = this.#options.malls.flatMap((document) => document.drivers);
    for (const id of this.#options.persons.played()) {
      if (!drivers.some((driver) => driver.id === id)) continue;
      const { openOfferId } = await this.#cast.client(id).get<DriverState>('/v1/driver');
      this.#offersOf.set(id, openOfferId !== null);
    }
  }

  /** A card nobody touched, or an offer nobody answered, of an actor that a person plays. */
  #isPersonAsked(): boolean {
    return this.#options.persons.played().some((id) => {
      const hasCard = this.#feed
        .open()
        .some(({ summary }) => summary.pickups.some(({ storeId, status }) => storeId === id && status === 'pending'));
      return hasCard || this.#offersOf.get(id) === true;
    });
  }

  /** Wakes those whom the change concerns, as a push message would. */
  #changed({ summary }: FollowedOrder, before: OpenOrder | null): void {
    const was = (storeId: string) => before?.pickups.find((pickup) => pickup.storeId === storeId)?.status;
    const moved = summary.pickups.filter(({ storeId, status }) => status !== was(storeId));
    for (const { storeId, status } of moved) if (callsStore.includes(status)) this.#wake(storeId);
    const isDriverCalled = moved.some(({ status }) => callsDriver.includes(status));
    if (summary.driverId && (isDriverCalled || summary.status === 'enroute_to_return')) this.#wake(summary.driverId);
    if (before?.driverId && summary.ended) this.#wake(before.driverId);
    if (summary.attention && !before?.attention) this.#wake(this.#cast.operations.id);
    if (summary.status !== before?.status) this.#options.onOrder(summary.orderId, summary.status);
    if (summary.ended && !before?.ended) this.#ended[summary.status] = (this.#ended[summary.status] ?? 0) + 1;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
