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

/** Wall time. */
const lookMs = 1_000;
const paceMs = 250;
/** One order in two to three minutes of business time is two or three a wall minute for each mall at full speed. */
const orderEverySeconds = [120, 200] as const;
const mostOpen = 40;

/** Plays everybody of the pilot malls whom no person plays. */
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

  start(): void {
    this.#cast.wakeAll();
    this.#shoppers.wake();
    this.#timers.push(
      setInterval(() => this.#look(), lookMs),
      setInterval(() => this.#pace.adjust(), paceMs),
    );
  }

  /** Ends after the acts that are under way. */
  async stop(): Promise<void> {
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
      spentUsd: spentUsd(),
      executionUrl,
      waiting,
    });
  }

  #look(): void {
    this.#looking ??= this.#lookAround()
      .catch((error: unknown) => this.#options.log(`order feed: ${messageOf(error)}`))
      .finally(() => {
        this.#looking = undefined;
      });
  }

  async #lookAround(): Promise<void> {
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
    const statuses = (order: OpenOrder | null) => JSON.stringify(order?.pickups.map(({ status }) => status));
    const pickupsMoved = statuses(before) !== statuses(summary);
    if (pickupsMoved || summary.ended) for (const { storeId } of summary.pickups) this.#cast.wake(storeId);
    if (summary.offerId && summary.offerId !== before?.offerId) this.#wakeDriversOf(summary.mallId);
    if (summary.driverId && (pickupsMoved || summary.status === 'enroute_to_return')) this.#cast.wake(summary.driverId);
    if (before?.driverId && summary.ended) this.#cast.wake(before.driverId);
    if (summary.attention && !before?.attention) this.#cast.wake(this.#cast.operations.id);
    if (summary.status !== before?.status) this.#options.onOrder(summary.orderId, summary.status);
    if (summary.ended && !before?.ended) this.#ended[summary.status] = (this.#ended[summary.status] ?? 0) + 1;
  }

  /** The list of orders does not say whose an offer is: those who carry nothing look. */
  #wakeDriversOf(mallId: string): void {
    const busy = new Set(this.#feed.open().map(({ summary }) => summary.driverId));
    const document = this.#options.malls.find(({ mall }) => mall.id === mallId);
    for (const { id } of document?.drivers ?? []) if (!busy.has(id)) this.#cast.wake(id);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
