import type { Mall } from '../shared/contract/operations.ts';
import type { DeliveryPartner, HubStore, Provider } from '../shared/contract/providers.ts';

/** A provider as it is typed. */
export interface ProviderDraft {
  kind: Provider['kind'] | '';
  name: string;
  /** Those that it serves; of a hub store the one that it is near, whose clocks it keeps. */
  mallIds: string[];
  vehicles: string[];
  days: string[];
  from: string;
  until: string;
  /** Of a hub store: latitude, then longitude, as maps show them. */
  place: string;
  /** Of a delivery partner: the last day of each insurance. */
  lastDays: Record<string, string>;
}

export const weekdays = {
  mon: 'Monday',
  tue: 'Tuesday',
  wed: 'Wednesday',
  thu: 'Thursday',
  fri: 'Friday',
  sat: 'Saturday',
  sun: 'Sunday',
};
export const insurances = ['commercial_auto', 'workers_compensation', 'cargo_liability'];
const anyone = ['car', 'motorcycle', 'bicycle', 'walking'];
export const vehiclesOf: Record<Provider['kind'], string[]> = {
  delivery_partner: ['van', ...anyone],
  hub_store: anyone,
};

export const newProvider = (): ProviderDraft => ({
  kind: '',
  name: '',
  mallIds: [],
  vehicles: [],
  days: Object.keys(weekdays),
  from: '09:00',
  until: '21:00',
  place: '',
  lastDays: {},
});

/** By which everybody else will name it: lower case, with hyphens. */
export function idOf(name: string): string {
  const plain = name.normalize('NFKD').replace(/[\u0300-\u036f]/g, '');
  return plain
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
}

/** `[lon, lat]`; null of what is no place on earth. */
export function positionOf(place: string): [number, number] | null {
  const [lat, lon, ...more] = place
    .split(/[\s,;]+/)
    .filter(Boolean)
    .map(Number);
  if (lat === undefined || lon === undefined || more.length > 0) return null;
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? [lon, lat] : null;
}

/** What is still wanted that the fields do not ask for by themselves. */
export function wantedOf(draft: ProviderDraft, known: readonly Provider[]): string | null {
  const id = idOf(draft.name);
  if (id === '' || id === 'gig') return 'Give the provider a name of its own.';
  if (known.some((one) => one.id === id)) return `There is a provider ${id} already. Give this one another name.`;
  if (draft.mallIds.length === 0) return 'Tick a mall.';
  if (draft.vehicles.length === 0) return 'Tick a vehicle.';
  if (draft.days.length === 0) return 'Tick a day.';
  if (draft.until <= draft.from) return 'The hours have to end after they begin.';
  if (draft.kind === 'hub_store' && !positionOf(draft.place))
    return 'Give latitude and longitude, as 33.3012, -111.8989.';
  return null;
}

type Applied<P> = Pick<
  P,
  Extract<
    keyof P,
    'kind' | 'name' | 'zone' | 'vehicles' | 'mallIds' | 'cities' | 'hours' | 'insurances' | 'position' | 'calendar'
  >
>;

/** What is sent; nothing is wanted any more. */
export function providerOf(draft: ProviderDraft, malls: readonly Mall[]): Applied<DeliveryPartner> | Applied<HubStore> {
  const { zone } = malls.find(({ id }) => id === draft.mallIds[0])!;
  const ofDay = { opens: draft.from, closes: draft.until };
  const hours = { weekly: Object.fromEntries(draft.days.map((day) => [day, ofDay])) };
  const common = { name: draft.name.trim(), zone, vehicles: draft.vehicles };
  if (draft.kind === 'hub_store') {
    return { ...common, kind: 'hub_store', position: positionOf(draft.place)!, calendar: hours };
  }
  const shown = insurances.map((kind) => ({ kind, expiresOn: draft.lastDays[kind] ?? '' }));
  return { ...common, kind: 'delivery_partner', mallIds: draft.mallIds, cities: [], hours, insurances: shown };
}
