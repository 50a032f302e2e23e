import { beforeEach, expect, test } from 'vitest';
import { actAtStop, createProofUpload } from '../../lambdas/application/driving.ts';
import { asId, type OrderId, type StopId } from '../../lambdas/domain/ids.ts';
import { done, driverId, driveStop, nothingMore, takeOffer } from '../harness/mall.ts';
import type { World } from '../harness/world.ts';
import { accept, newStory, pack, stopsOf, toCounter, toDoor } from '../workflow/story.ts';

const id = driverId(1);
let world: World;
let orderId: OrderId;

/** The driver is at the door. */
beforeEach(async () => {
  ({ world, orderId } = await newStory({ stores: 1 }));
  await accept(world, orderId, 1);
  await pack(world, orderId, 1);
  await world.advance(0.2);
  await takeOffer(world);
  await driveStop(world, toCounter(1));
  done(await actAtStop(world.driving, id, asId(toDoor(orderId)), { type: 'arrive' }, world.request(id), world.now()));
});

async function link(stopId: string): Promise<string> {
  const wanted = { contentType: 'image/jpeg', stopId };
  const made = await createProofUpload(world.driving, id, wanted, world.request(id), world.now());
  return (done(made).body as { photoKey: string }).photoKey;
}

async function deliver(photoKey: string, request = world.request(id)) {
  const labels = (await world.order(orderId)).parcels.map(({ label }) => label);
  const proof = { kind: 'photo', photoKey } as const;
  const stopId = asId<StopId>(toDoor(orderId));
  return actAtStop(
    world.driving,
    id,
    stopId,
    { type: 'complete', ...nothingMore, labels, proof },
    request,
    world.now(),
  );
}

test('a photo proves a delivery once it is there; until then nothing happens, and the act may come again', async () => {
  const photoKey = await link(toDoor(orderId));
  expect(photoKey).toMatch(new RegExp(`^proofs/driver-1/dropoff-${orderId}/prf_`));
  world.missingProofs.add(photoKey);
  const before = await world.order(orderId);
  const request = world.request(id);
  expect(await deliver(photoKey, request)).toMatchObject({ code: 'proof_not_uploaded', pointer: '/proof/photoKey' });
  expect(await world.order(orderId)).toEqual(before);
  world.missingProofs.delete(photoKey);
  done(await deliver(photoKey, request));
  expect((await world.order(orderId)).door?.proof).toEqual({ kind: 'photo', photoKey });
});

test('a repeat of an act that was taken is not held up by its photo any more', async () => {
  const photoKey = await link(toDoor(orderId));
  const request = world.request(id);
  done(await deliver(photoKey, request));
  world.missingProofs.add(photoKey);
  expect(await deliver(photoKey, request)).toMatchObject({ status: 200, replayed: true });
});

test.each([
  ['another driver', () => 'proofs/driver-2/photo'],
  ['another stop', () => `proofs/driver-1/${toCounter(1)}/prf_1`],
  ['another order', () => 'proofs/driver-1/dropoff-ord_other/prf_1'],
  ['nowhere', () => `proofs/driver-1/${toDoor(orderId)}-more/prf_1`],
])('a photo of %s is no proof', async (_, key) => {
  expect(await deliver(key())).toMatchObject({ code: 'unknown_proof' });
});

test('a photo that is evidence is held to the same', async () => {
  const stopId = asId<StopId>(toDoor(orderId));
  const fail = (photoKey: string) =>
    actAtStop(
      world.driving,
      id,
      stopId,
      { type: 'fail', reason: 'no_safe_place', evidence: { photoKey } },
      world.request(id),
      world.now(),
    );
  const photoKey = await link(toDoor(orderId));
  world.missingProofs.add(photoKey);
  expect(await fail(photoKey)).toMatchObject({ code: 'proof_not_uploaded', pointer: '/evidence/photoKey' });
  expect(await fail('proofs/driver-2/photo')).toMatchObject({ code: 'unknown_proof', pointer: '/evidence/photoKey' });
  world.missingProofs.clear();
  done(await fail(photoKey));
  expect((await stopsOf(world)).map(({ kind }) => kind)).toEqual(['return']);
});
