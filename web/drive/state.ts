import { computed, signal } from '@preact/signals';
import { Problem } from '../shared/api.ts';
import { clock } from '../shared/clock.ts';
import { announce } from '../shared/components.tsx';
import type { Driver, Offer, ProofUpload, Run, StopAnswer } from '../shared/contract/driver.ts';
import type { DocumentUpload } from '../shared/contract/joining.ts';
import { count } from '../shared/format.ts';
import { type KeptAct, Outbox } from '../shared/outbox.ts';
import { uploadPicture } from '../shared/photo.ts';
import { Poller } from '../shared/polling.ts';
import type { Session } from '../shared/session.ts';
import { type Fence, type Fix, follow } from './geofence.ts';
import { activeStop, placeOf, stopName, stopTitle } from './stops.ts';
import { Whereabouts } from './whereabouts.ts';

const pollMs = 3000;

/** What this shift earned so far, as far as this tab saw it. */
export interface Earnings {
  runs: number;
  cents: number;
  currency: string;
}

type OnRetry = (attempt: number) => void;

/** What one driver's phone knows and does. */
export class Phone {
  readonly driver = signal<Driver | null>(null);
  readonly offer = signal<Offer | null>(null);
  readonly run = signal<Run | null>(null);
  /** The offer that was here last is with another driver, or it is not known where it went. */
  readonly missed = signal<'taken' | 'gone' | null>(null);
  /** The run that ended last, until the driver has seen it. */
  readonly finished = signal<Pick<Run, 'pay' | 'payCents' | 'currency'> | null>(null);
  readonly earnings = signal<Earnings>({ runs: 0, cents: 0, currency: 'USD' });
  readonly chosenStopId = signal<string | null>(null);
  readonly stop = computed(() => this.run.value && activeStop(this.run.value, this.chosenStopId.value));
  /** Orders of which this phone has said that they were given, and has had no answer yet. */
  readonly unsentGivings = signal<string[]>([]);
  /** The stop that the driver has driven away from without finishing it. */
  readonly leftStopId = signal<string | null>(null);
  readonly session: Session;
  readonly poller: Poller;
  readonly whereabouts: Whereabouts;
  #fence: Fence | null = null;
  readonly #outbox: Outbox;

  constructor(session: Session) {
    this.session = session;
    const kept = sessionStorage.getItem(this.#earningsKey);
    if (kept) this.earnings.value = JSON.parse(kept) as Earnings;
    this.#outbox = new Outbox(session.actor!.id);
    this.whereabouts = new Whereabouts(session.api, session.actor!.id, (fix) => this.#near(fix));
    this.poller = new Poller(() => this.#read());
    this.poller.start();
    for (const act of this.#outbox.all()) void this.#tell(act).catch(() => {});
  }

  async startShift(onRetry: OnRetry): Promise<void> {
    this.driver.value = await this.session.api.act<Driver>('/v1/driver/shift/start', undefined, onRetry);
    this.#earn({ runs: 0, cents: 0, currency: 'USD' });
    void this.poller.now();
  }

  async endShift(onRetry: OnRetry): Promise<void> {
    this.driver.value = await this.session.api.act<Driver>('/v1/driver/shift/end', undefined, onRetry);
    this.offer.value = null;
    void this.poller.now();
  }

  async acceptOffer(offer: Offer, onRetry: OnRetry): Promise<void> {
    try {
      await this.session.api.act(`/v1/driver/offers/${offer.id}/accept`, { version: offer.version }, onRetry);
    } catch (error) {
      if (!(error instanceof Problem && error.code === 'offer_taken')) throw error;
      this.offer.value = null;
      this.missed.value = 'taken';
      return;
    } finally {
      await this.poller.now();
    }
    this.finished.value = null;
    this.chosenStopId.value = null;
  }

  async declineOffer(offer: Offer, onRetry: OnRetry): Promise<void> {
    await this.session.api.act(`/v1/driver/offers/${offer.id}/decline`, undefined, onRetry);
    this.offer.value = null;
    await this.poller.now();
  }

  /** One act at a stop, with the time at which it was done however late it arrives. */
  async atStop(stopId: string, act: string, done: object | undefined, onRetry: OnRetry): Promise<void> {
    const isThere = act === 'arrive' || act === 'complete';
    const presence = isThere ? this.whereabouts.now() : {};
    const body = { occurredAt: new Date(clock.now.peek()).toISOString(), ...presence, ...done };
    const path = `/v1/driver/run/stops/${encodeURIComponent(stopId)}/${act}`;
    const answer = await this.session.api.act<StopAnswer>(path, body, onRetry).catch((error: unknown) => {
      throw error instanceof Problem && error.code === 'pin_wrong' ? wrongPin(error) : error;
    });
    if (answer.run.status !== 'active') this.#finish(answer.run);
    await this.poller.now();
    const [awaited] = answer.awaited ?? [];
    if (awaited) announce(`The rest is done. Not yet: ${awaited.detail}`);
    else if (this.stop.value && this.stop.value.id !== stopId) announce(stopTitle(this.stop.value));
  }

  /**
   * Records on this phone that parcels were given to another driver, then tells it: without a connection it goes on
   * being told, after a reload too. Rejects when it was refused.
   */
  async give(orderId: string, said: { runCode: string; labels: string[] }, onRetry: OnRetry): Promise<void> {
    const path = `/v1/driver/hand-overs/${encodeURIComponent(orderId)}`;
    const occurredAt = new Date(clock.now.peek()).toISOString();
    await this.#tell(this.#outbox.keep({ subject: orderId, path, body: { ...said, occurredAt } }), onRetry);
    await this.poller.now();
  }

  async #tell(act: KeptAct, onRetry?: OnRetry): Promise<void> {
    const retrying = (attempt: number) => {
      this.unsentGivings.value = this.#outbox.all().map(({ subject }) => subject);
      onRetry?.(attempt);
    };
    try {
      await this.session.api.act(act.path, act.body, retrying, act.key);
    } finally {
      this.#outbox.forget(act);
      this.unsentGivings.value = this.unsentGivings.value.filter((orderId) => orderId !== act.subject);
    }
  }

  /** Answers with the key that names the photo as proof. */
  async upload(stopId: string, photo: Blob, onRetry: OnRetry): Promise<string> {
    const wanted = { contentType: photo.type, stopId };
    const link = () => this.session.api.act<ProofUpload>('/v1/driver/proofs', wanted, onRetry);
    return (await uploadPicture(link, photo, onRetry)).photoKey;
  }

  /** Shows a paper: its picture first, then what it is. */
  async showPaper(kind: string, photo: Blob, expiresOn: string, onRetry: OnRetry): Promise<void> {
    const { api } = this.session;
    const path = '/v1/driver/documents';
    const link = () => api.act<DocumentUpload>(`${path}/uploads`, { contentType: photo.type }, onRetry);
    const { documentId } = await uploadPicture(link, photo, onRetry);
    await api.act(path, { documentId, kind, ...(expiresOn && { expiresOn }) }, onRetry);
    await this.poller.now();
  }

  async appeal(text: string, onRetry: OnRetry): Promise<void> {
    await this.session.api.act('/v1/driver/appeal', { text }, onRetry);
    await this.poller.now();
  }

  async #read(): Promise<number> {
    const { api } = this.session;
    const driver = await api.get<Driver>('/v1/driver');
    const run = driver.activeRunId ? (await api.get<{ run: Run | null }>('/v1/driver/run')).run : null;
    const offers = driver.openOfferId ? (await api.get<{ data: Offer[] }>('/v1/driver/offers')).data : [];
    const offer = offers[0] ?? null;
    if (offer && offer.id !== this.offer.value?.id) announce('A new offer.');
    const before = this.offer.value;
    if (!offer && before && !run) announce('The offer is no longer open.');
    const isTimeLeft = before && clock.now.peek() < Date.parse(before.expiresAt);
    if (offer || run) this.missed.value = null;
    else if (isTimeLeft && before.alsoAsked > 0) this.missed.value = 'gone';
    if (run) this.finished.value = null;
    this.#locate(driver);
    this.driver.value = driver;
    this.offer.value = offer;
    this.run.value = run;
    return pollMs;
  }

  /** Nobody is asked where they are who only plays a driver, or is off shift without a run. */
  #locate({ shift, activeRunId }: Driver): void {
    if (!this.session.config.demo && (shift || activeRunId)) this.whereabouts.start();
    else this.whereabouts.stop();
  }

  /**
   * At a door, or where another driver waits, the phone says by itself that it is there: as the button would, with the
   * time of the first fix. Counters stand too close together for that. What the driver has said is never undone: one who
   * drives away from a stop that is not finished is told of it.
   */
  #near(fix: Fix): void {
    const stop = this.stop.peek();
    const place = stop && placeOf(stop);
    if (!stop || !place) return;
    const { fence, crossed } = follow(this.#fence, stop.id, place, fix);
    this.#fence = fence;
    if (!crossed) return;
    this.leftStopId.value = null;
    if (crossed.to === 'departed' && stop.status === 'arrived') {
      this.leftStopId.value = stop.id;
      announce(`You have left ${stopName(stop)}, and it is not finished.`);
    }
    const comesByItself = stop.kind === 'dropoff' || stop.kind === 'hand_over';
    if (crossed.to !== 'arrived' || !comesByItself || !['pending', 'departed'].includes(stop.status)) return;
    const { atMs, ...whereabouts } = crossed.at;
    const done = { occurredAt: new Date(atMs).toISOString(), whereabouts };
    // Refused because the driver was quicker, or the run is another by now: the next look shows it.
    void this.atStop(stop.id, 'arrive', done, () => {}).catch(() => {});
  }

  #finish(run: Run): void {
    this.finished.value = run;
    const { runs, cents } = this.earnings.value;
    this.#earn({ runs: runs + 1, cents: cents + run.payCents, currency: run.currency });
  }

  #earn(earnings: Earnings): void {
    this.earnings.value = earnings;
    sessionStorage.setItem(this.#earningsKey, JSON.stringify(earnings));
  }

  get #earningsKey(): string {
    return `mallway:earnings:${this.session.actor?.id}`;
  }
}

/** A wrong PIN in the words of this page, with the tries that are left. */
function wrongPin({ body }: Problem): Problem {
  const left = Number(body.triesLeft);
  return new Problem(422, {
    code: 'pin_wrong',
    detail: 'That PIN is wrong.',
    mend:
      left > 0
        ? `Ask again: the shopper sees it on their tracking page. ${count(left, 'try is', 'tries are')} left.`
        : 'No tries are left. Choose “Can’t deliver” and “They do not have the PIN”.',
  });
}
