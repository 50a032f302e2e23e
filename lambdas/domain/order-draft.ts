import { allowedTransitions, type DeliveryStatus, isLegal } from './delivery-status.ts';
import type { HandOver } from './driver-hand-over.ts';
import { currentVersion, orderUpcasters } from './event-versions.ts';
import { type OrderEvent, type OrderEventType, snapshotOf } from './events.ts';
import type { ProviderId } from './ids.ts';
import { forgetDecision } from './late-store.ts';
import type { EndReason, Order } from './order.ts';
import { hasEnded, openHandOver, parcelsOnBoard } from './order.ts';
import { isParcelEnded } from './parcel.ts';
import { isPickupClosed, isPickupMoveLegal, type Pickup, type PickupStatus } from './pickup.ts';
import { coarse } from './position.ts';
import { type Rejection, reject } from './rejection.ts';
import { type Instant, latest, plusMinutes } from './time.ts';

/**
 * A private copy of an order while one command is decided: it moves only along legal edges and numbers its events.
 * An illegal move is a defect of the rules, not of the caller, and throws; rules ask first.
 */
export class OrderDraft {
  readonly order: Order;
  readonly events: OrderEvent[] = [];
  readonly #now: Instant;
  readonly #occurredAt: Instant;

  constructor(order: Order, now: Instant, occurredAt: Instant = now) {
    this.order = structuredClone(order);
    this.#now = now;
    this.#occurredAt = occurredAt;
  }

  get now(): Instant {
    return this.#now;
  }

  /** By the clock of the device that saw it; never later than now. */
  get occurredAt(): Instant {
    return this.#occurredAt;
  }

  emit(type: OrderEventType, data: Record<string, unknown> = {}): void {
    this.order.sequence += 1;
    this.order.updatedAt = this.#now;
    this.events.push({
      orderId: this.order.id,
      sequence: this.order.sequence,
      type,
      version: currentVersion(type, orderUpcasters),
      occurredAt: this.#occurredAt,
      recordedAt: this.#now,
      data,
      snapshot: snapshotOf(this.order),
    });
  }

  moveTo(status: DeliveryStatus, data: Record<string, unknown> = {}): void {
    if (!isLegal(this.order.status, status)) {
      throw new Error(`Order ${this.order.id} may not move from ${this.order.status} to ${status}.`);
    }
    if (status !== 'held') this.withdrawHandOver(status);
    this.order.status = status;
    if (status !== 'held') delete this.order.custody;
    this.emit(status === 'created' ? 'delivery.reassigned' : `delivery.${status}`, data);
  }

  movePickup(pickup: Pickup, status: Exclude<PickupStatus, 'pending'>, data: Record<string, unknown> = {}): void {
    if (!isPickupMoveLegal(pickup.status, status)) {
      throw new Error(`Pickup ${pickup.storeId} of ${this.order.id} may not move from ${pickup.status} to ${status}.`);
    }
    pickup.status = status;
    if (isPickupClosed(status) || status === 'ready') forgetDecision(this.order, pickup.storeId);
    if (isPickupClosed(status)) this.#leaveParcelsAtStore(pickup);
    this.emit(`pickup.${status}`, { storeId: pickup.storeId, ...data });
  }

  needsAttention(why: NonNullable<Order['attention']>['why']): void {
    this.order.attention = { why, since: this.#now };
    this.order.decideBy = plusMinutes(this.#now, 24 * 60);
    this.emit('order.attention', { what: 'asked', why });
  }

  /** What a store says of a hand-over is not what came of it: a person has to look, and nothing waits for them. */
  contradict(pickup: Pickup): void {
    pickup.mismatchSince = this.#now;
    this.emit('order.attention', { what: 'asked', why: 'hand_over_mismatch', storeId: pickup.storeId });
  }

  contradictBetweenDrivers(handOver: HandOver): void {
    handOver.mismatchSince = this.#now;
    this.emit('order.attention', { what: 'asked', why: 'hand_over_mismatch', driverId: handOver.from.driverId });
  }

  /** Nobody is to take the parcels over any more. Who says that they gave them away contradicts that. */
  withdrawHandOver(reason: string): void {
    const handOver = openHandOver(this.order);
    if (!handOver) return;
    const { from, to, given } = handOver;
    this.order.handOvers = this.order.handOvers!.filter((one) => one !== handOver || given);
    handOver.at = coarse(handOver.at);
    handOver.overAt = this.#now;
    this.order.offerId = null;
    this.emit('hand_over.withdrawn', { from, ...(to && { to }), reason });
    if (given) this.contradictBetweenDrivers(handOver);
  }

  /** These providers are not the first to be asked about the order again. */
  hadTheirTurn(...providers: ProviderId[]): void {
    const all = [...new Set([...(this.order.passedBy ?? []), ...providers])];
    if (all.length > 0) this.order.passedBy = all;
  }

  closeOpenPickups(reason: string): void {
    for (const pickup of this.order.pickups) {
      if (!isPickupClosed(pickup.status)) this.movePickup(pickup, 'cancelled', { reason });
    }
  }

  clearAttention(): void {
    if (!this.order.attention) return;
    const { why } = this.order.attention;
    this.order.attention = null;
    this.emit('order.attention_cleared', { why });
  }

  /**
   * Nothing will be collected any more. With no parcel on board the order is cancelled; with any on board they go
   * back to their stores.
   */
  callOff(reason: EndReason): void {
    this.order.endReason = reason;
    for (const pickup of this.order.pickups) {
      if (isPickupClosed(pickup.status)) continue;
      this.movePickup(pickup, 'cancelled', { reason });
      // The store says that the driver has its parcels: whoever restocks will not find them.
      if (pickup.storeRecord) this.contradict(pickup);
    }
    const onBoard = parcelsOnBoard(this.order);
    for (const parcel of onBoard) parcel.toReturn = true;
    if (onBoard.length > 0) this.beginReturn();
    else this.endIfOver();
    // Nobody comes for them any more; where they may have changed hands already, who has them brings them back.
    const handOver = openHandOver(this.order);
    if (handOver && !handOver.given) {
      this.moveTo('enroute_to_return');
      this.clearAttention();
    }
    // A held or undeliverable order stays where it is; who decides on it must hear that it may only go back.
    if (this.order.status === 'held' || this.order.status === 'undeliverable') {
      const why = this.order.attention?.why ?? this.order.status;
      this.emit('order.attention', { what: 'called_off', why, reason });
    }
  }

  beginReturn(): void {
    this.order.returnBy = latest(this.order.returnBy, plusMinutes(this.#now, 180));
    const alreadyGoingBack: readonly DeliveryStatus[] = [
      'undeliverable',
      'held',
      'enroute_to_return',
      'arrived_at_return',
    ];
    if (!alreadyGoingBack.includes(this.order.status)) this.moveTo('enroute_to_return');
  }

  /** Ends the order once every pickup and every parcel has ended; what the parcels came to decides how. */
  endIfOver(): void {
    const { order } = this;
    if (hasEnded(order) || !order.pickups.every((pickup) => isPickupClosed(pickup.status))) return;
    if (!order.parcels.every(isParcelEnded)) return;
    const ends = new Set(order.parcels.map((parcel) => parcel.state.at));
    order.endedAt = this.#now;
    if (order.attention) this.clearAttention();
    if (ends.has('recipient')) {
      order.partial = order.parcels.some((parcel) => parcel.state.at !== 'recipient') || hasMissingLines(order);
      delete order.endReason;
      const { away } = order.door ?? {};
      this.moveTo('delivered', { partial: order.partial, ...(away && { away }) });
      // What was lost on a second way to the door ends as lost, though something had come back before.
    } else if (ends.has('returned') && isLegal(order.status, 'returned'))
      this.moveTo('returned', { reason: order.endReason });
    else if (ends.has('lost')) this.moveTo('failed', { reason: order.endReason });
    else this.moveTo('cancelled', { reason: order.endReason });
    order.offerId = null;
  }

  #leaveParcelsAtStore(pickup: Pickup): void {
    for (const parcel of this.order.parcels) {
      if (parcel.storeId === pickup.storeId && parcel.state.at === 'store') parcel.state = { at: 'not_collected' };
    }
  }
}

function hasMissingLines(order: Order): boolean {
  const delivered = new Set(
    order.parcels.filter((parcel) => parcel.state.at === 'recipient').flatMap((parcel) => parcel.lineIds),
  );
  return order.pickups.some((pickup) => pickup.lines.some((line) => !delivered.has(line.id)));
}

/** The answer to a command that the order's present status does not allow. */
export function refuseInStatus(order: Order, what: string): Rejection {
  if (hasEnded(order)) {
    return reject(
      'order_ended',
      `Order ${order.id} has ended as ${order.status}.`,
      'An order that has ended takes no delivery commands; place a new order if something is still wanted.',
      { allowedTransitions: [], current: { status: order.status } },
    );
  }
  return reject(
    'transition_not_allowed',
    `Order ${order.id} is ${order.status}: ${what}.`,
    'Read the order again and choose one of the allowed transitions.',
    { allowedTransitions: allowedTransitions(order.status), current: { status: order.status } },
  );
}
