import { describe, expect, test } from 'vitest';
import { makeOffer } from '../../lambdas/domain/decide-fleet.ts';
import { type Driver, newShift } from '../../lambdas/domain/fleet.ts';
import { asId, type OfferId } from '../../lambdas/domain/ids.ts';
import { type MallAtWork, snapshotOfMall } from '../../lambdas/domain/mall-snapshot.ts';
import type { Order } from '../../lambdas/domain/order.ts';
import { mallPromises } from '../../lambdas/domain/planner/options.ts';
import { plan } from '../../lambdas/domain/planner/plan.ts';
import type { Position } from '../../lambdas/domain/position.ts';
import { proposalsOf } from '../../lambdas/domain/proposals.ts';
import { plusMinutes } from '../../lambdas/domain/time.ts';
import { driverId, handOver, mall, noon, placedOrder, play, routeTo } from './fixtures.ts';

const now = plusMinutes(noon, 5);
const roadside: Position = [mall.position[0], mall.position[1] + 0.02];
const elsewhere: Position = [mall.position[0] + 0.02, mall.position[1]];
const loss = { type: 'lose_driver', reason: 'vehicle' } as const;

/** An order of the first driver's run that another is to take over. */
function toTakeOver(name: string, at = roadside, status: 'picked_up' | 'undeliverable' = 'picked_up'): Order {
  const held = play(placedOrder(1), [...routeTo(status, 1), loss, { ...handOver, at }]);
  return { ...held, id: asId(name) };
}

function driver(name: string, change: Partial<Driver> = {}): Driver {
  return {
    id: asId(name),
    version: 1,
    sequence: 1,
    name,
    mallId: mall.id,
    vehicle: 'car',
    status: 'active',
    shift: newShift(noon),
    openOfferId: null,
    activeRunId: null,
    passedOn: [],
    ...change,
  };
}

function atWork(orders: Order[], ...drivers: [Driver, Position | null][]): MallAtWork {
  return {
    id: mall.id,
    position: mall.position,
    walkMinutes: mall.walkMinutes,
    orders,
    drivers: drivers.map(([driver, position]) => ({ driver, position })),
    placedLately: [],
  };
}

function decided(work: MallAtWork) {
  const view = snapshotOfMall(work, now);
  return proposalsOf(work, view, plan(view.snapshot, null, mallPromises));
}

describe('what another driver has', () => {
  test('is to be had at a site of its own, now, and the mall stays as it is', () => {
    const { snapshot } = snapshotOfMall(atWork([toTakeOver('a')], [driver('b'), mall.position]), now);
    expect(snapshot.sites).toMatchObject([
      { id: mall.id, place: 0 },
      { place: 1, approach: 0, leave: 0 },
    ]);
    expect(snapshot.demand.perHour).toHaveLength(2);
    expect(snapshot.orders[0]).toMatchObject({ pickups: [{ store: 0, ready: true }], size: 2, drop: 2 });
    // From the meeting to the door and back is as far, and neither is at the mall.
    const { size, seconds } = snapshot.travel;
    expect(seconds[1 * size + 2]).toBeGreaterThan(0);
    expect(seconds[1 * size + 2]).toBe(seconds[2 * size + 1]);
  });

  test('is offered with whom to meet, in one run where place and driver are the same', () => {
    const { offers } = decided(atWork([toTakeOver('a'), toTakeOver('b')], [driver('x'), mall.position]));
    expect(offers).toMatchObject([{ driverId: 'x', storeIds: [], meeting: { driverId, position: roadside } }]);
    expect(offers[0]!.orderIds.toSorted()).toEqual(['a', 'b']);
    const apart = decided(
      atWork([toTakeOver('a'), toTakeOver('b', elsewhere)], [driver('x'), mall.position], [driver('y'), mall.position]),
    );
    expect(apart.offers.map(({ orderIds }) => orderIds.length)).toEqual([1, 1]);
  });

  test('is brought back to the mall when nothing of it is for the door', () => {
    const work = atWork([toTakeOver('a', roadside, 'undeliverable')], [driver('x'), roadside]);
    const { snapshot } = snapshotOfMall(work, now);
    expect(snapshot.travel.seconds[0 * snapshot.travel.size + 2]).toBe(0);
    expect(decided(work).offers).toHaveLength(1);
  });

  test('is offered neither to who has it nor to whom it is too much', () => {
    const order = toTakeOver('a');
    expect(decided(atWork([order], [driver(driverId), roadside])).offers).toEqual([]);
    const [parcel] = order.parcels;
    const many = {
      ...order,
      parcels: Array.from({ length: 3 }, (_, index) => ({ ...parcel!, id: asId(`p${index}`) })),
    };
    expect(decided(atWork([many as Order], [driver('w', { vehicle: 'walking' }), roadside])).offers).toEqual([]);
    expect(decided(atWork([many as Order], [driver('b', { vehicle: 'bicycle' }), roadside])).offers).toHaveLength(1);
  });

  test('is not offered from a place where it was when the plan was made', () => {
    const order = toTakeOver('a');
    const [planned] = decided(atWork([order], [driver('x'), mall.position])).offers;
    const made = { id: asId<OfferId>('offer-1'), rates: mall.pay, currency: mall.currency };
    const moved = toTakeOver('a', elsewhere);
    const situation = (one: Order) => ({ orders: [one], offer: null, run: null, driver: driver('x') });
    expect(makeOffer(situation(moved), planned!, made, now)).toMatchObject({ code: 'transition_not_allowed' });
    expect(makeOffer(situation(order), planned!, made, now)).toMatchObject({
      situation: { offer: { payCents: 750, meeting: { position: roadside } } },
    });
  });
});
