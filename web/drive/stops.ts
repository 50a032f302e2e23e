import type { Position } from '../shared/contract/common.ts';
import type { Run, Stop, StopParcel } from '../shared/contract/driver.ts';

/** The stops a driver may work on now, in the order of the run. */
export function currentStops(run: Run): Stop[] {
  return run.stops.filter(({ id }) => run.nextStopIds.includes(id));
}

/** The stop under way, else the one that the driver chose, else the first that is next. */
export function activeStop(run: Run, chosenId: string | null): Stop | null {
  const stops = currentStops(run);
  return (
    stops.find(({ status }) => status === 'arrived') ??
    stops.find(({ status }) => status === 'departed') ??
    stops.find(({ id }) => id === chosenId) ??
    stops[0] ??
    null
  );
}

/** Where it is, as far as that is known. */
export function placeOf({ door, meeting, store }: Stop): Position | undefined {
  return door?.position ?? meeting?.position ?? store?.position;
}

export function stopName(stop: Stop): string {
  if (stop.store) return stop.store.name;
  if (stop.door) return `${stop.door.name}'s door`;
  if (stop.kind === 'hand_over') return stop.meeting?.name ?? 'The other driver';
  return stop.kind === 'dropoff' ? 'The door' : 'The store';
}

const kinds: Record<Stop['kind'], string> = {
  pickup: 'Collect',
  hand_over: 'Take over from',
  dropoff: 'Deliver',
  return: 'Bring back',
};

export function stopTitle(stop: Stop): string {
  return `${kinds[stop.kind]}: ${stopName(stop)}`;
}

const statuses: Record<string, string> = {
  pending: 'to do',
  departed: 'on the way',
  arrived: 'here',
  done: 'done',
  failed: 'not done',
  dropped: 'no longer needed',
};

export function stopStatus(stop: Stop): string {
  return statuses[stop.status] ?? stop.status;
}

/** The parcel that a typed or scanned text means: letters count whether small or capital. */
export function parcelOf(parcels: readonly StopParcel[], typed: string): StopParcel | undefined {
  const wanted = typed.trim().toUpperCase();
  return parcels.find(({ label }) => label.toUpperCase() === wanted);
}

/** Why a driver is elsewhere than at the stop: the API asks for one of these where the phone is too far away. */
export const awayReasons = [
  { code: 'position_wrong', text: 'My phone is wrong: I am there' },
  { code: 'address_wrong', text: 'The place is not where the map says' },
  { code: 'met_elsewhere', text: 'We met somewhere else' },
  { code: 'no_access', text: 'I cannot get any closer' },
  { code: 'other', text: 'Another reason' },
];

export type EvidenceKind = 'contact_attempts' | 'photo' | 'place' | 'note';

export interface FailReason {
  code: string;
  text: string;
  needs: readonly EvidenceKind[];
}

/** Why a door could not be done, with what each reason needs. */
export const doorReasons: readonly FailReason[] = [
  { code: 'customer_unavailable', text: 'Nobody answers', needs: ['contact_attempts', 'photo'] },
  { code: 'refused', text: 'They refuse everything', needs: ['note'] },
  { code: 'address_not_found', text: 'I cannot find the address', needs: ['place'] },
  { code: 'access_denied', text: 'I cannot get to the door', needs: ['place', 'photo'] },
  { code: 'no_safe_place', text: 'There is no safe place to leave it', needs: ['photo'] },
  { code: 'pin_missing', text: 'They do not have the PIN', needs: ['contact_attempts'] },
  { code: 'id_failed', text: 'The identity check failed', needs: [] },
  { code: 'business_closed', text: 'The business is closed', needs: ['photo'] },
  { code: 'damaged', text: 'The parcels are damaged', needs: ['photo'] },
  { code: 'unsafe', text: 'I do not feel safe here', needs: [] },
  { code: 'weather', text: 'The weather does not allow it', needs: [] },
  { code: 'vehicle', text: 'My vehicle broke down', needs: [] },
  { code: 'accident', text: 'I had an accident', needs: [] },
  { code: 'lost', text: 'The parcels are lost', needs: [] },
  { code: 'stolen', text: 'The parcels were stolen', needs: [] },
];

/** Why a counter is left without what is still due there. */
export const counterReasons: readonly FailReason[] = [
  { code: 'not_ready', text: 'The store is not ready', needs: [] },
  { code: 'business_closed', text: 'The store is closed', needs: [] },
  { code: 'lost', text: 'The store cannot find the parcels', needs: [] },
  { code: 'damaged', text: 'The parcels are damaged', needs: [] },
  { code: 'unsafe', text: 'I do not feel safe here', needs: [] },
];

/** Why parcels could not be given back. */
export const returnReasons: readonly FailReason[] = [
  { code: 'store_closed', text: 'The store is closed', needs: [] },
  { code: 'refused', text: 'The store does not take them', needs: [] },
  { code: 'access_denied', text: 'I cannot get to the counter', needs: [] },
  { code: 'vehicle', text: 'My vehicle broke down', needs: [] },
];

/** Why nothing was taken over from another driver. */
export const meetingReasons: readonly FailReason[] = [
  { code: 'not_ready', text: 'The other driver is not there', needs: [] },
  { code: 'refused', text: 'They do not hand them over', needs: [] },
  { code: 'damaged', text: 'The parcels are damaged', needs: [] },
  { code: 'access_denied', text: 'I cannot get there', needs: [] },
  { code: 'unsafe', text: 'I do not feel safe here', needs: [] },
];

export const reasonsOf: Record<Stop['kind'], readonly FailReason[]> = {
  pickup: counterReasons,
  hand_over: meetingReasons,
  dropoff: doorReasons,
  return: returnReasons,
};
