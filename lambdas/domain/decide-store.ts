import { recordHandOver } from './hand-over.ts';
import { askIfLate } from './late-store.ts';
import { hasEnded, type Order, pickupOf } from './order.ts';
import type { StoreCommand } from './order-commands.ts';
import { type OrderDraft, refuseInStatus } from './order-draft.ts';
import type { Parcel } from './parcel.ts';
import { allowedPickupMoves, isPickupMoveLegal, isPickupOut, type Pickup, type PickupStatus } from './pickup.ts';
import { type Rejection, reject } from './rejection.ts';
import type { Instant } from './time.ts';

/** Decides what a store says of its pickup. Returns a rejection, or nothing when the draft holds the outcome. */
export function decideStore(draft: OrderDraft, command: StoreCommand, now: Instant): Rejection | undefined {
  const { order } = draft;
  const pickup = pickupOf(order, command.storeId);
  if (!pickup) {
    return reject(
      'unknown_store',
      `Store ${command.storeId} has no part in order ${order.id}.`,
      'Use the id of a store that the order names.',
    );
  }
  switch (command.type) {
    case 'accept_pickup': {
      const refusal = refuseMove(order, pickup, 'accepted') ?? refuseReadyAt(order, command.readyAt, now);
      if (refusal) return refusal;
      if (command.readyAt) setReadyAt(pickup, command.readyAt);
      draft.movePickup(pickup, 'accepted', { readyAt: pickup.readyAt });
      askIfLate(draft, pickup, now);
      return;
    }
    case 'reject_pickup': {
      const refusal = refuseMove(order, pickup, 'rejected');
      if (refusal) return refusal;
      pickup.reason = command.reason;
      draft.movePickup(pickup, 'rejected', { reason: command.reason });
      goOnWithout(draft);
      return;
    }
    case 'delay_pickup': {
      const refusal = refuseMove(order, pickup, 'delayed') ?? refuseReadyAt(order, command.readyAt, now);
      if (refusal) return refusal;
      setReadyAt(pickup, command.readyAt);
      order.parcels = order.parcels.filter((parcel) => parcel.storeId !== pickup.storeId);
      pickup.missingLineIds = [];
      delete pickup.storeRecord;
      draft.movePickup(pickup, 'delayed', { readyAt: command.readyAt });
      askIfLate(draft, pickup, now);
      return;
    }
    case 'ready_pickup':
      return makeReady(draft, pickup, command, now);
    case 'record_hand_over':
      return recordHandOver(draft, pickup, command);
    case 'acknowledge_stop': {
      if (pickup.status !== 'cancelled' && pickup.status !== 'failed') {
        return reject(
          'nothing_to_acknowledge',
          `The pickup is ${pickup.status}: nothing has been stopped.`,
          'Acknowledge only a pickup that was cancelled or failed.',
          { current: { status: pickup.status } },
        );
      }
      if (pickup.stopAcknowledgedAt) return;
      pickup.stopAcknowledgedAt = now;
      draft.emit('pickup.stop_acknowledged', { storeId: pickup.storeId });
      return;
    }
  }
}

/** One store is out: by the order's rule the rest goes on, or everything is called off. */
export function goOnWithout(draft: OrderDraft, why: 'stores_rejected' | 'mall_closed' = 'stores_rejected'): void {
  const { order } = draft;
  if (order.goAhead === 'all_or_nothing' || order.pickups.every(({ status }) => isPickupOut(status))) {
    draft.callOff(why);
  } else completeCollection(draft);
}

/** When the last open pickup has closed and something is on board, the collection is complete. */
export function completeCollection(draft: OrderDraft): void {
  const { order } = draft;
  const open = order.pickups.some(({ status }) => allowedPickupMoves(status).length > 0);
  if (!open && ['arrived_at_pickup', 'collecting'].includes(order.status)) draft.moveTo('picked_up');
}

function makeReady(
  draft: OrderDraft,
  pickup: Pickup,
  command: Extract<StoreCommand, { type: 'ready_pickup' }>,
  now: Instant,
): Rejection | undefined {
  const { order } = draft;
  const refusal = refuseMove(order, pickup, 'ready') ?? refuseParcels(order, pickup, command);
  if (refusal) return refusal;
  const supplied = pickup.lines.map((line) => line.id).filter((id) => !command.missingLineIds.includes(id));
  pickup.missingLineIds = command.missingLineIds;
  if (supplied.length === 0) {
    pickup.reason = 'out_of_stock';
    draft.movePickup(pickup, 'failed', { reason: 'out_of_stock' });
    goOnWithout(draft);
    return;
  }
  order.parcels.push(
    ...command.parcels.map(
      (parcel): Parcel => ({
        id: parcel.id,
        storeId: pickup.storeId,
        label: parcel.label,
        lineIds: parcel.lineIds ?? supplied,
        state: { at: 'store' },
        toReturn: false,
      }),
    ),
  );
  pickup.readyAt = now;
  pickup.readyAtSource = 'store';
  draft.movePickup(pickup, 'ready', { parcels: command.parcels.length, missingLines: command.missingLineIds.length });
  if (command.missingLineIds.length > 0 && order.goAhead === 'all_or_nothing') draft.callOff('stores_rejected');
}

function refuseParcels(
  order: Order,
  pickup: Pickup,
  command: Extract<StoreCommand, { type: 'ready_pickup' }>,
): Rejection | undefined {
  const lineIds = pickup.lines.map((line) => line.id);
  const stray = command.missingLineIds.find((id) => !lineIds.includes(id));
  if (stray) {
    return reject('parcel_lines_mismatch', `Line ${stray} is not in this pickup.`, 'Name only lines of this pickup.', {
      pointer: '/missingLineIds',
    });
  }
  const supplied = lineIds.filter((id) => !command.missingLineIds.includes(id));
  if (supplied.length > 0 && command.parcels.length === 0) {
    return reject(
      'parcel_lines_mismatch',
      'There is no parcel for the lines that are ready.',
      'Give every parcel its label.',
      {
        pointer: '/parcels',
      },
    );
  }
  const labels = new Set(order.parcels.filter((other) => other.storeId !== pickup.storeId).map((other) => other.label));
  for (const [index, parcel] of command.parcels.entries()) {
    if (labels.has(parcel.label)) {
      return reject(
        'label_taken',
        `Label ${parcel.label} is on another parcel of this order.`,
        'Give each parcel a label of its own.',
        {
          pointer: `/parcels/${index}/label`,
        },
      );
    }
    labels.add(parcel.label);
  }
  if (command.parcels.length > 1 || command.parcels.some((parcel) => parcel.lineIds)) {
    const named = command.parcels.flatMap((parcel) => parcel.lineIds ?? []);
    const exact = named.length === supplied.length && supplied.every((id) => named.includes(id));
    if (!exact) {
      return reject(
        'parcel_lines_mismatch',
        `With ${command.parcels.length} parcels, every line that is ready must be in exactly one of them.`,
        'List the lineIds of each parcel, and the missing lines in missingLineIds.',
        { pointer: '/parcels' },
      );
    }
  }
  return;
}

function refuseMove(order: Order, pickup: Pickup, to: PickupStatus): Rejection | undefined {
  if (isPickupMoveLegal(pickup.status, to) && !hasEnded(order)) return;
  if (hasEnded(order)) return refuseInStatus(order, `the pickup cannot become ${to}`);
  return reject(
    'transition_not_allowed',
    `The pickup is ${pickup.status} and cannot become ${to}.`,
    allowedPickupMoves(pickup.status).length > 0
      ? `From here it can become ${allowedPickupMoves(pickup.status).join(', ')}.`
      : 'Nothing more is expected of the store for this order.',
    { allowedTransitions: allowedPickupMoves(pickup.status), current: { status: pickup.status } },
  );
}

function refuseReadyAt(order: Order, readyAt: Instant | undefined, now: Instant): Rejection | undefined {
  if (readyAt === undefined) return;
  if (readyAt < now) {
    return reject(
      'ready_at_in_the_past',
      `${readyAt} has passed.`,
      'Give a time from now on, or mark the pickup ready.',
      { pointer: '/readyAt' },
    );
  }
  if (readyAt >= order.closesAt) {
    return reject(
      'ready_at_after_close',
      `The mall closes at ${order.closesAt}.`,
      'Give a time before closing, or reject the pickup.',
      {
        pointer: '/readyAt',
      },
    );
  }
  return;
}

function setReadyAt(pickup: Pickup, readyAt: Instant): void {
  pickup.readyAt = readyAt;
  pickup.readyAtSource = 'store';
}
