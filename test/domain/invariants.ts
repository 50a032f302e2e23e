import { expect } from 'vitest';
import * as z from 'zod/mini';
import type { OrderDecision } from '../../lambdas/domain/decide-order.ts';
import { isLegal } from '../../lambdas/domain/delivery-status.ts';
import { snapshotOf } from '../../lambdas/domain/events.ts';
import { basketCents, hasEnded, type Order, parcelsOnBoard } from '../../lambdas/domain/order.ts';
import { isOnBoard, isParcelEnded } from '../../lambdas/domain/parcel.ts';
import { isPickupClosed, isPickupMoveLegal } from '../../lambdas/domain/pickup.ts';
import { awaited, waitKeys } from '../../lambdas/domain/waits.ts';
import { orderEvent } from '../../lambdas/http/event-schemas.ts';
import { recordEvent } from '../corpus/recording.ts';

/** Names the file that gets the shapes of events it lacks: test/corpus/order-events.jsonl, after a type is added. */
const recording = process.env.RECORD_EVENTS;

/** What must hold of every decision about one order, whatever the command was. */
export function expectSound(before: Order, { order, events }: OrderDecision): void {
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => before.sequence + 1 + index));
  expect(order.sequence).toBe(before.sequence + events.length);
  let was = snapshotOf(before);
  for (const event of events) {
    const { type, snapshot } = event;
    expect(z.safeParse(orderEvent, event).error?.issues, `${type} is as it is documented`).toBeUndefined();
    if (recording) recordEvent(recording, event);
    if (snapshot.status !== was.status) {
      expect(isLegal(was.status, snapshot.status), `${was.status} → ${snapshot.status}`).toBe(true);
      expect(type).toBe(snapshot.status === 'created' ? 'delivery.reassigned' : `delivery.${snapshot.status}`);
    }
    for (const [index, pickup] of snapshot.pickups.entries()) {
      const from = was.pickups[index]!.status;
      if (pickup.status === from) continue;
      expect(isPickupMoveLegal(from, pickup.status), `${from} → ${pickup.status}`).toBe(true);
    }
    was = snapshot;
  }
  // Why it is going back may become known, by a cancel, when it already is: nothing else changes unheard.
  const { endReason: _, ...told } = was;
  expect(snapshotOf(order), 'every public change is told by an event').toMatchObject(told);
  if (hasEnded(before)) expect(order.status, 'an ended order stays ended').toBe(before.status);
  expectSoundOrder(order);
}

/** What must hold of an order at any time. */
export function expectSoundOrder(order: Order): void {
  const labels = order.parcels.map(({ label }) => label);
  expect(new Set(labels).size, 'labels are unique').toBe(labels.length);
  const packed = order.parcels.flatMap(({ lineIds }) => lineIds);
  expect(new Set(packed).size, 'a line is in one parcel at most').toBe(packed.length);
  if (parcelsOnBoard(order).length > 0) {
    expect(order.carriage, 'parcels on board have a driver').not.toBeNull();
    for (const { state } of parcelsOnBoard(order)) {
      expect(state).toEqual({ at: 'driver', driverId: order.carriage!.driverId });
    }
  }
  const open = order.handOvers?.filter(({ overAt }) => !overAt) ?? [];
  expect(open.length, 'one hand-over at a time').toBeLessThanOrEqual(1);
  for (const { from, to } of open) {
    expect(order, 'who gives has the parcels').toMatchObject({ status: 'held', carriage: from });
    expect(order.parcels.some(isOnBoard), 'there is something to give').toBe(true);
    if (to) expect(order.offerId, 'who is to come has been found').toBeNull();
  }
  if (order.offerId && open.length === 0) expect(order.carriage, 'an order on offer has no driver').toBeNull();
  if (!hasEnded(order)) return;
  expect(
    order.pickups.every(({ status }) => isPickupClosed(status)),
    'ended: every pickup is closed',
  ).toBe(true);
  expect(order.parcels.every(isParcelEnded), 'ended: every parcel has ended').toBe(true);
  expect(order).toMatchObject({ attention: null, offerId: null, endedAt: expect.any(String) });
  for (const wait of waitKeys) expect(awaited(wait, order, 1), wait).not.toBeNull();
}

/** Every cent of the basket is either goods or a refund, and no entry exists twice. */
export function expectSettled(order: Order): void {
  expect(order.settledAt).toBeDefined();
  const keys = order.ledger.map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
  const lines = order.ledger.filter(({ kind }) => kind !== 'fee');
  expect(new Set(lines.map(({ lineId }) => lineId)).size, 'one entry a line').toBe(lines.length);
  expect(lines.reduce((sum, { amountCents }) => sum + amountCents, 0)).toBe(basketCents(order));
  const isCharged = order.status === 'delivered' || order.status === 'returned';
  expect(order.ledger.filter(({ kind }) => kind === 'fee')).toHaveLength(isCharged ? 1 : 0);
  if (order.status === 'delivered') {
    expect(order.partial).toBe(lines.some(({ kind }) => kind === 'refund'));
  } else expect(lines.every(({ kind }) => kind === 'refund')).toBe(true);
}
