import { loseParcels, releaseDriver } from './decide-carriage.ts';
import { goOnWithout } from './decide-store.ts';
import { askHandOver, handOverOverdue } from './driver-hand-over.ts';
import { isUnconfirmed, mismatchesOf } from './hand-over.ts';
import type { StoreId } from './ids.ts';
import { lateStoreDecisionOf, silentLeaves } from './late-store.ts';
import { mayWaitForNextDay, waitForNextDay } from './next-day.ts';
import {
  hasEnded,
  isCalledOff,
  mayGoToDoor,
  type Order,
  openHandOver,
  openPickups,
  parcelsForDoor,
  parcelsOnBoard,
  pickupOf,
} from './order.ts';
import type { OversightCommand } from './order-commands.ts';
import { type OrderDraft, refuseInStatus } from './order-draft.ts';
import { vague } from './position.ts';
import { type Rejection, reject } from './rejection.ts';
import { settlementOf } from './settlement.ts';
import { type Instant, plusMinutes } from './time.ts';
import { awaited, collectBy, deadlines, latePickups, type WaitKey } from './waits.ts';

/** How often the sweeper gives an order another execution before operations have to decide on it. */
const restartsUnasked = 5;

/** Decides what the channel, operations and the clock want of an order. */
export function decideOversight(draft: OrderDraft, command: OversightCommand, now: Instant): Rejection | undefined {
  const { order } = draft;
  switch (command.type) {
    case 'cancel':
      if (hasEnded(order)) return refuseInStatus(order, 'it cannot be cancelled');
      if (isCalledOff(order)) return;
      draft.callOff(command.by === 'channel' ? 'cancelled_by_channel' : 'cancelled_by_operations');
      return;
    case 'resume':
      return resume(draft, now);
    case 'send_back':
      return sendBack(draft);
    case 'reattempt':
      return reattempt(draft, now);
    case 'hand_over':
      return askHandOver(draft, command, now);
    case 'declare_returned': {
      const refusal = refuseUnlessHeld(order);
      if (refusal) return refusal;
      const back = parcelsOnBoard(order);
      for (const parcel of back) parcel.state = { at: 'returned' };
      order.endReason ??= 'driver_lost';
      draft.emit('parcel.returned', { parcelIds: back.map((parcel) => parcel.id), by: 'operations' });
      draft.closeOpenPickups('driver_lost');
      draft.endIfOver();
      return;
    }
    case 'declare_lost': {
      const refusal = refuseUnlessHeld(order);
      if (refusal) return refusal;
      loseParcels(draft, 'lost');
      return;
    }
    case 'deadline_passed':
      return deadlinePassed(draft, command.wait, now);
    case 'decide_late_store':
      return decideLateStore(draft, command, now);
    case 'move_closing': {
      if (hasEnded(order)) return refuseInStatus(order, 'nothing is collected any more');
      if (openPickups(order).length === 0) return;
      const { closesAt: before, regularClosesAt = before } = order;
      if (command.closesAt === before) return;
      order.closesAt = command.closesAt;
      if (command.closesAt < regularClosesAt) order.regularClosesAt = regularClosesAt;
      else delete order.regularClosesAt;
      draft.emit('order.closing_moved', { closesAt: command.closesAt, before });
      return;
    }
    case 'settle_hand_over':
      return settleHandOver(draft);
    case 'restart_workflow':
      return restartWorkflow(draft, command.by ?? 'operations');
    case 'settle': {
      if (!hasEnded(order)) return refuseInStatus(order, 'it has not ended, so it cannot be settled');
      if (order.settledAt) return;
      order.ledger = settlementOf(order, now);
      order.settledAt = now;
      draft.emit('order.settled', { entries: order.ledger.length });
      return;
    }
    case 'erase': {
      if (!hasEnded(order)) {
        return reject(
          'order_under_way',
          `Order ${order.id} is ${order.status}: whoever carries it needs its door.`,
          'Cancel it, or wait until it has ended, and send this again.',
          { current: { status: order.status } },
        );
      }
      if (order.erasedAt) return;
      order.erasedAt = now;
      order.dropoffArea = vague(order.dropoffArea);
      for (const handOver of order.handOvers ?? []) handOver.at = vague(handOver.at);
      draft.emit('order.erased', { by: command.by });
      return;
    }
  }
}

/** Possible at any time: records may contradict each other when the order has long ended. */
function settleHandOver(draft: OrderDraft): Rejection | undefined {
  const { order } = draft;
  const open = mismatchesOf(order);
  if (open.length === 0) {
    return reject(
      'decision_not_possible',
      `No records of a hand-over contradict each other in order ${order.id}.`,
      'Read the order again; somebody else may have settled it.',
    );
  }
  for (const one of open) {
    delete one.mismatchSince;
    const whose = 'storeId' in one ? { storeId: one.storeId } : { driverId: one.from.driverId };
    draft.emit('order.attention_cleared', { why: 'hand_over_mismatch', ...whose });
  }
  return;
}

function restartWorkflow(draft: OrderDraft, by: 'operations' | 'sweeper'): Rejection | undefined {
  const { order } = draft;
  if (order.settledAt) return refuseInStatus(order, 'its workflow is over');
  if (by === 'sweeper' && order.workflowGeneration > restartsUnasked) {
    if (!order.attention) draft.needsAttention('workflow_failed');
    return;
  }
  if (order.attention?.why === 'workflow_failed') draft.clearAttention();
  order.workflowGeneration += 1;
  draft.emit('order.restarted', { generation: order.workflowGeneration, by });
  return;
}

/** The same driver carries on: with what is on board, or simply more time for a late one. */
function resume(draft: OrderDraft, now: Instant): Rejection | undefined {
  const { order } = draft;
  if (hasEnded(order)) return refuseInStatus(order, 'there is nothing to go on with');
  if (order.status !== 'held' && !order.attention) {
    return reject(
      'not_held',
      `Order ${order.id} waits for no decision.`,
      'Decide only on orders in the queue of what waits.',
      { current: { status: order.status } },
    );
  }
  order.deliverBy = plusMinutes(now, 120);
  order.returnBy = plusMinutes(now, 180);
  if (order.status === 'held') {
    draft.closeOpenPickups('driver_lost');
    const toDoor = parcelsForDoor(order).length > 0 && mayGoToDoor(order);
    if (!toDoor) {
      order.endReason ??= 'driver_lost';
      for (const parcel of parcelsOnBoard(order)) parcel.toReturn = true;
    }
    draft.moveTo(toDoor ? 'enroute_to_dropoff' : 'enroute_to_return');
  }
  draft.clearAttention();
  return;
}

function sendBack(draft: OrderDraft): Rejection | undefined {
  const { order } = draft;
  if (hasEnded(order) || parcelsOnBoard(order).length === 0)
    return refuseInStatus(order, 'nothing is on board to send back');
  order.endReason ??= 'sent_back';
  draft.closeOpenPickups('sent_back');
  for (const parcel of parcelsOnBoard(order)) parcel.toReturn = true;
  if (order.status === 'held') draft.moveTo('enroute_to_return');
  draft.beginReturn();
  draft.clearAttention();
  return;
}

function reattempt(draft: OrderDraft, now: Instant): Rejection | undefined {
  const { order } = draft;
  if (order.status !== 'undeliverable' && order.status !== 'held') {
    return refuseInStatus(order, 'there is no failed attempt to repeat');
  }
  if (isCalledOff(order) || !mayGoToDoor(order)) {
    return reject(
      'decision_not_possible',
      isCalledOff(order)
        ? `Order ${order.id} was called off (${order.endReason}).`
        : `Order ${order.id} is delivered whole or not at all, and not all of it is on board.`,
      'Let its parcels go back.',
      { current: { status: order.status } },
    );
  }
  draft.closeOpenPickups('driver_lost');
  for (const parcel of parcelsOnBoard(order)) parcel.toReturn = false;
  delete order.endReason;
  order.pinAttempts = 0;
  order.deliverBy = plusMinutes(now, 120);
  draft.moveTo('enroute_to_dropoff', { reattempt: true });
  draft.clearAttention();
  return;
}

/** The named outcome of each wait whose time is up. Before its time, by business time, nothing happens. */
function deadlinePassed(draft: OrderDraft, wait: WaitKey, now: Instant): Rejection | undefined {
  const { order } = draft;
  if (hasEnded(order) || now < deadlines(order)[wait]) {
    return reject('not_due', `${wait} of order ${order.id} is due at ${deadlines(order)[wait]}.`, 'Wait until then.');
  }
  switch (wait) {
    case 'storesConfirm': {
      const silent = order.pickups.filter(({ status }) => status === 'pending');
      for (const pickup of silent) draft.movePickup(pickup, 'expired', { reason: 'no_answer' });
      if (silent.length > 0) goOnWithout(draft);
      return;
    }
    case 'storesGetReady':
      if (now >= order.closesAt && mayWaitForNextDay(order)) waitForNextDay(draft, order.nextDay, now);
      else leaveOutLate(draft, now);
      return;
    case 'findDriver':
      if (order.carriage !== null) return;
      // Nobody is called for an order of which nothing is ready: then it is not for want of a driver that it ends.
      if (openPickups(order).every((pickup) => latePickups(order).includes(pickup))) failLate(draft);
      else if (now >= order.closesAt && mayWaitForNextDay(order)) waitForNextDay(draft, order.nextDay, now);
      else draft.callOff(now >= order.closesAt ? 'mall_closed' : 'no_driver');
      return;
    case 'driverCollects':
      if (now < collectBy(order) && latePickups(order).length > 0) leaveOutLate(draft, now);
      else if (now >= collectBy(order) && !isUnconfirmed(order)) closeCollection(draft, now);
      // Without its late stores the order may be overdue at its door as well.
      if (awaited(wait, order, order.workflowGeneration) === null && now >= deadlines(order)[wait])
        draft.needsAttention(isUnconfirmed(order) ? 'hand_over_unconfirmed' : 'overdue_delivery');
      return;
    case 'driverDelivers':
      if (!order.attention && order.status !== 'held') draft.needsAttention('overdue_delivery');
      return;
    case 'returnToStores':
      if (!order.attention && order.status !== 'held') draft.needsAttention('overdue_return');
      return;
    case 'operationsDecide': {
      const handOver = openHandOver(order);
      if (handOver && !order.attention) {
        handOverOverdue(draft, handOver);
        return;
      }
      if (openPickups(order).length > 0 && now >= collectBy(order) && !isUnconfirmed(order))
        closeCollection(draft, now);
      if (hasEnded(order) || now < order.decideBy) return;
      if (order.custody && !order.attention && now >= order.custody.reopensAt) {
        draft.moveTo('enroute_to_return', { storeId: order.custody.storeId, reopened: true });
        return;
      }
      order.decideBy = plusMinutes(now, 24 * 60);
      draft.emit('order.attention', { what: 'reminded', why: order.attention?.why ?? order.status });
      return;
    }
  }
}

function decideLateStore(
  draft: OrderDraft,
  { storeId, choice, by }: Extract<OversightCommand, { type: 'decide_late_store' }>,
  now: Instant,
): Rejection | undefined {
  const { order } = draft;
  if (hasEnded(order)) return refuseInStatus(order, 'there is nothing to decide');
  const decision = lateStoreDecisionOf(order, storeId);
  const isOver = by === 'channel' && decision !== undefined && now >= decision.decideBy;
  if (!decision || isOver) {
    return reject(
      'decision_not_possible',
      isOver
        ? `The time to decide was over at ${decision.decideBy}.`
        : `Nobody is asked about store ${storeId} in order ${order.id}.`,
      'Read the order again: decisions lists what is asked, and until when.',
      { pointer: '/storeId', current: { decisions: order.decisions ?? [] } },
    );
  }
  if (decision.choice === choice) return;
  if (choice === 'wait') {
    decision.choice = choice;
    draft.emit('decision.made', { kind: decision.kind, storeId, choice, by });
  } else leaveWithout(draft, storeId, by);
  return;
}

function leaveWithout(draft: OrderDraft, storeId: StoreId, by: 'channel' | 'operations' | 'default'): void {
  const pickup = pickupOf(draft.order, storeId);
  if (!pickup || !latePickups(draft.order).includes(pickup)) return;
  draft.emit('decision.made', { kind: 'late_store', storeId, choice: 'leave_without', by });
  pickup.reason = 'left_without';
  draft.movePickup(pickup, 'failed', { reason: 'left_without' });
  goOnWithout(draft);
}

/**
 * Stores that are not ready by now are left out; by the order's rule the rest goes on or is called off. Before that,
 * those about whom nobody has said anything in time, where silence means so.
 */
function leaveOutLate(draft: OrderDraft, now: Instant): void {
  const silent = silentLeaves(draft.order).filter(({ decideBy }) => decideBy <= now);
  for (const { storeId } of silent) leaveWithout(draft, storeId, 'default');
  if (now < deadlines(draft.order).storesGetReady) return;
  failLate(draft);
}

function failLate(draft: OrderDraft): void {
  const late = latePickups(draft.order);
  for (const pickup of late) draft.movePickup(pickup, 'failed', { reason: 'not_ready_in_time' });
  if (late.length > 0) goOnWithout(draft);
}

/** The mall has closed: whatever is not on board stays where it is. */
function closeCollection(draft: OrderDraft, now: Instant): void {
  const { order } = draft;
  if (mayWaitForNextDay(order)) {
    const { nextDay } = order;
    if (order.carriage) releaseDriver(draft, 'mall_closed');
    waitForNextDay(draft, nextDay, now);
    return;
  }
  if (parcelsOnBoard(order).length === 0) {
    if (openPickups(order).length > 0) draft.callOff('mall_closed');
    return;
  }
  const left = openPickups(order);
  for (const pickup of left)
    draft.movePickup(pickup, pickup.status === 'pending' ? 'expired' : 'failed', { reason: 'mall_closed' });
  if (left.length > 0) goOnWithout(draft, 'mall_closed');
}

function refuseUnlessHeld(order: Order): Rejection | undefined {
  if (order.status === 'held') return;
  return hasEnded(order)
    ? refuseInStatus(order, 'there is nothing to decide')
    : reject(
        'not_held',
        `Order ${order.id} is ${order.status}, not held.`,
        'This decision is for parcels that are held.',
        { current: { status: order.status } },
      );
}
