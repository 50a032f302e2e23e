import { reassignOrder } from '../../lambdas/application/operations.ts';
import { dataOf } from '../../lambdas/application/records.ts';
import type { Run } from '../../lambdas/domain/fleet.ts';
import type { OrderId } from '../../lambdas/domain/ids.ts';
import { done, driverActs, openMall, place, storeActs, takeOffer } from '../harness/mall.ts';
import type { World } from '../harness/world.ts';
import { race, verdict } from './race.ts';
import { atStop, cancelling, collect, handOver, openOffers, resolving, toCounter, toDoor } from './scenes.ts';

const file = import.meta.filename;

// A held order has no stop, so its end alone does not show in the run; the last of two must end the run all the same.
race('operations have both held orders of a run brought back at once', {
  file,
  outcomes: ['done, done, run completed'],
  round: async (world) => {
    const [first, second] = await bothHeld(world);
    const verdicts = await world.together(resolving(world, first, 'returned'), resolving(world, second, 'lost'));
    return `${verdicts.map(verdict).join(', ')}, run ${runOf(world).status}`;
  },
});

race('a held order is brought back while the driver delivers the other of the run', {
  file,
  outcomes: ['done, done, run completed'],
  round: async (world) => {
    const [first, second] = await bothHeld(world);
    done(await world.call(resolving(world, second, 'resume')));
    done(await driverActs(world, toDoor(second), { type: 'arrive' }));
    const verdicts = await world.together(
      resolving(world, first, 'returned'),
      atStop(world, toDoor(second), handOver(2)),
    );
    return `${verdicts.map(verdict).join(', ')}, run ${runOf(world).status}`;
  },
});

race('the channel cancels both orders of an offer at once', {
  file,
  outcomes: ['done, done, no offer'],
  round: async (world) => {
    const [first, second] = await bundled(world);
    const verdicts = await world.together(cancelling(world, first), cancelling(world, second));
    return `${verdicts.map(verdict).join(', ')}, ${openOffers(world).length === 0 ? 'no offer' : 'an offer'}`;
  },
});

race('the channel cancels both orders of a run before anything is collected', {
  file,
  outcomes: ['done, done, run completed'],
  round: async (world) => {
    const [first, second] = await bundled(world);
    await takeOffer(world);
    const verdicts = await world.together(cancelling(world, first), cancelling(world, second));
    return `${verdicts.map(verdict).join(', ')}, run ${runOf(world).status}`;
  },
});

race('operations take a run from its driver, who collects at that moment', {
  file,
  outcomes: ['done, done, held', 'done, no_active_run, created'],
  round: async (world) => {
    const [first] = await bundled(world);
    await pack(world, first, 1);
    await takeOffer(world);
    done(await driverActs(world, toCounter(1), { type: 'arrive' }));
    const request = world.request('operations');
    const now = world.now();
    const [lost, collected] = await world.together(
      () => reassignOrder({ database: world.tables }, first, 'breakdown', request, now),
      atStop(world, toCounter(1), collect(1)),
    );
    return `${verdict(lost)}, ${verdict(collected)}, ${(await world.order(first)).status}`;
  },
});

/** Two orders of one store each, confirmed, in one open offer. */
async function bundled(world: World): Promise<[OrderId, OrderId]> {
  await openMall(world, { stores: 2, drivers: 1 });
  const first = await place(world, 1);
  const second = await place(world, 1, { pickups: [{ storeId: 'store-2', lines: [line] }] });
  done(await storeActs(world, 1, first, { type: 'accept' }));
  done(await storeActs(world, 2, second, { type: 'accept' }));
  await world.advance(0.2);
  return [first, second];
}

/** Both are on board of a driver whom operations have lost. */
async function bothHeld(world: World): Promise<[OrderId, OrderId]> {
  const [first, second] = await bundled(world);
  await pack(world, first, 1);
  await pack(world, second, 2);
  await takeOffer(world);
  for (const store of [1, 2]) {
    done(await driverActs(world, toCounter(store), { type: 'arrive' }));
    done(await driverActs(world, toCounter(store), collect(store)));
  }
  const request = world.request('operations');
  const now = world.now();
  done(await world.call(() => reassignOrder({ database: world.tables }, first, 'breakdown', request, now)));
  return [first, second];
}

async function pack(world: World, orderId: OrderId, store: number): Promise<void> {
  done(
    await storeActs(world, store, orderId, { type: 'ready', parcels: [{ label: `P${store}` }], missingLineIds: [] }),
  );
}

const line = { sku: 'sku-2', name: 'Thing 2', quantity: 1, unitPriceCents: 2000 };

function runOf(world: World): Run {
  return dataOf<Run>(world.database.all('fleet').find(({ sk }) => sk === 'RUN')!);
}
