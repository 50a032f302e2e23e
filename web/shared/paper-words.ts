import { words } from './format.ts';

const names: Record<string, string> = {
  identity_document: 'Passport or identity card',
  right_to_work: 'Right to work',
  driving_licence: 'Driving licence',
  vehicle_registration: 'Vehicle registration',
  vehicle_insurance: 'Vehicle insurance',
  background_check: 'Background check',
};

export function paperName(kind: string): string {
  return names[kind] ?? words(kind);
}

const refusals: Record<string, string> = {
  unreadable: 'The picture cannot be read.',
  wrong_document: 'This is another paper than the one asked for.',
  other_person: 'It is in the name of somebody else.',
  other_vehicle: 'It is of another vehicle.',
  expired: 'It has run out.',
  date_differs: 'It runs out on another day than the one you gave.',
  not_genuine: 'We cannot take it for genuine.',
};

export function paperRefusal(reason: string): string {
  return refusals[reason] ?? words(reason);
}

export const paperRefusals = Object.entries(refusals);

const applicationReasons: Record<string, string> = {
  check_failed: 'The background check does not allow it.',
  documents_not_valid: 'The papers are not valid.',
  not_old_enough: 'One has to be older to drive with us.',
  no_need_here: 'This mall needs no more drivers now.',
  applied_before: 'You have applied before.',
  other: 'We cannot take you on.',
};

export function applicationRefusal(reason: string): string {
  return applicationReasons[reason] ?? words(reason);
}

export const applicationRefusals = Object.entries(applicationReasons);

const suspensions: Record<string, string> = {
  safety: 'A question of safety',
  parcels_missing: 'Parcels are missing',
  conduct: 'Conduct towards people',
  identity_not_confirmed: 'Somebody else seems to drive',
  documents: 'A question about your papers',
  fraud: 'Suspected fraud',
  under_review: 'Something is being looked into',
  other: 'Another reason',
};

export function suspensionReason(reason: string): string {
  return suspensions[reason] ?? words(reason);
}

export const suspensionReasons = Object.entries(suspensions);

const vehicles: Record<string, string> = {
  car: 'By car',
  motorcycle: 'By motorcycle',
  bicycle: 'By bicycle',
  walking: 'On foot',
};

export function vehicleName(vehicle: string): string {
  return vehicles[vehicle] ?? words(vehicle);
}

/** `Jun 30, 2028` of a day that is the same everywhere. */
export function dayName(date: string): string {
  const format = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeZone: 'UTC' });
  return format.format(new Date(`${date.slice(0, 10)}T00:00:00Z`));
}
