import { expect, test } from 'vitest';
import {
  allowedTransitions,
  type DeliveryStatus,
  deliveryStatuses,
  isLegal,
  isTerminal,
} from '../../lambdas/domain/delivery-status.ts';
import {
  allowedPickupMoves,
  isPickupClosed,
  isPickupCollected,
  isPickupMoveLegal,
  isPickupOut,
  type PickupStatus,
  pickupStatuses,
} from '../../lambdas/domain/pickup.ts';

/** The table as it was agreed; one word a status, so that an edge that comes or goes is seen here. */
const legalMoves: Record<DeliveryStatus, string> = {
  created: 'assigned cancelled',
  assigned: 'enroute_to_pickup arrived_at_pickup collecting picked_up created cancelled',
  enroute_to_pickup: 'arrived_at_pickup collecting picked_up created cancelled',
  arrived_at_pickup: 'collecting picked_up created cancelled',
  collecting: 'picked_up held enroute_to_return failed',
  picked_up: 'enroute_to_dropoff arrived_at_dropoff held enroute_to_return failed',
  enroute_to_dropoff: 'arrived_at_dropoff held enroute_to_return failed',
  arrived_at_dropoff: 'delivered undeliverable held enroute_to_return failed',
  undeliverable: 'enroute_to_dropoff enroute_to_return held delivered failed',
  held: 'enroute_to_dropoff enroute_to_return arrived_at_return delivered returned failed',
  enroute_to_return: 'arrived_at_return held delivered returned failed',
  arrived_at_return: 'enroute_to_return returned held delivered failed',
  delivered: '',
  returned: '',
  cancelled: '',
  failed: '',
};

const legalPickupMoves: Record<PickupStatus, string> = {
  pending: 'accepted rejected expired cancelled',
  accepted: 'ready delayed rejected failed cancelled',
  delayed: 'ready delayed failed cancelled',
  ready: 'handed_over short delayed failed cancelled',
  handed_over: '',
  short: '',
  rejected: '',
  expired: '',
  failed: '',
  cancelled: '',
};

const words = (text: string) => text.split(' ').filter(Boolean);

test.each(deliveryStatuses)('a delivery that is %s may move as the table says, and in no other way', (from) => {
  const legal = words(legalMoves[from]);
  for (const to of deliveryStatuses) expect(isLegal(from, to), `${from} → ${to}`).toBe(legal.includes(to));
  expect([...allowedTransitions(from)].sort()).toEqual(legal.sort());
  expect(isTerminal(from)).toBe(legal.length === 0);
});

test.each(pickupStatuses)('a pickup that is %s may move as the table says, and in no other way', (from) => {
  const legal = words(legalPickupMoves[from]);
  for (const to of pickupStatuses) expect(isPickupMoveLegal(from, to), `${from} → ${to}`).toBe(legal.includes(to));
  expect([...allowedPickupMoves(from)].sort()).toEqual(legal.sort());
  expect(isPickupClosed(from)).toBe(legal.length === 0);
});

test('a closed pickup was either collected or is out', () => {
  expect(pickupStatuses.filter(isPickupCollected)).toEqual(['handed_over', 'short']);
  expect(pickupStatuses.filter(isPickupOut)).toEqual(['rejected', 'expired', 'failed', 'cancelled']);
});

test('every delivery can still end from every status', () => {
  const reachable = (from: DeliveryStatus, seen = new Set<DeliveryStatus>([from])): Set<DeliveryStatus> => {
    for (const to of allowedTransitions(from)) if (!seen.has(to)) reachable(to, seen.add(to));
    return seen;
  };
  for (const from of deliveryStatuses) expect([...reachable(from)].some(isTerminal), from).toBe(true);
});
