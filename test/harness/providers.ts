import type { Asked } from '../../lambdas/application/directory.ts';
import * as directory from '../../lambdas/application/directory.ts';
import * as providers from '../../lambdas/application/providers.ts';
import type { Driver } from '../../lambdas/domain/fleet.ts';
import { asId, type MallId, type ProviderId, type RetailerId } from '../../lambdas/domain/ids.ts';
import type { Provider } from '../../lambdas/domain/provider.ts';
import { hub, partner } from '../domain/providers.ts';
import type { Loop } from './loop.ts';
import { done, driverId, hours } from './mall.ts';

export const [vans, bikes, gig] = [partner().id, hub().id, asId<ProviderId>('gig')];

const asked = (loop: Loop): Asked => ({ request: loop.request('operations'), now: loop.now() });
const ports = ({ database }: Loop) => ({ database });

/** A partner with vans and a hub store, open as long as the mall; the second driver is the one's, the third the other's. */
export async function openProviders(loop: Loop, vehicle: Driver['vehicle'] = 'van'): Promise<void> {
  await applyProvider(loop, partner({ hours }));
  await applyProvider(loop, hub({ calendar: hours }));
  await applyDriver(loop, 2, { providerId: vans, vehicle, trainedOn: '2026-11-01' });
  await applyDriver(loop, 3, { providerId: bikes });
}

export async function applyProvider(loop: Loop, { status: _, suspension: __, ...provider }: Provider): Promise<void> {
  await providers.applyProvider(ports(loop), provider, asked(loop));
}

export async function applyDriver(loop: Loop, number: number, change: Partial<Driver>): Promise<void> {
  const id = driverId(number);
  const mallId = asId<MallId>('mall-1');
  const driver = { id, name: `Driver ${number}`, mallId, vehicle: 'car', status: 'active' } as const;
  done(await directory.applyDriver(ports(loop), { ...driver, ...change }, asked(loop)));
  await loop.settled();
}

/** What the retailer of a store says of who may carry for it. */
export async function prefer(
  loop: Loop,
  store: number,
  inOrder: ProviderId[],
  fallbackAfterMinutes = 10,
): Promise<void> {
  const retailer = { id: asId<RetailerId>(`retailer-${store}`), name: `Retailer ${store}` };
  const choice = { inOrder, fallbackAfterMinutes };
  done(await directory.applyRetailer(ports(loop), { ...retailer, providers: choice }, asked(loop)));
}

export async function setSuspended(loop: Loop, id: ProviderId, isSuspended: boolean): Promise<object> {
  const { request, now } = asked(loop);
  return isSuspended
    ? providers.suspendProvider(ports(loop), id, 'Complaints', request, now)
    : providers.reinstateProvider(ports(loop), id, request, now);
}

/** As operations see the provider. */
export async function providerWithDrivers(loop: Loop, id: ProviderId) {
  type Seen = { drivers: { id: string; shift: object | null }[] };
  return done((await providers.getProvider(ports(loop), id, loop.now())) as Seen);
}
