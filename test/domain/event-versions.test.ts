import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  currentVersion,
  EventVersionUnknown,
  fleetUpcasters,
  orderUpcasters,
  type Upcasters,
  upcast,
  upcastWherePossible,
} from '../../lambdas/domain/event-versions.ts';
import { type OrderEvent, snapshotOf } from '../../lambdas/domain/events.ts';
import type { FleetEvent } from '../../lambdas/domain/fleet.ts';
import { noon, placedOrder } from './fixtures.ts';

const event = (type: OrderEvent['type'], version: number, data: OrderEvent['data']): OrderEvent => ({
  orderId: placedOrder(1).id,
  sequence: 4,
  type,
  version,
  occurredAt: noon,
  recordedAt: noon,
  data,
  snapshot: snapshotOf(placedOrder(1)),
});

describe('an event of an older version', () => {
  test('goes through every step from its own on, and nothing but its data and version changes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 1, max: 7 }), (steps, written) => {
        const table: Upcasters<OrderEvent> = {
          'parcel.lost': Array.from({ length: steps }, (_, index) => ({ data }: OrderEvent) => ({
            ...data,
            path: [...(data.path as number[]), index + 1],
          })),
        };
        const kept = event('parcel.lost', written, { path: [] });
        expect(currentVersion('parcel.lost', table)).toBe(steps + 1);
        if (written > steps + 1) {
          expect(() => upcast(kept, table)).toThrow(EventVersionUnknown);
          return;
        }
        const path = Array.from({ length: steps + 1 - written }, (_, index) => written + index);
        expect(upcast(kept, table)).toEqual({ ...kept, version: steps + 1, data: { path } });
        expect(kept.data).toEqual({ path: [] });
      }),
    );
  });

  test.each([
    [{ why: 'driver_lost' }, { what: 'asked', why: 'driver_lost' }],
    [
      { why: 'hand_over_mismatch', storeId: 's' },
      { what: 'asked', why: 'hand_over_mismatch', storeId: 's' },
    ],
    [
      { why: 'driver_lost', reminder: true },
      { what: 'reminded', why: 'driver_lost' },
    ],
    [{ calledOff: 'cancelled_by_channel' }, { what: 'called_off', why: 'created', reason: 'cancelled_by_channel' }],
    [
      { why: 'driver_lost', calledOff: 'mall_closed' },
      { what: 'called_off', why: 'driver_lost', reason: 'mall_closed' },
    ],
  ])('that asked for attention with %j says %j', (before, after) => {
    expect(upcast(event('order.attention', 1, before), orderUpcasters)).toEqual(event('order.attention', 2, after));
  });
});

describe('an event of a version that is not known', () => {
  test.each([3, 0, -1, 1.5, Number.NaN])('%d is refused, with what to do', (version) => {
    const kept = event('order.attention', version, {});
    expect(() => upcast(kept, orderUpcasters)).toThrow(
      /^Event 4 of .* is order.attention in version .*knows version 2: deploy the release that wrote it/,
    );
    expect(upcastWherePossible(kept), 'people see it as it lies').toEqual(kept);
  });

  test('is refused of drivers, offers and runs as well', () => {
    const kept = { subject: { kind: 'run', id: 'run-1' }, sequence: 2, type: 'run.lost', version: 2 } as FleetEvent;
    expect(() => upcast(kept, fleetUpcasters)).toThrow(/^Event 2 of run run-1/);
  });
});
