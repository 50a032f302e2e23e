import type { Answer, Request, World } from '../../api/world.ts';

export type Party = 'channel' | 'retailer' | 'tablet' | 'driver' | 'operations';
/** A token for one request: so each of them is authorised anew. */
export type Signer = () => Promise<string>;

/**
 * A channel, a retailer, a tablet of a store, a driver and operations, each of whom sends one request after another for
 * as long as it lasts, with whatever credential they have by then.
 */
export class Traffic {
  /** Requests that were not answered as they should; all of them are good. */
  readonly refused: string[] = [];
  readonly signers: Record<Party, Signer>;
  readonly #world: World;
  readonly #rounds = new Map<Party, number>();
  #running: Promise<unknown> = Promise.resolve();
  #isOver = false;
  #waiting: (() => void)[] = [];
  /** Orders whose store has not done anything yet. */
  readonly #placed: string[] = [];
  #answered = 0;

  constructor(world: World, signers: Record<Party, Signer>) {
    this.#world = world;
    this.signers = signers;
  }

  get answered(): number {
    return this.#answered;
  }

  start(): void {
    const rounds: Record<Party, () => Promise<unknown>> = {
      channel: () => this.#order(),
      retailer: () => this.#look(),
      tablet: () => this.#prepare(),
      driver: () => this.#drive(),
      operations: () => this.#oversee(),
    };
    const parties = Object.entries(rounds) as [Party, () => Promise<unknown>][];
    this.#running = Promise.all(parties.map(([party, round]) => this.#repeat(party, round)));
  }

  /** Until everybody has done a round that began after now. */
  async goOn(): Promise<void> {
    const parties = Object.keys(this.signers) as Party[];
    // The round that is under way began before.
    const enough = new Map(parties.map((party) => [party, (this.#rounds.get(party) ?? 0) + 2]));
    while (parties.some((party) => (this.#rounds.get(party) ?? 0) < enough.get(party)!)) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#running;
  }

  async #repeat(party: Party, round: () => Promise<unknown>): Promise<void> {
    while (!this.#isOver) {
      await round().catch((error: Error) => this.refused.push(`${party}: ${error.message}`));
      this.#rounds.set(party, (this.#rounds.get(party) ?? 0) + 1);
      for (const wake of this.#waiting.splice(0)) wake();
    }
  }

  async #send(party: Party | null, method: string, path: string, body?: object): Promise<Answer['body']> {
    const request: Request = { method, path, body, token: party && (await this.signers[party]()) };
    const answer = await this.#world.send(request);
    this.#answered += 1;
    if (answer.status < 300) return answer.body;
    throw new Error(`${method} ${path}: ${answer.status} ${answer.body?.detail ?? answer.text}`);
  }

  async #order(): Promise<void> {
    const { id } = await this.#send('channel', 'POST', '/v1/orders', this.#world.basket());
    this.#placed.push(id);
    const { trackingUrl } = await this.#send('channel', 'GET', `/v1/orders/${id}`);
    await this.#send('channel', 'GET', `/v1/orders/${id}/events`);
    await this.#send(null, 'GET', `/v1/track/${trackingUrl.split('/').at(-1)}`);
  }

  async #prepare(): Promise<void> {
    const orderId = this.#placed.shift();
    const pickups = `/v1/stores/${this.#storeId}/pickups`;
    await this.#send('tablet', 'GET', pickups);
    if (orderId === undefined) return;
    await this.#send('tablet', 'POST', `${pickups}/${orderId}/accept`, {});
    const parcels = [{ label: `MW-${orderId.split('_')[1]}` }];
    await this.#send('tablet', 'POST', `${pickups}/${orderId}/ready`, { parcels, missingLineIds: [] });
  }

  async #look(): Promise<void> {
    await this.#send('retailer', 'GET', `/v1/stores/${this.#storeId}/pickups`);
    await this.#send('retailer', 'GET', `/v1/malls/${this.#world.mall.mall.id}`);
  }

  async #drive(): Promise<void> {
    const at = new Date(this.#world.cloud.clock.now()).toISOString();
    const positions = [{ at, position: this.#world.mall.mall.position }];
    await this.#send('driver', 'POST', '/v1/driver/positions', { positions });
    await this.#send('driver', 'POST', '/v1/driver/shift/start');
    await this.#send('driver', 'GET', '/v1/driver/offers');
    await this.#send('driver', 'POST', '/v1/driver/shift/end');
  }

  async #oversee(): Promise<void> {
    await this.#send('operations', 'GET', '/v1/ops/waiting');
    await this.#send('operations', 'GET', '/v1/keys');
  }

  get #storeId(): string {
    return this.#world.mall.stores[0]!.id;
  }
}
