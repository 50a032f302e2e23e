import type { AddressCandidate } from '../domain/address.ts';
import type { Rejection, RejectionCode } from '../domain/rejection.ts';

/** The body of every answer that is not a success (RFC 9457), with the field at fault and how to mend it. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  mend: string;
  requestId: string;
  errors?: { pointer: string; detail: string }[];
  allowedTransitions?: readonly string[];
  current?: unknown;
  triesLeft?: number;
  candidates?: CandidateView[];
}

/** A place that the address may mean; to choose it, send the request again with its position. */
interface CandidateView {
  address: Pick<AddressCandidate, 'label' | 'number' | 'street' | 'municipality' | 'region' | 'postalCode'>;
  position: AddressCandidate['position'];
}

/** An answer known only at the edge: bad syntax, wrong caller, a key used twice. */
export class HttpProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly mend: string;
  readonly errors: { pointer: string; detail: string }[] | undefined;

  constructor(status: number, code: string, detail: string, mend: string, errors?: HttpProblem['errors']) {
    super(detail);
    this.name = 'HttpProblem';
    this.status = status;
    this.code = code;
    this.mend = mend;
    this.errors = errors;
  }
}

/** What the order or the fleet cannot do now is 409; what the request itself has wrong is 422. */
const statusOf: Partial<Record<RejectionCode, number>> = {
  not_found: 404,
  unknown_store: 422,
  mall_closed: 422,
  after_cut_off: 422,
  window_too_early: 422,
  too_many_lines: 422,
  address_not_found: 422,
  address_ambiguous: 422,
  outside_delivery_area: 422,
  ready_at_in_the_past: 422,
  ready_at_after_close: 422,
  parcel_lines_mismatch: 422,
  label_taken: 422,
  wrong_order: 422,
  parcels_missing: 422,
  unknown_parcel: 422,
  evidence_missing: 422,
  proof_missing: 422,
  unknown_proof: 422,
  proof_not_uploaded: 422,
  pin_wrong: 422,
  pairing_code_wrong: 422,
  reason_not_possible: 422,
  tip_too_high: 422,
  vehicle_not_possible: 422,
  training_missing: 422,
  no_provider: 422,
  too_far: 422,
  too_often: 429,
  unknown_stop: 404,
  driver_suspended: 403,
  document_undated: 422,
  document_expired: 422,
  document_not_uploaded: 422,
  check_by_hand: 422,
};

export function problemOfRejection(rejection: Rejection, requestId: string): Problem {
  const status = statusOf[rejection.code] ?? 409;
  return {
    ...base(status, rejection.code, rejection.detail, rejection.mend, requestId),
    ...(rejection.pointer && { errors: [{ pointer: rejection.pointer, detail: rejection.detail }] }),
    ...(rejection.allowedTransitions && { allowedTransitions: rejection.allowedTransitions }),
    ...(rejection.current !== undefined && rejection.current !== null && { current: rejection.current }),
    ...(rejection.triesLeft !== undefined && { triesLeft: rejection.triesLeft }),
    ...(rejection.candidates && { candidates: rejection.candidates.map(candidateView) }),
  };
}

function candidateView({ position, relevance: _, ...address }: AddressCandidate): CandidateView {
  return { address, position };
}

export function problemOfError(error: HttpProblem, requestId: string): Problem {
  return {
    ...base(error.status, error.code, error.message, error.mend, requestId),
    ...(error.errors && { errors: error.errors }),
  };
}

export function unexpectedProblem(requestId: string): Problem {
  return base(
    500,
    'internal_error',
    'Something failed on our side.',
    'Send the same request again with the same Idempotency-Key; it acts once.',
    requestId,
  );
}

function base(status: number, code: string, detail: string, mend: string, requestId: string): Problem {
  return {
    type: `urn:mallway:problem:${code}`,
    title: code.replaceAll('_', ' '),
    status,
    detail,
    code,
    mend,
    requestId,
  };
}
