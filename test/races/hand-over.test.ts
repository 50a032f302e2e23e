import { acceptOffer } from '../../lambdas/application/driving.ts';
import { giveParcels, handOverOrder } from '../../lambdas/application/hand-overs.ts';
import { deadlinePassed } from '../../lambdas/application/lifecycle.ts';
import { reassignOrder } from '../../lambdas/application/operations.ts';
import type { OrderId } from '../../lambdas/domain/ids.ts';
import { openHandOver } from '../../lambdas/domain/order.ts';
import { done, driverActs, driverId, openMall, place, storeActs, takeOffer } from '../harness/mall.ts';
import type { World } from '../harness/world.ts';
import { race, verdict } from './race.ts';
import { atStop, cancelling, collect, openOffers, resolving, toCounter } from './scenes.ts';

const file = import.meta.filename;
const rounds = 20;
const gone = ['no_active_run', 'unknown_stop', 'stop_done'];

race('the second driver accepts, and the channel cancels', {
  file,
  rounds,
  outcomes: ['done, done', 'offer_closed, done'],
  round: async (world) => {
    const orderId = await asked(world);
    const [offer] = openOffers(world);
    const request = world.request(offer!.driverId);
    const now = world.now();
    const verdicts = await world.together(
      () => acceptOffer(world.driving, offer!.driverId, offer!.id, offer!.version, request, now),
      cancelling(world, orderId),
    );
    await expectBack(world, orderId);
    return verdicts.map(verdict).join(', ');
  },
});

race('the second driver takes over, and the channel cancels', {
  file,
  rounds,
  outcomes: ['driver-2 brings it back', 'driver-1 brings it back'],
  round: async (world) => {
    const { orderId, take } = await met(world);
    const [taken, cancelled] = await world.together(take(), cancelling(world, orderId));
    done(cancelled);
    const { status, carriage } = await world.order(orderId);
    if (status !== 'enroute_to_return') throw new Error(`It is ${status}.`);
    const isTaken = verdict(taken) === 'done';
    if (!isTaken && !gone.includes(verdict(taken))) throw new Error(verdict(taken));
    if (isTaken !== (carriage!.driverId === driverId(2))) throw new Error(`${carriage!.driverId} has it.`);
    return `${carriage!.driverId} brings it back`;
  },
});

race('the second driver takes over as operations let the first one go on', {
  file,
  rounds,
  outcomes: ['driver-1', 'driver-2'],
  round: async (world) => {
    const { orderId, take } = await met(world);
    const [taken, resumed] = await world.together(take(), resolving(world, orderId, 'resume'));
    const { status, carriage } = await world.order(orderId);
    if (status !== 'enroute_to_dropoff') throw new Error(`It is ${status}.`);
    const [won, lost] = carriage!.driverId === driverId(2) ? [taken, resumed] : [resumed, taken];
    if (verdict(won) !== 'done' || ![...gone, 'not_held'].includes(verdict(lost))) {
      throw new Error(`${verdict(taken)}, ${verdict(resumed)}: ${carriage!.driverId}`);
    }
    return carriage!.driverId;
  },
});

race('both drivers say it at once, and the second on two phones', {
  file,
  rounds,
  outcomes: ['done, done'],
  round: async (world) => {
    const { orderId, take, give } = await met(world);
    const [given, taken, again] = await world.together(give(), take(), take());
    const verdicts = [verdict(taken), verdict(again)].sort();
    if (verdicts.filter((one) => one === 'done').length !== 1) throw new Error(verdicts.join());
    const { handOvers, carriage } = await world.order(orderId);
    if (carriage!.driverId !== driverId(2) || handOvers![0]!.mismatchSince) throw new Error('The records differ.');
    return `${verdict(given)}, done`;
  },
});

race('the second driver takes over as the hour is over', {
  file,
  rounds,
  outcomes: ['done, enroute_to_dropoff'],
  round: async (world) => {
    const { orderId, take } = await met(world);
    const { until } = openHandOver(await world.order(orderId))!;
    const [taken] = await world.together(take(), () =>
      deadlinePassed(world.tables, { orderId, generation: 1, wait: 'operationsDecide' }, until),
    );
    const { status, attention } = await world.order(orderId);
    if (attention) throw new Error(`Operations are asked: ${attention.why}.`);
    return `${verdict(taken)}, ${status}`;
  },
});

// The first driver's run has no stop: that one order leaves it and another ends in it must meet all the same.
race('one order of a run is taken over as the other is brought back', {
  file,
  rounds,
  outcomes: ['done, done, free'],
  round: async (world) => {
    const { take, other } = await met(world, 2);
    const [taken, returned] = await world.together(take(), resolving(world, other!, 'returned'));
    const { activeRunId } = await world.driver(driverId(1));
    return `${verdict(taken)}, ${verdict(returned)}, ${activeRunId ? 'bound' : 'free'}`;
  },
});

/** A driver was lost with the parcels of `count` orders on board, and the first order is on offer to the second. */
async function asked(world: World, count = 1): Promise<OrderId> {
  await openMall(world, { stores: 1, drivers: 2 });
  const orderIds: OrderId[] = [];
  for (let index = 0; index < count; index++) orderIds.push(await place(world, 1));
  for (const [index, id] of orderIds.entries()) {
    done(await storeActs(world, 1, id, { type: 'accept' }));
    const parcels = [{ label: `P${index + 1}` }];
    done(await storeActs(world, 1, id, { type: 'ready', parcels, missingLineIds: [] }));
  }
  await world.advance(0.2);
  await takeOffer(world);
  done(await driverActs(world, toCounter(1), { type: 'arrive' }));
  done(await driverActs(world, toCounter(1), collect(...orderIds.map((_, index) => index + 1))));
  const now = world.now();
  const lost = world.request('operations');
  done(await world.call(() => reassignOrder({ database: world.tables }, orderIds[0]!, 'breakdown', lost, now)));
  const request = world.request('operations');
  const ports = { database: world.tables };
  done(await world.call(() => handOverOrder(ports, orderIds[0]!, 'mall', request, now)));
  await world.advance(0.2);
  return orderIds[0]!;
}

/** The two have met. */
async function met(world: World, count = 1) {
  const orderId = await asked(world, count);
  await takeOffer(world, 2);
  const run = (await world.runOf(driverId(2)))!;
  const stop = run.stops.find(({ kind }) => kind === 'hand_over')!;
  done(await driverActs(world, stop.id, { type: 'arrive' }, 2));
  const give = () => {
    const request = world.request(driverId(1));
    const now = world.now();
    const said = { runCode: run.code, labels: ['P1'] };
    return () => giveParcels(world.tables, driverId(1), orderId, said, request, now);
  };
  const other = world.orders().find(({ id }) => id !== orderId)?.id;
  return { orderId, other, give, take: () => atStop(world, stop.id, collect(1), 2) };
}

async function expectBack(world: World, orderId: OrderId): Promise<void> {
  const { status, carriage } = await world.order(orderId);
  if (status !== 'enroute_to_return' || carriage?.driverId !== driverId(1)) {
    throw new Error(`It is ${status}, with ${carriage?.driverId}.`);
  }
  const { openOfferId, activeRunId } = await world.driver(driverId(2));
  if (openOfferId || activeRunId) throw new Error('The second driver is not free.');
}
