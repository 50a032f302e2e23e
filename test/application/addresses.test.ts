import { expect, test } from 'vitest';
import type { ActOutcome, RepeatableRequest } from '../../lambdas/application/act.ts';
import { type PlaceOrderInput, placeOrder } from '../../lambdas/application/ordering.ts';
import { keys } from '../../lambdas/application/records.ts';
import type { AddressCandidate } from '../../lambdas/domain/address.ts';
import { asId } from '../../lambdas/domain/ids.ts';
import type { Rejection } from '../../lambdas/domain/rejection.ts';
import { channelId, done, openMall, orderInput } from '../harness/mall.ts';
import { World } from '../harness/world.ts';

const house = { label: '1 W Frye Rd, Chandler', number: '1', street: 'W Frye Rd', position: [-111.86, 33.3] } as const;
const other = { ...house, label: '1 E Frye Rd, Chandler', street: 'E Frye Rd', position: [-111.84, 33.3] } as const;

/** A mall whose geocoder answers with `found`, and counts. */
async function open(found: AddressCandidate[]) {
  const world = new World();
  await openMall(world);
  const searches: string[] = [];
  const geocoder = {
    search: async (address: string) => {
      searches.push(address);
      return found;
    },
  };
  const place = (address: string, change: Partial<PlaceOrderInput> = {}, request?: RepeatableRequest) => {
    const { position: _, ...dropoff } = orderInput().dropoff;
    const input = { ...orderInput(), ...change, dropoff: { ...dropoff, address } };
    const asked = request ?? world.request('channel:channel-1');
    return placeOrder({ ...world.ordering, geocoder }, channelId, input, asked, world.now());
  };
  return { world, place, searches };
}

test('an address is searched for once, however often its request is repeated', async () => {
  const { world, place, searches } = await open([house]);
  const request = world.request('channel:channel-1');
  const first = done(await place('1 W Frye Rd, Chandler', {}, request));
  const again = done(await place('1 W Frye Rd, Chandler', {}, request));
  expect([again.replayed, again.body]).toEqual([true, first.body]);
  expect(searches).toEqual(['1 W Frye Rd, Chandler']);
  const { id } = first.body as { id: string };
  const personal = await world.database.get(keys.personal(asId(id)));
  expect(personal?.data).toMatchObject({ address: '1 W Frye Rd, Chandler', position: house.position });
});

test('one that may be two houses is answered with both, and nothing is kept of it', async () => {
  const { world, place, searches } = await open([house, other]);
  const before = ['orders', 'personal', 'requests'].map((table) => world.database.all(table as 'orders').length);
  expect(await place('1 Frye Rd, Chandler')).toMatchObject({
    rejected: true,
    code: 'address_ambiguous',
    detail: 'The address may mean 2 places.',
    pointer: '/dropoff/address',
    candidates: [house, other],
  });
  expect(searches.length).toBe(1);
  expect(['orders', 'personal', 'requests'].map((table) => world.database.all(table as 'orders').length)).toEqual(
    before,
  );
});

test.each<[string, Partial<PlaceOrderInput>, string]>([
  ['a store that is not there', { pickups: [{ ...orderInput(1).pickups[0]!, storeId: 'nowhere' }] }, 'unknown_store'],
  ['a window that is over', { promise: { kind: 'scheduled' } }, 'window_too_early'],
])('no address is searched for with %s', async (_, change, code) => {
  const { place, searches } = await open([house]);
  expect(await place('1 W Frye Rd', change)).toMatchObject({ code });
  expect(searches).toEqual([]);
});

test('no address is searched for with an externalId that is taken', async () => {
  const { place, searches } = await open([house]);
  done((await place('1 W Frye Rd', { externalId: 'A-1' })) as ActOutcome | Rejection);
  expect(await place('1 W Frye Rd', { externalId: 'A-1' })).toMatchObject({ code: 'external_id_taken' });
  expect(searches.length).toBe(1);
});

test('one that is not found, and one that is too far, say what to do', async () => {
  const nowhere = await open([]);
  expect(await nowhere.place('1 Rue de Rivoli')).toMatchObject({
    code: 'address_not_found',
    mend: expect.stringContaining('dropoff.position'),
  });
  const remote = await open([{ ...house, position: [-112.4, 33.6] }]);
  expect(await remote.place('1 W Frye Rd')).toMatchObject({
    code: 'outside_delivery_area',
    detail: expect.stringContaining('it delivers within 16 km'),
    mend: expect.stringContaining('GET /v1/malls'),
  });
});
