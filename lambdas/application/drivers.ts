import { noticeDays } from '../domain/clearance.ts';
import type { Driver } from '../domain/fleet.ts';
import type { DriverId } from '../domain/ids.ts';
import type { Rejection } from '../domain/rejection.ts';
import { type Instant, plusMinutes } from '../domain/time.ts';
import { clearanceView, type DossierPorts, dossierView, findDossier } from './dossiers.ts';
import type { Reach } from './joining.ts';
import { documentsWithPictures } from './papers.ts';
import { dataOf, keys, lists } from './records.ts';
import { load, unknown } from './situations.ts';
import { suspensionWithTexts } from './suspensions.ts';
import { driverView } from './views.ts';

/** Of whom operations have to think: suspended ones, longest first; or those whose papers run out, or wait to be looked at. */
export async function listDrivers(
  { database }: Pick<DossierPorts, 'database'>,
  { list, limit, cursor }: { list: 'suspended' | 'papers'; limit: number; cursor?: string | undefined },
  now: Instant,
): Promise<object> {
  const page = await database.queryIndex({
    table: 'fleet',
    index: 'lists',
    pk: list === 'suspended' ? lists.suspendedDrivers : lists.dossiers,
    limit,
    ...(list === 'papers' && { until: `${plusMinutes(now, noticeDays * 24 * 60)}~` }),
    ...(cursor && { cursor }),
  });
  const ids = page.keys.map(({ pk }) => pk.slice('DRIVER#'.length) as DriverId);
  const drivers = (await database.getMany(ids.map(keys.driver))).map((item) => dataOf<Driver>(item));
  return {
    now,
    data: await Promise.all(
      drivers.map(async (driver) => ({
        ...driverView(driver),
        ...clearanceView(driver, now),
        undecided: (await findDossier(database, driver.id)).documents.filter(({ status }) => status === 'submitted')
          .length,
      })),
    ),
    nextCursor: page.cursor ?? null,
  };
}

/** All that operations may know of one driver. */
export async function inspectDriver(
  { database, pictures }: DossierPorts,
  driverId: DriverId,
  now: Instant,
): Promise<object | Rejection> {
  const driver = await load<Driver>(database.get(keys.driver(driverId)));
  if (!driver) return unknown('driver', driverId);
  const [dossier, contact, suspension] = await Promise.all([
    findDossier(database, driverId),
    load<Reach>(database.get(keys.contact(driverId))),
    suspensionWithTexts(database, driver),
  ]);
  return {
    now,
    ...driverView(driver),
    ...dossierView(driver, dossier, now),
    documents: await documentsWithPictures(pictures, dossier.documents),
    contact,
    suspension,
  };
}
