import { deadlinePassed } from '../../lambdas/application/lifecycle.ts';
import { parseInstant, plusSeconds } from '../../lambdas/domain/time.ts';
import { openMall, place, ready } from '../harness/mall.ts';
import { race, verdict } from './race.ts';
import { atLastCounter, atStop, atStore, cancelling, collect, confirmed, toCounter } from './scenes.ts';

const file = import.meta.filename;

race('the channel cancels, and the driver collects the last parcel', {
  file,
  // What counts is whether anything is on board when the order is cancelled.
  outcomes: ['done, no_active_run, cancelled', 'done, done, enroute_to_return'],
  round: async (world) => {
    const orderId = await atLastCounter(world);
    const [cancelled, collected] = await world.together(
      cancelling(world, orderId),
      atStop(world, toCounter(1), collect(1)),
    );
    return `${verdict(cancelled)}, ${verdict(collected)}, ${(await world.order(orderId)).status}`;
  },
});

race('the channel cancels, and the driver collects the last of three parcels', {
  file,
  outcomes: ['done, stop_done', 'done, done'],
  round: async (world) => {
    const orderId = await atLastCounter(world, 3);
    const [cancelled, collected] = await world.together(
      cancelling(world, orderId),
      atStop(world, toCounter(3), collect(3)),
    );
    const { status, parcels } = await world.order(orderId);
    const aboard = parcels.filter(({ state }) => state.at === 'driver').length;
    if (status !== 'enroute_to_return' || aboard !== (verdict(collected) === 'done' ? 3 : 2)) {
      throw new Error(`The order is ${status} with ${aboard} parcels on board.`);
    }
    return `${verdict(cancelled)}, ${verdict(collected)}`;
  },
});

race('a store is ready on one screen and rejects on another', {
  file,
  outcomes: ['done, transition_not_allowed, ready', 'transition_not_allowed, done, rejected'],
  round: async (world) => {
    const orderId = await confirmed(world, { stores: 2 });
    const [packed, rejected] = await world.together(
      atStore(world, 1, orderId, ready(1)),
      atStore(world, 1, orderId, { type: 'reject', reason: 'out_of_stock' }),
    );
    return `${verdict(packed)}, ${verdict(rejected)}, ${(await world.order(orderId)).pickups[0]!.status}`;
  },
});

race('the only store is ready on one screen and rejects on another', {
  file,
  outcomes: ['done, transition_not_allowed, created', 'order_ended, done, cancelled'],
  round: async (world) => {
    const orderId = await confirmed(world);
    const [packed, rejected] = await world.together(
      atStore(world, 1, orderId, ready(1)),
      atStore(world, 1, orderId, { type: 'reject', reason: 'out_of_stock' }),
    );
    return `${verdict(packed)}, ${verdict(rejected)}, ${(await world.order(orderId)).status}`;
  },
});

race('a store accepts as its time to confirm is up', {
  file,
  outcomes: ['done, confirmed', 'order_ended, ended'],
  round: async (world) => {
    await openMall(world, { stores: 1 });
    const orderId = await place(world, 1);
    const dueAt = (await world.order(orderId)).storesConfirmBy;
    const [accepted, deadline] = await world.together(
      atStore(world, 1, orderId, { type: 'accept' }, plusSeconds(dueAt, -1)),
      () => deadlinePassed(world.tables, { orderId, generation: 1, wait: 'storesConfirm' }, parseInstant(dueAt)),
    );
    return `${verdict(accepted)}, ${deadline.outcome}`;
  },
});

race('two stores get ready at the same moment', {
  file,
  outcomes: ['done, done'],
  round: async (world) => {
    const orderId = await confirmed(world, { stores: 2 });
    const verdicts = await world.together(atStore(world, 1, orderId, ready(1)), atStore(world, 2, orderId, ready(2)));
    return verdicts.map(verdict).join(', ');
  },
});
