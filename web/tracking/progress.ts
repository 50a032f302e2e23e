import type { Tracking } from '../shared/contract/tracking.ts';
import { clockTime, count } from '../shared/format.ts';

/** The state of an order as one sentence to the person who waits for it. */
export function headline(tracking: Tracking): string {
  const driver = tracking.driver?.name ?? 'Your driver';
  switch (tracking.status) {
    case 'created':
      if (tracking.stores.some(({ status }) => status === 'pending')) return 'The stores are confirming your order';
      return tracking.stores.every(({ status }) => status === 'ready' || isOut(status))
        ? 'Packed — we are finding a driver'
        : 'The stores are preparing your order';
    case 'assigned':
    case 'enroute_to_pickup':
      return `${driver} is coming to collect your order`;
    case 'arrived_at_pickup':
    case 'collecting':
      return `${driver} is collecting your order`;
    case 'picked_up':
      return `${driver} has everything and is about to leave`;
    case 'enroute_to_dropoff':
      return `On the way — ${stopsBeforeYou(tracking.stopsBefore)}`;
    case 'arrived_at_dropoff':
      return `${driver} is at your door`;
    case 'delivered':
      return tracking.partial ? 'Delivered in part' : 'Delivered';
    case 'undeliverable':
      return 'We could not deliver your order';
    case 'held':
      return 'Your order is safe, and we are deciding how it goes on';
    case 'enroute_to_return':
    case 'arrived_at_return':
      return 'Your order is going back to the stores';
    case 'returned':
      return 'Your order went back to the stores';
    case 'cancelled':
      return 'Your order was cancelled';
    case 'failed':
      return 'Your order was lost';
    default:
      return 'Your order';
  }
}

export function stopsBeforeYou(stops: number | null): string {
  if (stops === null) return 'soon at your door';
  return stops === 0 ? 'you are next' : `${count(stops, 'stop')} before you`;
}

export interface Step {
  text: string;
  at: string | null;
  state: 'done' | 'now' | 'later';
}

const stages: { text: string; events: readonly string[]; statuses: readonly string[] }[] = [
  { text: 'Order placed', events: ['order.created'], statuses: [] },
  { text: 'Stores prepare it', events: [], statuses: ['created'] },
  {
    text: 'Driver collects it at the mall',
    events: ['delivery.picked_up'],
    statuses: ['assigned', 'enroute_to_pickup', 'arrived_at_pickup', 'collecting'],
  },
  {
    text: 'On the way to you',
    events: ['delivery.arrived_at_dropoff'],
    statuses: ['picked_up', 'enroute_to_dropoff'],
  },
  { text: 'At your door', events: ['delivery.delivered'], statuses: ['arrived_at_dropoff', 'delivered'] },
];

/** The way of an order that ends well; after a bad end only what did happen remains. */
export function steps(tracking: Tracking): Step[] {
  const { status, timeline, stores } = tracking;
  const current = stages.findIndex(({ statuses }) => statuses.includes(status));
  const at = (events: readonly string[]) => timeline.findLast(({ type }) => events.includes(type))?.at ?? null;
  const all = stages.map((stage, index): Step => {
    const isDone = index < current || status === 'delivered' || (current < 0 && at(stage.events) !== null);
    const isLeft = index === current && status !== 'delivered';
    return { text: stage.text, at: at(stage.events), state: isDone ? 'done' : isLeft ? 'now' : 'later' };
  });
  const preparing = all[1]!;
  const wanted = stores.filter((store) => !isOut(store.status));
  const ready = wanted.filter((store) => ['ready', 'handed_over', 'short'].includes(store.status));
  preparing.text = `Stores prepare it (${ready.length} of ${wanted.length} ready)`;
  if (current < 0) preparing.state = ready.length > 0 ? 'done' : 'later';
  return current >= 0 ? all : all.filter((step) => step.state === 'done');
}

/** What becomes of a store that cannot keep the promise, in a sentence to the person who waits for it. */
export function lateSentence(
  late: NonNullable<Tracking['stores'][number]['late']>,
  readyAt: string,
  zone: string,
): string {
  if ('outcome' in late) {
    return late.outcome === 'left_without'
      ? 'It was too late for your window; the rest comes without it.'
      : `It needs until ${clockTime(readyAt, zone)}; everything waits for it.`;
  }
  const silence = late.default === 'wait' ? 'everything waits for it' : 'the rest comes without it';
  return `It needs until ${clockTime(readyAt, zone)}. Unless your shop decides otherwise by ${clockTime(late.decideBy, zone)}, ${silence}.`;
}

/** A store that supplies nothing. */
export function isOut(status: string): boolean {
  return ['rejected', 'expired', 'failed', 'cancelled'].includes(status);
}

/** Business seconds until the next look: the nearer the door, the more often. Null once nothing can change. */
export function secondsToNextRead(tracking: Tracking): number | null {
  if (tracking.endedAt) return null;
  if (['enroute_to_dropoff', 'arrived_at_dropoff'].includes(tracking.status)) {
    return tracking.stopsBefore !== null && tracking.stopsBefore <= 2 ? 5 : 10;
  }
  return tracking.status === 'created' || tracking.status === 'assigned' ? 30 : 10;
}
