import { afterAll, beforeAll, describe, expect } from 'vitest';
import { hasEngine, test } from '../local/with-engine.ts';
import { expectProblem } from './problem.ts';
import { type Answer, World } from './world.ts';

let world: World;
beforeAll(async () => {
  if (hasEngine) world = await World.open();
});
afterAll(() => world?.close());

const operations = (method: string, path: string, body?: object) =>
  world.succeed({ method, path, token: world.tokens.operations, body });
const driverId = () => world.mall.drivers[0]!.id;
const ofDriver = (act = '') => `/v1/drivers/${driverId()}${act}`;
const refused = (answer: Answer) => {
  expectProblem(answer, answer.text);
  return [answer.status, answer.body.code];
};

describe('a driver who is suspended', () => {
  test('loses the open offer at once, reads why, appeals once, and works again when it is granted', async () => {
    const { orderId, offerId, version } = await world.offered();
    await operations('POST', ofDriver('/suspend'), { reason: 'conduct', note: 'Shouted at a store.' });
    const { token, ...accept } = {
      method: 'POST',
      path: `/v1/driver/offers/${offerId}/accept`,
      token: world.tokens.driver,
      body: { version },
    };
    expect(refused(await world.send({ ...accept, token }))).toEqual([409, 'offer_closed']);
    const { order } = await operations('GET', `/v1/ops/orders/${orderId}`);
    expect(order.status).toBe('created');
    await world.onShift(undefined, world.tokens.otherDriver);
    await world.nextOffer(world.tokens.otherDriver);

    const own = await world.succeed({ method: 'GET', path: '/v1/driver', token });
    expect(own).toMatchObject({
      status: 'suspended',
      shift: null,
      suspension: { reason: 'conduct', texts: { note: 'Shouted at a store.' } },
    });
    const start = { method: 'POST', path: '/v1/driver/shift/start', token };
    expect(refused(await world.send(start))).toEqual([403, 'driver_suspended']);
    const listed = await operations('GET', '/v1/drivers?list=suspended');
    expect(listed.data).toMatchObject([{ id: driverId(), suspension: { reason: 'conduct' } }]);

    expect(
      refused(
        await world.send({
          method: 'POST',
          path: ofDriver('/uphold'),
          token: world.tokens.operations,
          body: { answer: 'No.' },
        }),
      ),
    ).toEqual([409, 'no_appeal']);
    const appeal = { method: 'POST', path: '/v1/driver/appeal', token, body: { text: 'It was somebody else.' } };
    await world.succeed(appeal);
    expect(refused(await world.send(appeal))).toEqual([409, 'appeal_made']);
    expect((await operations('GET', ofDriver())).suspension.texts).toEqual({
      note: 'Shouted at a store.',
      appeal: 'It was somebody else.',
    });
    await operations('POST', ofDriver('/uphold'), { answer: 'The camera says it was you.' });
    const upheld = await world.succeed({ method: 'GET', path: '/v1/driver', token });
    expect(upheld.suspension).toMatchObject({
      appeal: { upheldAt: expect.any(String) },
      texts: { answer: 'The camera says it was you.' },
    });
    await operations('POST', ofDriver('/reinstate'), { answer: 'We looked again.' });
    await world.succeed(start);

    const acts = (await operations('GET', `/v1/audit?driverId=${driverId()}&limit=100`)).data;
    const by = (act: string) => acts.find((entry: { act: string }) => entry.act === act)?.by;
    expect(by('driver.suspended')).toMatchObject({ kind: 'operations', subject: 'operations' });
    expect(by('driver.appealed')).toMatchObject({ kind: 'driver', id: driverId() });
    expect(by('driver.reinstated')).toMatchObject({ kind: 'operations' });
  });

  test('by what applies drivers is left as they are, unless it says so', async () => {
    const { name, vehicle } = world.mall.drivers[0]!;
    const mallId = world.mall.mall.id;
    await operations('POST', ofDriver('/suspend'), { reason: 'under_review' });
    const applied = await operations('PUT', ofDriver(), { name, vehicle, mallId });
    expect(applied).toMatchObject({ status: 'suspended', suspension: { reason: 'under_review' } });
    const active = await operations('PUT', ofDriver(), { name, vehicle, mallId, status: 'active' });
    expect(active.status).toBe('active');
    expect(active).not.toHaveProperty('suspension');
    const again = await operations('PUT', ofDriver(), { name, vehicle, mallId, status: 'suspended' });
    expect(again).toMatchObject({ status: 'suspended', suspension: { reason: 'other' } });
    await operations('POST', ofDriver('/reinstate'));
  });
});
