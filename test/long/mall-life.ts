import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiClient, ApiProblem, type Credential } from '../../local/actors/api-client.ts';
import type { Order } from '../../local/actors/api-types.ts';
import { ChannelActor } from '../../local/actors/channel.ts';
import { keyCredential, nobody, personCredential } from '../../local/actors/credentials.ts';
import type { Dice } from '../../local/actors/dice.ts';
import { putPhoto } from '../../local/actors/door.ts';
import { DriverActor, type DriverHabits, steadyDriver } from '../../local/actors/driver.ts';
import { OperationsActor } from '../../local/actors/operations.ts';
import { type Actor, Routine } from '../../local/actors/routine.ts';
import { StoreActor, type StoreHabits, steadyStore } from '../../local/actors/store.ts';
import { metresBetween } from '../../local/actors/travel.ts';
import { RunningClock } from '../../local/clock.ts';
import { operationsId } from '../../local/demo/cast.ts';
import { Shoppers } from '../../local/demo/shoppers.ts';
import type { MallDocument } from '../../local/pilot/mall-document.ts';
import { pilotAddresses } from '../../local/pilot/pilot.ts';
import type { Credentials } from '../../local/running-cloud.ts';
import { type OrderRecord, violationsOf } from '../../local/scenario/invariants.ts';
import type { HostProcess } from './host-process.ts';

export interface MallLifeOptions {
  host: HostProcess;
  dataDirectory: string;
  mall: MallDocument;
  dice: Dice;
  /** Told before the n-th POST of these people is sent, and when it has been answered; n from 1. */
  onPost: (moment: 'sent' | 'answered', n: number) => void;
}

/**
 * Business seconds in a wall second: slow while somebody waits for an answer, so that a busy machine does not let
 * offers and confirmations expire; quick while everybody waits for the time to pass.
 */
export const speeds = { slow: 20, quick: 240 };
const audience = 'mallway';
/** Business ms. Nobody tells drivers of an offer, so they look often; two of them are enough. */
const pollMs = { store: 300_000, driver: 30_000, operations: 300_000, order: 120_000 };
const driversAtWork = 2;
const storesAtWork = 3;
/** Short drives, and hands that are quick, keep a round short: it is business time that it waits for. */
const nearMetres = 2_500;
const quickStore: StoreHabits = {
  ...steadyStore,
  prepShare: [0.02, 0.2],
  rejectShare: 0.05,
  delayShare: 0.05,
  shortShare: 0.1,
};
const quickDriver: DriverHabits = {
  ...steadyDriver,
  counterSeconds: [10, 10],
  doorSeconds: [10, 10],
  declineShare: 0.1,
  refusedShare: 0.1,
};
const patienceWallMs = 240_000;

/**
 * One mall's people, who know the host by its public port only and outlive it. While it is down their time stands
 * still; a request that was under way is repeated with its Idempotency-Key once it is up again.
 */
export class MallLife {
  /** What should not have happened, as sentences. */
  readonly breaches: string[] = [];
  readonly orderIds: string[] = [];
  readonly #options: MallLifeOptions;
  readonly #channel: ChannelActor;
  readonly #operations: OperationsActor;
  readonly #clock: RunningClock;
  readonly #routines: Routine[] = [];
  readonly #shoppers: Shoppers;
  readonly #mall: MallDocument;
  #posts = 0;
  #unanswered = 0;
  #isStopped = false;
  /** One change of speed after another. */
  #pacing: Promise<void> = Promise.resolve();
  /** Wall ms that the host was down so far. */
  #downMs = 0;
  #downSince: number | undefined;
  #up: Promise<void> = Promise.resolve();
  #resume: () => void = () => {};

  private constructor(options: MallLifeOptions, startAt: number) {
    this.#options = options;
    const { mall, dice, dataDirectory } = options;
    this.#clock = new RunningClock({
      startAt,
      speed: speeds.slow,
      wallNow: () => (this.#downSince ?? Date.now()) - this.#downMs,
    });
    const { channels } = JSON.parse(readFileSync(join(dataDirectory, 'credentials.json'), 'utf8')) as Credentials;
    this.#channel = new ChannelActor(
      this.#client('channel', keyCredential(channels[0]!, audience)),
      this.#client('shopper', nobody),
    );
    this.#operations = new OperationsActor(operationsId, this.#person(operationsId));
    this.#mall = { ...mall, stores: dice.sample(mall.stores, storesAtWork) };
    this.#shoppers = new Shoppers({
      clock: this.#clock,
      dice: dice.for('shoppers'),
      channel: this.#channel,
      malls: [this.#mall],
      addresses: pilotAddresses.filter(({ position }) => metresBetween(mall.mall.position, position) < nearMetres),
      everySeconds: [1, 1],
      mostOpen: Number.POSITIVE_INFINITY,
      openCount: () => 0,
    });
  }

  /** Begins with the host's time; it must be up. */
  static async begin(options: MallLifeOptions): Promise<MallLife> {
    const { now } = await options.host.control<{ now: string }>('PUT', '/clock', { speed: speeds.slow });
    const life = new MallLife(options, Date.parse(now));
    life.#employ();
    return life;
  }

  /** Places as many orders at once. */
  async shop(count: number): Promise<void> {
    const baskets = Array.from({ length: count }, () => this.#shoppers.basket(this.#mall));
    const placed = await Promise.all(baskets.map((basket) => this.#channel.place(basket)));
    this.orderIds.push(...placed.map(({ id }) => id));
    for (const routine of this.#routines) routine.wake();
  }

  /** The host is being killed: time stands still, and who got no answer waits. */
  hostDown(): void {
    this.#downSince = Date.now();
    this.#up = new Promise((resolve) => {
      this.#resume = resolve;
    });
  }

  /** It runs again: time goes on from where its clock goes on. */
  async hostUp(): Promise<void> {
    const { now } = await this.#options.host.control<{ now: string }>('GET', '/clock');
    if (this.#downSince !== undefined) this.#downMs += Date.now() - this.#downSince;
    this.#downSince = undefined;
    // As the host started, whatever it was told before.
    this.#clock.setSpeed(speeds.slow);
    this.#clock.jumpTo(Date.parse(now));
    this.#pace();
    this.#resume();
    for (const routine of this.#routines) routine.wake();
  }

  /** Lets everybody work until each order has ended and its execution too; answers what is known of each. */
  async untilEnded(): Promise<OrderRecord[]> {
    const records: OrderRecord[] = [];
    for (const id of this.orderIds) records.push(await this.#untilOver(id));
    return records;
  }

  /** The invariants of every order, and that there is no order that nobody placed. */
  async check(records: OrderRecord[]): Promise<string[]> {
    const { data } = await this.#channel.list();
    const first = Math.min(...records.map(({ order }) => Date.parse(order.placedAt)));
    const strangers = data.filter(({ id, placedAt }) => Date.parse(placedAt) >= first && !this.orderIds.includes(id));
    return [
      ...this.breaches,
      ...records.flatMap(violationsOf),
      ...strangers.map(({ id }) => `${id}: it is there, and no shopper was told of it`),
      ...(new Set(this.orderIds).size === this.orderIds.length ? [] : ['two shoppers were told of the same order']),
    ];
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    // Who still waits for a host that never came up again gives up.
    this.#resume();
    await Promise.all(this.#routines.map((routine) => routine.stop()));
    await this.#pacing;
    this.#clock.stop();
  }

  #employ(): void {
    const { dice } = this.#options;
    const mall = this.#mall;
    const clock = this.#clock;
    const stores = new Map(
      mall.stores.map(({ id }) => {
        return [
          id,
          new StoreActor({ storeId: id, client: this.#person(id), clock, dice: dice.for(id), habits: quickStore }),
        ];
      }),
    );
    for (const store of stores.values()) this.#play(store, pollMs.store);
    for (const { id } of mall.drivers.slice(0, driversAtWork)) {
      const driver = new DriverActor({
        driverId: id,
        client: this.#person(id),
        clock,
        dice: dice.for(id),
        habits: quickDriver,
        home: mall.mall.position,
        uploadPhoto: putPhoto,
        askPin: (orderId) => this.#channel.pin(orderId),
        atCounter: async (visit) => stores.get(visit.storeId)?.handOver(visit),
      });
      this.#play(driver, pollMs.driver);
    }
    this.#play(this.#operations, pollMs.operations);
  }

  #play(actor: Actor, every: number): void {
    const onError = ({ id }: Actor, error: unknown) => {
      // A refusal that the actor does not expect is a breach; a broken connection or a 5xx is what a kill looks like.
      if (!(error instanceof ApiProblem) || error.status >= 500 || error.code === 'upload_refused') return;
      this.breaches.push(`${id} was refused (${error.status} ${error.code}): ${error.message}`);
    };
    this.#routines.push(new Routine({ clock: this.#clock, actor, pollMs: every, onError }));
  }

  async #untilOver(id: string): Promise<OrderRecord> {
    for (const until = Date.now() + patienceWallMs; ; ) {
      const order = await this.#channel.order(id);
      const record = order.endedAt && order.ledger.length > 0 ? await this.#record(order) : undefined;
      if (record?.execution && record.execution.status !== 'RUNNING' && record.inspection.waits.length === 0)
        return record;
      if (Date.now() > until) {
        const { inspection } = await this.#record(order);
        throw new Error(`${id} did not end; operations see ${JSON.stringify(inspection, null, 1)}`);
      }
      await new Promise<void>((resolve) => {
        this.#clock.schedule(this.#clock.now() + pollMs.order, resolve);
      });
    }
  }

  async #record(order: Order): Promise<OrderRecord> {
    const [events, inspection] = await Promise.all([
      this.#channel.events(order.id),
      this.#operations.inspect(order.id),
    ]);
    const path = `/executions/${inspection.executionName}`;
    const execution = await this.#options.host
      .control<NonNullable<OrderRecord['execution']>>('GET', path)
      .catch(() => undefined);
    return { order, events, inspection, execution };
  }

  #person(subject: string): ApiClient {
    const mint = async (lifetimeSeconds: number) => {
      const request = { sub: subject, lifetimeSeconds };
      return (await this.#options.host.control<{ token: string }>('POST', '/tokens', request)).token;
    };
    return this.#client(subject, personCredential(mint));
  }

  #client(actor: string, credential: Credential): ApiClient {
    return new ApiClient({
      baseUrl: this.#options.host.url,
      credential,
      actor,
      fetch: (input, init) => this.#fetch(input, init),
      pause: async (ms) => {
        await Promise.all([this.#up, new Promise((resolve) => setTimeout(resolve, ms))]);
      },
    });
  }

  async #fetch(input: string | URL | Request, init: RequestInit | undefined): Promise<Response> {
    const { onPost } = this.#options;
    this.#unanswered += 1;
    this.#pace();
    try {
      if (init?.method !== 'POST') return await fetch(input, init);
      this.#posts += 1;
      const n = this.#posts;
      const answer = fetch(input, init);
      onPost('sent', n);
      const response = await answer;
      onPost('answered', n);
      return response;
    } finally {
      this.#unanswered -= 1;
      this.#pace();
    }
  }

  /** Sets both clocks to the speed that is right now; a host that is down hears of it when it is up again. */
  #pace(): void {
    this.#pacing = this.#pacing.then(async () => {
      const speed = this.#unanswered > 0 ? speeds.slow : speeds.quick;
      if (this.#downSince !== undefined || this.#isStopped || this.#clock.speed === speed) return;
      this.#clock.setSpeed(speed);
      const told = this.#options.host.control<{ now: string }>('PUT', '/clock', { speed }).catch(() => null);
      const clock = await told;
      if (clock) this.#clock.jumpTo(Date.parse(clock.now));
    });
  }
}
