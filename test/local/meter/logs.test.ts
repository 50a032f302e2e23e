import { expect, test } from 'vitest';
import { countPlatformLines, meteredHistory, meteredLog } from '../../../local/meter/logs.ts';
import type { ExecutionRecord } from '../../../local/stepfunctions/record.ts';
import { countingMeter } from '../service-server.ts';

const bytes = (meter: ReturnType<typeof countingMeter>) => Math.round((meter.counts['logs.gb'] ?? 0) * 1e9);

test('every line of a function is counted on its way to the log', () => {
  const meter = countingMeter();
  const lines: string[] = [];
  const sink = meteredLog((name, id, line) => lines.push(`${name} ${id} ${line}`), meter);
  sink('Ordering', 'r1', 'twelve bytes');
  sink('Ordering', 'r1', 'é');
  expect(bytes(meter)).toBe(14);
  expect(lines).toEqual(['Ordering r1 twelve bytes', 'Ordering r1 é']);
});

test('what Lambda logs by itself is counted with the invocation, and not again as a line', () => {
  const meter = countingMeter();
  meteredLog(() => {}, meter)('Ordering', undefined, 'INIT_START Runtime Version: nodejs24.x');
  expect(bytes(meter)).toBe(0);
  countPlatformLines(meter, 'Ordering', false);
  const warm = bytes(meter);
  expect(warm).toBeGreaterThan(250);
  countPlatformLines(meter, 'Ordering', true);
  expect(bytes(meter) - warm).toBeGreaterThan(warm + 150);
});

test('the history of a machine that logs ALL is counted, its data only where they are included', () => {
  const record = { machineName: 'orders', arn: 'arn:aws:states:us-east-1:0:execution:orders:o1', redriveCount: 0 };
  const event = {
    id: 2,
    previousEventId: 1,
    type: 'TaskStateEntered',
    timestamp: 1_764_000_000_000,
    details: { name: 'Stores confirm', input: JSON.stringify({ orderId: 'x'.repeat(200) }) },
  };
  const logged = (includesData: boolean | undefined) => {
    const meter = countingMeter();
    const logs = new Map(includesData === undefined ? [] : [['orders', { includesData }]]);
    meteredHistory(logs, meter)(record as ExecutionRecord, [event, event]);
    return bytes(meter);
  };
  expect(logged(undefined)).toBe(0);
  const line =
    '{"id":"2","type":"TaskStateEntered","details":{"name":"Stores confirm"},"redrive_count":"0",' +
    '"previous_event_id":"1","event_timestamp":"1764000000000","execution_arn":"arn:aws:states:us-east-1:0:execution:orders:o1"}';
  expect(logged(false)).toBe(2 * line.length);
  expect(logged(true)).toBeGreaterThan(2 * (line.length + 200));
});
