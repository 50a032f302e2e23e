import { ApiClient, ApiProblem, type Credential, type Exchange } from '../actors/api-client.ts';
import type { Inspection, Order, Pickup } from '../actors/api-types.ts';
import { type Basket, ChannelActor } from '../actors/channel.ts';
import { type ApiKey, keyCredential, nobody, personCredential } from '../actors/credentials.ts';
import { Dice } from '../actors/dice.ts';
import { putPhoto } from '../actors/door.ts';
import { DriverActor, type DriverOptions, steadyDriver } from '../actors/driver.ts';
import { OperationsActor } from '../actors/operations.ts';
import { type Actor, Routine } from '../actors/routine.ts';
import { type PickupPlan, StoreActor, steadyStore } from '../actors/store.ts';
import { RunningClock } from '../clock.ts';
import { type Cloud, type CloudOptions, startCloud } from '../cloud.ts';
import { operationsId } from '../demo/cast.ts';
import { localDate, localInstant } from '../demo/opening-hours.ts';
import { found } from '../founding.ts';
import type { AccessRequest } from '../iam/evaluate.ts';
import { streetTravel } from '../location/streets/street-travel.ts';
import { goodsOf } from '../pilot/goods.ts';
import type { MallDocument } from '../pilot/mall-document.ts';
import { addressLine, pilotAddresses, pilotMalls } from '../pilot/pilot.ts';
import { pilotStreets } from '../pilot/streets.ts';
import { type OrderRecord, violationsOf } from './invariants.ts';

export interface StageOptions {
  assemblyDirectory: string;
  dataDirectory: string;
  /** Local time of the mall at which the scenario begins, on a plain Tuesday. */
  at: string;
  /** Business seconds in a wall second; without it business time is stepped. */
  speed?: number;
  onExchange: (exchange: Exchange, now: number) => void;
  /** Sees every request that IAM decided. */
  onRequest?: ((request: AccessRequest) => void) | undefined;
  /** Answers in place of a service. */
  fault?: CloudOptions['fault'];
  /** Three stores and two drivers unless told. */
  mall?: MallDocument;
  onChange?: CloudOptions['onChange'];
}

const stepMs = 15_000;
const tuesday = '2026-12-01';

/** One mall with three stores and two drivers in a cloud of its own, where a scenario is played. */
export class Stage {
  readonly mall: MallDocument;
  readonly channel: ChannelActor;
  readonly operations: OperationsActor;
  readonly violations: string[];
  readonly cloud: Cloud;
  readonly #options: StageOptions;
  readonly #routines: Routine[] = [];
  readonly #stores = new Map<string, StoreActor>();
  readonly #orderIds: string[] = [];

  private constructor(
    options: StageOptions,
    cloud: Cloud,
    mall: MallDocument,
    channelKey: ApiKey,
    violations: string[],
  ) {
    this.violations = violations;
    this.#options = options;
    this.cloud = cloud;
    this.mall = mall;
    this.channel = new ChannelActor(
      this.#client('channel', keyCredential(channelKey, cloud.audience)),
      this.#client('shopper', nobody),
    );
    this.operations = new OperationsActor(operationsId, this.person(operationsId));
  }

  static async open(options: StageOptions): Promise<Stage> {
    const { mall = smallMall() } = options;
    const { zone } = mall.mall;
    const startAt = localInstant(localDate(Date.parse(`${tuesday}T12:00:00Z`), zone), options.at, zone);
    const { speed, onRequest, fault, onChange } = options;
    const violations: string[] = [];
    const cloud = await startCloud({
      assemblyDirectory: options.assemblyDirectory,
      dataDirectory: options.dataDirectory,
      clock: speed === undefined ? { stepped: true, startAt } : { speed, startAt },
      addresses: pilotAddresses.map(({ position: [lon, lat], ...address }) => ({ ...address, position: [lon, lat] })),
      travel: streetTravel(pilotStreets()),
      lambda: { concurrency: 4, environments: 16, queueWaitMs: 20_000 },
      dynamoDbEndpoint: process.env.DYNAMODB_ENDPOINT,
      // Whatever the roles may not do is a fault of the stacks, also where nobody notices.
      access: { onRequest, onDenied: ({ message }) => violations.push(message) },
      ...(fault && { fault }),
      ...(onChange && { onChange }),
    });
    try {
      const { credentials } = await found(cloud, [mall]);
      return new Stage(options, cloud, mall, credentials.channels[0]!, violations);
    } catch (error) {
      await cloud.stop();
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#routines.map((routine) => routine.stop()));
    await this.cloud.stop();
  }

  get now(): number {
    return this.cloud.clock.now();
  }

  storeId(index: number): string {
    return this.mall.stores[index]!.id;
  }

  /** Three stores that do what is wished, by the index of the store; stop their routines and nobody looks at a board. */
  openStores(wishes: Record<number, (pickup: Pickup) => Partial<PickupPlan>> = {}): Routine[] {
    return this.mall.stores.map(({ id }, index) => {
      const one = wishes[index];
      const store = new StoreActor({
        storeId: id,
        client: this.person(id),
        clock: this.cloud.clock,
        dice: new Dice(id),
        habits: steadyStore,
        wishes: (pickup) => ({ parcelPerLine: false, ...one?.(pickup) }),
      });
      this.#stores.set(id, store);
      return this.#play(store);
    });
  }

  /** A driver who starts a shift and works; stop the routine and the driver is gone. */
  sendDriver(index: number, options: Partial<DriverOptions> = {}): Routine {
    const { id } = this.mall.drivers[index]!;
    const [lon, lat] = this.mall.mall.position;
    return this.#play(
      new DriverActor({
        driverId: id,
        client: this.person(id),
        clock: this.cloud.clock,
        dice: new Dice(id),
        habits: steadyDriver,
        home: [lon + 0.01, lat],
        uploadPhoto: putPhoto,
        askPin: (orderId) => this.channel.pin(orderId),
        atCounter: async (visit) => this.#stores.get(visit.storeId)?.handOver(visit),
        ...options,
      }),
    );
  }

  /** A basket of one or two lines from each of the stores, by index. */
  basket(stores: number[], more: Partial<Basket> = {}, linesPerStore = 1): Basket {
    const door = pilotAddresses.find(({ municipality }) => municipality === 'Chandler')!;
    return {
      mallId: this.mall.mall.id,
      pickups: stores.map((index) => {
        const { id, retailerId } = this.mall.stores[index]!;
        return {
          storeId: id,
          lines: goodsOf(retailerId)
            .slice(0, linesPerStore)
            .map((good) => ({ ...good, quantity: 1 })),
        };
      }),
      dropoff: { name: 'Robin Scene', phone: '+14805550123', address: addressLine(door) },
      ...more,
    };
  }

  async place(basket: Basket): Promise<Order> {
    const order = await this.channel.place(basket);
    this.#orderIds.push(order.id);
    return order;
  }

  /** Orders that the data folder holds already are checked as those that are placed here. */
  adopt(orderIds: readonly string[]): void {
    this.#orderIds.push(...orderIds);
  }

  /** Lets business time pass until the order is as wanted; a violation when that takes longer than `minutes`. */
  async until(what: string, orderId: string, minutes: number, isSo: (order: Order) => boolean): Promise<Order> {
    const limit = this.now + minutes * 60_000;
    for (;;) {
      const order = await this.channel.order(orderId);
      if (isSo(order)) return order;
      if (this.now >= limit) {
        this.violations.push(`${orderId}: not ${what} within ${minutes} minutes; it is ${order.status}`);
        throw new ScenarioEnded();
      }
      await this.pass(stepMs);
    }
  }

  untilEnded(orderId: string, minutes = 240): Promise<Order> {
    return this.until(
      'ended and settled',
      orderId,
      minutes,
      ({ endedAt, ledger }) => Boolean(endedAt) && ledger.length > 0,
    );
  }

  /** Lets business time pass. */
  async pass(ms: number): Promise<void> {
    const { clock } = this.cloud;
    if (clock instanceof RunningClock) await wallMs(Math.max(20, ms / clock.speed));
    else await clock.advanceBy(ms);
  }

  /** Sets the speed through the control port. */
  async setSpeed(speed: number): Promise<void> {
    await this.control('PUT', '/clock', { speed });
  }

  expect(isSo: boolean, breach: string): void {
    if (!isSo) this.violations.push(breach);
  }

  /** The act must be refused with this code. */
  async expectRefusal(code: string, act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
      this.violations.push(`an act was taken that ${code} should have refused`);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      this.expect(error.code === code, `an act was refused with ${error.code}, not ${code}`);
    }
  }

  /** Checks every order that was placed here. */
  async checkInvariants(): Promise<void> {
    // The last transitions of an execution follow the end of its order.
    await this.pass(60_000);
    for (const id of this.#orderIds) this.violations.push(...violationsOf(await this.record(id)));
  }

  async record(orderId: string): Promise<OrderRecord> {
    const [order, events, inspection] = await Promise.all([
      this.channel.order(orderId),
      this.channel.events(orderId),
      this.operations.inspect(orderId),
    ]);
    return { order, events, inspection, execution: await this.execution(inspection) };
  }

  async execution({ executionName }: Pick<Inspection, 'executionName'>) {
    type View = { name: string; status: string; transitions: number };
    return this.control<View>('GET', `/executions/${executionName}`).catch(() => undefined);
  }

  async control<T>(method: string, path: string, body?: object): Promise<T> {
    const { controlUrl, controlToken } = this.cloud;
    const response = await fetch(`${controlUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${controlToken}` },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`The control port answered ${method} ${path} with ${response.status}.`);
    return (await response.json()) as T;
  }

  person(subject: string): ApiClient {
    return this.#client(
      subject,
      personCredential((lifetimeSeconds) => this.cloud.mint({ sub: subject, lifetimeSeconds })),
    );
  }

  /** Speaks with a retailer's own key. */
  async retailer(retailerId: string): Promise<ApiClient> {
    const owner = { kind: 'retailer', retailerId };
    const key = await this.person(operationsId).post<ApiKey>('/v1/keys', { owner });
    return this.#client(retailerId, keyCredential(key, this.cloud.audience));
  }

  #client(actor: string, credential: Credential): ApiClient {
    return new ApiClient({
      baseUrl: this.cloud.url,
      credential,
      actor,
      onExchange: (exchange) => this.#options.onExchange(exchange, this.now),
    });
  }

  #play(actor: Actor): Routine {
    const routine = new Routine({
      clock: this.cloud.clock,
      actor,
      onError: ({ id }, error) =>
        this.violations.push(`${id} failed: ${error instanceof Error ? error.message : error}`),
    });
    this.#routines.push(routine);
    routine.wake();
    return routine;
  }
}

/** The scenario cannot go on; its violations say why. */
export class ScenarioEnded extends Error {}

/** Chandler with three stores of three retailers and two drivers: small enough to bring in at once. */
export function smallMall(): MallDocument {
  const { mall, retailers, stores, drivers, channels } = pilotMalls[0]!;
  return {
    mall,
    channels,
    stores: stores.slice(0, 3),
    retailers: retailers.filter(({ id }) => stores.slice(0, 3).some(({ retailerId }) => retailerId === id)),
    drivers: drivers.slice(0, 2),
  };
}

export function wallMs(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
