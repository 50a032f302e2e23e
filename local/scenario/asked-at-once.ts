import type { ApiProblem } from '../actors/api-client.ts';
import type { DriverState, Offer, Run } from '../actors/api-types.ts';
import type { Scenario } from './scenarios.ts';

/** So long before the promise that the drive alone takes most of what is left. */
const minutesLeft = 30;

/** Two drivers, one offer, one winner. */
export const askedAtOnce: Scenario = {
  name: 'asked-at-once',
  about: 'Drivers come minutes before the promise: both are asked at once, both accept at once, and one has the run.',
  play: async (stage) => {
    stage.openStores();
    const { id, promise } = await stage.place(stage.basket([0]));
    await stage.pass(Date.parse(promise.by) - minutesLeft * 60_000 - stage.now);
    const drivers = stage.mall.drivers.map((driver) => stage.person(driver.id));
    for (const driver of drivers) await driver.post('/v1/driver/shift/start');
    await stage.pass(20_000);
    const offers = await Promise.all(
      drivers.map(async (driver) => (await driver.get<{ data: Offer[] }>('/v1/driver/offers')).data[0]),
    );
    const [offer] = offers;
    if (!offer) throw new Error('Nobody was asked.');
    stage.expect(
      offers.every((one) => one?.id === offer.id),
      'not all were asked',
    );
    const answers = await Promise.allSettled(
      drivers.map((driver) => driver.post<Run>(`/v1/driver/offers/${offer.id}/accept`, { version: offer.version })),
    );
    const winner = answers.findIndex(({ status }) => status === 'fulfilled');
    const codes = answers.map((one) => (one.status === 'rejected' ? (one.reason as ApiProblem).code : 'done'));
    stage.expect(codes.toSorted().join() === 'done,offer_taken', `they were told ${codes.join(' and ')}`);
    const states = await Promise.all(drivers.map((driver) => driver.get<DriverState>('/v1/driver')));
    stage.expect(
      states.every(({ openOfferId }) => openOfferId === null),
      'somebody still has the offer',
    );
    stage.sendDriver(winner);
    const order = await stage.untilEnded(id);
    stage.expect(order.status === 'delivered', `it was ${order.status}`);
    stage.expect(order.driverId === stage.mall.drivers[winner]!.id, `${order.driverId} delivered it`);
  },
};
