import type { Channel, Mall, Retailer, Store } from '../domain/directory.ts';
import { currentVersion, fleetUpcasters } from '../domain/event-versions.ts';
import type { Driver } from '../domain/fleet.ts';
import type { MallId } from '../domain/ids.ts';
import { changeMallState, type MallStateChange } from '../domain/mall-state.ts';
import { localDate } from '../domain/opening-hours.ts';
import { vehiclesOf } from '../domain/provider.ts';
import { isRejection, type Rejection, reject } from '../domain/rejection.ts';
import type { Decision, Situation } from '../domain/situation.ts';
import type { Instant } from '../domain/time.ts';
import { type ActOutcome, act, asItWas, ofNoAggregate, type RepeatableRequest } from './act.ts';
import { auditWrites } from './audit.ts';
import { catalogueWrite } from './catalogue-write.ts';
import type { Database, Item, Key, Write } from './database.ts';
import { allMalls, findMall, mallOf, storesOfMall } from './directory-reader.ts';
import { findProvider, refuseChoice } from './providers.ts';
import { keys, lists } from './records.ts';
import { load, unknown } from './situations.ts';
import { driverView } from './views.ts';

export interface DirectoryPorts {
  database: Database;
}

/** By whom and when: it is kept with what was applied. */
export interface Asked {
  request: RepeatableRequest;
  now: Instant;
}

type MallStanding = Pick<Mall, 'state' | 'closesAt' | 'reopensAt' | 'stateReason'>;

/** Creates or changes a mall; whether it is open, paused or closing early stays as it is. */
export async function applyMall(
  { database }: DirectoryPorts,
  mall: Omit<Mall, keyof MallStanding>,
  { request, now }: Asked,
): Promise<ActOutcome | Rejection> {
  const refusal = await refuseChoice(database, mall.providers);
  if (refusal) return refusal;
  let item: Item | null = null;
  let applied: Mall | undefined;
  return act(database, request, now, {
    load: async () => {
      item = await database.get(keys.mall(mall.id));
      const known = item && mallOf(item);
      applied = {
        ...mall,
        state: known?.state ?? 'open',
        ...(known?.closesAt && { closesAt: known.closesAt }),
        ...(known?.reopensAt && { reopensAt: known.reopensAt }),
        ...(known?.stateReason && { stateReason: known.stateReason }),
      };
      return ofNoAggregate;
    },
    decide: asItWas,
    also: () => [mallWrite(applied!, item)],
    reply: () => ({ status: 200, body: applied }),
  });
}

/**
 * Opens a mall, pauses it or closes it early, in one write. Orders under way follow: within a minute the sweeper
 * moves the closing of each that has parcels to collect, as often as it takes.
 */
export async function setMallState(
  { database }: DirectoryPorts,
  mallId: MallId,
  change: MallStateChange,
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  let item: Item | null = null;
  let next: Mall | undefined;
  return act(database, request, now, {
    load: async () => {
      item = await database.get(keys.mall(mallId));
      const changed = item ? changeMallState(mallOf(item), change, now) : unknown('mall', mallId);
      if (isRejection(changed)) return changed;
      next = changed;
      return ofNoAggregate;
    },
    decide: asItWas,
    also: () => [mallWrite(next!, item)],
    reply: () => ({ status: 200, body: next }),
  });
}

function mallWrite(mall: Mall, known: Item | null): Write {
  return catalogueWrite(keys.mall(mall.id), mall, { listPk: lists.malls, listSk: mall.id }, known);
}

export async function listMalls({ database }: DirectoryPorts): Promise<object> {
  return { data: await allMalls(database) };
}

export async function getMall({ database }: DirectoryPorts, mallId: MallId): Promise<object | Rejection> {
  return (await findMall(database, mallId)) ?? unknown('mall', mallId);
}

export async function listStores({ database }: DirectoryPorts, mallId: MallId): Promise<object> {
  return { data: await storesOfMall(database, mallId) };
}

export async function applyStore(
  { database }: DirectoryPorts,
  store: Store,
  asked: Asked,
): Promise<object | Rejection> {
  const [mall, retailer] = await Promise.all([
    database.get(keys.mall(store.mallId)),
    database.get(keys.retailer(store.retailerId)),
  ]);
  if (!mall) return missing('mall', store.mallId, '/mallId');
  if (!retailer) return missing('retailer', store.retailerId, '/retailerId');
  await put(database, asked, keys.store(store.id), store, {
    listPk: lists.storesOfMall(store.mallId),
    listSk: store.id,
  });
  return store;
}

/** Creates or changes a retailer; who may carry for it stays as it is unless it is given. */
export async function applyRetailer(
  { database }: DirectoryPorts,
  retailer: Retailer,
  { request, now }: Asked,
): Promise<ActOutcome | Rejection> {
  const refusal = await refuseChoice(database, retailer.providers);
  if (refusal) return refusal;
  const key = keys.retailer(retailer.id);
  let item: Item | null = null;
  let applied: Retailer | undefined;
  return act(database, request, now, {
    load: async () => {
      item = await database.get(key);
      const providers = retailer.providers ?? (item?.data as Retailer | undefined)?.providers;
      applied = { ...retailer, ...(providers && { providers }) };
      return ofNoAggregate;
    },
    decide: asItWas,
    also: () => [catalogueWrite(key, applied!, null, item)],
    reply: () => ({ status: 200, body: applied }),
  });
}

export async function applyChannel({ database }: DirectoryPorts, channel: Channel, asked: Asked): Promise<object> {
  await put(database, asked, keys.channel(channel.id), channel);
  return channel;
}

/** What operations say of a driver; shift, offer and run are the driver's own. */
export type DriverApplied = Pick<Driver, 'id' | 'name' | 'mallId' | 'vehicle' | 'providerId' | 'trainedOn'> & {
  status?: Driver['status'] | undefined;
};

/**
 * Creates a driver, or changes name, vehicle and provider. Standing stays as it is unless it is given: an act of its own
 * says why, and withdraws the open offer (`suspensions.ts`).
 */
export async function applyDriver(
  { database }: DirectoryPorts,
  input: DriverApplied,
  { request, now }: Asked,
): Promise<ActOutcome | Rejection> {
  if (!(await database.get(keys.mall(input.mallId)))) return missing('mall', input.mallId, '/mallId');
  const refusal = await refuseProvider(database, input, now);
  if (refusal) return refusal;
  return act(database, request, now, {
    // The driver alone: who a driver is has nothing to do with what they carry, nor has this function access to it.
    load: async () => ({
      orders: [],
      offer: null,
      run: null,
      driver: (await load<Driver>(database.get(keys.driver(input.id)))) ?? newDriver(input),
    }),
    decide: (situation) => {
      const driver = situation.driver!;
      const { providerId: _, trainedOn: __, ...kept } = driver;
      const wanted = { ...input, status: input.status ?? driver.status };
      const same = appliedKeys.every((key) => driver[key] === wanted[key]);
      return same && driver.version > 0
        ? asItWas(situation)
        : driverApplied({ ...situation, driver: kept }, wanted, now);
    },
    reply: ({ situation }) => ({ status: 200, body: driverView(situation.driver!) }),
  });
}

const appliedKeys = ['name', 'mallId', 'vehicle', 'status', 'providerId', 'trainedOn'] as const;

/** A driver comes with what the provider runs; a delivery partner's has been trained. */
async function refuseProvider(
  database: Database,
  { providerId, vehicle, trainedOn }: DriverApplied,
  now: Instant,
): Promise<Rejection | undefined> {
  const provider = providerId ? await findProvider(database, providerId) : null;
  if (providerId && !provider) return missing('provider', providerId, '/providerId');
  const possible = provider?.vehicles ?? vehiclesOf.gig;
  if (!possible.includes(vehicle)) {
    return reject(
      'vehicle_not_possible',
      `${provider?.name ?? "The operator's own network"} has no drivers with a ${vehicle}.`,
      `Apply the driver with one of ${possible.join(', ')}, or with the provider whose ${vehicle} it is.`,
      { pointer: '/vehicle' },
    );
  }
  if (provider?.kind === 'delivery_partner' && !(trainedOn && trainedOn <= localDate(now, provider.zone))) {
    return reject(
      'training_missing',
      `Drivers of a delivery partner are trained, and ${provider.name} has not shown when this one was.`,
      'Send trainedOn, the day on which the training was over; it is not to come.',
      { pointer: '/trainedOn' },
    );
  }
  return;
}

/** The driver is as was said, from now on. */
export function driverApplied(situation: Situation, change: Partial<Driver>, now: Instant): Decision {
  const { suspension, ...rest } = situation.driver!;
  const driver: Driver = { ...rest, ...change, sequence: rest.sequence + 1 };
  if (driver.status === 'suspended') driver.suspension = suspension ?? { reason: 'other', since: now };
  return {
    situation: { ...situation, driver },
    orderEvents: [],
    fleetEvents: [
      {
        subject: { kind: 'driver', id: driver.id },
        sequence: driver.sequence,
        type: 'driver.applied',
        version: currentVersion('driver.applied', fleetUpcasters),
        recordedAt: now,
        mallId: driver.mallId,
        data: { status: driver.status },
      },
    ],
  };
}

export function newDriver(input: DriverApplied): Driver {
  const { status = 'active', ...rest } = input;
  return { ...rest, status, version: 0, sequence: 0, shift: null, openOfferId: null, activeRunId: null, passedOn: [] };
}

export function missing(what: string, id: string, pointer: string): Rejection {
  return reject('not_found', `There is no ${what} ${id}.`, `Apply the ${what} first.`, { pointer });
}

async function put(
  database: Database,
  { request, now }: Asked,
  key: Key,
  data: object,
  list: Partial<Item> = {},
): Promise<void> {
  const write: Write = {
    kind: 'put',
    table: key.table,
    item: { pk: key.pk, sk: key.sk, data, ...list },
    ifVersion: 'any',
  };
  await database.commit([write, ...auditWrites(request, now)]);
}
