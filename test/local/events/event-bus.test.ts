import { beforeEach, expect, test } from 'vitest';
import { SteppedClock } from '../../../local/clock.ts';
import { type BusEvent, EventBuses } from '../../../local/events/event-bus.ts';
import { countingMeter } from '../service-server.ts';

const meter = countingMeter();
const seen: BusEvent[] = [];
const buses = new EventBuses({
  names: ['orders'],
  clock: new SteppedClock(Date.parse('2026-12-01T18:00:00Z')),
  meter,
  newId: () => `event-${seen.length + 1}`,
});
buses.observe((_, event) => seen.push(event));
beforeEach(() => {
  seen.length = 0;
  for (const unit of Object.keys(meter.counts)) delete meter.counts[unit];
});

async function put(Entries: object[], target = 'AWSEvents.PutEvents') {
  const { status, body } = await buses.handler({
    service: 'events',
    caller: { role: 'operator', accessKeyId: 'AKID' },
    method: 'POST',
    path: '/',
    query: new URLSearchParams(),
    headers: { 'x-amz-target': target },
    body: Buffer.from(JSON.stringify({ Entries })),
  });
  return { status, ...JSON.parse(String(body)) };
}
const entry = { EventBusName: 'orders', Source: 's', DetailType: 't', Detail: '{"a":1}' };

test('an event is taken by name or ARN of its bus, at the time of the clock unless it has its own', async () => {
  const arn = 'arn:aws:events:us-east-1:000000000000:event-bus/orders';
  expect(await put([entry, { ...entry, EventBusName: arn, Time: 1 }])).toEqual({
    status: 200,
    FailedEntryCount: 0,
    Entries: [{ EventId: 'event-1' }, { EventId: 'event-2' }],
  });
  expect(seen.map(({ time }) => time)).toEqual(['2026-12-01T18:00:00Z', '1970-01-01T00:00:01Z']);
});

test('an entry that is wrong fails alone', async () => {
  const answer = await put([
    { ...entry, Detail: '[1]' },
    { ...entry, EventBusName: 'other' },
    { ...entry, Source: undefined },
    entry,
  ]);
  expect(answer.FailedEntryCount).toBe(3);
  expect(answer.Entries.map(({ ErrorCode }: { ErrorCode?: string }) => ErrorCode)).toEqual([
    'MalformedDetail',
    'NotFoundException',
    'InvalidArgument',
    undefined,
  ]);
  expect(seen.length).toBe(1);
  expect(meter.counts).toEqual({ 'events.custom': 1 });
});

test('each begun 64 KB are billed as one', async () => {
  await put([{ ...entry, Detail: JSON.stringify({ a: 'x'.repeat(65 * 1024) }) }]);
  expect(meter.counts).toEqual({ 'events.custom': 2 });
});

test('a call of too much, of too many, or of another kind is refused', async () => {
  const large = { ...entry, Detail: JSON.stringify({ a: 'x'.repeat(130 * 1024) }) };
  expect(await put([large, large])).toMatchObject({ status: 400, __type: 'ValidationException' });
  expect(await put(Array(11).fill(entry))).toMatchObject({ status: 400, __type: 'ValidationException' });
  expect(await put([{ ...entry, TraceHeader: 'x' }])).toMatchObject({ status: 400, __type: 'ValidationException' });
  expect(await put([entry], 'AWSEvents.PutRule')).toMatchObject({ status: 400, __type: 'UnknownOperationException' });
  expect(seen).toEqual([]);
});
