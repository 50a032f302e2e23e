import { ApiClient } from '../actors/api-client.ts';
import { ChannelActor } from '../actors/channel.ts';
import { type ApiKey, keyCredential, nobody, personCredential } from '../actors/credentials.ts';
import type { Dice } from '../actors/dice.ts';
import { putPhoto } from '../actors/door.ts';
import { DriverActor, demoDriver } from '../actors/driver.ts';
import { OperationsActor } from '../actors/operations.ts';
import { type Actor, Routine } from '../actors/routine.ts';
import { demoStore, StoreActor } from '../actors/store.ts';
import { ToldTimes } from '../actors/told-times.ts';
import type { LonLat } from '../actors/travel.ts';
import type { Clock } from '../clock.ts';
import type { MallDocument } from '../pilot/mall-document.ts';
import { openingOfDay } from './opening-hours.ts';

/** Somebody a person may become: the pages and `npm run token` know them by this id, which is also their subject. */
export interface CastMember {
  id: string;
  role: 'store' | 'driver' | 'operations';
  name: string;
  /** Null for those who work for every mall. */
  mallId: string | null;
  mallName: string | null;
}

export const operationsId = 'operations';
export const channelId = 'marketplace';

/** Everybody of the given malls. */
export function castOf(malls: MallDocument[]): CastMember[] {
  const everybody: CastMember[] = [
    { id: operationsId, role: 'operations', name: 'Operations', mallId: null, mallName: null },
  ];
  for (const { mall, stores, drivers } of malls) {
    const where = { mallId: mall.id, mallName: mall.name };
    for (const { id, name } of stores) everybody.push({ id, role: 'store', name, ...where });
    for (const { id, name } of drivers) everybody.push({ id, role: 'driver', name, ...where });
  }
  return everybody;
}

/** The page on which a member's work is done. */
export function pageOf({ role, id }: CastMember): string {
  const page = { store: 'store', driver: 'drive', operations: 'ops' }[role];
  return `/${page}?actor=${encodeURIComponent(id)}`;
}

export interface CastOptions {
  clock: Clock;
  baseUrl: string;
  audience: string;
  mint: (subject: string, lifetimeSeconds: number) => Promise<string>;
  channelKey: ApiKey;
  malls: MallDocument[];
  dice: Dice;
  isPlayed: (actorId: string) => boolean;
  onError: (actorId: string, error: unknown) => void;
}

/** Drivers look again this often although nobody woke them; the order feed wakes whom something concerns. */
const fallbackPollMs = 20 * 60_000;
const operationsPollMs = 5 * 60_000;
/** Returns and late doors are still done after closing. */
const dutyBeforeMs = 30 * 60_000;
const dutyAfterMs = 3 * 3_600_000;

/** The demo's actors with their routines. */
export class Cast {
  readonly operations: OperationsActor;
  readonly channel: ChannelActor;
  readonly told = new ToldTimes();
  readonly #options: CastOptions;
  readonly #routines = new Map<string, Routine>();
  readonly #stores = new Map<string, StoreActor>();
  readonly #drivers = new Map<string, DriverActor>();

  constructor(options: CastOptions) {
    this.#options = options;
    const { clock, malls, dice, channelKey, audience } = options;
    const shopper = this.#client('shopper', nobody);
    this.channel = new ChannelActor(this.#client(channelId, keyCredential(channelKey, audience)), shopper);
    this.operations = new OperationsActor(operationsId, this.client(operationsId));
    this.#add(this.operations, operationsPollMs);
    for (const { mall, stores, drivers } of malls) {
      for (const { id } of stores) {
        const client = this.client(id);
        const store = new StoreActor({ storeId: id, client, clock, dice: dice.for(id), habits: demoStore });
        this.#stores.set(id, store);
        this.#add(store, fallbackPollMs);
      }
      for (const { id } of drivers) {
        const driver = this.#driver(id, mall);
        this.#drivers.set(id, driver);
        this.#add(driver, fallbackPollMs);
      }
    }
  }

  wake(actorId: string): void {
    this.#routines.get(actorId)?.wake();
  }

  wakeAll(): void {
    for (const routine of this.#routines.values()) routine.wake();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#routines.values()].map((routine) => routine.stop()));
  }

  /** Speaks as one of the cast. */
  client(actorId: string): ApiClient {
    return this.#client(
      actorId,
      personCredential((lifetimeSeconds) => this.#options.mint(actorId, lifetimeSeconds)),
    );
  }

  #client(actor: string, credential: ConstructorParameters<typeof ApiClient>[0]['credential']): ApiClient {
    const { baseUrl, clock } = this.#options;
    return new ApiClient({
      baseUrl,
      credential,
      actor,
      onExchange: (exchange) => this.told.see(exchange, clock.now()),
    });
  }

  #driver(id: string, mall: MallDocument['mall']): DriverActor {
    const { clock, dice, isPlayed } = this.#options;
    return new DriverActor({
      driverId: id,
      client: this.client(id),
      clock,
      dice: dice.for(id),
      habits: demoDriver,
      home: nearby(mall.position, dice.for(`${id}/home`)),
      uploadPhoto: putPhoto,
      askPin: (orderId) => this.channel.pin(orderId),
      isOnDuty: () => isOnDuty(mall, clock.now()),
      atCounter: async (visit) => {
        if (!isPlayed(visit.storeId)) await this.#stores.get(visit.storeId)?.handOver(visit);
      },
      atMeeting: async (visit) => {
        if (!isPlayed(visit.driverId)) await this.#drivers.get(visit.driverId)?.give(visit);
      },
    });
  }

  #add(actor: Actor, pollMs: number): void {
    const { clock, isPlayed, onError } = this.#options;
    const routine = new Routine({
      clock,
      actor,
      pollMs,
      isPaused: () => isPlayed(actor.id),
      onError: (who, error) => onError(who.id, error),
    });
    this.#routines.set(actor.id, routine);
  }
}

function isOnDuty(mall: MallDocument['mall'], at: number): boolean {
  const opening = openingOfDay(mall, at);
  return opening !== null && at >= opening.opensAt - dutyBeforeMs && at < opening.closesAt + dutyAfterMs;
}

/** Somewhere within about three kilometres. */
function nearby([lon, lat]: LonLat, dice: Dice): LonLat {
  return [lon + dice.between(-0.025, 0.025), lat + dice.between(-0.02, 0.02)];
}
