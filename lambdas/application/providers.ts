import type { Driver } from '../domain/fleet.ts';
import type { ProviderId } from '../domain/ids.ts';
import { localDate } from '../domain/opening-hours.ts';
import { clearanceOf, expiredInsurances, gigId, type Provider } from '../domain/provider.ts';
import type { ProviderChoice } from '../domain/provider-choice.ts';
import { type Rejection, reject } from '../domain/rejection.ts';
import { epochMs, type Instant, instant } from '../domain/time.ts';
import { type ActOutcome, act, asItWas, ofNoAggregate, type RepeatableRequest } from './act.ts';
import { catalogueWrite } from './catalogue-write.ts';
import type { Database, Item, Write } from './database.ts';
import type { Asked, DirectoryPorts } from './directory.ts';
import { allMalls } from './directory-reader.ts';
import { dataOf, keys, lists } from './records.ts';
import { unknown } from './situations.ts';
import { driverView } from './views.ts';

type Standing = Pick<Provider, 'status' | 'suspension'>;
type WithoutStanding<P> = P extends Provider ? Omit<P, keyof Standing> : never;

/** Tens at most, as of malls: one page. */
const providersListed = 100;
const driversListed = 500;
/** From so many days before an insurance ends on, operations are told. */
const endsSoonDays = 30;

/** The version guards the item; it is no part of the provider. */
function providerOf(item: Item): Provider {
  return item.data as Provider;
}

export async function findProvider(database: Database, id: ProviderId): Promise<Provider | null> {
  const item = await database.get(keys.provider(id));
  return item && providerOf(item);
}

/** Those that choices name, but for the operator's own network, which is kept nowhere. */
export async function findProviders(database: Database, choices: readonly ProviderChoice[]): Promise<Provider[]> {
  const ids = new Set(choices.flatMap(({ inOrder }) => inOrder).filter((id) => id !== gigId));
  return ids.size === 0 ? [] : (await database.getMany([...ids].map(keys.provider))).map(providerOf);
}

/** Creates or changes a provider; whether it is suspended stays as it is. */
export async function applyProvider(
  { database }: DirectoryPorts,
  provider: WithoutStanding<Provider>,
  { request, now }: Asked,
): Promise<ActOutcome | Rejection> {
  let item: Item | null = null;
  let applied: Provider | undefined;
  return act(database, request, now, {
    load: async () => {
      item = await database.get(keys.provider(provider.id));
      const { status = 'active', suspension } = item ? providerOf(item) : {};
      applied = { ...provider, status, ...(suspension && { suspension }) };
      return ofNoAggregate;
    },
    decide: asItWas,
    also: () => [providerWrite(applied!, item)],
    reply: () => ({ status: 200, body: providerView(applied!, now) }),
  });
}

/** From the next tick on its drivers are offered nothing; what they carry they bring to its end. */
export function suspendProvider(
  ports: DirectoryPorts,
  id: ProviderId,
  reason: string,
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  return changeStanding(ports, id, { status: 'suspended', suspension: { reason, since: now } }, request, now);
}

export function reinstateProvider(
  ports: DirectoryPorts,
  id: ProviderId,
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  return changeStanding(ports, id, { status: 'active' }, request, now);
}

function changeStanding(
  { database }: DirectoryPorts,
  id: ProviderId,
  standing: Standing,
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  let item: Item | null = null;
  let next: Provider | undefined;
  return act(database, request, now, {
    load: async () => {
      item = await database.get(keys.provider(id));
      if (!item) return unknown('provider', id);
      const before = providerOf(item);
      const { status: _, suspension: __, ...rest } = before;
      next = before.status === standing.status ? before : { ...rest, ...standing };
      return ofNoAggregate;
    },
    decide: asItWas,
    also: () => [providerWrite(next!, item)],
    reply: () => ({ status: 200, body: providerView(next!, now) }),
  });
}

function providerWrite(provider: Provider, known: Item | null): Write {
  const list = { listPk: lists.providers, listSk: provider.id };
  return catalogueWrite(keys.provider(provider.id), provider, list, known);
}

export async function listProviders({ database }: DirectoryPorts, now: Instant): Promise<object> {
  return { now, data: (await allProviders(database)).map((provider) => providerView(provider, now)) };
}

export async function allProviders(database: Database): Promise<Provider[]> {
  const pk = lists.providers;
  const page = await database.queryIndex({ table: 'catalogue', index: 'lists', pk, limit: providersListed });
  return (await database.getMany(page.keys)).map(providerOf);
}

/** The provider with its drivers, those on shift first. */
export async function getProvider(
  { database }: DirectoryPorts,
  id: ProviderId,
  now: Instant,
): Promise<object | Rejection> {
  const provider = await findProvider(database, id);
  if (!provider) return unknown('provider', id);
  const drivers = await driversOf(database, id);
  return { now, provider: providerView(provider, now), drivers: drivers.map(driverView) };
}

/** Those on shift stand in the lists of their malls, under the provider's name; the others in one of its own. */
async function driversOf(database: Database, id: ProviderId): Promise<Driver[]> {
  const shift = { since: `${id}#`, until: `${id}#~` };
  const ranges = [
    ...(await allMalls(database)).map((mall) => ({ pk: lists.driversOnShift(mall.id), ...shift })),
    { pk: lists.driversOffShift(id) },
    { pk: lists.suspendedDrivers },
  ];
  const pages = await Promise.all(
    ranges.map((range) => database.queryIndex({ table: 'fleet', index: 'lists', limit: driversListed, ...range })),
  );
  const items = await database.getMany(pages.flatMap((page) => page.keys));
  return items.map((item) => dataOf<Driver>(item)).filter(({ providerId }) => providerId === id);
}

/** With what keeps its drivers off dispatch now, and what will soon. */
function providerView(provider: Provider, now: Instant) {
  const soon = instant(epochMs(now) + endsSoonDays * 86_400_000);
  const until = localDate(soon, provider.zone);
  const expired = expiredInsurances(provider, now);
  const insurances = provider.kind === 'delivery_partner' ? provider.insurances : [];
  return {
    ...provider,
    standing: clearanceOf(provider, now) ?? 'cleared',
    insurancesExpired: expired,
    insurancesEndingSoon: insurances.filter(({ kind, expiresOn }) => !expired.includes(kind) && expiresOn <= until),
  };
}

/** Names that no provider has. */
export async function refuseChoice(
  database: Database,
  choice: ProviderChoice | undefined,
  where = '/providers',
): Promise<Rejection | undefined> {
  if (!choice) return;
  const known = await findProviders(database, [choice]);
  const place = choice.inOrder.findIndex((id) => id !== gigId && !known.some((provider) => provider.id === id));
  if (place < 0) return;
  const pointer = `${where}/inOrder/${place}`;
  return reject('not_found', `There is no provider ${choice.inOrder[place]}.`, 'Apply the provider first.', {
    pointer,
  });
}

/** Their provider may not carry for the operator just now: nothing new is for them. */
export async function refuseOfProvider(
  database: Database,
  { providerId }: Pick<Driver, 'providerId'>,
  now: Instant,
): Promise<Rejection | undefined> {
  if (!providerId) return;
  const provider = await findProvider(database, providerId);
  const why = provider ? clearanceOf(provider, now) : 'suspended';
  if (!why) return;
  const name = provider?.name ?? providerId;
  if (why === 'suspended') {
    return reject('provider_not_cleared', `${name} is suspended.`, 'Ask your company; it hears the reason.');
  }
  const expired = expiredInsurances(provider!, now).map((kind) => kind.replaceAll('_', ' '));
  return reject(
    'provider_not_cleared',
    `${name} has no valid insurance of these kinds: ${expired.join(', ')}.`,
    'Ask your company to show operations the new policy.',
  );
}
