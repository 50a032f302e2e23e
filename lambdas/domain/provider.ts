import type { Mall } from './directory.ts';
import { asId, type MallId, type ProviderId } from './ids.ts';
import { isOpen, localDate, type OpeningHours } from './opening-hours.ts';
import { distanceMetres, type Position } from './position.ts';
import type { Instant } from './time.ts';
import type { Vehicle, VehicleWanted } from './vehicle.ts';

/** The operator's own network: every driver who belongs to no other provider. It is always there. */
export const gigId = asId<ProviderId>('gig');

export const insuranceKinds = ['commercial_auto', 'workers_compensation', 'cargo_liability'] as const;
export type InsuranceKind = (typeof insuranceKinds)[number];

export interface Insurance {
  kind: InsuranceKind;
  /** The last day on which it holds, `YYYY-MM-DD` in the provider's zone. */
  expiresOn: string;
}

/** Ten miles. */
export const hubRadiusMetres = 16_093;

/** A company or a local store that carries for the operator, as operations have applied it. */
export type Provider = DeliveryPartner | HubStore;

interface Registered {
  id: ProviderId;
  name: string;
  /** IANA zone of its hours and of the days on which its insurances end. */
  zone: string;
  /** What its drivers may come with. */
  vehicles: Vehicle[];
  /** Said by operations in an act of its own; what applies the provider leaves it alone. */
  status: 'active' | 'suspended';
  suspension?: { reason: string; since: Instant };
}

/** A delivery company: insured, with trained drivers, in the malls and cities and at the hours that it has chosen. */
export interface DeliveryPartner extends Registered {
  kind: 'delivery_partner';
  mallIds: MallId[];
  /** As malls name theirs. */
  cities: string[];
  hours: OpeningHours;
  insurances: Insurance[];
}

/** A local store that delivers in its neighbourhood, on the days of its calendar. */
export interface HubStore extends Registered {
  kind: 'hub_store';
  position: Position;
  radiusMetres: number;
  calendar: OpeningHours;
}

/** What is to be carried: from where, to which door, and whether only in a large vehicle. */
export interface Errand {
  mall: Pick<Mall, 'id' | 'city'>;
  door: Position;
  vehicle?: VehicleWanted | undefined;
}

/** Why a provider may not carry something: what lasts comes first, then what a day or an act of operations changes. */
export const obstacles = [
  'unknown_provider',
  'no_such_vehicle',
  'not_served',
  'too_far',
  'suspended',
  'insurance_expired',
  'closed',
] as const;
export type Obstacle = (typeof obstacles)[number];

const lasting: readonly Obstacle[] = ['unknown_provider', 'no_such_vehicle', 'not_served', 'too_far'];

/** Nothing that time brings makes it able to carry this. */
export function isLasting(obstacle: Obstacle): boolean {
  return lasting.includes(obstacle);
}

/** Vans are for those who show a commercial insurance. */
export const vehiclesOf: Record<Provider['kind'] | 'gig', readonly Vehicle[]> = {
  gig: ['car', 'motorcycle', 'bicycle', 'walking'],
  delivery_partner: ['car', 'motorcycle', 'bicycle', 'walking', 'van'],
  hub_store: ['car', 'motorcycle', 'bicycle', 'walking'],
};

/** Whether a provider may carry this now, or why not. */
export function mayCarry(provider: Provider | 'gig', errand: Errand, now: Instant): true | Obstacle {
  const vehicles = provider === 'gig' ? vehiclesOf.gig : provider.vehicles;
  if (errand.vehicle && !vehicles.includes(errand.vehicle)) return 'no_such_vehicle';
  if (provider === 'gig') return true;
  if (!reaches(provider, errand)) return provider.kind === 'hub_store' ? 'too_far' : 'not_served';
  return clearanceOf(provider, now) ?? (isOpen(hoursOf(provider), provider.zone, now) || 'closed');
}

/** What keeps all its drivers off dispatch, whatever the order; null when nothing does. */
export function clearanceOf(provider: Provider, now: Instant): 'suspended' | 'insurance_expired' | null {
  if (provider.status === 'suspended') return 'suspended';
  return expiredInsurances(provider, now).length > 0 ? 'insurance_expired' : null;
}

/** Those that do not hold any more, or that it never had. */
export function expiredInsurances(provider: Provider, now: Instant): InsuranceKind[] {
  if (provider.kind === 'hub_store') return [];
  const today = localDate(now, provider.zone);
  const held = provider.insurances.filter(({ expiresOn }) => expiresOn >= today).map(({ kind }) => kind);
  return insuranceKinds.filter((kind) => !held.includes(kind));
}

function reaches(provider: Provider, { mall, door }: Errand): boolean {
  if (provider.kind === 'hub_store') return distanceMetres(provider.position, door) <= provider.radiusMetres;
  return provider.mallIds.includes(mall.id) || (mall.city !== undefined && provider.cities.includes(mall.city));
}

function hoursOf(provider: Provider): OpeningHours {
  return provider.kind === 'hub_store' ? provider.calendar : provider.hours;
}
