import { acceptOffer, declineOffer, expireOffer, loseDriver, makeOffer } from '../../lambdas/domain/decide-fleet.ts';
import { decideStop, type StopCommand } from '../../lambdas/domain/decide-stop.ts';
import { type Driver, newShift, type Offer, type Run } from '../../lambdas/domain/fleet.ts';
import { asId, type OfferId, type RunId } from '../../lambdas/domain/ids.ts';
import { hasEnded, type Order, wantsDriver } from '../../lambdas/domain/order.ts';
import type { OrderCommand } from '../../lambdas/domain/order-commands.ts';
import { isRejection, type Rejection } from '../../lambdas/domain/rejection.ts';
import { type Decision, decideForOrder, type Situation } from '../../lambdas/domain/situation.ts';
import { type Instant, plusSeconds } from '../../lambdas/domain/time.ts';
import { driverId, frozen, mall } from './fixtures.ts';

/** A few orders and one driver, changed by decisions alone and committed as the application commits them. */
export class Town {
  readonly orders = new Map<string, Order>();
  readonly offers = new Map<string, Offer>();
  readonly runs = new Map<string, Run>();
  now: Instant;
  driver: Driver = {
    id: driverId,
    version: 0,
    sequence: 0,
    name: 'Ada',
    mallId: mall.id,
    vehicle: 'car',
    status: 'active',
    shift: null,
    openOfferId: null,
    activeRunId: null,
    passedOn: [],
  };
  readonly #onDecision: (before: Situation, decision: Decision) => void;
  #minted = 0;

  constructor(orders: Order[], now: Instant, onDecision: (before: Situation, decision: Decision) => void) {
    this.now = now;
    this.#onDecision = onDecision;
    this.driver.shift = newShift(now);
    for (const order of orders) this.orders.set(order.id, frozen(order));
  }

  get run(): Run | null {
    return this.driver.activeRunId && this.runs.get(this.driver.activeRunId)!;
  }

  wait(seconds: number): void {
    this.now = plusSeconds(this.now, seconds);
  }

  until(at: Instant): void {
    if (at > this.now) this.now = at;
  }

  order(id: string, command: OrderCommand): Decision | Rejection {
    const order = this.orders.get(id)!;
    const offer = order.offerId && this.offers.get(order.offerId)!;
    const run = order.carriage && this.runs.get(order.carriage.runId)!;
    return this.#decide(this.#situation(run, run ? null : offer, order), (before) =>
      decideForOrder(before, order.id, command, this.now),
    );
  }

  /** Offers every order that wants a driver to the driver. */
  offer(): void {
    const wanting = [...this.orders.values()].filter((order) => wantsDriver(order) && !order.offerId).slice(0, 3);
    if (wanting.length === 0) return;
    const storeIds = [...new Set(wanting.flatMap(({ pickups }) => pickups.map((pickup) => pickup.storeId)))];
    const orderIds = wanting.map(({ id }) => id);
    const before = { orders: wanting, offer: null, run: null, driver: this.driver };
    this.#decide(before, (situation) =>
      makeOffer(
        situation,
        { driverId, storeIds, orderIds, distanceMetres: 1000, durationSeconds: 600 },
        { id: this.#mint<OfferId>('offer'), rates: mall.pay, currency: mall.currency },
        this.now,
      ),
    );
  }

  answer(how: 'accept' | 'decline' | 'expire'): void {
    const offer = this.driver.openOfferId && this.offers.get(this.driver.openOfferId)!;
    if (!offer) return;
    if (how === 'expire') this.until(offer.expiresAt);
    this.#decide(this.#situation(null, offer), (situation) => {
      if (how === 'decline') return declineOffer(situation, this.now);
      if (how === 'expire') return expireOffer(situation, this.now);
      return acceptOffer(
        situation,
        { version: offer.version, runId: this.#mint<RunId>('run'), code: '1234' },
        this.now,
      );
    });
  }

  stop(command: StopCommand): Decision | Rejection {
    return this.#decide(this.#situation(this.run, null), (situation) => decideStop(situation, command, this.now));
  }

  lose(): void {
    this.#decide(this.#situation(this.run, null), (situation) => loseDriver(situation, 'vehicle', this.now));
    // Another driver comes on shift in their place once they are free.
    if (!this.driver.activeRunId) this.driver = { ...this.driver, shift: newShift(this.now) };
  }

  hasWork(): boolean {
    return [...this.orders.values()].some((order) => !hasEnded(order));
  }

  #situation(run: Run | null, offer: Offer | null, ...first: Order[]): Situation {
    const ids = new Set([...first.map(({ id }) => id), ...(run?.orderIds ?? []), ...(offer?.orderIds ?? [])]);
    const orders = [...ids].map((id) => this.orders.get(id)!);
    return { orders, offer, run, driver: run || offer || first.length === 0 ? this.driver : null };
  }

  #decide(before: Situation, decide: (before: Situation) => Decision | Rejection): Decision | Rejection {
    const outcome = decide(frozen(before));
    if (isRejection(outcome)) return outcome;
    this.#onDecision(before, outcome);
    const { orders, offer, run, driver } = outcome.situation;
    for (const order of orders) this.orders.set(order.id, order);
    if (offer) this.offers.set(offer.id, offer === before.offer ? offer : { ...offer, version: offer.version + 1 });
    if (run) this.runs.set(run.id, run);
    if (driver) this.driver = driver;
    return outcome;
  }

  #mint<T extends OfferId | RunId>(prefix: string): T {
    this.#minted += 1;
    return asId<T>(`${prefix}-${this.#minted}`);
  }
}
