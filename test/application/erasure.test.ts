import { beforeEach, describe, expect, test } from 'vitest';
import { erasedSince } from '../../lambdas/application/audit.ts';
import type { Database } from '../../lambdas/application/database.ts';
import { createProofUpload } from '../../lambdas/application/driving.ts';
import { type ErasureAsker, type ErasurePorts, eraseOrder, finishErasures } from '../../lambdas/application/erasure.ts';
import { inspectOrder } from '../../lambdas/application/operations.ts';
import { getOrder } from '../../lambdas/application/ordering.ts';
import { findPersonal } from '../../lambdas/application/personal.ts';
import { reportPositions } from '../../lambdas/application/positions.ts';
import { eventSortKey, keys } from '../../lambdas/application/records.ts';
import { track } from '../../lambdas/application/tracking.ts';
import { asId, type ChannelId, type OrderId } from '../../lambdas/domain/ids.ts';
import { isRejection } from '../../lambdas/domain/rejection.ts';
import { settlementOf } from '../../lambdas/domain/settlement.ts';
import { channelId, done, driverActs, driverId, driveStop, nothingMore, takeOffer } from '../harness/mall.ts';
import type { World } from '../harness/world.ts';
import { accept, loseDriver, newStory, pack, resolve, toCounter, toDoor } from '../workflow/story.ts';

const channel: ErasureAsker = { kind: 'channel', channelId };
const door = [-111.86, 33.3] as const;
let world: World;
let orderId: OrderId;

/** The driver is at the door. */
beforeEach(async () => {
  ({ world, orderId } = await newStory({ stores: 1, drivers: 2 }));
  await accept(world, orderId, 1);
  await pack(world, orderId, 1);
  await world.advance(0.2);
  await takeOffer(world);
  await driveStop(world, toCounter(1));
  done(await driverActs(world, toDoor(orderId), { type: 'arrive' }));
});

async function photograph(number = 1, stopId = toDoor(orderId)) {
  const wanted = { contentType: 'image/jpeg', stopId };
  const id = driverId(number);
  return createProofUpload(world.driving, id, wanted, world.request(id), world.now());
}

async function deliver(number = 1): Promise<void> {
  const { photoKey } = done(await photograph(number)).body as { photoKey: string };
  const labels = (await world.order(orderId)).parcels.map(({ label }) => label);
  const proof = { kind: 'photo', photoKey } as const;
  done(await driverActs(world, toDoor(orderId), { type: 'complete', ...nothingMore, labels, proof }, number));
}

const erase = (asker: ErasureAsker = channel, ports: ErasurePorts = world.erasure) =>
  eraseOrder(ports, asker, orderId, world.request('somebody', 'eraseOrder'), world.now());

/** What is left, in any table, by which the shopper could be known. */
function left(): string[] {
  const tables = ['orders', 'fleet', 'catalogue', 'personal', 'requests'] as const;
  const known = ['Ada Byron', '+14805550123', '1 W Frye Rd', String(door[0]), '"expiresAt":1812'];
  const inTables = tables.flatMap((table) => world.database.all(table).map((item) => JSON.stringify(item)));
  return [...inTables.filter((item) => known.some((text) => item.includes(text))), ...world.photos];
}

describe('erasing an order', () => {
  test('is refused while whoever carries it needs its door, and changes nothing', async () => {
    const personal = await world.database.get(keys.personal(orderId));
    expect(await erase()).toMatchObject({ code: 'order_under_way', current: { status: 'arrived_at_dropoff' } });
    expect(await world.database.get(keys.personal(orderId))).toEqual(personal);
    expect(await world.database.get(keys.erasure(orderId))).toBeNull();
  });

  test('takes name, door and every photo away, and leaves custody and money', async () => {
    await photograph();
    await deliver();
    await world.advance(5);
    const before = await world.order(orderId);
    expect(before.ledger).toEqual(settlementOf(before, before.settledAt!));
    expect(world.photos.size).toBe(2);
    const { trackingToken } = (await findPersonal(world.database, orderId, world.now()))!;

    const { body } = done(await erase());
    expect(body).toMatchObject({ id: orderId, status: 'delivered', erasedAt: world.now() });
    expect(left()).toEqual([]);
    const { ledger, parcels, pickups, status } = await world.order(orderId);
    expect({ ledger, parcels, pickups, status }).toEqual({
      ledger: before.ledger,
      parcels: before.parcels,
      pickups: before.pickups,
      status: 'delivered',
    });
    const shown = done(await track(world.driving, trackingToken, world.now()));
    expect(shown).toMatchObject({ erasedAt: world.now(), door: null, status: 'delivered' });
    expect((shown as { photoUrl?: string }).photoUrl).toBeUndefined();
    const page = await getOrder(world.ordering, channelId, orderId, world.now());
    expect(page).toMatchObject({ erasedAt: world.now() });
    expect(page).not.toHaveProperty('trackingUrl');
    expect(await inspectOrder(world, orderId, world.now())).toMatchObject({ order: { erasedAt: world.now() } });
  });

  test('takes the photos of a driver who was lost as well', async () => {
    await photograph(1);
    await loseDriver(world, orderId);
    done(await resolve(world, orderId, 'lost'));
    expect((await world.order(orderId)).status).toBe('failed');
    done(await erase({ kind: 'operations' }));
    expect([...world.photos]).toEqual([]);
  });

  test('of another channel is not found', async () => {
    await deliver();
    expect(await erase({ kind: 'channel', channelId: asId<ChannelId>('other') })).toMatchObject({ code: 'not_found' });
    expect(await findPersonal(world.database, orderId, world.now())).not.toBeNull();
  });

  test('is told in an event, and kept in the audit whoever asked', async () => {
    await deliver();
    const by = { kind: 'channel', id: channelId, requestId: 'req-1' } as const;
    const request = { ...world.request('channel', 'eraseOrder'), by, on: { orderId } };
    done(await eraseOrder(world.erasure, channel, orderId, request, world.now()));
    const audit = world.database.all('requests').filter(({ pk }) => pk === 'AUDIT');
    expect(audit.map(({ data }) => data)).toContainEqual({
      recordedAt: world.now(),
      by,
      act: 'eraseOrder',
      on: { orderId },
    });
    const events = world.database.all('orders').filter(({ pk, sk }) => pk === `ORDER#${orderId}` && /^EVENT/.test(sk));
    expect(events.at(-1)).toMatchObject({ data: { type: 'order.erased', data: { by: 'channel' } }, by });
  });

  test('a second time, or the same request again, changes nothing', async () => {
    await deliver();
    const request = world.request('channel', 'eraseOrder');
    const first = done(await eraseOrder(world.erasure, channel, orderId, request, world.now()));
    const order = await world.order(orderId);
    await world.advance(1);
    expect(await eraseOrder(world.erasure, channel, orderId, request, world.now())).toEqual({
      ...first,
      replayed: true,
    });
    done(await erase({ kind: 'operations' }));
    expect(await world.order(orderId)).toEqual(order);
  });

  test('takes the last position of the driver who is still at the door, and of no other', async () => {
    await deliver();
    await reportPositions(world.tables, driverId(1), [{ at: world.now(), position: door }], world.now());
    await reportPositions(world.tables, driverId(2), [{ at: world.now(), position: [-111.8, 33.3] }], world.now());
    done(await erase());
    expect(await world.database.get(keys.position(driverId(1)))).toBeNull();
    expect(await world.database.get(keys.position(driverId(2)))).not.toBeNull();
  });

  test('takes a photo that was still on its way when it was asked for, within the hour', async () => {
    await deliver();
    done(await erase());
    world.photos.add(`proofs/driver-1/${toDoor(orderId)}/prf_late`);
    expect(await finishErasures(world.erasure, world.now())).toEqual({ finished: 0, failed: [] });
    await world.advance(16);
    expect(await finishErasures(world.erasure, world.now())).toEqual({ finished: 0, failed: [] });
    expect(left()).toEqual([]);
    // A link asked for again in the last minute of the day in which it can be.
    await world.advance(24 * 60);
    world.photos.add(`proofs/driver-1/${toDoor(orderId)}/prf_last`);
    expect(await finishErasures(world.erasure, world.now())).toEqual({ finished: 1, failed: [] });
    expect(left()).toEqual([]);
    expect(await world.database.get(keys.erasure(orderId))).toBeNull();
  });

  test('no link is given for a door that is done with, or is nobody’s of this run', async () => {
    expect(await photograph(2)).toMatchObject({ code: 'no_active_run' });
    expect(await photograph(1, 'dropoff-ord_other')).toMatchObject({ code: 'unknown_stop' });
    await deliver();
    expect(isRejection(await photograph())).toBe(true);
  });
});

/** Ports of which the one call that is the `fatal`th of all ends the process. */
function mortal(ports: ErasurePorts, fatal: number): ErasurePorts & { calls: () => number } {
  let calls = 0;
  const lives = () => {
    calls += 1;
    if (calls >= fatal) throw new Error('The process ended.');
  };
  const database = new Proxy(ports.database, {
    get:
      (target, name) =>
      async (...args: unknown[]) => {
        lives();
        return (target[name as keyof Database] as (...given: unknown[]) => unknown).apply(target, args);
      },
  });
  const eraseBelow = async (prefix: string) => {
    lives();
    return ports.proofs.eraseBelow(prefix);
  };
  return { database, proofs: { eraseBelow }, calls: () => calls };
}

test('wherever it is stopped, it is done by itself within two hours, or has not begun', async () => {
  await deliver();
  const untouched = new Map(
    (['orders', 'personal', 'requests'] as const).map((table) => [table, world.database.all(table)]),
  );
  const photos = [...world.photos];
  let ended = false;
  for (let fatal = 1; !ended; fatal++) {
    const ports = mortal(world.erasure, fatal);
    ended = await erase(channel, ports).then(
      () => true,
      () => false,
    );
    const hasBegun = (await world.order(orderId)).erasedAt !== undefined;
    if (!hasBegun) expect([...world.photos]).toEqual(photos);
    await world.advance(60);
    // The hourly pass is stopped once as well.
    await finishErasures(mortal(world.erasure, 3), world.now()).catch(() => {});
    await finishErasures(world.erasure, world.now());
    expect(left().length === 0, `stopped at call ${fatal}`).toBe(hasBegun);
    for (const [table, items] of untouched) {
      for (const { pk, sk } of world.database.all(table))
        await world.database.commit([{ kind: 'delete', table, pk, sk }]);
      for (const item of items) await world.database.commit([{ kind: 'put', table, item, ifVersion: 'any' }]);
    }
    for (const photo of photos) world.photos.add(photo);
    expect(fatal).toBeLessThan(40);
  }
});

test('what a restore brought back is found in the audit, and erased again', async () => {
  await deliver();
  const restored = [keys.personal(orderId), keys.order(orderId)];
  const items = await world.database.getMany(restored);
  const by = { kind: 'operations', requestId: 'req-1' } as const;
  const request = { ...world.request('operations', 'eraseOrder'), by, on: { orderId } };
  const since = world.now();
  done(await eraseOrder(world.erasure, { kind: 'operations' }, orderId, request, since));
  for (const [index, { table }] of restored.entries()) {
    await world.database.commit([{ kind: 'put', table, item: items[index]!, ifVersion: 'any' }]);
  }
  world.photos.add(`proofs/driver-1/${toDoor(orderId)}/prf_restored`);
  await world.advance(5);
  expect(await erasedSince(world.database, world.now())).toEqual([]);
  expect(await erasedSince(world.database, since)).toEqual([orderId]);
  // The events are as they were: only what came before the erasure was restored.
  const { sequence } = await world.order(orderId);
  await world.database.commit([
    { kind: 'delete', table: 'orders', pk: `ORDER#${orderId}`, sk: eventSortKey(sequence + 1) },
  ]);
  done(await erase({ kind: 'operations' }));
  expect(left()).toEqual([]);
});

test('one order that cannot be erased is told of, and keeps no other from being', async () => {
  await deliver();
  const proofs = { eraseBelow: async () => Promise.reject(new Error('AccessDenied')) };
  await expect(erase(channel, { ...world.erasure, proofs })).rejects.toThrow('AccessDenied');
  expect(await findPersonal(world.database, orderId, world.now())).toBeNull();
  await world.advance(60);
  const failed = [{ orderId, error: 'Error: AccessDenied' }];
  expect(await finishErasures({ ...world.erasure, proofs }, world.now())).toEqual({ finished: 0, failed });
  expect(await finishErasures(world.erasure, world.now())).toEqual({ finished: 0, failed: [] });
  expect(left()).toEqual([]);
});
