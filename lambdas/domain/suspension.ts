import { askedOf, withoutOne } from './asked.ts';
import type { Driver } from './fleet.ts';
import { type Rejection, reject } from './rejection.ts';
import { leaveBlocks } from './shift-block.ts';
import { type Decision, type Situation, SituationDraft } from './situation.ts';
import type { Instant } from './time.ts';

export const suspensionReasons = [
  'safety',
  'parcels_missing',
  'conduct',
  'identity_not_confirmed',
  'documents',
  'fraud',
  'under_review',
  'other',
] as const;
export type SuspensionReason = (typeof suspensionReasons)[number];

/** Why a driver gets no work, and what they say to that. What either side wrote is kept elsewhere. */
export interface Suspension {
  reason: SuspensionReason;
  since: Instant;
  /** Made once. */
  appeal?: { at: Instant; upheldAt?: Instant };
}

/**
 * No offers from now on. The open one is withdrawn and its orders are free at once; a run under way is finished, or
 * taken away by operations as from any driver. Without a run the shift is over, and with it the hours that are paid.
 */
export function suspendDriver(situation: Situation, reason: SuspensionReason, now: Instant): Decision | Rejection {
  const draft = new SituationDraft(situation, now);
  const driver = draft.driver!;
  if (driver.suspension) {
    if (driver.suspension.reason === reason) return draft.finish();
    return reject(
      'already_suspended',
      `Driver ${driver.id} is suspended already.`,
      'Reinstate them first, if it is for another reason now.',
      { current: driver.suspension },
    );
  }
  driver.status = 'suspended';
  driver.suspension = { reason, since: now };
  const refusal = leaveOffer(draft, driver);
  if (refusal) return refusal;
  leaveBlocks(driver, now);
  draft.emit('driver', 'driver.suspended', { reason });
  if (driver.shift && !driver.activeRunId) {
    driver.shift = null;
    draft.emit('driver', 'driver.shift_ended', { reason: 'suspended' });
  }
  return draft.finish();
}

/** Whoever else is asked still is. */
function leaveOffer(draft: SituationDraft, driver: Driver): Rejection | undefined {
  const { offer } = draft;
  if (offer?.status !== 'open' || driver.openOfferId !== offer.id) return;
  if (askedOf(offer).length > 1) {
    driver.openOfferId = null;
    draft.offer = withoutOne(offer, driver.id);
    draft.emit('offer', 'offer.narrowed', { orderIds: offer.orderIds, driverId: driver.id });
    return;
  }
  for (const orderId of offer.orderIds) {
    const refusal = draft.command(orderId, { type: 'withdraw_offer', offerId: offer.id, reason: 'driver_suspended' });
    if (refusal) return refusal;
  }
  return;
}

/** Whoever is not suspended stays as they are. */
export function reinstateDriver(driver: Driver, now: Instant): Decision {
  const draft = draftOf(driver, now);
  if (driver.status === 'suspended') {
    draft.driver!.status = 'active';
    delete draft.driver!.suspension;
    draft.emit('driver', 'driver.reinstated', driver.suspension?.appeal ? { onAppeal: true } : {});
  }
  return draft.finish();
}

export function appealSuspension(driver: Driver, now: Instant): Decision | Rejection {
  const draft = draftOf(driver, now);
  const suspension = draft.driver!.suspension;
  if (driver.status !== 'suspended' || !suspension) {
    return reject('not_suspended', 'There is no suspension to appeal.', 'Talk to operations about anything else.');
  }
  if (suspension.appeal) {
    return reject('appeal_made', `You appealed at ${suspension.appeal.at}.`, 'Operations answer it; you see it here.', {
      current: suspension.appeal,
    });
  }
  suspension.appeal = { at: now };
  draft.emit('driver', 'driver.appealed');
  return draft.finish();
}

/** The appeal changes nothing: the suspension stays. Saying so again changes nothing either. */
export function upholdSuspension(driver: Driver, now: Instant): Decision | Rejection {
  const draft = draftOf(driver, now);
  const appeal = draft.driver!.suspension?.appeal;
  if (!appeal) {
    return reject('no_appeal', `Driver ${driver.id} has not appealed.`, 'A suspension stays until it is lifted.');
  }
  if (!appeal.upheldAt) {
    appeal.upheldAt = now;
    draft.emit('driver', 'driver.suspension_upheld');
  }
  return draft.finish();
}

function draftOf(driver: Driver, now: Instant): SituationDraft {
  return new SituationDraft({ orders: [], offer: null, run: null, driver }, now);
}
