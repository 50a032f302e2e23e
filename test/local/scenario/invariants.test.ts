import { describe, expect, it } from 'vitest';
import type { OrderEvent } from '../../../local/actors/api-types.ts';
import { type OrderRecord, violationsOf } from '../../../local/scenario/invariants.ts';

const at = '2026-12-01T19:00:00.000Z';

function event(sequence: number, type: string, status: string, parcel: string | null, driverId?: string): OrderEvent {
  const parcels = parcel ? [{ id: 'pcl_1', storeId: 's1', at: parcel }] : [];
  const data = type === 'delivery.assigned' ? { driverId: 'd1' } : {};
  const snapshot = { status, parcels, ...(driverId && { driverId }) };
  return { orderId: 'ord_1', sequence, type, occurredAt: at, recordedAt: at, data, snapshot };
}

/** An order of one store, delivered by one driver. */
function delivered(): OrderRecord {
  const order: OrderRecord['order'] = {
    id: 'ord_1',
    mallId: 'm1',
    zone: 'America/Phoenix',
    status: 'delivered',
    partial: false,
    placedAt: at,
    endedAt: at,
    promise: { kind: 'two_hour', by: at },
    goAhead: 'deliver_what_you_can',
    pickups: [],
    parcels: [{ id: 'pcl_1', storeId: 's1', label: 'MW-1', at: 'recipient', toReturn: false }],
    decisions: [],
    driverId: 'd1',
    basketCents: 1500,
    feeCents: 799,
    ledger: [
      { key: 'goods:line_1', kind: 'goods', amountCents: 1000, storeId: 's1', lineId: 'line_1' },
      { key: 'refund:line_2', kind: 'refund', amountCents: 500, storeId: 's1', lineId: 'line_2' },
      { key: 'fee', kind: 'fee', amountCents: 799 },
    ],
    version: 9,
  };
  return {
    order,
    events: [
      event(1, 'order.created', 'created', null),
      event(2, 'pickup.ready', 'created', 'store'),
      event(3, 'delivery.assigned', 'assigned', 'store', 'd1'),
      event(4, 'pickup.handed_over', 'picked_up', 'driver', 'd1'),
      event(5, 'delivery.delivered', 'delivered', 'recipient', 'd1'),
      event(6, 'order.settled', 'delivered', 'recipient', 'd1'),
    ],
    inspection: {
      order,
      attention: null,
      held: null,
      carriage: { runId: 'run_1', driverId: 'd1' },
      handOvers: [],
      offerId: null,
      executionName: 'ord_1',
      waits: [],
      events: [],
    },
    execution: { name: 'ord_1', status: 'SUCCEEDED' },
  };
}

it('a delivered order breaks nothing', () => expect(violationsOf(delivered())).toEqual([]));

it('a store may take its parcels apart again, and a lost driver is followed by another', () => {
  const record = delivered();
  record.events = [
    event(1, 'order.created', 'created', null),
    event(2, 'pickup.ready', 'created', 'store'),
    event(3, 'pickup.delayed', 'created', null),
    event(4, 'delivery.assigned', 'assigned', null, 'd1'),
    event(5, 'delivery.reassigned', 'created', null),
    ...record.events.slice(1).map((one) => ({ ...one, sequence: one.sequence + 4 })),
  ];
  expect(violationsOf(record)).toEqual([]);
});

describe('each invariant bites', () => {
  const cases: [string, (record: OrderRecord) => void, string][] = [
    [
      'two ends',
      ({ events }) => events.push(event(7, 'delivery.cancelled', 'delivered', 'recipient', 'd1')),
      'ended 2',
    ],
    ['no end', ({ events }) => events.splice(4, 1), 'it ended 0 times'],
    ['another end', ({ order }) => (order.status = 'returned'), 'its status is returned'],
    ['no time of the end', ({ order }) => delete order.endedAt, 'no endedAt'],
    ['a gap', ({ events }) => (events[3]!.sequence = 9), 'event 4 has sequence 9'],
    ['a second driver', ({ events }) => (events[3]!.snapshot.driverId = 'd2'), 'shows driver d2'],
    ['assigned twice', ({ events }) => (events[3]!.type = 'delivery.assigned'), 'was assigned while d1 carried it'],
    ['a parcel on board', ({ order }) => (order.parcels[0]!.at = 'driver'), 'is still at driver'],
    ['a vanished parcel', ({ events }) => (events[4]!.snapshot.parcels = []), 'was gone at event 5'],
    ['a parcel that came back', ({ events }) => (events[5]!.snapshot.parcels[0]!.at = 'driver'), 'left recipient'],
    ['an entry twice', ({ order }) => order.ledger.push(order.ledger[2]!), 'there twice: fee'],
    ['money lost', ({ order }) => (order.ledger[1]!.amountCents = 1), 'goods and refunds make 1001, the basket 1500'],
    ['another fee', ({ order }) => (order.ledger[2]!.amountCents = 1), 'not the agreed fee'],
    ['goods not delivered', ({ order }) => (order.ledger[0]!.storeId = 's9'), 'nothing of that store was delivered'],
    ['no execution', (record) => (record.execution = undefined), 'there is no execution'],
    ['a running execution', ({ execution }) => (execution!.status = 'RUNNING'), 'its execution is RUNNING'],
    ['another execution', ({ inspection }) => (inspection.executionName = 'ord_1-r2'), 'runs it, not ord_1-r2'],
    ['not settled', ({ events }) => events.pop(), 'never settled'],
    ['an open offer', ({ inspection }) => (inspection.offerId = 'off_1'), 'off_1 is still open'],
    [
      'an open wait',
      ({ inspection }) =>
        inspection.waits.push({ wait: 'findDriver', generation: 1, enteredAt: at, dueAt: at, execution: 'ord_1' }),
      'findDriver still waits',
    ],
  ];
  it.each(cases)('%s', (_name, breach, sentence) => {
    const record = structuredClone(delivered());
    breach(record);
    expect(violationsOf(record).join('\n')).toContain(sentence);
  });
});
