import { completeCollection, goOnWithout } from './decide-store.ts';
import type { DeliveryStatus } from './delivery-status.ts';
import { type Carrier, expectReceiver, failHandOver, loseReceiver, recordGiven, takeOver } from './driver-hand-over.ts';
import { compareRecords, isUnconfirmed } from './hand-over.ts';
import type { StoreId } from './ids.ts';
import {
  hasEnded,
  type Order,
  openHandOver,
  openPickups,
  parcelsForDoor,
  parcelsOnBoard,
  parcelsToReturn,
  pickupOf,
  wantsDriver,
} from './order.ts';
import type { CarriageCommand } from './order-commands.ts';
import { type OrderDraft, refuseInStatus } from './order-draft.ts';
import { isPickupClosed } from './pickup.ts';
import { gigId } from './provider.ts';
import { type Rejection, reject } from './rejection.ts';
import { type Instant, latest, plusMinutes } from './time.ts';
import { missingEvidence } from './undeliverable.ts';

/** How many wrong PINs a driver may enter at a door before the parcel counts as undeliverable. */
export const pinTries = 3;

/** Decides what dispatch and a driver's act do to one order. */
export function decideCarriage(draft: OrderDraft, command: CarriageCommand, now: Instant): Rejection | undefined {
  const { order } = draft;
  switch (command.type) {
    case 'offer':
      if (!wantsDriver(order) || order.offerId) return refuseInStatus(order, 'it does not want a driver now');
      return offer(draft, command);
    case 'withdraw_offer':
      if (order.offerId !== command.offerId) return;
      order.offerId = null;
      draft.emit('offer.withdrawn', { offerId: command.offerId, reason: command.reason });
      return;
    case 'assign':
      if (!wantsDriver(order) || order.offerId !== command.offerId)
        return refuseInStatus(order, 'it cannot be assigned');
      assign(draft, carrierOf(command), now);
      return;
    case 'depart_for_pickup':
      if (order.status === 'assigned') draft.moveTo('enroute_to_pickup');
      return refuseUnless(
        order,
        ['enroute_to_pickup', 'arrived_at_pickup', 'collecting'],
        'nothing is to be collected',
      );
    case 'arrive_at_pickup':
      if (order.status === 'assigned') draft.moveTo('enroute_to_pickup');
      if (order.status === 'enroute_to_pickup') draft.moveTo('arrived_at_pickup', { storeId: command.storeId });
      return refuseUnless(order, ['arrived_at_pickup', 'collecting'], 'nothing is to be collected');
    case 'collect':
      return collect(draft, command, now);
    case 'leave_without': {
      const pickup = pickupOf(order, command.storeId);
      if (!pickup || isPickupClosed(pickup.status)) return;
      pickup.reason = command.reason;
      draft.movePickup(pickup, pickup.status === 'pending' ? 'expired' : 'failed', { reason: command.reason });
      goOnWithout(draft);
      return;
    }
    case 'depart_for_door':
      if (order.status === 'picked_up') draft.moveTo('enroute_to_dropoff');
      return refuseUnless(order, ['enroute_to_dropoff', 'arrived_at_dropoff'], 'it is not on its way to the door');
    case 'arrive_at_door':
      if (order.status === 'picked_up') draft.moveTo('enroute_to_dropoff');
      if (order.status === 'enroute_to_dropoff') draft.moveTo('arrived_at_dropoff');
      return refuseUnless(order, ['arrived_at_dropoff'], 'it is not on its way to the door');
    case 'deliver':
      return deliver(draft, command, now);
    case 'refuse_pin':
      if (order.status !== 'arrived_at_dropoff') return refuseInStatus(order, 'the driver is not at the door');
      order.pinAttempts += 1;
      draft.emit('proof.pin_refused', { attempt: order.pinAttempts });
      return;
    case 'fail_at_door':
      return failAtDoor(draft, command, now);
    case 'depart_for_return':
      if (order.status === 'undeliverable') draft.moveTo('enroute_to_return');
      return refuseUnless(order, ['enroute_to_return', 'arrived_at_return'], 'nothing is to be returned');
    case 'arrive_at_return':
      if (order.status === 'undeliverable') draft.moveTo('enroute_to_return');
      if (order.status === 'enroute_to_return') draft.moveTo('arrived_at_return', { storeId: command.storeId });
      return refuseUnless(order, ['arrived_at_return'], 'nothing is to be returned');
    case 'return_parcels':
      return returnParcels(draft, command);
    case 'fail_return':
      if (order.status !== 'enroute_to_return' && order.status !== 'arrived_at_return') {
        return refuseInStatus(order, 'nothing is to be returned');
      }
      draft.moveTo('held', { storeId: command.storeId, reason: command.reason });
      if (command.reopensAt && order.carriage) keepInCustody(draft, command.storeId, command.reopensAt, now);
      else draft.needsAttention('return_refused');
      return;
    case 'lose_driver':
      return loseDriver(draft, command.reason, now);
    case 'take_over':
      return takeOver(draft, command, now);
    case 'record_given':
      return recordGiven(draft, command);
    case 'fail_hand_over':
      return failHandOver(draft, command);
    case 'lose_receiver':
      loseReceiver(draft, command.runId, command.reason, now);
      return;
  }
}

/** Never to somebody whom a retailer of the order does not let carry for it. Who was asked for before had their turn. */
function offer(
  draft: OrderDraft,
  { offerId, providerId, passed = [] }: Extract<CarriageCommand, { type: 'offer' }>,
): Rejection | undefined {
  const { order } = draft;
  if (order.providers && !order.providers.inOrder.includes(providerId ?? gigId)) {
    return reject(
      'wrong_provider',
      `The retailers of order ${order.id} do not let ${providerId ?? gigId} carry for them.`,
      `Plan again: ${order.providers.inOrder.join(', ')} may.`,
    );
  }
  order.offerId = offerId;
  draft.hadTheirTurn(...passed.map((one) => one.providerId));
  draft.emit('offer.made', { offerId, ...(providerId && { providerId }), ...(passed.length > 0 && { passed }) });
  return;
}

function carrierOf({ runId, driverId, providerId }: Carrier): Carrier {
  return { runId, driverId, ...(providerId && { providerId }) };
}

function assign(draft: OrderDraft, to: Carrier, now: Instant): void {
  const { order } = draft;
  const handOver = openHandOver(order);
  if (handOver) {
    expectReceiver(draft, handOver, to);
    return;
  }
  order.offerId = null;
  order.carriage = { ...to, assignedAt: now };
  draft.moveTo('assigned', { ...to });
}

/** Time to give parcels back once the store is open again. */
const returnAfterOpeningMinutes = 180;

/** A closed store is nobody's fault: the driver keeps the parcels, with a receipt, and brings them when it opens. */
function keepInCustody(draft: OrderDraft, storeId: StoreId, reopensAt: Instant, now: Instant): void {
  const { order } = draft;
  const parcelIds = parcelsOnBoard(order).map(({ id }) => id);
  order.returnBy = plusMinutes(reopensAt, returnAfterOpeningMinutes);
  order.decideBy = reopensAt;
  order.custody = {
    parcelIds,
    driverId: order.carriage!.driverId,
    storeId,
    since: now,
    reopensAt,
    until: order.returnBy,
  };
  draft.emit('custody.kept', { ...order.custody });
}

function collect(
  draft: OrderDraft,
  command: Extract<CarriageCommand, { type: 'collect' }>,
  now: Instant,
): Rejection | undefined {
  const { order } = draft;
  const refusal = refuseUnless(order, ['arrived_at_pickup', 'collecting'], 'nothing is to be collected');
  if (refusal) return refusal;
  const pickup = pickupOf(order, command.storeId);
  const { carriage } = order;
  if (!pickup || !carriage) return refuseInStatus(order, 'that store has no part in it');
  if (pickup.status !== 'ready') {
    return reject(
      'pickup_not_ready',
      `The parcels of ${pickup.storeName} are ${pickup.status}.`,
      isPickupClosed(pickup.status)
        ? 'Go on to the next stop.'
        : `They are expected at ${pickup.readyAt}; wait, or leave without them and say why.`,
      { current: { status: pickup.status, readyAt: pickup.readyAt } },
    );
  }
  const expected = order.parcels.filter((parcel) => parcel.storeId === pickup.storeId && parcel.state.at === 'store');
  const taken = expected.filter((parcel) => command.labels.includes(parcel.label));
  const missing = expected.filter((parcel) => !command.labels.includes(parcel.label));
  if (missing.length > 0 && !command.leaveMissing) {
    return reject(
      'parcels_missing',
      `Missing ${missing.length} of ${expected.length} at ${pickup.storeName}.`,
      `Scan ${missing.map((parcel) => parcel.label).join(', ')}, or complete with leaveMissing if the store cannot find them.`,
      { pointer: '/labels', current: { missing: missing.map((parcel) => parcel.label) } },
    );
  }
  if (taken.length === 0) {
    pickup.reason = 'parcels_missing';
    draft.movePickup(pickup, 'failed', { reason: 'parcels_missing' });
    compareRecords(draft, pickup);
    goOnWithout(draft);
    return;
  }
  for (const parcel of taken) parcel.state = { at: 'driver', driverId: carriage.driverId };
  pickup.missingLineIds = [...new Set([...pickup.missingLineIds, ...missing.flatMap((parcel) => parcel.lineIds)])];
  pickup.handedOverAt = draft.occurredAt;
  if (draft.occurredAt < now) pickup.handedOverRecordedAt = now;
  draft.movePickup(pickup, pickup.missingLineIds.length > 0 ? 'short' : 'handed_over', { parcels: taken.length });
  compareRecords(draft, pickup);
  if (order.attention?.why === 'hand_over_unconfirmed' && !isUnconfirmed(order)) draft.clearAttention();
  const isCalledOff = missing.length > 0 && order.goAhead === 'all_or_nothing';
  const goesOn = isCalledOff || order.pickups.some(({ status }) => !isPickupClosed(status));
  if (order.status === 'arrived_at_pickup' && goesOn) draft.moveTo('collecting');
  if (isCalledOff) draft.callOff('stores_rejected');
  else completeCollection(draft);
  return;
}

function deliver(
  draft: OrderDraft,
  command: Extract<CarriageCommand, { type: 'deliver' }>,
  now: Instant,
): Rejection | undefined {
  const { order } = draft;
  const refusal = refuseUnless(order, ['arrived_at_dropoff'], 'the driver is not at the door');
  if (refusal) return refusal;
  const due = parcelsForDoor(order);
  const named = [...command.parcelIds, ...command.refusedParcelIds];
  const stray = named.find((id) => !due.some((parcel) => parcel.id === id));
  if (stray) {
    return reject(
      'unknown_parcel',
      `Parcel ${stray} is not due at this door.`,
      `Due here: ${due.map((parcel) => parcel.label).join(', ')}.`,
      {
        pointer: '/parcelIds',
      },
    );
  }
  if (new Set(named).size !== named.length || named.length !== due.length || command.parcelIds.length === 0) {
    return reject(
      'parcels_missing',
      `Say of each of the ${due.length} parcels at this door whether it was delivered or refused, and of one at least that it was delivered.`,
      'List the parcels in parcelIds and refusedParcelIds, or fail the stop with a reason when none was taken.',
      { pointer: '/parcelIds' },
    );
  }
  for (const parcel of due) {
    if (command.parcelIds.includes(parcel.id)) parcel.state = { at: 'recipient' };
    else parcel.toReturn = true;
  }
  order.door = {
    ...order.door,
    deliveredAt: now,
    proof: command.proof,
    ...(command.away && { away: command.away }),
  };
  if (command.refusedParcelIds.length > 0) {
    order.door.undeliverable = { reason: 'refused', at: now };
    draft.emit('parcel.refused', { parcelIds: command.refusedParcelIds });
    order.returnBy = plusMinutes(now, 180);
    draft.moveTo('undeliverable', { reason: 'refused', partial: true });
  } else draft.endIfOver();
  return;
}

function failAtDoor(
  draft: OrderDraft,
  command: Extract<CarriageCommand, { type: 'fail_at_door' }>,
  now: Instant,
): Rejection | undefined {
  const { order } = draft;
  const refusal = refuseUnless(order, ['arrived_at_dropoff'], 'the driver is not at the door');
  if (refusal) return refusal;
  const missing = missingEvidence(command.reason, command.evidence);
  if (missing.length > 0) {
    return reject(
      'evidence_missing',
      `Reason ${command.reason} needs ${missing.join(' and ')}.`,
      'Add it to evidence and send again; nothing has been recorded.',
      { pointer: '/evidence', current: { missing } },
    );
  }
  order.door = { ...order.door, undeliverable: { reason: command.reason, at: now } };
  order.endReason = command.reason;
  if (command.reason === 'lost' || command.reason === 'stolen') {
    loseParcels(draft, command.reason);
    return;
  }
  for (const parcel of parcelsForDoor(order)) parcel.toReturn = true;
  order.returnBy = plusMinutes(now, 180);
  draft.moveTo('undeliverable', { reason: command.reason });
  return;
}

/** Every parcel on board is gone. */
export function loseParcels(draft: OrderDraft, reason: 'lost' | 'stolen'): void {
  const { order } = draft;
  order.endReason = reason;
  const lost = parcelsOnBoard(order);
  for (const parcel of lost) parcel.state = { at: 'lost' };
  draft.emit('parcel.lost', { parcelIds: lost.map((parcel) => parcel.id), reason });
  draft.closeOpenPickups('driver_lost');
  draft.endIfOver();
}

function returnParcels(
  draft: OrderDraft,
  command: Extract<CarriageCommand, { type: 'return_parcels' }>,
): Rejection | undefined {
  const { order } = draft;
  const refusal = refuseUnless(order, ['arrived_at_return'], 'the driver is not at the store');
  if (refusal) return refusal;
  const due = parcelsToReturn(order).filter((parcel) => parcel.storeId === command.storeId);
  const missing = due.filter((parcel) => !command.labels.includes(parcel.label));
  if (missing.length > 0) {
    return reject(
      'parcels_missing',
      `Missing ${missing.length} of ${due.length} to return.`,
      `Scan ${missing.map((parcel) => parcel.label).join(', ')}.`,
      {
        pointer: '/labels',
      },
    );
  }
  for (const parcel of due) parcel.state = { at: 'returned' };
  draft.emit('parcel.returned', { storeId: command.storeId, parcelIds: due.map((parcel) => parcel.id) });
  if (parcelsOnBoard(order).length > 0) draft.moveTo('enroute_to_return');
  else draft.endIfOver();
  return;
}

function loseDriver(draft: OrderDraft, reason: string, now: Instant): Rejection | undefined {
  const { order } = draft;
  if (!order.carriage || hasEnded(order)) return refuseInStatus(order, 'no driver carries it');
  const lost = order.carriage;
  draft.hadTheirTurn(lost.providerId ?? gigId);
  if (parcelsOnBoard(order).length > 0) {
    if (order.status !== 'held') draft.moveTo('held', { reason, driverId: lost.driverId });
    // Somebody is coming for what this driver has: that is as it was.
    if (!order.attention && !openHandOver(order)) draft.needsAttention('driver_lost');
    return;
  }
  order.deliverBy = latest(order.deliverBy, plusMinutes(now, 60));
  releaseDriver(draft, reason);
  return;
}

/** The order goes back to dispatch; with nothing on board, who was to carry it has nothing more to do with it. */
export function releaseDriver(draft: OrderDraft, reason: string): void {
  const { order } = draft;
  const carrier = carrierOf(order.carriage!);
  order.carriage = null;
  for (const pickup of openPickups(order)) delete pickup.storeRecord;
  draft.moveTo('created', { reason, ...carrier });
  // Whatever it was late with, it begins anew.
  draft.clearAttention();
}

function refuseUnless(order: Order, statuses: readonly DeliveryStatus[], what: string): Rejection | undefined {
  return statuses.includes(order.status) ? undefined : refuseInStatus(order, what);
}
