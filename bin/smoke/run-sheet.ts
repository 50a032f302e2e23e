import { type Caller, pause } from './client.ts';

interface Stop {
  id: string;
  kind: 'pickup' | 'dropoff' | 'return';
  status: string;
  scannedLabels: string[];
  parcels: { label: string }[];
  store?: { position: [number, number] };
  door?: { position: [number, number] } | null;
}

export interface Run {
  id: string;
  code: string;
  stops: Stop[];
  nextStopIds: string[];
}

interface Offer {
  id: string;
  version: number;
  orderIds: string[];
}

const lookAgainMs = 200;
/** A small picture: one grey pixel (PNG). */
const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
  'base64',
);

/** The phone is where it should be. */
function presence({ store, door }: Stop): object {
  const position = door?.position ?? store?.position;
  return position ? { whereabouts: { position, accuracyMetres: 20 } } : {};
}

/** What the test's driver does with a phone. */
export class RunSheet {
  readonly #driver: Caller;

  constructor(driver: Caller) {
    this.#driver = driver;
  }

  /** Starts a shift at a place, after whatever an earlier test left open is over. */
  async startShift(position: [number, number]): Promise<void> {
    const state = await this.#driver.get<{ now: string; shift: object | null }>('/v1/driver');
    await this.#driver.post('/v1/driver/positions', { positions: [{ at: state.now, position }] });
    if (!state.shift) await this.#driver.post('/v1/driver/shift/start');
  }

  async endShift(): Promise<void> {
    const { shift } = await this.#driver.get<{ shift: object | null }>('/v1/driver');
    if (shift) await this.#driver.post('/v1/driver/shift/end');
  }

  /** Waits for the offer of an order and takes it. */
  async takeOffer(orderId: string, withinMs: number): Promise<void> {
    const giveUpAt = performance.now() + withinMs;
    for (;;) {
      const { data } = await this.#driver.get<{ data: Offer[] }>('/v1/driver/offers');
      const offer = data.find(({ orderIds }) => orderIds.includes(orderId));
      if (offer) {
        await this.#driver.post(`/v1/driver/offers/${offer.id}/accept`, { version: offer.version });
        return;
      }
      if (performance.now() > giveUpAt) throw new Error(`no offer within ${Math.round(withinMs / 1000)} seconds`);
      await pause(lookAgainMs);
    }
  }

  async run(): Promise<Run | null> {
    return (await this.#driver.get<{ run: Run | null }>('/v1/driver/run')).run;
  }

  /** Goes to the next stop if it is of this kind, and answers with the run as it is there. */
  async arriveAt(kind: Stop['kind']): Promise<{ run: Run; stop: Stop }> {
    const run = await this.run();
    const stop = run?.stops.find(({ id }) => run.nextStopIds.includes(id));
    if (!run || stop?.kind !== kind) throw new Error(`the next stop is ${stop ? `a ${stop.kind}` : 'none'}`);
    const path = `/v1/driver/run/stops/${stop.id}`;
    if (stop.status === 'pending') await this.#driver.post(`${path}/depart`, {});
    if (stop.status !== 'arrived') await this.#driver.post(`${path}/arrive`, presence(stop));
    return { run, stop };
  }

  async completeStop(stop: Stop): Promise<void> {
    const path = `/v1/driver/run/stops/${stop.id}`;
    const labels = stop.parcels.map(({ label }) => label);
    for (const label of labels.filter((it) => !stop.scannedLabels.includes(it))) {
      await this.#driver.post(`${path}/scan`, { label });
    }
    const proof =
      stop.kind === 'dropoff'
        ? { proof: { kind: 'photo', photoKey: await this.#photograph(stop.id) }, ...presence(stop) }
        : {};
    await this.#driver.post(`${path}/complete`, { labels, ...proof });
  }

  /** Ends a run that the test could not go on with: parcels on board go back. */
  async bringBack(): Promise<void> {
    for (let stops = 0; stops < 10; stops++) {
      const run = await this.run();
      if (!run || run.nextStopIds.length === 0) return;
      const { stop } = await this.arriveAt(run.stops.find(({ id }) => id === run.nextStopIds[0])!.kind);
      await this.completeStop(stop);
    }
  }

  /** Uploads to the object store, as a phone does. */
  async #photograph(stopId: string): Promise<string> {
    const contentType = 'image/png';
    const wanted = { contentType, stopId };
    const link = await this.#driver.post<{ photoKey: string; uploadUrl: string }>('/v1/driver/proofs', wanted);
    const response = await fetch(link.uploadUrl, {
      method: 'PUT',
      headers: { 'content-type': contentType },
      body: new Uint8Array(picture),
    });
    if (!response.ok)
      throw new Error(`the upload of the photo was answered ${response.status}: ${await response.text()}`);
    return link.photoKey;
  }
}
