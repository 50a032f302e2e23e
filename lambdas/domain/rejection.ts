import type { AddressCandidate } from './address.ts';
import type { DeliveryStatus } from './delivery-status.ts';
import type { PickupStatus } from './pickup.ts';

/**
 * Why a command was not carried out, in words a caller can act on. Nothing has changed when one is returned.
 * `code` is stable and public; `detail` names what is and `mend` what to do about it.
 */
export interface Rejection {
  rejected: true;
  code: RejectionCode;
  detail: string;
  mend: string;
  /** What the order, or the pickup if the act was a store's, can become from here. */
  allowedTransitions?: readonly (DeliveryStatus | PickupStatus)[];
  /** The JSON pointer of the field at fault, where there is one. */
  pointer?: string;
  /** What the caller needs to see to go on, e.g. the offer as it now is. */
  current?: unknown;
  /** How often a PIN may still be tried at this door. */
  triesLeft?: number;
  /** What an address may mean. */
  candidates?: readonly AddressCandidate[];
}

export type RejectionCode =
  | 'transition_not_allowed'
  | 'order_ended'
  | 'order_under_way'
  | 'not_found'
  | 'unknown_store'
  | 'mall_closed'
  | 'after_cut_off'
  | 'time_not_possible'
  | 'window_too_early'
  | 'too_many_lines'
  | 'address_not_found'
  | 'address_ambiguous'
  | 'outside_delivery_area'
  | 'external_id_taken'
  | 'ready_at_in_the_past'
  | 'ready_at_after_close'
  | 'parcel_lines_mismatch'
  | 'label_taken'
  | 'wrong_driver'
  | 'wrong_order'
  | 'wrong_provider'
  | 'parcels_missing'
  | 'pickup_not_ready'
  | 'nothing_to_acknowledge'
  | 'offer_changed'
  | 'offer_expired'
  | 'offer_closed'
  | 'offer_taken'
  | 'driver_busy'
  | 'driver_off_shift'
  | 'driver_suspended'
  | 'provider_not_cleared'
  | 'vehicle_not_possible'
  | 'training_missing'
  | 'no_provider'
  | 'no_active_run'
  | 'unknown_stop'
  | 'stop_not_next'
  | 'stop_not_reached'
  | 'stop_done'
  | 'unknown_parcel'
  | 'evidence_missing'
  | 'proof_missing'
  | 'unknown_proof'
  | 'proof_not_uploaded'
  | 'pin_wrong'
  | 'reason_not_possible'
  | 'too_far'
  | 'too_often'
  | 'not_due'
  | 'not_held'
  | 'decision_not_possible'
  | 'block_booked'
  | 'block_closed'
  | 'block_full'
  | 'block_not_booked'
  | 'block_overlaps'
  | 'tip_not_possible'
  | 'tip_too_high'
  | 'position_unknown'
  | 'invitation_not_possible'
  | 'role_taken'
  | 'not_yourself'
  | 'pairing_code_wrong'
  | 'document_undated'
  | 'document_expired'
  | 'document_decided'
  | 'document_not_uploaded'
  | 'documents_lapsed'
  | 'application_incomplete'
  | 'application_ended'
  | 'application_open'
  | 'check_by_hand'
  | 'already_suspended'
  | 'not_suspended'
  | 'appeal_made'
  | 'no_appeal';

export function reject(
  code: RejectionCode,
  detail: string,
  mend: string,
  more: Pick<Rejection, 'allowedTransitions' | 'pointer' | 'current' | 'triesLeft' | 'candidates'> = {},
): Rejection {
  return { rejected: true, code, detail, mend, ...more };
}

export function isRejection(outcome: unknown): outcome is Rejection {
  return typeof outcome === 'object' && outcome !== null && (outcome as Rejection).rejected === true;
}
