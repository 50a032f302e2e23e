import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { keys } from '../../lambdas/application/records.ts';
import { relaySubject } from '../../lambdas/application/relay.ts';
import type { PublicEvent } from '../../lambdas/domain/events.ts';
import type { OrderId } from '../../lambdas/domain/ids.ts';
import { publicEvent } from '../../lambdas/http/event-schemas.ts';
import { orderInput, place } from '../harness/mall.ts';
import { accept, cancel, finish, minutes, newStory, pack } from '../workflow/story.ts';

/** A bus that takes what `takes` says, and remembers all that it took. */
function newBus() {
  const taken: PublicEvent[] = [];
  const bus = {
    takes: (_: PublicEvent) => true,
    taken,
    publish: async (events: readonly PublicEvent[]) => {
      taken.push(...events.filter((event) => bus.takes(event)));
      return events.filter((event) => !bus.takes(event));
    },
  };
  return bus;
}
type World = Awaited<ReturnType<typeof newStory>>['world'];

const sequenceOf = async (world: World, orderId: OrderId) => (await world.order(orderId)).sequence;
const of = (orderId: OrderId, taken: PublicEvent[]) => taken.filter((event) => event.orderId === orderId);
const sequences = (events: PublicEvent[]) => events.map(({ sequence }) => sequence);
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);
const aside = (world: World, orderId: OrderId) => world.database.get(keys.unpublished(orderId));

describe('the bus of the operator', () => {
  test('gets every event of an order once, as it is documented, and nothing personal', async () => {
    const bus = newBus();
    const { world, orderId } = await newStory({ world: { bus }, externalId: 'A-1' });
    await accept(world, orderId, 1, 2, 3);
    await pack(world, orderId, 1, 2, 3);
    await minutes(world, 1);
    await cancel(world, orderId);
    await minutes(world, 2);
    expect(sequences(bus.taken)).toEqual(upTo(await sequenceOf(world, orderId)));
    for (const event of bus.taken) {
      expect(z.safeParse(publicEvent, event).error?.issues, event.type).toBeUndefined();
      expect(event).toMatchObject({ channelId: 'channel-1', mallId: 'mall-1', externalId: 'A-1' });
    }
    const { name, phone, address } = orderInput().dropoff;
    for (const personal of [name, phone, address]) expect(JSON.stringify(bus.taken)).not.toContain(personal);
    expect(await aside(world, orderId)).toBeNull();
  });

  test('that is broken holds up neither this order nor another, and gets everything later', async () => {
    const bus = newBus();
    bus.takes = () => false;
    const { world, orderId } = await newStory({ world: { bus } });
    const other = await place(world, 1);
    await accept(world, orderId, 1, 2, 3);
    await pack(world, orderId, 1, 2, 3);
    await cancel(world, other);
    await minutes(world, 1);
    expect((await world.order(orderId)).offerId).not.toBeNull();
    expect((await world.order(other)).status).toBe('cancelled');
    expect(bus.taken).toEqual([]);

    bus.takes = () => true;
    await minutes(world, 64);
    for (const id of [orderId, other]) {
      expect([...new Set(sequences(of(id, bus.taken)))].sort((a, b) => a - b)).toEqual(
        upTo(await sequenceOf(world, id)),
      );
      expect(await aside(world, id)).toBeNull();
    }
  });

  test('gets what one delivery of an order saw and another, which was faster, did not', async () => {
    const { world, orderId } = await newStory();
    const { pk } = keys.order(orderId);
    await minutes(world, 1);
    world.streamsOn = false;
    const before = await sequenceOf(world, orderId);
    const [slowAsks, quickEnds] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const deliver = (publish: ReturnType<typeof newBus>['publish']) =>
      relaySubject({ database: world.database, nudges: world.nudges, bus: { publish } }, 'orders', pk, world.now());

    let slow: Promise<number> | undefined;
    await accept(world, orderId, 1);
    await deliver(async () => {
      await accept(world, orderId, 2);
      slow ??= deliver(async (events) => {
        slowAsks.resolve();
        await quickEnds.promise;
        return [...events];
      });
      await slowAsks.promise;
      return [];
    });
    quickEnds.resolve();
    await slow;
    expect(await aside(world, orderId)).toMatchObject({ sequences: [before + 2] });
  });

  test('is asked again for what it did not take, ever more seldom, and for nothing else', async () => {
    const bus = newBus();
    const asked: number[] = [];
    bus.takes = ({ sequence }) => sequence !== 1;
    const { world, orderId } = await newStory({ world: { bus } });
    const inner = bus.publish;
    bus.publish = async (events) => {
      if (events.some(({ sequence }) => sequence === 1)) asked.push(Math.round((world.clock.now() - started) / 60_000));
      return inner(events);
    };
    const started = world.clock.now();
    expect(await aside(world, orderId)).toMatchObject({ sequences: [1], failures: 1, askedAt: null });
    await minutes(world, 9);
    expect(asked).toEqual([1, 3, 7]);
    expect(await aside(world, orderId)).toMatchObject({ sequences: [1], failures: 4 });
    bus.takes = () => true;
    await minutes(world, 7);
    expect(asked).toEqual([1, 3, 7, 15]);
    expect(await aside(world, orderId)).toBeNull();
    expect(sequences(of(orderId, bus.taken)).filter((sequence) => sequence === 1)).toEqual([1]);
  });

  test('that was turned off meanwhile leaves nothing behind', async () => {
    const bus = newBus();
    bus.takes = () => false;
    const { world, orderId } = await newStory({ world: { bus } });
    expect(await aside(world, orderId)).not.toBeNull();
    bus.publish = async () => [];
    await minutes(world, 2);
    await cancel(world, orderId);
    await finish(world);
    expect(await aside(world, orderId)).toBeNull();
  });
});
