import type { Act, Request, World } from './world.ts';

export const stages = ['placed', 'offered', 'collected', 'at the door', 'delivered'] as const;
export type Stage = (typeof stages)[number];

/** What is known of the order, as far as it has come. */
export interface Journey {
  orderId: string;
  trackingToken: string;
  offerId: string;
  version: number;
  runCode: string;
  label: string;
}

const label = 'MW-1';
/** The phone stays at the mall, wherever the journey goes. */
export const elsewhere = { awayReason: 'position_wrong' };

/** One order from one store, brought from stage to stage by those whose turn it is. */
export class Traveller {
  readonly #world: World;
  readonly #act: Act;
  readonly journey: Journey = {
    orderId: '',
    trackingToken: '',
    offerId: 'off_none',
    version: 1,
    runCode: '0000',
    label,
  };

  /** `act` sends the commands; what is only read is read once. */
  constructor(world: World, act: Act = (request) => world.succeed(request)) {
    this.#world = world;
    this.#act = act;
  }

  /** Goes on from the stage before; `placed` begins anew. */
  async goOnTo(stage: Stage): Promise<void> {
    for (const request of await this.#steps(stage)) await this.#act(request);
    await this.#world.settled();
  }

  async #steps(stage: Stage): Promise<Request[]> {
    switch (stage) {
      case 'placed':
        await this.#place();
        return [];
      case 'offered':
        await this.#waitForOffer();
        return [];
      case 'collected':
        return this.#collect();
      case 'at the door':
        return [this.atStop('dropoff', 'depart'), this.atStop('dropoff', 'arrive', elsewhere)];
      case 'delivered':
        return [
          this.atStop('dropoff', 'complete', {
            labels: [label],
            proof: { kind: 'pin', pin: await this.pin() },
            ...elsewhere,
          }),
        ];
    }
  }

  async #place(): Promise<void> {
    const { channel } = this.#world.tokens;
    const body = { ...this.#world.basket(), doorProof: 'pin' };
    const order = await this.#act({ method: 'POST', path: '/v1/orders', token: channel, body });
    const { trackingUrl } = await this.#world.succeed({
      method: 'GET',
      path: `/v1/orders/${order.id}`,
      token: channel,
    });
    Object.assign(this.journey, { orderId: order.id, trackingToken: trackingUrl.split('/').at(-1) });
  }

  async #waitForOffer(): Promise<void> {
    await this.#world.onShift(this.#act);
    await this.#act(this.atStore('accept'));
    Object.assign(this.journey, await this.#world.nextOffer());
  }

  async #collect(): Promise<Request[]> {
    const { driver } = this.#world.tokens;
    const { offerId, version } = this.journey;
    const path = `/v1/driver/offers/${offerId}/accept`;
    const run = await this.#act({ method: 'POST', path, token: driver, body: { version } });
    this.journey.runCode = run.code;
    return [
      this.atStore('ready', { parcels: [{ label }] }),
      this.atStop('pickup', 'depart'),
      this.atStop('pickup', 'arrive'),
      this.atStop('pickup', 'complete', { labels: [label] }),
    ];
  }

  /** The six digits as the shopper sees them. */
  async pin(): Promise<string> {
    const path = `/v1/track/${this.journey.trackingToken}`;
    return (await this.#world.succeed({ method: 'GET', path })).pin;
  }

  atStore(act: string, body?: object): Request {
    const { mall, tokens } = this.#world;
    const path = `/v1/stores/${mall.stores[0]!.id}/pickups/${this.journey.orderId}/${act}`;
    return { method: 'POST', path, token: tokens.store, body };
  }

  atStop(kind: 'pickup' | 'dropoff', act: string, body?: object): Request {
    const { mall, tokens } = this.#world;
    const at = kind === 'pickup' ? mall.stores[0]!.id : this.journey.orderId;
    return { method: 'POST', path: `/v1/driver/run/stops/${kind}-${at}/${act}`, token: tokens.driver, body };
  }

  toOffer(act: 'accept' | 'decline', body?: object): Request {
    const path = `/v1/driver/offers/${this.journey.offerId}/${act}`;
    return { method: 'POST', path, token: this.#world.tokens.driver, body };
  }

  onShift(act: 'start' | 'end'): Request {
    return { method: 'POST', path: `/v1/driver/shift/${act}`, token: this.#world.tokens.driver };
  }

  toDriver(body: object): Request {
    const path = `/v1/driver/hand-overs/${this.journey.orderId}`;
    return { method: 'POST', path, token: this.#world.tokens.driver, body };
  }

  byDriver(path: string, body: object): Request {
    return { method: 'POST', path, token: this.#world.tokens.driver, body };
  }

  byChannel(act: string, body?: object): Request {
    const path = `/v1/orders/${this.journey.orderId}/${act}`;
    return { method: 'POST', path, token: this.#world.tokens.channel, ...(body && { body }) };
  }

  byOperations(act: string, body: object): Request {
    const path = `/v1/ops/orders/${this.journey.orderId}/${act}`;
    return { method: 'POST', path, token: this.#world.tokens.operations, body };
  }
}
