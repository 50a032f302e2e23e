/** Where a delivery stands, as the outside sees it. Derived from facts; every legal move is in the table below. */
export const deliveryStatuses = [
  'created',
  'assigned',
  'enroute_to_pickup',
  'arrived_at_pickup',
  'collecting',
  'picked_up',
  'enroute_to_dropoff',
  'arrived_at_dropoff',
  'undeliverable',
  'held',
  'enroute_to_return',
  'arrived_at_return',
  'delivered',
  'returned',
  'cancelled',
  'failed',
] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

const moves: Record<DeliveryStatus, readonly DeliveryStatus[]> = {
  created: ['assigned', 'cancelled'],
  assigned: ['enroute_to_pickup', 'arrived_at_pickup', 'collecting', 'picked_up', 'created', 'cancelled'],
  enroute_to_pickup: ['arrived_at_pickup', 'collecting', 'picked_up', 'created', 'cancelled'],
  arrived_at_pickup: ['collecting', 'picked_up', 'created', 'cancelled'],
  collecting: ['picked_up', 'held', 'enroute_to_return', 'failed'],
  picked_up: ['enroute_to_dropoff', 'arrived_at_dropoff', 'held', 'enroute_to_return', 'failed'],
  enroute_to_dropoff: ['arrived_at_dropoff', 'held', 'enroute_to_return', 'failed'],
  arrived_at_dropoff: ['delivered', 'undeliverable', 'held', 'enroute_to_return', 'failed'],
  undeliverable: ['enroute_to_dropoff', 'enroute_to_return', 'held', 'delivered', 'failed'],
  held: ['enroute_to_dropoff', 'enroute_to_return', 'arrived_at_return', 'delivered', 'returned', 'failed'],
  enroute_to_return: ['arrived_at_return', 'held', 'delivered', 'returned', 'failed'],
  arrived_at_return: ['enroute_to_return', 'returned', 'held', 'delivered', 'failed'],
  delivered: [],
  returned: [],
  cancelled: [],
  failed: [],
};

export function allowedTransitions(from: DeliveryStatus): readonly DeliveryStatus[] {
  return moves[from];
}

export function isLegal(from: DeliveryStatus, to: DeliveryStatus): boolean {
  return moves[from].includes(to);
}

export function isTerminal(status: DeliveryStatus): boolean {
  return moves[status].length === 0;
}
