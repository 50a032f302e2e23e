import type { OrderEvent } from './events.ts';
import type { FleetEvent } from './fleet.ts';

/**
 * Events are kept as they were written, so a type whose data changes its meaning gets a new version, and here how data
 * of the version before is read. By type, from its first version on: the n-th step leads from version n to n + 1, and
 * stays for as long as events do.
 */
export type Upcasters<Event extends OrderEvent | FleetEvent> = {
  readonly [Type in Event['type']]?: readonly ((event: Event) => Event['data'])[];
};

export const orderUpcasters: Upcasters<OrderEvent> = {
  'order.attention': [
    // One member too many told what had happened; who did not know of it took a reminder, or that it was all called off,
    // for news.
    ({ data: { why, reminder, calledOff, ...whose }, snapshot }) => ({
      what: calledOff !== undefined ? 'called_off' : reminder ? 'reminded' : 'asked',
      why: why ?? snapshot.status,
      ...(calledOff !== undefined && { reason: calledOff }),
      ...whose,
    }),
  ],
};

export const fleetUpcasters: Upcasters<FleetEvent> = {};

/** The version in which a type is written today. */
export function currentVersion<Event extends OrderEvent | FleetEvent>(
  type: Event['type'],
  upcasters: Upcasters<Event>,
): number {
  return stepsOf(type, upcasters).length + 1;
}

/** The event as it would be written today. Throws for one that a later version of these rules has written. */
export function upcast<Event extends OrderEvent | FleetEvent>(event: Event, upcasters: Upcasters<Event>): Event {
  const steps = stepsOf(event.type, upcasters);
  if (!isKnown(event.version, steps.length + 1)) throw new EventVersionUnknown(event, steps.length + 1);
  let read = event;
  for (const step of steps.slice(event.version - 1)) read = { ...read, version: read.version + 1, data: step(read) };
  return read;
}

/** The same for people who have to see an order: what cannot be read is shown as it lies. */
export function upcastWherePossible(event: OrderEvent): OrderEvent {
  return isKnown(event.version, currentVersion(event.type, orderUpcasters)) ? upcast(event, orderUpcasters) : event;
}

/** Nothing is done with such an event, and nothing after it, until the sources that wrote it are deployed again. */
export class EventVersionUnknown extends Error {
  constructor(event: OrderEvent | FleetEvent, known: number) {
    const whose = 'orderId' in event ? event.orderId : `${event.subject.kind} ${event.subject.id}`;
    super(
      `Event ${event.sequence} of ${whose} is ${event.type} in version ${event.version}, and this deployment knows ` +
        `version ${known}: deploy the release that wrote it, or a later one.`,
    );
    this.name = 'EventVersionUnknown';
  }
}

function isKnown(version: number, newest: number): boolean {
  return Number.isInteger(version) && version >= 1 && version <= newest;
}

function stepsOf<Event extends OrderEvent | FleetEvent>(
  type: Event['type'],
  upcasters: Upcasters<Event>,
): readonly ((event: Event) => Event['data'])[] {
  return (Object.hasOwn(upcasters, type) && upcasters[type]) || [];
}
