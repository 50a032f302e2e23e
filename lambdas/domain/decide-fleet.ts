import { askedOf, asOfferedTo, hasDeclined, versionShown, withoutOne } from './asked.ts';
import { isCleared, refuseToBegin } from './clearance.ts';
import type { AskedDriver, Driver, Meeting, Offer } from './fleet.ts';
import { isStopOpen, newShift } from './fleet.ts';
import type { OfferId, RunId } from './ids.ts';
import { meetingOf } from './mall-snapshot.ts';
import { hasEnded, isOnRun, type Order, openHandOver } from './order.ts';
import { bookBase, bookSurge, expectedPayCents, type OfferedRates, payTotalCents } from './pay.ts';
import type { PlannedOffer } from './proposals.ts';
import { type Rejection, reject } from './rejection.ts';
import { dropStop } from './revise-run.ts';
import { countAcceptance, countPass, countRun, leaveBlocks } from './shift-block.ts';
import { type Decision, type Situation, SituationDraft } from './situation.ts';
import { type Instant, plusSeconds } from './time.ts';

/** How long a driver has to answer an offer. */
export const offerSeconds = 60;

/**
 * Makes the offer that the planner proposes, if driver and orders are still free for it. Of several who are to be asked
 * at once, those are left out who are not.
 */
export function makeOffer(
  situation: Situation,
  planned: AskedDriver & Pick<PlannedOffer, 'others' | 'storeIds' | 'orderIds' | 'meeting' | 'passed' | 'roads'>,
  made: { id: OfferId; rates: OfferedRates; currency: string },
  now: Instant,
): Decision | Rejection {
  const draft = new SituationDraft(situation, now);
  const { driver } = draft;
  if (!driver || !isFree(driver)) {
    return reject('driver_busy', `Driver ${planned.driverId} cannot take an offer now.`, 'Plan again.');
  }
  const uncleared = refuseToBegin(driver, now);
  if (uncleared) return uncleared;
  const { providerId } = driver;
  const { meeting, passed } = planned;
  if (planned.orderIds.some((id) => !isToBeHad(draft.order(id), meeting))) {
    return reject('transition_not_allowed', 'Parcels are not to be had where they were.', 'Plan again.');
  }
  const mayHaveIt = (rival: Driver) => isFree(rival) && isCleared(rival, now) && rival.providerId === providerId;
  const others = (planned.others ?? []).filter(({ driverId }) =>
    draft.rivals.some((rival) => rival.id === driverId && mayHaveIt(rival)),
  );
  draft.offer = {
    id: made.id,
    version: 0,
    sequence: 0,
    driverId: driver.id,
    ...(providerId && { providerId }),
    ...(others.length > 0 && { others }),
    mallId: driver.mallId,
    status: 'open',
    orderIds: planned.orderIds,
    storeIds: planned.storeIds,
    ...(meeting && { meeting }),
    rates: made.rates,
    payCents: 0,
    currency: made.currency,
    distanceMetres: planned.distanceMetres,
    durationSeconds: planned.durationSeconds,
    madeAt: now,
    expiresAt: plusSeconds(now, offerSeconds),
    ...(planned.roads && { roads: planned.roads }),
  };
  draft.offer.payCents = expectedPayCents(draft.offer);
  const asked = askedOf(draft.offer);
  for (const one of [driver, ...draft.rivals].filter(({ id }) => asked.includes(id))) {
    one.openOfferId = made.id;
    one.shift!.offered += 1;
  }
  draft.emit('offer', 'offer.made', {
    driverId: driver.id,
    ...(others.length > 0 && { others: others.map(({ driverId }) => driverId) }),
    orderIds: planned.orderIds,
    expiresAt: draft.offer.expiresAt,
  });
  for (const orderId of planned.orderIds) {
    const refusal = draft.command(orderId, {
      type: 'offer',
      offerId: made.id,
      ...(providerId && { providerId }),
      ...(passed?.[orderId] && { passed: passed[orderId] }),
    });
    if (refusal) return refusal;
  }
  return draft.finish();
}

function isFree({ status, shift, openOfferId, activeRunId }: Driver): boolean {
  return status === 'active' && shift !== null && !openOfferId && !activeRunId;
}

/** The parcels are at their stores, or with the same other driver and to be had at the same place. */
function isToBeHad(order: Order, meeting: Meeting | undefined): boolean {
  const now = meetingOf(order);
  return now?.runId === meeting?.runId && now?.position.join() === meeting?.position.join();
}

/**
 * The driver takes the offer as they saw it (`version`): offer, driver, run and every order move together, and whoever
 * else was asked is free again.
 */
export function acceptOffer(
  situation: Situation,
  command: { version: number; runId: RunId; code: string },
  now: Instant,
): Decision | Rejection {
  const draft = new SituationDraft(situation, now);
  const { driver } = draft;
  if (!draft.offer || !driver) throw new Error('An offer is accepted with its driver at hand.');
  const refusal = refuseAnswer(draft.offer, driver, now) ?? refuseDriver(driver, draft.offer);
  if (refusal) return refusal;
  const offer = asOfferedTo(draft.offer, driver.id);
  if (versionShown(offer) !== command.version) {
    return reject(
      'offer_changed',
      'The offer has changed since it was shown.',
      'Look at it as it is now and answer again.',
      {
        current: offer,
      },
    );
  }
  offer.status = 'accepted';
  offer.endedAt = now;
  draft.offer = offer;
  for (const one of [driver, ...draft.rivals]) if (one.openOfferId === offer.id) one.openOfferId = null;
  driver.activeRunId = command.runId;
  driver.expected = {
    freeAt: plusSeconds(now, offer.durationSeconds),
    near: draft.order(offer.orderIds.at(-1)!).dropoffArea,
  };
  if (driver.shift) driver.shift.carried += offer.orderIds.length;
  countAcceptance(driver, command.runId, now);
  for (const orderId of offer.orderIds) {
    const refused = draft.command(orderId, {
      type: 'assign',
      offerId: offer.id,
      runId: command.runId,
      driverId: driver.id,
      ...(offer.providerId && { providerId: offer.providerId }),
    });
    if (refused)
      return reject('offer_changed', refused.detail, 'Look at the offer as it is now and answer again.', {
        current: offer,
      });
  }
  const freed = draft.rivals.map(({ id }) => id);
  draft.emit('offer', 'offer.accepted', {
    runId: command.runId,
    ...(freed.length > 0 && { driverId: driver.id, freed }),
  });
  draft.run = {
    id: command.runId,
    version: 0,
    sequence: 0,
    driverId: driver.id,
    ...(offer.providerId && { providerId: offer.providerId }),
    mallId: offer.mallId,
    offerId: offer.id,
    code: command.code,
    status: 'active',
    orderIds: offer.orderIds,
    stops: [],
    pay: [],
    rates: offer.rates,
    distanceMetres: offer.distanceMetres,
    ...(offer.roads && { roads: offer.roads }),
    currency: offer.currency,
    startedAt: now,
  };
  bookBase(draft.run, now);
  draft.emit('run', 'run.started', { driverId: driver.id, orderIds: offer.orderIds });
  return draft.finish();
}

/**
 * Declining is free; the driver is not offered the same orders again for a while. Of several who are asked, the others
 * still are; the last one ends the offer.
 */
export function declineOffer(situation: Situation, now: Instant): Decision | Rejection {
  return endOffer(situation, 'declined', now);
}

/** The answer did not come in time. Before its time, by business time, nothing happens. */
export function expireOffer(situation: Situation, now: Instant): Decision | Rejection {
  const { offer } = situation;
  if (offer && offer.status === 'open' && now < offer.expiresAt) {
    return reject('not_due', `Offer ${offer.id} is open until ${offer.expiresAt}.`, 'Wait until then.');
  }
  return endOffer(situation, 'expired', now);
}

function endOffer(situation: Situation, status: 'declined' | 'expired', now: Instant): Decision | Rejection {
  const draft = new SituationDraft(situation, now);
  const { offer, driver } = draft;
  if (!offer || !driver) throw new Error('An offer is ended with its driver at hand.');
  const refusal = status === 'declined' ? refuseAnswer(offer, driver, now) : refuseClosed(offer, driver);
  if (refusal) return refusal;
  for (const one of status === 'declined' ? [driver] : [driver, ...draft.rivals]) passOn(one, offer, now);
  if (status === 'declined' && askedOf(offer).length > 1) {
    draft.offer = withoutOne(offer, driver.id);
    draft.emit('offer', 'offer.narrowed', { orderIds: offer.orderIds, driverId: driver.id });
    return draft.finish();
  }
  offer.status = status;
  offer.endedAt = now;
  for (const orderId of offer.orderIds)
    draft.command(orderId, { type: 'withdraw_offer', offerId: offer.id, reason: status });
  draft.emit('offer', `offer.${status}`, { orderIds: offer.orderIds, driverId: driver.id });
  return draft.finish();
}

/** Of this driver's own accord, or by letting it lapse: not offered the same again for a while, and free otherwise. */
function passOn(driver: Driver, offer: Offer, now: Instant): void {
  if (driver.openOfferId === offer.id) driver.openOfferId = null;
  if (driver.shift) driver.shift.passed += 1;
  countPass(driver, asOfferedTo(offer, driver.id), now);
  driver.passedOn = [...driver.passedOn, ...offer.orderIds.map((orderId) => ({ orderId, at: now }))].slice(-20);
}

export function startShift(driver: Driver, now: Instant): Decision | Rejection {
  const draft = new SituationDraft({ orders: [], offer: null, run: null, driver }, now);
  const refusal = refuseToBegin(draft.driver!, now);
  if (refusal) return refusal;
  if (!draft.driver!.shift) {
    draft.driver!.shift = newShift(now);
    draft.driver!.passedOn = [];
    draft.emit('driver', 'driver.shift_started');
  }
  return draft.finish();
}

/**
 * Ends the shift; an open offer counts as declined, a run under way has to be finished first. What the driver keeps
 * over night waits for its store: the run goes on when that opens, whether or not another shift has begun.
 */
export function endShift(situation: Situation, now: Instant): Decision | Rejection {
  const { driver, offer } = situation;
  if (!driver) throw new Error('A shift is ended with its driver at hand.');
  if (driver.activeRunId && !isOverNight(situation)) {
    return reject('driver_busy', 'A run is under way.', 'Finish the run first; no new offers come while it lasts.', {
      current: { runId: driver.activeRunId },
    });
  }
  const declined = offer?.status === 'open' ? endOffer(situation, 'declined', now) : null;
  if (declined && 'rejected' in declined) return declined;
  const draft = new SituationDraft(declined?.situation ?? situation, now);
  if (draft.driver!.shift) {
    draft.driver!.shift = null;
    leaveBlocks(draft.driver!, now);
    draft.emit('driver', 'driver.shift_ended');
  }
  const ended = draft.finish();
  return {
    situation: ended.situation,
    orderEvents: [...(declined?.orderEvents ?? []), ...ended.orderEvents],
    fleetEvents: [...(declined?.fleetEvents ?? []), ...ended.fleetEvents],
  };
}

/**
 * Nothing can be done on the run before a store opens or another driver speaks: all that is left of it is kept against
 * a receipt, or was given away by what this driver says.
 */
function isOverNight({ run, orders }: Situation): boolean {
  if (!run || run.stops.some(isStopOpen)) return false;
  return orders.every(
    (order) =>
      hasEnded(order) ||
      order.carriage?.runId !== run.id ||
      order.custody !== undefined ||
      openHandOver(order)?.given !== undefined,
  );
}

/** The driver will not finish the run: orders with nothing on board go back to dispatch, the others are held. */
export function loseDriver(situation: Situation, reason: string, now: Instant): Decision | Rejection {
  const draft = new SituationDraft(situation, now);
  const { run, driver } = draft;
  if (run?.status !== 'active' || !driver) {
    return reject('no_active_run', 'No run is under way.', 'Reassign only orders that a driver is carrying.', {
      current: { status: situation.orders[0]?.status },
    });
  }
  for (const orderId of run.orderIds) {
    const order = draft.order(orderId);
    if (!isOnRun(order, run.id) || order.endedAt) continue;
    const isCarried = order.carriage?.runId === run.id;
    const refusal = draft.command(
      orderId,
      isCarried ? { type: 'lose_driver', reason } : { type: 'lose_receiver', runId: run.id, reason },
    );
    if (refusal) return refusal;
  }
  driver.shift = null;
  leaveBlocks(driver, now);
  draft.emit('driver', 'driver.shift_ended', { reason });
  const stillAboard = run.orderIds.some((id) => {
    const order = draft.order(id);
    return isOnRun(order, run.id) && !order.endedAt;
  });
  if (!stillAboard) {
    run.status = 'lost';
    run.endedAt = now;
    bookSurge(run, now);
    countRun(driver, run.id, payTotalCents(run));
    for (const stop of run.stops.filter(isStopOpen)) dropStop(stop, now);
    driver.activeRunId = null;
    delete driver.expected;
    draft.emit('run', 'run.lost', { reason });
  }
  return draft.finish();
}

function refuseAnswer(offer: Offer, driver: Driver, now: Instant): Rejection | undefined {
  if (hasDeclined(offer, driver.id)) {
    return reject('offer_closed', 'You have declined this offer.', 'Wait for the next offer.', { current: offer });
  }
  const closed = refuseClosed(offer, driver);
  if (closed) return closed;
  if (now >= offer.expiresAt) {
    return reject('offer_expired', `The offer expired at ${offer.expiresAt}.`, 'Wait for the next offer.', {
      current: offer,
    });
  }
  return;
}

function refuseClosed(offer: Offer, { id }: Driver): Rejection | undefined {
  if (offer.status === 'open') return;
  if (offer.status === 'accepted' && offer.driverId !== id) {
    return reject(
      'offer_taken',
      'Another driver accepted this offer a moment before you.',
      'Wait for the next offer; this does not count as declined.',
      { current: offer },
    );
  }
  const code = offer.status === 'expired' ? 'offer_expired' : 'offer_closed';
  return reject(code, `The offer was ${offer.status}.`, 'Wait for the next offer.', { current: offer });
}

function refuseDriver(driver: Driver, offer: Offer): Rejection | undefined {
  if (driver.status !== 'active')
    return reject('driver_suspended', 'This account is suspended.', 'Talk to operations.');
  if (!driver.shift) return reject('driver_off_shift', 'You are off shift.', 'Start a shift first.');
  if (driver.activeRunId) {
    return reject('driver_busy', 'A run is already under way.', 'Finish it first.', {
      current: { runId: driver.activeRunId, offerId: offer.id },
    });
  }
  return;
}
