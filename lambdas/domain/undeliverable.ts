/** What a driver must hand in with each reason for not delivering. */
export type EvidenceKind = 'contact_attempts' | 'photo' | 'place' | 'note';

export const undeliverableEvidence = {
  customer_unavailable: ['contact_attempts', 'photo'],
  no_safe_place: ['photo'],
  access_denied: ['place', 'photo'],
  address_not_found: ['place'],
  refused: ['note'],
  pin_missing: ['contact_attempts'],
  id_failed: [],
  business_closed: ['photo'],
  damaged: ['photo'],
  unsafe: [],
  weather: [],
  vehicle: [],
  accident: [],
  lost: [],
  stolen: [],
} as const satisfies Record<string, readonly EvidenceKind[]>;

export type UndeliverableReason = keyof typeof undeliverableEvidence;

export const undeliverableReasons = Object.keys(undeliverableEvidence) as UndeliverableReason[];

/** Why a driver leaves a stop undone: at a counter also because the store is not ready, or is closed. */
export const counterFailures = ['not_ready', 'store_closed'] as const;
export const stopFailures = [...undeliverableReasons, ...counterFailures] as const;
export type StopFailure = (typeof stopFailures)[number];

/** What was handed in. A photo is the key of an uploaded proof. */
export interface Evidence {
  contactAttempts?: number | undefined;
  photoKey?: string | undefined;
  position?: readonly [lon: number, lat: number] | undefined;
  note?: string | undefined;
}

/** The kinds of evidence that `reason` demands and `given` lacks. */
export function missingEvidence(reason: UndeliverableReason, given: Evidence): EvidenceKind[] {
  const has: Record<EvidenceKind, boolean> = {
    contact_attempts: (given.contactAttempts ?? 0) > 0,
    photo: given.photoKey !== undefined,
    place: given.position !== undefined,
    note: (given.note ?? '').trim() !== '',
  };
  return undeliverableEvidence[reason].filter((kind) => !has[kind]);
}
