import type { OrderEvent } from '../domain/events.ts';
import type { FleetEvent, Offer } from '../domain/fleet.ts';
import { asId, type OfferId } from '../domain/ids.ts';
import type { Order } from '../domain/order.ts';
import type { Instant } from '../domain/time.ts';
import { epochMs } from '../domain/time.ts';
import { CommitRefused, type TableName, type Write } from './database.ts';
import type { Nudges } from './ports.ts';
import { type PublicationPorts, publish } from './publication.ts';
import { dataOf, eventSortKey, fleetEventOf, keys, orderEventOf } from './records.ts';
import { load } from './situations.ts';

export interface RelayPorts extends PublicationPorts {
  nudges: Nudges;
}

/** A cursor outlives every retry of its subject; TTL clears it long after the last event. */
const cursorSeconds = 30 * 86_400;

/**
 * Hands on what happened to one order, driver, offer or run since the last time. The cursor moves by condition only
 * after the handling, so an event is handed on at least once; a failure stops this subject alone, and one of the
 * operator's bus nobody.
 */
export async function relaySubject(ports: RelayPorts, table: TableName, pk: string, now: Instant): Promise<number> {
  const { database } = ports;
  const key = keys.cursor(pk);
  const cursor = await database.get(key);
  const after = Number(cursor?.sequence ?? 0);
  const items = await database.query({ table, pk, prefix: 'EVENT#', after: eventSortKey(after) });
  if (items.length === 0) return 0;
  const aside =
    table === 'orders'
      ? await relayOrderEvents(ports, items.map(orderEventOf), now)
      : await relayFleetEvents(ports, items.map(fleetEventOf), now);

  const last = dataOf<OrderEvent | FleetEvent>(items.at(-1)!).sequence;
  const version = cursor?.version ?? 0;
  const refusal = await database
    .commit([
      {
        kind: 'put',
        table: 'requests',
        item: {
          pk: key.pk,
          sk: key.sk,
          sequence: last,
          version: version + 1,
          expiresAt: Math.floor(epochMs(now) / 1000) + cursorSeconds,
        },
        ifVersion: version === 0 ? 'absent' : version,
      },
      ...aside,
    ])
    .catch((error: Error) => {
      if (!(error instanceof CommitRefused)) throw error;
      return error;
    });
  if (!refusal) return items.length;
  // Another delivery was faster, and may have seen less: what it left is this one's still, or nobody's.
  return relaySubject(ports, table, pk, now);
}

const wakesDispatch = new Set<string>([
  'pickup.accepted',
  'pickup.rejected',
  'pickup.expired',
  'pickup.failed',
  'pickup.delayed',
  'pickup.ready',
  'delivery.reassigned',
  'hand_over.asked',
  'hand_over.receiver_lost',
]);

/** Somebody may be free now who was not. */
const joins = new Set<string>([
  'driver.shift_started',
  'driver.documents_changed',
  'offer.narrowed',
  'run.completed',
  'run.lost',
]);

async function relayOrderEvents(ports: RelayPorts, events: OrderEvent[], now: Instant): Promise<Write[]> {
  const { database, nudges, bus } = ports;
  const withdrawn = events.some((event) => event.type === 'offer.withdrawn');
  const wakes = withdrawn || events.some((event) => wakesDispatch.has(event.type));
  if (!wakes && !bus) return [];
  const order = await load<Order>(database.get(keys.order(events[0]!.orderId)));
  if (order && wakes) await nudges.dispatch(order.mallId, now, withdrawn ? 'now' : 'soon');
  return publish(ports, order, events, now);
}

async function relayFleetEvents(
  { database, nudges }: RelayPorts,
  events: FleetEvent[],
  now: Instant,
): Promise<Write[]> {
  for (const event of events) {
    if (event.type === 'offer.made') {
      const offer = await load<Offer>(database.get(keys.offer(asId<OfferId>(event.subject.id))));
      if (offer?.status === 'open') await nudges.expireOffer(offer, now);
    }
  }
  const freed = events.find(({ type }) => ['offer.declined', 'offer.expired', 'offer.withdrawn'].includes(type));
  const joined = events.find(({ type, data }) => joins.has(type) || (type === 'offer.accepted' && data.freed));
  const cause = freed ?? joined;
  if (cause) await nudges.dispatch(cause.mallId, now, freed ? 'now' : 'soon');
  return [];
}
