import { expect } from 'vitest';
import { startShift } from '../../lambdas/application/driving.ts';
import { giveParcels, handOverOrder, type MeetingPlace } from '../../lambdas/application/hand-overs.ts';
import { inspectOrder, listWaiting } from '../../lambdas/application/operations.ts';
import { eventsOf } from '../../lambdas/application/ordering.ts';
import { reportPositions } from '../../lambdas/application/positions.ts';
import type { OrderId } from '../../lambdas/domain/ids.ts';
import type { Position } from '../../lambdas/domain/position.ts';
import type { Instant } from '../../lambdas/domain/time.ts';
import { done, driverActs, driverId, nothingMore, takeOffer } from '../harness/mall.ts';
import type { World } from '../harness/world.ts';
import { loseDriver, minutes, newStory, reach, runsOf, stopsOf } from './story.ts';

export const roadside: Position = [-111.88, 33.31];
export const whole = 'delivered: goods 6000, refund 0, fee 799';
export const meeting = async (world: World) => (await stopsOf(world, 2)).find(({ kind }) => kind === 'hand_over')!;

export async function askHandOver(world: World, orderId: OrderId, meetAt?: MeetingPlace) {
  const outcome = await handOverOrder(world, orderId, meetAt, world.request('operations'), world.now());
  await world.settled();
  return outcome;
}

/** The first driver has an accident on the way to the door, with three parcels on board. */
export async function brokenDown(drivers = 2) {
  const { world, orderId } = await newStory({ drivers });
  await reach(world, orderId, 'enroute_to_dropoff');
  await reportPositions(world.tables, driverId(1), [{ at: world.now(), position: roadside }], world.now());
  await loseDriver(world, orderId);
  expect((await world.order(orderId)).status).toBe('held');
  return { world, orderId };
}

/** The second driver has accepted to come. */
export async function expected() {
  const { world, orderId } = await brokenDown();
  done(await askHandOver(world, orderId));
  await minutes(world, 1);
  await takeOffer(world, 2);
  return { world, orderId, all: (await world.order(orderId)).parcels.map(({ label }) => label) };
}

export async function codeOf(world: World, driver: number) {
  return (await world.runOf(driverId(driver)))!.code;
}

export async function give(world: World, orderId: OrderId, labels: string[], runCode: string, occurredAt?: Instant) {
  const said = { runCode, labels, ...(occurredAt && { occurredAt }) };
  const outcome = await giveParcels(world.tables, driverId(1), orderId, said, world.request('driver-1'), world.now());
  await world.settled();
  return outcome;
}

export async function take(world: World, labels: string[], more: object = {}) {
  const { id } = await meeting(world);
  done(await driverActs(world, id, { type: 'arrive', ...more }, 2));
  return driverActs(world, id, { type: 'complete', ...nothingMore, labels, ...more }, 2);
}

export async function seen(world: World, orderId: OrderId) {
  const { data } = (await listWaiting(world, undefined, world.now())) as {
    data: { orderId: string; reason: string }[];
  };
  const { driverHandOvers } = (await inspectOrder(world, orderId, world.now())) as {
    driverHandOvers: { mismatchSince?: string; given: object | null; taken: object | null; overAt?: string }[];
  };
  return { reason: data.find((row) => row.orderId === orderId)?.reason ?? null, driverHandOvers };
}

export const types = async (world: World, orderId: OrderId) =>
  (await eventsOf(world.database, orderId, 0)).map(({ type }) => type as string);

export const paid = (world: World, driver: number) =>
  runsOf(world)
    .filter((run) => run.driverId === driverId(driver))
    .map((run) => run.pay.map(({ kind, amountCents }) => `${kind} ${amountCents}`).join(', '));

export function stopOwner(world: World) {
  const run = runsOf(world).find(({ driverId: id }) => id === driverId(2))!;
  return { runId: run.id, driverId: run.driverId };
}

export async function backOnShift(world: World) {
  const outcome = await startShift(world.driving, driverId(1), world.request('driver-1'), world.now());
  await world.settled();
  return outcome;
}
