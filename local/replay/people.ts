import { ApiClient, type Credential } from '../actors/api-client.ts';
import { ChannelActor } from '../actors/channel.ts';
import { type ApiKey, keyCredential, nobody, personCredential } from '../actors/credentials.ts';
import { Dice } from '../actors/dice.ts';
import { putPhoto } from '../actors/door.ts';
import { DriverActor, type DriverHabits } from '../actors/driver.ts';
import { OperationsActor } from '../actors/operations.ts';
import { type Actor, Routine } from '../actors/routine.ts';
import { StoreActor, steadyStore } from '../actors/store.ts';
import { ToldTimes } from '../actors/told-times.ts';
import { type LonLat, metresBetween } from '../actors/travel.ts';
import type { Cloud } from '../cloud.ts';
import { channelId, operationsId } from '../demo/cast.ts';
import type { BusEvent } from '../events/event-bus.ts';
import type { MallDay, Placement, Shift } from './day.ts';
import type { Instance } from './instance.ts';

/** Everybody is woken when something concerns them; this finds what nobody was told of. Business ms. */
const fallbackPollMs = 2 * 3_600_000;
const operationsPollMs = 10 * 60_000;
const minuteMs = 60_000;

/** Everybody of a replayed day, who do as the instance says and decide nothing else. */
export class People {
  readonly channel: ChannelActor;
  readonly operations: OperationsActor;
  readonly problems: string[] = [];
  readonly told = new ToldTimes();
  readonly #cloud: Cloud;
  readonly #routines = new Map<string, Routine>();
  readonly #stores = new Map<string, StoreActor>();
  /** By the id of the API. */
  readonly #placements = new Map<string, Placement>();
  readonly #seed: number;

  constructor(cloud: Cloud, instance: Instance, day: MallDay, channelKey: ApiKey, seed: number) {
    this.#cloud = cloud;
    this.#seed = seed;
    this.channel = new ChannelActor(
      this.#client(channelId, keyCredential(channelKey, cloud.audience)),
      this.#client('shopper', nobody),
    );
    this.operations = new OperationsActor(operationsId, this.#person(operationsId));
    this.#add(this.operations, operationsPollMs);
    for (const { id } of day.mall.stores) this.#add(this.#store(id, day.placements), fallbackPollMs);
    for (const shift of day.shifts) this.#add(this.#driver(shift, instance), fallbackPollMs);
    cloud.buses.observe((_, event) => this.#heard(event));
    cloud.watchChanges((_, partitionKey) => {
      if (partitionKey.startsWith('DRIVER#')) this.wake(partitionKey.slice('DRIVER#'.length));
    });
  }

  /** Places one order of the day and tells its store; answers the id it has now. */
  async place(placement: Placement): Promise<string> {
    const { id } = await this.channel.place(placement.basket);
    this.#placements.set(id, placement);
    this.wake(placement.storeId);
    return id;
  }

  wake(actorId: string): void {
    this.#routines.get(actorId)?.wake();
  }

  async goHome(): Promise<void> {
    await Promise.all([...this.#routines.values()].map((routine) => routine.stop()));
  }

  #heard({ 'detail-type': type, detail }: BusEvent): void {
    const { orderId, snapshot } = detail as { orderId: string; snapshot: { driverId?: string } };
    const placement = this.#placements.get(orderId);
    if (placement && type === 'pickup.cancelled') this.wake(placement.storeId);
    if (snapshot.driverId && type.startsWith('pickup.')) this.wake(snapshot.driverId);
    if (type === 'order.attention') this.wake(operationsId);
  }

  /** Says when the order will be ready as soon as it comes, and keeps its word. */
  #store(storeId: string, placements: Placement[]): StoreActor {
    const readyAt = new Map(placements.map((placement) => [placement.orderId, placement.readyAt]));
    const store = new StoreActor({
      storeId,
      client: this.#person(storeId),
      clock: this.#cloud.clock,
      dice: this.#dice(storeId),
      habits: steadyStore,
      wishes: ({ orderId }) => {
        const placement = this.#placements.get(orderId);
        return placement ? { readyAt: readyAt.get(placement.orderId)!, saysReadyAt: true, parcelPerLine: false } : {};
      },
    });
    this.#stores.set(storeId, store);
    return store;
  }

  /** Works from `from` to `to`, and takes no run that cannot be collected before the end. */
  #driver({ driverId, home, from, to }: Shift, instance: Instance): DriverActor {
    const { clock } = this.#cloud;
    const travelMs = (start: LonLat, end: LonLat) =>
      Math.ceil(metresBetween(start, end) / instance.metresPerMinute) * minuteMs;
    for (const instant of [from, to]) clock.schedule(instant, () => this.wake(driverId));
    return new DriverActor({
      driverId,
      client: this.#person(driverId),
      clock,
      dice: this.#dice(driverId),
      habits: habitsOf(instance),
      home,
      uploadPhoto: putPhoto,
      askPin: (orderId) => this.channel.pin(orderId),
      atCounter: async (visit) => this.#stores.get(visit.storeId)?.handOver(visit),
      isOnDuty: () => clock.now() >= from && clock.now() < to,
      answerOffer: () => (clock.now() < to ? 'accept' : 'decline'),
      travelMs,
    });
  }

  #add(actor: Actor, pollMs: number): void {
    const onError = ({ id }: Actor, error: unknown) =>
      this.problems.push(`${id}: ${error instanceof Error ? error.message : String(error)}`);
    const routine = new Routine({ clock: this.#cloud.clock, actor, pollMs, onError });
    this.#routines.set(actor.id, routine);
  }

  #person(subject: string): ApiClient {
    return this.#client(
      subject,
      personCredential((lifetimeSeconds) => this.#cloud.mint({ sub: subject, lifetimeSeconds })),
    );
  }

  #client(actor: string, credential: Credential): ApiClient {
    const { url: baseUrl, clock } = this.#cloud;
    return new ApiClient({
      baseUrl,
      credential,
      actor,
      onExchange: (exchange) => this.told.see(exchange, clock.now()),
    });
  }

  #dice(name: string): Dice {
    return new Dice(`replay ${this.#seed}/${name}`);
  }
}

/** Half of the minutes at a counter or a door pass before the parcel changes hands, half after. */
function habitsOf({ pickupMinutes, dropoffMinutes }: Instance): DriverHabits {
  const half = (minutes: number) => [minutes * 30, minutes * 30] as const;
  return {
    declineShare: 0,
    nobodyHomeShare: 0,
    refusedShare: 0,
    counterSeconds: half(pickupMinutes),
    doorSeconds: half(dropoffMinutes),
    leaveSeconds: ((pickupMinutes + dropoffMinutes) / 2) * 30,
    positionSeconds: 24 * 3600,
  };
}
