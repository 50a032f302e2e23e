import type { AskedDriver, Offer } from './fleet.ts';
import type { DriverId } from './ids.ts';
import { expectedPayCents } from './pay.ts';

/* An offer may ask several drivers at once: the first who accepts has it. docs/dispatch.md says when that is done. */

/** Who may still accept an open offer, the one whom it suits best first; of one that was accepted, its winner first. */
export function askedOf({ driverId, others = [] }: Offer): DriverId[] {
  return [driverId, ...others.map((other) => other.driverId)];
}

export function wasAsked(offer: Offer, driverId: DriverId): boolean {
  return askedOf(offer).includes(driverId) || hasDeclined(offer, driverId);
}

export function hasDeclined({ declined = [] }: Offer, driverId: DriverId): boolean {
  return declined.some((one) => one.driverId === driverId);
}

/** The offer as it is for this driver: their own way to the parcels, and with it their own pay and time. */
export function asOfferedTo(offer: Offer, driverId: DriverId): Offer {
  const { others = [], declined = [] } = offer;
  const own = [...others, ...declined].find((one) => one.driverId === driverId);
  if (!own) return offer;
  const turned: Offer = {
    ...offer,
    ...own,
    ...(declined.includes(own)
      ? { status: 'declined' }
      : { others: [firstOf(offer), ...others.filter((o) => o !== own)] }),
  };
  return { ...turned, payCents: expectedPayCents(turned) };
}

/**
 * The version that an answer has to name. That one of several has declined changes nothing of what the others were
 * shown, so they may still accept that.
 */
export function versionShown({ shownAs, version }: Offer): number {
  return shownAs ?? version;
}

/** The offer, still open, after one of several has declined, or cannot accept any more. */
export function withoutOne(offer: Offer, driverId: DriverId): Offer {
  const next = offer.driverId === driverId ? asOfferedTo(offer, offer.others![0]!.driverId) : offer;
  const { others = [], ...rest } = next;
  const left = others.filter((other) => other.driverId !== driverId);
  return {
    ...rest,
    ...(left.length > 0 && { others: left }),
    declined: [...(offer.declined ?? []), firstOf(asOfferedTo(offer, driverId))],
    shownAs: versionShown(offer),
  };
}

function firstOf({ driverId, distanceMetres, durationSeconds }: Offer): AskedDriver {
  return { driverId, distanceMetres, durationSeconds };
}
