import { describe, expect, it } from 'vitest';
import { applyMallDocument } from '../../../local/pilot/apply-mall.ts';
import { pilotMalls } from '../../../local/pilot/pilot.ts';
import { fakeApi, type Recorded } from '../actors/fake-api.ts';

const document = { ...pilotMalls[0]!, stores: pilotMalls[0]!.stores.slice(0, 2) };

/** A directory that keeps what is put, in order. */
function directory() {
  const kept = new Map<string, object>();
  const handle = ({ method, path, body }: Recorded) => {
    const id = path.split('/').at(-1)!;
    if (method === 'PUT') {
      kept.set(path, { id, ...body });
      return { body: { id, ...body } };
    }
    if (path.endsWith('/stores')) {
      return { body: { data: [...kept].filter(([key]) => key.startsWith('/v1/stores/')).map(([, store]) => store) } };
    }
    return kept.has(path) ? { body: kept.get(path) } : { status: 404, body: { code: 'not_found', detail: 'no' } };
  };
  return { ...fakeApi(handle), kept };
}

describe('applying a mall', () => {
  it('puts each thing after what it refers to', async () => {
    const { client, requests } = directory();
    const applied = await applyMallDocument(client, document);
    const kinds = requests.filter(({ method }) => method === 'PUT').map(({ path }) => path.split('/')[2]);
    expect([...new Set(kinds)]).toEqual(['providers', 'malls', 'retailers', 'stores', 'drivers', 'channels']);
    expect(applied.filter(({ kind }) => kind === 'store').map(({ outcome }) => outcome)).toEqual([
      'created',
      'created',
    ]);
    const store = requests.find(({ path }) => path === '/v1/stores/chandler.saguaro-books')!.body;
    expect(store).toMatchObject({ mallId: 'chandler-fashion-center', hours: document.mall.hours });
    expect(store).not.toHaveProperty('id');
  });

  it('says that nothing changed the second time, and what did the third', async () => {
    const { client } = directory();
    await applyMallDocument(client, document);
    const again = await applyMallDocument(client, document);
    expect(again.filter(({ outcome }) => outcome === 'created' || outcome === 'changed')).toEqual([]);
    const moved = { ...document, stores: document.stores.map((store) => ({ ...store, level: 'Level 9' })) };
    const third = await applyMallDocument(client, moved);
    expect(third.filter(({ outcome }) => outcome === 'changed').map(({ id }) => id)).toEqual([
      'chandler.saguaro-books',
      'chandler.copper-kettle',
    ]);
  });

  it('names the thing that was refused', async () => {
    const { client } = fakeApi(({ method }) =>
      method === 'GET'
        ? { status: 404, body: { code: 'not_found', detail: 'no' } }
        : { status: 422, body: { detail: '/zone: must be an IANA time zone.', mend: 'Mend it.' } },
    );
    await expect(applyMallDocument(client, { ...document, providers: [] })).rejects.toThrow(
      'mall chandler-fashion-center: /zone: must be an IANA time zone. Mend it.',
    );
  });
});
