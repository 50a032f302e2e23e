import { isDeepStrictEqual } from 'node:util';
import { type ApiClient, ApiProblem } from '../actors/api-client.ts';
import type { MallDocument } from './mall-document.ts';

export interface Applied {
  kind: 'provider' | 'mall' | 'retailer' | 'store' | 'driver' | 'channel';
  id: string;
  /** `applied` where the API has no way to ask what was there before. */
  outcome: 'created' | 'changed' | 'unchanged' | 'applied';
}

/**
 * Puts everything of a document through the API, each thing after what it refers to. Applying it again changes
 * nothing; nothing is ever removed.
 */
export async function applyMallDocument(client: ApiClient, document: MallDocument): Promise<Applied[]> {
  const { providers = [], mall, retailers, stores, drivers, channels } = document;
  const mallBefore = await client.get(`/v1/malls/${mall.id}`).catch(absent);
  const storesBefore = mallBefore
    ? (await client.get<{ data: { id: string }[] }>(`/v1/malls/${mall.id}/stores`)).data
    : [];
  const applied: Applied[] = [];
  const put = async (kind: Applied['kind'], path: string, thing: { id: string }, before?: unknown) => {
    const { id, ...body } = thing;
    const after = await client.put(`/v1/${path}/${id}`, body).catch((error: unknown) => named(error, kind, id));
    applied.push({ kind, id, outcome: outcomeOf(before, after) });
  };
  for (const provider of providers) await put('provider', 'providers', provider);
  await put('mall', 'malls', mall, mallBefore);
  for (const retailer of retailers) await put('retailer', 'retailers', retailer, undefined);
  for (const store of stores) {
    const before = storesBefore.find(({ id }) => id === store.id) ?? null;
    await put('store', 'stores', { hours: mall.hours, ...store, mallId: mall.id } as { id: string }, before);
  }
  for (const driver of drivers) await put('driver', 'drivers', { ...driver, mallId: mall.id } as { id: string });
  for (const channel of channels) await put('channel', 'channels', channel);
  return applied;
}

function outcomeOf(before: unknown, after: unknown): Applied['outcome'] {
  if (before === undefined) return 'applied';
  if (before === null) return 'created';
  return isDeepStrictEqual(before, after) ? 'unchanged' : 'changed';
}

function absent(error: unknown): null {
  if (error instanceof ApiProblem && error.status === 404) return null;
  throw error;
}

function named(error: unknown, kind: string, id: string): never {
  if (error instanceof ApiProblem) throw new Error(`${kind} ${id}: ${error.message} ${error.mend}`.trim());
  throw error;
}
