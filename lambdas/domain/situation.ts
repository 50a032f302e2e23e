import { decideOrder, type OrderDecision } from './decide-order.ts';
import { currentVersion, fleetUpcasters } from './event-versions.ts';
import type { OrderEvent } from './events.ts';
import type { Driver, FleetEvent, FleetEventType, Offer, Run } from './fleet.ts';
import type { OrderId } from './ids.ts';
import type { Order } from './order.ts';
import type { OrderCommand } from './order-commands.ts';
import { isRejection, type Rejection } from './rejection.ts';
import { reviseOffer } from './revise-offer.ts';
import { reviseRun } from './revise-run.ts';
import type { Instant } from './time.ts';

/** Everything one decision may touch: an order with its siblings, the run or offer they are in, and its driver. */
export interface Situation extends Carriers {
  orders: Order[];
  offer: Offer | null;
  /** Of an open offer to several, the drivers beside `driver`. */
  rivals?: Driver[];
  /** Where parcels go from driver to driver: the other of the two, with the run that they have. */
  other?: Carriers;
}

export interface Carriers {
  run: Run | null;
  driver: Driver | null;
}

/** What changed, ready to be committed all or nothing. Aggregates that did not change are the same objects. */
export interface Decision {
  situation: Situation;
  orderEvents: OrderEvent[];
  fleetEvents: FleetEvent[];
}

/** A private copy of a situation while one command is decided. */
export class SituationDraft {
  readonly now: Instant;
  readonly orderEvents: OrderEvent[] = [];
  readonly fleetEvents: FleetEvent[] = [];
  orders: Order[];
  offer: Offer | null;
  run: Run | null;
  driver: Driver | null;
  rivals: Driver[];
  other: Carriers | undefined;
  readonly #before: Situation;

  constructor(situation: Situation, now: Instant) {
    this.#before = situation;
    this.now = now;
    this.orders = [...situation.orders];
    this.offer = structuredClone(situation.offer);
    this.run = structuredClone(situation.run);
    this.driver = structuredClone(situation.driver);
    this.rivals = structuredClone(situation.rivals ?? []);
    this.other = structuredClone(situation.other);
  }

  order(id: OrderId): Order {
    const order = this.orders.find((candidate) => candidate.id === id);
    if (!order) throw new Error(`Order ${id} is not part of the situation.`);
    return order;
  }

  /** The order as it was before anything was decided. */
  before(id: OrderId): Order {
    return this.#before.orders.find((candidate) => candidate.id === id) ?? this.order(id);
  }

  /** This decision is the one that starts the run. */
  starts(run: Run): boolean {
    return this.fleetEvents.some(({ type, subject }) => type === 'run.started' && subject.id === run.id);
  }

  touches(run: Run): boolean {
    return this.fleetEvents.some(({ subject }) => subject.kind === 'run' && subject.id === run.id);
  }

  /** Puts a command to one order; its outcome becomes part of this draft. */
  command(orderId: OrderId, command: OrderCommand): Rejection | undefined {
    const outcome: OrderDecision | Rejection = decideOrder(this.order(orderId), command, this.now);
    if (isRejection(outcome)) return outcome;
    if (outcome.events.length > 0 || outcome.order !== this.order(orderId)) {
      this.orders = this.orders.map((order) => (order.id === orderId ? outcome.order : order));
    }
    this.orderEvents.push(...outcome.events);
    return;
  }

  emit(kind: FleetEvent['subject']['kind'], type: FleetEventType, data: Record<string, unknown> = {}): void {
    const subject = { driver: this.driver, offer: this.offer, run: this.run }[kind];
    if (!subject) throw new Error(`There is no ${kind} in the situation.`);
    this.emitOf(kind, subject, type, data);
  }

  emitOf(
    kind: FleetEvent['subject']['kind'],
    subject: Driver | Offer | Run,
    type: FleetEventType,
    data: Record<string, unknown> = {},
  ): void {
    subject.sequence += 1;
    this.fleetEvents.push({
      subject: { kind, id: subject.id },
      sequence: subject.sequence,
      type,
      version: currentVersion(type, fleetUpcasters),
      recordedAt: this.now,
      mallId: subject.mallId,
      data,
    });
  }

  /** Brings the offer and the runs into line with their orders, then closes the draft. */
  finish(): Decision {
    reviseOffer(this);
    reviseRun(this, this);
    if (this.other) reviseRun(this, this.other);
    const before = this.#before;
    const keep = <T>(now: T, was: T): T => (JSON.stringify(now) === JSON.stringify(was) ? was : now);
    return {
      situation: {
        orders: this.orders.map((order) => keep(order, before.orders.find((was) => was.id === order.id) ?? order)),
        offer: keep(this.offer, before.offer),
        run: keep(this.run, before.run),
        driver: keep(this.driver, before.driver),
        ...(before.rivals && { rivals: before.rivals.map((was, index) => keep(this.rivals[index]!, was)) }),
        ...(this.other &&
          before.other && {
            other: {
              run: keep(this.other.run, before.other.run),
              driver: keep(this.other.driver, before.other.driver),
            },
          }),
      },
      orderEvents: this.orderEvents,
      fleetEvents: this.fleetEvents,
    };
  }
}

/** One command to one order, with everything that follows for its offer, run and driver. */
export function decideForOrder(
  situation: Situation,
  orderId: OrderId,
  command: OrderCommand,
  now: Instant,
): Decision | Rejection {
  const draft = new SituationDraft(situation, now);
  return draft.command(orderId, command) ?? draft.finish();
}
