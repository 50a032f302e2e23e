import type { Retailer } from '../domain/directory.ts';
import type { RetailerId } from '../domain/ids.ts';
import { clearanceOf, gigId, vehiclesOf } from '../domain/provider.ts';
import type { ProviderChoice } from '../domain/provider-choice.ts';
import { isRejection, type Rejection } from '../domain/rejection.ts';
import type { Instant } from '../domain/time.ts';
import { type ActOutcome, act, asItWas, ofNoAggregate } from './act.ts';
import { catalogueWrite } from './catalogue-write.ts';
import type { Database, Item } from './database.ts';
import type { Asked, DirectoryPorts } from './directory.ts';
import type { Principal } from './principal.ts';
import { allProviders, refuseChoice } from './providers.ts';
import { keys } from './records.ts';
import { unknown } from './situations.ts';

type Chooser = Extract<Principal, { kind: 'retailer' | 'operations' }>;

/** What a retailer has said of who may carry for it, and among whom it can choose. */
export async function readProviderChoice(
  { database }: DirectoryPorts,
  principal: Chooser,
  id: RetailerId,
  now: Instant,
): Promise<object | Rejection> {
  const item = await itemOf(database, principal, id);
  return isRejection(item) ? item : choiceView(database, retailerOf(item), now);
}

/** A retailer says it for itself, operations for anybody; orders that are placed already keep what was said then. */
export async function chooseProviders(
  { database }: DirectoryPorts,
  principal: Chooser,
  id: RetailerId,
  choice: ProviderChoice | null,
  { request, now }: Asked,
): Promise<ActOutcome | Rejection> {
  const refusal = await refuseChoice(database, choice ?? undefined, '/choice');
  if (refusal) return refusal;
  let item: Item | undefined;
  let next: Retailer | undefined;
  let view: object | undefined;
  return act(database, request, now, {
    load: async () => {
      const found = await itemOf(database, principal, id);
      if (isRejection(found)) return found;
      item = found;
      const { providers: _, ...rest } = retailerOf(found);
      next = { ...rest, ...(choice && { providers: choice }) };
      view = await choiceView(database, next, now);
      return ofNoAggregate;
    },
    decide: asItWas,
    also: () => [catalogueWrite(keys.retailer(id), next!, null, item!)],
    reply: () => ({ status: 200, body: view }),
  });
}

/** Another retailer's is not there. */
async function itemOf(database: Database, principal: Chooser, id: RetailerId): Promise<Item | Rejection> {
  const isOwn = principal.kind === 'operations' || principal.retailerId === id;
  return (isOwn && (await database.get(keys.retailer(id)))) || unknown('retailer', id);
}

function retailerOf(item: Item): Retailer {
  return item.data as Retailer;
}

async function choiceView(database: Database, { providers: choice }: Retailer, now: Instant) {
  const partners = (await allProviders(database)).map((provider) => {
    const { id, kind, name, vehicles } = provider;
    return { id, kind, name, vehicles, standing: clearanceOf(provider, now) ?? 'cleared' };
  });
  return {
    choice: choice ?? null,
    providers: [{ id: gigId, kind: 'gig', vehicles: vehiclesOf.gig, standing: 'cleared' }, ...partners],
  };
}
