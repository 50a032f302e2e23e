import { type HandOverRecord, isOnTheSpot, refuseLabels, sameLabels } from './hand-over.ts';
import type { DriverId, ProviderId, RunId } from './ids.ts';
import { hasEnded, mayGoToDoor, openHandOver, parcelsForDoor, parcelsOnBoard } from './order.ts';
import type { CarriageCommand, OversightCommand } from './order-commands.ts';
import { type OrderDraft, refuseInStatus } from './order-draft.ts';
import { coarse, type Position } from './position.ts';
import { gigId } from './provider.ts';
import { type Rejection, reject } from './rejection.ts';
import { type Instant, latest, plusMinutes } from './time.ts';

/** Parcels change cars: who gives them to whom, where, and what each of the two says of it. */
export interface HandOver {
  from: Carrier;
  /** Where the two meet; about there, to 100 m, once it is over. */
  at: Position;
  /** What made it necessary. */
  why: string;
  /** Operations are asked again when the parcels have not changed hands by then. */
  until: Instant;
  /** Who comes for them; null while somebody is looked for. */
  to: Carrier | null;
  /** What the giving driver says; it is evidence. */
  given?: HandOverRecord;
  /** What the receiving driver says; it moves the parcels, as they are who has them. */
  taken?: HandOverRecord;
  /** It took place, or will not. */
  overAt?: Instant;
  /** The two records contradict each other, and nobody has settled it yet. */
  mismatchSince?: Instant;
}

export interface Carrier {
  runId: RunId;
  driverId: DriverId;
  /** Whose driver it is, where that is not the operator's own network. */
  providerId?: ProviderId;
}

/** For another driver to be found and to come. */
const handOverMinutes = 60;
/** What a driver who took over gets for the door, and for the way back. */
const doorMinutes = 120;
const returnMinutes = 180;

/** Operations have another driver take over what a lost one has on board. A second time it begins anew. */
export function askHandOver(
  draft: OrderDraft,
  { at }: Extract<OversightCommand, { type: 'hand_over' }>,
  now: Instant,
): Rejection | undefined {
  const { order } = draft;
  if (hasEnded(order)) return refuseInStatus(order, 'there is nothing to hand over');
  if (order.status !== 'held' || !order.carriage) {
    return reject(
      'not_held',
      `Order ${order.id} is ${order.status}, not held.`,
      'Report its driver lost first; what is on board is held then.',
      { current: { status: order.status } },
    );
  }
  draft.withdrawHandOver('asked_anew');
  draft.closeOpenPickups('driver_lost');
  if (!mayGoToDoor(order)) {
    order.endReason ??= 'driver_lost';
    for (const parcel of parcelsOnBoard(order)) parcel.toReturn = true;
  }
  delete order.custody;
  const { assignedAt: _, ...from } = order.carriage;
  const why = order.attention?.why ?? 'driver_lost';
  const handOver: HandOver = { from, at, why, until: plusMinutes(now, handOverMinutes), to: null };
  order.handOvers = [...(order.handOvers ?? []), handOver];
  draft.emit('hand_over.asked', { from: handOver.from, why, until: handOver.until });
  draft.clearAttention();
  return;
}

/** Another driver has accepted to come for the parcels. */
export function expectReceiver(draft: OrderDraft, handOver: HandOver, to: Carrier): void {
  draft.order.offerId = null;
  handOver.to = to;
  draft.emit('hand_over.accepted', { from: handOver.from, to });
}

/** The receiving driver says what they have: custody moves, and the order goes on in their run. */
export function takeOver(
  draft: OrderDraft,
  { runId, driverId, labels, leaveMissing }: Extract<CarriageCommand, { type: 'take_over' }>,
  now: Instant,
): Rejection | undefined {
  const { order } = draft;
  const handOver = openHandOver(order);
  if (handOver?.to?.runId !== runId) return refuseInStatus(order, 'nothing of it is to be taken over');
  const due = parcelsOnBoard(order);
  const taken = due.filter(({ label }) => labels.includes(label));
  const missing = due.filter(({ label }) => !labels.includes(label));
  if (taken.length === 0 || (missing.length > 0 && !leaveMissing)) {
    const named = missing.map(({ label }) => label);
    return reject(
      'parcels_missing',
      `Missing ${missing.length} of ${due.length} from the other driver.`,
      taken.length === 0 && leaveMissing
        ? 'Fail the stop if there is nothing at all to take over.'
        : `Scan ${named.join(', ')}, or complete with leaveMissing if the other driver cannot find them.`,
      { pointer: '/labels', current: { missing: named } },
    );
  }
  const { to } = handOver;
  if (missing.length > 0) {
    for (const parcel of missing) parcel.state = { at: 'lost' };
    draft.emit('parcel.lost', { parcelIds: missing.map(({ id }) => id), reason: 'lost' });
    if (order.goAhead === 'all_or_nothing') {
      order.endReason = 'lost';
      for (const parcel of taken) parcel.toReturn = true;
    }
  }
  for (const parcel of taken) parcel.state = { at: 'driver', driverId };
  order.carriage = { ...to, assignedAt: now };
  handOver.taken = { labels: taken.map(({ label }) => label), occurredAt: draft.occurredAt, recordedAt: now };
  const near = coarse(handOver.at);
  draft.emit('custody.handed_over', {
    parcelIds: taken.map(({ id }) => id),
    from: handOver.from,
    to,
    near,
    why: handOver.why,
  });
  handOver.at = near;
  handOver.overAt = now;
  compare(draft, handOver);
  order.deliverBy = latest(order.deliverBy, plusMinutes(now, doorMinutes));
  order.returnBy = latest(order.returnBy, plusMinutes(now, returnMinutes));
  draft.clearAttention();
  draft.moveTo(parcelsForDoor(order).length > 0 ? 'enroute_to_dropoff' : 'enroute_to_return', { takenOver: true });
  return;
}

/** What the giving driver says. It may come late: after the other's record, or when the order has long ended. */
export function recordGiven(
  draft: OrderDraft,
  { from, to, labels }: Extract<CarriageCommand, { type: 'record_given' }>,
): Rejection | undefined {
  const { order, now, occurredAt } = draft;
  const handOver = order.handOvers?.findLast((one) => one.from.driverId === from);
  if (!handOver) return refuseInStatus(order, 'you hand nothing of it over');
  if (!handOver.to || handOver.to.driverId !== to) {
    return reject(
      'wrong_driver',
      handOver.to ? 'That code is not the code of the driver who is due.' : 'No driver has been assigned yet.',
      handOver.to
        ? `Hand over only to the driver whose phone shows the code of run ${handOver.to.runId}.`
        : 'Keep the parcels until your phone names the driver who comes for them.',
      { current: handOver.to },
    );
  }
  const expected = handOver.taken
    ? order.parcels.filter(({ label }) => handOver.taken!.labels.includes(label))
    : parcelsOnBoard(order);
  const isOver = handOver.overAt !== undefined;
  const refusal = isOnTheSpot(draft) && !isOver ? refuseLabels(order, expected, labels) : undefined;
  if (refusal || handOver.given) return refusal;
  handOver.given = { labels, occurredAt, recordedAt: now };
  draft.emit('hand_over.given', { from: handOver.from, to: handOver.to, parcels: labels.length });
  compare(draft, handOver);
  return;
}

/** The driver who was to come will not: another is looked for, unless the parcels may be with this one already. */
export function loseReceiver(draft: OrderDraft, runId: RunId, reason: string, now: Instant): void {
  const handOver = openHandOver(draft.order);
  if (handOver?.to?.runId !== runId) return;
  if (handOver.given) {
    if (!draft.order.attention) draft.needsAttention('hand_over_unconfirmed');
    return;
  }
  draft.hadTheirTurn(handOver.to.providerId ?? gigId);
  handOver.to = null;
  handOver.until = latest(handOver.until, plusMinutes(now, handOverMinutes));
  draft.emit('hand_over.receiver_lost', { runId, reason });
  draft.clearAttention();
}

/** The receiving driver was there and has nothing: operations are asked again. */
export function failHandOver(
  draft: OrderDraft,
  { runId, reason }: Extract<CarriageCommand, { type: 'fail_hand_over' }>,
): Rejection | undefined {
  const { order } = draft;
  if (openHandOver(order)?.to?.runId !== runId) return refuseInStatus(order, 'nothing of it is to be taken over');
  draft.withdrawHandOver(reason);
  draft.needsAttention('hand_over_failed');
  return;
}

/**
 * The time for it is up, and operations are asked again. Nobody is looked for any more; who was found may still come,
 * and what they say then counts, until operations have decided otherwise.
 */
export function handOverOverdue(draft: OrderDraft, handOver: HandOver): void {
  if (!handOver.to) draft.withdrawHandOver('nobody_came');
  draft.needsAttention(handOver.given ? 'hand_over_unconfirmed' : 'hand_over_failed');
}

/** Where the two contradict each other, custody is as the receiving driver says, and a person has to look. */
function compare(draft: OrderDraft, handOver: HandOver): void {
  const { given, taken, overAt } = handOver;
  if (!given || !overAt || handOver.mismatchSince) return;
  if (taken && sameLabels(given.labels, taken.labels)) return;
  draft.contradictBetweenDrivers(handOver);
}
