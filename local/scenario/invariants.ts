import type { Inspection, Order, OrderEvent } from '../actors/api-types.ts';

/** All that the public API and the control port tell of one order that should be over. */
export interface OrderRecord {
  order: Order;
  events: OrderEvent[];
  inspection: Inspection;
  /** The execution that bears the order's name; undefined when there is none. */
  execution: { name: string; status: string } | undefined;
}

type Check = (record: OrderRecord) => string[];

const terminal = ['delivered', 'returned', 'cancelled', 'failed'];
const endedParcel = ['recipient', 'returned', 'lost', 'not_collected'];

/** What must hold of every order once it is over, whatever happened on the way. Answers a sentence for each breach. */
export function violationsOf(record: OrderRecord): string[] {
  return checks.flatMap((check) => check(record)).map((sentence) => `${record.order.id}: ${sentence}`);
}

const oneEnd: Check = ({ order, events }) => {
  const ends = events.filter(({ type }) => terminal.includes(type.replace('delivery.', '')));
  if (ends.length !== 1) return [`it ended ${ends.length} times (${ends.map(({ type }) => type).join(', ')})`];
  const [end] = ends;
  const late = events.filter(({ type, sequence }) => type.startsWith('delivery.') && sequence > end!.sequence);
  return [
    ...(end!.type === `delivery.${order.status}` ? [] : [`its status is ${order.status}, its last word ${end!.type}`]),
    ...(order.endedAt ? [] : ['it is over and has no endedAt']),
    ...late.map(({ type }) => `${type} came after its end`),
  ];
};

const denseSequence: Check = ({ events }) => {
  const gap = events.findIndex(({ sequence }, index) => sequence !== index + 1);
  return gap < 0 ? [] : [`event ${gap + 1} has sequence ${events[gap]!.sequence}`];
};

const oneDriver: Check = ({ events }) => {
  const breaches: string[] = [];
  let driver: unknown = null;
  for (const { type, data, snapshot, sequence } of events) {
    if (type === 'delivery.assigned') {
      if (driver !== null) breaches.push(`${data.driverId} was assigned while ${driver} carried it`);
      driver = data.driverId ?? null;
    }
    if (type === 'delivery.reassigned') driver = null;
    if (type === 'custody.handed_over') {
      const { from, to } = data as { from: { driverId: string }; to: { driverId: string } };
      if (from.driverId !== driver) breaches.push(`${from.driverId} gave what ${driver} carried`);
      driver = to.driverId;
    }
    const seen = snapshot.driverId ?? null;
    if (seen !== driver) breaches.push(`event ${sequence} shows driver ${seen}, and ${driver} carries it`);
  }
  return breaches;
};

const parcelsConserved: Check = ({ order, events }) => {
  const breaches = order.parcels
    .filter(({ at }) => !endedParcel.includes(at))
    .map(({ label, at }) => `parcel ${label} is still at ${at}`);
  const places = new Map<string, string>();
  for (const { sequence, snapshot } of events) {
    for (const [id, at] of places) {
      const now = snapshot.parcels.find((parcel) => parcel.id === id)?.at;
      // A store that delays takes its parcels apart again.
      if (now === undefined && at !== 'store') breaches.push(`parcel ${id}, at ${at}, was gone at event ${sequence}`);
      if (endedParcel.includes(at) && now !== at) breaches.push(`parcel ${id} left ${at} at event ${sequence}`);
      if (now === undefined) places.delete(id);
    }
    for (const { id, at } of snapshot.parcels) places.set(id, at);
  }
  const last = [...places].map(([id, at]) => `${id} ${at}`).sort();
  const now = order.parcels.map(({ id, at }) => `${id} ${at}`).sort();
  if (last.join() !== now.join()) breaches.push(`its parcels (${now}) are not those of its last event (${last})`);
  return breaches;
};

const moneyOnce: Check = ({ order }) => {
  const breaches: string[] = [];
  const { ledger } = order;
  const twice = ledger.map(({ key }) => key).filter((key, index, keys) => keys.indexOf(key) !== index);
  if (twice.length > 0) breaches.push(`ledger entries are there twice: ${twice.join(', ')}`);
  const sum = (kind: string) =>
    ledger.filter((entry) => entry.kind === kind).reduce((total, { amountCents }) => total + amountCents, 0);
  const settled = sum('goods') + sum('refund');
  if (settled !== order.basketCents)
    breaches.push(`goods and refunds make ${settled}, the basket ${order.basketCents}`);
  const fees = ledger.filter(({ kind }) => kind === 'fee');
  if (fees.some(({ amountCents }) => amountCents !== order.feeCents)) breaches.push('its fee is not the agreed fee');
  const delivered = new Set(order.parcels.filter(({ at }) => at === 'recipient').map(({ storeId }) => storeId));
  const unearned = ledger.filter(({ kind, storeId }) => kind === 'goods' && storeId && !delivered.has(storeId));
  return [...breaches, ...unearned.map(({ key }) => `${key} is charged, and nothing of that store was delivered`)];
};

const executionAgrees: Check = ({ inspection, execution, events }) => {
  if (!execution) return ['there is no execution for it'];
  return [
    ...(execution.name === inspection.executionName
      ? []
      : [`${execution.name} runs it, not ${inspection.executionName}`]),
    ...(execution.status === 'SUCCEEDED' ? [] : [`its execution is ${execution.status}`]),
    ...(events.some(({ type }) => type === 'order.settled') ? [] : ['it was never settled']),
    ...inspection.waits.map(({ wait }) => `${wait} still waits`),
    ...(inspection.offerId === null ? [] : [`offer ${inspection.offerId} is still open on it`]),
  ];
};

const checks = [oneEnd, denseSequence, oneDriver, parcelsConserved, moneyOnce, executionAgrees];
