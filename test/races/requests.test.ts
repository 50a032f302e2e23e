import { expect } from 'vitest';
import type { ActOutcome, RepeatableRequest } from '../../lambdas/application/act.ts';
import { acceptOffer } from '../../lambdas/application/driving.ts';
import { type PlaceOrderInput, placeOrder } from '../../lambdas/application/ordering.ts';
import type { FleetEvent } from '../../lambdas/domain/fleet.ts';
import { bringHome } from '../harness/home.ts';
import { channelId, done, openMall, orderInput } from '../harness/mall.ts';
import type { World } from '../harness/world.ts';
import { race, verdict } from './race.ts';
import { atLastCounter, atStop, atStore, cancelling, collect, offered, toCounter } from './scenes.ts';

const file = import.meta.filename;
const twins = 5;

race('the same order placed five times with one key is placed once', {
  file,
  outcomes: ['1 order, 4 replayed'],
  round: async (world) => {
    await openMall(world, { stores: 1 });
    const request = world.request('channel:channel-1');
    return placedBy(world, await together(world, placing(world, request)));
  },
});

race('the same order placed five times with one key, which was used the day before, is placed once', {
  file,
  outcomes: ['2 orders, 4 replayed'],
  round: async (world) => {
    await openMall(world, { stores: 1 });
    const request = world.request('channel:channel-1');
    await world.call(placing(world, request));
    await bringHome(world);
    await world.advance(25 * 60);
    return placedBy(world, await together(world, placing(world, request)));
  },
});

race('two orders of one external id: one is placed, the other is told of it', {
  file,
  outcomes: ['done, external_id_taken', 'external_id_taken, done'],
  round: async (world) => {
    await openMall(world, { stores: 1 });
    const order = { externalId: 'A-1' };
    const verdicts = await world.together(
      placing(world, world.request('channel:channel-1'), order),
      placing(world, world.request('channel:channel-1'), order),
    );
    expect(world.orders()).toHaveLength(1);
    return verdicts.map(verdict).join(', ');
  },
});

race('each act of a driver, sent five times with one key, is answered alike and done once', {
  file,
  outcomes: ['1 run, 1 arrival'],
  round: async (world) => {
    const offer = await offered(world);
    const request = world.request(offer.driverId);
    const now = world.now();
    const accepted = await together(world, () =>
      acceptOffer(world.driving, offer.driverId, offer.id, offer.version, request, now),
    );
    const arrived = await together(world, atStop(world, toCounter(1), { type: 'arrive' }));
    for (const answers of [accepted, arrived]) allAlike(answers);
    const fleet = world.database.all('fleet');
    const arrivals = fleet.filter((item) => (item.data as FleetEvent).type === 'run.stop_arrived');
    return `${fleet.filter(({ sk }) => sk === 'RUN').length} run, ${arrivals.length} arrival`;
  },
});

race('a collection sent five times with one key, while the channel cancels', {
  file,
  outcomes: ['no_active_run', '4 replayed'],
  round: async (world) => {
    const orderId = await atLastCounter(world);
    const [, ...collected] = await world.together(
      cancelling(world, orderId),
      ...Array(twins).fill(atStop(world, toCounter(1), collect(1))),
    );
    const verdicts = new Set(collected.map(verdict));
    expect(verdicts.size).toBe(1);
    return verdicts.has('done') ? replayed(collected as ActOutcome[]) : [...verdicts][0]!;
  },
});

race('a store accepts five times with different keys: once', {
  file,
  outcomes: ['1 of 5'],
  round: async (world) => {
    await openMall(world, { stores: 1 });
    const placed = done(await world.call(placing(world, world.request('channel:channel-1'))));
    const { id } = placed.body as { id: never };
    const accepts = Array.from({ length: twins }, () => atStore(world, 1, id, { type: 'accept' }));
    const verdicts = (await world.together(...accepts)).map(verdict);
    return `${verdicts.filter((one) => one === 'done').length} of ${verdicts.length}`;
  },
});

/** One request, sent several times at the same moment. */
async function together(world: World, request: () => Promise<unknown>): Promise<ActOutcome[]> {
  const outcomes = await world.together(...Array<typeof request>(twins).fill(request));
  return outcomes.map((outcome) => done(outcome as ActOutcome));
}

function placing(world: World, request: RepeatableRequest, change: Partial<PlaceOrderInput> = {}) {
  const now = world.now();
  return () => placeOrder(world.ordering, channelId, { ...orderInput(1), ...change }, request, now);
}

function placedBy(world: World, outcomes: ActOutcome[]): string {
  const orders = world.orders().length;
  return `${orders} order${orders === 1 ? '' : 's'}, ${replayed(outcomes)}`;
}

function allAlike(outcomes: ActOutcome[]): void {
  expect(new Set(outcomes.map(({ status, body }) => JSON.stringify([status, body]))).size).toBe(1);
}

/** How many were answered from the record; all of them with the same words. */
function replayed(outcomes: ActOutcome[]): string {
  allAlike(outcomes);
  return `${outcomes.filter((outcome) => outcome.replayed).length} replayed`;
}
