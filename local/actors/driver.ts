import type { Clock } from '../clock.ts';
import { type ApiClient, ApiProblem } from './api-client.ts';
import type { DriverState, Offer, Run, RunStop } from './api-types.ts';
import type { Dice } from './dice.ts';
import { type DoorOutcome, doDoor, type UploadPhoto } from './door.ts';
import type { Actor } from './routine.ts';
import type { CounterVisit } from './store.ts';
import { along, driveMs, type LonLat, metresBetween, walkMs } from './travel.ts';

/** How a driver usually behaves; shares are of offers and of doors. */
export interface DriverHabits {
  declineShare: number;
  nobodyHomeShare: number;
  refusedShare: number;
  /** Seconds at a counter and at a door. */
  counterSeconds: readonly [least: number, most: number];
  doorSeconds: readonly [least: number, most: number];
  /** Until the driver is on the way again after a counter or a door. */
  leaveSeconds: number;
  /** How often the phone reports where it is while driving; null never. */
  positionSeconds: number | null;
  /** How long a way may take, in hundredths of what it usually takes; always as usual unless told. */
  trafficPercent?: readonly [least: number, most: number];
}

export const steadyDriver: DriverHabits = {
  declineShare: 0,
  nobodyHomeShare: 0,
  refusedShare: 0,
  counterSeconds: [60, 60],
  doorSeconds: [60, 60],
  leaveSeconds: 0,
  positionSeconds: null,
};

export const demoDriver: DriverHabits = {
  declineShare: 0.08,
  nobodyHomeShare: 0.03,
  refusedShare: 0.03,
  counterSeconds: [40, 120],
  doorSeconds: [40, 150],
  leaveSeconds: 0,
  positionSeconds: 100,
  trafficPercent: [70, 180],
};

export interface DriverOptions {
  driverId: string;
  client: ApiClient;
  clock: Clock;
  dice: Dice;
  habits: DriverHabits;
  home: LonLat;
  uploadPhoto: UploadPhoto;
  /** The six digits from the shopper's tracking page; null when the shopper cannot be reached. */
  askPin: (orderId: string) => Promise<string | null>;
  /** False when the driver wants to go home: the shift ends with the run. */
  isOnDuty?: () => boolean;
  /** Tells the store's own people that the driver is at their counter. */
  atCounter?: (visit: CounterVisit) => Promise<void>;
  /** Tells the driver who has the parcels that this one has come for them. */
  atMeeting?: (visit: Meeting) => Promise<void>;
  answerOffer?: (offer: Offer) => 'accept' | 'decline' | 'ignore';
  atDoor?: (stop: RunStop) => DoorOutcome;
  /** Business ms from place to place; drives by street, and walks what is near, unless told. */
  travelMs?: (from: LonLat, to: LonLat) => number;
}

/** Somebody has come for parcels: who has them, of which order, and the code that is shown. */
export interface Meeting {
  driverId: string;
  orderId: string;
  runCode: string;
  labels: string[];
}

interface Leg {
  stopId: string;
  from: LonLat;
  to: LonLat;
  startedAt: number;
  endsAt: number;
}

const lookAgainMs = 30_000;
/** Anything nearer is walked. */
const walkingMetres = 700;

/** A person with a car and a phone: takes offers, collects, knocks at doors, brings back what was refused. */
export class DriverActor implements Actor {
  readonly id: string;
  readonly #options: DriverOptions;
  #vehicle = 'car';
  #position: LonLat;
  #leg: Leg | null = null;
  #isOnRun = false;
  #busyUntil = 0;
  #leavesAt = 0;
  #reportedAt = 0;
  readonly #doors = new Map<string, DoorOutcome>();
  readonly #answers = new Map<string, 'accept' | 'decline' | 'ignore'>();

  constructor(options: DriverOptions) {
    this.id = options.driverId;
    this.#options = options;
    this.#position = options.home;
  }

  async step(): Promise<number | null> {
    const { client, clock, isOnDuty = () => true } = this.#options;
    // On the road the phone shows the way and nothing else; what changed meanwhile is seen on arrival.
    if (this.#leg && clock.now() < this.#leg.endsAt) return this.#underWay(this.#leg);
    try {
      if (this.#isOnRun) {
        const until = await this.#carry();
        if (until !== null) return until;
      }
      const driver = await client.get<DriverState>('/v1/driver');
      this.#vehicle = driver.vehicle;
      this.#isOnRun = driver.activeRunId !== null;
      if (this.#isOnRun) return (await this.#carry()) ?? clock.now() + lookAgainMs;
      if (driver.openOfferId) return await this.#answer();
      if (!driver.shift && isOnDuty()) {
        await this.#report();
        await client.post('/v1/driver/shift/start');
      } else if (driver.shift && !isOnDuty()) await client.post('/v1/driver/shift/end');
      return null;
    } catch (error) {
      // Somebody else decided in the meantime; the next look shows it.
      if (error instanceof ApiProblem && [404, 409, 422].includes(error.status)) return clock.now() + lookAgainMs;
      throw error;
    }
  }

  async #answer(): Promise<number | null> {
    const { client, dice, habits, answerOffer } = this.#options;
    const { data } = await client.get<{ data: Offer[] }>('/v1/driver/offers');
    const offer = data[0];
    if (!offer) return null;
    let answer = this.#answers.get(offer.id);
    if (!answer) {
      answer = answerOffer?.(offer) ?? (dice.chance(habits.declineShare) ? 'decline' : 'accept');
      this.#answers.clear();
      this.#answers.set(offer.id, answer);
    }
    if (answer === 'ignore') return Date.parse(offer.expiresAt) + 1_000;
    if (answer === 'decline') {
      await client.post(`/v1/driver/offers/${offer.id}/decline`);
      return null;
    }
    await client.post(`/v1/driver/offers/${offer.id}/accept`, { version: offer.version });
    this.#isOnRun = true;
    return this.#carry();
  }

  /** Goes on with the run until there is something to wait for; answers until when, or null when the run is over. */
  async #carry(): Promise<number | null> {
    const { client } = this.#options;
    for (;;) {
      const { run } = await client.get<{ run: Run | null }>('/v1/driver/run');
      const stop = run && nextStop(run);
      if (!run || !stop) {
        this.#leg = null;
        this.#isOnRun = false;
        return null;
      }
      const until = await this.#atStop(run, stop);
      if (until !== null) return until;
    }
  }

  /** One act at one stop; null when the run should be read again at once. */
  async #atStop(run: Run, stop: RunStop): Promise<number | null> {
    const { client, clock, habits, dice } = this.#options;
    const path = `/v1/driver/run/stops/${stop.id}`;
    if (stop.status === 'pending') {
      await client.post(`${path}/depart`, {});
      return this.#setOut(run, stop).endsAt;
    }
    if (stop.status === 'departed') {
      const leg = this.#leg?.stopId === stop.id ? this.#leg : this.#setOut(run, stop);
      if (clock.now() < leg.endsAt) return this.#underWay(leg);
      this.#position = leg.to;
      this.#leg = null;
      if (habits.positionSeconds !== null) await this.#report();
      const seconds = dice.between(...(stop.kind === 'dropoff' ? habits.doorSeconds : habits.counterSeconds));
      this.#busyUntil = clock.now() + seconds * 1000;
      await client.post(`${path}/arrive`, { whereabouts: this.#whereabouts() });
      return this.#busyUntil;
    }
    if (clock.now() < this.#busyUntil) return this.#busyUntil;
    if (stop.kind === 'dropoff') {
      await this.#knock(stop, path);
      return this.#leave();
    }
    const open = (stop.pickups ?? []).filter(({ status }) => ['pending', 'accepted', 'delayed'].includes(status));
    if (stop.kind === 'pickup' && open.length > 0) {
      return Math.max(clock.now() + lookAgainMs, Math.min(...open.map(({ readyAt }) => Date.parse(readyAt))));
    }
    await this.#scan(stop, path);
    if (stop.kind === 'pickup') await this.#meetStore(run, stop);
    if (stop.kind === 'hand_over') await this.#meetDriver(run, stop);
    await client.post(`${path}/complete`, { labels: labelsAt(stop) });
    return this.#leave();
  }

  /** The run is read again at once; the next way begins when the driver is back in the car. */
  #leave(): null {
    this.#leavesAt = this.#options.clock.now() + this.#options.habits.leaveSeconds * 1000;
    return null;
  }

  async #knock(stop: RunStop, path: string): Promise<void> {
    const { client, habits, dice, atDoor, askPin, uploadPhoto } = this.#options;
    let outcome = this.#doors.get(stop.id);
    if (!outcome) {
      const throwOfDice = dice.next();
      const usual =
        throwOfDice < habits.nobodyHomeShare
          ? 'nobody_home'
          : throwOfDice < habits.nobodyHomeShare + habits.refusedShare
            ? 'refuse_all'
            : 'deliver';
      outcome = atDoor?.(stop) ?? usual;
      this.#doors.set(stop.id, outcome);
    }
    if (outcome === 'deliver' || outcome === 'refuse_some') await this.#scan(stop, path);
    const whereabouts = this.#whereabouts();
    await doDoor({ client, stop, path, outcome, askPin, uploadPhoto, tint: dice.whole(0, 999), whereabouts });
    this.#doors.delete(stop.id);
  }

  async #scan(stop: RunStop, path: string): Promise<void> {
    const left = labelsAt(stop).filter((label) => !stop.scannedLabels.includes(label));
    for (const label of left) await this.#options.client.post(`${path}/scan`, { label });
  }

  async #meetStore(run: Run, stop: RunStop): Promise<void> {
    const { atCounter } = this.#options;
    if (!atCounter || !stop.storeId) return;
    for (const orderId of stop.orderIds) {
      const labels = stop.parcels.filter((parcel) => parcel.orderId === orderId).map(({ label }) => label);
      if (labels.length > 0) await atCounter({ storeId: stop.storeId, orderId, runCode: run.code, labels });
    }
  }

  async #meetDriver(run: Run, { meeting, parcels, orderIds }: RunStop): Promise<void> {
    const { atMeeting } = this.#options;
    if (!atMeeting || !meeting) return;
    for (const orderId of orderIds) {
      const labels = parcels.filter((parcel) => parcel.orderId === orderId).map(({ label }) => label);
      if (labels.length > 0) await atMeeting({ driverId: meeting.driverId, orderId, runCode: run.code, labels });
    }
  }

  /** Gives parcels to the driver who has come for them; whether this side was heard, the other goes on. */
  async give({ orderId, runCode, labels }: Meeting): Promise<void> {
    try {
      await this.#options.client.post(`/v1/driver/hand-overs/${orderId}`, { runCode, labels });
    } catch (error) {
      if (!(error instanceof ApiProblem && error.status === 409)) throw error;
    }
  }

  #setOut(run: Run, stop: RunStop): Leg {
    const to =
      stop.door?.position ?? stop.meeting?.position ?? stop.store?.position ?? run.mall?.position ?? this.#position;
    const startedAt = Math.max(this.#options.clock.now(), this.#leavesAt);
    const { travelMs = (from: LonLat, to: LonLat) => this.#byStreet(from, to) } = this.#options;
    const endsAt = startedAt + Math.round(travelMs(this.#position, to) * this.#traffic());
    this.#leg = { stopId: stop.id, from: this.#position, to, startedAt, endsAt };
    return this.#leg;
  }

  #traffic(): number {
    const { habits, dice } = this.#options;
    return habits.trafficPercent ? dice.between(...habits.trafficPercent) / 100 : 1;
  }

  #byStreet(from: LonLat, to: LonLat): number {
    return metresBetween(from, to) < walkingMetres ? walkMs(from, to) : driveMs(from, to, this.#vehicle);
  }

  async #underWay(leg: Leg): Promise<number> {
    const { clock, habits } = this.#options;
    const now = clock.now();
    this.#position = along(leg.from, leg.to, (now - leg.startedAt) / Math.max(1, leg.endsAt - leg.startedAt));
    if (habits.positionSeconds === null) return leg.endsAt;
    const everyMs = habits.positionSeconds * 1000;
    if (now - this.#reportedAt >= everyMs) await this.#report();
    return Math.min(leg.endsAt, now + everyMs);
  }

  /** As a good phone knows it under the open sky. */
  #whereabouts() {
    return { position: this.#position, accuracyMetres: 15 };
  }

  async #report(): Promise<void> {
    const { client, clock } = this.#options;
    this.#reportedAt = clock.now();
    const positions = [{ at: new Date(this.#reportedAt).toISOString(), ...this.#whereabouts() }];
    await client.post('/v1/driver/positions', { positions });
  }
}

/** Of the stops that may be done now: the one under way, else one where everything is ready, else the first. */
function nextStop(run: Run): RunStop | undefined {
  const candidates = run.nextStopIds.flatMap((id) => run.stops.find((stop) => stop.id === id) ?? []);
  const isReady = (stop: RunStop) => (stop.pickups ?? []).every(({ status }) => status === 'ready');
  return (
    candidates.find(({ status }) => status === 'departed' || status === 'arrived') ??
    candidates.find(isReady) ??
    candidates[0]
  );
}

export function labelsAt(stop: RunStop): string[] {
  return stop.parcels.map(({ label }) => label);
}
