import { createHash } from 'node:crypto';
import type { Order } from '../domain/order.ts';
import { isRejection, type Rejection } from '../domain/rejection.ts';
import type { Carriers, Decision, Situation } from '../domain/situation.ts';
import { epochMs, type Instant } from '../domain/time.ts';
import { type Actor, auditWrites } from './audit.ts';
import { CommitRefused, type Database, hasExpired, type Item, type Key, type Write } from './database.ts';
import { driverItem, fleetEventItem, offerItem, orderEventItem, orderItem, pickupItem, runItem } from './records.ts';

/** The answer to a request, without anything personal: it is kept for 24 hours so that a repeat gets the same. */
export interface Reply {
  status: number;
  body: unknown;
}

/** A request that may be repeated: the same key and body give the same answer and act once. */
export interface RepeatableRequest {
  principal: string;
  operation: string;
  /** Empty where a repeat does the same by nature. */
  key: string;
  /** Digest of path and body. */
  bodyHash: string;
  /** Who asks; kept with what comes of it. */
  by?: Actor;
  /** Ids of what it is asked of, by kind. */
  on?: Record<string, string>;
}

/** The key was used before with another body. */
export class KeyReused extends Error {
  constructor() {
    super('The Idempotency-Key was used before with another request.');
    this.name = 'KeyReused';
  }
}

export interface ActOutcome extends Reply {
  replayed: boolean;
}

const attempts = 10;
const keptSeconds = 24 * 3600;

/**
 * Load, decide, commit: the one way in which aggregates change. The decision, its events and the answer to the
 * request are one transaction; when another decision came first, this one is made anew on what it left. A rejection
 * costs two readings, so that it too rests on what was so at one instant.
 */
export async function act<D extends Decision>(
  database: Database,
  asked: RepeatableRequest | null,
  now: Instant,
  step: {
    load: () => Promise<Situation | Rejection>;
    decide: (situation: Situation) => D | Rejection;
    /** Further writes that belong to the decision. */
    also?: (decision: D) => Write[];
    reply: (decision: D) => Reply;
  },
): Promise<ActOutcome | Rejection> {
  const request = asked?.key ? asked : null;
  let refusedOn: string | null = null;
  for (let attempt = 1; ; attempt++) {
    const kept = request && (await database.get(idempotencyKey(request)));
    if (kept && request && !hasExpired(kept, epochMs(now))) return replay(kept, request);
    const situation = await step.load();
    const decision = isRejection(situation) ? situation : step.decide(situation);
    if (isRejection(situation) || isRejection(decision)) {
      // Nothing is committed that would vouch for what was read, piece by piece: a second reading has to agree.
      const reading = readingOf(situation);
      if (reading === refusedOn || attempt === attempts) return decision as Rejection;
      refusedOn = reading;
      continue;
    }
    const { writes, committed } = writesOf(situation, decision, now, asked?.by);
    const reply = step.reply(committed);
    const extra = step.also?.(committed) ?? [];
    const record = request ? [idempotencyWrite(request, reply, now, kept)] : [];
    const all = [...writes, ...extra, ...auditWrites(asked, now), ...record];
    if (writes.length + extra.length === 0 && !request) return { ...reply, replayed: false };
    try {
      await database.commit(all);
      return { ...reply, replayed: false };
    } catch (error) {
      if (!(error instanceof CommitRefused) || attempt === attempts) throw error;
      await database.yieldToRivals(attempt);
    }
  }
}

/** Of an act that changes none. */
export const ofNoAggregate: Situation = { orders: [], offer: null, run: null, driver: null };

/** Of an act whose writes are all beside the aggregates that it has read. */
export function asItWas(situation: Situation): Decision {
  return { situation, orderEvents: [], fleetEvents: [] };
}

/** Does once what belongs to no aggregate: its writes and the answer to the request, all or nothing. */
export async function once(
  database: Database,
  request: RepeatableRequest,
  now: Instant,
  done: { body: unknown; also?: Write[] },
): Promise<ActOutcome> {
  const outcome = await act(database, request, now, {
    load: async () => ofNoAggregate,
    decide: asItWas,
    also: () => done.also ?? [],
    reply: () => ({ status: 200, body: done.body }),
  });
  return outcome as ActOutcome;
}

/** Which version of what was read; two readings that are alike were true at once, at some instant in between. */
function readingOf(situation: Situation | Rejection): string {
  if (isRejection(situation)) return situation.detail;
  const { orders, offer, run, driver, rivals = [], other } = situation;
  return [...orders, offer, run, driver, ...rivals, other?.run, other?.driver]
    .map((read) => read && `${read.id}:${read.version}`)
    .join();
}

/** The writes that carry a decision out, and the decision with the versions that they give its aggregates. */
function writesOf<D extends Decision>(
  before: Situation,
  decision: D,
  now: Instant,
  by: Actor | undefined,
): { writes: Write[]; committed: D } {
  const writes: Write[] = [];
  const bump = <T extends { version: number }>(aggregate: T): T => ({ ...aggregate, version: aggregate.version + 1 });
  const guard = (version: number) => (version === 0 ? ('absent' as const) : version);

  const orders = decision.situation.orders.map((order) => {
    const was = before.orders.find((candidate) => candidate.id === order.id);
    if (order === was) return order;
    const next = { ...bump(order), updatedAt: now };
    writes.push({ kind: 'put', table: 'orders', item: orderItem(next), ifVersion: guard(order.version) });
    writes.push(...pickupWrites(was, next));
    return next;
  });
  const fleet = <T extends { version: number }>(now: T | null, was: T | null, item: (next: T) => Item) => {
    if (now === null || now === was) return now;
    const next = bump(now);
    writes.push({ kind: 'put', table: 'fleet', item: item(next), ifVersion: guard(now.version) });
    return next;
  };
  const carriers = (now: Carriers, was: Carriers): Carriers => ({
    run: fleet(now.run, was.run, runItem),
    driver: fleet(now.driver, was.driver, driverItem),
  });
  const { other, rivals } = decision.situation;
  const situation: Situation = {
    orders,
    offer: fleet(decision.situation.offer, before.offer, offerItem),
    ...carriers(decision.situation, before),
    ...(rivals && { rivals: rivals.map((rival, index) => fleet(rival, before.rivals![index]!, driverItem)!) }),
    ...(other && before.other && { other: carriers(other, before.other) }),
  };
  for (const event of decision.orderEvents) {
    writes.push({ kind: 'put', table: 'orders', item: orderEventItem(event, by), ifVersion: 'absent' });
  }
  for (const event of decision.fleetEvents) {
    writes.push({ kind: 'put', table: 'fleet', item: fleetEventItem(event, by), ifVersion: 'absent' });
  }
  return { writes, committed: { ...decision, situation } };
}

/** Only the boards of stores whose view changed are written again. */
function pickupWrites(was: Order | undefined, next: Order): Write[] {
  return next.pickups.flatMap(({ storeId }): Write[] => {
    const item = pickupItem(next, storeId);
    const unchanged = was && JSON.stringify(pickupItem(was, storeId)) === JSON.stringify(item);
    return unchanged ? [] : [{ kind: 'put', table: 'orders', item, ifVersion: 'any' }];
  });
}

function replay(kept: Item, request: RepeatableRequest): ActOutcome {
  if (kept.bodyHash !== request.bodyHash) throw new KeyReused();
  return { status: kept.status as number, body: kept.body, replayed: true };
}

/** `stale` is a record of the same key whose time is over; of twins that meet there, one replaces it. */
function idempotencyWrite(request: RepeatableRequest, reply: Reply, now: Instant, stale: Item | null): Write {
  const { pk, sk } = idempotencyKey(request);
  const expiresAt = Math.floor(epochMs(now) / 1000) + keptSeconds;
  const version = (stale?.version ?? 0) + 1;
  return {
    kind: 'put',
    table: 'requests',
    item: { pk, sk, version, bodyHash: request.bodyHash, status: reply.status, body: reply.body, expiresAt },
    ifVersion: stale?.version ?? 'absent',
  };
}

function idempotencyKey(request: RepeatableRequest): Key {
  const digest = createHash('sha256')
    .update([request.principal, request.operation, request.key].join('\n'))
    .digest('base64url');
  return { table: 'requests', pk: `IDEMPOTENCY#${digest}`, sk: 'IDEMPOTENCY' };
}
