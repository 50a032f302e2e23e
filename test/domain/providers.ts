import { asId } from '../../lambdas/domain/ids.ts';
import { type DeliveryPartner, type HubStore, hubRadiusMetres, insuranceKinds } from '../../lambdas/domain/provider.ts';
import { mall } from './fixtures.ts';

const hours = { opens: '08:00', closes: '18:00' };

/** With vans, insured until the end of the year, on Mondays and Tuesdays. */
export function partner(change: Partial<DeliveryPartner> = {}): DeliveryPartner {
  return {
    id: asId('vans-inc'),
    kind: 'delivery_partner',
    name: 'Vans Inc.',
    zone: 'America/Phoenix',
    vehicles: ['van', 'car'],
    status: 'active',
    mallIds: [mall.id],
    cities: [],
    hours: { weekly: { mon: hours, tue: hours } },
    insurances: insuranceKinds.map((kind) => ({ kind, expiresOn: '2026-12-31' })),
    ...change,
  };
}

/** On Mondays, but for the one after next. */
export function hub(change: Partial<HubStore> = {}): HubStore {
  return {
    id: asId('corner-bikes'),
    kind: 'hub_store',
    name: 'Corner Bikes',
    zone: 'America/Phoenix',
    vehicles: ['bicycle', 'car'],
    status: 'active',
    position: mall.position,
    radiusMetres: hubRadiusMetres,
    calendar: { weekly: { mon: hours }, exceptions: { '2026-11-30': null } },
    ...change,
  };
}
