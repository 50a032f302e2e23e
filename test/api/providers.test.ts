import { afterAll, beforeAll, describe, expect } from 'vitest';
import { hasEngine, test } from '../local/with-engine.ts';
import { expectProblem } from './problem.ts';
import { World } from './world.ts';

let world: World;
beforeAll(async () => {
  if (hasEngine) world = await World.open();
});
afterAll(() => world?.close());

const send = (method: string, path: string, body?: object) =>
  world.send({ method, path, token: world.tokens.operations, body });
const succeed = (method: string, path: string, body?: object) =>
  world.succeed({ method, path, token: world.tokens.operations, body });
const driver = (index: number) => world.mall.drivers[index]!.id;
const applyDriver = (index: number, more: object) =>
  send('PUT', `/v1/drivers/${driver(index)}`, { name: 'Kim', mallId: world.mall.mall.id, ...more });
const insurances = (expiresOn: string) =>
  ['commercial_auto', 'workers_compensation', 'cargo_liability'].map((kind) => ({ kind, expiresOn }));
const vans = () => ({
  kind: 'delivery_partner',
  name: 'Vans Inc.',
  zone: world.mall.mall.zone,
  vehicles: ['van', 'car'],
  mallIds: [world.mall.mall.id],
  hours: world.mall.mall.hours,
  insurances: insurances('2026-12-20'),
});

describe('a provider', () => {
  test('is applied, found with its drivers, suspended with a reason and reinstated', async () => {
    const applied = await succeed('PUT', '/v1/providers/vans-inc', vans());
    expect(applied).toMatchObject({ id: 'vans-inc', cities: [], status: 'active', standing: 'cleared' });
    expect(applied.insurancesEndingSoon).toHaveLength(3);
    const trained = { vehicle: 'van', providerId: 'vans-inc', trainedOn: '2026-11-02' };
    expect((await applyDriver(1, trained)).status).toBe(200);
    const { drivers } = await succeed('GET', '/v1/providers/vans-inc');
    expect(drivers).toMatchObject([{ id: driver(1), providerId: 'vans-inc', vehicle: 'van', shift: null }]);
    await succeed('POST', '/v1/providers/vans-inc/suspend', { reason: 'Complaints of stores' });
    // What is applied leaves the standing alone.
    await succeed('PUT', '/v1/providers/vans-inc', { ...vans(), name: 'Vans and More' });
    const { data } = await succeed('GET', '/v1/providers');
    expect(data).toMatchObject([
      { name: 'Vans and More', standing: 'suspended', suspension: { reason: 'Complaints of stores' } },
    ]);
    const shift = { method: 'POST', path: '/v1/driver/shift/start', token: world.tokens.otherDriver };
    const refused = await world.send(shift);
    expectProblem(refused, 'a shift for a suspended provider');
    expect([refused.status, refused.body.code]).toEqual([409, 'provider_not_cleared']);
    await succeed('POST', '/v1/providers/vans-inc/reinstate');
    expect((await succeed('GET', '/v1/providers/vans-inc')).provider.suspension).toBeUndefined();
    expect((await world.send(shift)).status).toBe(200);
    expect((await succeed('GET', '/v1/providers/vans-inc')).drivers).toMatchObject([
      { shift: { startedAt: expect.any(String) } },
    ]);
  });

  test('shows each of its insurances, runs what its kind may, and has a name of its own', async () => {
    const [commercial] = insurances('2027-01-31');
    for (const [change, pointer] of [
      [{ insurances: [commercial] }, '/insurances'],
      [{ insurances: [...insurances('2027-01-31'), commercial] }, '/insurances'],
      [{ insurances: insurances('soon') }, '/insurances/0/expiresOn'],
      [{ vehicles: ['lorry'] }, '/vehicles/0'],
      [{ kind: 'hub_store' }, '/vehicles/0'],
      [{ kind: 'gig' }, '/kind'],
      [{ hours: { weekly: { mon: { opens: '18:00', closes: '08:00' } } } }, '/hours/weekly/mon'],
    ] as const) {
      const answer = await send('PUT', '/v1/providers/vans-inc', { ...vans(), ...change });
      expectProblem(answer, JSON.stringify(change));
      expect([answer.status, answer.body.errors.map((error: { pointer: string }) => error.pointer)]).toEqual([
        422,
        expect.arrayContaining([pointer]),
      ]);
    }
    expect((await send('PUT', '/v1/providers/gig', vans())).status).toBe(404);
  });

  test('of a hub store delivers within ten miles', async () => {
    const { vehicles: _, mallIds: __, hours: calendar, insurances: ___, ...corner } = vans();
    const hub = { ...corner, kind: 'hub_store', vehicles: ['bicycle'], position: world.mall.mall.position, calendar };
    expect(await succeed('PUT', '/v1/providers/corner-bikes', hub)).toMatchObject({ radiusMetres: 16_093 });
    expect((await send('PUT', '/v1/providers/corner-bikes', { ...hub, radiusMetres: 20_000 })).status).toBe(422);
  });

  test('is that of a driver only with what it runs, and with training', async () => {
    await succeed('PUT', '/v1/providers/vans-inc', vans());
    for (const [more, code, pointer] of [
      [{ providerId: 'nobody' }, 'not_found', '/providerId'],
      [{ vehicle: 'van' }, 'vehicle_not_possible', '/vehicle'],
      [{ vehicle: 'bicycle', providerId: 'vans-inc' }, 'vehicle_not_possible', '/vehicle'],
      [{ vehicle: 'van', providerId: 'vans-inc' }, 'training_missing', '/trainedOn'],
      [{ vehicle: 'van', providerId: 'vans-inc', trainedOn: '2026-12-02' }, 'training_missing', '/trainedOn'],
    ] as const) {
      const answer = await applyDriver(0, more);
      expectProblem(answer, JSON.stringify(more));
      expect([answer.body.code, answer.body.errors[0].pointer]).toEqual([code, pointer]);
    }
  });
});

describe('what a retailer says of providers', () => {
  test('names those that are there', async () => {
    const { id, name } = world.mall.retailers[0]!;
    const apply = (inOrder: string[]) => send('PUT', `/v1/retailers/${id}`, { name, providers: { inOrder } });
    const unknown = await apply(['gig', 'nobody']);
    expectProblem(unknown, 'an unknown provider');
    expect([unknown.status, unknown.body.errors[0].pointer]).toEqual([404, '/providers/inOrder/1']);
    expect((await apply(['gig', 'gig'])).status).toBe(422);
    expect((await apply([])).status).toBe(422);
    expect((await apply(['gig'])).body.providers).toEqual({ inOrder: ['gig'], fallbackAfterMinutes: 10 });
  });

  test('is said by the retailer itself, and stays when operations apply the retailer again', async () => {
    const { id, name } = world.mall.retailers[0]!;
    const path = `/v1/retailers/${id}/providers`;
    const token = world.tokens.retailer;
    const own = (method: string, body?: object) => world.send({ method, path, token, body });
    await succeed('PUT', '/v1/providers/vans-inc', vans());
    const choice = { inOrder: ['vans-inc', 'gig'], fallbackAfterMinutes: 25 };
    const { status, body } = await own('PUT', { choice });
    expect([status, body.choice]).toEqual([200, choice]);
    await succeed('PUT', `/v1/retailers/${id}`, { name: `${name} & Daughters` });
    const read = await own('GET');
    expect(read.body.choice).toEqual(choice);
    expect(read.body.providers).toEqual([
      { id: 'gig', kind: 'gig', vehicles: ['car', 'motorcycle', 'bicycle', 'walking'], standing: 'cleared' },
      expect.objectContaining({ kind: 'hub_store' }),
      { id: 'vans-inc', kind: 'delivery_partner', name: 'Vans Inc.', vehicles: ['van', 'car'], standing: 'cleared' },
    ]);

    const unknown = await own('PUT', { choice: { inOrder: ['nobody'] } });
    expectProblem(unknown, 'an unknown provider');
    expect(unknown.body.errors[0].pointer).toBe('/choice/inOrder/0');
    const foreign = await world.send({ method: 'PUT', path, token: world.tokens.otherRetailer, body: { choice } });
    expectProblem(foreign, 'of another retailer');
    expect(foreign.status).toBe(404);
    expect((await own('PUT', { choice: null })).body.choice).toBeNull();
    expect((await succeed('GET', path)).choice).toBeNull();
  });

  test('stands on the order, which goes to whom it names, in a van where it asks for one', async () => {
    const { id, name } = world.mall.retailers[0]!;
    await succeed('PUT', '/v1/providers/vans-inc', vans());
    const none = await world.send({
      method: 'POST',
      path: '/v1/orders',
      token: world.tokens.channel,
      body: { ...world.basket([1]), vehicle: 'van' },
    });
    expectProblem(none, 'a van that nobody has');
    expect([none.status, none.body.code, none.body.errors[0].pointer]).toEqual([422, 'no_provider', '/vehicle']);
    const providers = { inOrder: ['vans-inc', 'gig'], fallbackAfterMinutes: 15 };
    await succeed('PUT', `/v1/retailers/${id}`, { name, providers });
    await applyDriver(1, { vehicle: 'van', providerId: 'vans-inc', trainedOn: '2026-11-02' });
    const order = await world.succeed({
      method: 'POST',
      path: '/v1/orders',
      token: world.tokens.channel,
      body: { ...world.basket(), vehicle: 'van' },
    });
    expect(order).toMatchObject({ vehicle: 'van', providers });
    await world.onShift();
    await world.onShift(undefined, world.tokens.otherDriver);
    await world.succeed({
      method: 'POST',
      path: `/v1/stores/${world.mall.stores[0]!.id}/pickups/${order.id}/accept`,
      token: world.tokens.store,
    });
    const { offerId, version } = await world.nextOffer(world.tokens.otherDriver);
    const token = world.tokens.otherDriver;
    await world.succeed({ method: 'POST', path: `/v1/driver/offers/${offerId}/accept`, token, body: { version } });
    const carried = await world.succeed({ method: 'GET', path: `/v1/orders/${order.id}`, token: world.tokens.channel });
    expect(carried).toMatchObject({ status: 'assigned', driverId: driver(1), providerId: 'vans-inc' });
    const { data } = await world.succeed({ method: 'GET', path: '/v1/driver/earnings', token });
    expect(data).toMatchObject([{ kind: 'run', providerId: 'vans-inc' }]);
  });
});
