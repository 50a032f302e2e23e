import type { ChannelId, OrderId } from '../domain/ids.ts';
import type { Order } from '../domain/order.ts';
import { distanceMetres, type Position } from '../domain/position.ts';
import { isRejection, type Rejection } from '../domain/rejection.ts';
import { driversOf } from '../domain/retention.ts';
import { decideForOrder } from '../domain/situation.ts';
import { type Instant, plusMinutes } from '../domain/time.ts';
import { type ActOutcome, act, type RepeatableRequest } from './act.ts';
import type { Database, Item, Write } from './database.ts';
import { eventsOf } from './ordering.ts';
import type { PersonalRecord } from './personal.ts';
import { type ProofEraser, uploadLinkMinutes } from './ports.ts';
import { proofsAtDoor } from './proofs.ts';
import { keys, lists, orderIdOf } from './records.ts';
import { load, unknown } from './situations.ts';
import { orderView } from './views.ts';

export interface ErasurePorts {
  database: Database;
  proofs: ProofEraser;
}

/** What an order's erasure met. It is tried again within the hour. */
export interface ErasureFailure {
  orderId: OrderId;
  error: string;
}

export type ErasureAsker = { kind: 'channel'; channelId: ChannelId } | { kind: 'operations' };

/** A driver who was last seen so near to the door was at it. */
const atDoorMetres = 300;
const ordersPerPage = 100;
/** A link that was given can be had again, by a repeat of its request, for as long as answers are kept. */
const lastLinkMinutes = 24 * 60;
/** By then what a link was given for is there, or never will be. */
const linkIsOver = uploadLinkMinutes + 1;

/** There is more to erase of this order, or may be: it is looked at every hour. */
interface Erasure extends Item {
  /** When no photo can come any more. */
  until: Instant;
}

/**
 * Takes away what tells who the shopper of an order is. The decision goes first, with the name and the door, and with
 * a note that there is more to do: photos are elsewhere. Whatever stops it then, the note is found again within the
 * hour; so is a photo that was still on its way.
 */
export async function eraseOrder(
  ports: ErasurePorts,
  asker: ErasureAsker,
  orderId: OrderId,
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  const { database } = ports;
  let erased = null as Order | null;
  let beside: Write[] = [];
  const outcome = await act(database, request, now, {
    load: async () => {
      const order = await load<Order>(database.get(keys.order(orderId)));
      if (!order || (asker.kind === 'channel' && order.channelId !== asker.channelId)) return unknown('order', orderId);
      erased = order;
      beside = order.erasedAt ? [] : await writesBeside(database, order, now);
      return { orders: [order], offer: null, run: null, driver: null };
    },
    decide: (situation) => decideForOrder(situation, orderId, { type: 'erase', by: asker.kind }, now),
    also: () => beside,
    reply: ({ situation }) => ({ status: 200, body: orderView(situation.orders[0]!) }),
  });
  if (isRejection(outcome)) return outcome;
  erased ??= await load<Order>(database.get(keys.order(orderId)));
  if (erased) await eraseKept(ports, erased);
  return outcome;
}

/** Takes away everything that is kept of the order outside of its own items. Safe to do again, from wherever it stopped. */
export async function eraseKept({ database, proofs }: ErasurePorts, order: Order): Promise<void> {
  const drivers = driversOf(order, await eventsOf(database, order.id, 0));
  for (const driverId of drivers) await proofs.eraseBelow(proofsAtDoor(driverId, order.id));
  const { table, pk } = keys.personal(order.id);
  // Last of all: an order with an item here is one that is not done with.
  for (const { sk } of await database.query({ table, pk })) await database.commit([{ kind: 'delete', table, pk, sk }]);
}

/** Goes on with erasures that were asked for, until no photo can be on its way any more. */
export async function finishErasures(
  ports: ErasurePorts,
  now: Instant,
  isTimeUp = () => false,
): Promise<{ finished: number; failed: ErasureFailure[] }> {
  const { database } = ports;
  const outcome = { finished: 0, failed: [] as ErasureFailure[] };
  let cursor: string | undefined;
  do {
    const page = await database.queryIndex({
      table: 'orders',
      index: 'due',
      pk: lists.erasures,
      until: now,
      limit: ordersPerPage,
      ...(cursor && { cursor }),
    });
    for (const note of (await database.getMany(page.keys)) as Erasure[]) {
      if (isTimeUp()) return outcome;
      const orderId = orderIdOf(note.pk);
      try {
        const order = await load<Order>(database.get(keys.order(orderId)));
        if (order) await eraseKept(ports, order);
        if (note.until > now) continue;
        await database.commit([{ kind: 'delete', ...keys.erasure(orderId) }]);
        outcome.finished += 1;
      } catch (error) {
        // It stays due; one order that cannot be erased keeps no other from being.
        outcome.failed.push({ orderId, error: String(error) });
      }
    }
    cursor = page.cursor;
  } while (cursor);
  return outcome;
}

async function writesBeside(database: Database, order: Order, now: Instant): Promise<Write[]> {
  const { pk, sk } = keys.erasure(order.id);
  const note: Erasure = {
    pk,
    sk,
    duePk: lists.erasures,
    dueSk: plusMinutes(now, linkIsOver),
    until: plusMinutes(now, lastLinkMinutes + linkIsOver),
  };
  const personal = await load<PersonalRecord>(database.get(keys.personal(order.id)));
  return [
    { kind: 'delete', ...keys.personal(order.id) },
    { kind: 'put', table: 'orders', item: note, ifVersion: 'any' },
    ...(personal ? await positionsAt(database, order, personal.position) : []),
  ];
}

/** Where the driver was last seen, if that was at this door; the next report tells anew. */
async function positionsAt(database: Database, { carriage }: Order, door: Position): Promise<Write[]> {
  const item = carriage && (await database.get(keys.position(carriage.driverId)));
  if (!item || distanceMetres(item.position as Position, door) > atDoorMetres) return [];
  return [{ kind: 'delete', ...keys.position(carriage.driverId), if: { attribute: 'at', equals: item.at as string } }];
}
